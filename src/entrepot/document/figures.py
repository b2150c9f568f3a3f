"""Checks of figures that several kinds share: line amounts, tax, totals. Recomputed exactly, then compared.

Where the document states its rounding policy, a figure must equal the exact result rounded by it to the currency's
digits. Where it states none, any rounding is accepted: the figure must lie less than one minor unit from the exact one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from entrepot.base.amount import EXACT, exact_product, exact_sum, format_decimal
from entrepot.base.finding import Severity
from entrepot.base.money import Money, Rounding, exponent, exponents, round_to
from entrepot.document.demand import Demand, Findings
from entrepot.document.trade import Adjustment, AdjustmentKind, Line, TaxCategory, TaxLine, Totals

_SOURCE = "UBL 2.1 MonetaryTotal; EN 16931-1 6.4 (arithmetic only)"
_FIX = "Correct the figure, or the figures it is made of."
ZERO = Decimal(0)

CURRENCY = Demand("ENT-CORE-TRADE-01", "{currency} is no currency in force.", "Use its code.", "ISO 4217")
LINE = Demand("ENT-CORE-TRADE-02", "The line says {stated}; quantity and price give {computed}.", _FIX, _SOURCE)
LINES = Demand("ENT-CORE-TRADE-03", "The lines add up to {computed}, not {stated}.", _FIX, _SOURCE)
ALLOWANCES = Demand("ENT-CORE-TRADE-04", "The allowances add up to {computed}, not {stated}.", _FIX, _SOURCE)
CHARGES = Demand("ENT-CORE-TRADE-05", "The charges add up to {computed}, not {stated}.", _FIX, _SOURCE)
WITHOUT_TAX = Demand("ENT-CORE-TRADE-06", "The total without tax is {computed}, not {stated}.", _FIX, _SOURCE)
TAX = Demand("ENT-CORE-TRADE-07", "The tax lines add up to {computed}, not {stated}.", _FIX, _SOURCE)
WITH_TAX = Demand("ENT-CORE-TRADE-08", "The total with tax is {computed}, not {stated}.", _FIX, _SOURCE)
PAYABLE = Demand("ENT-CORE-TRADE-09", "The amount payable is {computed}, not {stated}.", _FIX, _SOURCE)
PAYABLE_CURRENCY = Demand(
    "ENT-CORE-TRADE-10",
    "The amount payable is in {stated}; the document is in {currency}.",
    "State both in one currency.",
    _SOURCE,
)
TAX_AMOUNT = Demand("ENT-CORE-TRADE-11", "Tax of {rate} % on {taxable} is {computed}, not {stated}.", _FIX, _SOURCE)
TAXABLE = Demand("ENT-CORE-TRADE-12", "What is taxed as {category} adds up to {computed}, not {stated}.", _FIX, _SOURCE)
NO_TAX_LINE = Demand(
    "ENT-CORE-TRADE-13", "No tax line for category {category}.", "Add one tax line per category and rate.", _SOURCE
)
PRICE_SIGN = Demand(
    "ENT-CORE-TRADE-14", "The price {price} is below zero.", "Put the sign on the quantity.", "EN 16931-1 BT-146"
)
ADJUSTMENT_SIGN = Demand(
    "ENT-CORE-TRADE-15",
    "The amount {amount} of an allowance or charge is below zero.",
    "Say allowance or charge; write the amount without sign.",
    _SOURCE,
    Severity.WARNING,
)
ADJUSTMENT = Demand(
    "ENT-CORE-TRADE-16", "{percent} % of {base} is {computed}, not {stated}.", _FIX, _SOURCE, Severity.WARNING
)
PER_ZERO = Demand(
    "ENT-CORE-TRADE-17", "The price is for a quantity of {per}.", "State the quantity it is for.", "EN 16931-1 BT-149"
)
NO_TAX_TOTAL = Demand(
    "ENT-CORE-TRADE-18", "Tax lines, but no total of the tax.", "State the total of the tax.", _SOURCE
)
DEMANDS = (
    CURRENCY, LINE, LINES, ALLOWANCES, CHARGES, WITHOUT_TAX, TAX, WITH_TAX, PAYABLE, PAYABLE_CURRENCY, TAX_AMOUNT,
    TAXABLE, NO_TAX_LINE, PRICE_SIGN, ADJUSTMENT_SIGN, ADJUSTMENT, PER_ZERO, NO_TAX_TOTAL,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of one document. ``foreign``: read from another author's file, whose sums nobody here can mend:
    wrong ones are then warnings."""

    currency: str
    lines: tuple[Line, ...]
    adjustments: tuple[Adjustment, ...] = ()
    tax_lines: tuple[TaxLine, ...] = ()
    totals: Totals | None = None
    rounding: Rounding | None = None
    foreign: bool = False


def check_figures(figures: Figures) -> Findings:
    """Everything that does not add up."""
    if figures.currency not in exponents():
        yield CURRENCY.broken("$.currency", currency=figures.currency)
        return
    for index, line in enumerate(figures.lines):
        yield from _check_line(figures, line, f"$.lines[{index}]")
    yield from _check_adjustments(figures, figures.adjustments, "$")
    if figures.tax_lines:
        yield from _check_tax(figures)
    if figures.totals is not None:
        yield from _check_totals(figures, figures.totals)


def line_amount(line: Line) -> Decimal:
    """The exact net amount of a line before rounding. Raises ``ValueError`` where the price is for nothing."""
    per = line.price.per.value if line.price.per else Decimal(1)
    if per.is_zero():
        raise ValueError("the price is for a quantity of zero")
    gross = EXACT.divide(exact_product(line.quantity.value, line.price.amount), per)
    return EXACT.add(gross, _balance(line.adjustments))


def totals_of(figures: Figures) -> Totals:
    """The totals that the lines, adjustments and tax lines of ``figures`` add up to; for building documents."""
    lines = exact_sum([line.amount for line in figures.lines])
    allowances, charges = _sum_of(figures.adjustments, "allowance"), _sum_of(figures.adjustments, "charge")
    without = EXACT.add(lines, _balance(figures.adjustments))
    tax = exact_sum([each.amount for each in figures.tax_lines])
    return Totals(
        lines=lines,
        allowances=allowances or None,
        charges=charges or None,
        without_tax=without,
        tax=tax,
        with_tax=without + tax,
        payable=Money.of(without + tax, figures.currency),
    )


def _check_line(figures: Figures, line: Line, path: str) -> Findings:
    yield from _check_adjustments(figures, line.adjustments, path)
    if line.price.amount < 0:
        yield PRICE_SIGN.broken(f"{path}.price.amount", price=line.price.amount)
    if line.price.per is not None and line.price.per.value <= 0:
        yield PER_ZERO.broken(f"{path}.price.per", per=line.price.per.value)
        return
    yield from _compare(figures, LINE, f"{path}.amount", line.amount, line_amount(line))


def _check_adjustments(figures: Figures, adjustments: tuple[Adjustment, ...], path: str) -> Findings:
    for index, each in enumerate(adjustments):
        place = f"{path}.adjustments[{index}].amount"
        if each.amount < 0:
            yield ADJUSTMENT_SIGN.broken(place, amount=each.amount)
        if each.percent is not None and each.base is not None:
            exact = _percent_of(each.base, each.percent)
            if not _agrees(figures, each.amount, exact):
                shown = _shown(figures, exact)
                yield ADJUSTMENT.broken(place, percent=each.percent, base=each.base, computed=shown, stated=each.amount)


def _check_tax(figures: Figures) -> Findings:
    taxed = _taxable_by_category(figures)
    for index, each in enumerate(figures.tax_lines):
        path = f"$.taxLines[{index}]"
        if each.category.rate is not None:
            exact = _percent_of(each.taxable, each.category.rate)
            params = {"rate": format_decimal(each.category.rate), "taxable": format_decimal(each.taxable)}
            yield from _compare(figures, TAX_AMOUNT, f"{path}.amount", each.amount, exact, **params)
        found = taxed.get(_key(each.category))
        if found is not None and found != each.taxable:
            yield TAXABLE.broken(
                f"{path}.taxable",
                severity=_severity(figures),
                category=each.category.code,
                computed=format_decimal(found),
                stated=format_decimal(each.taxable),
            )
    if figures.totals is not None and figures.totals.tax is None:
        yield NO_TAX_TOTAL.broken("$.totals.tax", severity=_severity(figures))
    known = {_key(each.category) for each in figures.tax_lines}
    for index, line in enumerate(figures.lines):
        if line.tax is not None and _key(line.tax) not in known:
            yield NO_TAX_LINE.broken(f"$.lines[{index}].tax", severity=_severity(figures), category=line.tax.code)


def _check_totals(figures: Figures, totals: Totals) -> Findings:
    if totals.payable.currency != figures.currency:
        yield PAYABLE_CURRENCY.broken("$.totals.payable", stated=totals.payable.currency, currency=figures.currency)
    allowances, charges = _sum_of(figures.adjustments, "allowance"), _sum_of(figures.adjustments, "charge")
    without = exact_sum([totals.lines, -(totals.allowances or ZERO), totals.charges or ZERO])
    base = without if totals.without_tax is None else totals.without_tax
    with_tax = EXACT.add(base, totals.tax or ZERO)
    due = with_tax if totals.with_tax is None else totals.with_tax
    payable = exact_sum([due, -(totals.prepaid or ZERO), totals.rounding or ZERO])
    tax = exact_sum([each.amount for each in figures.tax_lines])
    rows = (
        (LINES, "lines", totals.lines, exact_sum([line.amount for line in figures.lines])),
        (ALLOWANCES, "allowances", totals.allowances or ZERO, allowances),
        (CHARGES, "charges", totals.charges or ZERO, charges),
        (WITHOUT_TAX, "withoutTax", totals.without_tax, without),
        (TAX, "tax", totals.tax if figures.tax_lines else None, tax),
        (WITH_TAX, "withTax", totals.with_tax, with_tax),
        (PAYABLE, "payable", totals.payable.amount, payable),
    )
    for demand, name, stated, computed in rows:
        if stated is not None and stated != computed:
            yield demand.broken(
                f"$.totals.{name}",
                severity=_severity(figures),
                stated=format_decimal(stated),
                computed=format_decimal(computed),
            )


def _taxable_by_category(figures: Figures) -> dict[tuple[str, str, Decimal | None], Decimal]:
    """Sums per category; empty where a line names none, because nothing can be compared then."""
    if any(line.tax is None for line in figures.lines):
        return {}
    found: dict[tuple[str, str, Decimal | None], Decimal] = {}
    signed = [(line.tax, line.amount) for line in figures.lines]
    signed += [(each.tax, _signed(each)) for each in figures.adjustments]
    for category, amount in signed:
        if category is None:
            return {}
        key = _key(category)
        found[key] = EXACT.add(found.get(key, ZERO), amount)
    return found


def _key(category: TaxCategory) -> tuple[str, str, Decimal | None]:
    return category.scheme, category.code, None if category.rate is None else category.rate.normalize()


def _signed(adjustment: Adjustment) -> Decimal:
    return adjustment.amount if adjustment.kind is AdjustmentKind.CHARGE else -adjustment.amount


def _balance(adjustments: Iterable[Adjustment]) -> Decimal:
    return exact_sum([_signed(each) for each in adjustments])


def _sum_of(adjustments: Iterable[Adjustment], kind: str) -> Decimal:
    return exact_sum([each.amount for each in adjustments if each.kind == kind])


def _percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    return exact_product(amount, percent).scaleb(-2, EXACT)


def _compare(
    figures: Figures, demand: Demand, path: str, /, stated: Decimal, exact: Decimal, **params: str
) -> Findings:
    if not _agrees(figures, stated, exact):
        yield demand.broken(
            path,
            severity=_severity(figures),
            stated=format_decimal(stated),
            computed=_shown(figures, exact),
            **params,
        )


def _agrees(figures: Figures, stated: Decimal, exact: Decimal) -> bool:
    if figures.rounding is Rounding.EXACT:
        return stated == exact
    digits = exponent(figures.currency)
    if figures.rounding is not None:
        return stated == round_to(exact, digits, figures.rounding)
    return abs(EXACT.subtract(stated, exact)) < Decimal(1).scaleb(-digits)


def _shown(figures: Figures, exact: Decimal) -> str:
    digits = exponent(figures.currency)
    policy = figures.rounding
    if policy is Rounding.EXACT:
        return format_decimal(round_to(exact, 12, Rounding.HALF_EVEN).normalize(EXACT))
    return format_decimal(round_to(exact, digits, policy or Rounding.HALF_EVEN))


def _severity(figures: Figures) -> Severity:
    return Severity.WARNING if figures.foreign else Severity.BLOCKING
