"""Plain doors beside the API: health, DID documents, and those through which nodes speak."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

import entrepot
from entrepot.base.error import EntrepotError
from entrepot.base.moment import format_moment
from entrepot.flow.catchup import missing
from entrepot.flow.cosigning import answer_head
from entrepot.flow.error import ScannerAway
from entrepot.flow.office import Office
from entrepot.flow.peer import describe, greeted
from entrepot.flow.receive import receive_delivery
from entrepot.journal.port import CatchUpNeeded, JournalBusy
from entrepot.node.disk import DISK_SHORT, room_of
from entrepot.node.problem import RETRY_S, problem
from entrepot.node.running import office, station
from entrepot.node.station import Station

MAIL_TYPE = "application/jose"
LD_TYPE = "application/ld+json"
KEPT_S = 7 * 24 * 3600
"""Seconds for which a reader may keep a context: a name never gets another text."""
COUNT_MAX = 1000
COMMIT_S = 3.0
UNCOSIGNED = "uncosigned"
"""Notice of the health: a tree head has waited too long for a peer to cosign it."""
SCANNER_AWAY = ScannerAway.code
"""Notice of the health: the scanner of files does not answer, so that nothing that brings a file is taken."""


@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """Whether the node can write, and how much waits; 503 where it cannot. Figures stop at :data:`COUNT_MAX`.

    Writing is tried: a small row is committed, at most one a second.
    """
    running = station()
    journal = running.office.journal
    reason = _what_stops(running)
    head = journal.head()
    body: dict[str, Any] = {
        "status": "trouble" if reason else "ok",
        "reason": reason,
        "version": entrepot.__version__,
        "undeliverable": len(journal.undeliverable(COUNT_MAX)),
        "missing": len(journal.missing()[:COUNT_MAX]),
        "suspectHeads": len(journal.suspect_heads()[:COUNT_MAX]),
        "sealed": 0 if head is None else head.size,
        **_cosigned(running),
    }
    body["notices"] += _unscanned(running)
    answer = JsonResponse(body, status=503 if reason else 200)
    if reason:
        answer["Retry-After"] = str(RETRY_S)
    return answer


def _cosigned(running: Station) -> dict[str, Any]:
    """How far peers have cosigned the log, and a notice where they have not for longer than the operator allows."""
    waits = running.office.journal.uncosigned_since()
    most = max((each.newest.size for each in running.office.journal.cosigners()), default=0)
    late = waits is not None and running.office.clock() - waits > timedelta(hours=running.config.uncosigned_hours)
    since = None if waits is None else format_moment(waits)
    return {"cosigned": most, "uncosignedSince": since, "notices": [UNCOSIGNED] if late else []}


def _unscanned(running: Station) -> list[str]:
    try:
        if running.config.scanner is not None:
            running.config.scanner.version()
    except ScannerAway:
        return [SCANNER_AWAY]
    return []


def _what_stops(running: Station) -> str:
    """Why nothing can be written now, as a code; empty where a commit goes through within a moment."""
    if room_of(running.config.data, running.config.disk_free_mib).is_short:
        return DISK_SHORT
    if running.office.journal.needs_catch_up:
        return CatchUpNeeded.code
    try:
        running.writer.submit(lambda journal: journal.probe()).result(timeout=COMMIT_S)
    except TimeoutError:
        return JournalBusy.code
    except EntrepotError as wrong:
        return wrong.error_code
    trouble = running.writer.trouble
    return "" if trouble is None else getattr(trouble, "error_code", "internal")


@require_GET
def description(request: HttpRequest) -> JsonResponse:
    """What this node tells about itself."""
    return JsonResponse(describe(office()))


@require_GET
def openapi(request: HttpRequest) -> JsonResponse:
    """The OpenAPI description of the API."""
    from entrepot.node.api import api

    return JsonResponse(api.get_openapi_schema())


@require_GET
def did_document(request: HttpRequest, name: str) -> HttpResponse:
    """The DID document of a hosted party (did:web)."""
    held = station().keys.named(name)
    document = None if held is None else station().keys.document(held.did)
    if document is None or not document["id"].startswith("did:web:"):
        return problem(404, "not-found")
    return HttpResponse(json.dumps(document), content_type="application/did+json")


@require_GET
def named(request: HttpRequest, name: str) -> HttpResponse:
    """A JSON-LD context of ours, or the vocabulary of our own terms, for readers that ask for it by name."""
    from entrepot.document.vocabulary.published import published

    text = published(name)
    if text is None:
        return problem(404, "not-found")
    answer = HttpResponse(json.dumps(text, ensure_ascii=False), content_type=LD_TYPE)
    answer["Cache-Control"] = f"public, max-age={KEPT_S}"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _mail(request: HttpRequest, answer: Callable[[Office, bytes], bytes]) -> HttpResponse:
    if request.content_type != MAIL_TYPE:
        return problem(415, "media-type", detail=f"Send {MAIL_TYPE}.")
    return HttpResponse(answer(office(), request.body), content_type=MAIL_TYPE)


@csrf_exempt
@require_POST
def greeting(request: HttpRequest) -> HttpResponse:
    """A node introduces itself."""
    return _mail(request, greeted)


@csrf_exempt
@require_POST
def delivery(request: HttpRequest) -> HttpResponse:
    """A node delivers records."""
    return _mail(request, receive_delivery)


@csrf_exempt
@require_POST
def heads(request: HttpRequest) -> HttpResponse:
    """A node shows its newest tree head, for this one to cosign."""
    return _mail(request, answer_head)


@csrf_exempt
@require_POST
def held(request: HttpRequest) -> HttpResponse:
    """A node that was restored asks for what it lost."""
    return _mail(request, missing)
