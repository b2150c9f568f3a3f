"""What is open of each invoice of a sale: what it asks for, less what was credited and settled, plus what went back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from entrepot.base.finding import Finding
from entrepot.base.money import Money
from entrepot.base.record import Record
from entrepot.document.invoice.model import CreditNote, Invoice
from entrepot.payment.finding import finding
from entrepot.payment.instruction import PaymentInstruction
from entrepot.payment.settlement import Refund, Settlement

Papers = Sequence[tuple[Record, Any]]


@dataclass(slots=True)
class Bill:
    """One invoice; the sums are in minor units of its currency. ``sent``: instructed, whether settled or not."""

    record: str
    invoice: Invoice
    credited: int = 0
    sent: int = 0
    settled: int = 0
    refunded: int = 0

    @property
    def currency(self) -> str:
        """The currency that the invoice asks for."""
        return self.invoice.totals.payable.currency

    @property
    def due(self) -> Money:
        """What the invoice asks for, less what was credited."""
        return Money(self.invoice.totals.payable.minor - self.credited, self.currency)

    @property
    def owed(self) -> Money:
        """What is not settled; below zero the seller has too much."""
        return Money(self.due.minor - self.settled + self.refunded, self.currency)

    @property
    def unsent(self) -> Money:
        """What no bank has sent yet."""
        return Money(self.due.minor - self.sent + self.refunded, self.currency)


@dataclass(frozen=True, slots=True)
class Owing:
    """``unsettled``: instructions that no settlement names, the oldest first. ``settled``: settlements, each with its
    instruction. ``unplaced``: what could be counted for no invoice, and why; nothing is guessed."""

    bills: tuple[Bill, ...]
    unsettled: tuple[tuple[Record, PaymentInstruction], ...]
    settled: tuple[tuple[Record, Settlement, PaymentInstruction], ...]
    unplaced: tuple[Finding, ...]


def owing(papers: Papers) -> Owing:
    """The bills of a sale from its effective records, in the sale's order; without invoices nothing is placed."""
    bills = tuple(Bill(record.id, each) for record, each in papers if isinstance(each, Invoice))
    sent = {record.id: (record, each) for record, each in papers if isinstance(each, PaymentInstruction)}
    done = [(record, each) for record, each in papers if isinstance(each, Settlement)]
    settled = tuple((record, each, sent[each.instruction][1]) for record, each in done if each.instruction in sent)
    closed = {each.instruction for _, each in done}
    unplaced = [each for each in _placed(bills, papers, sent) if each is not None] if bills else []
    unsettled = tuple(pair for key, pair in sent.items() if key not in closed)
    return Owing(bills, unsettled, settled, tuple(unplaced))


def to_send(found: Owing) -> list[Bill]:
    """The bills of which something was not sent yet."""
    return [each for each in found.bills if each.unsent.minor > 0]


def one_currency(found: Owing) -> list[tuple[Record, PaymentInstruction]]:
    """What was sent and can be settled between the two sides alone: no money is changed."""
    return [each for each in found.unsettled if each[1].instructed.currency == each[1].settlement.currency]


def overpaid(found: Owing) -> tuple[Money, tuple[Record, Settlement, PaymentInstruction]] | None:
    """What the seller has too much of the first such invoice, and the newest settlement for it that holds so much."""
    for bill in found.bills:
        over = -bill.owed
        for each in reversed(found.settled):
            is_its = any(named.record == bill.record for named in each[2].remittance)
            is_enough = each[1].amount.currency == over.currency and each[1].amount.minor >= over.minor
            if over.minor > 0 and is_its and is_enough:
                return over, each
    return None


def changing(found: Owing) -> tuple[Finding, ...]:
    """Why an instruction that changes money is not settled between the two sides alone."""
    plain = {record.id for record, _ in one_currency(found)}
    return tuple(
        finding("OWING", 5, "{number} changes {paid} into {received}; this desk settles in one currency.",
                severity="warning", number=record.content.number, paid=str(sent.instructed),
                received=str(sent.settlement),
                remedy="Whoever changes the money has an account in the book: settle it by program, and name it.")
        for record, sent in found.unsettled
        if record.id not in plain
    )  # fmt: skip


def _placed(
    bills: Sequence[Bill], papers: Papers, sent: dict[str, tuple[Record, PaymentInstruction]]
) -> Iterable[Finding | None]:
    """Count every record for its invoices, credit notes first, since they say how much is due."""
    settlements = {record.id: each for record, each in papers if isinstance(each, Settlement)}
    for record, note in papers:
        if isinstance(note, CreditNote):
            yield _count(bills, note.invoices, note.totals.payable, "credited", record)
    for record, each in papers:
        ordered = sent.get(each.instruction, (None, None))[1] if isinstance(each, Settlement) else None
        if isinstance(each, PaymentInstruction):
            yield _count(bills, each.remittance, each.instructed, "sent", record)
        elif isinstance(each, Settlement) and ordered is not None:
            whole = each.amount == ordered.settlement
            yield _count(bills, ordered.remittance, ordered.instructed if whole else each.amount, "settled", record)
        elif isinstance(each, Settlement):
            yield _count(bills, (), each.amount, "settled", record)
    for record, each in papers:
        if isinstance(each, Refund):
            whence = settlements.get(each.settlement)
            paid = sent.get(whence.instruction) if whence else None
            yield _count(bills, paid[1].remittance if paid else (), each.amount, "refunded", record)


def _count(bills: Sequence[Bill], named: Iterable[Any], amount: Money, what: str, record: Record) -> Finding | None:
    """Add the amount to the bills that are named, a payment also to the only one: one by one, the rest to the last."""
    references = list(named)
    own = [bill for each in references for bill in bills if _names(each, bill)]
    if not references and len(bills) == 1 and what != "credited":
        own = list(bills)
    number = record.content.number
    if not own:
        return finding("OWING", 1, "{number} names no invoice of this sale.", severity="warning",
                       remedy="Its issuer says which invoice it is for.", number=number, kind=record.kind)  # fmt: skip
    if any(bill.currency != amount.currency for bill in own):
        return finding("OWING", 2, "{number} is in {currency}, its invoice is not, and no rate says what it comes to.",
                       severity="warning", remedy="State the rate and who quoted it.", number=number, kind=record.kind,
                       currency=amount.currency)  # fmt: skip
    rest = amount.minor
    for bill in own:
        part = rest if bill is own[-1] else min(rest, max(0, _room(bill, what)))
        setattr(bill, what, getattr(bill, what) + part)
        rest -= part
    return None


def _names(reference: Any, bill: Bill) -> bool:
    """Whether a reference is to this bill: by its record, or by its number where it names no record."""
    return bool(reference.record == bill.record if reference.record else reference.number == bill.invoice.number)


def _room(bill: Bill, what: str) -> int:
    """How much of a kind the bill takes before the next one does."""
    if what == "refunded":
        return bill.settled - bill.refunded
    return bill.due.minor - (0 if what == "credited" else int(getattr(bill, what)))


def too_much(amount: Money, left: Money, *, path: str) -> Finding:
    """Why more is not sent than is open of an invoice."""
    return finding("OWING", 4, "{amount} is more than the {open} that are open.", path=path,
                   remedy="Send at most what is open.", amount=str(amount), open=str(left))  # fmt: skip


def part_of(bill: Bill, typed: str) -> tuple[Money, tuple[Finding, ...]]:
    """The amount that is to be sent for a bill: what was typed, or all that no bank has sent yet; and what stands
    against it. Text that is no amount of the bill's currency comes to zero, which no check of a payment lets pass;
    whether it is too much is judged where it is issued (:func:`~entrepot.flow.owed.check_owed`)."""
    if not typed.strip():
        return bill.unsent, ()
    try:
        amount = Money.of(typed.strip(), bill.currency)
    except ValueError:
        return Money(0, bill.currency), (
            finding("OWING", 3, "This is no amount in {currency}.", path="$.instructed",
                    remedy="Write digits, with a point before the smallest units.", currency=bill.currency),
        )  # fmt: skip
    return amount, ()
