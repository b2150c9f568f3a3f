"""Verifying a document that anyone issued: public, nothing is kept."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from entrepot.document.verify import verify
from entrepot.flow.verifying import brought
from entrepot.node.api.edge import require_type, wrongs
from entrepot.node.running import office

router = Router(tags=["documents"])
TYPES = ("application/vc+jwt", "application/jwt", "application/vc", "application/json")
"""Media types in which a secured document may be sent."""


@router.post("/verify", response={200: dict[str, Any], **wrongs(415)}, summary="Verify a secured document", auth=None,
             openapi_extra={"requestBody": {"required": True, "content": {
                 each: {"schema": {}} for each in TYPES}}})  # fmt: skip
def verify_document(request: HttpRequest) -> dict[str, Any]:
    """Integrity, issuer, status, validity, schema, mandate, anchor: each valid, invalid, unknown or not_asked.

    The body is the document itself. It changes nothing, so that sending it twice is harmless.
    """
    require_type(request, *TYPES)
    report = verify(request.body, resolver=office().resolver, at=office().clock(), given=brought(office()))
    return report.to_json()
