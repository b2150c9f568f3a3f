"""One's own account: the password, how codes come, and ending all sessions."""

import secrets

import segno
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entrepot.node.account.acting import me
from entrepot.node.account.identity import has_identity
from entrepot.node.account.models import Person, Session
from entrepot.node.account.sessions import mark_of, sessions_of
from entrepot.node.account.totp import SECRET_BYTES, address, matching_step, wrapped
from entrepot.node.page.account.changed import changed
from entrepot.node.page.account.forms import code_entry, judge_password, new_password_entry, password_entry
from entrepot.node.page.account.sign_in import factor_of
from entrepot.node.page.answer import error_page, form_page, onward, page
from entrepot.node.page.entrance import freshly, leave, signed_in
from entrepot.node.page.entry import examine
from entrepot.node.running import office, station

SECRET = "totp"  # noqa: S105 - the name of a member of the session


@require_safe
@signed_in
def account(request: HttpRequest) -> HttpResponseBase:
    """What is known of the person, and what she can change."""
    person = me(request).person
    return _account_page(request, person)


@require_http_methods(["GET", "POST"])
@signed_in
def change_password(request: HttpRequest) -> HttpResponseBase:
    """A new password for whoever knows the old one; all other sessions end."""
    person = me(request).person
    old, new = password_entry(), new_password_entry()
    old.name, old.label = "old", gettext("Password until now")
    entries = [old, new]
    if request.method == "POST" and examine(entries, request.POST.dict()):
        if not person.check_password(request.POST["old"]):
            old.problems.append(gettext("This is not your password."))
        elif judge_password(new, request.POST["password"], person):
            if person.replace(password=make_password(request.POST["password"])):
                changed(request, person, "password-changed")
            if person.check_password(request.POST["password"]):
                update_session_auth_hash(request, person)
                return onward(request, "/account")
            old.problems.append(gettext("This is not your password."))
    return form_page(
        request,
        entries,
        title=gettext("Change the password"),
        button=gettext("Keep the new password"),
    )


@require_http_methods(["GET", "POST"])
@freshly("/account/sessions")
def own_sessions(request: HttpRequest) -> HttpResponseBase:
    """The sessions of the person; and sign out everywhere, here too."""
    person = me(request).person
    if request.method == "GET":
        here = mark_of(request.session.session_key or "")
        lines = [(each, mark_of(each.pk)) for each in sessions_of(person)]
        return page(request, "account/sessions.html", lines=lines, this=here)
    if person.replace(epoch=person.epoch + 1):
        changed(request, person, "sessions-ended")
    return leave(request, "/sign-in")


@require_POST
@freshly("/account/sessions")
def end_session(request: HttpRequest, mark: str) -> HttpResponseBase:
    """End one of the person's sessions."""
    person = me(request).person
    keys = [each.pk for each in sessions_of(person) if mark_of(each.pk) == mark]
    if not Session.objects.filter(pk__in=keys).delete()[0]:
        return error_page(request, 404)
    changed(request, person, "session-ended")
    return onward(request, "/account/sessions")


@require_http_methods(["GET", "POST"])
@freshly("/account/totp")
def totp(request: HttpRequest) -> HttpResponseBase:
    """An app that makes codes: shown once as a picture and as letters, in force when a first code was right."""
    person = me(request).person
    if SECRET not in request.session:
        request.session[SECRET] = secrets.token_hex(SECRET_BYTES)
    secret = bytes.fromhex(request.session[SECRET])
    entry = code_entry()
    if request.method == "POST" and examine([entry], request.POST.dict()):
        typed = request.POST["code"].replace(" ", "")
        step = matching_step(secret, typed, office().clock(), 0)
        if step is not None:
            kept = wrapped(secret, station().keys.wrapping, str(person.pk))
            return _changed(request, person, totp=kept, totp_used=step, letter_codes=False)
        entry.problems.append(gettext("This code is not right, or no longer. Wait for the next one."))
    where = address(secret, person.email, settings.CONFIG.host)
    picture = segno.make(where, error="m").svg_data_uri(scale=5, light="#fff", dark="#000")
    values = {"entries": [entry], "picture": picture, "letters": where.partition("secret=")[2].partition("&")[0]}
    return page(request, "account/totp.html", status=422 if entry.is_wrong else 200, **values)


@require_POST
@signed_in
def factor(request: HttpRequest) -> HttpResponseBase:
    """Codes by letter, or none at all; the password is asked for once more."""
    person = me(request).person
    if not person.check_password(request.POST.get("password", "")):
        wrong = gettext("This is not your password.")
        return _account_page(request, person, wrong)
    return _changed(request, person, totp="", letter_codes=request.POST.get("by") == "letter")


def _account_page(request: HttpRequest, person: Person, wrong: str = "") -> HttpResponseBase:
    values = {"person": person, "factor": factor_of(person), "is_identity": has_identity(person), "wrong": wrong}
    return page(request, "account/account.html", status=422 if wrong else 200, **values)


def _changed(request: HttpRequest, person: Person, **values: object) -> HttpResponseBase:
    request.session.pop(SECRET, None)
    if person.replace(**values):
        changed(request, person, "factor-changed", about=person.second_factor)
    return onward(request, "/account")
