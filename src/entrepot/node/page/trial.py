"""Trying a role: one click makes a visitor one of the invented persons, on a node that was filled with them.

The click may be on the page of the neighbour node: a form that is sent across is refused, so it is a link, which is
believed where the browser says that it comes from that page (Referer, RFC 9110, 10.1.3). Whoever else leads there, to
sign somebody in unasked, leads to the first page, with that role before the others.
"""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from entrepot.node.account.models import Person
from entrepot.node.community import Community, Member, community_of, is_near
from entrepot.node.config import LOOPBACK
from entrepot.node.page.account.sign_in import enter
from entrepot.node.page.answer import error_page, onward
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


def trials(first: str) -> list[Trial]:
    """The roles that can be tried, in the reader's language, the one that is called ``first`` before the others; none
    on a node like any other."""
    found = community_of(settings.CONFIG)
    shown = []
    for each in found.members if found else ():
        title, what = ROLES.get(each.role, (each.role, ""))
        shown.append(
            Trial(each.role, gettext(title), gettext(what) if what else "", each.person, each.business, each.url)
        )
    return sorted(shown, key=lambda each: each.role != first)


@require_POST
def try_role(request: HttpRequest) -> HttpResponseBase:
    """Begin a session as an invented person. There is no such page on any other node, or from another machine."""
    found = community_of(settings.CONFIG) if is_near(request) else None
    return _begun(request, found.here(request.POST.get("role", "")) if found else None)


@require_GET
def try_role_across(request: HttpRequest, role: str) -> HttpResponseBase:
    """The same, for whoever comes from the neighbour's page; others are led to the first page."""
    found = community_of(settings.CONFIG) if is_near(request) else None
    member = found.here(role) if found else None
    if found and member and not _is_from_neighbour(request, found):
        return onward(request, f"/?{urlencode({'try': role})}")
    return _begun(request, member)


def _begun(request: HttpRequest, member: Member | None) -> HttpResponseBase:
    person = Person.objects.filter(email=member.email, is_active=True).first() if member else None
    if member is None or person is None:
        return error_page(request, 404)
    return enter(request, person, "trial", {"next": f"/desks/{member.role}" if member.role in DESKS else "/sales"})


def _is_from_neighbour(request: HttpRequest, community: Community) -> bool:
    """Whether the browser says that a page of the other node of the community leads here."""
    try:
        came = _origin(request.headers.get("Referer", ""))
    except ValueError:
        return False
    return came in {_origin(each.url) for each in community.members if each.url}


def _origin(url: str) -> tuple[str, str, str]:
    """Scheme, host and port of an address; this machine has several names."""
    parts = urlsplit(url)
    host, _, port = parts.netloc.rpartition(":")
    return parts.scheme, LOOPBACK[0] if host.strip("[]") in LOOPBACK else host, port
