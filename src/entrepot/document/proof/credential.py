"""A record rendered as a W3C Verifiable Credential 2.0, and read back without loss.

The credential names the record by its digest (an ``ni`` URI, RFC 6920), and its subject holds the record's content
member by member, so that whoever reads it can compute the digest again. Where its kind has a context, every member of
the payload is a term of a published vocabulary; else the payload is JSON as it stands.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from entrepot.base.digest import ni_uri
from entrepot.base.error import UsageError
from entrepot.base.finding import Finding, Severity
from entrepot.base.moment import format_moment
from entrepot.base.record import Record, read_content
from entrepot.base.shape import dump
from entrepot.document.proof.context import CREDENTIALS_V2, MANDATE_REFERENCE, MANDATE_V1, RECORD_TYPES, RECORD_V1
from entrepot.document.proof.model import items_of
from entrepot.document.proof.named_kind import BY_URL, KIND_CONTEXTS, KindContext

_TYPES = ["VerifiableCredential", RECORD_TYPES[0]]
_ALLOWED = frozenset({"@context", "id", "type", "issuer", "validFrom", "validUntil", "credentialSubject"}) | {
    "credentialStatus",
    "credentialSchema",
    "termsOfUse",
    "proof",
}
_SOURCE = "Entrepot record credential, version 1"


def credential_of(record: Record, *, valid_until: datetime | None = None) -> dict[str, Any]:
    """The unsigned credential that renders ``record``, under the newest context of its kind.

    Raises :class:`UsageError` for an erased record.
    """
    contexts = KIND_CONTEXTS.get((record.kind, record.content.version), ())
    return _rendered(record, contexts[-1] if contexts else None, valid_until)


def _rendered(record: Record, context: KindContext | None, valid_until: datetime | None = None) -> dict[str, Any]:
    if record.erased:
        raise UsageError("an erased record cannot be rendered", remedy="Its tombstone can.")
    subject = {"type": [RECORD_TYPES[1], context.type] if context else RECORD_TYPES[1], **dump(record.content)}
    credential = {
        "@context": [CREDENTIALS_V2, context.url if context else RECORD_V1],
        "id": ni_uri(record.id),
        "type": list(_TYPES),
        "issuer": record.content.issuer,
        "validFrom": format_moment(record.content.issued),
        "credentialSubject": subject,
    }
    if valid_until is not None:
        credential["validUntil"] = format_moment(valid_until)
    return credential


def is_record_credential(credential: Mapping[str, Any]) -> bool:
    """Whether the credential claims to render a record."""
    types = credential.get("type")
    return isinstance(types, list) and RECORD_TYPES[0] in types


def says_no_more(credential: Mapping[str, Any]) -> bool:
    """Whether the credential states nothing beside the record: no end, no status, no terms of its own.

    Only then does the record's id stand for the whole of it; anything else could be put there by whoever signs again.
    A token repeats its issuer and type, and from when it holds.
    """
    beside = {"validUntil", "credentialStatus", "credentialSchema", "termsOfUse"}
    return set(credential) <= (_ALLOWED - beside) | {"iss", "iat", "nbf", "vct"}


def record_of_credential(credential: Mapping[str, Any]) -> tuple[Record | None, tuple[Finding, ...]]:
    """The record that ``credential`` renders, or None and all findings.

    The digest is computed again from the content, and every statement that the credential makes beside it (id,
    issuer, validFrom, types, contexts) must be the one that :func:`credential_of` makes. Members that it never
    writes are refused, because they would be lost.
    """
    found = [
        _finding(1, f"$.{name}", "{name} is not a member of a record's credential.", "Remove it.", name=name)
        for name in sorted(set(credential) - _ALLOWED)
    ]
    found += [
        _finding(1, "$.termsOfUse", "{name} is not a member of a record's credential.", "Remove it.", name=name)
        for name in _foreign_terms(credential.get("termsOfUse", []))
    ]
    record, wrong = _record_of_subject(credential.get("credentialSubject"))
    found += wrong
    if record is not None:
        rendered = _rendered(record, _context_in(credential, record))
        if "termsOfUse" in credential:
            # What it may name there are the mandates under which it is signed, and they bring their context.
            rendered["@context"].append(MANDATE_V1)
        if credential["credentialSubject"]["type"] != rendered["credentialSubject"]["type"]:
            found.append(_not_one(RECORD_TYPES[1]))
        found += [
            _finding(
                2,
                f"$.{name}",
                "{name} does not agree with the content of the record.",
                "Render the record again.",
                name=name,
            )
            for name in rendered
            if name != "credentialSubject" and credential.get(name) != rendered[name]
        ]
    return (None, tuple(found)) if found else (record, ())


def _foreign_terms(terms: Any) -> list[str]:
    """What terms of use name beside the mandates under which the record is signed."""
    entries = terms if isinstance(terms, list) else [terms]
    kinds = [each.get("type") if isinstance(each, Mapping) else None for each in entries]
    return [f"termsOfUse {str(each)[:40]}" for each in kinds if each != MANDATE_REFERENCE]


def _context_in(credential: Mapping[str, Any], record: Record) -> KindContext | None:
    """The context of the record's kind under which the credential was made; None where it names none of them."""
    named = [BY_URL[each] for each in items_of(credential.get("@context")) if isinstance(each, str) and each in BY_URL]
    known = KIND_CONTEXTS.get((record.kind, record.content.version), ())
    return next((each for each in named if each in known), None)


def _not_one(name: str) -> Finding:
    return _finding(3, "$.credentialSubject", "The subject is not one {type}.", "Render it again.", type=name)


def _record_of_subject(subject: Any) -> tuple[Record | None, tuple[Finding, ...]]:
    if not isinstance(subject, Mapping) or RECORD_TYPES[1] not in items_of(subject.get("type")):
        return None, (_not_one(RECORD_TYPES[1]),)
    content = {name: value for name, value in subject.items() if name != "type"}
    record, findings = read_content(content)
    return record, tuple(each.at("$.credentialSubject") for each in findings)


def _finding(number: int, path: str, message: str, remedy: str, **params: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-CREDENTIAL-{number:02d}",
        severity=Severity.BLOCKING,
        path=path,
        message=message,
        params=params,
        source=_SOURCE,
        remedy=remedy,
    )
