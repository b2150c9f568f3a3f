"""The page that every letter names: whoever gives its code goes on to what the letter opens.

The code stands behind the ``#`` of the letter's link, where a small script takes it from; and beside it, to be typed.
"""

import logging

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.node.account.acting import acting_of
from entrepot.node.account.lettercode import OPENED, digest_in, place_of
from entrepot.node.community import link_for
from entrepot.node.page.answer import Onward, onward, page, root_of
from entrepot.node.page.entry import Entry, examine, status_of
from entrepot.node.page.language import gettext_noop
from entrepot.node.running import office

log = logging.getLogger("entrepot.security")
SENT_TO = "sent to"
"""Member of the session, on a node to try alone: the address whose letter is shown."""
WRONG = gettext_noop(
    "This code is not right, was used, or is too old. Compare it with the newest letter, or ask for a new one."
)


@require_http_methods(["GET", "POST"])
def open_letter(request: HttpRequest) -> HttpResponseBase:
    """The field for the code. What a right one opens is remembered in the session, and done on a page of its own."""
    entry, is_sent, link = _code_entry(), "sent" in request.GET, ""
    if request.method == "POST" and examine([entry], request.POST.dict()):
        place = _opened(request, digest_in(entry.value))
        if place:
            return onward(request, place)
        log.warning("letter refused: code")
        entry.problems.append(gettext(WRONG))
    elif request.method == "GET":
        link = link_for(request, settings.CONFIG, request.session.get(SENT_TO, "")) if is_sent else ""
        entry.value = link.partition("#")[2] or request.POST.get("code", "")  # of a page that grew old
        if OPENED in request.session and not place_of(request.session[OPENED], office().clock()):
            del request.session[OPENED]
            entry.problems.append(gettext(WRONG))
    is_filled = "#" in link
    values = {"entries": [entry], "is_sent": is_sent, "is_filled": is_filled, "link": "" if is_filled else link}
    values["is_trial"] = not settings.CONFIG.is_public and not is_filled  # a public node's operator carries letters on
    return page(request, "account/letter.html", status=status_of([entry]), script="letter.js", **values)


def _opened(request: HttpRequest, digest: str) -> str:
    """Where what the code opens is done; then the session remembers it, under a new name where nobody is signed in."""
    place = place_of(digest, office().clock())
    if place:
        if acting_of(request) is None:
            request.session.cycle_key()
        request.session[OPENED] = digest
    return place


def sent(request: HttpRequest, to: str = "") -> Onward:
    """On to the page for whoever asked for a letter; on a node to try it knows ``to`` whom, and shows what came."""
    request.session.pop(OPENED, None)
    if to and link_for(request, settings.CONFIG, to):
        request.session[SENT_TO] = to
    return onward(request, "/letter?sent=1")


def letter_text(request: HttpRequest, body: str, code: str, **named: str) -> str:
    """The text of a letter: ``body`` with the link that carries ``code``, then page and code for whoever types it."""
    where = f"{settings.CONFIG.url}{root_of(request)}/letter"
    typed = gettext("Or open %(page)s and type this code there: %(code)s") % {"page": where, "code": code}
    return f"{body % {**named, 'link': f'{where}#{code}'}}\n\n{typed}"


def _code_entry() -> Entry:
    words = gettext("It stands in the letter. Spaces, hyphens and capitals do not matter.")
    return Entry(name="code", label=gettext("Code of the letter"), help=words, most=100)
