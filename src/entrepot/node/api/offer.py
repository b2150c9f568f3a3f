"""Offers that stand, for everybody; they are made by POST /records, like every record."""

from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import StringConstraints

from entrepot.base.amount import parse_decimal
from entrepot.base.shape import dump
from entrepot.flow.offersearch import Wanted, read_offer, search
from entrepot.node.api.edge import wrongs
from entrepot.node.problem import ProblemError
from entrepot.node.running import office

router = Router(tags=["offers"])
Id = Path(..., pattern="^[0-9a-f]{64}$", description="Id of the offer's record.")


class OfferList(Schema):
    """Offers, each as a row of its first line, and how many there are; ``next``: offset of the next page."""

    count: int
    offers: list[dict[str, Any]]
    next: int | None = None


class OfferOut(Schema):
    """An offer, and how it stands: open, ended, withdrawn, private, or unreached: its seller lives on no peer."""

    id: str
    standing: str
    offer: dict[str, Any]


class Asked(Schema):
    """What is looked for. ``q``: words in any script; ``hs``: the first digits of a code; ``most``: the highest price
    of one unit, in ``currency``, which it needs; ``speaks``: tag (BCP 47) of a language in which the seller answers."""

    q: Annotated[str, StringConstraints(max_length=200)] = ""
    hs: Annotated[str, StringConstraints(pattern="^[0-9]{0,12}$")] = ""
    economy: Annotated[str, StringConstraints(pattern="^([A-Z]{2})?$")] = ""
    currency: Annotated[str, StringConstraints(pattern="^([A-Z]{3})?$")] = ""
    most: Annotated[str, StringConstraints(pattern="^([0-9]{1,30}([.][0-9]{1,12})?)?$", max_length=43)] = ""
    speaks: Annotated[str, StringConstraints(pattern="^([a-z]{2,3}(-[A-Za-z0-9]{2,4}){0,2})?$")] = ""


@router.get("", response={200: OfferList, **wrongs(400, 422)}, summary="Find offers", auth=None)
def find_offers(
    request: HttpRequest,
    asked: Query[Asked],
    offset: int = Query(0, ge=0, le=100_000),
    limit: int = Query(20, ge=1, le=100),
) -> dict[str, Any]:
    """Offers of this node and its admitted peers: those that name what is asked first, then those that came last."""
    if asked.most and not asked.currency:
        raise ProblemError(400, "bad-request", "A price compares in one currency only: name it.")
    question = Wanted(
        text=asked.q,
        hs=asked.hs,
        economy=asked.economy,
        currency=asked.currency,
        price_max=_price(asked.most),
        speaks=asked.speaks,
    )
    found = search(office(), question, offset=offset, limit=limit)
    more = offset + limit < found.count
    return {"count": found.count, "offers": list(found.rows), "next": offset + limit if more else None}


def _price(text: str) -> Decimal | None:
    try:
        return parse_decimal(text) if text else None
    except ValueError as wrong:
        raise ProblemError(400, "bad-request", f"The price is no amount: {wrong}.") from wrong


@router.get("/{offer}", response={200: OfferOut, **wrongs(404, 422)}, summary="Show one offer", auth=None)
def show_offer(request: HttpRequest, offer: str = Id) -> dict[str, Any]:
    """The offer, also after it ended or was withdrawn."""
    found = read_offer(office(), offer)
    if found is None:
        raise ProblemError(404, "not-found", "No public offer has that id.")
    return {"id": offer, "standing": str(found[1]), "offer": dump(found[0])}
