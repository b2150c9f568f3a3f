"""From an order to the invoice over all of it. Figures are computed anew, so that they add up whoever wrote it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from entrepot.base.amount import EXACT, exact_product, exact_sum
from entrepot.base.money import Money, Rounding, exponent, round_to
from entrepot.document.invoice.model import Invoice
from entrepot.document.order.model import Order
from entrepot.document.trade import AdjustmentKind, DocumentReference, Line, Price, Totals

COMMERCIAL_INVOICE = "380"
"""UNTDID 1001."""


def bill(order: Order, *, number: str, today: date, reference: DocumentReference, due: date | None = None) -> Invoice:
    """The invoice over everything that was ordered; ``reference``: the order's own. Tax is not reckoned."""
    lines = tuple(_billed(each, order.currency) for each in order.lines)
    total = exact_sum([each.amount for each in lines])
    allowances = exact_sum([a.amount for a in order.adjustments if a.kind is AdjustmentKind.ALLOWANCE])
    charges = exact_sum([a.amount for a in order.adjustments if a.kind is AdjustmentKind.CHARGE])
    without_tax = total - allowances + charges
    return Invoice(
        number=number,
        issue_date=today,
        type_code=COMMERCIAL_INVOICE,
        seller=order.seller,
        buyer=order.buyer,
        currency=order.currency,
        lines=lines,
        adjustments=order.adjustments,
        totals=Totals(
            lines=total,
            allowances=allowances if allowances else None,
            charges=charges if charges else None,
            without_tax=without_tax,
            with_tax=without_tax,
            payable=Money.of(without_tax, order.currency, rounding=Rounding.HALF_EVEN),
        ),
        rounding=Rounding.HALF_EVEN,
        order=reference,
        delivery_terms=order.delivery_terms,
        due_date=due,
    )


def _billed(line: Line, currency: str) -> Line:
    """The line with a price that gives its amount: an order by others may state both, and not agree with itself."""
    per = line.price.per.value if line.price.per else Decimal(1)
    digits = exponent(currency)
    amount = round_to(line.amount, digits, Rounding.HALF_EVEN)
    stated = exact_product(line.price.amount, line.quantity.value)
    price = line.price
    if stated != exact_product(line.amount, per) and line.quantity.value:
        price = Price(amount=EXACT.divide(amount, line.quantity.value).quantize(Decimal("1e-12")).normalize())
        price = Price(amount=Decimal(format(price.amount, "f")))
    return replace(line, price=price, amount=amount, order_line=line.id, tax=None, adjustments=())
