"""The operator's door: the parties of the node, and their tokens."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, StringConstraints

from entrepot.node.api.auth import OPERATORS
from entrepot.node.api.edge import ACTS, BEHIND_TOKEN, ON_POST, once, wrongs
from entrepot.node.api.token import TokenId, TokenIn, TokenLine, TokenOut, create, lines, revoke
from entrepot.node.custody import NAME_PATTERN, require_name
from entrepot.node.hosting import PartyMethod, host
from entrepot.node.problem import ProblemError
from entrepot.node.running import office, station
from entrepot.party.key import Curve
from entrepot.party.residence import TEXT_MAX, names_node, read_residence

router = Router(tags=["operator"], auth=OPERATORS)
OWN_PATTERN = "^did:(key|web|webvh):[A-Za-z0-9._:%-]*[A-Za-z0-9._%-]$"
"""DIDs under which a party may hold its own key."""


class PartyIn(Schema):
    """A party that is to live on this node: with a new key that the node holds, or, with ``did``, with its own key,
    which stays where it is. ``residence``: the statement, signed by a did:key, that it lives here."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, StringConstraints(pattern=NAME_PATTERN, min_length=2, max_length=40)]
    curve: Curve = Curve.ED25519
    method: PartyMethod = PartyMethod.WEB
    did: Annotated[str, StringConstraints(pattern=OWN_PATTERN, max_length=500)] | None = None
    residence: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_.-]+$", max_length=TEXT_MAX)] | None = None


class PartyOut(Schema):
    """A hosted party. ``custody``: who holds its key, the node (``held``) or the party (``own``)."""

    name: str
    did: str
    custody: str


class PartyMade(PartyOut):
    """``resides``: whether the party itself says that it lives here; peers believe nobody else, and send it nothing
    before."""

    resides: bool


@router.get("/parties", response={200: list[PartyOut], **wrongs(*BEHIND_TOKEN)}, summary="List hosted parties")
def list_parties(request: HttpRequest) -> list[dict[str, str]]:
    """All parties that live here."""
    custodies = office().custodies()
    return [
        {"name": name, "did": did, "custody": custodies[did]} for did, name in sorted(station().keys.names().items())
    ]


@router.post("/parties", response={200: PartyMade, **wrongs(*BEHIND_TOKEN, *ON_POST)}, summary="Create a hosted party",
             openapi_extra=ACTS)  # fmt: skip
def create_party(request: HttpRequest, body: PartyIn) -> Any:
    """Without ``did``: did:web under this node's address (or did:key), with a new held key. With it: a party under
    did:key, did:web or did:webvh that keeps its key; nothing secret is given. The same again gives the same party.

    Admitted peers are told, so that they send it what it may read; one that is down hears it later."""

    def act() -> dict[str, Any]:
        name = require_name(body.name)
        if body.did is None:
            return {"name": name, "did": host(name, body.curve, body.method), "custody": "held", "resides": True}
        made = _registered(name, body.did, body.residence)
        station().announcer.tell()
        return {"name": name, **made}

    return once(request, "party", body.model_dump(mode="json", exclude_unset=True), act)


def _registered(name: str, did: str, residence: str | None) -> dict[str, Any]:
    node = office().identity.did
    found = office().resolver.resolve(did)
    if found.document is None:
        raise ProblemError(422, "did-unresolved", f"{found.reason} ({found.code})")
    stated = None if residence is None else read_residence(residence)
    if residence is not None and (stated is None or (stated.party, stated.node) != (did, node)):
        raise ProblemError(422, "residence", f"The statement is not by {did}, or is not about {node}.")
    station().keys.register(name, did, residence=residence, now=office().clock())
    resides = did in office().custody.residences() or names_node(found.document, node)
    return {"did": did, "custody": "own", "resides": resides}


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
