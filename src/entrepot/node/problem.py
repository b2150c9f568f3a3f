"""Errors at the edge: RFC 9457 problem documents."""

import json
import logging
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse

from entrepot.base.error import EntrepotError, LimitError, UsageError
from entrepot.base.finding import Finding
from entrepot.document.proof.rdf import NotRdfError
from entrepot.flow.error import BadNodeMessage, NotAdmitted, NotHeld, ScannerAway, TransportError
from entrepot.flow.register_folder import RegisterFull
from entrepot.journal.port import (
    CatchUpNeeded,
    FloorBroken,
    JournalBusy,
    JournalDamaged,
    JournalFull,
    JournalLocked,
    JournalMissing,
    JournalUnavailable,
    KeyReused,
    StreamConflict,
)
from entrepot.node.error import AccountsFailed, NameTaken, NotRunning

log = logging.getLogger("entrepot.api")
TITLES = {
    400: "The request is not well formed",
    401: "A valid token is needed",
    403: "This token may not do that",
    404: "There is nothing here",
    405: "This address does not take that method",
    409: "It does not fit what is there",
    413: "The request is too large",
    415: "This media type is not taken here",
    422: "The data has blocking findings",
    424: "Another node did not do its part",
    429: "Too many requests",
    500: "The node failed",
    503: "The node cannot do that now",
    507: "The node has no room for anything new",
}
STATUS: dict[type[Exception], int] = {
    UsageError: 400,
    NotRdfError: 400,
    LimitError: 413,
    NotHeld: 409,
    NotAdmitted: 403,
    BadNodeMessage: 400,
    TransportError: 424,
    KeyReused: 409,
    StreamConflict: 409,
    FloorBroken: 409,
    JournalFull: 503,
    JournalBusy: 503,
    JournalLocked: 503,
    JournalDamaged: 503,
    JournalMissing: 503,
    JournalUnavailable: 503,
    CatchUpNeeded: 503,
    NameTaken: 409,
    NotRunning: 503,
    RegisterFull: 503,
    ScannerAway: 503,
    AccountsFailed: 503,
}
"""HTTP status of each exception of the rooms; any other is a fault of the node."""
RETRY_S = 5


def problem(status: int, code: str, *, detail: str = "", findings: Sequence[Finding] = (), **more: Any) -> HttpResponse:
    """An ``application/problem+json`` answer; ``code`` is stable, ``findings`` are all that were found."""
    body: dict[str, Any] = {
        "type": f"urn:entrepot:problem:{code}",
        "title": TITLES.get(status, "The request cannot be answered"),
        "status": status,
        "code": code,
        "detail": detail,
        "findings": [each.to_json() for each in findings],
        **more,
    }
    answer = HttpResponse(json.dumps(body), status=status, content_type="application/problem+json")
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="entrepot"'
    if status in (503, 507):
        answer["Retry-After"] = str(RETRY_S)
    return answer


def of_error(wrong: EntrepotError) -> HttpResponse:
    """The problem document for an exception that was raised on purpose; one that no table knows is logged."""
    status = next((STATUS[each] for each in type(wrong).__mro__ if each in STATUS), 500)
    if status >= 500:
        log.error("%s: %s", wrong.error_code, wrong.message)
    if status == 500:
        return problem(500, wrong.error_code, detail="The node failed; its operator finds the reason in the log.")
    return problem(status, wrong.error_code, detail=f"{wrong.message} {wrong.remedy}".strip())


class ProblemError(Exception):
    """A problem to answer with; raised inside the API, turned into a document at its edge."""

    def __init__(
        self, status: int, code: str, detail: str = "", findings: Sequence[Finding] = (), *, retry_s: int | None = None
    ) -> None:
        super().__init__(detail)
        self.retry_s = retry_s
        self.status, self.code, self.detail, self.findings = status, code, detail, tuple(findings)

    def to_response(self) -> HttpResponse:
        """The problem document."""
        answer = problem(self.status, self.code, detail=self.detail, findings=self.findings)
        if self.retry_s is not None:
            answer["Retry-After"] = str(self.retry_s)
        return answer
