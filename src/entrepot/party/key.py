"""Keys as values: Ed25519 (RFC 8032) and ECDSA on P-256 and P-384 (FIPS 186-5), as Multikey and as JWK.

A public key is refused where it could not bind a signature to one holder: a wrong length, a point off the curve,
an Ed25519 point of small order or in a second spelling. Signatures have one spelling, too: 64 bytes (P-384: 96),
never DER, and for Ed25519 an S below the group order. (A high S is a correct ECDSA signature and is accepted.)
Ed25519 is checked by libsodium, in half the time of OpenSSL; all else is done by OpenSSL.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from entrepot.base.digest import b64url, from_b64url
from entrepot.party.error import KeyFormError
from entrepot.party.multibase import from_multibase, to_multibase

Entropy = Callable[[int], bytes]
"""Gives so many random bytes; handed in, so that a simulation can repeat itself."""
SIGNATURE_BYTES = 64
_ED25519_P = 2**255 - 19
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
"""Order of the group of Ed25519 (RFC 8032, 5.1)."""
_P256_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_P384_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
_Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_ORDER_Y = frozenset({0, 1, _ED25519_P - 1, _Y8, _ED25519_P - _Y8})
"""The y coordinates of the eight points whose order divides 8: under such a key one signature fits many texts."""


class Curve(StrEnum):
    """The key types that are made and read here; the value is the JWK ``crv``."""

    ED25519 = "Ed25519"
    P256 = "P-256"
    P384 = "P-384"


_PUBLIC_PREFIX = {Curve.ED25519: b"\xed\x01", Curve.P256: b"\x80\x24", Curve.P384: b"\x81\x24"}
_SECRET_PREFIX = {Curve.ED25519: b"\x80\x26", Curve.P256: b"\x86\x26", Curve.P384: b"\x87\x26"}
UNSUPPORTED = "key-unsupported"
"""Error code of a key that is well formed as far as its type says, but of a type that is not read here."""
_OTHER_PREFIXES = frozenset(
    bytes.fromhex(each)
    for each in ("8224", "8324", "8424", "8524", "9024", "9124", "9224", "e701", "ea01", "eb01", "ec01")
)
"""Multicodec prefixes of public keys: P-521, Ed448, X448, RSA, ML-DSA (three), secp256k1, BLS12-381, X25519."""
_PUBLIC_LENGTH = {Curve.ED25519: 32, Curve.P256: 33, Curve.P384: 49}
SECRET_LENGTH: Mapping[Curve, int] = {Curve.ED25519: 32, Curve.P256: 32, Curve.P384: 48}
"""Bytes of a secret."""
SIGNATURE_LENGTH: Mapping[Curve, int] = {Curve.ED25519: 64, Curve.P256: 64, Curve.P384: 96}
"""Bytes of a signature."""
GROUP_ORDER: Mapping[Curve, int] = {Curve.P256: _P256_N, Curve.P384: _P384_N}
"""Orders of the groups of ECDSA (SP 800-186, 3.2.1)."""
_GROUP: Mapping[Curve, ec.EllipticCurve] = {Curve.P256: ec.SECP256R1(), Curve.P384: ec.SECP384R1()}
_ECDSA = {Curve.P256: ec.ECDSA(SHA256()), Curve.P384: ec.ECDSA(SHA384())}
_SIGNING = {
    Curve.P256: ec.ECDSA(SHA256(), deterministic_signing=True),
    Curve.P384: ec.ECDSA(SHA384(), deterministic_signing=True),
}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: ``raw`` is the 32 bytes of RFC 8032, or the 33 (P-384: 49) of a compressed point (SEC 1, 2.3.3).

    Construction raises :class:`KeyFormError` where ``raw`` is no key that can be relied on.
    """

    curve: Curve
    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != _PUBLIC_LENGTH[self.curve]:
            raise KeyFormError(f"{self.curve}: {len(self.raw)} bytes instead of {_PUBLIC_LENGTH[self.curve]}")
        _loaded(self)

    @classmethod
    def from_multikey(cls, text: str) -> "PublicKey":
        """The key that a Multikey ``publicKeyMultibase`` writes (Controlled Identifiers 1.0, section 2.2.2)."""
        return _of_multikey(text) if isinstance(text, str) else cls(*_unprefixed(text, _PUBLIC_PREFIX))

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> "PublicKey":
        """The key that a public JWK writes (RFC 7518 6.2, RFC 8037 2); a private member is refused."""
        if "d" in jwk:
            raise KeyFormError("a private key where a public one is expected", remedy="Remove the member d.")
        return cls(*_public_of_jwk(jwk))

    @property
    def multikey(self) -> str:
        """``publicKeyMultibase`` of the key; also the body of its did:key."""
        return _multikey_of(self)

    def to_jwk(self) -> dict[str, str]:
        """The public JWK, without ``kid``, ``alg`` and ``use``."""
        if self.curve is Curve.ED25519:
            return {"kty": "OKP", "crv": "Ed25519", "x": b64url(self.raw)}
        point = _loaded(self).public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        half = len(point) // 2 + 1
        return {"kty": "EC", "crv": str(self.curve), "x": b64url(point[1:half]), "y": b64url(point[half:])}

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Whether ``signature`` is this key's of ``data``: R || S (Ed25519), or r || s (ECDSA with SHA-256 for P-256,
        with SHA-384 for P-384)."""
        if len(signature) != SIGNATURE_LENGTH[self.curve]:
            return False
        if self.curve is Curve.ED25519:
            return _ed25519_holds(self.raw, signature, data)
        half, order = len(signature) // 2, GROUP_ORDER[self.curve]
        r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
        if not (0 < r < order and 0 < s < order):
            return False
        loaded = _loaded(self)
        assert isinstance(loaded, ec.EllipticCurvePublicKey)
        try:
            loaded.verify(encode_dss_signature(r, s), data, _ECDSA[self.curve])
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A key that signs: ``secret`` is the 32-byte seed (Ed25519) or the scalar (P-256: 32 bytes, P-384: 48); never
    shown by ``repr``."""

    curve: Curve
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        length = SECRET_LENGTH[self.curve]
        if len(self.secret) != length:
            raise KeyFormError(f"{self.curve}: a secret of {len(self.secret)} bytes instead of {length}")
        order = GROUP_ORDER.get(self.curve)
        if order is not None and not 0 < int.from_bytes(self.secret, "big") < order:
            raise KeyFormError(f"{self.curve}: the secret lies outside the group")

    @classmethod
    def generate(cls, curve: Curve, entropy: Entropy) -> "KeyPair":
        """A new key from ``entropy``; for ECDSA drawn again until it lies in the group (FIPS 186-5, A.2.2)."""
        while True:
            try:
                return cls(curve, entropy(SECRET_LENGTH[curve]))
            except KeyFormError:
                if curve is Curve.ED25519:
                    raise

    @classmethod
    def from_secret_multikey(cls, text: str) -> "KeyPair":
        """The key that a Multikey ``secretKeyMultibase`` writes."""
        curve, raw = _unprefixed(text, _SECRET_PREFIX)
        return cls(curve, raw)

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> "KeyPair":
        """The key that a private JWK writes; its public members must belong to its ``d``."""
        curve, public = _public_of_jwk(jwk)
        secret = from_b64url(jwk["d"]) if isinstance(jwk.get("d"), str) else None
        if secret is None:
            raise KeyFormError("no private member d in base64url", remedy="Give a private JWK.")
        pair = cls(curve, secret)
        if pair.public.raw != public:
            raise KeyFormError("the public members do not belong to d")
        return pair

    @property
    def public(self) -> PublicKey:
        """The public half."""
        return _public_of(self.curve, self.secret)

    def to_secret_multikey(self) -> str:
        """``secretKeyMultibase`` of the key. Handle with care: this is the secret itself."""
        return to_multibase(_SECRET_PREFIX[self.curve] + self.secret)

    def sign(self, data: bytes) -> bytes:
        """R || S (Ed25519), or r || s of ECDSA with the nonce of RFC 6979 and SHA-256 (P-384: SHA-384)."""
        loaded = _loaded_secret(self.curve, self.secret)
        if isinstance(loaded, ed25519.Ed25519PrivateKey):
            return loaded.sign(data)
        r, s = decode_dss_signature(loaded.sign(data, _SIGNING[self.curve]))
        half = SIGNATURE_LENGTH[self.curve] // 2
        return r.to_bytes(half, "big") + s.to_bytes(half, "big")


def _unprefixed(text: str, prefixes: Mapping[Curve, bytes]) -> tuple[Curve, bytes]:
    data = from_multibase(text)
    for curve, prefix in prefixes.items():
        if data.startswith(prefix):
            return curve, data[len(prefix) :]
    code = UNSUPPORTED if data[:2] in _OTHER_PREFIXES else None
    message = f"a key of another type (multicodec prefix {data[:2].hex()})"
    raise KeyFormError(message, remedy="Use Ed25519, P-256 or P-384.", code=code)


_JWK_CURVES = {"P-256": Curve.P256, "P-384": Curve.P384}


def _public_of_jwk(jwk: Mapping[str, Any]) -> tuple[Curve, bytes]:
    x, y = (from_b64url(jwk[name]) if isinstance(jwk.get(name), str) else None for name in ("x", "y"))
    kind = (jwk.get("kty"), jwk.get("crv"))
    if kind == ("OKP", "Ed25519") and x is not None and "y" not in jwk:
        return Curve.ED25519, x
    curve = _JWK_CURVES.get(kind[1]) if kind[0] == "EC" and isinstance(kind[1], str) else None
    if curve is not None and x is not None and y is not None and len(x) == len(y) == SECRET_LENGTH[curve]:
        raw = bytes((2 + (y[-1] & 1),)) + x
        if PublicKey(curve, raw).to_jwk()["y"] != jwk["y"]:
            raise KeyFormError(f"{curve}: the point is not on the curve")
        return curve, raw
    message = f"not a JWK of Ed25519, P-256 or P-384: {kind}"
    raise KeyFormError(message, remedy="Use OKP/Ed25519, EC/P-256 or EC/P-384.")


def _ed25519_holds(raw: bytes, signature: bytes, data: bytes) -> bool:
    """RFC 8032, 5.1.7. libsodium compares R as bytes, and refuses an R of small order, which no honest signer makes."""
    if int.from_bytes(signature[32:], "little") >= ED25519_ORDER:
        return False
    try:
        crypto_sign_open(signature + data, raw)
    except BadSignatureError:
        return False
    return True


# The same few keys come with every document of an issuer, and base58 costs as much as a signature.
@lru_cache(maxsize=1024)
def _of_multikey(text: str) -> PublicKey:
    return PublicKey(*_unprefixed(text, _PUBLIC_PREFIX))


@lru_cache(maxsize=1024)
def _multikey_of(key: PublicKey) -> str:
    return to_multibase(_PUBLIC_PREFIX[key.curve] + key.raw)


@lru_cache(maxsize=1024)
def _loaded(key: PublicKey) -> ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey:
    if key.curve is Curve.ED25519:
        y = int.from_bytes(key.raw, "little") & (2**255 - 1)
        if y >= _ED25519_P or y in _SMALL_ORDER_Y:
            raise KeyFormError("Ed25519: a point of small order or in a second spelling")
        if not _is_on_ed25519(y, sign=key.raw[31] >> 7):
            raise KeyFormError("Ed25519: the point is not on the curve")
        return ed25519.Ed25519PublicKey.from_public_bytes(key.raw)
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_GROUP[key.curve], key.raw)
    except ValueError as wrong:
        raise KeyFormError(f"{key.curve}: {wrong}") from wrong


def _is_on_ed25519(y: int, *, sign: int) -> bool:
    p = _ED25519_P
    d = -121665 * pow(121666, -1, p) % p
    square = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
    return pow(square, (p - 1) // 2, p) == 1 or (square == 0 and sign == 0)


@lru_cache(maxsize=1024)
def _loaded_secret(curve: Curve, secret: bytes) -> ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey:
    if curve is Curve.ED25519:
        return ed25519.Ed25519PrivateKey.from_private_bytes(secret)
    return ec.derive_private_key(int.from_bytes(secret, "big"), _GROUP[curve])


@lru_cache(maxsize=1024)
def _public_of(curve: Curve, secret: bytes) -> PublicKey:
    loaded = _loaded_secret(curve, secret)
    if isinstance(loaded, ed25519.Ed25519PrivateKey):
        return PublicKey(curve, loaded.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    return PublicKey(curve, loaded.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint))
