"""Mandates as credentials (VCDM 2.0), and how a document names the one under which it is signed.

A document signed for an organisation by somebody else names the organisation as its issuer and the mandate in
``termsOfUse`` (VCDM 2.0, 5.5: the terms under which a credential was issued), inside what is signed. Its proof names
the key of the person or agent; `mandates` among the decisions in docs/adr says why.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entrepot.base.digest import sha256
from entrepot.base.error import UsageError
from entrepot.base.finding import Finding, Severity
from entrepot.base.moment import format_moment, parse_moment
from entrepot.base.said import Said, said
from entrepot.base.shape import dump, parse
from entrepot.document.proof.context import CREDENTIALS_V2, MANDATE_REFERENCE, MANDATE_TYPES, MANDATE_V1
from entrepot.document.proof.model import items_of
from entrepot.document.proof.opened import open_secured
from entrepot.party.mandate import LINKS_MAX, Mandate

_SOURCE = "Entrepot mandate, version 1"
_SRI = "sha256-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A mandate that is about to be given: ``id`` of its credential, who gives it, from when to when.

    ``status``: its places on the giver's status lists, so that it can be taken back.
    """

    id: str
    issuer: str
    mandate: Mandate
    since: datetime
    until: datetime
    status: Sequence[Mapping[str, Any]] = ()


def mandate_credential(grant: Grant) -> dict[str, Any]:
    """The unsigned credential. Raises :class:`UsageError` for a period without length, and for one that the
    organisation does not give itself and that passes nothing on."""
    if grant.until <= grant.since:
        raise UsageError("the mandate ends before it begins", remedy="Give a later end.")
    if grant.issuer != grant.mandate.principal and grant.mandate.parent is None:
        remedy = "Name the mandate that is passed on."
        raise UsageError(f"{grant.issuer} cannot grant what it was not granted", remedy=remedy)
    credential: dict[str, Any] = {
        "@context": [CREDENTIALS_V2, MANDATE_V1],
        "id": grant.id,
        "type": ["VerifiableCredential", MANDATE_TYPES[0]],
        "issuer": grant.issuer,
        "validFrom": format_moment(grant.since),
        "validUntil": format_moment(grant.until),
        "credentialSubject": dump(grant.mandate),
    }
    if grant.status:
        credential["credentialStatus"] = [dict(each) for each in grant.status]
    return credential


def is_mandate(credential: Mapping[str, Any]) -> bool:
    """Whether the credential claims to be a mandate."""
    return MANDATE_TYPES[0] in items_of(credential.get("type"))


def read_mandate(credential: Mapping[str, Any]) -> tuple[Mandate | None, tuple[Finding, ...]]:
    """What a mandate credential grants, or None and all findings. Nothing is verified."""
    if not is_mandate(credential):
        return None, (_finding(1, "$.type", "The credential is no mandate."),)
    found = [
        _finding(2, f"$.{name}", "A mandate states {name}.", name=name)
        for name in ("id", "validFrom", "validUntil")
        if not isinstance(credential.get(name), str)
    ]
    mandate, wrong = parse(Mandate, credential.get("credentialSubject"))
    found += [each.at("$.credentialSubject") for each in wrong]
    return (None, tuple(found)) if found else (mandate, ())


@dataclass(frozen=True, slots=True)
class Reference:
    """A mandate as a document names it: the ``id`` of its credential, and the SHA-256 of its secured bytes, empty where
    the document leaves open which they are."""

    id: str
    digest: str = ""


def open_mandate(data: bytes) -> tuple[Reference | None, Mandate | None, tuple[Finding, ...]]:
    """How a document names the secured mandate ``data``, and what that grants; None twice with all findings where it is
    no mandate. Nothing is verified."""
    opened, findings = open_secured(data)
    if opened is None:
        return None, None, findings
    mandate, findings = read_mandate(opened.vc)
    if mandate is None:
        return None, None, findings
    return Reference(str(opened.vc["id"]), sha256(data.strip())), mandate, ()


def longer(child: Mapping[str, Any], parent: Mapping[str, Any]) -> tuple[Said, ...]:
    """In which respect the mandate credential ``child`` holds when ``parent`` does not; empty where in none."""
    try:
        since, until, from_, to = (
            parse_moment(vc[name]) for vc in (child, parent) for name in ("validFrom", "validUntil")
        )
    except (KeyError, ValueError, TypeError):
        return (said("A period is not stated."),)
    return () if from_ <= since and until <= to else (said("Its period is not within the one above."),)


def under(credential: Mapping[str, Any], mandates: Sequence[Reference]) -> dict[str, Any]:
    """``credential``, unsigned, naming the mandates under which it will be signed: the signer's, then those above it.

    With a digest (``digestSRI``, VCDM 2.0, 5.3) what is signed says which bytes belong to it, so that they can be kept
    and sent beside it.
    """
    if not mandates or len(mandates) > LINKS_MAX:
        raise UsageError(f"a document is signed under 1 to {LINKS_MAX} mandates")
    contexts = items_of(credential.get("@context"))
    added = [] if MANDATE_V1 in contexts else [MANDATE_V1]
    terms = items_of(credential["termsOfUse"]) if "termsOfUse" in credential else []
    terms += [{"type": MANDATE_REFERENCE, "id": each.id, **_sri(each.digest)} for each in mandates]
    return {**credential, "@context": [*contexts, *added], "termsOfUse": terms}


def named_mandates(credential: Mapping[str, Any]) -> tuple[Reference, ...]:
    """The mandates that a document names."""
    entries = [each for each in items_of(credential.get("termsOfUse")) if isinstance(each, Mapping)]
    named = [each for each in entries if MANDATE_REFERENCE in items_of(each.get("type"))]
    return tuple(Reference(_text(each.get("id")), _digest(each.get("digestSRI"))) for each in named)


def _sri(digest: str) -> dict[str, str]:
    """The digest as W3C Subresource Integrity writes it."""
    return {"digestSRI": f"{_SRI}{base64.b64encode(bytes.fromhex(digest)).decode()}"} if digest else {}


def _digest(sri: Any) -> str:
    """The digest in hexadecimal; empty for what is written otherwise, which names no bytes."""
    text = _text(sri)
    if not text.startswith(_SRI):
        return ""
    try:
        return base64.b64decode(text.removeprefix(_SRI), validate=True).hex()
    except ValueError:
        return ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _finding(number: int, path: str, message: str, **params: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-MANDATE-{number:02d}",
        severity=Severity.BLOCKING,
        path=path,
        message=message,
        params=params,
        source=_SOURCE,
        remedy="Ask whoever gave the mandate to give it again.",
    )
