"""Signing in and out: password, then a one-time code where the person wants one. No answer tells who has an account."""

import json
import logging
import secrets
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.base.digest import sha256
from entrepot.node.account import letter
from entrepot.node.account.acting import PARTY, memberships, note
from entrepot.node.account.lettercode import INVITATION, OPENED
from entrepot.node.account.lockout import failed, is_locked, succeeded
from entrepot.node.account.models import Person, Session
from entrepot.node.account.totp import matching_step, unwrapped
from entrepot.node.guard import address_of
from entrepot.node.notice.posting import remember_language
from entrepot.node.page.account.forms import code_entry, sign_in_entries
from entrepot.node.page.answer import form_page, onward
from entrepot.node.page.entrance import leave, safe, sign_in_page
from entrepot.node.page.entry import Entry, fill_in
from entrepot.node.page.kept import keep
from entrepot.node.page.language import language_of
from entrepot.node.running import office, station

log = logging.getLogger("entrepot.security")
PENDING = "pending"
CODE_LIVES = timedelta(minutes=10)
CODE_TRIES = 5


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The form; and whoever gives the right password goes on to where she wanted to go."""
    if request.method == "GET":
        return sign_in_page(request, aim=request.GET.get("next", "/sales"))
    email, address = request.POST.get("email", "").strip().lower(), address_of(request)
    person = None
    if not is_locked(email, address, office().clock()):
        person = authenticate(request, username=email, password=request.POST.get("password", ""))
    if not isinstance(person, Person):
        failed(email, address, office().clock())
        log.warning("sign-in refused: password")
        return _refused(request)
    succeeded(email, address)
    wish = {"next": safe(request.POST.get("next", "")), "kept": request.POST.get("kept", "")}
    wish[OPENED] = request.session.get(OPENED, "")
    if factor_of(person):
        _ask_for_code(request, person, wish)
        return onward(request, "/sign-in/code")
    return enter(request, person, "password", wish)


def _refused(request: HttpRequest) -> HttpResponseBase:
    entries = sign_in_entries()
    fill_in(entries, request.POST)
    words = gettext(
        "E-mail address and password do not fit together, or there were too many tries: then wait 15 minutes."
    )
    entries[1].problems.append(words)
    aim, kept = request.POST.get("next", ""), request.POST.get("kept", "")
    return sign_in_page(request, aim=aim, kept=kept, status=422, entries=entries)


def enter(request: HttpRequest, person: Person, way: str, wish: dict[str, str]) -> HttpResponseBase:
    """Begin a session under a new name, and go where the person wanted to; what was typed there is kept as a draft, and
    the letter that invites her stays open."""
    opened, place = request.session.pop(OPENED, "") or wish.get(OPENED, ""), safe(wish.get("next", ""))
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    request.session.cycle_key()  # also where the same person signs in once more
    for each in (PENDING, PARTY):
        request.session.pop(each, None)
    only = memberships(person)[:2]
    if len(only) == 1:
        request.session[PARTY] = only[0].party
    note(person, "signed-in", about=way)
    log.info("signed in: person %s by %s", person.pk, way)
    remember_language(person, language_of(request).code)
    if place == INVITATION:
        request.session[OPENED] = opened
    typed = _typed(wish.get("kept", ""))
    if typed:
        keep(person, place, typed)
    return onward(request, place)


def factor_of(person: Person) -> str:
    """What is asked for beside the password; at a node with a public address never nothing."""
    return person.second_factor or ("letter" if settings.CONFIG.is_public else "")


def _typed(text: str) -> dict[str, str]:
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        return {}
    return {str(name): str(each) for name, each in value.items()} if isinstance(value, dict) else {}


def _ask_for_code(request: HttpRequest, person: Person, wish: dict[str, str]) -> None:
    """Note in a new session who gave the right password; a letter goes out where the code comes by letter."""
    request.session.flush()
    now = office().clock()
    pending = {**wish, "person": person.pk, "until": (now + CODE_LIVES).isoformat(), "tries": 0, "digest": ""}
    if factor_of(person) == "letter":
        number = f"{secrets.randbelow(10**8):08d}"
        pending["digest"] = sha256(f"{settings.SECRET_KEY}{person.pk}{number}".encode())
        subject = gettext("Your code for Entrepot")
        body = gettext("%(code)s is your code. It is good for ten minutes, once.")
        letter.send(person.email, subject, body % {"code": number})
    request.session[PENDING] = pending


@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponseBase:
    """The second step: the one-time code. After some wrong ones the first step is asked for again."""
    pending = request.session.get(PENDING)
    now = office().clock()
    if pending is None or datetime.fromisoformat(pending["until"]) <= now:
        return onward(request, "/sign-in")
    person = Person.objects.get(pk=pending["person"])
    entry = code_entry()
    if request.method == "POST":
        if _is_right(person, pending, request.POST.get("code", "").replace(" ", ""), now):
            if not _is_first(request):
                return onward(request, safe(pending["next"]))
            return enter(request, person, f"password and {factor_of(person)}", pending)
        failed(person.email, address_of(request), now)
        log.warning("sign-in refused: code for person %s", person.pk)
        pending["tries"] += 1
        request.session[PENDING] = pending
        if pending["tries"] >= CODE_TRIES:
            request.session.flush()
            return onward(request, "/sign-in")
        entry.problems.append(gettext("This code is not right, or no longer. Wait for the next one."))
    return _code_page(request, person, entry)


def _is_first(request: HttpRequest) -> bool:
    """Whether nobody came in by this question before; of several that answer it at the same moment one does."""
    return Session.objects.filter(pk=request.session.session_key).delete()[0] == 1


def _code_page(request: HttpRequest, person: Person, entry: Entry) -> HttpResponseBase:
    from_app = gettext("Open the app that makes your codes, and type the one for this node.")
    by_letter = gettext("A letter with a code went to your e-mail address.")
    return form_page(
        request,
        [entry],
        title=gettext("One-time code"),
        lead=from_app if factor_of(person) == "totp" else by_letter,
        button=gettext("Sign in"),
    )


def _is_right(person: Person, pending: dict[str, Any], typed: str, now: datetime) -> bool:
    if factor_of(person) == "letter":
        digest = sha256(f"{settings.SECRET_KEY}{person.pk}{typed}".encode("utf-8", "surrogatepass"))
        return compare_digest(digest, pending["digest"])
    secret = unwrapped(person.totp, station().keys.wrapping, str(person.pk))
    step = matching_step(secret, typed, now, person.totp_used)
    if step is None:
        return False
    # Only one of two that send the same code at the same moment comes in.
    return Person.objects.filter(pk=person.pk, totp_used__lt=step).update(totp_used=step) == 1


@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    if request.method == "GET":
        return form_page(request, title=gettext("Sign out"), button=gettext("Sign out"))
    return leave(request, "/")
