"""How a page leaves the node: template, headers, and errors that a person can read."""

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.context_processors import csrf
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from entrepot.base.digest import sha256
from entrepot.node.community import community_of
from entrepot.node.page.catalogue import provenance
from entrepot.node.page.entry import Entry, is_worth_keeping
from entrepot.node.page.language import LANGUAGES, gettext_noop, language_of
from entrepot.node.page.sheet import address

if TYPE_CHECKING:
    from entrepot.node.account.acting import Acting

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; script-src {}; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content security policy (CSP level 3): everything from this node alone, nothing inline; a script only where its
element carries the nonce of this one answer."""
KEEPER = "keep.js"
"""The script that keeps what is typed until it was answered: with every form worth it, and on all pages of whoever is
signed in, so that it sees what is done."""
CLOCK = "clock.js"
"""The script that shows times by the reader's own clock, beside UTC."""
ERRORS = {
    400: (gettext_noop("This request is not well formed"), gettext_noop("Check the address, and try again.")),
    403: (gettext_noop("This is not open to you"), gettext_noop("Sign in with an account that may see it.")),
    404: (gettext_noop("There is no such page"), gettext_noop("Check the address, or start from the first page.")),
    409: (
        gettext_noop("This was done already, or something came in between"),
        gettext_noop("Open the sale or the list again, and see how it stands now."),
    ),
    405: (gettext_noop("This page cannot be used that way"), gettext_noop("Go back, and use the form on the page.")),
    413: (gettext_noop("That is too large"), gettext_noop("Send a file of at most 5 MB.")),
    429: (gettext_noop("Too many requests"), gettext_noop("Wait a minute, then try again.")),
    500: (
        gettext_noop("The node failed"),
        gettext_noop("Try again, and tell the operator of this node if it lasts."),
    ),
    503: (gettext_noop("The node cannot do that now"), gettext_noop("Try again in a moment.")),
    507: (
        gettext_noop("The node has no room for anything new"),
        gettext_noop("Reading and checking go on. Try again later, and tell the operator of this node."),
    ),
}
"""Status -> what happened, and what the reader can do."""


class Page(HttpResponse):
    """An answer that was made for people; nothing makes it anew where its status tells of an error."""


def form_page(request: HttpRequest, entries: Sequence[Entry] = (), *, status: int = 200, **values: Any) -> Page:
    """The page with one form: ``title``, ``lead``, ``entries``, ``button``; 422 where something stands against one."""
    wrong = any(each.is_wrong for each in entries)
    return page(request, "form.html", status=422 if wrong else status, entries=entries, **values)


def page(request: HttpRequest, template: str, *, status: int = 200, **values: Any) -> Page:
    """The page that ``template`` makes of ``values`` for this reader; ``script`` among them: those that add to it."""
    from entrepot.flow.agency import desks_of
    from entrepot.node.account.acting import acting_of  # tables of words are read without accounts, too
    from entrepot.node.notice.unread import unread
    from entrepot.node.running import office

    acting = acting_of(request) if getattr(request, "resolver_match", None) else None
    language, keeps = language_of(request), is_worth_keeping(values.get("entries", ()))
    is_timed = acting or "at" in values
    wanted = (KEEPER if acting or keeps else "", CLOCK if is_timed else "", *values.pop("script", "").split())
    scripts = list(dict.fromkeys(each for each in wanted if each))
    shared = {
        **csrf(request),
        "acting": acting,
        "has_desk": bool(acting and acting.party and desks_of(office(), acting.party)),
        "unread": unread(acting) if acting else 0,
        "language": language,
        "languages": LANGUAGES,
        "provenance": provenance(language),
        "root": root_of(request),
        "here": request.path_info,
        "is_repeated": "again" in request.GET,
        "community": community_of(settings.CONFIG),
        "sheet": address(),
        "scripts": [address(each) for each in scripts],
        "nonce": secrets.token_urlsafe(16) if scripts else "",
        "reader": _reader(acting),
        "keeps": keeps,
    }
    values["has_faults"] = any(each.is_wrong for each in values.get("entries", ()))
    answer = Page(render_to_string(template, shared | values), status=status)
    answer["Content-Security-Policy"] = POLICY.format(f"'nonce-{shared['nonce']}'" if scripts else "'none'")
    return answer


def _reader(acting: "Acting | None") -> str:
    """Person and party for which a browser keeps what is typed; empty for a guest."""
    return f"{acting.person.pk}.{sha256(acting.party.encode())[:8]}" if acting else ""


def root_of(request: HttpRequest) -> str:
    """What addresses begin with where the reader's language stands in them."""
    named = getattr(request, "named_language", None)
    return f"/{named.code}" if named else ""


class Onward(HttpResponseRedirect):
    """What was sent is done; the browser fetches the next page (303, RFC 9110, 15.4.4)."""

    status_code = 303


def onward(request: HttpRequest, path: str) -> Onward:
    """On to a page of this node, in the same language."""
    return Onward(root_of(request) + path)


def wants_page(request: HttpRequest) -> bool:
    """Whether whoever asks reads pages rather than JSON."""
    return "text/html" in request.headers.get("Accept", "") and not request.path.startswith(("/api/", "/peer/"))


def error_page(request: HttpRequest, status: int) -> Page:
    """What went wrong and what helps, in the reader's language."""
    what, remedy = ERRORS.get(status, ERRORS[400 if status < 500 else 500])
    with override(language_of(request).code):
        return page(request, "error.html", status=status, what=gettext(what), remedy=gettext(remedy), code=status)
