"""cac:AllowanceCharge, cac:TaxTotal, cac:TaxCategory and the monetary totals."""

from typing import Any

from entrepot.base.amount import exact_sum, format_decimal, parse_decimal
from entrepot.base.error import UsageError
from entrepot.base.money import Money
from entrepot.document._ubl21.build import Maybe, Node, leaf, node
from entrepot.document._ubl21.source import LEXICAL, Source, kept
from entrepot.document._xml import Cursor
from entrepot.document.trade import Adjustment, AdjustmentKind, TaxCategory, TaxLine, Totals

_FIGURES = {
    "lines": "LineExtensionAmount",
    "withoutTax": "TaxExclusiveAmount",
    "withTax": "TaxInclusiveAmount",
    "allowances": "AllowanceTotalAmount",
    "charges": "ChargeTotalAmount",
    "prepaid": "PrepaidAmount",
    "rounding": "PayableRoundingAmount",
}


def read_adjustments(source: Source, place: Cursor) -> list[dict[str, Any]]:
    """Drafts of the allowances and charges right under ``place``."""
    found = []
    for each in place.all("cac:AllowanceCharge"):
        charge = source.flag(each, "cbc:ChargeIndicator")
        kind = None if charge is None else "charge" if charge else "allowance"
        found.append(
            kept(
                kind=kind,
                amount=source.amount(each, "cbc:Amount"),
                reason=each.text("cbc:AllowanceChargeReason"),
                reasonCode=each.text("cbc:AllowanceChargeReasonCode"),
                percent=source.decimal(each, "cbc:MultiplierFactorNumeric"),
                base=source.amount(each, "cbc:BaseAmount"),
                tax=read_category(source, each.one("cac:TaxCategory")),
            )
        )
    return found


def read_category(source: Source, place: Cursor | None) -> dict[str, Any]:
    """The draft of a tax category; exemption reasons belong to tax lines and are read there."""
    if place is None:
        return {}
    scheme = place.text("cac:TaxScheme/cbc:ID") or place.text("cac:TaxScheme/cbc:TaxTypeCode")
    return kept(code=place.text("cbc:ID"), rate=source.decimal(place, "cbc:Percent"), scheme=scheme)


def read_tax(source: Source) -> dict[str, Any]:
    """Members ``taxLines`` and ``tax``, and ``taxInTaxCurrency`` where the tax is repeated in another currency.

    UBL allows a TaxTotal per tax scheme: their lines are put together and their amounts added.
    """
    other = source.root.peek("cbc:TaxCurrencyCode")
    lines: list[dict[str, Any]] = []
    amounts, repeated = [], None
    for each in source.root.all("cac:TaxTotal"):
        amount = each.one("cbc:TaxAmount")
        currency = None if amount is None else amount.element.get("currencyID")
        if other is not None and currency == other != source.currency and repeated is None:
            source.root.text("cbc:TaxCurrencyCode")
            repeated = _money(source, each, "cbc:TaxAmount", other)
            continue
        stated = source.amount(each, "cbc:TaxAmount")
        amounts += [stated] if stated is not None else []
        lines += [_tax_line(source, inner) for inner in each.all("cac:TaxSubtotal")]
    if other == source.currency:
        source.root.text("cbc:TaxCurrencyCode")
    return kept(taxLines=lines, tax=_sum(source, amounts), taxInTaxCurrency=repeated)


def _sum(source: Source, amounts: list[str]) -> str | None:
    if len(amounts) < 2:
        return amounts[0] if amounts else None
    try:
        return format_decimal(exact_sum([parse_decimal(each) for each in amounts]))
    except ValueError as wrong:
        source.found(LEXICAL, source.root, text=str(wrong), type="a sum of tax totals")
        return None


def _tax_line(source: Source, place: Cursor) -> dict[str, Any]:
    category = place.one("cac:TaxCategory")
    return kept(
        category=read_category(source, category),
        taxable=source.amount(place, "cbc:TaxableAmount"),
        amount=source.amount(place, "cbc:TaxAmount"),
        exemptionReason=None if category is None else category.text("cbc:TaxExemptionReason"),
        exemptionCode=None if category is None else category.text("cbc:TaxExemptionReasonCode"),
    )


def read_totals(source: Source, name: str, tax: str | None) -> dict[str, Any]:
    """The draft of the totals at element ``name``."""
    place = source.root.one(name)
    if place is None:
        return {}
    figures = {member: source.amount(place, f"cbc:{element}") for member, element in _FIGURES.items()}
    return kept(**figures, tax=tax, payable=_money(source, place, "cbc:PayableAmount", source.currency))


def _money(source: Source, place: Cursor, path: str, currency: str | None) -> dict[str, str] | None:
    """Money wants the digits of its currency: 6225 SEK is 6225.00. What does not fit stays for the shape to name."""
    text = source.amount(place, path, currency)
    if text is None:
        return None
    try:
        return Money.of(text, currency or "").to_json()
    except (ValueError, UsageError):
        return {"amount": text, "currency": currency or ""}


def write_adjustments(adjustments: tuple[Adjustment, ...], currency: str) -> list[Maybe]:
    """Allowances and charges as elements."""
    return [
        node(
            "cac:AllowanceCharge",
            leaf("cbc:ChargeIndicator", each.kind is AdjustmentKind.CHARGE),
            leaf("cbc:AllowanceChargeReasonCode", each.reason_code),
            leaf("cbc:AllowanceChargeReason", each.reason),
            leaf("cbc:MultiplierFactorNumeric", each.percent),
            leaf("cbc:Amount", each.amount, currencyID=currency),
            leaf("cbc:BaseAmount", each.base, currencyID=currency),
            write_category("cac:TaxCategory", each.tax),
        )
        for each in adjustments
    ]


def write_category(name: str, category: TaxCategory | None, *more: Maybe) -> Maybe:
    """A tax category as element ``name``; ``more``: the exemption reasons of a tax line."""
    if category is None:
        return None
    scheme = node("cac:TaxScheme", leaf("cbc:ID", category.scheme))
    return node(name, leaf("cbc:ID", category.code), leaf("cbc:Percent", category.rate), *more, scheme)


def write_tax(lines: tuple[TaxLine, ...], totals: Totals, currency: str) -> Maybe:
    """The tax of the document; its total is the sum of the lines where the totals do not state it."""
    if not lines and totals.tax is None:
        return None
    tax = totals.tax if totals.tax is not None else exact_sum([each.amount for each in lines])
    subtotals = [
        node(
            "cac:TaxSubtotal",
            leaf("cbc:TaxableAmount", each.taxable, currencyID=currency),
            leaf("cbc:TaxAmount", each.amount, currencyID=currency),
            write_category(
                "cac:TaxCategory",
                each.category,
                leaf("cbc:TaxExemptionReasonCode", each.exemption_code),
                leaf("cbc:TaxExemptionReason", each.exemption_reason),
            ),
        )
        for each in lines
    ]
    return node("cac:TaxTotal", leaf("cbc:TaxAmount", tax, currencyID=currency), subtotals)


def write_tax_repeated(money: Money | None) -> Maybe:
    """The tax total once more, in the currency of the tax authority."""
    if money is None:
        return None
    return node("cac:TaxTotal", leaf("cbc:TaxAmount", money.amount, currencyID=money.currency))


def write_totals(name: str, totals: Totals, currency: str) -> Maybe:
    """The monetary totals as element ``name``."""
    figures: list[Node | None] = [
        leaf("cbc:LineExtensionAmount", totals.lines, currencyID=currency),
        leaf("cbc:TaxExclusiveAmount", totals.without_tax, currencyID=currency),
        leaf("cbc:TaxInclusiveAmount", totals.with_tax, currencyID=currency),
        leaf("cbc:AllowanceTotalAmount", totals.allowances, currencyID=currency),
        leaf("cbc:ChargeTotalAmount", totals.charges, currencyID=currency),
        leaf("cbc:PrepaidAmount", totals.prepaid, currencyID=currency),
        leaf("cbc:PayableRoundingAmount", totals.rounding, currencyID=currency),
        leaf("cbc:PayableAmount", totals.payable.amount, currencyID=totals.payable.currency),
    ]
    return node(name, figures)
