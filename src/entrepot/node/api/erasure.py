"""Erasure of the caller's party's copies."""

from typing import Annotated

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
    """The tombstone that stands in the record's place."""

    record: str
    tombstone: str


@router.post("", response={200: ErasureOut, **wrongs(*BEHIND_TOKEN, 404, *ON_POST)}, summary="Erase a record",
             openapi_extra=ACTS)  # fmt: skip
def erase_record(request: HttpRequest, body: ErasureIn) -> dict[str, str]:
    """Erase this node's copy of a record that the caller's party issued or was sent; it cannot be undone.

    Content, proofs and files go, from the database's file too; digest and tombstone stay. Peers that hold a copy of
    the party's own record are told. What the law asks to be kept is the party's to mind.
    """

    def act() -> dict[str, str]:
        try:
            tombstone = erase(office(), body.record, by=caller(request).party, reason=body.reason)
        except UsageError as wrong:
            raise ProblemError(404, "not-found", f"{wrong.message}. {wrong.remedy}") from None
        return {"record": body.record, "tombstone": tombstone}

    done: dict[str, str] = once(request, "erase", body.dict(), act)
    return done
