"""The operator's door to other nodes: invite, accept, block, what they showed, what they did not take."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import ConfigDict, StringConstraints

from entrepot.flow import peer as peers
from entrepot.node.api.auth import OPERATORS
from entrepot.node.api.edge import ACTS, BEHIND_TOKEN, ON_POST, once, wrongs
from entrepot.node.problem import ProblemError
from entrepot.node.running import office

router = Router(tags=["peers"], auth=OPERATORS)
Node = Annotated[str, StringConstraints(pattern="^did:key:z[1-9A-HJ-NP-Za-km-z]{40,80}$")]
READING = wrongs(*BEHIND_TOKEN)
POSTING = wrongs(*BEHIND_TOKEN, *ON_POST, 424)


class PeerIn(Schema):
    """A node to invite, by its public address."""

    model_config = ConfigDict(extra="forbid")
    url: Annotated[str, StringConstraints(pattern="^https?://[^/?#@\\s]{1,280}/?$", max_length=300)]


class PeerChoice(Schema):
    """A node to accept or block, by its key."""

    model_config = ConfigDict(extra="forbid")
    node: Node


class PeerOut(Schema):
    """A peer. ``parties``: those whose own DID documents say that they live there."""

    node: str
    url: str
    status: str
    parties: list[str]
    seen: str


class AnnouncedOut(Schema):
    """``missed``: admitted peers that could not be told now."""

    missed: list[str]


class DeliveryOut(Schema):
    """A message that was given up or refused."""

    id: int
    peer: str
    record: str | None
    attempts: int
    reason: str | None


class HeadOut(Schema):
    """A signed tree head (RFC 9162, 4.10)."""

    logId: str  # noqa: N815 - as the node signs it
    epoch: int
    size: int
    root: str
    time: str
    signature: str


class SuspectOut(Schema):
    """A head with which a peer contradicts itself. ``verdict``: ``forked`` (two pasts), ``shrunk`` (a shorter log)."""

    peer: str
    verdict: str
    head: HeadOut


@router.get("/peers", response={200: list[PeerOut], **READING}, summary="List peers")
def list_peers(request: HttpRequest) -> list[dict[str, Any]]:
    """All nodes that this one knows, with their status."""
    return [_line(each) for each in peers.peers(office())]


@router.post("/peers/invite", response={200: PeerOut, **POSTING}, summary="Invite a node", openapi_extra=ACTS)
def invite_peer(request: HttpRequest, body: PeerIn) -> Any:
    """Ask the node at that address to exchange records with this one. Inviting twice changes nothing."""
    url = body.url.rstrip("/")
    return once(request, "peer/invite", {"url": url}, lambda: _line(peers.invite(office(), url)))


@router.post("/peers/accept", response={200: PeerOut, **POSTING}, summary="Accept a node", openapi_extra=ACTS)
def accept_peer(request: HttpRequest, body: PeerChoice) -> Any:
    """Admit a node that asked. Accepting twice changes nothing."""
    return once(request, "peer/accept", body.dict(), lambda: _line(peers.accept(office(), body.node)))


@router.post("/peers/block", response={200: PeerOut, **POSTING}, summary="Block a node", openapi_extra=ACTS)
def block_peer(request: HttpRequest, body: PeerChoice) -> Any:
    """Exchange nothing more with a node. Blocking twice changes nothing."""
    return once(request, "peer/block", body.dict(), lambda: _line(peers.block(office(), body.node)))


@router.post("/peers/announce", response={200: AnnouncedOut, **wrongs(*BEHIND_TOKEN, 409)},
             summary="Announce this node", openapi_extra=ACTS)  # fmt: skip
def announce(request: HttpRequest) -> Any:
    """Tell all admitted peers this node's present address and parties; those that do not answer are named."""
    return once(request, "peer/announce", {}, lambda: {"missed": list(peers.announce(office()))})


@router.get("/heads/suspect", response={200: list[SuspectOut], **READING}, summary="Peers that contradict themselves")
def list_suspect_heads(request: HttpRequest) -> list[dict[str, Any]]:
    """Signed tree heads that do not continue what the same peer showed before: evidence of a rewritten log."""
    return [
        {"peer": peer, "verdict": str(verdict), "head": head.to_json()}
        for peer, head, verdict in office().journal.suspect_heads()
    ]


@router.get("/undeliverable", response={200: list[DeliveryOut], **READING}, summary="What could not be delivered")
def list_undeliverable(request: HttpRequest) -> list[dict[str, Any]]:
    """Messages that were refused or given up, with the reason; the oldest hundred."""
    return [
        {"id": each.id, "peer": each.peer, "record": each.record_id, "attempts": each.attempts, "reason": each.reason}
        for each in office().journal.undeliverable()
    ]


@router.post("/undeliverable/{message}/requeue", response={200: list[DeliveryOut],
             **wrongs(*BEHIND_TOKEN, 404, 409, 422)}, summary="Try again", openapi_extra=ACTS)  # fmt: skip
def requeue(request: HttpRequest, message: int = Path(..., ge=1, le=2**53 - 1)) -> Any:
    """Put a message back into the outbox; what is undeliverable then."""

    def act() -> list[dict[str, Any]]:
        if message not in {each.id for each in office().journal.undeliverable(10_000)}:
            raise ProblemError(404, "not-found", "No undeliverable message has that id.")
        office().run(lambda journal: journal.requeue(message))
        return list_undeliverable(request)

    return once(request, f"requeue/{message}", {}, act)


def _line(each: peers.Peer) -> dict[str, Any]:
    return {
        "node": each.id,
        "url": each.url,
        "status": each.status,
        "parties": sorted(each.parties),
        "seen": each.seen,
    }
