"""The operator's door: parties, tokens, peers, what could not be delivered."""

from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import ConfigDict, StringConstraints

from entrepot.flow import peer as peers
from entrepot.node.access.models import Role, Token
from entrepot.node.api.auth import OPERATORS, caller, digest_of, secret_for
from entrepot.node.api.edge import ERRORS, idempotency
from entrepot.node.custody import require_name, web_did
from entrepot.node.problem import ProblemError
from entrepot.node.running import office, station
from entrepot.party.key import Curve

router = Router(tags=["operator"], auth=OPERATORS)
Node = Annotated[str, StringConstraints(pattern="^did:key:z[1-9A-HJ-NP-Za-km-z]{40,80}$")]


class PartyIn(Schema):
    """A party to create on this node, with a key that the node holds for it."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, StringConstraints(min_length=2, max_length=40)]
    curve: Curve = Curve.ED25519


class PartyOut(Schema):
    """A hosted party."""

    name: str
    did: str
    custody: str = "held"


class TokenIn(Schema):
    """A token for a hosted party (or, without one, for an operator)."""

    model_config = ConfigDict(extra="forbid")
    party: Annotated[str, StringConstraints(max_length=500)] = ""
    role: Role
    label: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    expires: datetime | None = None


class TokenOut(Schema):
    """A new token; ``secret`` is told here and nowhere else."""

    id: int
    secret: str


class TokenLine(Schema):
    """A token in the list."""

    id: int
    party: str
    role: str
    label: str
    revoked: bool


class PeerIn(Schema):
    """A node to invite, by its public address."""

    model_config = ConfigDict(extra="forbid")
    url: Annotated[str, StringConstraints(min_length=8, max_length=300)]


class PeerChoice(Schema):
    """A node to accept or block, by its key."""

    model_config = ConfigDict(extra="forbid")
    node: Node


class PeerOut(Schema):
    """A peer."""

    node: str
    url: str
    status: str
    parties: list[str]
    seen: str


class DeliveryOut(Schema):
    """A message that was given up or refused."""

    id: int
    peer: str
    record: str | None
    attempts: int
    reason: str | None


@router.get("/parties", response={200: list[PartyOut], **ERRORS}, summary="List hosted parties")
def list_parties(request: HttpRequest) -> list[dict[str, str]]:
    """All parties that live here."""
    return [{"name": name, "did": did} for did, name in sorted(station().keys.names().items())]


@router.post("/parties", response={200: PartyOut, **ERRORS}, summary="Create a hosted party")
def create_party(request: HttpRequest, body: PartyIn) -> dict[str, str]:
    """did:web under this node's address, with a new held key. The same name again gives the same party."""
    idempotency(request, caller(request), "party", body.dict())
    name = require_name(body.name)
    did = web_did(settings.CONFIG.did_host, settings.CONFIG.port, name)
    made = station().keys.create(name, did=did, curve=body.curve, now=office().clock())
    return {"name": name, "did": made.did}


@router.get("/tokens", response={200: list[TokenLine], **ERRORS}, summary="List tokens")
def list_tokens(request: HttpRequest) -> list[dict[str, Any]]:
    """All tokens, without their secrets."""
    return [
        {"id": each.pk, "party": each.party, "role": each.role, "label": each.label, "revoked": bool(each.revoked)}
        for each in Token.objects.order_by("pk")
    ]


@router.post("/tokens", response={200: TokenOut, **ERRORS}, summary="Create a token")
def create_token(request: HttpRequest, body: TokenIn) -> dict[str, Any]:
    """A token with one role for one party. The same idempotency key gives the same token."""
    key = idempotency(request, caller(request), "token", body.dict())
    if (body.role is Role.OPERATOR) == bool(body.party):
        raise ProblemError(422, "token-party", "An operator acts for no party; every other role for one.")
    if body.party and body.party not in office().custody.hosted():
        raise ProblemError(422, "token-party", "That party does not live on this node.")
    secret = secret_for(settings.SECRET_KEY, key.scope, key.key)
    made, created = Token.objects.get_or_create(
        digest=digest_of(secret),
        defaults={
            "party": body.party,
            "role": body.role,
            "label": body.label,
            "created": office().clock(),
            "expires": body.expires,
        },
    )
    if not created and (made.party, made.role, made.label) != (body.party, body.role, body.label):
        raise ProblemError(409, "idempotency-key-reused", "The key was used with another request.")
    return {"id": made.pk, "secret": secret}


@router.post("/tokens/{token}/revoke", response={200: TokenLine, **ERRORS}, summary="Revoke a token")
def revoke_token(request: HttpRequest, token: int = Path(..., ge=1, le=2**53 - 1)) -> dict[str, Any]:
    """From now on the token opens nothing. Revoking twice changes nothing."""
    found = Token.objects.filter(pk=token).first()
    if found is None:
        raise ProblemError(404, "not-found", "There is no such token.")
    if found.revoked is None:
        found.revoked = office().clock()
        found.save(update_fields=["revoked"])
    return {"id": found.pk, "party": found.party, "role": found.role, "label": found.label, "revoked": True}


@router.get("/peers", response={200: list[PeerOut], **ERRORS}, summary="List peers")
def list_peers(request: HttpRequest) -> list[dict[str, Any]]:
    """All nodes that this one knows, with their status."""
    return [_peer(each) for each in peers.peers(office())]


@router.post("/peers/invite", response={200: PeerOut, **ERRORS}, summary="Invite a node")
def invite_peer(request: HttpRequest, body: PeerIn) -> dict[str, Any]:
    """Ask the node at that address to exchange records with this one. Inviting twice changes nothing."""
    return _peer(peers.invite(office(), body.url.rstrip("/")))


@router.post("/peers/accept", response={200: PeerOut, **ERRORS}, summary="Accept a node")
def accept_peer(request: HttpRequest, body: PeerChoice) -> dict[str, Any]:
    """Admit a node that asked. Accepting twice changes nothing."""
    return _peer(peers.accept(office(), body.node))


@router.post("/peers/block", response={200: PeerOut, **ERRORS}, summary="Block a node")
def block_peer(request: HttpRequest, body: PeerChoice) -> dict[str, Any]:
    """Exchange nothing more with a node. Blocking twice changes nothing."""
    return _peer(peers.block(office(), body.node))


@router.post("/peers/announce", response={200: list[PeerOut], **ERRORS}, summary="Announce this node")
def announce(request: HttpRequest) -> list[dict[str, Any]]:
    """Tell all admitted peers this node's present address and parties."""
    peers.announce(office())
    return [_peer(each) for each in peers.peers(office())]


@router.get("/undeliverable", response={200: list[DeliveryOut], **ERRORS}, summary="What could not be delivered")
def list_undeliverable(request: HttpRequest) -> list[dict[str, Any]]:
    """Messages that were refused or given up, with the reason."""
    return [
        {"id": each.id, "peer": each.peer, "record": each.record_id, "attempts": each.attempts, "reason": each.reason}
        for each in office().journal.undeliverable()
    ]


@router.post("/undeliverable/{message}/requeue", response={200: list[DeliveryOut], **ERRORS}, summary="Try again")
def requeue(request: HttpRequest, message: int = Path(..., ge=1, le=2**53 - 1)) -> list[dict[str, Any]]:
    """Put a message back into the outbox."""
    if message not in {each.id for each in office().journal.undeliverable(10_000)}:
        raise ProblemError(404, "not-found", "No undeliverable message has that id.")
    office().run(lambda journal: journal.requeue(message))
    return list_undeliverable(request)


def _peer(each: peers.Peer) -> dict[str, Any]:
    return {
        "node": each.id,
        "url": each.url,
        "status": each.status,
        "parties": sorted(each.parties),
        "seen": each.seen,
    }
