"""The one style sheet, under an address that changes with it, so that browsers may keep it for good."""

from functools import cache
from importlib import resources

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from entrepot.base.digest import sha256
from entrepot.node.problem import problem

NAME = "entrepot.css"


@cache
def sheet() -> tuple[str, bytes]:
    """Its digest (12 digits) and its bytes."""
    body = (resources.files("entrepot.node.page") / "static" / NAME).read_bytes()
    return sha256(body)[:12], body


def address() -> str:
    """Where this version of it is."""
    return f"/static/{sheet()[0]}/{NAME}"


@require_GET
def style_sheet(request: HttpRequest, digest: str) -> HttpResponse:
    """The style sheet."""
    known, body = sheet()
    if digest != known:
        return problem(404, "not-found")
    answer = HttpResponse(body, content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
