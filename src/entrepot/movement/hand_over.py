"""Making hand-overs: what happens to a consignment becomes one EPCIS 2.0 event, and the record that holds it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from entrepot.base.digest import ni_uri
from entrepot.base.error import UsageError
from entrepot.base.moment import format_moment, require_aware
from entrepot.base.quantity import Quantity
from entrepot.movement._epcis20 import EPCIS_CONTEXT, event_hash
from entrepot.movement.event import HandOver, Leg
from entrepot.movement.place import Place, place_uri
from entrepot.party.party import Party

STEPS: Mapping[Leg, tuple[str, str]] = {
    Leg.PICKED_UP: ("shipping", "in_transit"),
    Leg.DEPARTED: ("departing", "in_transit"),
    Leg.ARRIVED: ("arriving", "in_progress"),
    Leg.OUT_FOR_DELIVERY: ("transporting", "in_transit"),
    Leg.DELIVERED: ("receiving", "in_progress"),
    Leg.REFUSED: ("holding", "in_progress"),
    Leg.RETURNING: ("shipping", "in_transit"),
    Leg.RETURNED_TO_SENDER: ("receiving", "returned"),
}
"""Business step and disposition (CBV 2.0) that we write for each leg. The choice is ours; CBV has no such list."""
PASSING = frozenset({Leg.PICKED_UP, Leg.DELIVERED, Leg.RETURNED_TO_SENDER})
"""Legs at which the goods pass from one party to another, so that both must be named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Goods of one class in a consignment: the URI of the class, and how much; no quantity where it is not known."""

    of: str
    quantity: Quantity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """What moves, and the documents it belongs to.

    ``number``: for people. ``things``: URIs of the handling units or of the consignment itself (SSCC, GSIN, GINC, or
    :func:`consignment_uri`). ``contents``: goods by class. ``documents``: record ids by CBV transaction type (``po``
    order, ``inv`` invoice, ``bol`` transport document, ``desadv``, ``rma`` ...); they become ``ni:`` URIs.
    """

    number: str
    things: tuple[str, ...]
    contents: tuple[Content, ...] = ()
    documents: Mapping[str, str] = field(default_factory=dict)


def consignment_uri(party: str, number: str) -> str:
    """A URI for a consignment without GS1 identifiers: a DID URL under the party that gave the ``number``."""
    return f"{party}/consignment/{quote(number, safe='')}"


def hand_over(
    leg: Leg, consignment: Consignment, *, when: datetime, where: Place, given_by: Party, taken_by: Party | None = None
) -> HandOver:
    """The hand-over of ``consignment`` at ``when`` (aware; its offset is kept as the local one) and ``where``.

    Raises :class:`UsageError` where a leg at which goods pass names no second party, for a place without a name, and
    for a quantity that JSON cannot hold exactly.
    """
    if leg in PASSING and taken_by is None:
        raise UsageError(f"{leg} needs the party that takes the goods", remedy="Name it.")
    event = event_of(leg, consignment, when=when, where=where, parties=(given_by, taken_by))
    return HandOver(
        leg=leg,
        consignment=consignment.number,
        given_by=given_by,
        taken_by=taken_by,
        transport_document=consignment.documents.get("bol"),
        event=event,
        event_hash=event_hash(event),
    )


def event_of(
    leg: Leg, consignment: Consignment, *, when: datetime, where: Place, parties: tuple[Party, Party | None]
) -> dict[str, Any]:
    """The ObjectEvent alone, with its context. ``parties``: who gives, who takes."""
    step, disposition = STEPS[leg]
    event: dict[str, Any] = {
        "@context": EPCIS_CONTEXT,
        "type": "ObjectEvent",
        "eventTime": format_moment(when),
        "eventTimeZoneOffset": _offset(when),
        "epcList": list(consignment.things),
        "action": "OBSERVE",
        "bizStep": step,
        "disposition": disposition,
        "readPoint": {"id": place_uri(where)},
    }
    if consignment.contents:
        event["quantityList"] = [_quantity(each) for each in consignment.contents]
    if consignment.documents:
        documents = sorted(consignment.documents.items())
        event["bizTransactionList"] = [{"type": kind, "bizTransaction": ni_uri(record)} for kind, record in documents]
    giver, taker = parties
    if (source := party_uri(giver)) is not None:
        event["sourceList"] = [{"type": "possessing_party", "source": source}]
    if taker is not None and (destination := party_uri(taker)) is not None:
        event["destinationList"] = [{"type": "possessing_party", "destination": destination}]
    return event


def party_uri(party: Party) -> str | None:
    """The URI that stands for a party in events: its DID, or its GLN as a Digital Link; None where it has neither."""
    if party.did is not None:
        return party.did
    numbers = (each.value for each in party.identifiers if each.scheme in ("gln", "0088"))
    found = next((each for each in numbers if re.fullmatch("[0-9]{13}", each, re.ASCII)), None)
    return None if found is None else f"https://id.gs1.org/417/{found}"


def _offset(when: datetime) -> str:
    offset = require_aware(when).utcoffset() or timedelta()
    minutes = int(offset / timedelta(minutes=1))
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _quantity(content: Content) -> dict[str, Any]:
    if content.quantity is None:
        return {"epcClass": content.of}
    return {"epcClass": content.of, "quantity": _number(content.quantity.value), "uom": content.quantity.unit}


def _number(value: Decimal) -> int | float:
    """``value`` as the JSON number that EPCIS asks for, only where nothing is lost."""
    number = int(value) if value == value.to_integral_value() else float(value)
    if Decimal(repr(number)) != value or abs(number) >= 2**53:
        raise UsageError(f"{value} is not exact as a JSON number", remedy="Use fewer digits, or a larger unit.")
    return number
