"""Whether what is invoiced stays within what was ordered, over all bills of a sale that are at hand."""

from collections.abc import Iterable
from decimal import Decimal

from entrepot.base.amount import exact_sum
from entrepot.base.finding import Finding
from entrepot.base.record import Record
from entrepot.document.invoice.model import CreditNote, Invoice
from entrepot.document.order.model import Order
from entrepot.flow.assess import Checked, judged, warning
from entrepot.flow.kinds import read_record
from entrepot.flow.office import Office
from entrepot.flow.sight import SALE_VIEW
from entrepot.sale.state import Status

Bill = Invoice | CreditNote
_SOURCE = "Entrepot sale, version 1"


def check_billed(office: Office, record: Record) -> tuple[Checked, ...]:
    """A warning where an invoice brings the invoiced total, less credit notes, above the ordered total.

    Everything at hand counts, whether or not the issuer had seen it. Nothing is claimed where it cannot be told: the
    order, or a bill, cannot be read or judged here, is in another currency, or bills several sales at once. Where the
    order states no tax, the tax of the bills is left aside: a net order is not held against gross invoices.
    """
    invoice = read_record(record)[0]
    if not isinstance(invoice, Invoice) or len(record.sales) != 1:
        return ()
    order, bills = _order(office, record.sales[0]), _bills(office, record)
    if order is None or bills is None or any(each.currency != order.currency for each in (invoice, *bills)):
        return ()
    with_tax = order.totals.tax is not None
    billed = exact_sum([part for each in (invoice, *bills) for part in _parts(each, with_tax=with_tax)])
    ordered = order.totals.payable.amount
    findings: tuple[Finding, ...] = ()
    if billed > ordered:
        findings = (
            warning(
                "ENT-CORE-BILLED-01",
                "With this invoice {billed} {currency} are invoiced, and {ordered} {currency} were ordered.",
                path="$.payload.totals.payable",
                source=_SOURCE,
                remedy="The buyer should ask what the rest is for; the seller credits what was billed twice.",
                billed=f"{billed:f}",
                ordered=f"{ordered:f}",
                currency=order.currency,
            ),
        )
    return (judged("right", "billed", _SOURCE, findings),)


def _order(office: Office, sale: str) -> Order | None:
    record = office.journal.record(sale)
    payload = None if record is None or record.erased else read_record(record)[0]
    return payload if isinstance(payload, Order) else None


def _bills(office: Office, record: Record) -> list[Bill] | None:
    """The effective bills of the sale beside ``record``; None where one of them cannot be read or judged."""
    view, sale = office.journal.view(SALE_VIEW), record.sales[0]
    row = view.get(f"sale/{sale}") or {"standings": {}}
    bills = {each["id"] for _, each in view.scan(f"fact/{sale}/") if each["kind"] in ("invoice", "credit-note")}
    found: list[Bill] = []
    for other, status in _standings(row["standings"], record.id):
        kept = office.journal.record(other) if other in bills else None
        if kept is None:
            continue
        bill = None if kept.erased or len(kept.sales) != 1 else read_record(kept)[0]
        if not isinstance(bill, Bill) or status == Status.UNKNOWN:
            return None
        if status == Status.EFFECTIVE:
            found.append(bill)
    return found


def _standings(standings: dict[str, dict[str, str]], own: str) -> Iterable[tuple[str, str]]:
    return ((key, each["status"]) for key, each in standings.items() if key != own)


def _parts(bill: Bill, *, with_tax: bool) -> list[Decimal]:
    """What the bill adds to the total, as numbers to sum; those of a credit note are below zero."""
    tax = [] if with_tax or bill.totals.tax is None else [bill.totals.tax.copy_negate()]
    parts = [bill.totals.payable.amount, *tax]
    return [each.copy_negate() for each in parts] if isinstance(bill, CreditNote) else parts
