"""Finding offers: by text in any script, by commodity code, economy and price; and whether one still stands.

Listed are offers whose seller lives here or on an admitted peer, until their last day is over everywhere. What depends
on the day and on the peers is asked when it is read; the view knows neither.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from entrepot.document.offer.model import Offer
from entrepot.economy.load import codes
from entrepot.flow.agency import hidden_offers
from entrepot.flow.check import LAST_ZONE
from entrepot.flow.kinds import read_record
from entrepot.flow.offerindex import newest_first, places
from entrepot.flow.offersynonym import alternatives
from entrepot.flow.offerterm import wanted
from entrepot.flow.offerview import OFFER_VIEW, bucket_of
from entrepot.flow.office import Office
from entrepot.flow.peer import ADMITTED, peers
from entrepot.journal.journal import Journal

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
    """The offers that answer ``question``: those that name it first, then those that came last first."""
    view = office.journal.view(OFFER_VIEW)
    found, named = listed(office), 0
    if question.text.strip():
        held, named = _texts(view, question.text)
        found &= held
    for each in _facets(view, question):
        found &= each
    order = chain(newest_first(found & named), newest_first(found & ~named))
    ids = (view.get(f"place/{each}") for each in islice(order, offset, offset + limit))
    rows = (view.get(f"offer/{each['offer']}") for each in ids if each is not None)
    return Found(count=found.bit_count(), rows=tuple(each for each in rows if each is not None))


def listed(office: Office) -> int:
    """The places of all offers that are listed now."""
    earliest, view = f"until/{last_day(office.clock()):%Y%m%d}", office.journal.view(OFFER_VIEW)
    next_ = view.get("next") or {"changes": 0, "last": ""}
    found = _listed(office.journal, (next_["changes"], next_["last"]), earliest, reachable(office))
    for row in (view.get(f"keys/{each}") for each in hidden_offers(office)):
        found &= -1 if row is None else ~(1 << row["place"])
    return found


@lru_cache(maxsize=4)
def _listed(journal: Journal, changes: tuple[int, str], earliest: str, near: frozenset[str]) -> int:
    """``changes``: how often the list changed, and the record that changed it last. A view that is filled anew without
    an erased record counts one less up to the same record, so that both together tell the lists of a log apart."""
    del changes
    view = journal.view(OFFER_VIEW)
    in_time = places(view, "until/", where=lambda name: name >= earliest)
    return in_time & places(view, "of/", where=lambda name: name.removeprefix("of/") in near)


def offers_by_economy(office: Office) -> dict[str, int]:
    """How many listed offers each economy's sellers have, by its code; those without any are left out."""
    now, view = listed(office), office.journal.view(OFFER_VIEW)
    found = {code: (now & places(view, f"economy/{code}/")).bit_count() for code in codes()}
    return {code: count for code, count in found.items() if count}


def _facets(view: Any, question: Wanted) -> Iterator[int]:
    if question.hs:
        yield places(view, f"hs/{question.hs}")
    if question.economy:
        yield places(view, f"economy/{question.economy}/")
    if question.seller:
        yield places(view, f"of/{question.seller}/")
    if question.speaks:
        yield places(view, f"speaks/{question.speaks}/")
    if question.currency:
        yield _priced(view, f"{question.currency}/", question.price_max)


def _priced(view: Any, currency: str, most: Decimal | None) -> int:
    """The offers in a currency whose price is at most ``most``: whole buckets, and of the last one each price."""
    if most is None:
        return places(view, f"price/{currency}")
    last = f"{currency}{bucket_of(most)}"
    below = places(view, f"price/{currency}", where=lambda name: name < f"price/{last}")
    exact = view.scan(f"exact/{last}/")
    return below | sum(1 << int(key.rpartition("/")[2]) for key, row in exact if Decimal(row["price"]) <= most)


def _texts(view: Any, text: str) -> tuple[int, int]:
    """The offers that hold ``text`` or a word for the same thing, and those that are named by it."""
    found, named = _holding(view, wanted(text))
    for each in alternatives(text):
        held, titled = _holding(view, [(term, True) for term, _ in wanted(each)])
        found, named = found | held, named | titled
    return found, named


def _holding(view: Any, asked: Sequence[tuple[str, bool]]) -> tuple[int, int]:
    found = named = -1 if asked else 0
    for term, is_whole in asked[:TERMS_MAX]:
        end = "/" if is_whole else ""
        found &= places(view, f"term/{term}{end}")
        if not found:
            return 0, 0
        named &= places(view, f"named/{term}{end}")
    return found, named


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
