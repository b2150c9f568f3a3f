"""The edge of the API: strict JSON in, problem documents out, one effect per idempotency key."""

import fcntl
import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from pydantic import BaseModel

from entrepot.base.digest import sha256
from entrepot.base.error import EntrepotError
from entrepot.base.finding import Finding, Severity
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.flow.scan import found_in
from entrepot.journal.port import Idempotency, KeyReused
from entrepot.node.access.models import Act
from entrepot.node.api.auth import Caller, caller
from entrepot.node.config import BODY_BYTES_MAX
from entrepot.node.problem import ProblemError, of_error, problem
from entrepot.node.running import office


class FindingOut(BaseModel):
    """One finding."""

    id: str
    severity: str
    path: str
    message: str
    params: dict[str, str]
    text: str
    source: str
    remedy: str


class Problem(BaseModel):
    """RFC 9457 problem document; ``code`` is stable, ``findings`` are all that were found."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    findings: list[FindingOut]


JSON_TYPE = "application/json"
ALWAYS = (400, 413, 429, 500, 503, 507)
BEHIND_TOKEN = (401, 403)
ON_POST = (409, 415, 422)
KEY = "Idempotency-Key"
KEY_PARAMETER = {
    "in": "header",
    "name": KEY,
    "required": True,
    "description": "New for each act; the same key with the same request is answered without doing it again.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,100}$"},
}
ACTS: dict[str, Any] = {"parameters": [KEY_PARAMETER]}
"""What the description of a POST that changes something adds."""


def wrongs(*statuses: int) -> dict[int, Any]:
    """The problem documents that an operation may answer with: the given ones, and those of every operation."""
    return dict.fromkeys(sorted({*ALWAYS, *statuses}), Problem)


class StrictParser(Parser):
    """Bodies are read by the project's own JSON reader: bounded, no duplicate keys, 64-bit integers."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value; raises a 400 problem with the findings, or 415 for another media type."""
        require_type(request, JSON_TYPE)
        value, findings = read_json(request.body, JsonLimits(bytes_max=BODY_BYTES_MAX))
        if findings:
            raise ProblemError(400, "not-json", findings[0].text, findings)
        return value


def require_type(request: HttpRequest, *types: str) -> None:
    """Raise a 415 problem where the body is of none of the media ``types``."""
    if request.content_type not in types:
        raise ProblemError(415, "media-type", f"Send {' or '.join(types)}.")


def answer_wrong(request: HttpRequest, wrong: Exception | type[Exception]) -> HttpResponse:
    """The problem document for whatever was raised on purpose."""
    if isinstance(wrong, HttpError) and isinstance(wrong.__context__, ProblemError):
        wrong = wrong.__context__  # the framework hides what the parser of bodies raised
    if isinstance(wrong, ProblemError):
        return wrong.to_response()
    if isinstance(wrong, EntrepotError):
        return of_error(wrong)
    if isinstance(wrong, ValidationError):
        findings = [_finding_of(each) for each in wrong.errors]
        return problem(
            400 if _VC_API.match(request.path) else 422,
            "request",
            detail="The request does not fit its description.",
            findings=findings,
        )
    if isinstance(wrong, AuthenticationError):
        return problem(401, "token", detail="Send Authorization: Bearer with a token of this node.")
    if isinstance(wrong, Http404):
        return problem(404, "not-found")
    if isinstance(wrong, HttpError):
        return problem(wrong.status_code if wrong.status_code < 500 else 400, "request", detail=str(wrong))
    raise wrong


def _finding_of(error: dict[str, Any]) -> Finding:
    place = ".".join(str(each) for each in error.get("loc", ()) if each not in ("body", "query", "path"))
    return Finding(
        id="ENT-CORE-REQUEST-01",
        severity=Severity.BLOCKING,
        path=f"$.{place}" if place else "$",
        message="{reason}.",
        params={"reason": str(error.get("msg", "wrong"))},
        source="the OpenAPI description of this node",
        remedy="See /api/v1/openapi.json.",
    )


def require_clean(data: bytes) -> None:
    """Raise a 422 problem where the node's scanner finds something in a file, and :class:`ScannerAway`."""
    found = found_in(office(), data)
    if found:
        raise ProblemError(422, "findings", "The file was not taken: see the findings.", found)


def install(api: NinjaAPI) -> None:
    """Answer every error of ``api`` by :func:`answer_wrong`."""
    for kind in (ProblemError, EntrepotError, ValidationError, AuthenticationError, Http404, HttpError):
        api.add_exception_handler(kind, answer_wrong)


class InFlight:
    """Idempotency keys whose first request is still running, in whichever worker of this node.

    In memory and in record locks of a file (POSIX, fcntl), on purpose: a crash leaves none stuck.
    """

    def __init__(self) -> None:
        self._keys: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self._file = -1

    @contextmanager
    def hold(self, key: Idempotency) -> Iterator[None]:
        """Run the body alone for this key; raises a 409 problem where another request holds it."""
        name = (key.scope, key.key)
        with self._lock:
            if name in self._keys:
                raise _in_flight()
            self._keys.add(name)
        try:
            with self._alone_among_workers(sha256(repr(name).encode("utf-8"))):
                yield
        finally:
            with self._lock:
                self._keys.discard(name)

    @contextmanager
    def _alone_among_workers(self, digest: str) -> Iterator[None]:
        """Holds one byte of the file, far beyond its end: the kernel keeps who has it, and lets go of the dead."""
        with self._lock:
            if self._file < 0:
                self._file = os.open(settings.CONFIG.data / "in-flight", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        place = int(digest[:15], 16)
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except OSError:
            raise _in_flight() from None
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)


def _in_flight() -> ProblemError:
    return ProblemError(
        409, "in-flight", "A request with this idempotency key is still running.", retry_s=RETRY_IN_FLIGHT_S
    )


IN_FLIGHT = InFlight()
RETRY_IN_FLIGHT_S = 1


def idempotency(request: HttpRequest, who: Caller, operation: str, body: Any) -> Idempotency:
    """The key of this request; raises a 400 problem where the header is missing or not 1 to 100 visible characters.

    ``body``: the request as JSON, what the key stands for.
    """
    key = request.headers.get(KEY, "")
    if not _KEY.fullmatch(key):
        raise ProblemError(
            400, "idempotency-key", f"Send {KEY} with 1 to 100 visible ASCII characters, new for each act."
        )
    scope = f"{who.party or 'operator'}/{who.token}/{operation}"
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return Idempotency(scope=scope, key=key, digest=sha256(text.encode("utf-8")))


_KEY = re.compile("[!-~]{1,100}")
_VC_API = re.compile("/api/v1/(credentials|presentations)/")
"""The W3C's interface answers 400 to whatever is not as it should be."""


def once(request: HttpRequest, operation: str, body: Any, act: Callable[[], Any]) -> Any:
    """Do ``act``, which must be harmless when repeated, once per idempotency key; its answer (JSON) is kept for it.

    For accounts and peers. A crash between act and keeping lets a retry do it again; records have their keys in the
    journal instead.
    """
    return done_once(idempotency(request, caller(request), operation, body), act)


def done_once(key: Idempotency, act: Callable[[], Any]) -> Any:
    """The answer of ``act``, done once for ``key``."""
    with IN_FLIGHT.hold(key):
        done = Act.objects.filter(scope=key.scope, key=key.key).first()
        if done is None:
            answer = act()
            text = json.dumps(answer)
            Act.objects.create(scope=key.scope, key=key.key, digest=key.digest, answer=text, done=timezone.now())
            return answer
        if done.digest != key.digest:
            raise KeyReused(f"the idempotency key {key.key!r} was used with another request", remedy="Take a new key.")
        return json.loads(done.answer)
