"""Passkeys: add and remove one's own, and sign in with one. The script only carries question and answer."""

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.node.account.acting import me
from entrepot.node.account.identity import has_identity
from entrepot.node.account.models import Passkey
from entrepot.node.account.passkey import Options, ask, offer, recognise, take
from entrepot.node.config import LOOPBACK
from entrepot.node.page.account.changed import changed
from entrepot.node.page.account.sign_in import enter
from entrepot.node.page.answer import Page, error_page, onward, page
from entrepot.node.page.entrance import freshly, safe
from entrepot.node.page.entry import Entry, examine
from entrepot.node.running import office

STATE = "passkey"
SCRIPT = "passkey.js"


@require_http_methods(["GET", "POST"])
@freshly("/account/passkeys")
def passkeys(request: HttpRequest) -> HttpResponseBase:
    """The passkeys of the person, and the form that adds one."""
    person, origin = me(request).person, _origin(request)
    if has_identity(person):  # whoever lost the DID must not come in by a passkey
        return error_page(request, 403)
    wrong, entry = False, _name_entry()
    if request.method == "POST" and examine([entry], request.POST.dict()):
        state, name = request.session.pop(STATE, {}), entry.value.strip()
        if take(person, origin, state, request.POST.get("answer", ""), now=office().clock(), name=name):
            changed(request, person, "passkey-added", about=name)
            return onward(request, "/account/passkeys")
        wrong = True
    kept = Passkey.objects.filter(person=person).order_by("pk")
    asked = offer(person, origin, settings.SECRET_KEY)
    return _show(request, (gettext("Passkeys"), gettext("Add a passkey")), asked, wrong=wrong, kept=kept, entry=entry)


def _name_entry() -> Entry:
    return Entry(
        name="name",
        label=gettext("Name of the passkey"),
        help=gettext("For example the phone or computer that keeps it."),
        required=False,
        most=60,
    )


@require_POST
@freshly("/account/passkeys")
def remove_passkey(request: HttpRequest, number: int) -> HttpResponseBase:
    """From now on the passkey opens nothing."""
    person = me(request).person
    kept = Passkey.objects.filter(pk=number, person=person)
    name = "".join(kept.values_list("name", flat=True))
    if not kept.delete()[0]:
        return error_page(request, 404)
    changed(request, person, "passkey-removed", about=name)
    return onward(request, "/account/passkeys")


@require_http_methods(["GET", "POST"])
def sign_in_passkey(request: HttpRequest) -> HttpResponseBase:
    """Sign in with a passkey, without name or password."""
    origin, wrong = _origin(request), False
    if request.method == "POST":
        state = request.session.pop(STATE, {})
        person = recognise(origin, state, request.POST.get("answer", ""))
        if person is not None:
            return enter(request, person, "passkey", {"next": safe(request.GET.get("next", ""))})
        wrong = True
    return _show(request, (gettext("Sign in with a passkey"), gettext("Sign in")), ask(origin), wrong=wrong, kept=())


def _show(
    request: HttpRequest,
    said: tuple[str, str],
    asked: Options,
    *,
    wrong: bool,
    kept: QuerySet[Passkey] | tuple[()],
    entry: Entry | None = None,
) -> Page:
    """The page with a question for the browser; ``said``: its title and the words of its button; what is to be
    remembered of it lies in the session."""
    options, request.session[STATE] = asked
    title, button = said
    values = {"title": title, "button": button, "options": options, "wrong": wrong, "kept": kept, "script": SCRIPT}
    status = 422 if wrong or (entry and entry.is_wrong) else 200
    by_name = _by_name(request)
    return page(request, "account/passkey.html", status=status, by_name=by_name, entry=entry, **values)


def _by_name(request: HttpRequest) -> str:
    """The address of this page by a name, where it was opened by this machine's number: a passkey is for a domain (Web
    Authentication Level 2, 5.1.3)."""
    host, _, port = request.get_host().rpartition(":")
    if (host or port).strip("[]") not in LOOPBACK or "localhost" in (host, port):
        return ""
    return f"{request.scheme}://localhost{f':{port}' if host else ''}{request.path}"


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
