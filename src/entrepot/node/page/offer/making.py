"""The forms of a seller: offer something to everybody, and take an offer back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.economy import economy
from entrepot.economy.load import codes
from entrepot.flow.offersearch import Standing, read_offer
from entrepot.flow.typed import common_members, offer_of
from entrepot.node.account.acting import WRITERS, me
from entrepot.node.page.account.business import economy_entry
from entrepot.node.page.answer import error_page
from entrepot.node.page.entrance import acting_for
from entrepot.node.page.entry import Entry
from entrepot.node.page.kept import kept_draft, typed_in
from entrepot.node.page.language import language_of
from entrepot.node.page.offer.picturing import picture_entries, pictures_of, take
from entrepot.node.page.offer.tongue import language_entries
from entrepot.node.page.once import SAYS, said_before
from entrepot.node.page.sale.context import Context, card_of, party_of
from entrepot.node.page.sale.forms import Form, note_entry, reason_entry
from entrepot.node.page.sale.order import (
    delivery_entries,
    price_entries,
    thing_entries,
)
from entrepot.node.page.sale.step import work
from entrepot.node.running import office
from entrepot.sale.withdrawal import WITHDRAWAL

DAYS = 90
"""For how long an offer is proposed to stand."""


@require_http_methods(["GET", "POST"])
@acting_for(WRITERS)
def new_offer(request: HttpRequest) -> HttpResponseBase:
    """Offer something to everybody."""
    context = Context(acting=me(request), today=office().clock().date())
    origin = economy_entry(request, "origin")
    origin.required, origin.label, origin.path = False, gettext("Origin of the goods"), "$.lines[0].origin"
    origin.help = gettext("The economy where they were grown or made.")
    wrong = take(request)
    pictures = picture_entries(typed_in(request) or kept_draft(context.acting.person, request.path_info), wrong)
    spoken = language_entries(language_of(request))
    what, description = _thing()
    subject, quantity, unit, code = thing_entries(gettext("How much you have"))
    price, currency = price_entries(_currency(context))
    needed = [what, subject, quantity, unit, price, currency, _end(context), *pictures]
    more = [description, code, origin, *delivery_entries(), *spoken, note_entry()]
    more[0].heading = gettext("More about it")
    entries = [*needed, *more]
    form = Form(
        "offer",
        "OF",
        gettext("You offer this to everybody. It is shown here and on the nodes that this one exchanges records with."),
        lambda _: entries,
        _offer_payload,
        home="/offers",
        takes_files=True,
    )
    return work(request, form, context, [])


@require_http_methods(["GET", "POST"])
@acting_for(WRITERS)
def withdraw(request: HttpRequest, offer: str) -> HttpResponseBase:
    """Take an offer of the party back; of another's there is no such page."""
    acting, here = me(request), office()
    found, record = read_offer(here, offer, acting.readers), here.journal.record(offer)
    if found is None or record is None or record.content.issuer != acting.party:
        return error_page(request, 404)
    is_sent = request.POST.get("act") in SAYS or said_before(request, acting, WITHDRAWAL)
    if found[1] is Standing.WITHDRAWN and not is_sent:
        return error_page(request, 409)
    reference = {"record": offer, "number": found[0].number}
    form = Form(
        WITHDRAWAL,
        "OW",
        gettext("Nobody can find this offer any more. Orders that were made from it stay as they are."),
        lambda _: [reason_entry()],
        lambda context, typed: _withdrawal(context, typed, reference),
        home="/offers",
        follows=(offer,),
    )
    return work(request, form, Context(acting=acting, today=here.clock().date()), [])


def _withdrawal(context: Context, typed: Mapping[str, str], reference: dict[str, str]) -> dict[str, Any]:
    reason = typed.get("reason", "").strip()
    return context.head(typed["number"]) | {"offer": reference} | ({"reason": reason} if reason else {})


def _thing() -> list[Entry]:
    return [
        Entry(
            name="what",
            label=gettext("What you offer"),
            help=gettext("Its name, as buyers look for it. You may write it in several languages."),
            path="$.lines[0].name",
        ),
        Entry(
            name="description",
            label=gettext("Description"),
            help=gettext("Variety, quality, size, packing. You may write in several languages."),
            kind="textarea",
            required=False,
            most=2000,
            path="$.lines[0].description",
        ),
    ]


def _end(context: Context) -> Entry:
    return Entry(
        name="end",
        label=gettext("Last day of the offer"),
        help=gettext("After this day it is no longer found."),
        kind="date",
        value=(context.today + timedelta(days=DAYS)).isoformat(),
        path="$.validUntil",
    )


def _currency(context: Context) -> str:
    """The currency of the seller's economy; empty where it is not known, or has several."""
    own = party_of(context.acting.party)
    rows = economy(own.economy).currency if own and own.economy in codes() else ()
    return rows[0].code if len(rows) == 1 else ""


def _offer_payload(context: Context, typed: Mapping[str, str]) -> dict[str, Any]:
    head = common_members(typed["number"], context.today, typed)
    members = {"pictures": pictures_of(typed), "languages": typed.get("language", "").split()}
    members |= {"serviceLanguages": typed.get("speaks", "").split()}
    given = {name: each for name, each in members.items() if each}
    return offer_of(head, typed, card_of(context.acting.party)) | given
