"""The registrar's door: a hosted party that keeps a register challenges members, registers them, and takes back."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import ConfigDict, StringConstraints

from entrepot.base.shape import dump
from entrepot.flow.error import NotHeld
from entrepot.flow.registrar import Application, Entry, Registrar, challenge, change, register
from entrepot.node.api.auth import READERS, WRITERS, caller
from entrepot.node.api.edge import ACTS, BEHIND_TOKEN, ON_POST, once, wrongs
from entrepot.node.problem import ProblemError
from entrepot.node.register import desk_of
from entrepot.node.running import station

router = Router(tags=["registrar"])
DID_PATTERN = "^did:[a-z0-9]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._%-]$"
Did = Annotated[str, StringConstraints(pattern=DID_PATTERN, max_length=500)]


class ChallengeIn(Schema):
    """Whose control is to be shown."""

    model_config = ConfigDict(extra="forbid")
    did: Did


class ChallengeOut(Schema):
    """A challenge, and the same as a Verifiable Presentation Request."""

    nonce: str
    audience: str
    did: str
    issued: str
    expires: str
    request: dict[str, Any]


class ApplicationIn(Schema):
    """What a member asks for, and its answer to the challenge: the presentation, as text."""

    model_config = ConfigDict(extra="forbid")
    did: Did
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    economy: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
    scheme: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    number: Annotated[str, StringConstraints(min_length=1, max_length=70)]
    answer: Annotated[str, StringConstraints(min_length=2, max_length=65536)]


class EntryOut(Schema):
    """An entry of the register, with its identity anchor."""

    id: str
    did: str
    name: str
    economy: str
    scheme: str
    number: str
    registered: str
    state: str
    anchor: str
    findings: list[dict[str, Any]] = []


@router.post("/challenges", response={200: ChallengeOut, **wrongs(*BEHIND_TOKEN, *ON_POST)},
             summary="Challenge a member", auth=WRITERS, openapi_extra=ACTS)  # fmt: skip
def ask(request: HttpRequest, body: ChallengeIn) -> Any:
    """A nonce that the member signs with a key that its DID lists for authentication, once, within a quarter of an
    hour."""

    def act() -> dict[str, Any]:
        made = challenge(_desk(request), body.did)
        return {**dump(made), "request": made.request()}

    return once(request, "challenge", body.model_dump(mode="json"), act)


@router.get("/registrations", response={200: list[EntryOut], **wrongs(*BEHIND_TOKEN, 409)}, summary="List my register",
            auth=READERS)  # fmt: skip
def list_entries(request: HttpRequest) -> list[dict[str, Any]]:
    """All entries of the caller's register."""
    return [_shown(each) for each in _desk(request).register.entries()]


@router.post("/registrations", response={200: EntryOut, **wrongs(*BEHIND_TOKEN, *ON_POST)},
             summary="Register a member", auth=WRITERS, openapi_extra=ACTS)  # fmt: skip
def enter(request: HttpRequest, body: ApplicationIn) -> Any:
    """The number is checked by its scheme, the answer against the challenge; then the identity anchor is issued, and
    lies at its id. That the number is the member's is what the caller says."""

    def act() -> dict[str, Any]:
        fields = body.model_dump(exclude={"answer"})
        done = register(_desk(request), Application(**fields), body.answer.encode())
        if done.entry is None:
            raise ProblemError(422, "not-registered", "Findings stop the registration.", done.findings)
        return _shown(done.entry) | {"findings": [each.to_json() for each in done.findings]}

    return once(request, "registration", body.model_dump(mode="json"), act)


@router.post("/registrations/{entry}/{act}", response={200: EntryOut, **wrongs(*BEHIND_TOKEN, 404, 409, 422)},
             summary="Suspend, reinstate or revoke an entry", auth=WRITERS, openapi_extra=ACTS)  # fmt: skip
def take_back(
    request: HttpRequest,
    act: Literal["suspend", "reinstate", "revoke"],
    entry: str = Path(..., pattern="^r[0-9a-f]{16}$"),
) -> Any:
    """The status list says so from then on. A revocation is final."""

    def do() -> dict[str, Any]:
        desk = _desk(request)
        found = next((each for each in desk.register.entries() if each.id == entry), None)
        if found is None:
            raise ProblemError(404, "not-found", "The register has no such entry.")
        if found.state == "revoked" and act != "revoke":
            raise ProblemError(409, "revoked", "A revocation is final.")
        return _shown(change(desk, entry, act))

    return once(request, f"registration/{entry}/{act}", {}, do)


def _desk(request: HttpRequest) -> Registrar:
    party = caller(request).party
    desk = desk_of(station(), party)
    if desk is None:
        raise NotHeld(f"this node holds no key of {party}", remedy="Keep the register where its key is.")
    return desk


def _shown(entry: Entry) -> dict[str, Any]:
    application: dict[str, Any] = dump(entry.application)
    plain = {"id": entry.id, "state": entry.state, "registered": dump(entry.registered), "anchor": entry.anchor}
    return application | plain
