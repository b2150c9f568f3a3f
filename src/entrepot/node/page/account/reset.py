"""A new password for whoever lost it: by a letter, good for an hour and once. All sessions end with the old one."""

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from entrepot.node.account import letter
from entrepot.node.account.models import Person
from entrepot.node.page.account.changed import changed
from entrepot.node.page.account.forms import email_entry, email_of, judge_password, new_password_entry
from entrepot.node.page.answer import error_page, form_page, onward, page, root_of
from entrepot.node.page.entry import examine


@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest) -> HttpResponseBase:
    """The form for the address; the answer is the same for every address."""
    entry = email_entry()
    if request.method == "POST" and examine([entry], request.POST.dict()):
        person = Person.objects.filter(email=email_of(entry.value), is_active=True, identity=None).first()
        if person is not None:
            _write(request, person)
        return onward(request, "/reset?sent=1")
    if "sent" in request.GET and request.method == "GET":
        return page(request, "account/letter.html")
    return form_page(
        request,
        [entry],
        title=gettext("A new password"),
        lead=gettext("If there is an account with that address, a letter with a link goes to it."),
        button=gettext("Send the letter"),
    )


def _write(request: HttpRequest, person: Person) -> None:
    token = default_token_generator.make_token(person)
    where = f"{settings.CONFIG.url}{root_of(request)}/reset/{person.pk}/{token}"
    body = gettext(
        "Follow this link within an hour to choose a new password: %(link)s If you did not ask for it, do nothing."
    )
    letter.send_rarely(person.email, gettext("A new password for Entrepot"), body % {"link": where})


@require_http_methods(["GET", "POST"])
def reset_finish(request: HttpRequest, person: int, token: str) -> HttpResponseBase:
    """Whoever follows the link of the letter chooses a password, and then signs in with it."""
    found = Person.objects.filter(pk=person, is_active=True).first()
    if found is None or not default_token_generator.check_token(found, token):
        return error_page(request, 404)
    entry = new_password_entry()
    password = request.POST.get("password", "")
    ready = request.method == "POST" and examine([entry], request.POST.dict())
    if ready and judge_password(entry, password, found):
        if found.replace(password=make_password(password)):
            changed(request, found, "password-reset")
        return onward(request, "/sign-in")
    return form_page(request, [entry], title=gettext("A new password"), button=gettext("Keep the new password"))
