"""The operator's word on agencies: which party of the node keeps which desk."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, StringConstraints

from entrepot.base.error import UsageError
from entrepot.flow.agency import appoint, keepers
from entrepot.node.account.models import Business
from entrepot.node.api.auth import OPERATORS
from entrepot.node.api.edge import ACTS, BEHIND_TOKEN, ON_POST, once, wrongs
from entrepot.node.api.registrar import Did
from entrepot.node.problem import ProblemError
from entrepot.node.running import office

router = Router(tags=["operator"], auth=OPERATORS)
DeskName = Annotated[str, StringConstraints(pattern="^[a-z-]{2,35}$")]


class AgencyIn(Schema):
    """A party of this node, and the desk that it keeps from now on (or, ``ended``, no longer)."""

    model_config = ConfigDict(extra="forbid")
    party: Did
    desk: DeskName
    ended: bool = False


class AgencyOut(Schema):
    """A party that keeps a desk here."""

    party: str
    desk: str


class AgencyMade(AgencyOut):
    """The same, with the record of the node that says so."""

    state: Literal["appointed", "ended"]
    record: str


@router.get("/agencies", response={200: list[AgencyOut], **wrongs(*BEHIND_TOKEN)}, summary="List agencies")
def list_agencies(request: HttpRequest) -> list[dict[str, str]]:
    """Which party keeps which desk of this node."""
    del request
    from entrepot.node.page.desk.listing import DESKS  # pages stand on the API, not beneath it

    return [{"party": each, "desk": desk} for desk in DESKS for each in keepers(office(), desk)]


@router.post("/agencies", response={200: AgencyMade, **wrongs(*BEHIND_TOKEN, *ON_POST)}, summary="Appoint an agency",
             openapi_extra=ACTS)  # fmt: skip
def appoint_agency(request: HttpRequest, body: AgencyIn) -> Any:
    """From now on the people of that party find the cases of the desk, and decide them; admitted peers are told, with
    its name and economy, so that their people can name it in a sale. The same again changes nothing."""

    from entrepot.node.page.desk.listing import DESKS

    def act() -> dict[str, str]:
        if body.desk not in DESKS:
            raise ProblemError(422, "desk", f"This node has the desks {', '.join(DESKS)}.")
        try:
            known = Business.objects.filter(party=body.party).first()
            named = {} if known is None else {"name": known.name, "economy": known.economy or None}
            record = appoint(office(), body.desk, body.party, ended=body.ended, **named)
        except UsageError as wrong:
            raise ProblemError(404, "not-found", f"{wrong.message}. {wrong.remedy}") from None
        state = "ended" if body.ended else "appointed"
        return {"party": body.party, "desk": body.desk, "state": state, "record": record}

    return once(request, "agency", body.model_dump(mode="json"), act)
