"""Bars: one per part, as long as its figure. What is unknown is hatched, what is withheld is an empty outline."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

STEP = 48
"""Height of a bar with its label, in the units of the picture (pixels of the style sheet)."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One part. ``width``: in percent of the longest bar; ``kind``: ``plain``, ``unknown``, ``withheld``."""

    label: str
    figure: str
    kind: str
    width: str
    top: int

    @property
    def middle(self) -> int:
        """Where the bar begins, below its label."""
        return self.top + 22


@dataclass(frozen=True, slots=True)
class Picture:
    """All bars of a table, and how high they are together."""

    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        """Height of the whole."""
        return STEP * len(self.bars)


def bars(parts: Iterable[tuple[str, str, int | None, bool]]) -> Picture:
    """A picture of label, figure in words, figure (None: withheld), and whether the part is that which is unknown."""
    found = list(parts)
    most = max((value or 0 for _, _, value, _ in found), default=0)
    return Picture(
        tuple(
            Bar(label, words, _kind(value, is_unknown=is_unknown), _width(value, most), STEP * at)
            for at, (label, words, value, is_unknown) in enumerate(found)
        )
    )


def _kind(value: int | None, *, is_unknown: bool) -> str:
    return "withheld" if value is None else "unknown" if is_unknown else "plain"


def _width(value: int | None, most: int) -> str:
    if value is None:
        return "100"
    return str((Decimal(100 * value) / most).quantize(Decimal("0.1"))) if most else "0"
