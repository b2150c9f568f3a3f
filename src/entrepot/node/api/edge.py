"""The edge of the API: strict JSON in, problem documents out, one effect per idempotency key."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.base.error import EntrepotError, LimitError, UsageError
from entrepot.base.finding import Finding, Severity
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.flow.error import BadNodeMessage, NotAdmitted, NotHeld, TransportError
from entrepot.journal.port import (
    CatchUpNeeded,
    FloorBroken,
    Idempotency,
    JournalBusy,
    JournalFull,
    KeyReused,
    StreamConflict,
)
from entrepot.node.api.auth import Caller
from entrepot.node.guard import BODY_BYTES_MAX
from entrepot.node.problem import ProblemError, problem

log = logging.getLogger("entrepot.api")
STATUS: dict[type[Exception], int] = {
    UsageError: 400,
    LimitError: 413,
    NotHeld: 409,
    NotAdmitted: 403,
    BadNodeMessage: 400,
    TransportError: 503,
    KeyReused: 409,
    StreamConflict: 409,
    FloorBroken: 409,
    JournalFull: 503,
    JournalBusy: 503,
    CatchUpNeeded: 503,
}
"""HTTP status of each exception of the rooms; any other is a fault of the node."""


class FindingOut(Schema):
    """One finding."""

    id: str
    severity: str
    path: str
    message: str
    params: dict[str, str]
    text: str
    source: str
    remedy: str


class Problem(Schema):
    """RFC 9457 problem document; ``code`` is stable, ``findings`` are all that were found."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    findings: list[FindingOut]


ERRORS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429, 503), Problem)
"""What any call may answer beside its own success."""


class StrictParser(Parser):
    """Bodies are read by the project's own JSON reader: bounded, no duplicate keys, 64-bit integers."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value; raises a 400 problem with the finding."""
        value, findings = read_json(request.body, JsonLimits(bytes_max=BODY_BYTES_MAX))
        if findings:
            raise ProblemError(400, "not-json", findings[0].text, findings)
        return value


def answer_wrong(request: HttpRequest, wrong: Exception | type[Exception]) -> HttpResponse:
    """The problem document for whatever was raised on purpose."""
    if isinstance(wrong, ProblemError):
        return wrong.to_response()
    if isinstance(wrong, EntrepotError):
        status = next((STATUS[each] for each in type(wrong).__mro__ if each in STATUS), 500)
        if status == 500:
            log.error("unexpected %s: %s", wrong.error_code, wrong.message)
        answer = problem(status, wrong.error_code, detail=f"{wrong.message} {wrong.remedy}".strip())
        if status == 503:
            answer["Retry-After"] = "5"
        return answer
    if isinstance(wrong, ValidationError):
        findings = [_finding_of(each) for each in wrong.errors]
        return problem(422, "request", detail="The request does not fit its description.", findings=findings)
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


def install(api: NinjaAPI) -> None:
    """Answer every error of ``api`` by :func:`answer_wrong`."""
    for kind in (ProblemError, EntrepotError, ValidationError, AuthenticationError, Http404, HttpError):
        api.add_exception_handler(kind, answer_wrong)


class InFlight:
    """Idempotency keys whose first request is still running. In memory on purpose: a crash leaves none stuck."""

    def __init__(self) -> None:
        self._keys: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, key: Idempotency) -> Iterator[None]:
        """Run the body alone for this key; raises a 409 problem where another request holds it."""
        name = (key.scope, key.key)
        with self._lock:
            if name in self._keys:
                raise ProblemError(409, "in-flight", "A request with this idempotency key is still running.")
            self._keys.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(name)


IN_FLIGHT = InFlight()


def idempotency(request: HttpRequest, who: Caller, operation: str, body: Any) -> Idempotency:
    """The key of this request; raises a 400 problem where the header is missing or not 1 to 100 visible characters."""
    key = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= 100 or not key.isascii() or not key.isprintable():
        raise ProblemError(
            400, "idempotency-key", "Send Idempotency-Key with 1 to 100 visible ASCII characters, new for each act."
        )
    scope = f"{who.party or 'operator'}/{who.token}/{operation}"
    return Idempotency(scope=scope, key=key, digest=sha256(canonical(json.loads(json.dumps(body)))))
