"""What a write of the API costs, against the smallest django-ninja write on the same settings; goal: 0.7 of its rate.

    bench/writes.py [--rounds N] [--askers N]

Both sides are requests to one application of one process, as the server hands them to Django: the same settings, the
same middleware (host, size, room on the disk, rate limit, token), the same body of JSON read by the same parser into
the same description (``DraftIn``), the same roles let in. Each write is durable when it is answered.

*Smallest*: the body becomes one row, committed by a transaction of its own, and its number is answered. Its file has
the durability of the journal's: a write-ahead log, synced once (``synchronous=FULL``). It knows no idempotency key.
*Smallest, node.db*: the same in the node's own database, whose rollback journal is synced several times.
*Smallest, once per key*: the latter, once per idempotency key, as every other POST of this API; the answer is kept.
*A record*: the draft is composed, checked by form, number, right and law, signed twice, each signature is verified; it
is appended to the journal with its proofs, checks, views and messages to peers, once per idempotency key; a promise to
seal it is signed, and every check is answered. Nobody reads it elsewhere, so nothing is sent; notices are made later.

Rounds take turns, in each one of every write. Figures are medians: processor time of all threads of the process (a busy
machine does not decide), and time by the clock, in which the disk has its part. Beside it, the rate of several askers
at once, the processor time of the parts of an order's write, and of the whole at a node with many peers. The goal is
asked of the order, of one asker, by the clock; the ratio by processor time, which is what is left on a disk that costs
nothing, stands beside it.

Exit 1: the goal is missed.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "node"), str(ROOT / "bench" / "scene")]

from door import Door
from rig.inside import Inside

from entrepot.base.shape import dump
from entrepot.cli.demo import default, papers
from entrepot.cli.demo.cast import AGENCIES, gather
from entrepot.journal.peer import Peer

RATE_MIN = 0.7
SMALLEST, ORDER = "smallest django-ninja write", "a record: order"
SMALL = {"smallest": SMALLEST, "node": "smallest, node.db", "once": "smallest, once per key"}
"""Address of each smallest write below ``/bench/`` -> its name."""
WARM_UP = 10
PEERS, PARTIES = 20, 100


def mount() -> Any:
    """Mount the smallest writes; the application."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.db import connections, transaction
    from django.http import HttpRequest
    from django.urls import path
    from ninja import NinjaAPI, Schema

    from entrepot.node import urls
    from entrepot.node.api.auth import WRITERS
    from entrepot.node.api.edge import StrictParser, once
    from entrepot.node.api.record import DraftIn

    class Kept(Schema):
        number: int

    application = get_wsgi_application()
    api = NinjaAPI(urls_namespace="smallest", openapi_url=None, docs_url=None, parser=StrictParser())
    beside = {**connections.databases["default"], "NAME": str(settings.CONFIG.data / "smallest.db")}
    pragmas = beside["OPTIONS"]["init_command"].replace("journal_mode=DELETE", "journal_mode=WAL")
    connections.databases["wal"] = {**beside, "OPTIONS": {**beside["OPTIONS"], "init_command": pragmas}}
    for name in ("default", "wal"):
        with connections[name].cursor() as cursor:
            cursor.execute("CREATE TABLE smallest (number INTEGER PRIMARY KEY, body TEXT NOT NULL)")

    def kept(body: DraftIn, name: str) -> dict[str, Any]:
        with transaction.atomic(name), connections[name].cursor() as cursor:
            cursor.execute("INSERT INTO smallest (body) VALUES (%s)", [body.model_dump_json()])
            return {"number": cursor.lastrowid}

    @api.post("/smallest", response=Kept, auth=WRITERS)
    def keep(request: HttpRequest, body: DraftIn) -> dict[str, Any]:  # noqa: ARG001
        return kept(body, "wal")

    @api.post("/node", response=Kept, auth=WRITERS)
    def keep_in_node(request: HttpRequest, body: DraftIn) -> dict[str, Any]:  # noqa: ARG001
        return kept(body, "default")

    @api.post("/once", response=Kept, auth=WRITERS)
    def keep_once(request: HttpRequest, body: DraftIn) -> dict[str, Any]:
        return once(request, "keep", body.model_dump(mode="json"), lambda: kept(body, "default"))

    urls.urlpatterns.insert(0, path("bench/", api.urls))
    return application


class Trade:
    """A buyer and a seller, each at the door; one sale after another."""

    def __init__(self, node: Inside, application: Any) -> None:
        self._dids = {role: node.party() for role in ("buyer", "seller", *AGENCIES)}
        self.buyer, self.seller = (
            Door(application, node.token(self._dids[role], "clerk").token) for role in ("buyer", "seller")
        )
        self._turn = 0

    def did(self, role: str) -> str:
        """The party in a role."""
        return self._dids[role]

    def deal(self) -> papers.Deal:
        """A sale that is about to begin."""
        self._turn += 1
        order = default.order(f"PO-{self._turn}", datetime.now(UTC).date())
        cast = gather(order, self._dids)
        return papers.Deal(papers.addressed(order, cast), cast, order.issue_date)

    def draft(self, deal: papers.Deal, kind: str) -> dict[str, Any]:
        """The paper of that kind, as the JSON of a draft."""
        number = f"{kind[:2].upper()}-{self._turn}"
        sales = [deal.issued["order"][0]] if "order" in deal.issued else []
        paper: dict[str, Callable[[], Any]] = {
            "order": lambda: dump(deal.order),
            "order-response": lambda: dump(papers.response(deal, number)),
            "invoice": lambda: dump(papers.invoice(deal, number)),
            "message": lambda: {"text": "Is it on its way?", "language": "en"},
        }
        named = deal.order.number if kind == "order" else number
        return {"kind": kind, "number": named, "payload": paper[kind](), "sales": sales}


class Tape:
    """Times of the writes by name: by the clock and of the processor, in milliseconds."""

    def __init__(self) -> None:
        self.clock: dict[str, list[float]] = {}
        self.cpu: dict[str, list[float]] = {}

    def take(self, name: str, work: Callable[[], Any]) -> Any:
        """Do it, and write down what it took."""
        start, used = time.perf_counter_ns(), time.process_time_ns()
        answer = work()
        self.cpu.setdefault(name, []).append((time.process_time_ns() - used) / 1e6)
        self.clock.setdefault(name, []).append((time.perf_counter_ns() - start) / 1e6)
        return answer


def play(trade: Trade, tape: Tape) -> None:
    """One round: each write once, in one sale."""
    deal = trade.deal()
    order = trade.draft(deal, "order")
    for path, name in SMALL.items():
        tape.take(name, lambda path=path: trade.buyer.post(f"/bench/{path}", order))
    sellers = ("order-response", "invoice")
    for kind in ("order", "order-response", "message", "invoice"):
        door = trade.seller if kind in sellers else trade.buyer
        draft = trade.draft(deal, kind)
        answer = tape.take(f"a record: {kind}", lambda door=door, draft=draft: door.post("/api/v1/records", draft))
        deal.issued[kind] = (answer["id"], draft["number"])


def told(tape: Tape) -> float:
    """Print a line for each write; the rate of an order against the smallest write, by the clock."""
    base = statistics.median(tape.clock[SMALLEST]), statistics.median(tape.cpu[SMALLEST])
    print(f"{'write (medians)':32} {'clock':>10} {'processor':>11} {'rate by clock':>14} {'by processor':>13}")
    for name in sorted(tape.clock):
        clock, cpu = statistics.median(tape.clock[name]), statistics.median(tape.cpu[name])
        print(f"{name:32} {clock:7.2f} ms {cpu:8.2f} ms {base[0] / clock:14.2f} {base[1] / cpu:13.2f}")
    return base[0] / statistics.median(tape.clock[ORDER])


def together(trade: Trade, askers: int, each: int) -> None:
    """Print the rates of several askers at once: the journal takes their records in one commit."""
    from django.db import connections

    drafts = [[trade.draft(trade.deal(), "order") for _ in range(each)] for _ in range(askers)]

    def ask(path: str, asked: list[dict[str, Any]]) -> None:
        for draft in asked:
            trade.buyer.post(path, draft)
        connections.close_all()

    rates = []
    for path in ("/bench/smallest", "/api/v1/records"):
        start = time.perf_counter()
        with ThreadPoolExecutor(askers) as pool:
            list(pool.map(ask, [path] * askers, drafts))
        rates.append(askers * each / (time.perf_counter() - start))
    small, large = rates
    print(f"{askers} askers at once: {small:.0f} smallest writes a second, {large:.0f} orders: {large / small:.2f}")


@contextmanager
def stopwatches(places: dict[str, tuple[Any, str]]) -> Iterator[dict[str, list[float]]]:
    """Functions with a watch on each; microseconds of processor time of their thread, by label."""
    took: dict[str, list[float]] = {label: [] for label in places}
    kept = {label: getattr(*place) for label, place in places.items()}

    def watched(label: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **named: Any) -> Any:
            start = time.thread_time_ns()
            try:
                return work(*args, **named)
            finally:
                took[label].append((time.thread_time_ns() - start) / 1e3)

        return run

    for label, (holder, name) in places.items():
        setattr(holder, name, watched(label, kept[label]))
    try:
        yield took
    finally:
        for label, (holder, name) in places.items():
            setattr(holder, name, kept[label])


def parts(trade: Trade, rounds: int) -> None:
    """Print the processor time of what an order's write is made of."""
    from ninja.operation import Operation

    from entrepot.flow import issue
    from entrepot.journal._sqlite import SqliteConnection
    from entrepot.journal.projection import Projection
    from entrepot.journal.writer import Writer
    from entrepot.node import guard
    from entrepot.node.api import record

    places = {
        "the whole request, in its thread": (guard.Guard, "__call__"),
        "  token found in node.db": (guard, "token_of"),
        "  body read and described": (Operation, "_get_values"),
        "  compose (form read, readers named)": (issue, "_compose"),
        "  judge (number, right, law, reach)": (issue, "judge"),
        "  sign (two securings, each verified)": (issue, "sign"),
        "  prove (the issuer's document lists the key)": (issue, "check_made"),
        "  answer (checks, signed promise)": (record, "answer_of"),
        "  answer described and written": (Operation, "_result_to_response"),
        "journal, in the writer's thread": (Writer, "_commit"),
        "  views": (Projection, "reduce"),
        "  commit": (SqliteConnection, "commit"),
    }
    with stopwatches(places) as took:
        for _ in range(rounds):
            trade.buyer.post("/api/v1/records", trade.draft(trade.deal(), "order"))
    print("of an order (processor time, medians)")
    for label, each in took.items():
        print(f"    {label:46} {statistics.median(each):7.0f} us")


def crowded(node: Inside, trade: Trade, rounds: int) -> None:
    """Print what an order's write takes where the node has admitted many peers, each with the documents of its parties:
    every write asks which of them hosts a reader."""
    document = dict(node.station.keys.document(trade.did("buyer")) or {})

    def admit(journal: Any) -> None:
        for each in range(PEERS):
            dids = [f"did:web:node-{each}.example:parties:{number}" for number in range(PARTIES)]
            kept = {did: {"at": "2026-01-01T00:00:00Z", "document": {**document, "id": did}} for did in dids}
            body = {"parties": dids, "seen": "2026-01-01T00:00:00Z", "offered": None, "documents": kept}
            journal.put_peer(Peer(id=f"did:key:z{each}", url="", status="admitted", key="", body=body))

    node.office.run(admit)
    tape = Tape()
    for _ in range(rounds):
        draft = trade.draft(trade.deal(), "order")
        tape.take(ORDER, lambda draft=draft: trade.buyer.post("/api/v1/records", draft))
    cpu = statistics.median(tape.cpu[ORDER])
    print(f"an order at a node with {PEERS} peers of {PARTIES} parties: {cpu:.2f} ms of processor time")


def sync_ms(folder: Path) -> float:
    """Milliseconds by the clock until the disk has a page of 4 KiB."""
    took = []
    with (folder / "page").open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(bytes(4096))
            start = time.perf_counter_ns()
            os.fsync(file.fileno())
            took.append((time.perf_counter_ns() - start) / 1e6)
    return statistics.median(took)


def measured(node: Inside, rounds: int, askers: int) -> bool:
    """Print the figures; whether the goal is met."""
    trade, tape = Trade(node, mount()), Tape()
    for _ in range(WARM_UP):
        play(trade, Tape())
    for _ in range(rounds):
        play(trade, tape)
    print(f"{rounds} rounds; a sync of this disk takes {sync_ms(node.folder):.2f} ms")
    rate = told(tape)
    together(trade, askers, max(10, rounds // askers))
    parts(trade, rounds)
    crowded(node, trade, rounds)
    is_met = rate >= RATE_MIN
    print(f"goal: {RATE_MIN} of the smallest write's rate: an order {rate:.2f}{'' if is_met else '  MISSED'}")
    return is_met


def main() -> int:
    """Print the figures."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--rounds", type=int, default=200)
    given.add_argument("--askers", type=int, default=8)
    wish = given.parse_args()
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    with tempfile.TemporaryDirectory() as folder:
        node = Inside(Path(folder))
        try:
            return int(not measured(node, wish.rounds, wish.askers))
        finally:
            node.close()


if __name__ == "__main__":
    sys.exit(main())
