"""The node's log: its signed head, and proofs that it only grows. Public, so that anyone can hold it to its word."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from entrepot.node.api.edge import wrongs
from entrepot.node.problem import ProblemError
from entrepot.node.running import office

router = Router(tags=["log"])


@router.get("/head", response={200: dict[str, Any], **wrongs(404)}, summary="The newest signed tree head", auth=None)
def show_head(request: HttpRequest) -> dict[str, Any]:
    """RFC 9162 tree head of all entries; 404 before the first seal."""
    head = office().journal.head()
    if head is None:
        raise ProblemError(404, "not-sealed", "Nothing is sealed yet.")
    return head.to_json()


@router.get("/consistency", response={200: list[str], **wrongs(404, 422)}, summary="Consistency proof", auth=None)
def show_consistency(
    request: HttpRequest, first: int = Query(..., ge=1, le=2**53 - 1), second: int = Query(..., ge=1, le=2**53 - 1)
) -> list[str]:
    """The hashes that show that the log of ``second`` entries begins with the log of ``first`` (RFC 9162, 2.1.4)."""
    head = office().journal.head()
    if head is None or not first <= second <= head.size:
        raise ProblemError(404, "not-found", "The log has no such sizes.")
    return list(office().journal.consistency(first, second))
