"""The ledger over the real journal: floors held by the database, nothing half done, rebuilt to the same bytes."""

import hashlib
from datetime import UTC, datetime

import pytest

from entrepot.base.money import Money
from entrepot.base.record import Content, record_of
from entrepot.base.shape import dump
from entrepot.journal import Setup, open_journal
from entrepot.journal.port import ANY, Append, FloorBroken, Proof, Reducer
from entrepot.payment.ledger import KINDS, LedgerRefused, mirror, post
from entrepot.payment.posting import transfer
from entrepot.payment.settlement import Refund, RefundReason, Settlement

KEEPER, PAYER, PAYEE = "did:web:settlement.example", "did:web:bank-a.example", "did:web:bank-b.example"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def entropy(size):
    return hashlib.shake_256(b"seed").digest(size)


@pytest.fixture
def journal(tmp_path):
    opened = open_journal(
        tmp_path,
        Setup(
            reducers=(Reducer("ledger", 1, post, KINDS), Reducer("mirror", 1, mirror, KINDS)),
            clock=lambda: NOW,
            entropy=entropy,
            sign=None,
            log_id="log",
        ),
    )
    yield opened
    opened.close()


def record(kind, number, payload):
    content = Content(
        kind=kind, version=1, issuer=KEEPER, number=number, nonce="A" * 22, issued=NOW, payload=dump(payload)
    )
    return record_of(content)


def paid(number, minor, *, giver=PAYER, taker=PAYEE):
    amount = Money(minor, "MYR")
    made = Settlement(
        instruction=hashlib.sha256(number.encode()).hexdigest(),
        creditor=taker,
        amount=amount,
        settled=NOW,
        postings=transfer(amount, giver=giver, taker=taker),
    )
    return record("settlement", number, made)


def returned(number, minor, settlement_id):
    amount = Money(minor, "MYR")
    made = Refund(
        settlement=settlement_id,
        debited=PAYEE,
        amount=amount,
        reason=RefundReason.REQUESTED,
        refunded=NOW,
        postings=transfer(amount, giver=PAYEE, taker=PAYER),
    )
    return record("refund", number, made)


def append(journal, given):
    proof = Proof(securing="vc+jwt", body=b"of " + given.id.encode(), method=f"{KEEPER}#1")
    return journal.append(Append(record=given, streams={f"record:{given.id}": ANY}, proofs=(proof,)))


def test_floors_are_held_by_the_database(journal):
    append(journal, paid("S-1", 1000, giver=KEEPER, taker=PAYER))
    payment = paid("S-2", 600)
    append(journal, payment)
    before = journal.dump_view("ledger")
    for wrong, reason in (
        (paid("S-3", 401), FloorBroken),
        (returned("R-1", 601, payment.id), LedgerRefused),
        (returned("R-2", 1, "0" * 64), LedgerRefused),
    ):
        with pytest.raises(reason):
            append(journal, wrong)
        assert journal.dump_view("ledger") == before
    append(journal, returned("R-3", 600, payment.id))
    append(journal, paid("S-4", 1000))
    ours, copy = (journal.view(name) for name in ("ledger", "mirror"))
    assert [each[:2] for each in ours.balances()] == [each[:2] for each in copy.balances()]
    assert {each[0].rsplit("|", 1)[1]: each[1:] for each in ours.balances()} == {
        KEEPER: (-1000, None),
        PAYER: (0, 0),
        PAYEE: (1000, 0),
    }
    assert dict(ours.scan("")) == dict(copy.scan(""))


def test_a_rebuild_gives_the_same_bytes_even_beyond_the_integers_of_json(journal):
    for number in range(12):
        append(journal, paid(f"S-{number}", 10**15, giver=KEEPER, taker=PAYER))
    before = journal.dump_view("ledger")
    assert journal.view("ledger").balance(f"{KEEPER}|MYR|{PAYER}") == 12 * 10**15
    journal.rebuild()
    assert journal.dump_view("ledger") == before
    assert not journal.verify()
