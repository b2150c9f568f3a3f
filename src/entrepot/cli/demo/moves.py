"""Movement in the demo: hand-overs as EPCIS 2.0 events, and the transport document in DCSA's form."""

from datetime import datetime, timedelta
from decimal import Decimal

from entrepot.base.quantity import Quantity
from entrepot.cli.demo.papers import PORTS, Deal, weight_kg
from entrepot.document.transport.model import TransportDocument
from entrepot.movement._epcis20 import write_document
from entrepot.movement.event import HandOver, Leg
from entrepot.movement.hand_over import Consignment, Content, consignment_uri
from entrepot.movement.hand_over import hand_over as make
from entrepot.movement.place import Place

_HOURS = {"picked_up": 0, "departed": 6, "arrived": 150, "delivered": 170}
"""Hours of simulated travel; the events say when things would have happened, counted back from now."""


def _consignment(deal: Deal) -> Consignment:
    seller = deal.cast.did("seller")
    documents = {"po": deal.issued["order"][0], "inv": deal.issued["invoice"][0]}
    if "transport-document" in deal.issued:
        documents["bol"] = deal.issued["transport-document"][0]
    contents = tuple(
        Content(of=f"{seller}/item/{line.id}", quantity=Quantity(weight_kg(line).quantize(Decimal("0.001")), "KGM"))
        for line in deal.order.lines
    )
    return Consignment(
        number="CN-1001", things=(consignment_uri(seller, "CN-1001"),), contents=contents, documents=documents
    )


def hand_over(deal: Deal, leg: str, number: str, now: datetime) -> HandOver:
    """What happens to the goods on this leg, and between whom."""
    del number
    carried = "transport-document" in deal.issued
    seller, buyer = deal.cast["seller"], deal.cast["buyer"]
    carrier = deal.cast["carrier"] if carried else seller
    at_export = leg in ("picked_up", "departed")
    economy = deal.order.seller.economy if at_export else deal.order.buyer.economy
    port = PORTS.get(economy or "")
    place = Place(locode=port) if port else Place(uri=f"{carrier.did}/place/{'export' if at_export else 'import'}")
    when = now.replace(microsecond=0) - timedelta(hours=max(_HOURS.values()) + 1 - _HOURS[leg])
    given, taken = {"picked_up": (seller, carrier), "delivered": (carrier, buyer)}.get(leg, (carrier, None))
    return make(Leg(leg), _consignment(deal), when=when, where=place, given_by=given, taken_by=taken)


def events_document(deal: Deal, now: datetime) -> bytes:
    """All events of the consignment as one EPCISDocument."""
    return write_document([each.event for each in deal.events], created=now)


def dcsa_of(paper: TransportDocument) -> bytes:
    """The transport document in DCSA's JSON shape."""
    from entrepot.document._dcsa import write_transport_document

    written = write_transport_document(paper)
    return written.body or b"{}"
