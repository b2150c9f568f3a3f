"""Text that every database, every JSON reader and every screen can hold."""

import re

_UNSAFE = re.compile("[\x00\ud800-\udfff]")
TEXT_LENGTH_MAX = 10_000
"""Characters that a text may have where nothing narrower is said."""


def is_safe(value: str) -> bool:
    """Whether ``value`` holds neither U+0000 nor a lone surrogate (RFC 8785 3.2.2.2, PostgreSQL text)."""
    return _UNSAFE.search(value) is None


def unsafe_position(value: str) -> int:
    """Index of the first character that :func:`is_safe` refuses, or -1."""
    found = _UNSAFE.search(value)
    return found.start() if found else -1
