"""Multibase text: ``z`` followed by base58btc (W3C Controlled Identifiers 1.0, section 2.4)."""

import re
from functools import lru_cache

import base58

from entrepot.party.error import KeyFormError

LENGTH_MAX = 1000
"""Characters read at most: decoding takes time that grows with the square of the length."""
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
@lru_cache(maxsize=256)
def _decoded(text: str) -> bytes:
    return base58.b58decode(text)
