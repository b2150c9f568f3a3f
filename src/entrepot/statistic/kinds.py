"""The kinds of record that this room defines."""

from collections.abc import Callable, Mapping
from typing import Any

from entrepot.base.finding import Finding
from entrepot.statistic.count import Count, check

Check = Callable[[Any], tuple[Finding, ...]]


def kinds() -> Mapping[tuple[str, int], tuple[type[Any], Check]]:
    """Payload class and check of every (kind, version) of this room."""
    return {("count", 1): (Count, check)}
