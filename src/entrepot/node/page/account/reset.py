"""A new password for whoever lost it: by a letter, good for an hour and once. All sessions end with the old one."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.node.account import letter
from entrepot.node.account.lettercode import OPENED, code_for, found_by
from entrepot.node.account.models import Person
from entrepot.node.page.account.changed import changed
from entrepot.node.page.account.forms import email_entry, email_of, judge_password, new_password_entry
from entrepot.node.page.account.opening import letter_text, sent
from entrepot.node.page.answer import form_page, onward
from entrepot.node.page.entry import examine
from entrepot.node.running import office

LETTER_LIVES = timedelta(hours=1)


@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest) -> HttpResponseBase:
    """The form for the address; the answer is the same for every address."""
    entry = email_entry()
    if request.method == "POST" and examine([entry], request.POST.dict()):
        person = Person.objects.filter(email=email_of(entry.value), is_active=True, identity=None).first()
        if person is not None:
            _write(request, person)
        return sent(request)
    return form_page(
        request,
        [entry],
        title=gettext("A new password"),
        lead=gettext("If there is an account with that address, a letter with a link goes to it."),
        button=gettext("Send the letter"),
    )


def _write(request: HttpRequest, person: Person) -> None:
    def text() -> str:
        body = gettext(
            "Follow this link within an hour to choose a new password: %(link)s If you did not ask for it, do nothing."
        )
        code = code_for(person.email, now=office().clock(), lives=LETTER_LIVES, stand=person.stand)
        return letter_text(request, body, code)

    letter.send_rarely(person.email, gettext("A new password for Entrepot"), text)


@require_http_methods(["GET", "POST"])
def reset_finish(request: HttpRequest) -> HttpResponseBase:
    """Whoever gave the code of the letter chooses a password, and then signs in with it."""
    opened, person = found_by(request.session.get(OPENED, ""), office().clock())
    if opened is None or person is None or opened.stand != person.stand:
        return onward(request, "/letter")
    entry = new_password_entry()
    password = request.POST.get("password", "")
    ready = request.method == "POST" and examine([entry], request.POST.dict())
    if ready and judge_password(entry, password, person):
        if person.replace(password=make_password(password)):
            changed(request, person, "password-reset")
        del request.session[OPENED]
        return onward(request, "/sign-in")
    return form_page(request, [entry], title=gettext("A new password"), button=gettext("Keep the new password"))
