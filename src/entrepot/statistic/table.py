"""Small tables of rows, in integers of minor units per currency. (They hold single sales: not for publication.)"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from entrepot.statistic.row import Flow, Known, Row, Subject

Key = tuple[str, ...]
DIMENSIONS = ("reporter", "partner", "flow", "period", "subject", "ordered", "delivered", "platform", "currency")
"""What the cells of :func:`table` are kept apart by; ``unknown`` where a row does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """``sales``: rows in the cell; ``minor``: their value; ``without_value``: rows whose value is unknown."""

    sales: int = 0
    minor: int = 0
    without_value: int = 0

    def plus(self, row: Row) -> "Cell":
        """The cell with one row more."""
        if row.value is None:
            return replace(self, sales=self.sales + 1, without_value=self.without_value + 1)
        return replace(self, sales=self.sales + 1, minor=self.minor + row.value.minor)


def table(rows: Iterable[Row]) -> dict[Key, Cell]:
    """Rows by :data:`DIMENSIONS`, sorted by key. Of two rows of one reporter on one sale, the later one counts."""
    cells: dict[Key, Cell] = {}
    for row in _latest(rows):
        key = _key(row)
        cells[key] = cells.get(key, Cell()).plus(row)
    return dict(sorted(cells.items()))


def _latest(rows: Iterable[Row]) -> Iterable[Row]:
    return {(row.sale, row.reporter): row for row in rows}.values()


def _key(row: Row) -> Key:
    currency = row.value.currency if row.value else None
    said = (*(getattr(row, name) for name in DIMENSIONS[:-1]), currency)
    return tuple("unknown" if each is None else str(each) for each in said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of the template: what is certain, and what may belong to it besides, because a flag is unknown."""

    certain: Cell = field(default_factory=Cell)
    possible: Cell = field(default_factory=Cell)

    def plus(self, known: Known, row: Row) -> "Item":
        """The item with a row that belongs to it for certain, perhaps, or not."""
        if known is Known.YES:
            return replace(self, certain=self.certain.plus(row))
        return self if known is Known.NO else replace(self, possible=self.possible.plus(row))


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The template of one reporter, flow and currency.

    ``total`` = ``ordered`` + ``delivered`` - ``both``, for what is certain. ``of which`` items: ``ordered_goods``,
    ``ordered_services``, and each of the four through platforms (``..._platform``).
    """

    items: dict[str, Item]

    def to_json(self) -> dict[str, Any]:
        """The JSON form; minor units as strings."""
        return {
            name: {
                part: {"sales": cell.sales, "minor": str(cell.minor), "withoutValue": cell.without_value}
                for part, cell in (("certain", each.certain), ("possible", each.possible))
            }
            for name, each in self.items.items()
        }


def template(rows: Iterable[Row], *, reporter: str, flow: Flow, currency: str) -> Template:
    """The template over the rows of ``reporter`` in this ``flow`` whose value is in ``currency`` or unknown.

    Domestic sales never enter it; rows whose flow is unknown enter none and are seen in :func:`table`.
    """
    items = {name: Item() for name, _ in _memberships(None)}
    for row in _latest(rows):
        here = row.reporter == reporter and row.flow is flow is not Flow.DOMESTIC
        if here and (row.value is None or row.value.currency == currency):
            for name, known in _memberships(row):
                items[name] = items[name].plus(known, row)
    return Template(items=items)


def _memberships(row: Row | None) -> Iterator[tuple[str, Known]]:
    """Whether the row belongs to each item; the names alone for None."""
    ordered, delivered = (row.ordered, row.delivered) if row else (Known.NO, Known.NO)
    subject = row.subject if row else Subject.UNKNOWN
    parts = {
        "total": _either(ordered, delivered),
        "ordered": ordered,
        "ordered_goods": _both(ordered, _is(subject, Subject.GOODS)),
        "ordered_services": _both(ordered, _is(subject, Subject.SERVICES)),
        "delivered": delivered,
        "both": _both(ordered, delivered),
    }
    platform = row.platform if row else Known.NO
    yield from parts.items()
    for name in ("total", "ordered", "delivered", "both"):
        yield f"{name}_platform", _both(parts[name], platform)


def _is(subject: Subject, wanted: Subject) -> Known:
    if subject in (Subject.UNKNOWN, Subject.MIXED):
        return Known.UNKNOWN
    return Known.YES if subject is wanted else Known.NO


def _both(left: Known, right: Known) -> Known:
    pair = {left, right}
    return Known.NO if Known.NO in pair else Known.UNKNOWN if Known.UNKNOWN in pair else Known.YES


def _either(left: Known, right: Known) -> Known:
    pair = {left, right}
    return Known.YES if Known.YES in pair else Known.UNKNOWN if Known.UNKNOWN in pair else Known.NO
