"""Canonical JSON: one byte string per value (RFC 8785, JSON Canonicalization Scheme)."""

from typing import Any

import rfc8785

from entrepot.base.error import EntrepotError


class NotCanonicalError(EntrepotError):
    """The value has no canonical form: a float that is not finite, an integer beyond 2**53, other types."""

    code = "not-canonical"


def canonical(value: Any) -> bytes:
    """``value`` in its canonical form, UTF-8. Raises :class:`NotCanonicalError` where it has none."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as wrong:
        raise NotCanonicalError(
            f"this value has no canonical JSON form: {wrong}",
            remedy="Write large integers and exact decimals as strings.",
        ) from wrong
