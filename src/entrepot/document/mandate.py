"""Mandates as credentials (VCDM 2.0), and how a document names the one under which it is signed.

A document signed for an organisation by somebody else names the organisation as its issuer and the mandate in
``termsOfUse`` (VCDM 2.0, 5.5: the terms under which a credential was issued), inside what is signed. Its proof names
the key of the person or agent; `mandates` among the decisions in docs/adr says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entrepot.base.error import UsageError
from entrepot.base.finding import Finding, Severity
from entrepot.base.moment import format_moment
from entrepot.base.shape import dump, parse
from entrepot.document.proof.context import CREDENTIALS_V2, MANDATE_REFERENCE, MANDATE_TYPES, MANDATE_V1
from entrepot.document.proof.model import items_of
from entrepot.party.mandate import LINKS_MAX, Mandate

_SOURCE = "Entrepot mandate, version 1"


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


def under(credential: Mapping[str, Any], mandates: Sequence[str]) -> dict[str, Any]:
    """``credential``, unsigned, naming the mandates (ids of their credentials) under which it will be signed."""
    if not mandates or len(mandates) > LINKS_MAX:
        raise UsageError(f"a document is signed under 1 to {LINKS_MAX} mandates")
    contexts = items_of(credential.get("@context"))
    added = [] if MANDATE_V1 in contexts else [MANDATE_V1]
    terms = items_of(credential["termsOfUse"]) if "termsOfUse" in credential else []
    terms += [{"type": MANDATE_REFERENCE, "id": each} for each in mandates]
    return {**credential, "@context": [*contexts, *added], "termsOfUse": terms}


def named_mandates(credential: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of the mandates that a document names."""
    entries = [each for each in items_of(credential.get("termsOfUse")) if isinstance(each, Mapping)]
    named = [each.get("id") for each in entries if MANDATE_REFERENCE in items_of(each.get("type"))]
    return tuple(each if isinstance(each, str) else "" for each in named)


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
