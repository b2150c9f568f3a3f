"""The style sheet and the scripts, under addresses that change with them, so that browsers may keep them for good."""

from functools import cache
from importlib import resources

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from entrepot.base.digest import sha256
from entrepot.node.problem import problem

NAME = "entrepot.css"
SCRIPT = "text/javascript; charset=utf-8"
TYPES = {
    NAME: "text/css; charset=utf-8",
    "clock.js": SCRIPT,
    "follow.js": SCRIPT,
    "keep.js": SCRIPT,
    "letter.js": SCRIPT,
    "passkey.js": SCRIPT,
    "scan.js": SCRIPT,
    "send.js": SCRIPT,
    "step.js": SCRIPT,
}
"""Every file -> its media type."""


@cache
def static(name: str) -> tuple[str, bytes]:
    """The digest (12 digits) of a file, and its bytes."""
    body = (resources.files("entrepot.node.page") / "static" / name).read_bytes()
    return sha256(body)[:12], body


def address(name: str = NAME) -> str:
    """Where this version of it is."""
    return f"/static/{static(name)[0]}/{name}"


@require_GET
def static_file(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """The file, where the address is that of this version."""
    if name not in TYPES or digest != static(name)[0]:
        return problem(404, "not-found")
    answer = HttpResponse(static(name)[1], content_type=TYPES[name])
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
