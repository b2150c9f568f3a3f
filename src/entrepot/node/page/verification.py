"""Verify a document that anyone issued: a verdict in plain words, the reasons, the details. Nothing is kept."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from entrepot.base.digest import sha256
from entrepot.base.said import said
from entrepot.document.verify import Report, Verdict, unread, verify
from entrepot.flow.verifying import brought
from entrepot.node.page.answer import onward, page, root_of
from entrepot.node.page.aside import begin, found, is_young
from entrepot.node.page.bringing import Brought, bring, code_in
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.remedy import plainly
from entrepot.node.page.saying import spoken
from entrepot.node.problem import problem
from entrepot.node.running import office

QUESTIONS = {
    "integrity": gettext_noop("Is it unchanged since it was signed?"),
    "issuer": gettext_noop("Did the issuer it names sign it?"),
    "status": gettext_noop("Does the issuer still stand by it?"),
    "validity": gettext_noop("Is it in force now?"),
    "schema": gettext_noop("Does it have the right form?"),
    "mandate": gettext_noop("Was the signer allowed to sign for the issuer?"),
    "anchor": gettext_noop("Does somebody trusted vouch for the issuer?"),
    "time": gettext_noop("Is there evidence of when it was signed?"),
}
"""Result of a verification -> the question it answers, as a reader asks it."""
VERDICTS = {
    Verdict.VALID: gettext_noop("good"),
    Verdict.INVALID: gettext_noop("not good"),
    Verdict.UNKNOWN: gettext_noop("unknown"),
    Verdict.NOT_ASKED: gettext_noop("not checked"),
}
SIGNS = {Verdict.VALID: "✓", Verdict.INVALID: "✗", Verdict.UNKNOWN: "?", Verdict.NOT_ASKED: "–"}
"""Beside the words, so that no answer depends on colour."""


CAMERA = "camera=(self), geolocation=(), microphone=()"
"""This page alone may ask for the camera."""


@dataclass(frozen=True, slots=True)
class Line:
    """One question with its answer; ``why`` and ``helps``: plain words for it. ``reason``: the exact one, with its
    values; ``code``: by which programs know it."""

    question: str
    answer: str
    sign: str
    kind: str
    why: str
    helps: str
    reason: str
    code: str


@csrf_exempt  # it changes nothing, and answers the same to everybody
@require_http_methods(["GET", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    """The form, and for a document the verdict."""
    if request.method == "GET":
        return _follow(request, request.GET["work"]) if "work" in request.GET else _shown(request)
    work = begin(lambda: _checked(request))
    return _told(request, work.answer()) if work.over.is_set() else onward(request, f"/verify?work={work.token}")


def _follow(request: HttpRequest, token: str) -> HttpResponse:
    """The verdict, once it is there; that it is worked on, as long as it may be, whichever process does it."""
    work = found(token)
    if work is not None and work.over.is_set():
        return _told(request, work.answer())
    if work is None and not is_young(token):
        return onward(request, "/verify")
    return page(
        request,
        "going.html",
        title=gettext("Check a document"),
        words=gettext("What the document names elsewhere is being fetched. Each place has a few seconds to answer."),
        again=f"{root_of(request)}/verify?work={token}",
        script="follow.js",
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """What was sent, and what was found, unless there was no document."""

    sent: Brought
    report: Report | None
    at: datetime


def _checked(request: HttpRequest) -> Checked:
    sent = bring(request)
    is_document = bool(sent.data) and not sent.page and not sent.problem
    return Checked(sent, _judged(sent.data) if is_document else None, office().clock())


def _told(request: HttpRequest, checked: Checked) -> HttpResponse:
    """The page that says what came of it."""
    sent, report = checked.sent, checked.report
    if sent.page:
        return onward(request, sent.page)
    if sent.problem:
        return _shown(request, status=422, sent=sent)
    if report is None:
        return _shown(request, status=400, empty=True)
    lines = [_line(name, report) for name in QUESTIONS if name in report.results]
    verdict = _verdict(report)
    return _shown(
        request,
        because=next((each for each in lines if each.kind == verdict[1] and each.helps), None),
        sent=sent,
        report=report,
        at=checked.at,
        digest=sha256(sent.data),
        verdict=verdict,
        is_part=report.results["schema"].code == "part-of-a-document",
        lines=lines,
        unchecked=[each.question for each in lines if each.kind in (Verdict.NOT_ASKED, Verdict.UNKNOWN)],
    )


@csrf_exempt  # it changes nothing, and answers the same to everybody
@require_POST
def read_code(request: HttpRequest) -> HttpResponse:
    """What the QR code says that a camera sees, as text; 204 where none is seen. Nothing is kept."""
    picture = request.FILES.get("picture")
    if picture is None:
        return problem(400, "request", detail="There is no picture.")
    code = code_in(picture.read())
    return HttpResponse(code, content_type="text/plain; charset=utf-8") if code else HttpResponse(status=204)


def _shown(request: HttpRequest, *, status: int = 200, **values: object) -> HttpResponse:
    """The page, which may use the camera (W3C Permissions Policy) and brings the script that does."""
    answer = page(request, "verify.html", status=status, script="scan.js", **values)
    answer["Permissions-Policy"] = CAMERA
    return answer


def _judged(data: bytes) -> Report:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return unread(said("The file is not text."))
    here = office()
    return verify(data, resolver=here.resolver, at=here.clock(), given=brought(here))


def _verdict(report: Report) -> tuple[str, str]:
    """The whole in one sentence, and its kind."""
    if not report.is_readable:
        return gettext("This could not be read as a signed document."), "unknown"
    if report.is_valid:
        return gettext("This document is good."), "valid"
    if any(each.status is Verdict.INVALID for each in report.results.values()):
        return gettext("Do not rely on this document."), "invalid"
    return gettext("It cannot be said whether this document is good."), "unknown"


def _line(name: str, report: Report) -> Line:
    result = report.results[name]
    # A signature that does not hold says nothing of who signed: what helps is the document as it was issued.
    is_same = name == "issuer" and result.code == report.results["integrity"].code
    why, helps = plainly("integrity" if is_same else name, result)
    return Line(
        question=gettext(QUESTIONS[name]),
        answer=gettext(VERDICTS[result.status]),
        sign=SIGNS[result.status],
        kind=str(result.status),
        why=why,
        helps=helps,
        reason=spoken(result.reason),
        code=result.code,
    )
