"""The questions that every file answers, by name, and how far a file answers them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from entrepot.economy.agreement import AGREEMENTS
from entrepot.economy.shape import Backed, Confidence, Economy, Source

ROWS = ("currency", "languages", "identifiers", "taxes", "lowvalue", "invoices", "qr")
SINGLE = ("zones", "valuation")
NAMES = ("names.short", "names.apec", "names.asean")
FIELDS: tuple[str, ...] = (*NAMES, "iso", *SINGLE, *ROWS, *(f"memberships.{each}" for each in AGREEMENTS))
"""Every question, by the name used under ``unknown`` and ``absent``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How far one file answers :data:`FIELDS`: ``filled`` (a value, or shown to be absent), ``unknown`` (sought in
    vain: fields, and parts ``<field>/<part>``), ``open`` (nothing said), ``unconfirmed`` (paths of rows that no text
    at hand confirms), and ``stale`` (path and day of rows checked too long ago)."""

    economy: str
    filled: tuple[str, ...]
    unknown: tuple[str, ...]
    open: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    stale: tuple[tuple[str, date], ...]

    @property
    def percent(self) -> int:
        """Filled fields among all, in percent, rounded down."""
        return 100 * len(self.filled) // len(FIELDS)

    @property
    def answered_percent(self) -> int:
        """Fields with a value or shown to be sought in vain, among all, in percent, rounded down."""
        return 100 * (len(FIELDS) - len(self.open)) // len(FIELDS)


def rows(economy: Economy) -> Iterator[tuple[str, Backed]]:
    """Every sourced row of the file with its path (``taxes[0]``, ``names.apec``, ``absent.qr``)."""
    for label, named in (("short", economy.names.short), ("apec", economy.names.apec), ("asean", economy.names.asean)):
        if named is not None:
            yield f"names.{label}", named
    yield "iso", economy.iso
    for label, single in (("zones", economy.zones), ("valuation", economy.valuation)):
        if single is not None:
            yield label, single
    for label in (*ROWS, "memberships"):
        for index, row in enumerate(getattr(economy, label)):
            yield f"{label}[{index}]", row
    for label, row in economy.absent.items():
        yield f"absent.{label}", row


def has_value(economy: Economy, name: str) -> bool:
    """Whether the field ``name`` of :data:`FIELDS` has a value."""
    head, _, tail = name.partition(".")
    if head == "memberships":
        return any(row.agreement == tail for row in economy.memberships)
    if head == "names":
        return getattr(economy.names, tail) is not None
    return bool(getattr(economy, head))


def checked_on(row: Backed, sources: dict[str, Source]) -> date:
    """The day on which ``row`` was checked: its own, or its source's."""
    return row.checked or sources[row.source].checked


def coverage(economy: Economy, sources: dict[str, Source], *, today: date, stale_days: int = 365) -> Coverage:
    """How far ``economy`` answers the fixed questions, and which rows were checked before ``today - stale_days``."""
    filled = tuple(each for each in FIELDS if has_value(economy, each) or each in economy.absent)
    unknown = tuple(economy.unknown)
    limit = today - timedelta(days=stale_days)
    dates = [(path, checked_on(row, sources)) for path, row in rows(economy)]
    dates += [(f"unknown.{name}", each.checked) for name, each in economy.unknown.items()]
    return Coverage(
        economy=economy.code,
        filled=filled,
        unknown=unknown,
        open=tuple(each for each in FIELDS if each not in filled and each not in unknown),
        unconfirmed=tuple(
            path
            for path, row in rows(economy)
            if (row.confidence or sources[row.source].confidence) is Confidence.UNCONFIRMED
        ),
        stale=tuple((path, day) for path, day in dates if day < limit),
    )
