"""A signing key as people keep it in a file: a Multikey pair or a private JWK, in JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.party.did import did_of, is_did, key_method_id
from entrepot.party.error import KeyFormError
from entrepot.party.key import KeyPair, PublicKey

_LIMITS = JsonLimits(bytes_max=64 * 1024, depth_max=8)
_SECRETS = ("secretKeyMultibase", "privateKeyMultibase")
_PRIVATE_JWKS = ("secretKeyJwk", "privateKeyJwk")
_SECRET_MEMBERS = (*_SECRETS, *_PRIVATE_JWKS, "privateKeyHex", "privateKeyBase58", "privateKeyPem")


@dataclass(frozen=True, slots=True)
class FileKey:
    """The pair, and the DID URL of its method: as the file names it, else that of its did:key."""

    pair: KeyPair
    method_id: str


def read_key(data: bytes) -> FileKey:
    """The signing key that ``data`` writes. Raises :class:`KeyFormError` where it writes none, or two that differ."""
    value = _object(data)
    pair = _pair(value)
    stated = value.get("publicKeyMultibase")
    if isinstance(stated, str) and PublicKey.from_multikey(stated) != pair.public:
        raise KeyFormError("the public key does not belong to the secret one", remedy="Give one pair.")
    return FileKey(pair, _method_id(value) or key_method_id(pair.public))


def read_public(data: bytes) -> PublicKey:
    """The public key that ``data`` writes: public or whole, as Multikey or JWK. Raises :class:`KeyFormError`."""
    value = _object(data)
    stated = value.get("publicKeyMultibase")
    if isinstance(stated, str):
        return PublicKey.from_multikey(stated)
    jwk = value.get("publicKeyJwk", value)
    if isinstance(jwk, Mapping) and "kty" in jwk:
        return PublicKey.from_jwk({name: each for name, each in jwk.items() if name != "d"})
    return _pair(value).public


def has_secret(value: Any) -> bool:
    """Whether a private key stands somewhere in parsed JSON, in one of the forms of a file of keys."""
    if isinstance(value, Mapping):
        is_jwk = "kty" in value and ("d" in value or "k" in value)
        return is_jwk or any(name in value for name in _SECRET_MEMBERS) or any(map(has_secret, value.values()))
    return isinstance(value, list) and any(map(has_secret, value))


def _object(data: bytes) -> Mapping[str, Any]:
    value, findings = read_json(data, _LIMITS)
    if findings or not isinstance(value, dict):
        raise KeyFormError("not a key in JSON", remedy="Give a Multikey pair or a JWK.")
    return value


def _pair(value: Mapping[str, Any]) -> KeyPair:
    for name in _SECRETS:
        if isinstance(value.get(name), str):
            return KeyPair.from_secret_multikey(value[name])
    jwk = next((value[name] for name in _PRIVATE_JWKS if isinstance(value.get(name), Mapping)), value)
    if "kty" in jwk:
        return KeyPair.from_jwk(jwk)
    remedy = "Give a JWK with d, or a Multikey pair with secretKeyMultibase."
    raise KeyFormError("no secret key in the file", remedy=remedy)


def _method_id(value: Mapping[str, Any]) -> str:
    named, controller = value.get("id", value.get("kid")), value.get("controller")
    if not isinstance(named, str):
        return ""
    if isinstance(controller, str) and is_did(controller) and named.startswith("#"):
        return controller + named
    return named if did_of(named) and did_of(named) != named else ""
