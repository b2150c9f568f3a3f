"""What a bank still has to send and to settle in a sale: each invoice once, less what was credited of it."""

from dataclasses import dataclass
from typing import Any

from entrepot.base.money import Money
from entrepot.base.record import Record
from entrepot.document.invoice.model import CreditNote, Invoice
from entrepot.payment.instruction import PaymentInstruction
from entrepot.payment.request import PaymentRequest
from entrepot.payment.settlement import Settlement

Papers = list[tuple[Record, Any]]


@dataclass(frozen=True, slots=True)
class Due:
    """An invoice that nobody has sent money for. ``credited``: what lowers it; ``amount``: what is left. ``asked``: the
    newest request that names it."""

    record: str
    invoice: Invoice
    credited: tuple[CreditNote, ...]
    amount: Money
    asked: tuple[Record, PaymentRequest] | None


def unsent(found: Papers) -> Due | None:
    """The first invoice for which money is still to be sent; None where there is none, or it was credited whole."""
    instructed = [said for _, said in found if isinstance(said, PaymentInstruction)]
    sent = {each.record for order in instructed for each in order.remittance}
    dues = (_due(found, record.id, said) for record, said in found if _is_bill(said) and record.id not in sent)
    return next((each for each in dues if each.amount.minor > 0), None)


def unplaced(found: Papers) -> tuple[CreditNote, ...]:
    """Credits that name no single invoice: how they lower which one, nobody has said."""
    return tuple(said for _, said in found if isinstance(said, CreditNote) and len(said.invoices) != 1)


def unsettled(found: Papers) -> tuple[Record, PaymentInstruction] | None:
    """The first instruction that is in no settlement."""
    settled = {said.instruction for _, said in found if isinstance(said, Settlement)}
    sent = ((record, said) for record, said in found if isinstance(said, PaymentInstruction))
    return next((each for each in sent if each[0].id not in settled), None)


def _is_bill(said: Any) -> bool:
    return isinstance(said, Invoice) and not isinstance(said, CreditNote)


def _due(found: Papers, record: str, invoice: Invoice) -> Due:
    credited = tuple(said for _, said in found if isinstance(said, CreditNote) and _lowers(said, record))
    payable = invoice.totals.payable
    left = payable.minor - sum(each.totals.payable.minor for each in credited)
    requests = [(each, said) for each, said in found if isinstance(said, PaymentRequest)]
    asking = [(each, said) for each, said in requests if any(bill.record == record for bill in said.invoices)]
    return Due(record, invoice, credited, Money(left, payable.currency), asking[-1] if asking else None)


def _lowers(credit: CreditNote, record: str) -> bool:
    return len(credit.invoices) == 1 and credit.invoices[0].record == record
