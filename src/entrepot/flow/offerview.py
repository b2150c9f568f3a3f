"""The view ``offer``: the offers that stand, and the terms under which they are found; an index of the journal's own.

A *handle* stands for an offer in the index: the moment of its issue, its last day, and its id, each of fixed length,
so that handles sort by age. Keys: ``offer/<id>`` the offer as lists show it; ``keys/<id>`` its keys in the index;
``gone/<id>/<issuer>`` the withdrawal by that party; ``seller/<did>`` the sellers; ``picture/<digest>/<id>`` what an
offer, open or not, shows; and the index, each key with the handle at its end: ``all/``, ``term/<term>/``,
``hs/<code>/``, ``economy/<code>/``, ``currency/<code>/``, ``of/<did>/``, ``speaks/<language>/``.
"""

from collections.abc import Iterator
from typing import Any

from entrepot.base.record import Record
from entrepot.base.shape import dump
from entrepot.document.offer.model import Offer
from entrepot.flow.kinds import OFFERING, read_record
from entrepot.flow.offerterm import terms
from entrepot.journal.port import Reducer, ViewTx
from entrepot.sale.withdrawal import OfferWithdrawal

OFFER_VIEW = "offer"
RULE = 2
"""Version of what the rows hold: raise it with every change, of the terms too."""
HANDLE = 14 + 8 + 64
"""Characters of a handle."""
TEXT_MAX = 4000
"""Characters of an offer's text that are looked at."""


def offer_reducer() -> Reducer:
    """The view of the offers that stand."""
    return Reducer(OFFER_VIEW, RULE, _reduce, OFFERING)


def handle_of(record: Record, offer: Offer) -> str:
    """What stands for the offer in the index."""
    return f"{record.content.issued:%Y%m%d%H%M%S}{offer.valid_until:%Y%m%d}{record.id}"


def _reduce(view: ViewTx, record: Record) -> None:
    payload = None if record.erased else read_record(record)[0]
    if isinstance(payload, OfferWithdrawal):
        offer = payload.offer.record
        view.put(f"gone/{offer}/{record.content.issuer}", {"withdrawal": record.id})
        found = view.get(f"offer/{offer}")
        if found is not None and found["seller"] == record.content.issuer:  # nobody takes back what another offers
            _drop(view, offer)
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
    kept = view.get(f"keys/{offer}") or {"keys": ()}
    for key in (*kept["keys"], f"offer/{offer}", f"keys/{offer}"):
        view.drop(key)


def _keep(view: ViewTx, record: Record, offer: Offer) -> None:
    handle = handle_of(record, offer)
    line = offer.lines[0]
    keys: dict[str, dict[str, Any]] = {f"{each}/{handle}": {} for each in _facets(offer)}
    keys[f"currency/{offer.currency}/{handle}"] = {"price": str(line.price.amount)}
    named = set().union(*(terms(each.name) for each in offer.lines))
    keys |= {f"term/{each}/{handle}": {"named": each in named} for each in named | terms(_text(offer))}
    for key, row in keys.items():
        view.put(key, row)
    view.put(f"keys/{record.id}", {"keys": sorted(keys)})
    view.put(f"seller/{offer.seller.did}", {})
    view.put(f"offer/{record.id}", _row(record, offer))


def _facets(offer: Offer) -> Iterator[str]:
    yield "all"
    yield f"of/{offer.seller.did}"
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
