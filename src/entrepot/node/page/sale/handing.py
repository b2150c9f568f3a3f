"""The form of a hand-over: what happened to the goods, and where. It becomes a GS1 EPCIS 2.0 event."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from entrepot.base.error import UsageError
from entrepot.base.shape import dump
from entrepot.movement.event import Leg
from entrepot.movement.hand_over import Consignment, consignment_uri, hand_over
from entrepot.movement.place import Place
from entrepot.node.page.entry import Entry
from entrepot.node.page.sale.context import Context
from entrepot.node.running import office


def hand_over_entries(context: Context) -> list[Entry]:
    """What may have happened, by the side on which the party stands."""
    is_buyer = context.acting.party == context.order.buyer.did
    sent = ((str(Leg.DEPARTED), gettext("The goods left")), (str(Leg.ARRIVED), gettext("The goods arrived there")))
    taken = ((str(Leg.DELIVERED), gettext("I took the goods over")),)
    return [
        Entry(
            name="leg",
            label=gettext("What happened"),
            kind="select",
            options=taken if is_buyer else sent,
            value=taken[0][0] if is_buyer else sent[0][0],
            path="$.leg",
        ),
        Entry(
            name="place",
            label=gettext("Place"),
            help=gettext("Its UN/LOCODE: two letters of the economy and three of the place, for example MYPKG."),
            most=5,
            path="$.event",
        ),
        Entry(
            name="consignment",
            label=gettext("Number of the consignment"),
            value=context.order.number,
            most=35,
            path="$.consignment",
        ),
    ]


def hand_over_payload(context: Context, typed: Mapping[str, str]) -> dict[str, Any]:
    """The event; where it cannot be made of what was typed, the members that are there, for the checks to judge."""
    order, number = context.order, typed["consignment"].strip()
    thing = consignment_uri(context.acting.party, number)
    is_buyer = context.acting.party == order.buyer.did
    assert context.deal is not None, "a step is taken in a sale"
    try:
        made = hand_over(
            Leg(typed["leg"]),
            Consignment(number=number, things=(thing,), documents={"po": context.deal.sale}),
            when=office().clock().replace(microsecond=0),
            where=Place(locode=typed["place"].strip().upper()),
            given_by=order.seller,
            taken_by=order.buyer if is_buyer else None,
        )
    except (UsageError, ValueError):
        return {"leg": typed["leg"], "consignment": number, "givenBy": dump(order.seller)}
    value: dict[str, Any] = dump(made)
    return value
