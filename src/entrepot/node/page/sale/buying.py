"""As which of one's own businesses one buys, others' are not offered here; how a business of elsewhere calls itself."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from entrepot.node.access.models import Role
from entrepot.node.account.acting import PARTY, WRITERS, Acting, me, memberships, name_of
from entrepot.node.account.models import Business
from entrepot.node.page.account.business import economy_entry
from entrepot.node.page.entry import Entry
from entrepot.node.page.kept import kept_draft, typed_in
from entrepot.node.page.once import SAYS
from entrepot.node.page.sale.context import card_of, party_of


def buying(request: HttpRequest) -> Acting:
    """Who buys: the business that was chosen in the form, where the person may write for it; else the present one.

    It becomes the present one when the order is signed, so that the person sees the sale then.
    """
    acting = me(request)
    typed = typed_in(request) or kept_draft(acting.person, request.path_info)
    chosen = typed.get("buyer", "")
    held = memberships(acting.person).filter(party=chosen, role__in=WRITERS).first() if chosen else None
    if held is None or chosen == acting.party:
        return acting
    if request.method == "POST" and request.POST.get("act") in SAYS:
        request.session[PARTY] = chosen
    return Acting(acting.person, chosen, Role(held.role), name_of(chosen))


def buyer_entries(acting: Acting) -> list[Entry]:
    """The person's own businesses, where there are several."""
    held = memberships(acting.person).filter(role__in=WRITERS)
    options = tuple((each.party, name_of(each.party)) for each in held)
    if len(options) < 2:
        return []
    label = gettext("You buy as")
    return [Entry(name="buyer", label=label, kind="select", options=options, value=acting.party, path="$.buyer")]


def own_entries(request: HttpRequest, acting: Acting) -> list[Entry]:
    """The person's own businesses, where there are several; how the business calls itself, where nothing is known of
    it here."""
    if party_of(acting.party) is not None:
        return buyer_entries(acting)
    name = Entry(
        name="own_name", label=gettext("Name of the business"), path="$.buyer.name", autocomplete="organization"
    )
    economy = economy_entry(request, name="own_economy")
    economy.path = "$.buyer.economy"
    return [*buyer_entries(acting), name, economy]


def is_consumer(party: str) -> bool:
    """Whether it is a person who buys for herself."""
    return Business.objects.filter(party=party, is_consumer=True).exists()


def own_card(acting: Acting, typed: Mapping[str, str]) -> dict[str, Any]:
    """The business as its orders name it: as it is known here, else as it calls itself."""
    said = {"name": typed.get("own_name", "").strip(), "economy": typed.get("own_economy", "")}
    return card_of(acting.party) | {name: each for name, each in said.items() if each}
