"""Text that every database, every JSON reader and every screen can hold."""

import re

_UNSAFE = re.compile("[\x00\ud800-\udfff]")
_PLAIN_MEMBER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
TEXT_LENGTH_MAX = 10_000
"""Characters that a text may have where nothing narrower is said."""
_SHOWN_MAX = 60


def is_safe(value: str) -> bool:
    """Whether ``value`` holds neither U+0000 nor a lone surrogate (RFC 8785 3.2.2.2, PostgreSQL text)."""
    return _UNSAFE.search(value) is None


def unsafe_position(value: str) -> int:
    """Index of the first character that :func:`is_safe` refuses, or -1."""
    found = _UNSAFE.search(value)
    return found.start() if found else -1


def member_path(path: str, name: str) -> str:
    """The JSON path (RFC 9535) of member ``name`` of the object at ``path``; a long name is cut, for showing only."""
    if _PLAIN_MEMBER.fullmatch(name) and len(name) <= _SHOWN_MAX:
        return f"{path}.{name}"
    return f"{path}[{shown(name)}]"


def shown(value: object) -> str:
    """``value`` in quotes, escaped, at most 60 characters: what a finding may repeat of a stranger's data."""
    text = repr(value if not isinstance(value, str) else value[: _SHOWN_MAX + 1])
    return text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 1] + "…"
