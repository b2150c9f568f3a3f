"""Erasure of the caller's party's copies."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, StringConstraints

from entrepot.base.error import UsageError
from entrepot.flow.erase import erase
from entrepot.node.api.auth import OWNERS, caller
from entrepot.node.api.edge import ACTS, BEHIND_TOKEN, ON_POST, once, wrongs
from entrepot.node.problem import ProblemError
from entrepot.node.running import office

router = Router(tags=["erasures"], auth=OWNERS)


class ErasureIn(Schema):
    """A record to erase, and why."""

    model_config = ConfigDict(extra="forbid")
    record: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern="^[^\\x00]+$")]


class ErasureOut(Schema):
    """The tombstone that stands in the record's place. ``content``: ``erased`` where this node holds it no more;
    ``kept`` where other parties of the node may still read it, and it is gone for the caller's party alone."""

    record: str
    tombstone: str
    content: Literal["erased", "kept"]


@router.post("", response={200: ErasureOut, **wrongs(*BEHIND_TOKEN, 404, *ON_POST)}, summary="Erase a record",
             openapi_extra=ACTS)  # fmt: skip
def erase_record(request: HttpRequest, body: ErasureIn) -> dict[str, str]:
    """Erase a record that the caller's party issued or was sent; it cannot be undone.

    The node keeps one copy for all its parties. It goes when the issuer erases it, or the last party here that may
    read it: content, proofs and files, from the database's file too; digest and tombstone stay. For another party the
    record is gone for itself alone: nobody takes from others what they were sent. Peers that hold a copy of the
    party's own record are told. What the law asks to be kept is the party's to mind.
    """

    def act() -> dict[str, str]:
        try:
            done = erase(office(), body.record, by=caller(request).party, reason=body.reason)
        except UsageError as wrong:
            raise ProblemError(404, "not-found", f"{wrong.message}. {wrong.remedy}") from None
        content = "erased" if done.is_gone else "kept"
        return {"record": body.record, "tombstone": done.tombstone, "content": content}

    answer: dict[str, str] = once(request, "erase", body.dict(), act)
    return answer
