"""What is demanded of an invoice and a credit note."""

from collections.abc import Callable

from entrepot.base.finding import Finding, Severity
from entrepot.document.demand import Demand, Findings
from entrepot.document.figures import Figures, check_figures
from entrepot.document.invoice.model import Billing, CreditNote, Invoice
from entrepot.document.parts import Economies, check_delivery_terms, check_lines, check_period, check_trading
from entrepot.document.trade import Subject

INVOICE_TYPES = frozenset({"80", "82", "84", "130", "202", "203", "204", "211", "295", "325", "326", "380", "383"}) | {
    "384", "385", "386", "387", "388", "389", "390", "393", "394", "395", "456", "457", "527", "575", "623", "633",
    "751", "780", "935",
}  # fmt: skip
"""Codes of UNTDID 1001 that mean an invoice (the list of EN 16931 rule BR-CL-01 for invoices)."""
CREDIT_TYPES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
"""Codes of UNTDID 1001 that mean a credit note (same source)."""

DUE_EARLY = Demand(
    "ENT-CORE-INVOICE-01", "Due on {due}, before the invoice of {issued}.", "Correct a date.", "EN 16931-1 BT-9"
)
NO_ORDER = Demand(
    "ENT-CORE-INVOICE-02",
    "The record of the order is not named.",
    "Name the order's record id, so that both can be compared.",
    "Entrepot invoice 1",
    Severity.WARNING,
)
TYPE = Demand(
    "ENT-CORE-INVOICE-03", "{code} is not a type of this document.", "Use 380 or 381.", "UNTDID 1001", Severity.WARNING
)
TAX_CURRENCY = Demand(
    "ENT-CORE-INVOICE-04",
    "The tax is repeated in {currency}, the currency of the document.",
    "Repeat it in another currency, or not at all.",
    "EN 16931-1 BT-6",
)
NO_TERM = Demand(
    "ENT-CORE-INVOICE-05",
    "Neither a due date nor terms of payment are stated.",
    "State one of them.",
    "EN 16931-1 BR-CO-25",
    Severity.WARNING,
)
NO_INVOICE = Demand(
    "ENT-CORE-INVOICE-06",
    "The credit note names no invoice.",
    "Name the invoice that it corrects.",
    "EN 16931-1 BG-3",
    Severity.WARNING,
)
NO_REASON = Demand(
    "ENT-CORE-INVOICE-07",
    "The credit note gives no reason.",
    "State the reason.",
    "Entrepot credit note 1",
    Severity.WARNING,
)
NO_TAX_TOTAL = Demand(
    "ENT-CORE-INVOICE-08",
    "Lines name tax categories, but no tax is stated.",
    "Add a tax line per category, also where the tax is zero.",
    "EN 16931-1 BG-23",
    Severity.WARNING,
)
SIGN = Demand(
    "ENT-CORE-INVOICE-09",
    "The amount payable is below zero ({payable}).",
    "Issue a credit note, or an invoice.",
    "UBL 2.1 CreditNote",
    Severity.WARNING,
)
DEMANDS = (
    DUE_EARLY, NO_ORDER, TYPE, TAX_CURRENCY, NO_TERM, NO_INVOICE, NO_REASON, NO_TAX_TOTAL, SIGN,
)  # fmt: skip


def check(invoice: Invoice, *, economies: Economies = None) -> tuple[Finding, ...]:
    """All findings on an invoice; ``economies``: ISO codes of those known here. No check of EN 16931 or PINT."""
    found = [each for part in _PARTS for each in part(invoice, economies)]
    if invoice.type_code is not None and invoice.type_code not in INVOICE_TYPES:
        found.append(TYPE.broken("$.typeCode", code=invoice.type_code))
    if invoice.due_date is not None and invoice.due_date < invoice.issue_date:
        found.append(DUE_EARLY.broken("$.dueDate", due=invoice.due_date, issued=invoice.issue_date))
    if invoice.due_date is None and invoice.payment_terms is None and invoice.totals.payable.minor > 0:
        found.append(NO_TERM.broken("$.dueDate"))
    return tuple(found)


def check_credit_note(note: CreditNote, *, economies: Economies = None) -> tuple[Finding, ...]:
    """All findings on a credit note."""
    found = [each for part in _PARTS for each in part(note, economies)]
    if note.type_code is not None and note.type_code not in CREDIT_TYPES:
        found.append(TYPE.broken("$.typeCode", code=note.type_code))
    if not note.invoices:
        found.append(NO_INVOICE.broken("$.invoices"))
    if note.reason is None:
        found.append(NO_REASON.broken("$.reason"))
    return tuple(found)


def _check_sides(bill: Billing, economies: Economies) -> Findings:
    yield from check_trading(bill.buyer, bill.seller, economies)
    if bill.order is None or bill.order.record is None:
        yield NO_ORDER.broken("$.order")


def _check_terms(bill: Billing, _: Economies) -> Findings:
    # An invoice does not say whether goods or services are sold: a commodity code says goods.
    yield from check_lines(bill.lines, Subject.GOODS)
    yield from check_delivery_terms(bill.delivery_terms)
    yield from check_period(bill.period, "$.period")


def _check_sums(bill: Billing, _: Economies) -> Findings:
    yield from check_figures(
        Figures(
            currency=bill.currency,
            lines=bill.lines,
            adjustments=bill.adjustments,
            tax_lines=bill.tax_lines,
            totals=bill.totals,
            rounding=bill.rounding,
            foreign=bill.presented is not None,
        )
    )
    if bill.tax_in_tax_currency is not None and bill.tax_in_tax_currency.currency == bill.currency:
        yield TAX_CURRENCY.broken("$.taxInTaxCurrency", currency=bill.currency)
    if not bill.tax_lines and any(line.tax is not None for line in bill.lines):
        yield NO_TAX_TOTAL.broken("$.taxLines")
    if bill.totals.payable.minor < 0:
        yield SIGN.broken("$.totals.payable", payable=bill.totals.payable)


_PARTS: tuple[Callable[[Billing, Economies], Findings], ...] = (_check_sides, _check_terms, _check_sums)
