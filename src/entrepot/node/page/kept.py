"""What was typed is not lost: neither by a page that grew old, nor by a session that ended, nor by going away."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import resolve

from entrepot.node.account.models import Draft, Person
from entrepot.node.page.answer import Onward, error_page, onward
from entrepot.node.page.once import KEY
from entrepot.node.running import office

NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "password", "again", "code", "token", "act"})
CHARACTERS_MAX = 60_000


def typed_in(request: HttpRequest) -> dict[str, str]:
    """What was typed into the form that was sent; for a page that grew old, what :func:`outdated` took from it."""
    found = getattr(request, "entrepot_typed", None)
    return _typed(request) if found is None else found


def _typed(request: HttpRequest) -> dict[str, str]:
    """Of what was chosen several times under one name all of it, with spaces between."""
    return {name: " ".join(filter(None, request.POST.getlist(name))) for name in request.POST if name not in NEVER_KEPT}


def outdated(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """The form once more with what was typed, where its protection against forgery (CSRF) is out of date.

    Nothing is done: the page is only shown, as for a GET.
    """
    request.entrepot_typed = _typed(request)  # type: ignore[attr-defined]
    request.method = "GET"
    match = resolve(request.path_info)
    answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    if answer.status_code == 405:
        return error_page(request, 403)
    if answer.status_code == 200:
        answer.status_code = 403
    return answer


def keep(person: Person, place: str, typed: Mapping[str, str], *, most: int = CHARACTERS_MAX) -> None:
    """Keep a draft in place of what was kept for that form; one that is far too long (``most``) is not."""
    text = json.dumps(dict(typed))
    if len(text) <= most:
        Draft.objects.update_or_create(
            person=person, place=place[:300], defaults={"typed": text, "updated": office().clock()}
        )


def kept_draft(person: Person, place: str) -> dict[str, str]:
    """What was typed into that form; empty where nothing is kept."""
    found = Draft.objects.filter(person=person, place=place[:300]).first()
    return {} if found is None else {str(name): str(text) for name, text in json.loads(found.typed).items()}


def onto_kept(request: HttpRequest, person: Person, place: str, *, key: str, at: str) -> Onward | None:
    """On to the draft of that key, to look at it or to change it (``at``); None where it is too long to be kept."""
    is_kept = kept_draft(person, place).get(KEY) == key
    return onward(request, f"{place}?{urlencode({at: key})}") if is_kept else None


def let_go(person: Person, place: str) -> None:
    """Forget the draft of that form."""
    Draft.objects.filter(person=person, place=place[:300]).delete()
