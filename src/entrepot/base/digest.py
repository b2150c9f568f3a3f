"""SHA-256 digests, their names, and the encodings used around them."""

import base64
import binascii
import hashlib
import re

from entrepot.base.error import UsageError

_NI = re.compile(r"ni:///sha-256;([A-Za-z0-9_-]{43})")
_HEX = re.compile(r"[0-9a-f]{64}")


def sha256(data: bytes) -> str:
    """SHA-256 of ``data`` as 64 lower-case hexadecimal digits (FIPS 180-4)."""
    return hashlib.sha256(data).hexdigest()


def is_digest(value: str) -> bool:
    """Whether ``value`` is written as :func:`sha256` writes it."""
    return _HEX.fullmatch(value) is not None


def ni_uri(digest: str) -> str:
    """The digest (hexadecimal) as a named-information URI, ``ni:///sha-256;...`` (RFC 6920 section 3)."""
    if not is_digest(digest):
        raise UsageError(f"not a SHA-256 digest: {digest!r}")
    return "ni:///sha-256;" + b64url(bytes.fromhex(digest))


def from_ni_uri(uri: str) -> str | None:
    """The hexadecimal digest that an ``ni:///sha-256;`` URI names, or None where it is not such a URI."""
    found = _NI.fullmatch(uri)
    if found is None:
        return None
    raw = from_b64url(found.group(1))
    return None if raw is None else raw.hex()


def b64url(data: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5, RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_b64url(text: str) -> bytes | None:
    """The bytes of unpadded base64url; None for another alphabet, padding or non-canonical last bits."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        return None
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return data if b64url(data) == text else None
