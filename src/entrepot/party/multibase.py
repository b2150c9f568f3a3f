"""Multibase text: ``z`` followed by base58btc (W3C Controlled Identifiers 1.0, section 2.4)."""

import re
from functools import lru_cache

import base58

from entrepot.party.error import KeyFormError

LENGTH_MAX = 1000
"""Characters read at most: decoding takes time that grows with the square of the length."""
_DIGITS = bytes(max(base58.BITCOIN_ALPHABET.find(each), 0) for each in range(256))
"""Code of a character -> its value."""
_FORM = re.compile("z[1-9A-HJ-NP-Za-km-z]+")


def to_multibase(data: bytes) -> str:
    """``data`` as ``z`` and base58btc."""
    return "z" + base58.b58encode(data).decode("ascii")


def from_multibase(text: str) -> bytes:
    """The bytes that ``text`` writes. Raises :class:`KeyFormError` for another prefix, alphabet or length."""
    if not isinstance(text, str) or len(text) > LENGTH_MAX or not _FORM.fullmatch(text):
        raise KeyFormError(
            f"not base58btc multibase of at most {LENGTH_MAX} characters: {str(text)[:40]!r}",
            remedy="Write z followed by base58btc.",
        )
    return _decoded(text[1:])


# A signature is looked at several times while one document is judged, and decoding it costs as much as checking it.
@lru_cache(maxsize=16)
def _decoded(text: str) -> bytes:
    """As ``base58.b58decode``, eight characters at a time: it would cost half as much as the signature check."""
    values = ("1" * (-len(text) % 8) + text).encode("ascii").translate(_DIGITS)
    number = 0
    for place in range(0, len(values), 8):
        a, b, c, d, e, f, g, h = values[place : place + 8]
        high, low = ((a * 58 + b) * 58 + c) * 58 + d, ((e * 58 + f) * 58 + g) * 58 + h
        number = number * 58**8 + high * 58**4 + low
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
