"""How a record travels between nodes: its proofs as issued, the foreign bytes it names, and what is withheld."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from entrepot.base.digest import sha256
from entrepot.base.finding import Finding, Severity
from entrepot.base.shape import Code, Digest, Length, dump, parse
from entrepot.journal.port import Attachment

PROOF_CHARS_MAX = 3 << 20
ATTACHMENT_CHARS_MAX = 4 << 20
ATTACHMENTS_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SentProof:
    """One secured form of the record, as text: a compact JWS, or JSON with a Data Integrity proof."""

    securing: Code
    body: Annotated[str, Length(1, PROOF_CHARS_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAttachment:
    """Foreign bytes (base64) that the record names by digest."""

    digest: Digest
    media_type: Annotated[str, Length(3, 100)]
    body: Annotated[str, Length(0, ATTACHMENT_CHARS_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One record on its way. ``withheld``: ids among its causes that the receiver may not read."""

    proofs: Annotated[tuple[SentProof, ...], Length(1, 8)]
    attachments: Annotated[tuple[SentAttachment, ...], Length(0, ATTACHMENTS_MAX)] = ()
    withheld: Annotated[tuple[Digest, ...], Length(0, 1000)] = ()


def read_envelope(value: Any, *, path: str = "$") -> tuple[Envelope | None, tuple[Finding, ...]]:
    """The envelope that parsed JSON writes, or None and all findings."""
    return parse(Envelope, value, path=path)


def write_envelope(envelope: Envelope) -> dict[str, Any]:
    """The JSON form."""
    written: dict[str, Any] = dump(envelope)
    return written


def pack(attachments: Sequence[Attachment]) -> tuple[SentAttachment, ...]:
    """Attachments in the form in which they travel."""
    return tuple(
        SentAttachment(digest=each.digest, media_type=each.media_type, body=base64.b64encode(each.body).decode("ascii"))
        for each in attachments
    )


def unpack(sent: Sequence[SentAttachment]) -> tuple[tuple[Attachment, ...], tuple[Finding, ...]]:
    """The attachments, each once, and a finding for each whose bytes do not have the digest it names."""
    found: list[Attachment] = []
    findings: list[Finding] = []
    for index, each in enumerate(sent):
        try:
            body = base64.b64decode(each.body, validate=True)
        except (binascii.Error, ValueError):
            body = b""
        if sha256(body) == each.digest:
            found.append(Attachment(digest=each.digest, media_type=each.media_type, body=body))
        else:
            findings.append(
                Finding(
                    id="ENT-CORE-ENVELOPE-01",
                    severity=Severity.BLOCKING,
                    path=f"$.attachments[{index}].body",
                    message="The bytes do not have the digest {digest}.",
                    params={"digest": each.digest},
                    source="FIPS 180-4 (SHA-256)",
                    remedy="Send the file again, unchanged.",
                )
            )
    return tuple({each.digest: each for each in found}.values()), tuple(findings)
