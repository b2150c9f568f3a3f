"""The ledger: settlements and refunds as changes of balances, each record applied once.

A book belongs to the issuer of its records, the settlement institution. :func:`post` is for the institution's own
journal: it refuses what cannot be, and the database holds the floors (no account below zero, except the one named by
the institution's DID, from which it issues money). :func:`mirror` is for every other copy: a node that sees a part of
the book cannot judge floors, so it adds up what it was shown, in any order with the same result, and says what is
wrong with it when asked (:func:`left_to_refund`).
"""

from collections.abc import Mapping
from typing import Any, Protocol

from entrepot.base.error import EntrepotError
from entrepot.base.finding import Finding, blocking
from entrepot.base.money import MINOR_MAX, Money
from entrepot.base.record import Record
from entrepot.base.shape import parse
from entrepot.payment.answer import check_refund_of
from entrepot.payment.check import check_refund, check_settlement
from entrepot.payment.finding import finding
from entrepot.payment.posting import net
from entrepot.payment.settlement import Posting, Refund, Settlement

KINDS = frozenset({"settlement", "refund"})
"""Kinds of record that change a book."""


class Book(Protocol):
    """Keyed JSON rows, and balances in minor units with floors that the database holds."""

    def get(self, key: str) -> dict[str, Any] | None:
        """The row under ``key``, or None."""
        ...

    def put(self, key: str, row: Mapping[str, Any]) -> None:
        """Write the row under ``key``."""
        ...

    def add(self, account: str, delta: int, *, floor: int | None = None) -> None:
        """Add ``delta`` to a balance; raises where it would fall below ``floor``."""
        ...

    def balance(self, account: str) -> int | None:
        """The balance of ``account``, or None where nothing was ever added."""
        ...


class PaymentError(EntrepotError):
    """Root of the payment room's exceptions."""

    code = "payment"


class LedgerRefused(PaymentError):
    """The institution's book cannot take this record; nothing of it may be kept. ``findings`` say why."""

    code = "ledger-refused"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(each.text for each in findings), remedy="Correct the record before issuing it.")
        self.findings = findings


def account_key(keeper: str, asset: str, account: str) -> str:
    """Name of a balance: book, asset, account."""
    return f"{keeper}|{asset}|{account}"


def post(book: Book, record: Record) -> None:
    """Apply a settlement or refund to the book of its issuer; nothing where it was applied, is erased or of another
    kind. Raises :class:`LedgerRefused`, or what ``book.add`` raises at a floor; then nothing may be kept."""
    payload = _new(book, record)
    if payload is None:
        return
    keeper = record.content.issuer
    found = blocking(_judge(book, keeper, payload))
    if found:
        raise LedgerRefused(found)
    _note(book, record.id, keeper, payload)
    for (account, asset), delta in net(payload.postings).items():
        floor = None if account == keeper else 0
        key = account_key(keeper, asset, account)
        book.add(key, delta, floor=floor)
        if abs(book.balance(key) or 0) > MINOR_MAX:
            raise LedgerRefused((_finding(3, "The balance of {account} passes 18 digits.", account=account),))


def mirror(book: Book, record: Record) -> None:
    """Add up a settlement or refund in a copy that sees a part of the book. The result does not depend on the order
    of records; a record that is wrong in itself is noted and moves nothing."""
    payload = _new(book, record)
    if payload is None:
        return
    keeper = record.content.issuer
    wrong = blocking(check_settlement(payload) if isinstance(payload, Settlement) else check_refund(payload))
    if wrong:
        book.put(f"record/{record.id}", {"kind": record.kind, "ineffective": sorted({each.id for each in wrong})})
        return
    _note(book, record.id, keeper, payload)
    for (account, asset), delta in net(payload.postings).items():
        book.add(account_key(keeper, asset, account), delta)


def left_to_refund(book: Book, settlement_id: str) -> Money | None:
    """What may still be refunded of a settlement; below zero where a copy was shown refunds that go too far, None
    where the settlement is not in the book or moved nothing."""
    row = book.get(f"record/{settlement_id}")
    if row is None or row["kind"] != "settlement" or "minor" not in row:
        return None
    refunded = _refunded(book, row["keeper"], settlement_id)
    return Money(max(int(row["minor"]) - refunded, -MINOR_MAX), row["currency"])


def settlements_of(book: Book, keeper: str, instruction_id: str) -> tuple[str, ...]:
    """Ids of the settlements of an instruction in one book, sorted; more than one is a fault that a copy was shown."""
    return tuple((book.get(f"instruction/{keeper}/{instruction_id}") or {"settlements": ()})["settlements"])


def _new(book: Book, record: Record) -> Settlement | Refund | None:
    """The payload, where the record is of our kinds, readable, and was not applied before."""
    if record.kind not in KINDS or record.content.version != 1 or record.erased:
        return None
    if book.get(f"record/{record.id}") is not None:
        return None
    shape: type[Settlement] | type[Refund] = Settlement if record.kind == "settlement" else Refund
    payload, _ = parse(shape, dict(record.payload))
    return payload


def _judge(book: Book, keeper: str, payload: Settlement | Refund) -> tuple[Finding, ...]:
    if isinstance(payload, Settlement):
        found = check_settlement(payload)
        if settlements_of(book, keeper, payload.instruction):
            found += (_finding(1, "The instruction was settled before."),)
        return found
    row = book.get(f"record/{payload.settlement}")
    if row is None or (row["kind"], row.get("keeper")) != ("settlement", keeper):
        return (_finding(2, "The settlement is not in this book.", path="$.settlement"),)
    return (*check_refund(payload), *_within(payload, row, _refunded(book, keeper, payload.settlement)))


def _within(refund: Refund, row: Mapping[str, Any], before: int) -> tuple[Finding, ...]:
    """The rule of :func:`~entrepot.payment.answer.check_refund_of`, on what the book knows of the settlement."""
    settled = Money(int(row["minor"]), row["currency"])
    known = Settlement(
        instruction=row["instruction"],
        creditor=row["creditor"],
        amount=settled,
        settled=refund.refunded,
        postings=(Posting(account=row["creditor"], asset=settled.currency, minor=settled.minor),),
    )
    return check_refund_of(refund, known, before=(Money(before, settled.currency),))


def _note(book: Book, record_id: str, keeper: str, payload: Settlement | Refund) -> None:
    row = {"keeper": keeper, "minor": str(payload.amount.minor), "currency": payload.amount.currency}
    if isinstance(payload, Settlement):
        row |= {"kind": "settlement", "creditor": payload.creditor, "instruction": payload.instruction}
        ids = {*settlements_of(book, keeper, payload.instruction), record_id}
        book.put(f"instruction/{keeper}/{payload.instruction}", {"settlements": sorted(ids)})
    else:
        row |= {"kind": "refund", "settlement": payload.settlement}
        key = f"refunds/{keeper}/{payload.settlement}"
        refunded = _refunded(book, keeper, payload.settlement) + payload.amount.minor
        ids = {*(book.get(key) or {"refunds": []})["refunds"], record_id}
        book.put(key, {"minor": str(refunded), "refunds": sorted(ids)})
    book.put(f"record/{record_id}", row)


def _refunded(book: Book, keeper: str, settlement_id: str) -> int:
    """Minor units refunded so far. Rows keep sums as text, because JSON numbers end at 2**53."""
    return int((book.get(f"refunds/{keeper}/{settlement_id}") or {"minor": "0"})["minor"])


def _finding(number: int, message: str, **given: str) -> Finding:
    return finding("LEDGER", number, message, **({"remedy": "Do not issue the record."} | given))
