"""Whether money, or a credit, goes beyond what is open of an invoice, judged where the record is put in order.

Two forms, or a form and a program, may each have found the same invoice open. Whatever is issued is judged against the
versions of the sale's streams that its append compares: of two at once the later one is judged again, with the first.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.base.money import Money
from entrepot.base.record import Record
from entrepot.document.invoice.model import CreditNote
from entrepot.flow.assess import Checked, judged
from entrepot.flow.kinds import read_record
from entrepot.flow.office import Office
from entrepot.flow.owing import Bill, owing, too_much
from entrepot.flow.told import counting
from entrepot.payment.finding import SOURCES, finding
from entrepot.payment.instruction import PaymentInstruction
from entrepot.payment.settlement import Refund, RefundReason

BACK = frozenset({RefundReason.WRONG_AMOUNT, RefundReason.DUPLICATE})
"""Why money goes back that was never owed; what goes back for another reason may have been."""


def check_owed(office: Office, record: Record, *, issuing: bool = False) -> tuple[Checked, ...]:
    """What is found where an instruction sends more than is open of an invoice, credit notes take away more than it
    asks for, or a refund gives back as paid too much what was owed.

    What its issuer may read counts, whether or not it names it. Nothing is claimed where the record, or one that
    counts, is for several sales, and of what cannot be placed (:class:`~entrepot.flow.owing.Owing`). It stops
    issuing; what a peer sends is kept with a warning.
    """
    payload = read_record(record)[0]
    if not isinstance(payload, PaymentInstruction | CreditNote | Refund) or len(record.sales) != 1:
        return ()
    papers = _papers(office, record)
    if papers is None:
        return ()
    now = zip(owing(papers).bills, owing([*papers, (record, payload)]).bills, strict=True)
    found = tuple(each for before, after in now for each in _beyond(payload, before, after))
    if not issuing:
        found = tuple(replace(each, severity=Severity.WARNING) for each in found)
    return (judged("right", "owed", SOURCES["OWING"], found),)


def _papers(office: Office, record: Record) -> list[tuple[Record, Any]] | None:
    """What counts in the sale and its issuer may read, beside the record; None where one is for several sales."""
    read = counting(office, record.sales[0], (record.content.issuer,))
    kept = [each for each in read if each.id != record.id]
    return None if any(len(each.sales) > 1 for each in kept) else [(each, read_record(each)[0]) for each in kept]


def _beyond(payload: PaymentInstruction | CreditNote | Refund, before: Bill, after: Bill) -> Iterator[Finding]:
    """What is found of one invoice: how it stood, and how it would stand."""
    left = Money(max(0, before.unsent.minor), before.currency)
    wrong = Money(max(0, -before.owed.minor), before.currency)
    match payload:
        case PaymentInstruction() if after.sent > before.sent and after.unsent.minor < 0:
            yield too_much(payload.instructed, left, path="$.payload.instructed")
        case CreditNote() if after.credited > before.credited and after.due.minor < 0:
            yield finding("OWING", 6, "With this {credited} are credited of invoice {number}, which asks for {asked}.",
                          path="$.payload.totals.payable", remedy="Credit at most what the invoice asks for.",
                          credited=str(Money(after.credited, after.currency)), number=after.invoice.number,
                          asked=str(after.invoice.totals.payable))  # fmt: skip
        case Refund(reason=reason) if reason in BACK and after.refunded > before.refunded and after.owed.minor > 0:
            yield finding("OWING", 7, "{amount} is more than the {open} that were paid beyond what is due.",
                          path="$.payload.amount", remedy="Give back at most what was paid too much.",
                          amount=str(payload.amount), open=str(wrong))  # fmt: skip
