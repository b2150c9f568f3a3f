"""Records that a party signs with its own key, or somebody for it under a mandate: what is to be signed, and taking
what was signed."""

import base64
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field, StringConstraints

from entrepot.base.finding import blocking
from entrepot.base.shape import dump
from entrepot.flow.envelope import PROOF_CHARS_MAX
from entrepot.flow.issue import check_draft
from entrepot.flow.mandated import attached, check_mandates, credential_under
from entrepot.flow.prove import open_proofs
from entrepot.flow.signed import take_signed
from entrepot.node.api.auth import WRITERS, caller
from entrepot.node.api.edge import ACTS, IN_FLIGHT, idempotency
from entrepot.node.api.record import (
    ATTACHMENT_BYTES_MAX,
    POSTING,
    CheckOut,
    DraftIn,
    FileIn,
    IssuedOut,
    answer_of,
    draft_of,
    file_of,
    replayed_answer,
    require_known,
)
from entrepot.node.problem import ProblemError
from entrepot.node.running import office
from entrepot.party.mandate import LINKS_MAX

router = Router(tags=["records"], auth=WRITERS)


Mandates = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=ATTACHMENT_BYTES_MAX)]],
    Field(max_length=LINKS_MAX),
]
"""Secured mandates, as texts."""


class PreparedOut(Schema):
    """What is to be signed. ``ok``: false where a finding would stop it. ``record``: the id it will have, the SHA-256
    of ``canonical``, which is base64 of the canonical ``content`` (RFC 8785). ``credential``: the unsigned credential
    that renders it, which is what a proof covers. These are null where the draft makes no record."""

    ok: bool
    record: str | None
    content: dict[str, Any] | None
    canonical: str | None
    credential: dict[str, Any] | None
    checks: list[CheckOut]


class PrepareIn(DraftIn):
    """A draft, and the secured mandates under which somebody else than the party will sign it: that of whoever signs
    first, then those above it. None where the party signs with its own key."""

    mandates: Mandates = []


class SignedIn(Schema):
    """A record that the caller's party has signed: one text per proof, a compact JWS (``vc+jwt``) or JSON with a Data
    Integrity proof, all of the same record. ``attachments``: the files that it names. ``mandates``: where somebody else
    signed for the party, the secured mandates that the proofs name by digest."""

    model_config = ConfigDict(extra="forbid")
    secured: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=PROOF_CHARS_MAX)]],
        Field(min_length=1, max_length=8),
    ]
    attachments: Annotated[list[FileIn], Field(max_length=20)] = []
    mandates: Mandates = []


@router.post("/prepare", response={200: PreparedOut, **POSTING}, summary="Prepare what is to be signed")
def prepare_record(request: HttpRequest, body: PrepareIn) -> dict[str, Any]:
    """The exact content of the record that a draft makes, for a party that signs with its own key or has somebody sign
    under a mandate, and what handing it over would find. Heads, audience and nonce are filled in. Nothing is signed or
    kept, so no idempotency key is needed; whoever signs compares what comes back with the draft first."""
    prepared = check_draft(office(), draft_of(body, caller(request)))
    record, mandates = prepared.record, [each.encode() for each in body.mandates]
    checks = list(prepared.assessment.checked)
    if record is not None and mandates:
        checks.append(check_mandates(office(), record, mandates))
    return {
        "ok": record is not None and not blocking(finding for each in checks for finding in each.findings),
        "record": record and record.id,
        "content": record and dump(record.content),
        "canonical": record and base64.b64encode(record.to_bytes()).decode("ascii"),
        "credential": record and credential_under(record, mandates),
        "checks": [each.to_json() for each in checks],
    }


@router.post("/signed", response={200: IssuedOut, **POSTING}, summary="Hand over a signed record", openapi_extra=ACTS)
def take_signed_record(request: HttpRequest, body: SignedIn) -> dict[str, Any]:
    """Check, keep and send a record that the caller's party signed with its own key, or somebody for it under a mandate
    that comes with the record. The same key and body again gives
    the same record, and so does the same record under another key; proofs and files that are new are added to it."""
    who = caller(request)
    key = idempotency(request, who, "signed", body.model_dump(mode="json"))
    with IN_FLIGHT.hold(key):
        known = office().journal.replayed(key)
        if known is not None:
            return replayed_answer(known.record_id)
        record, proofs, findings = open_proofs(body.secured, "$.secured[{}]")
        if record is None:
            raise ProblemError(422, "findings", "It is no signed record: see the findings.", findings)
        if record.content.issuer != who.party:
            raise ProblemError(422, "issuer", f"It is issued by {record.content.issuer}, the token is another party's.")
        require_known(record.content.sales, record.content.after, who)
        mandates = (attached(each.encode()) for each in body.mandates)
        files = {each.digest: each for each in (*map(file_of, body.attachments), *mandates)}
        taken = take_signed(office(), record, proofs, tuple(files.values()), idempotency=key)
    return answer_of(taken)
