"""The form that opens a sale: a business orders from another, on this node or on one that it knows."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from entrepot.base.money import exponents
from entrepot.document.parts import RULES
from entrepot.document.trade import BuyerType
from entrepot.economy import economies
from entrepot.flow.offersearch import Wanted, search
from entrepot.flow.typed import INCOTERMS, common_members, order_of
from entrepot.node.page.entry import Entry
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.measure import UNITS
from entrepot.node.page.sale.appointing import BUYERS, agency_entries, appointed, consumer_entries
from entrepot.node.page.sale.buying import is_consumer, own_card
from entrepot.node.page.sale.context import Context, card_of, party_of
from entrepot.node.page.sale.forms import Form, note_entry
from entrepot.node.running import office

REACHES = {
    "goods": gettext_noop("Goods"),
    "service": gettext_noop("A service on the spot"),
    "service-digital": gettext_noop("A service over a network"),
}


def seller_entries(economy: Entry) -> list[Entry]:
    """Who sells: somebody with an open offer, which everybody may see, or anybody by its DID, who is named too."""
    options = tuple((did, f"{card['name']} ({card.get('economy', '-')})") for did, card in offering().items())
    economy.required = False
    economy.label = gettext("Its economy")
    return [
        Entry(
            name="seller", label=gettext("A business with open offers"), kind="select", options=options, required=False
        ),
        Entry(
            name="did",
            label=gettext("Or its DID"),
            help=gettext("It begins with did: and stands in its offers and documents."),
            required=False,
            most=500,
        ),
        Entry(name="seller_name", label=gettext("Its name"), required=False),
        economy,
    ]


def offering() -> dict[str, dict[str, str]]:
    """The sellers of the newest offers that stand, by DID, with the name and economy that the offer gives."""
    cards: dict[str, dict[str, str]] = {}
    for row in search(office(), Wanted(), limit=200).rows:
        card = {"name": row["sellerName"], "did": row["seller"]} | (
            {"economy": row["economy"]} if row["economy"] else {}
        )
        cards.setdefault(row["seller"], card)
    return dict(sorted(cards.items(), key=lambda each: each[1]["name"]))


def order_entries(context: Context) -> list[Entry]:
    """What is ordered: one thing, how much of it, at which price, how it comes, and which agencies take part."""
    what = Entry(name="what", label=gettext("What you order"), path="$.lines[0].name")
    thing = [what, *thing_entries(gettext("How much")), *price_entries()]
    if is_consumer(context.acting.party):  # the seller's economy is not known yet
        agencies = consumer_entries(context, seller_economy=None, is_goods=True)
    else:
        agencies = agency_entries(context, BUYERS)
    return [*thing, *delivery_entries(), *wish_entries(), *agencies]


def thing_entries(how_much: str) -> list[Entry]:
    """What kind of thing it is, ``how_much`` of it (the words of that question), and its product code."""
    reaches = tuple((value, gettext(words)) for value, words in REACHES.items())
    units = tuple((code, gettext(words)) for code, words in UNITS.items())
    return [
        Entry(name="subject", label=gettext("It is"), kind="select", options=reaches, value="goods", path="$.subject"),
        Entry(name="quantity", label=how_much, kind="number", most=30, path="$.lines[0].quantity"),
        Entry(name="unit", label=gettext("Unit"), kind="select", options=units, value="KGM"),
        Entry(
            name="hs",
            label=gettext("HS code"),
            help=gettext("Six digits, of the edition of 2022, where you know it."),
            required=False,
            most=12,
            path="$.lines[0].hs",
        ),
    ]


def currencies() -> tuple[tuple[str, str], ...]:
    """The currencies of the economies that are known here, and two that all of them use."""
    known = {row.code for each in economies() for row in each.currency} | {"USD", "EUR"}
    return tuple((code, code) for code in sorted(known & set(exponents())))


def price_entries(usual: str = "") -> list[Entry]:
    """The price of one unit, and its currency; ``usual``: the one that is proposed."""
    return [
        Entry(
            name="price",
            label=gettext("Price of one unit"),
            help=gettext("For one unit; tax is not reckoned here."),
            kind="number",
            most=30,
            path="$.lines[0].price",
        ),
        Entry(
            name="currency",
            label=gettext("Currency"),
            kind="select",
            options=currencies(),
            value=usual,
            path="$.currency",
        ),
    ]


def delivery_entries() -> list[Entry]:
    """Rule of delivery and named place."""
    rules = tuple((code, code) for code in sorted(RULES[INCOTERMS]))
    return [
        Entry(
            name="incoterm",
            label=gettext("Delivery (Incoterms 2020)"),
            help=gettext("Who bears cost and risk on the way. Leave it open for a service."),
            kind="select",
            options=rules,
            required=False,
            path="$.deliveryTerms",
        ),
        Entry(
            name="place",
            label=gettext("Named place"),
            help=gettext("A port, an airport or a town, as both sides know it."),
            required=False,
            path="$.deliveryTerms.place",
        ),
    ]


def wish_entries() -> list[Entry]:
    """Until when it is wanted, and what else is to be said."""
    return [
        Entry(
            name="until",
            label=gettext("Wanted until"),
            kind="date",
            required=False,
            path="$.requestedDelivery",
        ),
        note_entry(),
    ]


def order_payload(context: Context, typed: Mapping[str, str]) -> dict[str, Any]:
    """The order, its figures reckoned from quantity and price."""
    head = common_members(typed["number"], context.today, typed) | appointed(typed, BUYERS)
    made = order_of(head, typed, (own_card(context.acting, typed), _seller(typed)))
    return made | ({"buyerType": str(BuyerType.CONSUMER)} if is_consumer(context.acting.party) else {})


def _seller(typed: Mapping[str, str]) -> dict[str, Any]:
    did = typed.get("seller") or typed.get("did", "").strip()
    if party_of(did) is not None:
        return card_of(did)
    if typed.get("seller"):
        return offering().get(did) or card_of(did)
    card = {"name": typed.get("seller_name", "").strip(), "did": did}
    if typed.get("economy"):
        card["economy"] = typed["economy"]
    return card


ORDER = Form(
    "order",
    "PO",
    gettext_noop("You order. The seller is told, and accepts or rejects. Until then you may ask to cancel."),
    order_entries,
    order_payload,
)
