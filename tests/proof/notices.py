"""Kills of the node that tells people what came in: SIGKILL at random moments while records arrive.

    notices.py                       60 kills in rounds of 20, each a node of its own
    notices.py --kills 4 --seed 3    a sample; the same seed gives the same kinds of kill and the same pauses
    notices.py --planted             with every bug of planted_notices/ in a copy of the source: each is found

Clients issue orders to two sellers, and send again with the same key what was not acknowledged. A killer ends the
worker (its supervisor brings it back), the supervisor, or the whole group. At the end everybody has on their page each
notice of what they may read, once, and nobody anything else. Each notice is told by one letter, in one file under the
letter's own name and message id (ADR 0029); who declined letters gets none. The last line is JSON with counts. Exit 0:
held. 1: did not.
"""

import argparse
import contextlib
import email
import html
import http.client
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from itertools import count
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "node")]

from kills_node import Fault, Node
from rig import paper

KINDS = ("worker", "supervisor", "group")
ROUND_KILLS = 20
LINES_MAX = 50
"""Notices that one letter lists."""
APART_S = 0.06
"""Between two orders of one client: some dozen for each look of the notifier, fewer than a letter lists."""
PATIENCE_S = 60.0


def say(text):
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


class Client(threading.Thread):
    """Issues orders of one buyer to one seller until it is stopped; ``told``: number -> record id."""

    def __init__(self, node, name, token, sides):
        super().__init__(daemon=True)
        self.node, self.label, self.token, self.sides = node, name, token, sides
        self.stopping, self.told, self.again, self.fault = threading.Event(), {}, 0, ""

    def run(self):
        for number in count(1):
            if self.stopping.is_set():
                return
            name = f"{self.label}-{number:05d}"
            try:
                self.told[name] = self._issue(paper.order(*self.sides, name=name), name)
            except Fault as fault:
                self.fault = str(fault)
                return
            time.sleep(APART_S)

    def _issue(self, draft, key):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                status, answer = self.node.ask("POST", "/api/v1/records", draft, token=self.token, key=key)
                if status == 200:
                    return answer["id"]
                if status not in (409, 503):
                    raise Fault(f"{key}: {status} {answer}")
            self.again += 1
            time.sleep(0.05)
        raise Fault(f"{key} was never acknowledged")


def play(options, number, kills):
    """The life of one node; what was counted. Raises :class:`Fault`."""
    rng = random.Random(f"{options.seed}/{number}")
    folder = Path(tempfile.mkdtemp(prefix="entrepot-notices-"))
    node = Node("node", folder, source=os.environ.get("PYTHONPATH"))
    try:
        node.start()
        parties = {name: _party(node, name) for name in ("left", "right", "buyer", "aside")}
        _at_rest(node, "people", {name: did for name, (did, _) in parties.items()})
        buyer, token = parties["buyer"]
        clients = [Client(node, f"{side[0].upper()}{number}", token, (buyer, parties[side][0]))
                   for side in ("left", "right")]  # fmt: skip
        for each in clients:
            each.start()
        done = _kill(node, rng, kills)
        for each in clients:
            each.stopping.set()
        for each in clients:
            each.join(PATIENCE_S + 10)
            if each.fault or each.is_alive():
                raise Fault(each.fault or "a client never ended")
        _drained(folder)
        node.stop()
        told = {side: each.told for side, each in zip(("left", "right"), clients, strict=True)}
        counted = json.loads(_at_rest(node, "check", {"told": told, "parties": {n: p[0] for n, p in parties.items()}}))
        return {
            "kills": done,
            "orders": sum(map(len, told.values())),
            "again": sum(each.again for each in clients),
        } | counted
    finally:
        node.destroy()
        shutil.rmtree(folder, ignore_errors=True)


def _party(node, name):
    party = node.operate("POST", "/parties", {"name": name}, key=f"party-{name}")["did"]
    body = {"party": party, "role": "clerk", "label": "kills"}
    return party, node.operate("POST", "/tokens", body, key=f"token-{name}")["secret"]


def _kill(node, rng, kills):
    done = Counter()
    for _ in range(kills):
        kind = rng.choice(KINDS) if node.is_settled() else rng.choice(KINDS[1:])
        time.sleep(rng.uniform(0.3, 2.0))
        node.kill(kind)
        done[kind] += 1
        node.await_ready()
    time.sleep(rng.uniform(0.0, 1.0))
    return dict(done)


def _drained(folder):
    """Wait until nothing is left to tell: no notice is without its letter, and none came for a while."""
    import sqlite3

    before, since, deadline = -1, time.monotonic(), time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(sqlite3.OperationalError):
            with contextlib.closing(sqlite3.connect(f"file:{folder / 'node.db'}?mode=ro", uri=True)) as db:
                told, unposted = db.execute("SELECT count(*), sum(posted IS NULL) FROM notice_notice").fetchone()
            if unposted or told != before:
                before, since = told, time.monotonic()
            elif time.monotonic() - since > 3.0:
                return
        time.sleep(0.2)
    raise Fault("letters were never written to the end")


def _at_rest(node, what, given):
    """Do something with the accounts in a process of its own, which Django needs; what it printed."""
    environ = node.environ | {"ENTREPOT_DATA": str(node.folder), "DJANGO_SETTINGS_MODULE": "entrepot.node.settings"}
    command = [sys.executable, str(Path(__file__)), "--within", what]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False, env=environ)
    if done.returncode:
        raise Fault(done.stderr.strip().rpartition("\n")[2])
    return done.stdout


# ---- within a process that has the node's accounts ------------------------------------------------------------------


def people(parties):
    """Two people of each party: ``declines`` wants no letters."""
    from django.utils import timezone

    from entrepot.node.account.models import Membership, Person
    from entrepot.node.notice.models import Wish

    for name, party in parties.items():
        for wish in ("reads", "declines"):
            made = Person.objects.create(email=f"{name}-{wish}@example.org", name=name, joined=timezone.now())
            Membership.objects.create(person=made, party=party, role="clerk", since=timezone.now())
            Wish.objects.create(person=made, letters=wish == "reads")


def check(given):
    """Everybody's page and letters against what was acknowledged; counts. Raises :class:`Fault`."""
    from entrepot.node import running
    from entrepot.node.account.models import Membership, Person
    from entrepot.node.notice.models import Notice
    from entrepot.node.prepare import prepare_from_environment
    from entrepot.node.station import open_station

    station = open_station(prepare_from_environment())
    running.start(station)
    try:
        station.announcer.stop()
        seen = Counter()
        for member in Membership.objects.select_related("person"):
            name, _, wish = member.person.email.partition("@")[0].partition("-")
            due = given["told"].get(name, {})
            rows = list(Notice.objects.filter(person=member.person))
            about = Counter(each.about for each in rows)
            _same(f"notices of {member.person.email}", about, Counter(due.values()))
            _same(f"page of {member.person.email}", _page(member), Counter(list(due)))
            seen["notices"] += len(rows)
            _letters(Path(os.environ["ENTREPOT_DATA"]), rows, {record: each for each, record in due.items()}, wish)
        files = {each.stem for each in Path(os.environ["ENTREPOT_DATA"], "letters").glob("*.log")}
        named = set(Notice.objects.exclude(letter="").values_list("letter", flat=True))
        _same("letters in the folder", Counter(files), Counter(named))
        return dict(seen) | {"letters": len(files), "people": Person.objects.count()}
    finally:
        running.stop()


def _same(what, found, wanted):
    if found != wanted:
        lost, more = wanted - found, found - wanted
        raise Fault(f"{what}: {sum(lost.values())} lost, {sum(more.values())} too many: {list(lost or more)[:3]}")


def _page(member):
    """How often each number stands on the pages of somebody's notices."""
    from rig.visitor import Visitor, begin_session

    visitor, found = Visitor(None), Counter()
    visitor.person = member.person
    begin_session(visitor)
    for offset in count(0, 50):
        visitor.go(f"/notices?from={offset}")
        lines = re.findall(r"\b[LR]\d+-\d{5}\b", html.unescape(re.sub("<[^>]*>", " ", visitor.text)))
        if visitor.status != 200:
            raise Fault(f"the page of notices answers {visitor.status}")
        found.update(lines)
        if not lines:
            return found
    return None


def _letters(folder, rows, numbers, wish):
    """Each notice is in its letter, in one file with its own message id; without the wish there is none."""
    if wish == "declines":
        return _same("letters to who declined", Counter(each.letter for each in rows if each.letter), Counter())
    for name in {each.letter for each in rows}:
        told = [numbers[each.about] for each in rows if each.letter == name]
        try:
            written = email.message_from_bytes((folder / "letters" / f"{name}.log").read_bytes())
        except OSError:
            raise Fault(f"letter {name} is not there: {len(told)} notices are told by none") from None
        if not str(written["Message-ID"]).startswith(f"<{name}@"):
            raise Fault(f"letter {name} has the message id {written['Message-ID']}")
        lines = re.findall(r"\b[LR]\d+-\d{5}\b", written.get_payload(decode=True).decode())
        if len(told) <= LINES_MAX:
            _same(f"letter {name}", Counter(lines), Counter(told))
    return None


def within(what):
    from entrepot.node.migration import set_up_django

    set_up_django()
    given = json.load(sys.stdin)
    try:
        sys.stdout.write(json.dumps(check(given) if what == "check" else people(given)))
    except Fault as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


# ---- rounds ---------------------------------------------------------------------------------------------------------


def run(options):
    """All rounds; their counts."""
    whole, left = Counter(), options.kills
    for number in count(1):
        if left <= 0:
            return dict(whole) | {"rounds": number - 1}
        counted = play(options, number, min(left, ROUND_KILLS))
        say(f"round {number}: {json.dumps(counted)}")
        left -= ROUND_KILLS
        whole.update({f"kills_{kind}": each for kind, each in counted.pop("kills").items()})
        whole.update({name: each for name, each in counted.items() if name != "people"})
    return None


def planted(options):
    """Play with each planted bug in a copy of the source. True where every one was found."""
    patches = [each for each in sorted((HERE / "planted_notices").glob("*.patch")) if options.only in each.stem]
    survived = []
    for patch in patches:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "src"
            shutil.copytree(HERE.parents[1] / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
            applied = subprocess.run(["git", "apply", "-p1", str(patch)], cwd=folder, capture_output=True, text=True,
                                     check=False)  # fmt: skip
            if applied.returncode:
                raise SystemExit(f"{patch.stem} does not apply: {applied.stderr}")
            os.environ["PYTHONPATH"] = str(copy)
            try:
                run(options)
            except Fault as fault:
                say(f"{patch.stem}: found: {fault}")
                continue
        say(f"{patch.stem}: SURVIVED {options.kills} kills")
        survived.append(patch.stem)
    sys.stdout.write(json.dumps({"planted": len(patches), "survived": survived}) + "\n")
    return bool(patches) and not survived


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--planted", action="store_true")
    parser.add_argument("--only", default="", help="of the planted bugs those whose name contains this")
    parser.add_argument("--within", choices=("people", "check"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.within:
        return within(options.within)
    if options.planted:
        return 0 if planted(options) else 1
    report = {"seed": options.seed}
    try:
        report |= run(options) | {"held": True}
    except Fault as fault:
        report |= {"fault": str(fault), "held": False}
    sys.stdout.write(json.dumps(report) + "\n")
    return 0 if report["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
