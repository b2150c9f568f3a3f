"""What is published of an economy's rows: each cut of them as a small table, without what would tell of one firm.

A figure is a number or withheld (None), never zero in its place; rows that do not say stand under ``unknown``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from entrepot.base.money import Money
from entrepot.statistic.disclosure import Cell, Share, publishable
from entrepot.statistic.row import Row, Scheme

UNKNOWN = "unknown"
TOTAL: Cell = ("total", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A row with the two enterprises of its sale; empty where they are not known."""

    row: Row
    seller: str = ""
    buyer: str = ""


def _partner(row: Row) -> str:
    return f"{row.flow}/{row.partner}" if row.partner else str(row.flow)


def _product(row: Row) -> str:
    """The chapter of the Harmonized System (two digits); the code of a service."""
    if row.product is None:
        return UNKNOWN
    code = row.product.code[:2] if row.product.scheme is Scheme.HS else row.product.code
    return f"{row.product.scheme}/{code}"


CUTS: Mapping[str, Callable[[Row], str]] = {
    "digital_trade": lambda row: str(row.digital_trade),
    "ordered": lambda row: str(row.ordered),
    "delivered": lambda row: str(row.delivered),
    "platform": lambda row: str(row.platform),
    "flow": lambda row: str(row.flow),
    "partner": _partner,
    "subject": lambda row: str(row.subject),
    "product": _product,
    "size": lambda row: str(row.size),
    "buyer": lambda row: str(row.buyer),
    "period": lambda row: row.period or UNKNOWN,
}
"""The cuts, in the order in which they are shown. Partners stand below their flow (``export/CN``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The figures of one part: ``sales``; ``values`` by currency, in minor units; ``unvalued``: sales whose value is
    unknown. None: withheld."""

    member: str
    sales: int | None
    values: tuple[tuple[str, int | None], ...] = ()
    unvalued: int | None = 0

    def figures(self) -> Iterator[tuple[str, str, str | None]]:
        """Measure, currency and figure as text (money in major units), None where it is withheld."""
        yield "sales", "", None if self.sales is None else str(self.sales)
        for currency, minor in self.values:
            yield "value", currency, None if minor is None else str(Money(minor, currency).amount)
        yield "unvalued", "", None if self.unvalued is None else str(self.unvalued)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What is published of the rows of one reporter: the sum of all, and each cut."""

    reporter: str
    total: Line
    tables: Mapping[str, tuple[Line, ...]]

    def lines(self) -> Iterator[tuple[str, Line]]:
        """Every line with the name of its table."""
        yield TOTAL[0], self.total
        for name, lines in self.tables.items():
            yield from ((name, each) for each in lines)


def publish(counted: Iterable[Counted], *, reporter: str) -> Publication:
    """The tables over the rows of ``reporter``; of two rows on one sale the later counts."""
    kept = {each.row.sale: each for each in counted if each.row.reporter == reporter}
    parts = _parts(list(kept.values()))
    opened = {measure: _sums(measure, parts) for measure in _measures(list(kept.values()))}
    lines = {cell: _line(cell, opened) for cell in parts}
    tables = {name: tuple(lines[each] for each in sorted(lines) if each[0] == name) for name in CUTS}
    total = lines.get(TOTAL) or Line(member=TOTAL[1], sales=0)
    return Publication(reporter=reporter, total=total, tables=tables)


Measure = tuple[str, str]
"""``sales``, ``unvalued``, or ``value`` with its currency."""


def _parts(counted: list[Counted]) -> dict[Cell, list[Counted]]:
    found: dict[Cell, list[Counted]] = {TOTAL: counted} if counted else {}
    for name, part in CUTS.items():
        for each in counted:
            found.setdefault((name, part(each.row)), []).append(each)
    return found


def _measures(counted: list[Counted]) -> list[Measure]:
    currencies = {each.row.value.currency for each in counted if each.row.value}
    return [("sales", ""), ("unvalued", ""), *(("value", each) for each in sorted(currencies))]


def _sums(measure: Measure, parts: Mapping[Cell, list[Counted]]) -> dict[Cell, int | None]:
    """The measure of every part that has any of it."""
    cells = {cell: [share for each in held for share in _share(measure, each)] for cell, held in parts.items()}
    filled = {cell: shares for cell, shares in cells.items() if shares}
    opened = publishable(filled)
    return {cell: sum(each.amount for each in filled[cell]) if cell in opened else None for cell in filled}


def _share(measure: Measure, each: Counted) -> Iterator[Share]:
    kind, currency = measure
    value = each.row.value
    if kind == "sales" or (kind == "unvalued" and value is None):
        yield Share(each.row.sale, each.seller, each.buyer, 1)
    elif kind == "value" and value is not None and value.currency == currency:
        yield Share(each.row.sale, each.seller, each.buyer, value.minor)


def _line(cell: Cell, sums: Mapping[Measure, Mapping[Cell, int | None]]) -> Line:
    values = ((currency, sums[kind, currency]) for kind, currency in sums if kind == "value")
    return Line(
        member=cell[1],
        sales=sums["sales", ""][cell],
        values=tuple((currency, held[cell]) for currency, held in values if cell in held),
        unvalued=sums["unvalued", ""].get(cell, 0),
    )
