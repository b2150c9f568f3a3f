"""Verifying a document that anyone issued: public, nothing is kept."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from entrepot.document.verify import verify
from entrepot.node.api.edge import ERRORS
from entrepot.node.running import office

router = Router(tags=["documents"])


@router.post("/verify", response={200: dict[str, Any], **ERRORS}, summary="Verify a secured document", auth=None,
             openapi_extra={"requestBody": {"required": True, "content": {
                 "application/vc+jwt": {"schema": {"type": "string"}},
                 "application/json": {"schema": {"type": "object"}}}}})  # fmt: skip
def verify_document(request: HttpRequest) -> dict[str, Any]:
    """Integrity, issuer, status, validity, schema, mandate, anchor: each valid, invalid, unknown or not_asked.

    The body is the document itself. It changes nothing, so that sending it twice is harmless.
    """
    report = verify(request.body, resolver=office().resolver, at=office().clock(), anchors=office().anchors)
    return report.to_json()
