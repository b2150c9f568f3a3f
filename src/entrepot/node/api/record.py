"""Records: issue one, check a draft, present a foreign file, read one back."""

import base64
from collections.abc import Collection
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Schema
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from entrepot.base.digest import sha256
from entrepot.base.finding import blocking
from entrepot.flow.issue import Draft, Issued, check_draft, issue
from entrepot.flow.kinds import kinds, newest
from entrepot.flow.reading import has_sale, receipt_page, record_page
from entrepot.flow.scan import hits_in, left_out
from entrepot.journal.port import Attachment
from entrepot.node.api.auth import READERS, WRITERS, Caller, caller
from entrepot.node.api.description import ANSWERS
from entrepot.node.api.edge import ACTS, BEHIND_TOKEN, IN_FLIGHT, ON_POST, FindingOut, idempotency, wrongs
from entrepot.node.problem import ProblemError
from entrepot.node.running import office

router = Router(tags=["records"])
RecordId = Path(..., pattern="^[0-9a-f]{64}$", description="SHA-256 of the record's canonical content.")
Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Did = Annotated[str, StringConstraints(pattern=r"^did:[a-z0-9]+:[A-Za-z0-9._:%-]+$", max_length=500)]
ATTACHMENT_BYTES_MAX = 3 << 20
SECURED_TYPES = {"jose": "application/vc+jwt", "embedded": "application/vc"}
READING = wrongs(*BEHIND_TOKEN, 404, 422)
POSTING = wrongs(*BEHIND_TOKEN, 404, *ON_POST)


MEDIA_TYPE = "^[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+$"
"""Type and subtype in lower case, without parameters (RFC 6838, 4.2)."""

BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
"""RFC 4648, 4."""
KIND = "^[a-z][a-z0-9]*([_-][a-z0-9]+)*$"


class FileIn(Schema):
    """A foreign file that the record names by its digest."""

    model_config = ConfigDict(extra="forbid")
    media_type: Annotated[str, StringConstraints(pattern=MEDIA_TYPE, max_length=100)]
    base64: Annotated[str, StringConstraints(pattern=BASE64, max_length=ATTACHMENT_BYTES_MAX * 4 // 3 + 4)]


class DraftIn(Schema):
    """What the caller's party wants to say. ``after`` and ``audience`` follow from the sale where they are left out."""

    model_config = ConfigDict(extra="forbid")
    kind: Annotated[str, StringConstraints(pattern=KIND, min_length=3, max_length=60)]
    number: Annotated[str, StringConstraints(min_length=1, max_length=35)]
    payload: dict[str, Any]
    sales: Annotated[list[Digest], Field(max_length=1000)] = []
    after: Annotated[list[Digest], Field(max_length=1000)] | None = None
    audience: Annotated[list[Did], Field(max_length=100)] | None = None
    attachments: Annotated[list[FileIn], Field(max_length=20)] = []


class CheckOut(BaseModel):
    """One check and its outcome."""

    stage: str
    name: str
    standard: str
    verdict: str
    findings: list[FindingOut]


class IssuedOut(BaseModel):
    """A record that was issued: its id, its place in the log, the signed promise to seal it, and what was checked."""

    id: str
    seq: int
    received: str
    promise: str | None
    replayed: bool
    checks: list[CheckOut]


class CheckedOut(BaseModel):
    """What issuing would find; ``ok`` is false where a finding would stop it."""

    ok: bool
    checks: list[CheckOut]


class KindOut(Schema):
    """A kind of record."""

    kind: str
    version: int
    personal: bool


@router.get("/kinds", response={200: list[KindOut], **wrongs()}, summary="List the kinds of record", auth=None)
def list_kinds(request: HttpRequest) -> list[dict[str, Any]]:
    """Every kind that this node knows."""
    return [
        {"kind": each.name, "version": each.version, "personal": each.personal} for _, each in sorted(kinds().items())
    ]


@router.get(
    "/kinds/{kind}", response={200: dict[str, Any], **wrongs(404, 422)}, summary="The schema of a kind", auth=None
)
def show_kind(request: HttpRequest, kind: str = Path(..., max_length=60)) -> dict[str, Any]:
    """JSON Schema (2020-12) of the newest version of a kind's payload."""
    from entrepot.base.shape import schema

    found = newest(kind)
    if found is None:
        raise ProblemError(404, "not-found", "No kind has that name.")
    return schema(found.shape)


@router.post("", response={200: IssuedOut, **POSTING}, summary="Issue a record", auth=WRITERS, openapi_extra=ACTS)
def issue_record(request: HttpRequest, body: DraftIn) -> dict[str, Any]:
    """Check, sign with the party's held key, keep, send. The same key and body again gives the same record."""
    who = caller(request)
    key = idempotency(request, who, "issue", body.model_dump(mode="json"))
    with IN_FLIGHT.hold(key):
        known = office().journal.replayed(key)
        if known is not None:
            return replayed_answer(known.record_id)
        issued = issue(office(), draft_of(body, who), idempotency=key)
    return answer_of(issued)


@router.post("/check", response={200: CheckedOut, **POSTING}, summary="Check a draft", auth=WRITERS)
def check_record(request: HttpRequest, body: DraftIn) -> dict[str, Any]:
    """What issuing the draft would find. Nothing is signed or kept, so no idempotency key is needed."""
    checked = check_draft(office(), draft_of(body, caller(request))).assessment
    return {"ok": not checked.blocking, "checks": [each.to_json() for each in checked.checked]}


@router.get("/{record_id}", response={200: dict[str, Any], **READING}, summary="Show one record", auth=READERS)
def show_record(request: HttpRequest, record_id: str = RecordId) -> dict[str, Any]:
    """Content, proofs and checks of a record that the caller's party may read."""
    return _visible(request, record_id)


@router.get("/{record_id}/receipt", response={200: dict[str, Any], **READING}, summary="Receipt", auth=READERS)
def show_receipt(request: HttpRequest, record_id: str = RecordId) -> dict[str, Any]:
    """The proof that the record lies in this node's log (RFC 9162); 404 until it is sealed, some seconds at most. Where
    the record says that a credential was issued, its content comes along: so the receipt is evidence for that."""
    _visible(request, record_id)
    receipt = receipt_page(office().journal, record_id)
    if receipt is None:
        raise ProblemError(404, "not-sealed", "The record is not sealed yet; ask again in some seconds.")
    return receipt


@router.get("/{record_id}/secured/{securing}", summary="The secured form", auth=READERS,
            response={200: str, **READING}, openapi_extra={ANSWERS: list(SECURED_TYPES.values())})  # fmt: skip
def show_secured(
    request: HttpRequest, record_id: str = RecordId, securing: str = Path(..., max_length=40)
) -> HttpResponse:
    """The record as it was signed: ``vc+jwt`` as text, Data Integrity proofs as JSON."""
    _visible(request, record_id)
    for proof in office().journal.proofs(record_id):
        if proof.securing == securing:
            media_type = SECURED_TYPES["jose" if securing == "vc+jwt" else "embedded"]
            return HttpResponse(proof.body, content_type=media_type)
    raise ProblemError(404, "not-found", "The record has no such proof.")


@router.get("/{record_id}/files/{digest}", summary="A file that the record names", auth=READERS,
            response={200: str, **READING}, openapi_extra={ANSWERS: ["application/octet-stream"]})  # fmt: skip
def show_file(
    request: HttpRequest, record_id: str = RecordId, digest: str = Path(..., pattern="^[0-9a-f]{64}$")
) -> HttpResponse:
    """The bytes as received; always a download, never a page."""
    _visible(request, record_id)
    found = office().journal.attachment(digest) if digest in office().journal.attachments(record_id) else None
    hit = None if found else hits_in(office().journal.assessment(record_id)).get(digest)
    if hit:
        raise ProblemError(404, "infected", "The file is not kept: see the findings.", (left_out(digest, hit),))
    if found is None:
        raise ProblemError(404, "not-found", "The record names no such file.")
    answer = HttpResponse(found.body, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{digest[:16]}"'
    return answer


def _visible(request: HttpRequest, record_id: str) -> dict[str, Any]:
    page = record_page(office().journal, record_id, caller(request).readers, custodies=office().custodies())
    if page is None:
        raise ProblemError(404, "not-found", "No record that you may read has that id.")
    return page


def draft_of(body: DraftIn, who: Caller) -> Draft:
    """The draft that a request writes, of the caller's party; raises a 404 problem for what that party cannot see."""
    require_known(body.sales, body.after or (), who)
    files = [file_of(each) for each in body.attachments]
    return Draft(
        kind=body.kind,
        issuer=who.party,
        number=body.number,
        payload=body.payload,
        sales=tuple(body.sales),
        after=None if body.after is None else tuple(body.after),
        audience=None if body.audience is None else tuple(body.audience),
        attachments=tuple({each.digest: each for each in files}.values()),
    )


def require_known(sales: Collection[str], after: Collection[str], who: Caller) -> None:
    """A party may name only sales and causes that it can see; of all others the 404 problem tells nothing."""
    journal = office().journal
    if not all(has_sale(journal, each, who.readers) for each in sales):
        raise ProblemError(404, "not-found", "No sale of yours has that id.")
    for cause in after:
        if record_page(journal, cause, who.readers) is None:
            raise ProblemError(404, "not-found", "No record that you may read has the id in `after`.")


def file_of(sent: FileIn) -> Attachment:
    """The file that a request carries."""
    data = base64.b64decode(sent.base64, validate=True)
    return Attachment(digest=sha256(data), media_type=sent.media_type, body=data)


def answer_of(issued: Issued) -> dict[str, Any]:
    """What is answered where a record was issued; raises a 422 problem with the findings where it was not."""
    if issued.record is None or issued.appended is None:
        raise ProblemError(
            422, "findings", "Nothing was issued: see the findings.", blocking(issued.findings) or issued.findings
        )
    return {
        "id": issued.record.id,
        "seq": issued.appended.seq,
        "received": issued.appended.received.isoformat(),
        "promise": issued.appended.promise,
        "replayed": False,
        "checks": [each.to_json() for each in issued.assessment.checked],
    }


def replayed_answer(record_id: str) -> dict[str, Any]:
    """What is answered where an idempotency key was used before for this record."""
    entry = office().journal.entry(record_id)
    assessment = office().journal.assessment(record_id) or {}
    assert entry is not None, "an idempotency key is kept with its record"
    return {
        "id": record_id,
        "seq": entry.seq,
        "received": entry.received.isoformat(),
        "promise": None,
        "replayed": True,
        "checks": assessment.get("checks", []),
    }
