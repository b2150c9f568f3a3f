"""Canonical JSON: one byte string per value (RFC 8785, JSON Canonicalization Scheme)."""

import json
import re
from collections.abc import Mapping
from typing import Any

import rfc8785

from entrepot.base.error import EntrepotError

_SAFE_MAX = 2**53 - 1
_LONG = re.compile(rb"[0-9]{16}")
_UNLIKE = re.compile(r"[0-9]e|\.0$|[0-9]{16}")
"""Floats that the standard library writes otherwise than RFC 8785 says, or that may lie beyond 2**53."""
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
"""Characters that come elsewhere in the order of UTF-16 than in that of code points."""
_FEW_DIGITS = 10**15
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


class NotCanonicalError(EntrepotError):
    """The value has no canonical form that reads back as the same value: a float that is not finite, a whole number
    beyond 2**53 (I-JSON, RFC 7493 section 2.2), other types."""

    code = "not-canonical"


def canonical(value: Any) -> bytes:
    """``value`` in its canonical form, UTF-8. Raises :class:`NotCanonicalError` where it has none."""
    plain = _plain(value)
    if plain is not None:
        return plain
    try:
        body = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as wrong:
        raise _refusal(str(wrong)) from wrong
    if _LONG.search(body) and _holds_unsafe_float(value):
        raise _refusal("a whole number beyond 2**53 reads back as another number")
    return body


def canonical_object(members: Mapping[str, bytes]) -> bytes:
    """The canonical form of an object whose members are in canonical form already; their names are ASCII."""
    return b"{" + b",".join(b'"%s":%s' % (name.encode("ascii"), members[name]) for name in sorted(members)) + b"}"


def _plain(value: Any) -> bytes | None:
    """The canonical form as the standard library writes it, in a third of the time; None where it may write another
    one.

    It writes texts as RFC 8785 says, most numbers, and sorts names as it says within the basic plane.
    """
    try:
        text = _ENCODER.encode(value)
        return text.encode("utf-8") if _is_plain(value) else None
    except (TypeError, ValueError, RecursionError):
        return None


def _is_plain(value: Any) -> bool:
    """Whether its numbers are written as RFC 8785 says, and its names lie within the basic plane. Raises ``TypeError``
    for a name that is no text: the standard library would write a number as one."""
    rest = [value]
    for each in rest:
        kind = type(each)
        if kind is str or each is None or kind is bool:
            continue
        if kind is dict:
            names = "".join(each)
            if not names.isascii() and _BEYOND.search(names):
                return False
            rest.extend(each.values())
        elif kind is list or kind is tuple:
            rest.extend(each)
        elif kind is int:
            if not -_FEW_DIGITS < each < _FEW_DIGITS:
                return False
        elif kind is not float or _UNLIKE.search(repr(each)):
            return False
    return True


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
