"""JSON as it arrives from strangers: bounded, UTF-8, no duplicate keys, no text that other programs cannot hold."""

import json
import re
from dataclasses import dataclass
from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.base.text import unsafe_position

BYTES_MAX = 1 << 20
DEPTH_MAX = 64
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
INT64 = (-(2**63), 2**63 - 1)
SOURCE = "RFC 8259, I-JSON (RFC 7493)"


@dataclass(frozen=True, slots=True)
class JsonLimits:
    """Bounds on one text: bytes, and nesting of arrays and objects."""

    bytes_max: int = BYTES_MAX
    depth_max: int = DEPTH_MAX


class _Refused(Exception):
    def __init__(self, finding: Finding) -> None:
        self.finding = finding


def _finding(number: int, message: str, remedy: str, **params: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-JSON-{number:02d}",
        severity=Severity.BLOCKING,
        message=message,
        params=params,
        source=SOURCE,
        remedy=remedy,
    )


def read_json(data: bytes, limits: JsonLimits = JsonLimits()) -> tuple[Any, tuple[Finding, ...]]:
    """The value that ``data`` writes, and no findings; or None and the findings that make it unreadable."""
    try:
        return _read(data, limits), ()
    except _Refused as refused:
        return None, (refused.finding,)


def _read(data: bytes, limits: JsonLimits) -> Any:
    if len(data) > limits.bytes_max:
        raise _Refused(
            _finding(
                1,
                "The text has {size} bytes; {most} are allowed.",
                "Send less at once.",
                size=str(len(data)),
                most=str(limits.bytes_max),
            )
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise _Refused(
            _finding(2, "Byte {place} is not UTF-8.", "Write the text in UTF-8.", place=str(wrong.start))
        ) from wrong
    _check_depth(data, limits.depth_max)
    try:
        value = json.loads(text, object_pairs_hook=_no_duplicates, parse_int=_int64, parse_constant=_no_constant)
    except json.JSONDecodeError as wrong:
        raise _Refused(
            _finding(
                3,
                "Not JSON at line {line}, column {column}: {reason}.",
                "Send well-formed JSON.",
                line=str(wrong.lineno),
                column=str(wrong.colno),
                reason=wrong.msg,
            )
        ) from wrong
    if b"\\u" in data:
        _check_text(value, "$")
    return value


def _check_depth(data: bytes, most: int) -> None:
    if data.count(b"[") + data.count(b"{") <= most:
        return
    depth = 0
    for token in _STRUCTURE.finditer(data):
        mark = token.group()
        if mark in (b"[", b"{"):
            depth += 1
            if depth > most:
                raise _Refused(
                    _finding(4, "Nested deeper than {most} levels.", "Flatten the structure.", most=str(most))
                )
        elif mark in (b"]", b"}"):
            depth -= 1


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _Refused(
            _finding(5, "The member {name} stands twice in one object.", "Keep one of them.", name=repr(twice))
        )
    return members


def _int64(digits: str) -> int:
    if len(digits) <= 20 and INT64[0] <= (number := int(digits)) <= INT64[1]:
        return number
    raise _Refused(
        _finding(6, "The integer {integer} does not fit in 64 bits.", "Write it as a string.", integer=digits[:40])
    )


def _no_constant(name: str) -> Any:
    raise _Refused(_finding(7, "{name} is not a JSON number.", "Leave the member out.", name=name))


def _check_text(value: Any, path: str) -> None:
    if isinstance(value, str):
        place = unsafe_position(value)
        if place >= 0:
            raise _Refused(
                Finding(
                    id="ENT-CORE-JSON-08",
                    severity=Severity.BLOCKING,
                    path=path,
                    message="Character {place} is U+0000 or a lone surrogate.",
                    params={"place": str(place)},
                    source=SOURCE,
                    remedy="Remove it.",
                )
            )
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key, path)
            _check_text(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _check_text(inner, f"{path}[{index}]")
