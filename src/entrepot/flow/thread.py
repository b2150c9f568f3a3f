"""The messages of a sale: who told whom what, in an order that every reader computes alike."""

from collections.abc import Collection, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from entrepot.base.moment import format_moment
from entrepot.flow.audience import may_read
from entrepot.flow.reading import is_readable, record_line
from entrepot.flow.sight import SALE_VIEW
from entrepot.journal.journal import Journal

Line = dict[str, Any]
Told = Mapping[str, Mapping[str, Any]]


def thread(
    journal: Journal, sale: str, readers: Collection[str] | None, *, custodies: Mapping[str, str] | None = None
) -> list[Line]:
    """The messages that ``readers`` may read as lines (:func:`~entrepot.flow.reading.record_line`, and ``after``), each
    behind those that it follows. Of others nothing is told, not even that they are there."""
    told = _told(journal, sale)
    return [
        {**record_line(journal, each, readers, custodies=custodies), "after": told[each]["after"]}
        for each in ordered({key: row | {"issued": _issued(journal, key)} for key, row in told.items()})
        if is_readable(journal, each, readers)
    ]


def woven(records: Sequence[Line], messages: Sequence[Line]) -> list[Line]:
    """The records of a sale with its messages among them, each behind what it follows."""
    place = {each["id"]: index for index, each in enumerate(records)}
    for each in messages:
        place[each["id"]] = max((place[cause] for cause in each["after"] if cause in place), default=-1)
    return sorted([*records, *messages], key=lambda each: place[each["id"]])


def newest(journal: Journal, sale: str, audience: Collection[str]) -> tuple[str, ...]:
    """What a new message for ``audience`` follows: the messages that all of it read, and that none of those follows."""
    told = {key: row for key, row in _told(journal, sale).items() if _is_for(journal, key, audience)}
    followed = {cause for row in told.values() for cause in row["after"]}
    return tuple(sorted(told.keys() - followed))


def ordered(told: Told) -> list[str]:
    """Ids of messages, each behind those that it follows; among concurrent ones that which says that it was issued
    first (``issued``), then the smaller id. What is written after an erased message does not follow it: who lacks that
    one could never read on."""
    causes = {key: {each for each in row["after"] if each in told} for key, row in told.items()}
    followers: dict[str, list[str]] = {}
    for key, each in causes.items():
        for cause in each:
            followers.setdefault(cause, []).append(key)

    def rank(key: str) -> tuple[str, str]:
        return str(told[key].get("issued", "")), key

    ready = [rank(key) for key, each in causes.items() if not each]
    heapify(ready)
    found = []
    while ready:
        found.append(heappop(ready)[1])
        for key in followers.get(found[-1], ()):
            causes[key].discard(found[-1])
            if not causes[key]:
                heappush(ready, rank(key))
    return found


def _told(journal: Journal, sale: str) -> dict[str, Line]:
    prefix = f"told/{sale}/"
    return {key.removeprefix(prefix): row for key, row in journal.view(SALE_VIEW).scan(prefix)}


def _issued(journal: Journal, message: str) -> str:
    """When its issuer says that it was issued; in UTC, so that texts are in the order of moments."""
    record = journal.record(message)
    return "" if record is None else format_moment(record.content.issued)


def _is_for(journal: Journal, message: str, audience: Collection[str]) -> bool:
    record = journal.record(message)
    if record is None or record.erased:
        return False
    return all(may_read(record.content.audience, record.content.issuer, (each,)) for each in audience)
