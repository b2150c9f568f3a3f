"""The operator's door while a restored node catches up: which peers it waits for, and not waiting for one."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, StringConstraints

from entrepot.flow.catchup import Asked, progress, waive
from entrepot.node.api.auth import OPERATORS, caller
from entrepot.node.api.edge import ACTS, BEHIND_TOKEN, ON_POST, once, wrongs
from entrepot.node.api.peer import Node
from entrepot.node.problem import ProblemError
from entrepot.node.running import office

router = Router(tags=["peers"], auth=OPERATORS)


class WaiverIn(Schema):
    """A peer not to wait for. ``reason`` is kept with it, for whoever asks later why records are missing."""

    model_config = ConfigDict(extra="forbid")
    node: Node
    reason: Annotated[str, StringConstraints(min_length=3, max_length=300)]


class AskedOut(Schema):
    """How far a peer was asked. ``at``: when that ended, empty while it is waited for; ``by``: who ended it, empty
    where the peer answered everything."""

    node: str
    url: str
    at: str
    by: str
    reason: str
    recovered: int
    refused: int


class RecoveryOut(Schema):
    """``catchingUp``: the node was restored and issues nothing until each peer answered or was given up."""

    catchingUp: bool  # noqa: N815 - a JSON name
    epoch: int
    peers: list[AskedOut]


@router.get("/recovery", response={200: RecoveryOut, **wrongs(*BEHIND_TOKEN)}, summary="Catching up after a restore")
def show_recovery(request: HttpRequest) -> dict[str, Any]:
    """Whether this node still asks its peers for what a restore lost, and how far each was asked."""
    journal = office().journal
    asked = [_line(each) for each in progress(office())]
    return {"catchingUp": journal.needs_catch_up, "epoch": journal.epoch, "peers": asked}


@router.post("/recovery/waive", response={200: AskedOut, **wrongs(*BEHIND_TOKEN, 404, *ON_POST)},
             summary="Wait for a peer no longer", openapi_extra=ACTS)  # fmt: skip
def waive_peer(request: HttpRequest, body: WaiverIn) -> Any:
    """Go on without a peer that does not answer. What it alone held may stay lost; the decision is recorded."""

    def act() -> dict[str, Any]:
        if body.node not in {each.node for each in progress(office())}:
            raise ProblemError(404, "not-found", "No admitted peer has that key.")
        if not office().journal.needs_catch_up:
            raise ProblemError(409, "not-catching-up", "This node waits for no peer.")
        by = f"operator, token {caller(request).token}"
        return _line(waive(office(), body.node, by=by, reason=body.reason))

    return once(request, "recovery/waive", body.dict(), act)


def _line(each: Asked) -> dict[str, Any]:
    return {name: getattr(each, name) for name in AskedOut.model_fields}
