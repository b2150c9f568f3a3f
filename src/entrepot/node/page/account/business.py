"""The businesses for which a person acts: choose one, register one of one's own."""

import re
import unicodedata
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.base.digest import sha256
from entrepot.base.finding import Severity
from entrepot.document.trade import BuyerType
from entrepot.economy import economy
from entrepot.economy.identifier import identifier_findings
from entrepot.economy.load import codes
from entrepot.node.access.bearer import token_with
from entrepot.node.access.models import Role, Token
from entrepot.node.account.acting import PARTY, Acting, me, memberships, name_of, note
from entrepot.node.account.models import Business, Membership, Person
from entrepot.node.api.edge import done_once
from entrepot.node.custody import require_name
from entrepot.node.hosting import host
from entrepot.node.page.answer import Page, error_page, form_page, onward, page
from entrepot.node.page.economy import names
from entrepot.node.page.entrance import aimed, signed_in
from entrepot.node.page.entry import Entry, examine, fill_in
from entrepot.node.page.kept import kept_draft, let_go, typed_in
from entrepot.node.page.language import language_of
from entrepot.node.page.once import KEY, form_key, new_key, patiently
from entrepot.node.page.sale.words import BUYER_TYPES
from entrepot.node.running import office

PLACE = "/businesses/new"
BUSINESSES_MAX = 10
"""Businesses that one person may register on a node."""


@require_http_methods(["GET", "POST"])
@signed_in
def businesses(request: HttpRequest) -> HttpResponseBase:
    """For whom the person acts; choosing one makes it the one for which all pages speak."""
    acting = me(request)
    held = list(memberships(acting.person))
    if request.method == "POST":
        chosen = next((each for each in held if each.party == request.POST.get("party")), None)
        if chosen is None:
            return error_page(request, 404)
        request.session[PARTY] = chosen.party
        return aimed(request)
    lines = [(each.party, name_of(each.party), Role(each.role)) for each in held]
    at_home = Business.objects.filter(party__in=[each.party for each in held], is_consumer=True)
    consumers = {each.party for each in at_home}
    return page(request, "account/businesses.html", lines=lines, consumers=consumers)


@require_http_methods(["GET", "POST"])
@signed_in
def new_business(request: HttpRequest) -> HttpResponseBase:
    """Register a business: first its economy, then what is asked there."""
    person = me(request).person
    typed = typed_in(request) or kept_draft(person, PLACE)
    code = (typed.get("economy") or request.GET.get("economy", "")).upper()
    if code not in codes():
        return _economy_page(request)
    is_consumer = (typed.get("kind") or request.GET.get("kind")) == BuyerType.CONSUMER
    entries = consumer_entries() if is_consumer else business_entries(code)
    acting = me(request)
    if request.method == "POST" and examine(entries, typed) and (is_consumer or _number_holds(entries, code)):
        if Membership.objects.filter(person=acting.person).count() >= BUSINESSES_MAX:
            return error_page(request, 403)
        key = form_key(acting, "business", typed)
        party = patiently(lambda: done_once(key, lambda: _made(acting, typed, key.key)))["party"]
        request.session[PARTY] = party
        let_go(person, PLACE)
        return aimed(request)
    fill_in(entries, typed)
    hidden = [("economy", code), (KEY, typed.get(KEY) or new_key())]
    return (_consumer_form if is_consumer else _business_form)(request, entries, hidden)


@require_http_methods(["GET", "POST"])
@signed_in
def claim_business(request: HttpRequest) -> HttpResponseBase:
    """Act for a business that is here already, as one of its owners: whoever holds an owner's token of it may.

    The operator's token lets a person look after the node.
    """
    entry = Entry(
        name="token",
        label=gettext("An owner's token of the business"),
        help=gettext("Whoever runs the node gives it, or an owner of the business."),
        kind="password",
    )
    if request.method == "POST" and examine([entry], request.POST.dict()):
        token = token_with(request.POST["token"].strip())
        if token is not None and token.role == Role.OWNER:
            person = me(request).person
            held = {"role": Role.OWNER, "since": office().clock()}
            made = Membership.objects.get_or_create(person=person, party=token.party, ended=None, defaults=held)
            if made[1]:
                note(person, "claimed-by-token", party=token.party, about=token.label)
            request.session[PARTY] = token.party
            return onward(request, "/sales")
        if token is not None and token.role == Role.OPERATOR:
            return _operate(request, token)
        entry.problems.append(gettext("This token is unknown, or not an owner's."))
    return form_page(
        request,
        [entry],
        title=gettext("Act for a business that is here already"),
        button=gettext("Act for it"),
    )


def _operate(request: HttpRequest, token: Token) -> HttpResponseBase:
    """From now on the person looks after the node."""
    person = me(request).person
    if Person.objects.filter(pk=person.pk, is_operator=False).update(is_operator=True):
        note(person, "became-operator", about=token.label)
    return onward(request, "/operator")


def _business_form(request: HttpRequest, entries: list[Entry], hidden: list[tuple[str, str]]) -> Page:
    return form_page(
        request,
        entries,
        title=gettext("Register a business"),
        lead=gettext("This node makes a key for the business and signs with it what you say in its name."),
        hidden=hidden,
        button=gettext("Register"),
    )


def _consumer_form(request: HttpRequest, entries: list[Entry], hidden: list[tuple[str, str]]) -> Page:
    return form_page(
        request,
        entries,
        title=gettext("Buy for yourself"),
        lead=gettext("Your name stands in your orders alone, not in your address here."),
        hidden=[*hidden, ("kind", str(BuyerType.CONSUMER))],
        button=gettext("Register"),
    )


def _economy_page(request: HttpRequest) -> Page:
    entries = [economy_entry(request), kind_entry()]
    if "economy" in request.GET:
        entries[0].problems.append(gettext("Choose one of the list."))
    is_consumer = request.GET.get("kind") == BuyerType.CONSUMER
    if is_consumer:
        entries[1].value = str(BuyerType.CONSUMER)
    return form_page(
        request,
        entries,
        title=gettext("Buy for yourself") if is_consumer else gettext("Register a business"),
        lead="" if is_consumer else gettext("In which economy is the business?"),
        method="get",
        button=gettext("Next"),
    )


def economy_entry(request: HttpRequest, name: str = "economy", value: str = "") -> Entry:
    """One of the economies, by name in the reader's language."""
    options = names(language_of(request))
    return Entry(name=name, label=gettext("Economy"), kind="select", options=options, value=value)


def kind_entry() -> Entry:
    """Whether a business is registered, or a person comes who buys for herself."""
    options = tuple((kind, gettext(words)) for kind, words in BUYER_TYPES.items())
    return Entry(name="kind", label=gettext("You come"), kind="select", options=options, value=options[0][0])


def consumer_entries() -> list[Entry]:
    """What a consumer says of herself, for her orders: no number, and no more than a parcel needs."""
    return [Entry(name="name", label=gettext("Your name"), autocomplete="name"), *_address_entries()]


def business_entries(code: str) -> list[Entry]:
    """What a business of that economy says of itself; its number may be left out."""
    schemes = tuple((each.scheme, each.name) for each in economy(code).identifiers)
    return [
        Entry(name="name", label=gettext("Name of the business"), autocomplete="organization"),
        Entry(name="scheme", label=gettext("Kind of business number"), kind="select", options=schemes, required=False),
        Entry(name="number", label=gettext("Business number"), required=False, most=70),
        *_address_entries(),
    ]


def _address_entries() -> list[Entry]:
    return [
        Entry(name="street", label=gettext("Street"), required=False, autocomplete="address-line1"),
        Entry(name="city", label=gettext("City"), required=False, autocomplete="address-level2"),
        Entry(name="postal_code", label=gettext("Postal code"), required=False, most=35, autocomplete="postal-code"),
    ]


def _number_holds(entries: list[Entry], code: str) -> bool:
    """Whether the number is one of its scheme, as far as the scheme can be checked."""
    scheme, number = entries[1], entries[2]
    if number.value and not scheme.value:
        scheme.problems.append(gettext("Say of which kind the number is."))
    found = identifier_findings(code, scheme.value, number.value) if number.value and scheme.value else ()
    if any(each.severity is Severity.BLOCKING for each in found):
        number.problems.append(gettext("This is no number of that kind. Check it against your papers."))
    return not (scheme.is_wrong or number.is_wrong)


def _made(acting: Acting, typed: dict[str, str], key: str) -> dict[str, Any]:
    """The party, its card and its first owner; harmless when repeated, as the short name comes from the key."""
    is_consumer = typed.get("kind") == BuyerType.CONSUMER
    # A DID is public and stays: a consumer's tells nothing of her.
    party = host(require_name(_short_name("buyer" if is_consumer else typed["name"], key)))
    card: dict[str, Any] = {
        name: typed.get(name, "").strip() for name in ("name", "scheme", "number", "street", "city", "postal_code")
    }
    card["scheme"] = card["scheme"] if card["number"] else ""
    card |= {"economy": typed["economy"].upper(), "is_consumer": is_consumer}
    Business.objects.get_or_create(party=party, defaults=card)
    held = {"role": Role.OWNER, "since": office().clock()}
    _, is_new = Membership.objects.get_or_create(person=acting.person, party=party, ended=None, defaults=held)
    if is_new:
        note(acting.person, "business-registered", party=party)
    return {"party": party}


def _short_name(name: str, key: str) -> str:
    """A short name for addresses: the Latin letters of the name, and digits that come from the key of the form."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:24].strip("-")
    return f"{words or 'firm'}-{sha256(f'{settings.SECRET_KEY}{key}'.encode())[:8]}"
