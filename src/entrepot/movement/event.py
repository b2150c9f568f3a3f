"""``hand-over`` version 1: one GS1 EPCIS 2.0 event, with who hands to whom and what it means for the sale."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from entrepot.base.shape import Code, Digest, Pattern
from entrepot.party.party import Party

EventHash = Annotated[str, Pattern(r"ni:///sha-256;[0-9a-f]{64}\?ver=CBV2\.0")]
"""Event Hash ID of GS1 CBV 2.0 (EPCIS Event Hash ID)."""


class Leg(StrEnum):
    """What a hand-over means for the sale."""

    PICKED_UP = "picked_up"
    """The carrier took the goods over from the seller."""
    DEPARTED = "departed"
    """The goods left the place named."""
    ARRIVED = "arrived"
    """The goods reached the place named."""
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    """The consignee (or who acts for it) took the goods over."""
    REFUSED = "refused"
    """The consignee did not take them."""
    RETURNING = "returning"
    """The goods are on their way back."""
    RETURNED_TO_SENDER = "returned_to_sender"
    """The seller has them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """One event of a consignment.

    ``consignment``: the consignor's or carrier's number for it. ``given_by`` hands over, ``taken_by`` receives; where
    the goods stay with one party (``departed``, ``arrived``) only ``given_by`` is named, the party that has them.
    ``transport_document``: record id. ``event``: the EPCIS 2.0 event in its JSON form, without ``@context`` of its own
    where the standard's suffices. ``event_hash``: its Event Hash ID.
    """

    leg: Leg
    consignment: Code
    given_by: Party
    taken_by: Party | None = None
    transport_document: Digest | None = None
    event: dict[str, Any]
    event_hash: EventHash
