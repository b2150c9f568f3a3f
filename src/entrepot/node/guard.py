"""What every request passes: its host, a size limit, a rate limit, headers, and errors as problem documents."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import BadRequest, DisallowedHost, SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase

from entrepot.base.error import EntrepotError
from entrepot.node.access.bearer import token_of
from entrepot.node.bucket import Buckets
from entrepot.node.config import bytes_max
from entrepot.node.disk import DISK_SHORT, room_of
from entrepot.node.error import AccountsFailed
from entrepot.node.page.answer import Page, error_page, wants_page
from entrepot.node.page.language import split
from entrepot.node.problem import ProblemError, of_error, problem
from entrepot.node.refusal import note_refusal

if TYPE_CHECKING:
    from entrepot.node.config import Config

log = logging.getLogger("entrepot.request")
PEER_DOOR = "/peer/"
GUESSED, GUESS_SHARE = ("/sign-in", "/sign-up", "/reset", "/letter", "/first", "/businesses/claim"), 0.01
"""Pages at which passwords, codes and addresses can be guessed, and their share of the rate: 12 a minute by default."""
REPORTED = "/report"
"""How addresses end to which anybody may send a complaint, at the same share."""
SCANNED = "/verify/code"
"""Where a camera sends what it sees, once a second: counted by itself, so that who scans is not kept from the pages."""
NO_DEVICES = "camera=(), geolocation=(), microphone=()"
"""What a page may ask of the machine it is read on (W3C Permissions Policy), unless its own answer says otherwise."""
MALFORMED = (BadRequest, SuspiciousOperation, MultiPartParserError)
"""What Django raises where a form is read that is none: other encodings, no boundary, too many fields."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
STAYS = ("/verify", "/sign-in", "/sign-out", "/api/v1/documents/verify", "/api/v1/credentials/verify",
         "/api/v1/presentations/verify")  # fmt: skip
"""What is sent there keeps nothing, or a session; it is answered on a disk that is short of room as well."""
CODES = {400: "request", 404: "not-found", 405: "method", 413: "too-large", 500: "internal"}
"""Problem codes for what Django itself answers."""


class Guard:
    """The middleware through which everything passes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._next = get_response
        self._config: Config = settings.CONFIG
        self._buckets = Buckets(self._config.rate_per_minute, memory=self._config.data / "rates")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        headers_alone = request.method == "HEAD"
        if headers_alone:
            request.method = "GET"
        response = self._answer(request)
        if headers_alone and isinstance(response, HttpResponse):
            response["Content-Length"] = str(len(response.content))  # as a GET would have it (RFC 9110, 9.3.2)
            response.content = b""
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        try:
            response = self._refusal(request) or self._next(request)
        except Exception as wrong:  # noqa: BLE001 - nothing may leave as a page or a traceback
            response = self.process_exception(request, wrong)
        if response.status_code >= 400:
            address = address_of(request, behind_proxy=self._config.is_public)
            note_refusal(request, response.status_code, address, self._buckets)
            response = _as_error(request, response)
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        response.headers.setdefault("Permissions-Policy", NO_DEVICES)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        try:
            request.get_host()
        except DisallowedHost:
            return problem(400, "host", detail="This node has another name.")
        most = bytes_max(request.path)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()) or int(length) > most:
            return problem(413, "too-large", detail=f"At most {most} bytes are accepted.")
        if request.method not in SAFE_METHODS and not split(request.path_info)[1].startswith(STAYS):
            room = room_of(self._config.data, self._config.disk_free_mib)
            if room.is_short:
                return problem(507, DISK_SHORT, detail=room.findings[0].text, findings=room.findings)
        wait = self._wait_s(request)
        if wait:
            answer = problem(429, "rate-limit", detail="Too many requests.")
            answer["Retry-After"] = str(int(wait) + 1)
            return answer
        return None

    def _wait_s(self, request: HttpRequest) -> float:
        token = token_of(request)
        if token is not None:
            return self._buckets.wait_s(f"token/{token.pk}")
        door = "peer" if request.path.startswith(PEER_DOOR) else "guest"
        address = address_of(request, behind_proxy=self._config.is_public)
        if request.method == "POST" and _is_guarded(split(request.path_info)[1]):
            wait = self._buckets.wait_s(f"guess/{address}", GUESS_SHARE)
            if wait:
                return wait
        if split(request.path_info)[1] == SCANNED:
            door = "scan"
        return self._buckets.wait_s(f"{door}/{address}", 0.25)

    def process_exception(self, request: HttpRequest, wrong: Exception) -> HttpResponse:
        """Whatever no view answered: a machine in trouble is told as such; anything else is logged here, and told to
        the caller without its inside."""
        if isinstance(wrong, ProblemError):
            return wrong.to_response()
        if isinstance(wrong, EntrepotError):
            return of_error(wrong)
        if isinstance(wrong, DatabaseError):
            log.error("the accounts database failed at %s %s", request.method, request.path, exc_info=wrong)
            return of_error(AccountsFailed("the accounts cannot be read or written now", remedy="Try again."))
        if isinstance(wrong, MALFORMED):
            return problem(400, "request", detail="The form cannot be read.")
        log.error("unexpected error at %s %s", request.method, request.path, exc_info=wrong)
        return problem(500, "internal", detail="The node failed; its operator finds the reason in the log.")


def _is_guarded(path: str) -> bool:
    """Whether a page takes what strangers send, and so takes little of it at a time."""
    return path.startswith(GUESSED) or path.endswith(REPORTED)


def address_of(request: HttpRequest, *, behind_proxy: bool | None = None) -> str:
    """Where the request comes from. A node with a public address stands behind its proxy, which appends it."""
    is_behind = settings.CONFIG.is_public if behind_proxy is None else behind_proxy
    forwarded: str = request.headers.get("X-Forwarded-For", "") if is_behind else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def _as_error(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The error as whoever asks reads it: a page that a view made stays; pages for people, problems for programs."""
    if isinstance(response, Page):
        return response
    answer: HttpResponse
    if wants_page(request):
        answer = error_page(request, response.status_code)
    elif response.get("Content-Type", "").endswith("json"):
        return response
    else:
        answer = problem(response.status_code, CODES.get(response.status_code, "request"))
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in response.headers:
            answer[name] = response.headers[name]
    return answer
