"""Erasure of the caller's party's copies."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, StringConstraints

from entrepot.base.error import UsageError
from entrepot.flow.erase import Accepting, Erased, erase
from entrepot.node.api.auth import OWNERS, caller
from entrepot.node.api.edge import ACTS, BEHIND_TOKEN, ON_POST, once, wrongs
from entrepot.node.problem import ProblemError
from entrepot.node.running import office

router = Router(tags=["erasures"], auth=OWNERS)


class AcceptIn(Schema):
    """A named person who accepts that it is unknown whether the record must still be kept; it goes on record."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern="^[^\\x00]+$")]
    role: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern="^[^\\x00]+$")]
    reasons: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern="^[^\\x00]+$")]


class ErasureIn(Schema):
    """A record to erase, and why; ``accept`` where it is unknown whether it must be kept."""

    model_config = ConfigDict(extra="forbid")
    record: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern="^[^\\x00]+$")]
    accept: AcceptIn | None = None


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
    record is gone for itself alone: nobody takes from others what they were sent, nor what another party here must
    keep. Peers that hold a copy of the party's own record are told.

    422 ``must-be-kept`` where a legal hold stands or a time of retention runs: each finding names instrument and
    article, and until when; the detail names the record that answers whoever asked. 422 ``law-unknown`` where it is not
    known whether it must be kept: a named person may accept that (``accept``).
    """
    accepting = None if body.accept is None else Accepting(**body.accept.model_dump())

    def act() -> dict[str, str]:
        try:
            done = erase(office(), body.record, by=caller(request).party, reason=body.reason, accepting=accepting)
        except UsageError as wrong:
            raise ProblemError(404, "not-found", f"{wrong.message}. {wrong.remedy}") from None
        if not done.tombstone:
            raise _stopped(done)
        content = "erased" if done.is_gone else "kept"
        return {"record": body.record, "tombstone": done.tombstone, "content": content}

    answer: dict[str, str] = once(request, "erase", body.dict(), act)
    return answer


def _stopped(done: Erased) -> ProblemError:
    if done.refusal:
        detail = f"It must be kept. Record {done.refusal} answers whoever asked."
        return ProblemError(422, "must-be-kept", detail, done.findings)
    return ProblemError(422, "law-unknown", "Nobody knows whether it must be kept, or accepts that.", done.findings)
