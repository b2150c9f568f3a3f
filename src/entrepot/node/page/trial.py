"""Trying a role: one click makes a visitor one of the invented persons, on a node that was filled with them."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from entrepot.node.account.models import Person
from entrepot.node.community import community_of, is_near
from entrepot.node.page.account.sign_in import enter
from entrepot.node.page.answer import error_page
from entrepot.node.page.desk.listing import DESKS
from entrepot.node.page.language import gettext_noop

ROLES = {
    "grower": (gettext_noop("A grower in Malaysia"), gettext_noop("Sells durian; an order waits for an answer.")),
    "importer": (
        gettext_noop("An importer in China"),
        gettext_noop("Orders fruit, pays, and clears it at the border."),
    ),
    "workshop": (gettext_noop("A workshop in Viet Nam"), gettext_noop("Weaves baskets; an invoice waits to be paid.")),
    "chamber": (
        gettext_noop("A chamber of commerce"),
        gettext_noop("Certifies where goods come from; a seller asks for it."),
    ),
    "registrar": (gettext_noop("A registrar"), gettext_noop("Registers businesses; one asks for it.")),
    "overseer": (
        gettext_noop("A market overseer"),
        gettext_noop("Watches over offers; somebody complained of one."),
    ),
    "customs": (gettext_noop("A customs office"), gettext_noop("Clears goods; a declaration waits for a decision.")),
    "bank": (gettext_noop("A bank"), gettext_noop("Sends and settles money; an invoice waits to be paid.")),
    "statistics": (gettext_noop("A statistics office"), gettext_noop("Counts sales; one waits to be counted.")),
}
"""Role -> who that is, and what there is to see."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A role as the first page shows it. ``url``: the node where it lives, empty for this one."""

    role: str
    title: str
    what: str
    person: str
    business: str
    url: str


def trials() -> list[Trial]:
    """The roles that can be tried, in the reader's language; none on a node like any other."""
    found = community_of(settings.CONFIG)
    shown = []
    for each in found.members if found else ():
        title, what = ROLES.get(each.role, (each.role, ""))
        shown.append(
            Trial(each.role, gettext(title), gettext(what) if what else "", each.person, each.business, each.url)
        )
    return shown


@require_POST
def try_role(request: HttpRequest) -> HttpResponseBase:
    """Begin a session as an invented person. There is no such page on any other node, or from another machine."""
    found = community_of(settings.CONFIG) if is_near(request) else None
    member = found.here(request.POST.get("role", "")) if found else None
    person = Person.objects.filter(email=member.email, is_active=True).first() if member else None
    if member is None or person is None:
        return error_page(request, 404)
    return enter(request, person, "trial", {"next": f"/desks/{member.role}" if member.role in DESKS else "/sales"})
