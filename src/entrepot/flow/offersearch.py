"""Finding offers: by text in any script, by commodity code, economy and price; and whether one still stands.

Listed are offers whose seller lives here or on an admitted peer, until their last day is over everywhere. What depends
on the day and on the peers is asked when it is read; the view knows neither.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from typing import Any

from entrepot.document.offer.model import Offer
from entrepot.flow.agency import hidden_offers
from entrepot.flow.check import LAST_ZONE
from entrepot.flow.kinds import read_record
from entrepot.flow.offersynonym import alternatives
from entrepot.flow.offerterm import wanted
from entrepot.flow.offerview import HANDLE, OFFER_VIEW
from entrepot.flow.office import Office
from entrepot.flow.peer import ADMITTED, peers

TERMS_MAX = 24
"""Terms of a question that are looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A question. ``hs``: the first digits of a code. ``price_max``: of one unit, in ``currency``, which it needs.
    ``speaks``: the tag of a language in which the seller answers."""

    text: str = ""
    hs: str = ""
    economy: str = ""
    currency: str = ""
    price_max: Decimal | None = None
    seller: str = ""
    speaks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How many offers answer a question, and the rows of one page of them."""

    count: int
    rows: tuple[dict[str, Any], ...]


class Standing(StrEnum):
    """How an offer stands: open, past its last day, taken back by its seller, meant for one buyer, of a seller that
    cannot be reached from here, or hidden by an overseer of this node."""

    OPEN = "open"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    PRIVATE = "private"
    UNREACHED = "unreached"
    HIDDEN = "hidden"


def reachable(office: Office) -> frozenset[str]:
    """The parties that live here or on an admitted peer."""
    return frozenset(office.custody.hosted()).union(
        *(each.parties for each in peers(office) if each.status == ADMITTED)
    )


def last_day(now: datetime) -> date:
    """The earliest day that is not over everywhere: an offer states no zone."""
    return (now - LAST_ZONE).date()


def search(office: Office, question: Wanted, *, offset: int = 0, limit: int = 20) -> Found:
    """The offers that answer ``question``: those that name it first, then the newest first."""
    view = office.journal.view(OFFER_VIEW)
    named: dict[str, bool] = {}
    if question.text.strip():
        named = _texts(view, question.text)
    sets = [set(named)] if question.text.strip() else []
    sets += _facets(view, question)
    found = reduce(set.intersection, sets) if sets else set(_handles(view, "all/"))
    earliest = f"{last_day(office.clock()):%Y%m%d}"
    hidden = hidden_offers(office)
    found = {each for each in found if each[14:22] >= earliest and each[22:] not in hidden}
    found -= _of_strangers(office, view)
    order = sorted(found, key=lambda each: (named.get(each, False), each), reverse=True)
    rows = (view.get(f"offer/{each[22:]}") for each in order[offset : offset + limit])
    return Found(count=len(order), rows=tuple(each for each in rows if each is not None))


def offers_by_economy(office: Office) -> dict[str, int]:
    """How many listed offers each economy's sellers have, by its code."""
    view = office.journal.view(OFFER_VIEW)
    earliest, strangers = f"{last_day(office.clock()):%Y%m%d}", _of_strangers(office, view)
    found: dict[str, int] = {}
    for key, _ in view.scan("economy/"):
        handle, code = key[-HANDLE:], key.split("/")[1]
        if handle[14:22] >= earliest and handle not in strangers:
            found[code] = found.get(code, 0) + 1
    return found


def _handles(view: Any, prefix: str) -> Iterable[str]:
    return (key[-HANDLE:] for key, _ in view.scan(prefix))


def _facets(view: Any, question: Wanted) -> list[set[str]]:
    prefixes = [
        f"{name}/{value}{end}"
        for name, value, end in (
            ("hs", question.hs, ""),
            ("economy", question.economy, "/"),
            ("of", question.seller, "/"),
            ("speaks", question.speaks, "/"),
        )
        if value
    ]
    found = [set(_handles(view, each)) for each in prefixes]
    if question.currency:
        most = question.price_max
        priced = view.scan(f"currency/{question.currency}/")
        found.append({key[-HANDLE:] for key, row in priced if most is None or Decimal(row["price"]) <= most})
    return found


def _texts(view: Any, text: str) -> dict[str, bool]:
    """Handles of the offers that hold ``text`` or a word for the same thing, with whether they are named by it."""
    found = _holding(view, wanted(text))
    for each in alternatives(text):
        for handle, is_named in _holding(view, [(term, True) for term, _ in wanted(each)]).items():
            found[handle] = found.get(handle, False) or is_named
    return found


def _holding(view: Any, asked: Sequence[tuple[str, bool]]) -> dict[str, bool]:
    parts: list[dict[str, bool]] = []
    for term, is_whole in asked[:TERMS_MAX]:
        held: dict[str, bool] = {}
        for key, row in view.scan(f"term/{term}/" if is_whole else f"term/{term}"):
            handle = key[-HANDLE:]
            held[handle] = held.get(handle, False) or row["named"]
        parts.append(held)
        if not held:
            return {}
    if not parts:
        return {}
    common = reduce(set.intersection, (set(each) for each in parts))
    return {each: all(part[each] for part in parts) for each in common}


def _of_strangers(office: Office, view: Any) -> set[str]:
    """Offers of sellers that live neither here nor on an admitted peer."""
    near = reachable(office)
    sellers = (key.removeprefix("seller/") for key, _ in view.scan("seller/"))
    return {handle for did in sellers if did not in near for handle in _handles(view, f"of/{did}/")}


def read_offer(office: Office, record_id: str, readers: Collection[str] = ()) -> tuple[Offer, Standing] | None:
    """An offer that everybody, or one of ``readers``, may read, and how it stands; None where there is none."""
    from entrepot.flow.reading import is_readable

    record = office.journal.record(record_id) if is_readable(office.journal, record_id, readers) else None
    offer = None if record is None or record.erased else read_record(record)[0]
    if record is None or not isinstance(offer, Offer):
        return None
    return offer, _standing(office, record.id, record.content.issuer, offer)


def _standing(office: Office, record_id: str, issuer: str, offer: Offer) -> Standing:
    view = office.journal.view(OFFER_VIEW)
    if view.get(f"gone/{record_id}/{issuer}") is not None:
        return Standing.WITHDRAWN
    if offer.valid_until < last_day(office.clock()):
        return Standing.ENDED
    if view.get(f"offer/{record_id}") is None:
        return Standing.PRIVATE
    if hidden_offers(office, record_id):
        return Standing.HIDDEN
    return Standing.OPEN if issuer in reachable(office) else Standing.UNREACHED
