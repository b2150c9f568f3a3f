"""The clients: threads that play whole sales through the API of both nodes, and note every record acknowledged."""

import base64
import http.client
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kills_node import Fault

from entrepot.base.shape import dump
from entrepot.cli.demo import default, money, moves, papers
from entrepot.cli.demo.cast import EXPORT_NODE, HOME, gather
from entrepot.document.customs.model import Direction
from entrepot.payment import message

PATIENCE_S = 240.0
STEPS = (
    ("order", "buyer", "order"),
    ("order-response", "seller", "order-response"),
    ("invoice", "seller", "invoice"),
    ("certificate-of-origin", "chamber", "certificate-of-origin"),
    ("export-declaration", "seller", "customs-declaration"),
    ("export-release", "export_customs", "customs-release"),
    ("transport-document", "carrier", "transport-document"),
    ("hand-over/picked_up", "carrier", "hand-over"),
    ("hand-over/departed", "carrier", "hand-over"),
    ("hand-over/arrived", "carrier", "hand-over"),
    ("import-declaration", "buyer", "customs-declaration"),
    ("import-release", "import_customs", "customs-release"),
    ("hand-over/delivered", "buyer", "hand-over"),
    ("payment-request", "seller", "payment-request"),
    ("payment-instruction", "payer_bank", "payment-instruction"),
    ("settlement", "settlement", "settlement"),
)
RETRIED = {"in-flight", "stream-conflict", "not-found", "findings", "rate-limit"}
"""Problems that pass: the node is slow, another record came first, or what this one needs has not arrived yet."""


@dataclass
class Act:
    """One record to be issued. ``record``: its id, once it was acknowledged; ``tries``: requests sent for it."""

    key: str
    node: str
    role: str
    body: dict
    record: str = ""
    tries: int = 0


@dataclass
class Book:
    """What the clients know: every act, and what was acknowledged for it."""

    acts: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)
    retried: dict = field(default_factory=dict)
    sales: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledge(self, act, record):
        """A 200 answer named ``record`` for the act."""
        with self.lock:
            if act.record and act.record != record:
                raise Fault(f"the key {act.key} gave two records: {act.record} and {record}")
            act.record = record

    def acknowledged(self, node):
        """Key -> record id of everything that ``node`` has acknowledged so far."""
        with self.lock:
            return {act.key: act.record for act in self.acts.values() if act.node == node and act.record}


class Player(threading.Thread):
    """Plays sale after sale until told to stop; then ends the act under way."""

    def __init__(self, name, pair, book, rng):
        super().__init__(name=name, daemon=True)
        self.pair, self.book, self.rng = pair, book, rng
        self.stopping = threading.Event()

    def run(self):
        turn = 0
        try:
            while not self.stopping.is_set():
                turn += 1
                self.play(f"{self.name}-{turn}")
        except Exception as wrong:  # noqa: BLE001 - whatever it is, the run did not hold
            self.book.faults.append(f"client {self.name}: {type(wrong).__name__}: {wrong}")

    def play(self, mark, steps=None):
        """One sale, or its first ``steps``."""
        now = datetime.now(UTC)
        order = default.order(f"PO-{mark}", now.date())
        cast = gather(order, self.pair.dids)
        deal = papers.Deal(papers.addressed(order, cast), cast, now.date())
        made = {}
        for index, (step, role, kind) in enumerate(STEPS[:steps]):
            if self.stopping.is_set():
                return
            number = f"{index:02}-{mark}" if index else f"PO-{mark}"
            made[step] = _paper(deal, step, number, made)
            sales = [deal.issued["order"][0]] if index else []
            body = {"kind": kind, "number": number, "payload": dump(made[step]), "sales": sales}
            if kind == "payment-instruction":
                body["attachments"] = [_message(made[step])]
            act = Act(f"{mark}/{index}", self.pair.home(role).name, role, body)
            with self.book.lock:
                self.book.acts[act.key] = act
            deal.issued[step] = (self._say(act), number)
            self._await_arrival(role, act)
        self.book.sales += steps is None

    def _say(self, act):
        """Send the act until it is acknowledged, each time with the same key; sometimes once more after that."""
        deadline = time.monotonic() + PATIENCE_S
        while not act.record:
            self._try(act)
            if time.monotonic() > deadline:
                raise Fault(f"the key {act.key} is stuck: {self.book.retried}")
        if self.rng.random() < 0.1:
            self._try(act)
        return act.record

    def _try(self, act):
        act.tries += 1
        node = self.pair.home(act.role)
        try:
            status, answer = node.ask(
                "POST", "/api/v1/records", act.body, token=self.pair.tokens[act.role], key=act.key
            )
        except (OSError, http.client.HTTPException, ValueError):
            self._note("no-answer")
            time.sleep(self.rng.uniform(0.02, 0.1))
            return
        if status == 200:
            self.book.acknowledge(act, answer["id"])
            return
        code = str(answer.get("code"))
        self._note(f"{status} {code}")
        if status < 500 and code not in RETRIED:
            raise Fault(f"{act.key}: {status} {code}: {answer.get('detail')}")
        if status == 500:
            raise Fault(f"{act.key}: the node failed: {answer}")
        time.sleep(self.rng.uniform(0.05, 0.2))

    def _note(self, what):
        with self.book.lock:
            self.book.retried[what] = self.book.retried.get(what, 0) + 1

    def _await_arrival(self, role, act):
        """The next step may be another party's, on the other node: it can act on what has arrived there."""
        there = "buyer" if HOME[role] == EXPORT_NODE else "seller"
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                status, _ = self.pair.home(there).ask(
                    "GET", f"/api/v1/records/{act.record}", token=self.pair.tokens[there]
                )
            except (OSError, http.client.HTTPException, ValueError):
                status = 0
            if status == 200:
                return
            time.sleep(0.05)
        raise Fault(f"{act.record} ({act.key}) did not reach the other node in {PATIENCE_S:.0f} s")


def _message(instruction):
    """The pacs.008 that an instruction stands for: writing it again gives the same bytes."""
    data, _ = message.write(instruction)
    return {"media_type": "application/xml", "base64": base64.b64encode(data).decode("ascii")}


def _paper(deal, step, number, made):
    now = datetime.now(UTC)
    direction = Direction.EXPORT if step.startswith("export") else Direction.IMPORT
    if step.startswith("hand-over/"):
        return moves.hand_over(deal, step.partition("/")[2], number, now)
    if step.endswith("-declaration"):
        return papers.declaration(deal, number, direction)
    if step.endswith("-release"):
        return papers.release(deal, number, direction)
    simple = {
        "order": lambda: deal.order,
        "order-response": lambda: papers.response(deal, number),
        "invoice": lambda: papers.invoice(deal, number),
        "certificate-of-origin": lambda: papers.certificate(deal, number),
        "transport-document": lambda: papers.waybill(deal, number),
        "payment-request": lambda: money.request(deal, now)[0],
        "payment-instruction": lambda: money.instruction(deal, now, random.randbytes, number=number)[0],
        "settlement": lambda: money.settlement(deal, made["payment-instruction"], now),
    }
    return simple[step]()
