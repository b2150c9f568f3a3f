"""Errors at the edge: RFC 9457 problem documents."""

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse

from entrepot.base.finding import Finding

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
    429: "Too many requests",
    500: "The node failed",
    503: "The node cannot do that now",
}


def problem(status: int, code: str, *, detail: str = "", findings: Sequence[Finding] = (), **more: Any) -> HttpResponse:
    """An ``application/problem+json`` answer; ``code`` is stable, ``findings`` are all that were found."""
    body: dict[str, Any] = {
        "type": f"urn:entrepot:problem:{code}",
        "title": TITLES[status],
        "status": status,
        "code": code,
        "detail": detail,
        "findings": [each.to_json() for each in findings],
        **more,
    }
    return HttpResponse(json.dumps(body), status=status, content_type="application/problem+json")


class ProblemError(Exception):
    """A problem to answer with; raised inside the API, turned into a document at its edge."""

    def __init__(self, status: int, code: str, detail: str = "", findings: Sequence[Finding] = ()) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.findings = status, code, detail, tuple(findings)

    def to_response(self) -> HttpResponse:
        """The problem document."""
        return problem(self.status, self.code, detail=self.detail, findings=self.findings)
