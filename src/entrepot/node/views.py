"""Plain doors beside the API: health, DID documents, and the two through which nodes speak."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from entrepot.flow.office import Office
from entrepot.flow.peer import describe, greeted
from entrepot.flow.receive import receive_delivery
from entrepot.node.api.edge import answer_wrong
from entrepot.node.problem import problem
from entrepot.node.running import office, station


@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """Whether the node can write, and how much waits; 503 where it cannot."""
    running = station()
    trouble = running.writer.trouble
    journal = running.office.journal
    body: dict[str, Any] = {
        "status": "ok" if trouble is None else "trouble",
        "reason": "" if trouble is None else trouble.error_code,
        "undeliverable": len(journal.undeliverable()),
        "waiting": len(journal.waiting()),
        "sealed": 0 if (head := journal.head()) is None else head.size,
    }
    return JsonResponse(body, status=200 if trouble is None else 503)


@require_GET
def description(request: HttpRequest) -> JsonResponse:
    """What this node tells about itself."""
    return JsonResponse(describe(office()))


@require_GET
def did_document(request: HttpRequest, name: str) -> HttpResponse:
    """The DID document of a hosted party (did:web)."""
    held = station().keys.named(name)
    document = None if held is None else station().keys.document(held.did)
    if document is None or name == "node":
        return problem(404, "not-found")
    return HttpResponse(json.dumps(document), content_type="application/did+json")


def _mail(request: HttpRequest, answer: Callable[[Office, bytes], bytes]) -> HttpResponse:
    try:
        return HttpResponse(answer(office(), request.body), content_type="application/jose")
    except Exception as wrong:  # noqa: BLE001 - answer_wrong raises again what it does not know
        return answer_wrong(request, wrong)


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
