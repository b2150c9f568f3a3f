"""How the VC API tells a verdict: 200 and ``verified``, or a problem document with problem details of the W3C's."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from django.http import HttpResponse, JsonResponse
from ninja import Schema

from entrepot.base.finding import Finding
from entrepot.document.verify import Report, Result, Verdict
from entrepot.document.verify.presentation import Presented
from entrepot.node.api.edge import Problem
from entrepot.node.problem import problem

_MODEL = "https://www.w3.org/TR/vc-data-model#"
DETAILS: Mapping[str, str] = {
    "integrity": f"{_MODEL}CRYPTOGRAPHIC_SECURITY_ERROR",
    "issuer": f"{_MODEL}CRYPTOGRAPHIC_SECURITY_ERROR",
    "holder": f"{_MODEL}CRYPTOGRAPHIC_SECURITY_ERROR",
    "occasion": f"{_MODEL}CRYPTOGRAPHIC_SECURITY_ERROR",
    "schema": f"{_MODEL}MALFORMED_VALUE_ERROR",
    "validity": f"{_MODEL}RANGE_ERROR",
}
"""Result -> type of a problem detail (VCDM 2.0, 7.2)."""
STATUS_LIST = "https://www.w3.org/ns/credentials/status-list#"
_UNREAD = f"{_MODEL}PARSING_ERROR"


class Check(StrEnum):
    """What a caller may ask to be known, and that alone."""

    PROOF = "proof"
    STATUS = "credentialStatus"


class Detail(Schema):
    """A problem detail (VCDM 2.0, 7.2)."""

    type: str
    title: str
    detail: str


class Verified(Schema):
    """``report``: each answer; ``problemDetails``: what is unknown although the whole counts as verified."""

    verified: bool
    report: dict[str, Any]
    problemDetails: list[Detail]  # noqa: N815 - a JSON name


class NotVerified(Problem):
    """A problem document; of a document that could be examined, with the report and its problem details."""

    verified: bool = False
    report: dict[str, Any] = {}
    problemDetails: list[Detail] = []  # noqa: N815 - a JSON name


def answer(report: Report, checks: Collection[Check]) -> HttpResponse:
    """The answer on a credential of which ``checks`` must be known to hold; none means all that it names."""
    return _answer(is_verified(report, checks), report.to_json(), _details(report.results), report.findings)


def answer_presented(presented: Presented, checks: Collection[Check]) -> HttpResponse:
    """The answer on a presentation, as :func:`answer`; each credential inside is held to the same."""
    details = _details(presented.results)
    for each in presented.credentials:
        details += _details(each.results)
    holds = presented.is_valid
    if checks and not holds:
        own = {name: each.status for name, each in presented.results.items()}
        needed = [own.get(name) is Verdict.VALID for name in ("integrity", "holder", "schema")]
        known = Verdict.INVALID not in own.values() and own.get("occasion") is not Verdict.UNKNOWN
        holds = all(needed) and known and all(is_verified(each, checks) for each in presented.credentials)
    return _answer(holds, presented.to_json(), details, presented.findings)


def is_verified(report: Report, checks: Collection[Check]) -> bool:
    """Whether nothing is known to be wrong, and what ``checks`` name is known to hold (without any: all of it)."""
    if not checks or not report.is_readable:
        return report.is_valid
    if any(each.status is Verdict.INVALID for each in report.results.values()):
        return False
    status = report.results["status"].status
    return report.results["integrity"].status is Verdict.VALID and (
        Check.STATUS not in checks or status in (Verdict.VALID, Verdict.NOT_ASKED)
    )


def _answer(
    holds: bool,  # noqa: FBT001 - the verdict
    report: Mapping[str, Any],
    details: list[dict[str, str]],
    findings: tuple[Finding, ...],
) -> HttpResponse:
    more = {"verified": holds, "report": report, "problemDetails": details}
    if holds:
        return JsonResponse(more)
    detail = details[0]["detail"] if details else "It is not verified."
    return problem(400, "not-verified", detail=detail, findings=findings, **more)


def _details(results: Mapping[str, Result]) -> list[dict[str, str]]:
    wrong = [(name, each) for name, each in results.items() if each.status in (Verdict.INVALID, Verdict.UNKNOWN)]
    return [
        {"type": _type(name, each), "title": f"{name} is {each.status}", "detail": f"{each.reason} ({each.code})"}
        for name, each in wrong
    ]


def _type(name: str, result: Result) -> str:
    if name == "integrity" and result.code.startswith("ENT-CORE-"):
        return _UNREAD
    if name == "status" and result.code.isupper():
        return STATUS_LIST + result.code
    return DETAILS.get(name, "about:blank")
