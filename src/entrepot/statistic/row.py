"""The sale's row in the digital-trade table: which flags it carries, between whom, of what, and what it is worth."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from entrepot.base.finding import Finding, Severity
from entrepot.base.money import MINOR_MAX, Money
from entrepot.base.shape import Code, Digest, Economy, Pattern
from entrepot.statistic.definition import HANDBOOK


class Known(StrEnum):
    """Three values; unknown is a legal one."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Flow(StrEnum):
    """The direction of trade, seen from the reporter."""

    EXPORT = "export"
    IMPORT = "import"
    DOMESTIC = "domestic"
    UNKNOWN = "unknown"


class Subject(StrEnum):
    """What was sold."""

    GOODS = "goods"
    SERVICES = "services"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class Size(StrEnum):
    """Size class of the enterprise on the reporter's side, by persons employed."""

    MICRO = "0-9"
    SMALL = "10-49"
    MEDIUM = "50-249"
    LARGE = "250+"
    UNKNOWN = "unknown"


class Sector(StrEnum):
    """Institutional sector of the buyer."""

    BUSINESS = "business"
    CONSUMER = "consumer"
    GOVERNMENT = "government"
    UNKNOWN = "unknown"


class Valuation(StrEnum):
    """What the value of goods contains of freight and insurance."""

    FOB = "FOB"
    CIF = "CIF"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


class Scheme(StrEnum):
    """The classification of a product code."""

    HS = "HS"
    EBOPS = "EBOPS"
    CPC = "CPC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product: ``code`` of ``scheme`` in the edition ``vintage`` (HS ``2022``, EBOPS ``2010``, CPC ``2.1``)."""

    scheme: Scheme
    code: Annotated[str, Pattern("[A-Z0-9.]{1,12}")]
    vintage: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleRow:
    """What a view says of one sale; None and ``unknown`` where it does not say.

    Money in minor units of ``currency``: ``invoiced``, ``credited``, ``awarded`` (net, to the buyer), ``settled``,
    ``refunded``; ``invoiced`` None: no invoice, or unknown. ``ended``: called off. ``tax_included``: whether
    ``invoiced`` holds consumption tax. ``ordered_by``: ``web`` (page, app, EDI), ``message`` (typed by a person),
    ``outside``. ``delivered_by``: how the thing sold reached the buyer. ``platform``: its role; ``none`` only where
    it is stated that no platform took part, a source that names none leaves it ``unknown``. ``incoterm``: of the
    delivery terms. ``day``: when the goods changed hands or the service was given. ``persons_employed``: of the
    enterprise on the reporter's side.
    """

    sale: str
    currency: str
    seller_economy: str | None = None
    buyer_economy: str | None = None
    subject: Literal["goods", "services", "mixed", "unknown"] = "unknown"
    ordered_by: Literal["web", "message", "outside", "unknown"] = "unknown"
    delivered_by: Literal["digital", "physical", "unknown"] = "unknown"
    platform: Literal["none", "intermediary", "reseller", "unknown"] = "unknown"
    platform_fee: Money | None = None
    buyer_type: Literal["business", "consumer", "government", "unknown"] = "unknown"
    product: Product | None = None
    persons_employed: int | None = None
    invoiced: int | None = None
    credited: int | None = 0
    awarded: int | None = 0
    settled: int | None = 0
    refunded: int | None = 0
    tax_included: bool | None = None
    ended: bool | None = False
    incoterm: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the digital-trade table.

    ``digital_trade``: whether it counts as digital trade at all (never for a domestic sale). ``ordered``,
    ``delivered``: digitally. ``platform``: through a digital intermediation platform, whose fee stands apart; unknown
    where none is named and it is not stated that there was none.
    ``value``: the transaction less credits, awards and refunds; None where unknown. ``tax``: whether the value holds
    consumption tax. ``period``: month.
    """

    sale: Digest
    reporter: Economy
    partner: Economy | None = None
    flow: Flow
    digital_trade: Known
    ordered: Known
    delivered: Known
    platform: Known
    platform_fee: Money | None = None
    subject: Subject
    product: Product | None = None
    size: Size
    buyer: Sector
    value: Money | None = None
    valuation: Valuation
    tax: Known
    period: Annotated[str, Pattern("[0-9]{4}-(0[1-9]|1[0-2])")] | None = None


def row_of(sale: SaleRow, *, reporter: str) -> tuple[Row | None, tuple[Finding, ...]]:
    """The row of ``sale`` for the economy ``reporter``, and what is unknown or wrong about it.

    None, with a blocking finding, where the reporter is on neither side of the sale.
    """
    flow = _flow(sale, reporter)
    if flow is None:
        return None, (_wrong(1, "$.reporter", "{economy} is on neither side of this sale.", economy=reporter),)
    delivered = _delivered(sale)
    ordered = {"web": Known.YES, "message": Known.NO, "outside": Known.NO}.get(sale.ordered_by, Known.UNKNOWN)
    other = {Flow.EXPORT: sale.buyer_economy, Flow.IMPORT: sale.seller_economy}.get(flow)
    row = Row(
        sale=sale.sale,
        reporter=reporter,
        partner=other,
        flow=flow,
        digital_trade=digital_trade(flow, ordered, delivered),
        ordered=ordered,
        delivered=delivered,
        platform=_platform(sale),
        platform_fee=sale.platform_fee,
        subject=Subject(sale.subject),
        product=_product(sale.product),
        size=_size(sale.persons_employed),
        buyer=Sector(sale.buyer_type),
        value=_value(sale),
        valuation=_valuation(sale),
        tax=Known.UNKNOWN if sale.tax_included is None else Known.YES if sale.tax_included else Known.NO,
        period=sale.day.strftime("%Y-%m") if sale.day else None,
    )
    return row, tuple(_findings(sale, row))


def digital_trade(flow: Flow, ordered: Known, delivered: Known) -> Known:
    """Ordered or delivered digitally, across a border; a domestic sale is none, whatever else is unknown."""
    either = {ordered, delivered}
    if flow is Flow.DOMESTIC or either == {Known.NO}:
        return Known.NO
    return Known.YES if Known.YES in either and flow is not Flow.UNKNOWN else Known.UNKNOWN


def _flow(sale: SaleRow, reporter: str) -> Flow | None:
    seller, buyer = sale.seller_economy, sale.buyer_economy
    if seller is None or buyer is None:
        return Flow.UNKNOWN
    if reporter not in (seller, buyer):
        return None
    if seller == buyer:
        return Flow.DOMESTIC
    return Flow.EXPORT if reporter == seller else Flow.IMPORT


def _delivered(sale: SaleRow) -> Known:
    if sale.subject == "goods" or sale.delivered_by == "physical":
        return Known.NO
    digital = sale.delivered_by == "digital" and sale.subject == "services"
    return Known.YES if digital else Known.UNKNOWN


def _platform(sale: SaleRow) -> Known:
    return {"intermediary": Known.YES, "none": Known.NO, "reseller": Known.NO}.get(sale.platform, Known.UNKNOWN)


def _product(product: Product | None) -> Product | None:
    """The product at the level at which trade is compared: six digits of the Harmonized System."""
    if product is None or product.scheme is not Scheme.HS:
        return product
    digits = product.code.replace(".", "")
    whole = len(digits) >= 6 and digits.isdigit()
    return Product(scheme=Scheme.HS, code=digits[:6], vintage=product.vintage) if whole else None


def _size(persons: int | None) -> Size:
    if persons is None or persons < 0:
        return Size.UNKNOWN
    classes = ((9, Size.MICRO), (49, Size.SMALL), (249, Size.MEDIUM))
    return next((size for most, size in classes if persons <= most), Size.LARGE)


def _value(sale: SaleRow) -> Money | None:
    """What was invoiced less credits and awards, less refunds that give back more than was paid too much.

    A refund that follows a credit note gives back an overpayment, and is not taken off twice.
    """
    if sale.invoiced is None or sale.credited is None or sale.awarded is None or sale.ended is None:
        return None
    if sale.refunded is None or (sale.refunded and sale.settled is None):
        return None
    due = (0 if sale.ended else sale.invoiced - sale.credited) - sale.awarded
    overpaid = max(0, (sale.settled or 0) - due)
    value = due - max(0, sale.refunded - overpaid)
    return Money(value, sale.currency) if abs(value) <= MINOR_MAX else None


def _valuation(sale: SaleRow) -> Valuation:
    if sale.subject == "services":
        return Valuation.NOT_APPLICABLE
    return {"FOB": Valuation.FOB, "CIF": Valuation.CIF}.get(sale.incoterm or "", Valuation.UNKNOWN)


def _findings(sale: SaleRow, row: Row) -> Iterator[Finding]:
    if sale.subject == "goods" and sale.delivered_by == "digital":
        yield _warn(2, "$.deliveredBy", "Goods are never delivered digitally; counted as not.")
    if row.platform is Known.YES and row.platform_fee is None:
        yield _note(3, "$.platformFee", "The platform's fee, a service of its own, is unknown.")
    if row.platform is not Known.YES and row.platform_fee is not None:
        yield _warn(4, "$.platformFee", "A platform's fee without an intermediating platform.")
    if sale.product is not None and row.product is None:
        yield _note(5, "$.product", "{code} does not reach six digits.", code=sale.product.code)
    if row.value is not None and row.value.minor < 0:
        yield _warn(6, "$.value", "More was given back than was ever due: {value}.", value=str(row.value))
    want = {Flow.EXPORT: Valuation.FOB, Flow.IMPORT: Valuation.CIF}.get(row.flow)
    if want and row.valuation in (Valuation.FOB, Valuation.CIF) and row.valuation is not want:
        yield _note(7, "$.valuation", "Valued {have}; this flow is published {want}.", have=row.valuation, want=want)
    for name in ("flow", "ordered", "delivered", "platform", "subject", "size", "buyer", "valuation", "tax"):
        if getattr(row, name) == "unknown":
            yield _note(8, f"$.{name}", "Unknown, and counted as unknown.")
    for name in ("product", "value", "period"):
        if getattr(row, name) is None:
            yield _note(8, f"$.{name}", "Unknown, and counted as unknown.")


def _wrong(number: int, path: str, message: str, **params: str) -> Finding:
    return _found(number, Severity.BLOCKING, path, message, params)


def _warn(number: int, path: str, message: str, **params: str) -> Finding:
    return _found(number, Severity.WARNING, path, message, params)


def _note(number: int, path: str, message: str, **params: str) -> Finding:
    return _found(number, Severity.NOTE, path, message, params)


def _found(number: int, severity: Severity, path: str, message: str, params: dict[str, str]) -> Finding:
    return Finding(
        id=f"ENT-CORE-STAT-{number:02d}",
        severity=severity,
        path=path,
        message=message,
        params=params,
        source=HANDBOOK,
        remedy="State it in the order or the invoice." if severity is Severity.NOTE else "",
    )
