"""The Digital Identity Anchor: a registrar states that a DID is that of an entry in its register.

Standard: UNTP Digital Identity Anchor 0.6 (UN/CEFACT), in the words of its schema: a ``RegisteredIdentity`` with the
DID, the registered name and number, the scheme of the number, the type of register and the scopes of the registration.
One shape for every economy. A registrar issues it after the member has shown control of the DID (DIA-01;
:mod:`entrepot.document.control`), under a did:web of its own domain (DIA-02), by default as ``vc+jwt``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from entrepot.base.error import UsageError
from entrepot.base.finding import Finding, Severity
from entrepot.base.moment import format_moment
from entrepot.base.shape import Did, Length, Name
from entrepot.document.proof.context import CREDENTIALS_V2
from entrepot.document.proof.model import is_url, items_of
from entrepot.party.did import is_did

DIA_CONTEXT = "https://test.uncefact.org/vocabulary/untp/dia/0.6.0/"
"""The context of version 0.6.0. It is not carried: ``vc+jwt`` and the ``jcs`` suites do not read it."""
DIA_TYPE, SUBJECT_TYPE = "DigitalIdentityAnchor", "RegisteredIdentity"
DIA_SERVICE = "untp:dia"
"""Type of the service in a DID document, and link type of a link set, that lead to the anchor."""
REGISTER_TYPES = ("Product", "Facility", "Business", "Trademark", "Land", "Accreditation")
RegisterType = Literal["Product", "Facility", "Business", "Trademark", "Land", "Accreditation"]
MEDIA_TYPE = "application/vc+jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredIdentity:
    """An entry in a register. ``scheme``: URI of the scheme of ``number``; ``scopes``: URIs that say as what the member
    stands in the register."""

    did: Did
    name: Name
    number: Annotated[str, Length(1, 70)]
    scheme: Annotated[str, Length(1, 500)]
    scheme_name: Name
    register: RegisterType = "Business"
    scopes: Annotated[tuple[Annotated[str, Length(1, 500)], ...], Length(0, 50)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchoring:
    """An anchor that is about to be issued: ``id`` is where it is found; ``status``: its places on status lists."""

    id: str
    registrar: str
    registrar_name: str
    since: datetime
    until: datetime | None = None
    status: Sequence[Mapping[str, Any]] = ()


def identity_anchor(identity: RegisteredIdentity, anchoring: Anchoring) -> dict[str, Any]:
    """The unsigned anchor. Raises :class:`UsageError` for a registrar without a domain (DIA-02) and for an identity
    without a scope (DIA-05)."""
    if not anchoring.registrar.startswith(("did:web:", "did:webvh:")):
        remedy = "Give the registrar a did:web, or a did:webvh, which is served as did:web too."
        raise UsageError(f"a registrar is known by its domain: {anchoring.registrar[:60]}", remedy=remedy)
    if not identity.scopes:
        raise UsageError("an anchor says as what the member is registered", remedy="Name a scope by its URI.")
    credential: dict[str, Any] = {
        "@context": [CREDENTIALS_V2, DIA_CONTEXT],
        "id": anchoring.id,
        "type": [DIA_TYPE, "VerifiableCredential"],
        "issuer": {"type": ["CredentialIssuer"], "id": anchoring.registrar, "name": anchoring.registrar_name},
        "validFrom": format_moment(anchoring.since),
        "credentialSubject": {
            "type": [SUBJECT_TYPE],
            "id": identity.did,
            "name": identity.name,
            "registeredId": identity.number,
            "idScheme": {"type": ["IdentifierScheme"], "id": identity.scheme, "name": identity.scheme_name},
            "registerType": identity.register,
            "registrationScopeList": list(identity.scopes),
        },
    }
    if anchoring.until is not None:
        credential["validUntil"] = format_moment(anchoring.until)
    if anchoring.status:
        credential["credentialStatus"] = [dict(each) for each in anchoring.status]
    return credential


def read_identity_anchor(vc: Mapping[str, Any]) -> tuple[RegisteredIdentity | None, tuple[Finding, ...]]:
    """The entry that an anchor states, or None and all findings. Nothing is verified.

    Anchors of other registrars and of other versions are read too: what an anchor needs here is the DID, the name, the
    number and the scheme; members that are not known are passed over.
    """
    if DIA_TYPE not in items_of(vc.get("type")):
        return None, (_finding(1, "$.type", "The credential is no Digital Identity Anchor."),)
    subject = vc.get("credentialSubject")
    if not isinstance(subject, Mapping):
        return None, (_finding(2, "$.credentialSubject", "An anchor has one subject."),)
    scheme = subject.get("idScheme")
    scheme = scheme if isinstance(scheme, Mapping) else {}
    stated = {
        "id": subject.get("id"),
        "name": subject.get("name"),
        "registeredId": subject.get("registeredId"),
        "idScheme.id": scheme.get("id"),
    }
    found = [
        _finding(3, f"$.credentialSubject.{name}", "An anchor states {name}.", name=name)
        for name, value in stated.items()
        if not isinstance(value, str) or not value or len(value) > 500
    ]
    if not found and not is_did(str(stated["id"])):
        found.append(_finding(4, "$.credentialSubject.id", "The subject of an anchor is a DID."))
    register = subject.get("registerType", "Business")
    if register not in REGISTER_TYPES:
        found.append(_finding(5, "$.credentialSubject.registerType", "The type of register is not one of UNTP's."))
    if found:
        return None, tuple(found)
    scopes = [each for each in items_of(subject.get("registrationScopeList", [])) if is_url(each)]
    identity = RegisteredIdentity(
        did=str(stated["id"]),
        name=str(stated["name"]),
        number=str(stated["registeredId"]),
        scheme=str(stated["idScheme.id"]),
        scheme_name=str(scheme.get("name", "")),
        register=register,
        scopes=tuple(scopes),
    )
    return identity, ()


def with_anchor(document: Mapping[str, Any], identity: RegisteredIdentity, url: str) -> dict[str, Any]:
    """A DID document that leads to the anchor at ``url``, and names the entry in the register (UNTP, DIA-07).

    What leads to an anchor of the same number is replaced.
    """
    did = str(document["id"])
    name = f"{did}#dia-{identity.scheme.rsplit('/', 1)[-1]}-{identity.number}".replace(" ", "")
    href = {"href": url, "title": "Digital Identity Anchor", "type": MEDIA_TYPE}
    service = {"id": name, "type": DIA_SERVICE, "serviceEndpoint": href}
    others = [
        each for each in document.get("service", []) if not (isinstance(each, Mapping) and each.get("id") == name)
    ]
    known = [each for each in document.get("alsoKnownAs", []) if each != entry_uri(identity)]
    return {**document, "alsoKnownAs": [*known, entry_uri(identity)], "service": [*others, service]}


def entry_uri(identity: RegisteredIdentity) -> str:
    """The URI of an entry: that of its scheme, and the number."""
    return f"{identity.scheme.rstrip('/')}/{identity.number}".replace(" ", "")


def anchor_urls(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Where a DID document says that the anchors of its subject lie."""
    services = document.get("service")
    entries = [each for each in (services if isinstance(services, list) else []) if isinstance(each, Mapping)]
    ends = [
        end
        for each in entries
        if DIA_SERVICE in items_of(each.get("type"))
        for end in items_of(each.get("serviceEndpoint"))
    ]
    urls = [end.get("href", end.get("uri")) if isinstance(end, Mapping) else end for end in ends]
    return tuple(each for each in urls if isinstance(each, str) and is_url(each))


def link_set(place: str, urls: Sequence[str]) -> dict[str, Any]:
    """The link set (RFC 9264) with which a register answers at ``place``, the URL of an entry (UNTP, DIA discovery):
    it leads to the anchors at ``urls``."""
    links = [{"href": each, "title": "Digital Identity Anchor", "type": MEDIA_TYPE} for each in urls]
    return {"linkset": [{"anchor": place, DIA_SERVICE: links}]}


def _finding(number: int, path: str, message: str, **params: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-DIA-{number:02d}",
        severity=Severity.BLOCKING,
        path=path,
        message=message,
        params=params,
        source="UNTP Digital Identity Anchor 0.6",
        remedy="Ask the registrar for the anchor as it was issued.",
    )
