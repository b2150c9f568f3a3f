"""A run of the journal that looks like a sale: some thirty appends, with everything else that a journal does."""

import hashlib
import threading
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

from entrepot.base.digest import b64url
from entrepot.base.record import Content, record_of
from entrepot.journal import Writer, WriterSettings
from entrepot.journal.port import (
    ANY,
    Append,
    Attachment,
    FloorBroken,
    Idempotency,
    KeyReused,
    Message,
    Outcome,
    Proof,
    Reducer,
    StreamConflict,
)

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


class Clock:
    """Stands still until it is told to move."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def tick(self, seconds=1):
        self.now += timedelta(seconds=seconds)


class Entropy:
    """The same bytes in every run."""

    def __init__(self):
        self._count = 0

    def __call__(self, count):
        self._count += 1
        return hashlib.shake_256(str(self._count).encode()).digest(count)


def sign(payload):
    return "h." + b64url(payload) + "." + hashlib.sha256(b"key" + payload).hexdigest()[:43]


def state_view(tx, record):
    for sale in record.sales:
        row = tx.get(sale) or {"kinds": [], "erased": 0}
        row["kinds"].append(record.kind)
        row["erased"] += int(record.erased)
        tx.put(sale, row)


def ledger(tx, record):
    for account, delta in record.payload.get("postings", {}).items():
        tx.add(account, delta, floor=0 if account.startswith("cash:") else None)


REDUCERS = (Reducer("state", 1, state_view), Reducer("ledger", 1, ledger, frozenset({"settlement", "refund"})))


def record(number, kind, *, after=(), sales=(), **payload):
    return record_of(
        Content(
            kind=kind,
            version=1,
            issuer="did:web:seller.example",
            number=f"N-{number}",
            nonce=b64url(hashlib.sha256(f"{number}{kind}".encode()).digest()[:16]),
            issued=START,
            sales=tuple(sales),
            after=tuple(sorted(after)),
            payload=payload,
        )
    )


def item(made, streams, **more):
    """An append with everything: proof, assessment, a message to each of two peers, an idempotency key."""
    return Append(
        record=made,
        streams=streams,
        proofs=(Proof(securing="vc+jwt", body=b"proof " + made.id.encode(), method="did:web:seller.example#1"),),
        assessment={"findings": [], "rules": "1"},
        outbox=tuple(
            Message(peer=f"did:web:{peer}.example", lane=made.sales[0], key=made.id, body={"record": made.id})
            for peer in ("buyer", "carrier")
        ),
        idempotency=Idempotency(scope="seller/shop/issue", key=made.id[:16], digest=made.id),
        answer={"record": made.id},
        **more,
    )


def run(journal):
    """Thirty appends and more. What it expects of the journal it asserts on the way."""
    clock = journal.setup.clock
    order = record(0, "order", text="durian, fresh")
    journal.append(item(order, {f"sale:{order.id}": 0}))
    sale, version = f"sale:{order.id}", 1
    last = order
    kinds = ["order-response", "invoice", "certificate-of-origin", "transport-document", "hand-over", "settlement"]
    for number in range(1, 19):
        clock.tick(-30 if number == 7 else 1)
        kind = kinds[number % len(kinds)]
        postings = {"cash:buyer": 10, "cash:seller": 5} if kind == "settlement" else {}
        made = record(number, kind, after=[last.id], sales=[order.id], postings=postings)
        body = b"<Document>%d</Document>" % number * 40
        attached = Attachment(digest=hashlib.sha256(body).hexdigest(), media_type="application/xml", body=body)
        more = {"attachments": (attached,)} if number % 4 == 0 else {}
        done = journal.append(item(made, {sale: version, "account:seller": ANY}, personal=number % 5 == 0, **more))
        assert done.outcome is Outcome.APPENDED
        version, last = version + 1, made
        between(journal, number, made, order, (sale, version))
    through_writer(journal, order, last, (sale, version))
    assert all(each.leaf is not None for each in journal.entries(limit=15))


def between(journal, number, made, order, at):
    """What happens between two appends of a sale."""
    sale, version = at
    if number % 3 == 0:
        again = journal.append(Append(record=made, streams={sale: version}))
        assert again.outcome is Outcome.KNOWN
    if number % 4 == 1:
        for message in journal.due(later(journal), limit=3):
            journal.delivered(message.id, "acknowledged")
    if number % 5 == 2:
        refused(journal, order, at)
    if number in (6, 11, 16):
        journal.seal()
    if number == 8:
        journal.assess(made.id, {"findings": [], "rules": "2"})
        journal.hold(b"a record that came too early", ["0" * 64])
    if number == 10:
        journal.tend()
        journal.rebuild()
    if number == 12:
        gone = journal.entries(after_seq=5, limit=1)[0].record_id
        journal.erase(gone, "asked for", item(record("gone", "tombstone", sales=[order.id]), {"erasures": 0}))
    if number == 14:
        (message, *_) = journal.due(later(journal))
        journal.failed(message.id, "refused")
        journal.requeue(message.id)


def later(journal):
    """A time at which everything in the outbox is due."""
    return journal.setup.clock() + timedelta(days=1)


def refused(journal, order, at):
    """Appends that must not be kept."""
    sale, version = at
    early = record("early", "invoice", sales=[order.id])
    poor = record("poor", "refund", sales=[order.id], postings={"rest": 1, "cash:buyer": -10_000})
    for wrong, error in (
        (item(early, {"other": 0, sale: version - 1}), StreamConflict),
        (item(poor, {sale: version}), FloorBroken),
        (reused(early, order), KeyReused),
    ):
        try:
            journal.append(wrong)
        except error:
            continue
        raise AssertionError(f"{error.__name__} was expected")


def reused(early, order):
    key = Idempotency(scope="seller/shop/issue", key=order.id[:16], digest="another request")
    return Append(record=early, streams={}, idempotency=key)


def through_writer(journal, order, last, at):
    """The last ten go through the writer thread, in batches, each of which holds one that must be refused."""
    sale, version = at
    with Writer(journal, WriterSettings(seal_ms=1500, tick_s=0.02)) as writer:
        for batch in range(3):
            journal.setup.clock.tick(2)
            gate = threading.Event()
            writer.submit(lambda _journal, gate=gate: gate.wait(30))
            futures: list[Future] = []
            for place in range(3):
                made = record(f"{batch}-{place}", "hand-over", after=[last.id], sales=[order.id])
                futures.append(submit(writer, journal, item(made, {sale: version})))
                poor = record(f"no {batch}-{place}", "refund", sales=[order.id], postings={"cash:buyer": -10_000})
                refusal = writer.submit(item(poor, {"other": ANY}))
                version, last = version + 1, made
            gate.set()
            assert [future.result(60).outcome for future in futures] == [Outcome.APPENDED] * 3
            assert isinstance(refusal.exception(60), FloorBroken)
    assert journal.stream("other") == (0, ())


def submit(writer, journal, made):
    """Submit, and let the watch know when the answer is given."""
    future = writer.submit(made)
    acknowledged = getattr(journal, "acknowledged", None)
    if acknowledged is not None:
        future.add_done_callback(lambda done: done.exception() or acknowledged(made.record.id))
    return future
