"""Order from an offer: the order form, with what the seller offers in it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.base.amount import EXACT, exact_product, exact_sum, format_decimal, parse_decimal
from entrepot.base.money import Money, Rounding, exponent, round_to
from entrepot.base.quantity import Quantity
from entrepot.base.shape import dump
from entrepot.document.offer.model import Offer
from entrepot.document.trade import BuyerType, Line, Subject
from entrepot.flow.offersearch import Standing, read_offer
from entrepot.flow.peer import hosts_of
from entrepot.node.account.acting import WRITERS
from entrepot.node.page.answer import error_page, form_page
from entrepot.node.page.desk.word import price_words, quantity_words
from entrepot.node.page.entrance import acting_for
from entrepot.node.page.entry import Entry
from entrepot.node.page.once import SAYS, said_before
from entrepot.node.page.sale.appointing import BUYERS, agency_entries, appointed, consumer_entries
from entrepot.node.page.sale.buying import buying, is_consumer, own_card, own_entries
from entrepot.node.page.sale.context import Context
from entrepot.node.page.sale.forms import Form
from entrepot.node.page.sale.order import ORDER, wish_entries
from entrepot.node.page.sale.step import work
from entrepot.node.page.sale.words import BUYER_TYPES
from entrepot.node.running import office


@require_http_methods(["GET", "POST"])
@acting_for(WRITERS)
def order_from(request: HttpRequest, offer: str) -> HttpResponseBase:
    """Order what is offered, as a business or as a consumer; only while the offer is open, and not from oneself."""
    acting = buying(request)
    found = read_offer(office(), offer, acting.readers)
    if found is None:
        return error_page(request, 404)
    said, standing = found
    is_sent = request.POST.get("act") in SAYS or said_before(request, acting, ORDER.kind)
    if said.seller.did == acting.party or (standing not in (Standing.OPEN, Standing.PRIVATE) and not is_sent):
        return error_page(request, 409)
    if _is_far(acting.party, said.seller.did):
        return _led_to_seller(request, str(said.seller.did))
    form = Form(
        ORDER.kind,
        ORDER.prefix,
        ORDER.explains,
        lambda context: [
            *_entries(said, acting.party),
            *_agencies(context, said),
        ],
        lambda context, typed: _payload(context, typed, said=said, record=offer),
        follows=(offer,),
    )
    context = Context(acting=acting, today=office().clock().date())
    return work(request, form, context, own_entries(request, acting))


def _agencies(context: Context, offer: Offer) -> list[Entry]:
    """Which agencies take part: a business says, a consumer is told."""
    if not is_consumer(context.acting.party):
        return agency_entries(context, BUYERS)
    return consumer_entries(context, seller_economy=offer.seller.economy, is_goods=offer.subject is Subject.GOODS)


def _is_far(buyer: str, seller: str | None) -> bool:
    """Whether neither lives here: this node takes from a guest what somebody who lives here reads."""
    return office().custody.hosted().isdisjoint({buyer, seller or ""})


def _led_to_seller(request: HttpRequest, seller: str) -> HttpResponseBase:
    peers = [each.url for each in hosts_of(office(), {seller})]
    lead = gettext("The seller lives on another node. Sign in there with your identity, and order there: %(node)s")
    return form_page(
        request, status=409, title=gettext("Order"), lead=lead % {"node": peers[0] if peers else "?"}, method="none"
    )


def _entries(offer: Offer, buyer: str) -> list[Entry]:
    """Each line of the offer with how much of it is ordered, and what else the buyer says."""
    is_own = is_consumer(buyer)
    kinds = [each for each in BUYER_TYPES if each == BuyerType.CONSUMER or not is_own]
    types = tuple((each, gettext(BUYER_TYPES[each])) for each in kinds)
    amounts = [_quantity(index, line, offer, all_of_it=not is_own) for index, line in enumerate(offer.lines)]
    return [
        *amounts,
        Entry(
            name="buyer_type",
            label=gettext("You order"),
            kind="select",
            options=types,
            value=types[0][0],
            path="$.buyerType",
        ),
        *wish_entries(),
    ]


def _quantity(index: int, line: Line, offer: Offer, *, all_of_it: bool) -> Entry:
    price = price_words(line.price.amount, offer.currency)
    per = quantity_words(line.price.per or Quantity(Decimal(1), line.quantity.unit))
    return Entry(
        name=f"quantity_{index}",
        label=gettext("How much of: %(name)s") % {"name": line.name},
        help=gettext("Price: %(price)s for %(per)s. Offered: %(quantity)s.")
        % {"price": price, "per": per, "quantity": quantity_words(line.quantity)},
        kind="number",
        value=format_decimal(line.quantity.value) if all_of_it else "",
        most=30,
        path=f"$.lines[{index}].quantity",
    )


def _payload(context: Context, typed: Mapping[str, str], *, said: Offer, record: str) -> dict[str, Any]:
    lines = [_line(line, typed[f"quantity_{index}"].strip(), said.currency) for index, line in enumerate(said.lines)]
    amounts = [each["amount"] for each in lines]
    total = _sum(amounts)
    made = context.head(typed["number"]) | {
        **appointed(typed, BUYERS),
        "buyer": own_card(context.acting, typed),
        "seller": dump(said.seller),
        "buyerType": typed["buyer_type"],
        "subject": str(said.subject),
        "orderedBy": "web",
        "channel": str(said.channel),
        "currency": said.currency,
        "lines": lines,
        "totals": {"lines": total, "withoutTax": total, "payable": {"amount": total, "currency": said.currency}},
        "rounding": str(Rounding.HALF_EVEN),
        "offer": {"number": said.number, "record": record},
    }
    made |= {"deliveryTerms": dump(said.delivery_terms)} if said.delivery_terms else {}
    made |= {"requestedDelivery": {"end": typed["until"]}} if typed.get("until") else {}
    note = typed.get("note", "").strip()
    return made | ({"note": note} if note else {})


def _line(line: Line, quantity: str, currency: str) -> dict[str, Any]:
    """The line as it is ordered: the offer's, with the buyer's quantity."""
    made: dict[str, Any] = dump(line) | {"quantity": {"value": quantity, "unit": line.quantity.unit}}
    for name in ("adjustments", "tax"):  # of the whole quantity: the seller bills what applies
        made.pop(name, None)
    return made | {"amount": format_decimal(_amount(line, quantity, currency))}


def _amount(line: Line, quantity: str, currency: str) -> Decimal:
    """Quantity times price in the digits of the currency; 0 where the quantity is no number: the checks say so."""
    per = line.price.per.value if line.price.per else Decimal(1)
    try:
        exact = EXACT.divide(exact_product(parse_decimal(quantity), line.price.amount), per)
        return Money.of(round_to(exact, exponent(currency), Rounding.HALF_EVEN), currency).amount
    except (ValueError, ArithmeticError):
        return Money.of(Decimal(0), currency).amount


def _sum(amounts: Iterable[str]) -> str:
    return format_decimal(exact_sum(parse_decimal(each) for each in amounts))
