"""JSON as it arrives from strangers: bounded, UTF-8, no duplicate keys, no text that other programs cannot hold."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.base.text import member_path, shown, unsafe_position

BYTES_MAX = 1 << 20
"""Bytes of one text where nothing else is said."""
DEPTH_MAX = 64
"""Arrays and objects inside each other where nothing else is said."""
INT64 = (-(2**63), 2**63 - 1)
"""Least and greatest integer: what databases and other languages hold."""
SOURCE = "RFC 8259, I-JSON (RFC 7493)"
_STRUCTURE = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
"""Strings and brackets. A string that is not closed runs to the end, so that every byte is looked at once."""


_ESCAPED = re.compile(rb"\\u(?:0000|[dD][89A-Fa-f])")
"""How a text may write U+0000 or a surrogate: it cannot write them otherwise."""


@dataclass(frozen=True, slots=True)
class JsonLimits:
    """Bounds on one text: bytes, and nesting of arrays and objects."""

    bytes_max: int = BYTES_MAX
    depth_max: int = DEPTH_MAX


class _Refused(Exception):
    def __init__(self, finding: Finding) -> None:
        self.finding = finding


def _finding(rule: tuple[str, str, str], path: str = "$", **params: str) -> Finding:
    number, message, remedy = rule
    return Finding(
        id=number,
        severity=Severity.BLOCKING,
        message=message,
        path=path,
        params=params,
        source=SOURCE,
        remedy=remedy,
    )


_SIZE = ("ENT-CORE-JSON-01", "The text has {size} bytes; {most} are allowed.", "Send less at once.")
_ENCODING = ("ENT-CORE-JSON-02", "Byte {place} is not UTF-8.", "Write the text in UTF-8.")
_SYNTAX = ("ENT-CORE-JSON-03", "Not JSON at line {line}, column {column}.", "Send well-formed JSON.")
_DEPTH = ("ENT-CORE-JSON-04", "Nested deeper than {most} levels.", "Flatten the structure.")
_TWICE = ("ENT-CORE-JSON-05", "The member {name} stands twice in one object.", "Keep one of them.")
_INTEGER = ("ENT-CORE-JSON-06", "The integer {integer} does not fit in 64 bits.", "Write it as a string.")
_CONSTANT = ("ENT-CORE-JSON-07", "{name} is not a JSON number.", "Leave the member out.")
_TEXT = ("ENT-CORE-JSON-08", "Character {place} is U+0000 or a lone surrogate.", "Remove it.")
_RANGE = ("ENT-CORE-JSON-09", "The number {number} is larger than a double can be.", "Write it as a string.")


def read_json(data: bytes, limits: JsonLimits = JsonLimits()) -> tuple[Any, tuple[Finding, ...]]:
    """The value that ``data`` writes, and no findings; or None and the findings that make it unreadable.

    Where the syntax is wrong there is one finding, for what follows cannot be judged; unsafe texts are all named.
    """
    try:
        value = _read(data, limits)
    except _Refused as refused:
        return None, (refused.finding,)
    unsafe = tuple(_unsafe_texts(value, "$")) if _ESCAPED.search(data) else ()
    return (None, unsafe) if unsafe else (value, ())


def _read(data: bytes, limits: JsonLimits) -> Any:
    if len(data) > limits.bytes_max:
        raise _Refused(_finding(_SIZE, size=str(len(data)), most=str(limits.bytes_max)))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise _Refused(_finding(_ENCODING, place=str(wrong.start))) from wrong
    _check_depth(data, limits.depth_max)
    try:
        return json.loads(
            text,
            object_pairs_hook=_no_duplicates,
            parse_int=_int64,
            parse_float=_finite,
            parse_constant=_no_constant,
        )
    except json.JSONDecodeError as wrong:
        place = {"line": str(wrong.lineno), "column": str(wrong.colno)}
        raise _Refused(_finding(_SYNTAX, reason=wrong.msg, **place)) from wrong


def _check_depth(data: bytes, most: int) -> None:
    """Refuse deep nesting before the parser, which recurses, sees it.

    Only the part before the first syntax error counts, and there brackets are balanced as the parser sees them.
    """
    if data.count(b"[") + data.count(b"{") <= most:
        return
    depth = 0
    for token in _STRUCTURE.finditer(data):
        mark = token.group()
        if mark in (b"[", b"{"):
            depth += 1
            if depth > most:
                raise _Refused(_finding(_DEPTH, most=str(most)))
        elif mark in (b"]", b"}"):
            depth -= 1


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _Refused(_finding(_TWICE, name=shown(twice)))
    return members


def _int64(digits: str) -> int:
    if len(digits) <= 20 and INT64[0] <= (number := int(digits)) <= INT64[1]:
        return number
    raise _Refused(_finding(_INTEGER, integer=digits[:40]))


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _Refused(_finding(_RANGE, number=digits[:40]))
    return number


def _no_constant(name: str) -> Any:
    raise _Refused(_finding(_CONSTANT, name=name))


def _unsafe_texts(value: Any, path: str) -> Iterator[Finding]:
    if isinstance(value, str):
        place = unsafe_position(value)
        if place >= 0:
            yield _finding(_TEXT, path, place=str(place))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _unsafe_texts(key, path)
            yield from _unsafe_texts(inner, member_path(path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unsafe_texts(inner, f"{path}[{index}]")
