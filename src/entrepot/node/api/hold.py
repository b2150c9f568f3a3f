"""Legal holds of the caller's party; and the operator's, which hold for every party of the node."""

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import ConfigDict, StringConstraints

from entrepot.base.error import UsageError
from entrepot.flow.hold import Placed, holds_of, lift, place
from entrepot.node.api.auth import OPERATORS, OWNERS, READERS, caller
from entrepot.node.api.edge import ACTS, BEHIND_TOKEN, ON_POST, once, wrongs
from entrepot.node.problem import ProblemError
from entrepot.node.running import office
from entrepot.rule.hold import LegalHold, LegalHoldLift

router = Router(tags=["holds"])
operators = Router(tags=["holds"], auth=OPERATORS)
Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern="^[^\\x00]+$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern="^[^\\x00]+$")]
HoldId = Path(..., pattern="^[0-9a-f]{64}$", description="Id of the record that placed the hold.")
READING, POSTING = wrongs(*BEHIND_TOKEN), wrongs(*BEHIND_TOKEN, 404, *ON_POST)


class LiftIn(Schema):
    """Who lifts a hold, as what, and why: a natural person."""

    model_config = ConfigDict(extra="forbid")
    name: Word
    role: Word
    reason: Text


class HoldIn(LiftIn):
    """What is to be kept, a ``record`` or every record of a ``sale``; who orders it, and by which ``instrument``."""

    instrument: Text
    record: Digest | None = None
    sale: Digest | None = None


class HoldMade(Schema):
    """The record that placed or lifted the hold."""

    record: str


class HoldLine(HoldIn):
    """A hold; ``lifted``: the record that lifted it, null while it stands."""

    hold: str
    lifted: str | None


@router.get("", response={200: list[HoldLine], **READING}, summary="List my holds", auth=READERS)
def list_holds(request: HttpRequest) -> list[dict[str, Any]]:
    """Every hold that the caller's party placed."""
    return _lines(caller(request).party)


@router.post("", response={200: HoldMade, **POSTING}, summary="Place a hold", auth=OWNERS, openapi_extra=ACTS)
def place_hold(request: HttpRequest, body: HoldIn) -> dict[str, str]:
    """Keep a record, or every record of a sale, those to come too, until the hold is lifted. Nobody else is told."""
    return _place(request, caller(request).party, body)


@router.post(
    "/{hold}/lift", response={200: HoldMade, **POSTING}, summary="Lift a hold", auth=OWNERS, openapi_extra=ACTS
)
def lift_hold(request: HttpRequest, body: LiftIn, hold: str = HoldId) -> dict[str, str]:
    """Lift a hold of the caller's party, for good."""
    return _lift(request, caller(request).party, hold, body)


@operators.get("/holds", response={200: list[HoldLine], **READING}, summary="List the operator's holds")
def list_operators_holds(request: HttpRequest) -> list[dict[str, Any]]:
    """Every hold that was placed for the operator of this node."""
    del request
    return _lines(office().identity.did)


@operators.post("/holds", response={200: HoldMade, **POSTING}, summary="Hold for every party", openapi_extra=ACTS)
def place_operators_hold(request: HttpRequest, body: HoldIn) -> dict[str, str]:
    """Keep a record or a sale whoever asks to erase it; who asks is told that the operator holds it, and no more."""
    return _place(request, office().identity.did, body)


@operators.post(
    "/holds/{hold}/lift", response={200: HoldMade, **POSTING}, summary="Lift the operator's hold", openapi_extra=ACTS
)
def lift_operators_hold(request: HttpRequest, body: LiftIn, hold: str = HoldId) -> dict[str, str]:
    """Lift a hold of the operator, for good."""
    return _lift(request, office().identity.did, hold, body)


def _lines(issuer: str) -> list[dict[str, Any]]:
    return [each.to_json() for each in holds_of(office().journal, issuer)]


def _place(request: HttpRequest, by: str, body: HoldIn) -> dict[str, str]:
    hold = LegalHold(**body.model_dump())
    return _done(request, "hold", body.model_dump(), lambda: place(office(), by, hold))


def _lift(request: HttpRequest, by: str, hold: str, body: LiftIn) -> dict[str, str]:
    said = LegalHoldLift(hold=hold, **body.model_dump())
    return _done(request, "lift", {"hold": hold, **body.model_dump()}, lambda: lift(office(), by, said))


def _done(request: HttpRequest, operation: str, body: dict[str, Any], work: Callable[[], Placed]) -> dict[str, str]:
    def act() -> dict[str, str]:
        try:
            placed = work()
        except UsageError as wrong:
            raise ProblemError(404, "not-found", f"{wrong.message}. {wrong.remedy}") from None
        if placed.findings:
            raise ProblemError(422, "findings", "The hold has blocking findings.", placed.findings)
        return {"record": placed.record}

    answer: dict[str, str] = once(request, operation, body, act)
    return answer
