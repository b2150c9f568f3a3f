"""Canonical JSON: one byte string per value (RFC 8785, JSON Canonicalization Scheme)."""

import re
from typing import Any

import rfc8785

from entrepot.base.error import EntrepotError

_SAFE_MAX = 2**53 - 1
_LONG = re.compile(rb"[0-9]{16}")


class NotCanonicalError(EntrepotError):
    """The value has no canonical form that reads back as the same value: a float that is not finite, a whole number
    beyond 2**53 (I-JSON, RFC 7493 section 2.2), other types."""

    code = "not-canonical"


def canonical(value: Any) -> bytes:
    """``value`` in its canonical form, UTF-8. Raises :class:`NotCanonicalError` where it has none."""
    try:
        body = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as wrong:
        raise _refusal(str(wrong)) from wrong
    if _LONG.search(body) and _holds_unsafe_float(value):
        raise _refusal("a whole number beyond 2**53 reads back as another number")
    return body


def _refusal(reason: str) -> NotCanonicalError:
    return NotCanonicalError(
        f"this value has no canonical JSON form: {reason}",
        remedy="Write large integers and exact decimals as strings.",
    )


def _holds_unsafe_float(value: Any) -> bool:
    """Whether a float is written as an integer that a reader would not read as that float (2**53 to 10**21)."""
    if isinstance(value, dict):
        return any(map(_holds_unsafe_float, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_holds_unsafe_float, value))
    return isinstance(value, float) and _SAFE_MAX < abs(value) < 1e21
