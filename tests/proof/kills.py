"""Kills: SIGKILL at random moments of running sales, between two nodes that are real processes.

    kills.py                                    210 kills on each database, in rounds of 70
    kills.py --database sqlite --kills 20       a sample
    kills.py --seed 7                           the same kinds, targets and pauses again
    kills.py --planted                          with every bug of planted_kills/ in a copy of the source: each is found

Client threads issue records with idempotency keys and note what is acknowledged; what is not, they send again with the
same key. Each node has a killer of its own: the worker alone (its supervisor brings it back), the supervisor alone (its
worker must end), the whole group. With PostgreSQL two workers serve each node and `entrepot work` runs beside them: one
of the workers, that helper, and a back end of the database are killed too. After every kill: no acknowledged record
lost, none doubled, the key of each leads to it. At the end of a round: no key stuck, all delivered, `verify` finds
nothing, the views are rebuilt to the same bytes, both nodes hold the same, money moved once.
The last line is JSON with counts per database and kind. Exit 0: held. 1: did not. 77: PostgreSQL is not installed.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import kills_sale
from kills_check import await_drained, check_beside, check_pair, check_stopped
from kills_node import Fault, Node
from kills_postgres import Cluster, binaries
from kills_sale import Book, Player

from entrepot.cli.demo.cast import EXPORT_NODE, HOME, IMPORT_NODE

KINDS = ("worker", "supervisor", "group")
PLAYERS = 3
PAUSE_S_MAX = 1.2
ROUND_KILLS = 70
HASTY = 8
"""Of so many kills one falls while the node is still starting."""


def say(text):
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


class Pair:
    """Two nodes that have admitted each other, with the whole cast."""

    def __init__(self, folder, addresses, source):
        self.nodes = {}
        for name in (EXPORT_NODE, IMPORT_NODE):
            (folder / name).mkdir(parents=True)
            self.nodes[name] = Node(name, folder / name, addresses.get(name, ""), source)
        self.tokens, self.dids = {}, {}

    def start(self):
        for node in self.nodes.values():
            node.spawn()
        for node in self.nodes.values():
            node.await_ready()
            node.token = (node.folder / "secret" / "operator-token").read_text("ascii").strip()
        for role, at in HOME.items():
            node = self.nodes[at]
            party = node.operate("POST", "/parties", {"name": role.replace("_", "-")}, key=f"party-{role}")
            asked = {"party": party["did"], "role": "clerk", "label": role}
            self.dids[role] = party["did"]
            self.tokens[role] = node.operate("POST", "/tokens", asked, key=f"token-{role}")["secret"]
        left, right = self.nodes.values()
        left.operate("POST", "/peers/invite", {"url": right.url}, key="invite")
        asking = next(each for each in right.operate("GET", "/peers") if each["status"] == "asking")
        right.operate("POST", "/peers/accept", {"node": asking["node"]}, key="accept")

    def home(self, role):
        return self.nodes[HOME[role]]

    def destroy(self):
        for node in self.nodes.values():
            node.destroy()


class Killer(threading.Thread):
    """Kills one node again and again; ``plan``: the kinds, in order."""

    def __init__(self, node, plan, book, rng, cluster):
        super().__init__(name=f"killer-{node.name}", daemon=True)
        self.node, self.plan, self.book, self.rng, self.cluster = node, list(plan), book, rng, cluster
        self.done, self.hasty, self.states, self.fault = Counter(), 0, Counter(), None

    def run(self):
        try:
            while self.plan and not self.book.faults:
                self._kill(self._next())
                check_beside(self.node, self.book)
        except Exception as wrong:  # noqa: BLE001 - whatever it is, the run did not hold
            self.fault = f"{type(wrong).__name__}: {wrong}"
            self.book.faults.append(self.fault)

    def _next(self):
        """The next kind; a worker is left alone while its supervisor would take a second death for a crash loop."""
        kind = self.plan.pop(0)
        if kind == "worker" and not self.node.is_settled():
            others = [index for index, each in enumerate(self.plan) if each != "worker"]
            if others:
                self.plan.append(kind)
                return self.plan.pop(others[0])
            while not self.node.is_settled():
                time.sleep(0.1)
        return kind

    def _kill(self, kind):
        hasty = kind in ("supervisor", "group") and self.rng.randrange(HASTY) == 0
        time.sleep(self.rng.uniform(0.0, PAUSE_S_MAX))
        began = None
        if kind == "backend":
            began = time.monotonic()
            state = self.cluster.kill_backend(self.node.database, self.rng.choice)
            if state is None:  # the node holds no connection just now
                self.plan.insert(self.rng.randint(0, len(self.plan)), kind)
                return self.node.await_ready()
            self.states[state] += 1
        else:
            began = time.monotonic() if kind == "work" else None
            self.node.kill(kind, self.rng.choice)
        self.done[kind] += 1
        if hasty:
            time.sleep(self.rng.uniform(0.0, 1.5))
            self.node.kill(kind)
            self.done[kind] += 1
            self.hasty += 1
            if kind in self.plan:
                self.plan.remove(kind)
        return self.node.await_ready(began)


def plan_of(kills, database, rng):
    """The kinds of ``kills`` kills in random order, each about equally often; with PostgreSQL a few back ends more."""
    kinds = (*KINDS, "work") if database == "postgres" else KINDS
    plan = [kinds[each % len(kinds)] for each in range(kills)]
    if database == "postgres":
        plan += ["backend"] * max(1, kills // 10)
    rng.shuffle(plan)
    return plan


def play_round(options, database, number, cluster, kills):
    """One life of a pair: sales, kills, and all checks. What was counted; raises :class:`Fault`."""
    name = f"{options.seed}/{database}/{number}"
    rng = random.Random(name)
    folder = Path(tempfile.mkdtemp(prefix=f"entrepot-kill-{database}-"))
    addresses = {}
    if cluster is not None:
        addresses = {each: cluster.make(f"r{number}_{each}") for each in (EXPORT_NODE, IMPORT_NODE)}
    pair, book = Pair(folder, addresses, options.source), Book()
    for each, node in pair.nodes.items():
        node.database = f"r{number}_{each}"
        if cluster is not None:
            node.shaken = lambda: cluster.shaken
    began, held = time.monotonic(), False
    try:
        pair.start()
        players = [Player(f"{number}{'abcdefgh'[each]}", pair, book, random.Random(f"{name}/{each}"))
                   for each in range(options.players)]  # fmt: skip
        share = [kills - kills // 3, kills // 3]
        killers = [
            Killer(node, plan_of(share[index], database, rng), book, random.Random(f"{name}/kill/{index}"), cluster)
            for index, node in enumerate(pair.nodes.values())
        ]
        for each in (*players, *killers):
            each.start()
        counted = _finish(pair, book, players, killers)
        held = True
    finally:
        pair.destroy()
        if held or not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            say(f"kept for study: {folder}")
    return counted | {"seconds": round(time.monotonic() - began, 1)}


def _finish(pair, book, players, killers):
    for each in killers:
        each.join()
    for each in players:
        each.stopping.set()
    for each in players:
        each.join(0.1 if book.faults else kills_sale.PATIENCE_S + 30)
        if each.is_alive() and not book.faults:
            book.faults.append(f"client {each.name} never ended")
    if book.faults:
        raise Fault(book.faults[0])
    nodes = list(pair.nodes.values())
    delivered = await_drained(nodes)
    for node in nodes:
        node.stop()
    check_pair([check_stopped(node, book) for node in nodes], book, pair.dids)
    done = sum((each.done for each in killers), Counter())
    starts = sorted(second for node in nodes for second in node.start_s)
    return {
        "kills": dict(done),
        "while_starting": sum(each.hasty for each in killers),
        "backend_states": dict(sum((each.states for each in killers), Counter())),
        "helpers_ended_by_themselves": sum(node.helper_ends for node in nodes),
        "started_again_by_hand": sum(len(node.gave_up) for node in nodes),
        "gave_up_because": dict(Counter(each.rpartition("\n")[2] for node in nodes for each in node.gave_up)),
        "acknowledged": sum(bool(act.record) for act in book.acts.values()),
        "requests": sum(act.tries for act in book.acts.values()),
        "sent_more_than_once": sum(act.tries > 1 for act in book.acts.values()),
        "retried_because": dict(book.retried),
        "whole_sales": book.sales,
        "delivered": sum(delivered.values()),
        "orphan_s_max": round(max((second for node in nodes for second in node.orphan_s), default=0.0), 2),
        "back_s_median": round(starts[len(starts) // 2], 2),
        "back_s_max": round(starts[-1], 2),
    }


def total(rounds):
    """The sum of several rounds."""
    whole = {}
    for each in rounds:
        for name, value in each.items():
            if isinstance(value, dict):
                whole[name] = dict(Counter(whole.get(name, {})) + Counter(value))
            elif name.startswith(("back_s", "orphan_s")):
                whole[name] = max(value, whole.get(name, 0))
            else:
                whole[name] = round(whole.get(name, 0) + value, 1)
    return whole | {"rounds": len(rounds)}


def run_database(options, database):
    """All rounds on one database."""
    cluster = None
    if database == "postgres":
        found = binaries()
        if found is None:
            sys.stdout.write("PostgreSQL is not installed: its kills could not run\n")
            raise SystemExit(77)
        cluster = Cluster(found)
    rounds, left = [], options.kills
    try:
        if cluster is not None:
            cluster.start()
        while left > 0:
            kills = min(left, options.round)
            rounds.append(play_round(options, database, len(rounds) + 1, cluster, kills))
            left -= kills
            say(f"{database} round {len(rounds)}: {json.dumps(rounds[-1])}")
    finally:
        if cluster is not None:
            cluster.stop()
    return total(rounds)


def planted(options):
    """Play with each planted bug in a copy of the source. True when every one was found."""
    survived = []
    for patch in sorted((HERE / "planted_kills").glob("*.patch")):
        if options.only and options.only not in patch.stem:
            continue
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "src"
            shutil.copytree(HERE.parents[1] / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
            command = ["git", "apply", "-p1", str(patch)]
            applied = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if applied.returncode:
                raise SystemExit(f"{patch.stem} does not apply: {applied.stderr}")
            options.source = copy
            try:
                counted = run_database(options, options.database or "sqlite")
            except Fault as fault:
                say(f"{patch.stem}: found: {fault}")
                continue
        say(f"{patch.stem}: SURVIVED {sum(counted['kills'].values())} kills")
        survived.append(patch.stem)
    return not survived


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgres"), help="only this one")
    parser.add_argument("--kills", type=int, default=210, help="on each database, beside those of its back ends")
    parser.add_argument("--round", type=int, default=ROUND_KILLS, help="kills in the life of one pair of nodes")
    parser.add_argument("--players", type=int, default=PLAYERS, help="client threads")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the folders of a round that did not hold")
    parser.add_argument("--planted", action="store_true")
    parser.add_argument("--only", default="", help="of the planted bugs those whose name contains this")
    parser.add_argument("--patience", type=float, default=240.0, help="seconds after which a key is called stuck")
    options = parser.parse_args()
    kills_sale.PATIENCE_S = options.patience
    options.source = os.environ.get("PYTHONPATH")
    say(f"seed {options.seed}")
    if options.planted:
        return 0 if planted(options) else 1
    report, held = {"seed": options.seed}, True
    for database in [options.database] if options.database else ["sqlite", "postgres"]:
        try:
            report[database] = run_database(options, database)
        except Fault as fault:
            report[database], held = {"fault": str(fault)}, False
        counted = report[database]
        say(f"{database}: {counted.get('fault') or ', '.join(f'{n} {k}' for k, n in counted['kills'].items())}")
    sys.stdout.write(json.dumps(report | {"held": held}) + "\n")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
