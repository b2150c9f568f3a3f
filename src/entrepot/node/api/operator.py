"""The operator's door: the parties of the node, and their tokens."""

from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, StringConstraints

from entrepot.node.api.auth import OPERATORS
from entrepot.node.api.edge import ACTS, BEHIND_TOKEN, ON_POST, once, wrongs
from entrepot.node.api.token import TokenId, TokenIn, TokenLine, TokenOut, create, lines, revoke
from entrepot.node.custody import NAME_PATTERN, require_name, web_did
from entrepot.node.problem import ProblemError
from entrepot.node.running import office, station
from entrepot.party.key import Curve

router = Router(tags=["operator"], auth=OPERATORS)


class PartyIn(Schema):
    """A party to create on this node, with a key that the node holds for it."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, StringConstraints(pattern=NAME_PATTERN, min_length=2, max_length=40)]
    curve: Curve = Curve.ED25519


class PartyOut(Schema):
    """A hosted party."""

    name: str
    did: str
    custody: str = "held"


@router.get("/parties", response={200: list[PartyOut], **wrongs(*BEHIND_TOKEN)}, summary="List hosted parties")
def list_parties(request: HttpRequest) -> list[dict[str, str]]:
    """All parties that live here."""
    return [{"name": name, "did": did} for did, name in sorted(station().keys.names().items())]


@router.post("/parties", response={200: PartyOut, **wrongs(*BEHIND_TOKEN, *ON_POST)}, summary="Create a hosted party",
             openapi_extra=ACTS)  # fmt: skip
def create_party(request: HttpRequest, body: PartyIn) -> Any:
    """did:web under this node's address, with a new held key. The same name again gives the same party.

    Admitted peers are told, so that they send it what it may read; one that is down hears it later."""

    def act() -> dict[str, str]:
        name = require_name(body.name)
        did = web_did(settings.CONFIG.did_host, settings.CONFIG.port, name)
        made = station().keys.create(name, did=did, curve=body.curve, now=office().clock())
        if made.key.curve is not body.curve:
            raise ProblemError(409, "party-exists", f"The party {name} is there, with a key on {made.key.curve}.")
        station().announcer.tell()
        return {"name": name, "did": made.did}

    return once(request, "party", body.model_dump(mode="json"), act)


@router.get("/tokens", response={200: list[TokenLine], **wrongs(*BEHIND_TOKEN)}, summary="List tokens")
def list_tokens(request: HttpRequest) -> list[dict[str, Any]]:
    """All tokens, without their secrets."""
    return lines()


@router.post("/tokens", response={200: TokenOut, **wrongs(*BEHIND_TOKEN, *ON_POST)}, summary="Create a token",
             openapi_extra=ACTS)  # fmt: skip
def create_token(request: HttpRequest, body: TokenIn) -> dict[str, Any]:
    """A token with one role for one party. The same idempotency key gives the same token."""
    return create(request, body)


@router.post("/tokens/{token}/revoke", response={200: TokenLine, **wrongs(*BEHIND_TOKEN, 404, 409, 422)},
             summary="Revoke a token", openapi_extra=ACTS)  # fmt: skip
def revoke_token(request: HttpRequest, token: int = TokenId) -> dict[str, Any]:
    """From now on the token opens nothing. Revoking twice changes nothing."""
    return revoke(request, token)
