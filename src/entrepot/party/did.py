"""Decentralized identifiers as values: did:key and did:web, their documents, and what a document says of a key.

Standards: DID 1.0 (W3C), did:key 0.9 and did:web (W3C Credentials Community Group), Controlled Identifiers 1.0.
Nothing is fetched here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote

from entrepot.base.moment import parse_moment
from entrepot.party.error import KeyFormError
from entrepot.party.key import PublicKey

DID_CONTEXT = "https://www.w3.org/ns/did/v1"
MULTIKEY_CONTEXT = "https://w3id.org/security/multikey/v1"
PURPOSES = ("authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation")
_DID = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._%-]", re.ASCII)
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+")
_KEY_TYPES = ("Multikey", "JsonWebKey", "JsonWebKey2020", "Ed25519VerificationKey2020")


@dataclass(frozen=True, slots=True)
class Method:
    """One verification method: its id (a DID URL), who controls it, its key, and when it ceased to be in force."""

    id: str
    controller: str
    key: PublicKey | None
    ceased: datetime | None = None


def is_did(text: str) -> bool:
    """Whether ``text`` is a DID without path, query or fragment (DID 1.0, 3.1)."""
    return len(text) <= 500 and _DID.fullmatch(text) is not None


def did_of(url: str) -> str:
    """The DID that a DID URL starts with; empty where it starts with none."""
    did = re.split(r"[/?#;]", url, maxsplit=1)[0]
    return did if is_did(did) else ""


def did_key(key: PublicKey) -> str:
    """The did:key of a key."""
    return "did:key:" + key.multikey


def key_method_id(key: PublicKey) -> str:
    """The id of the one verification method of a did:key."""
    return f"did:key:{key.multikey}#{key.multikey}"


def key_of_did_key(did: str) -> PublicKey:
    """The key that a did:key writes. Raises :class:`KeyFormError` where it writes none that is supported."""
    if not did.startswith("did:key:"):
        raise KeyFormError(f"not a did:key: {did[:60]!r}")
    return PublicKey.from_multikey(did.removeprefix("did:key:"))


def document_of(did: str, keys: Mapping[str, PublicKey]) -> dict[str, Any]:
    """The DID document of ``did`` with ``keys`` (fragment -> key), each for every purpose but key agreement."""
    methods = [
        {"id": f"{did}#{name}", "type": "Multikey", "controller": did, "publicKeyMultibase": key.multikey}
        for name, key in keys.items()
    ]
    ids = [each["id"] for each in methods]
    purposes = {purpose: list(ids) for purpose in PURPOSES}
    return {"@context": [DID_CONTEXT, MULTIKEY_CONTEXT], "id": did, "verificationMethod": methods, **purposes}


def did_key_document(did: str) -> dict[str, Any]:
    """The DID document of a did:key. Raises :class:`KeyFormError` where the DID writes no supported key."""
    key = key_of_did_key(did)
    return document_of(did, {key.multikey: key})


def did_web(host: str, *path: str, port: int | None = None) -> str:
    """The did:web of a host name, with port and path segments if any. Raises :class:`KeyFormError` if it has none."""
    name = host if port is None else f"{host}%3A{port}"
    did = ":".join(("did:web", name, *path))
    did_web_url(did)
    return did


def did_web_url(did: str) -> str:
    """Where the document of a did:web lies (did:web, section "Read").

    Raises :class:`KeyFormError` for an address instead of a name, a second colon hidden in the host, an empty or
    dotted segment, and whatever percent-encoding other than that of the port's colon.
    """
    parts = did.removeprefix("did:web:").split(":")
    host, mark, port = parts[0].replace("%3a", "%3A").partition("%3A")
    if not did.startswith("did:web:") or not is_did(did) or not (_HOST.fullmatch(host) or host == "localhost"):
        raise KeyFormError(f"not a did:web with a host name in lower case: {did[:80]!r}")
    if is_address(host):
        raise KeyFormError(f"did:web names an address, not a host: {did[:80]!r}")
    if mark and not (re.fullmatch("[1-9][0-9]{0,4}", port, re.ASCII) and int(port) < 65536):
        raise KeyFormError(f"did:web with a wrong port: {did[:80]!r}")
    for segment in parts[1:]:
        if not _SEGMENT.fullmatch(segment) or unquote(segment) in (".", ".."):
            raise KeyFormError(f"did:web with a wrong path segment: {segment[:40]!r}")
    path = "/".join(parts[1:]) if parts[1:] else ".well-known"
    return f"https://{host}{':' + port if mark else ''}/{path}/did.json"


def is_address(host: str) -> bool:
    """Whether ``host`` is an IP address, or would be read as one by some resolvers (``10.1``, ``0x7f.1``)."""
    try:
        ip_address(host)
    except ValueError:
        return re.fullmatch(r"(0x[0-9a-f]+|[0-9]+)(\.(0x[0-9a-f]+|[0-9]+))*", host) is not None
    return True


def find_method(document: Mapping[str, Any], method_id: str, purpose: str = "") -> Method | None:
    """The method ``method_id`` that ``document`` describes; with ``purpose``, only where it is listed for it.

    A method is listed when the purpose names or embeds it (DID 1.0, 5.3). Its key is None where its type is unknown
    here or the key is malformed.
    """
    base = str(document.get("id", ""))
    for each in (purpose,) if purpose else PURPOSES:
        listed = document.get(each)
        for entry in listed if isinstance(listed, list) else []:
            if isinstance(entry, Mapping) and _absolute(entry.get("id"), base) == method_id:
                return _method(entry, method_id)
            if isinstance(entry, str) and _absolute(entry, base) == method_id:
                return _described(document, method_id, base)
    return None if purpose else _described(document, method_id, base)


def _described(document: Mapping[str, Any], method_id: str, base: str) -> Method | None:
    described = document.get("verificationMethod")
    found = [
        each
        for each in (described if isinstance(described, list) else [])
        if isinstance(each, Mapping) and _absolute(each.get("id"), base) == method_id
    ]
    # Two methods under one id leave open which key is meant.
    return _method(found[0], method_id) if len(found) == 1 else None


def _absolute(identifier: Any, base: str) -> str:
    if not isinstance(identifier, str):
        return ""
    return base + identifier if identifier.startswith("#") else identifier


def _method(entry: Mapping[str, Any], method_id: str) -> Method:
    controller = entry.get("controller")
    return Method(method_id, controller if isinstance(controller, str) else "", _key_of(entry), _ceased(entry))


def _key_of(entry: Mapping[str, Any]) -> PublicKey | None:
    multibase, jwk = entry.get("publicKeyMultibase"), entry.get("publicKeyJwk")
    if entry.get("type") not in _KEY_TYPES or (multibase is not None and jwk is not None):
        return None
    try:
        if isinstance(multibase, str):
            return PublicKey.from_multikey(multibase)
        return PublicKey.from_jwk(jwk) if isinstance(jwk, Mapping) else None
    except KeyFormError:
        return None


def _ceased(entry: Mapping[str, Any]) -> datetime | None:
    moments = []
    for name in ("expires", "revoked"):
        value = entry.get(name)
        if value is not None:
            try:
                moments.append(parse_moment(value))
            except (ValueError, TypeError):
                moments.append(parse_moment("1970-01-01T00:00:00Z"))
    return min(moments, default=None)
