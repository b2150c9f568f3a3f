"""What the community measures: the counts that stand on this node, as they may be published.

Each day's figures less those of the day before would tell of the one sale that was counted between. Therefore they are
made once a month, of what was received until the month began (UTC).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from entrepot.base.shape import parse
from entrepot.flow.countview import COUNT_VIEW
from entrepot.flow.office import Office
from entrepot.flow.sight import SALE_VIEW
from entrepot.journal.journal import Journal
from entrepot.statistic.publication import Counted, Publication, publish
from entrepot.statistic.row import Row


def release(now: datetime) -> datetime:
    """The moment up to which counts are in the figures that are published at ``now``."""
    at = now.astimezone(UTC)
    return datetime(at.year, at.month, 1, tzinfo=UTC)


def measured(office: Office, until: datetime) -> Mapping[str, Publication]:
    """What is published of each economy that has counted, by its code: counts received before ``until``."""
    return _measured(office.journal, office.journal.newest_seq(), until)


@lru_cache(maxsize=4)
def _measured(journal: Journal, newest: int, until: datetime) -> Mapping[str, Publication]:
    """``newest``: the number of the log's newest entry, with which the answer may change."""
    del newest
    counted = tuple(_counted(journal, until))
    return {each: publish(counted, reporter=each) for each in sorted({each.row.reporter for each in counted})}


def _counted(journal: Journal, until: datetime) -> Iterator[Counted]:
    sales = journal.view(SALE_VIEW)
    for key, kept in journal.view(COUNT_VIEW).scan("row/"):
        record = key.removeprefix("row/")
        entry, state = journal.entry(record), sales.get(f"sale/{kept['sale']}")
        row, _ = parse(Row, kept["row"])
        if row is None or state is None or entry is None or entry.received >= until:
            continue
        if state["standings"].get(record, {}).get("status") == "effective":
            yield Counted(row=row, seller=_one(state, "seller"), buyer=_one(state, "buyer"))


def _one(state: Mapping[str, Any], role: str) -> str:
    held = state["roles"].get(role, ())
    return str(held[0]) if len(held) == 1 else ""
