"""The offers that anybody finds here, and those of one's own business."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from entrepot.base.amount import parse_decimal
from entrepot.base.quantity import Quantity
from entrepot.document.offer.model import Picture
from entrepot.economy.load import codes
from entrepot.flow.offersearch import Wanted, search
from entrepot.node.account.acting import READERS, me
from entrepot.node.account.models import Draft
from entrepot.node.page.account.business import economy_entry
from entrepot.node.page.answer import page
from entrepot.node.page.economy import name_of
from entrepot.node.page.entrance import acting_for
from entrepot.node.page.entry import Entry, fill_in
from entrepot.node.page.language import Language, language_of
from entrepot.node.page.offer.photograph import Plate, plate
from entrepot.node.page.offer.tongue import TAGS, speaks_entry
from entrepot.node.page.sale.order import currencies
from entrepot.node.running import office

PAGE = 20
OFFSET_MAX = 100_000
TEXT_MAX = 200


@dataclass(frozen=True, slots=True)
class Card:
    """One offer in a list."""

    id: str
    name: str
    seller: str
    economy: str
    quantity: Quantity
    price: Decimal
    currency: str
    per: Quantity | None
    until: date
    hs: str
    more: int
    plate: Plate | None


@require_safe
def offers(request: HttpRequest) -> HttpResponseBase:
    """Offers that answer a question; all of them, the newest first, where none is asked."""
    typed = {name: text[:TEXT_MAX] for name, text in request.GET.items() if isinstance(text, str)}
    entries = search_entries(request)
    fill_in(entries, typed)
    question = question_of(typed, entries)
    offset = int(typed.get("from", "")) if _is_count(typed.get("from", "")) else 0
    wrong = any(each.is_wrong for each in entries)
    found = None if wrong else search(office(), question, offset=offset, limit=PAGE)
    language = language_of(request)
    more = {name: text for name, text in typed.items() if text and name != "from"} | {"from": str(offset + PAGE)}
    return page(
        request,
        "offer/list.html",
        status=422 if wrong else 200,
        entries=entries,
        is_narrow=any(each.value for each in entries[1:]),
        asked=typed.get("q", "").strip(),
        is_asked=any(each.value.strip() for each in entries),
        count=found.count if found else 0,
        cards=[card_of(each, language) for each in found.rows] if found else [],
        next=urlencode(more) if found and offset + PAGE < found.count else "",
    )


@require_safe
@acting_for(READERS)
def own_offers(request: HttpRequest) -> HttpResponseBase:
    """The open offers of the party, and the person's drafts."""
    acting = me(request)
    found = search(office(), Wanted(seller=acting.party), limit=200)
    drafts = Draft.objects.filter(person=acting.person, place__startswith="/offers/").order_by("-updated")
    cards = [card_of(each, language_of(request)) for each in found.rows]
    return page(request, "offer/own.html", cards=cards, drafts=drafts, count=found.count)


def search_entries(request: HttpRequest) -> list[Entry]:
    """What may be asked."""
    economy = economy_entry(request)
    economy.required, economy.label = False, gettext("Economy of the seller")
    return [
        Entry(name="q", label=gettext("What you look for"), kind="search", required=False),
        economy,
        Entry(
            name="hs",
            label=gettext("HS code"),
            help=gettext("The first digits are enough."),
            required=False,
            most=12,
        ),
        Entry(name="currency", label=gettext("Currency"), kind="select", options=currencies(), required=False),
        Entry(
            name="most",
            label=gettext("Price of one unit at most"),
            help=gettext("In the currency above."),
            kind="number",
            required=False,
            most=30,
        ),
        speaks_entry(language_of(request)),
    ]


def question_of(typed: dict[str, str], entries: list[Entry]) -> Wanted:
    """The question that was typed; what cannot be asked is noted at its field."""
    fields = {each.name: each for each in entries}
    hs = "".join(typed.get("hs", "").replace(".", "").split())
    if hs and not (hs.isascii() and hs.isdigit()):
        fields["hs"].problems.append(gettext("Digits only."))
        hs = ""
    economy = typed.get("economy", "").upper()
    if economy and economy not in codes():
        fields["economy"].problems.append(gettext("Choose one of the list."))
        economy = ""
    currency = typed.get("currency", "")
    if currency and (currency, currency) not in currencies():
        fields["currency"].problems.append(gettext("Choose one of the list."))
        currency = ""
    speaks = typed.get("speaks", "")
    if speaks and speaks not in TAGS:
        fields["speaks"].problems.append(gettext("Choose one of the list."))
        speaks = ""
    most = _price(typed.get("most", "").strip(), currency, fields["most"])
    return Wanted(text=typed.get("q", ""), hs=hs, economy=economy, currency=currency, price_max=most, speaks=speaks)


def _price(text: str, currency: str, entry: Entry) -> Decimal | None:
    if not text:
        return None
    if not currency:
        entry.problems.append(gettext("Choose a currency: prices compare in one currency only."))
    try:
        return parse_decimal(text)
    except ValueError:
        entry.problems.append(gettext("This is not a number."))
        return None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 7 and int(text) <= OFFSET_MAX


def card_of(row: dict[str, Any], language: Language) -> Card:
    """A row of the index, in words."""
    from entrepot.economy import economy

    code = row["economy"] or ""
    return Card(
        id=row["id"],
        name=row["name"],
        seller=row["sellerName"],
        economy=name_of(economy(code), language) if code in codes() else code,
        quantity=quantity_of(row["quantity"]),
        price=parse_decimal(row["price"]),
        currency=row["currency"],
        per=quantity_of(row["per"]) if row["per"] else None,
        until=date.fromisoformat(row["validUntil"]),
        hs=row["hs"] or "",
        more=row["lines"] - 1,
        plate=plate(row["id"], parse_picture(row["picture"]), side=320) if row["picture"] else None,
    )


def parse_picture(row: dict[str, Any]) -> Picture:
    """A picture as a row holds it."""
    named = {"media_type": row["mediaType"], **{name: row[name] for name in ("digest", "width", "height", "alt")}}
    return Picture(**named)


def quantity_of(row: dict[str, str]) -> Quantity:
    """A quantity as a row holds it."""
    return Quantity(parse_decimal(row["value"]), row["unit"])
