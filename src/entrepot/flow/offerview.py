"""The view ``offer``: the offers that stand, and the terms under which they are found; an index of the journal's own.

The *place* of an offer is how many were listed before it. Keys: ``offer/<id>`` the offer as lists show it;
``place/<place>`` its id; ``next`` the next place, how often the list changed, and by which record last; ``keys/<id>``
its place and the sets that it is in; ``gone/<id>/<issuer>`` the withdrawal by that party;
``exact/<currency>/<bucket>/<place>`` its price; ``picture/<digest>/<id>`` what an offer, open or not, shows. Sets of
places (:mod:`entrepot.flow.offerindex`): ``term/<term>``, ``named/<term>`` (of a name), ``hs/<code>``,
``economy/<code>``, ``until/<day>``, ``of/<did>``, ``speaks/<language>``, and ``price/<currency>/<bucket>``, the buckets
being those of :func:`bucket_of`.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from entrepot.base.record import Record
from entrepot.base.shape import dump
from entrepot.document.offer.model import Offer
from entrepot.flow.kinds import OFFERING, read_record
from entrepot.flow.offerindex import exclude, include
from entrepot.flow.offerterm import terms
from entrepot.journal.port import Reducer, ViewTx
from entrepot.sale.withdrawal import OfferWithdrawal

OFFER_VIEW = "offer"
RULE = 4
"""Version of what the rows hold: raise it with every change, of the terms too."""
TEXT_MAX = 4000
"""Characters of an offer's text that are looked at."""


def offer_reducer() -> Reducer:
    """The view of the offers that stand."""
    return Reducer(OFFER_VIEW, RULE, _reduce, OFFERING)


def bucket_of(price: Decimal) -> str:
    """The bucket of a price: its magnitude and first digit, so that buckets sort as prices do; ``0`` for none."""
    return f"{price.adjusted() + 500:03d}{price.as_tuple().digits[0]}" if price else "0"


def _reduce(view: ViewTx, record: Record) -> None:
    payload = None if record.erased else read_record(record)[0]
    if isinstance(payload, OfferWithdrawal):
        offer = payload.offer.record
        view.put(f"gone/{offer}/{record.content.issuer}", {"withdrawal": record.id})
        found = view.get(f"offer/{offer}")
        if found is not None and found["seller"] == record.content.issuer:  # nobody takes back what another offers
            _drop(view, offer)
            _changed(view, record)
    elif isinstance(payload, Offer):
        for each in payload.pictures:
            view.put(f"picture/{each.digest}/{record.id}", {})
        if _is_open(view, record, payload):
            _keep(view, record, payload)


def _is_open(view: ViewTx, record: Record, offer: Offer) -> bool:
    """Whether the offer is for everybody, said by its seller, and not taken back before it came."""
    issuer = record.content.issuer
    is_public = not record.content.audience and offer.buyer is None
    return is_public and offer.seller.did == issuer and view.get(f"gone/{record.id}/{issuer}") is None


def _drop(view: ViewTx, offer: str) -> None:
    kept = view.get(f"keys/{offer}") or {"place": 0, "sets": (), "exact": ""}
    for each in kept["sets"]:
        exclude(view, each, kept["place"])
    for key in (f"place/{kept['place']}", kept["exact"], f"offer/{offer}", f"keys/{offer}"):
        view.drop(key)


def _changed(view: ViewTx, record: Record, *, more: int = 0) -> int:
    """Note that ``record`` changed what is listed, by so many ``more`` places; the next place until then."""
    before = view.get("next") or {"place": 0, "changes": 0}
    view.put("next", {"place": before["place"] + more, "changes": before["changes"] + 1, "last": record.id})
    return int(before["place"])


def _keep(view: ViewTx, record: Record, offer: Offer) -> None:
    place = _changed(view, record, more=1)
    price = offer.lines[0].price.amount
    bucket = f"{offer.currency}/{bucket_of(price)}"
    named = set().union(*(terms(each.name) for each in offer.lines))
    sets = {*_facets(offer), f"price/{bucket}", *(f"named/{each}" for each in named)}
    sets |= {f"term/{each}" for each in named | terms(_text(offer))}
    for each in sets:
        include(view, each, place)
    exact = f"exact/{bucket}/{place}"
    view.put(exact, {"price": str(price)})
    view.put(f"place/{place}", {"offer": record.id})
    view.put(f"keys/{record.id}", {"place": place, "sets": sorted(sets), "exact": exact})
    view.put(f"offer/{record.id}", _row(record, offer))


def _facets(offer: Offer) -> Iterator[str]:
    yield f"of/{offer.seller.did}"
    yield f"until/{offer.valid_until:%Y%m%d}"
    if offer.seller.economy:
        yield f"economy/{offer.seller.economy}"
    for tag in sorted(set(offer.service_languages)):
        yield f"speaks/{tag}"
    for code in sorted({each.hs.code for each in offer.lines if each.hs}):
        yield f"hs/{code}"


def _text(offer: Offer) -> str:
    parts = [offer.seller.name, offer.number, offer.note or ""]
    for each in offer.lines:
        parts += [each.name, each.description or "", each.note or "", each.hs.code if each.hs else ""]
    return " ".join(parts)[:TEXT_MAX]


def _row(record: Record, offer: Offer) -> dict[str, Any]:
    line = offer.lines[0]
    return {
        "id": record.id,
        "number": offer.number,
        "seller": record.content.issuer,
        "sellerName": offer.seller.name,
        "economy": offer.seller.economy,
        "subject": str(line.subject or offer.subject),
        "name": line.name,
        "lines": len(offer.lines),
        "quantity": dump(line.quantity),
        "price": str(line.price.amount),
        "per": dump(line.price.per) if line.price.per else None,
        "currency": offer.currency,
        "hs": line.hs.code if line.hs else None,
        "origin": line.origin,
        "validUntil": offer.valid_until.isoformat(),
        "picture": dump(offer.pictures[0]) if offer.pictures else None,
        "serviceLanguages": list(offer.service_languages),
    }
