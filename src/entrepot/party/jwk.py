"""did:jwk: a JSON Web Key as an identifier, and the document that follows from it.

Standard: did:jwk (method specification by its registrant). The text of the key is part of the identifier: two ways of
writing one key are two identifiers, so what is written is kept as it is.
"""

from collections.abc import Mapping
from typing import Any

from entrepot.base.canonical import canonical
from entrepot.base.digest import b64url, from_b64url
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.party.did import DID_CONTEXT, PURPOSES
from entrepot.party.error import KeyFormError
from entrepot.party.key import PublicKey

PREFIX = "did:jwk:"
LENGTH_MAX = 4_000
JWS_CONTEXT = "https://w3id.org/security/suites/jws-2020/v1"
_LIMITS = JsonLimits(bytes_max=3_000, depth_max=4)
_READ = (("OKP", "Ed25519"), ("EC", "P-256"), ("EC", "P-384"))
_PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
"""Members of private and symmetric keys (RFC 7518, 6)."""


def did_jwk(key: PublicKey) -> str:
    """The did:jwk of a key, its JWK written in canonical form."""
    return PREFIX + b64url(canonical(key.to_jwk()))


def jwk_method_id(did: str) -> str:
    """The id of the one verification method of a did:jwk."""
    return f"{did}#0"


def jwk_of(did: str) -> dict[str, Any]:
    """The JWK that a did:jwk writes. Raises :class:`KeyFormError` where it writes none, or one that is not public.

    A key of a type that signs here must be well formed; one of another type is passed on as it is.
    """
    raw = from_b64url(did.removeprefix(PREFIX)) if did.startswith(PREFIX) and len(did) <= LENGTH_MAX else None
    value, findings = read_json(raw or b"", _LIMITS)
    if findings or not isinstance(value, dict) or not isinstance(value.get("kty"), str):
        raise KeyFormError(f"not a did:jwk: {did[:60]!r}", remedy="Write a public JWK in unpadded base64url.")
    if value["kty"] == "oct" or any(name in value for name in _PRIVATE):
        raise KeyFormError("the identifier gives away a secret key", remedy="Make a new key; this one is known.")
    if (value["kty"], value.get("crv")) in _READ:
        PublicKey.from_jwk(value)
    return value


def did_jwk_document(did: str) -> dict[str, Any]:
    """The DID document of a did:jwk. Raises :class:`KeyFormError` as :func:`jwk_of` does.

    ``use`` of the JWK rules what the key is listed for: ``sig`` for all but key agreement, ``enc`` for that alone.
    """
    jwk, method = jwk_of(did), jwk_method_id(did)
    described = {"id": method, "type": "JsonWebKey2020", "controller": did, "publicKeyJwk": jwk}
    document = {"@context": [DID_CONTEXT, JWS_CONTEXT], "id": did, "verificationMethod": [described]}
    return {**document, **{purpose: [method] for purpose in _purposes(jwk)}}


def _purposes(jwk: Mapping[str, Any]) -> tuple[str, ...]:
    if jwk.get("use") == "enc":
        return ("keyAgreement",)
    return PURPOSES if jwk.get("use") == "sig" else (*PURPOSES, "keyAgreement")
