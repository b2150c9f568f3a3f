"""The VC API (W3C Credentials Community Group, draft report): issue, derive, take back credentials, verify anybody's.

What is issued here is no record of a sale; that it was issued is. Clients of that interface know no idempotency keys:
issuing twice makes two credentials, and what is taken back by its id is taken back in both.
"""

import json
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Schema, Status
from pydantic import ConfigDict, Field, StringConstraints

from entrepot.document.proof.context import CREDENTIALS_V2
from entrepot.document.proof.deriving import derived
from entrepot.document.proof.opened import open_secured
from entrepot.document.proof.pointer import POINTERS_MAX
from entrepot.document.proof.securing import ENDINGS
from entrepot.document.verify import verify
from entrepot.document.verify.presentation import verify_presentation
from entrepot.flow.certify import Wish, certify, set_status
from entrepot.flow.standing import Purpose
from entrepot.flow.status_list import published
from entrepot.flow.verifying import brought
from entrepot.node.api.auth import WRITERS, caller
from entrepot.node.api.description import ANSWERS
from entrepot.node.api.edge import BEHIND_TOKEN, wrongs
from entrepot.node.api.token import Moment
from entrepot.node.api.verdict import Check, NotVerified, Verified, answer, answer_presented
from entrepot.node.problem import ProblemError
from entrepot.node.running import office

router = Router(tags=["credentials"])
presentations = Router(tags=["credentials"])
lists = Router(tags=["credentials"])
Pointer = Annotated[str, StringConstraints(max_length=1000, pattern="^(/[^\\x00]*)?$")]
Id = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern="^[!-~]+$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=500)]
"""A domain or a challenge."""
Securing = Literal["vc+jwt", "eddsa-jcs-2022", "ecdsa-jcs-2019", "eddsa-rdfc-2022", "ecdsa-rdfc-2019", "ecdsa-sd-2023",
                   "dc+sd-jwt"]  # fmt: skip
SECURING = Query(None, description="As `options.securing`, for clients that send no options.")
INLINE = Query(default=False, description="As `options.inlineContexts`.")
CHECKS = Query([], max_length=10, description="As `options.checks`, for clients that send no options.")
AS_OF = Query(None, description="The list as it was at that moment.")
CERTIFYING = wrongs(*BEHIND_TOKEN, 409, 415)
VERIFYING = {**wrongs(415), 400: NotVerified}
VC_TYPE, JSON_TYPE = "application/vc", "application/json"


class _Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class IssueOptions(_Strict):
    """How to issue. ``securing``: by default that of the party's key over statements (``rdfc``). ``statusPurposes``:
    statuses to keep for it on lists of this node, set by the credential's id or ``credentialId``.
    ``mandatoryPointers``: what a holder cannot leave out. ``inlineContexts``: take contexts that stand in the
    credential, which some verifiers refuse."""

    securing: Securing | None = None
    credentialId: Id | None = None  # noqa: N815 - a JSON name
    mandatoryPointers: Annotated[list[Pointer], Field(max_length=POINTERS_MAX)] | None = None  # noqa: N815
    statusPurposes: Annotated[list[Purpose], Field(max_length=2)] = []  # noqa: N815
    inlineContexts: bool = False  # noqa: N815


class IssueIn(_Strict):
    """A credential without proof; the caller's party becomes its issuer where it names none."""

    credential: dict[str, Any]
    options: IssueOptions = IssueOptions()


class IssuedOut(Schema):
    """The secured credential; a token comes in its envelope (VCDM 2.0, 4.13.1)."""

    verifiableCredential: dict[str, Any]  # noqa: N815 - a JSON name


class DeriveOptions(_Strict):
    """``selectivePointers``: what is shown beside what its issuer made mandatory."""

    selectivePointers: Annotated[list[Pointer], Field(max_length=POINTERS_MAX)] = []  # noqa: N815


class DeriveIn(_Strict):
    """A credential with a base proof of ecdsa-sd-2023, or the envelope of an SD-JWT."""

    verifiableCredential: dict[str, Any]  # noqa: N815 - a JSON name
    options: DeriveOptions = DeriveOptions()


class StatusEntryIn(Schema):
    """Which status is meant; further members of an entry do no harm."""

    type: Literal["BitstringStatusListEntry"] = "BitstringStatusListEntry"
    statusPurpose: Purpose  # noqa: N815 - a JSON name


class StatusIn(_Strict):
    """Set (or, where ``status`` is false, clear) a status of every credential that was issued under the id."""

    credentialId: Id  # noqa: N815 - a JSON name
    credentialStatus: StatusEntryIn  # noqa: N815
    status: bool = True


class StatusOut(Schema):
    """The status as it is now."""

    credentialId: str  # noqa: N815 - a JSON name
    statusPurpose: Purpose  # noqa: N815
    status: bool


class VerifyOptions(_Strict):
    """``checks``: what must be known to hold; by default all that the credential names. Whatever is known to be wrong
    counts in any case."""

    checks: Annotated[list[Check], Field(max_length=10)] = []


class VerifyIn(_Strict):
    """A secured credential, or the envelope of one."""

    verifiableCredential: dict[str, Any]  # noqa: N815 - a JSON name
    options: VerifyOptions = VerifyOptions()


class PresentedOptions(VerifyOptions):
    """``domain`` and ``challenge``: for whom and on which occasion the holder must have signed."""

    domain: Word | None = None
    challenge: Word | None = None


class PresentedIn(_Strict):
    """A secured presentation, or the envelope of one."""

    verifiablePresentation: dict[str, Any]  # noqa: N815 - a JSON name
    options: PresentedOptions = PresentedOptions()


@router.post("/issue", response={201: IssuedOut, **CERTIFYING}, summary="Issue a credential", auth=WRITERS)
def issue_credential(
    request: HttpRequest,
    response: HttpResponse,
    body: IssueIn,
    securing: Securing | None = SECURING,
    inlineContexts: bool = INLINE,  # noqa: N803, FBT001
) -> Any:
    """Sign a credential with the key that this node holds of the caller's party. 400 with findings where it breaks the
    data model, or a term has no meaning. The log keeps that it was issued, and its digest, not what it says. The record
    of that is at ``Location``; its receipt is evidence of when the credential existed."""
    asked = body.options
    wish = Wish(
        securing=asked.securing or securing or "",
        purposes=tuple(dict.fromkeys(asked.statusPurposes)),
        reference=asked.credentialId or "",
        mandatory=asked.mandatoryPointers,
        inline=asked.inlineContexts or inlineContexts,
        contexts=office().contexts,
    )
    made = certify(office(), caller(request).party, body.credential, wish)
    if made.secured is None:
        raise ProblemError(400, "findings", "Nothing was issued: see the findings.", made.findings)
    response["Location"] = f"{office().url}/api/v1/records/{made.record}"
    return Status(201, {"verifiableCredential": _as_json(made.secured, made.securing)})


@router.post("/derive", response={201: IssuedOut, **CERTIFYING}, summary="Show a part of a credential", auth=WRITERS)
def derive_credential(request: HttpRequest, body: DeriveIn) -> Any:
    """What its issuer made mandatory and the pointers name, with a derived proof. Nothing is kept."""
    opened, findings = open_secured(_bytes(body.verifiableCredential))
    if opened is None:
        raise ProblemError(400, "unreadable", findings[0].text, findings)
    made = derived(opened, body.options.selectivePointers, contexts=office().contexts)
    return Status(201, {"verifiableCredential": _as_json(made, "" if made[:1] == b"{" else "dc+sd-jwt")})


@router.post("/status", response={200: StatusOut, **CERTIFYING, **wrongs(404)},
             summary="Set the status of a credential", auth=WRITERS)  # fmt: skip
def set_credential_status(request: HttpRequest, body: StatusIn) -> Any:
    """Revoke, suspend or reinstate what the caller's party issued here; the list shows it at once. A revocation is
    final (409). The same again changes nothing."""
    purpose = body.credentialStatus.statusPurpose
    held = set_status(office(), caller(request).party, body.credentialId, purpose, value=body.status)
    if held is None:
        raise ProblemError(404, "not-found", "No credential of yours has a status of that purpose under that id.")
    if not held:
        raise ProblemError(409, "status-final", "A revocation is final; issue the credential again.")
    return {"credentialId": body.credentialId, "statusPurpose": purpose, "status": body.status}


@router.post("/verify", response={200: Verified, **VERIFYING}, summary="Verify a credential", auth=None)
def verify_credential(request: HttpRequest, body: VerifyIn, checks: list[Check] = CHECKS) -> HttpResponse:
    """200 where it is verified, 400 where it is not; the report says what holds, what does not and what is unknown.
    Nothing is kept."""
    report = verify(
        _bytes(body.verifiableCredential), resolver=office().resolver, at=office().clock(), given=brought(office())
    )
    return answer(report, {*body.options.checks, *checks})


@presentations.post("/verify", response={200: Verified, **VERIFYING}, summary="Verify a presentation", auth=None)
def verify_presented(request: HttpRequest, body: PresentedIn, checks: list[Check] = CHECKS) -> HttpResponse:
    """As for a credential: the holder's proof, the occasion it was made for, and every credential inside."""
    asked = body.options
    given = brought(office(), audience=asked.domain, nonce=asked.challenge)
    presented = verify_presentation(
        _bytes(body.verifiablePresentation), resolver=office().resolver, at=office().clock(), given=given
    )
    return answer_presented(presented, {*asked.checks, *checks})


@lists.get("/{name}", response={200: dict[str, Any], **wrongs(404, 422)}, summary="A status list", auth=None,
           openapi_extra={ANSWERS: [VC_TYPE, JSON_TYPE]})  # fmt: skip
def show_status_list(
    request: HttpRequest,
    name: str = Path(..., pattern="^[0-9a-f]{32}$"),
    timestamp: Moment = AS_OF,
) -> HttpResponse:
    """Bitstring Status List 1.0, signed by the party whose list it is; 404 where there was none at that moment."""
    now = office().clock().replace(microsecond=0)
    found = published(office(), name, min(timestamp or now, now))
    if found is None:
        raise ProblemError(404, "not-found", "There is no such list, or there was none then.")
    wanted = VC_TYPE if VC_TYPE in request.headers.get("Accept", "") else JSON_TYPE
    return HttpResponse(found, content_type=wanted)


def _bytes(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _as_json(secured: bytes, securing: str) -> dict[str, Any]:
    if securing not in ENDINGS:
        value: dict[str, Any] = json.loads(secured)
        return value
    envelope = {"@context": CREDENTIALS_V2, "type": "EnvelopedVerifiableCredential"}
    return {**envelope, "id": f"data:application/{securing},{secured.decode('ascii')}"}
