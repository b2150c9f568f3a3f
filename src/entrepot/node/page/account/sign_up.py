"""Making an account: by a letter to the address, or, for the first person of a node, with its operator's token.

Whoever asks for a letter is told the same, whether the address has an account or not; the letter says which.
"""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.node.access.bearer import digest_of
from entrepot.node.access.models import Role, Token
from entrepot.node.account import letter
from entrepot.node.account.acting import note
from entrepot.node.account.lettercode import OPENED, code_for, found_by
from entrepot.node.account.models import Person
from entrepot.node.page.account.forms import email_entry, email_of, judge_password, name_entry, new_password_entry
from entrepot.node.page.account.opening import letter_text, sent
from entrepot.node.page.account.sign_in import enter
from entrepot.node.page.answer import Page, error_page, form_page, onward, root_of
from entrepot.node.page.entrance import safe
from entrepot.node.page.entry import Entry, examine
from entrepot.node.running import office

LETTER_LIVES = timedelta(days=1)


@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponseBase:
    """The form for the address, and the answer that a letter is on its way."""
    entry = email_entry()
    if request.method == "GET":
        return _ask(request, [entry])
    if examine([entry], request.POST.dict()):
        email = email_of(entry.value)
        if email:
            _write(request, email, safe(request.GET.get("next", "")))
            return sent(request, email)
        entry.problems.append(gettext("This is no e-mail address."))
    return _ask(request, [entry])


def _ask(request: HttpRequest, entries: list[Entry]) -> Page:
    return form_page(
        request,
        entries,
        title=gettext("Make an account"),
        lead=gettext("A letter with a link goes to your e-mail address."),
        button=gettext("Send the letter"),
    )


def _write(request: HttpRequest, email: str, aim: str) -> None:
    def text() -> str:
        if Person.objects.filter(email=email).exists():
            body = gettext("You have an account here already. Sign in, or ask for a new password: %(link)s")
            return body % {"link": f"{settings.CONFIG.url}{root_of(request)}/sign-in"}
        body = gettext(
            "Follow this link within a day to make your account: %(link)s If you did not ask for it, do nothing."
        )
        return letter_text(request, body, code_for(email, now=office().clock(), lives=LETTER_LIVES, aim=aim))

    letter.send_rarely(email, gettext("Your account at Entrepot"), text)


@require_http_methods(["GET", "POST"])
def sign_up_finish(request: HttpRequest) -> HttpResponseBase:
    """Whoever gave the code of the letter chooses name and password, and is signed in."""
    opened, person = found_by(request.session.get(OPENED, ""), office().clock())
    if opened is None or opened.stand:
        return onward(request, "/letter")
    if person is not None:
        return onward(request, "/sign-in")  # it was made meanwhile
    return make_account(request, opened.email, title=gettext("Make an account"), aim=opened.aim)


def make_account(request: HttpRequest, email: str, *, title: str, aim: str = "/businesses") -> HttpResponseBase:
    """The form for name and password, and the account that it makes."""
    entries = [name_entry(), new_password_entry()]
    person = Person(email=email, name=request.POST.get("name", "").strip(), joined=office().clock())
    password = request.POST.get("password", "")
    ready = request.method == "POST" and examine(entries, request.POST.dict())
    if ready and judge_password(entries[1], password, person):
        return _made(request, person, password, aim)
    return form_page(request, entries, title=title, lead=email, button=gettext("Make the account"))


def _made(request: HttpRequest, person: Person, password: str, aim: str) -> HttpResponseBase:
    person.set_password(password)
    values = {name: getattr(person, name) for name in ("name", "password", "is_operator", "joined")}
    known, is_new = Person.objects.get_or_create(email=person.email, defaults=values)
    if not is_new:  # the form was sent twice, and the other came first
        return onward(request, aim)
    note(known, "joined")
    return enter(request, known, "letter", {"next": aim})


@require_http_methods(["GET", "POST"])
def first(request: HttpRequest) -> HttpResponseBase:
    """The first account of a node, for whoever holds its operator's token. There is no such page afterwards."""
    if Person.objects.exists():
        return error_page(request, 404)
    token = Entry(
        name="token",
        label=gettext("The operator's token"),
        help=gettext("It stands in the file secret/operator-token in the folder of the node."),
        kind="password",
        most=200,
    )
    entries = [token, email_entry(), name_entry(), new_password_entry()]
    if request.method == "POST" and examine(entries, request.POST.dict()):
        made = _first(request, entries)
        if made is not None:
            return made
    return form_page(
        request,
        entries,
        title=gettext("Begin this node"),
        lead=gettext("Nobody has an account here yet. Whoever runs the node makes the first one."),
        button=gettext("Make the account"),
    )


def _first(request: HttpRequest, entries: list[Entry]) -> HttpResponseBase | None:
    token, email, name, password = entries
    given = request.POST["token"].strip()
    known = Token.objects.filter(digest=digest_of(given), role=Role.OPERATOR, revoked=None).exists()
    if not known:
        token.problems.append(gettext("This is not the token of this node."))
    address = email_of(email.value)
    if not address:
        email.problems.append(gettext("This is no e-mail address."))
    person = Person(email=address, name=name.value.strip(), is_operator=True, joined=office().clock())
    if not judge_password(password, request.POST["password"], person) or not known or not address:
        return None
    return _made(request, person, request.POST["password"], "/businesses")
