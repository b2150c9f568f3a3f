"""Signed texts in JOSE compact form (RFC 7515), with Ed25519 (``EdDSA``, ``Ed25519``) and ECDSA on P-256
(``ES256``) and P-384 (``ES384``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from entrepot.base.canonical import canonical
from entrepot.base.digest import b64url, from_b64url
from entrepot.base.jsontext import read_json
from entrepot.base.said import UNSAID, Said, said
from entrepot.party.key import Curve, PublicKey

ALGORITHMS: Mapping[str, Curve] = {
    "EdDSA": Curve.ED25519,
    "Ed25519": Curve.ED25519,
    "ES256": Curve.P256,
    "ES384": Curve.P384,
}
"""JOSE ``alg`` -> the key it takes (RFC 8037 3.1, RFC 9864 2.2, RFC 7518 3.4)."""
_ISSUED = {Curve.ED25519: "EdDSA", Curve.P256: "ES256", Curve.P384: "ES384"}


class Signer(Protocol):
    """Whatever signs: a key pair here, a token or another machine elsewhere."""

    @property
    def public(self) -> PublicKey:
        """The key that checks what it signs."""
        ...

    def sign(self, data: bytes) -> bytes:
        """64 bytes of signature; on P-384 96."""
        ...


@dataclass(frozen=True, slots=True)
class Jws:
    """A compact JWS taken apart; nothing is verified yet. ``signature`` is None where its text is not base64url."""

    header: Mapping[str, Any]
    payload: bytes
    signature: bytes | None
    text: str


def sign_jws(header: Mapping[str, Any], payload: bytes, signer: Signer) -> str:
    """``payload`` signed, in compact form; ``alg`` follows from the key and stands in the header with the rest."""
    protected = {"alg": _ISSUED[signer.public.curve], **header}
    start = f"{b64url(canonical(protected))}.{b64url(payload)}"
    return f"{start}.{b64url(signer.sign(start.encode('ascii')))}"


def read_jws(text: str) -> Jws | None:
    """``text`` taken apart, or None where it is not three parts of which the first writes a JSON object
    and the second is canonical base64url."""
    parts = text.split(".")
    if len(parts) != 3:
        return None
    raw_header, payload = from_b64url(parts[0]), from_b64url(parts[1])
    if raw_header is None or payload is None:
        return None
    header, _ = read_json(raw_header)
    if not isinstance(header, dict):
        return None
    return Jws(header, payload, from_b64url(parts[2]), text)


def header_fault(header: Mapping[str, Any]) -> Said:
    """Why a signature under this header must not be relied on; empty where nothing speaks against it.

    An ``alg`` outside :data:`ALGORITHMS`, and any extension that changes how to verify (RFC 7515 4.1.11, RFC 7797).
    """
    alg = header.get("alg")
    if not isinstance(alg, str) or alg not in ALGORITHMS:
        return said("The algorithm {alg} is not one of {known}.", alg=repr(str(alg)[:20]), known=", ".join(ALGORITHMS))
    if "crit" in header or "b64" in header:
        return said("The header demands an extension (crit, b64) that is not supported.")
    return UNSAID


def verify_jws(jws: Jws, key: PublicKey) -> bool:
    """Whether ``key`` signed it: header, algorithm and key must agree, and the signature hold (RFC 7515 5.2)."""
    if header_fault(jws.header) or ALGORITHMS[jws.header["alg"]] is not key.curve or jws.signature is None:
        return False
    return key.verify(jws.signature, jws.text.rsplit(".", 1)[0].encode("ascii"))
