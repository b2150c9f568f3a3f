"""Reading JSON as a shape: every finding, each with its path."""

import dataclasses
import re
import typing
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, TypeVar

from entrepot.base._member import (
    ITEMS_MAX,
    Length,
    Limits,
    Pattern,
    Range,
    inner_of_optional,
    length_of,
    members,
    unwrap,
)
from entrepot.base.amount import parse_decimal
from entrepot.base.error import UsageError
from entrepot.base.finding import Finding, Severity
from entrepot.base.jsontext import INT64
from entrepot.base.moment import parse_date, parse_moment
from entrepot.base.text import is_safe, member_path, shown

T = TypeVar("T")
Rule = tuple[str, str, str]
_MISSING: Rule = ("ENT-CORE-SHAPE-01", "{name} is missing.", "Add it.")
_TYPE: Rule = ("ENT-CORE-SHAPE-02", "{expected} is expected here.", "Send that type.")
_EXTRA: Rule = (
    "ENT-CORE-SHAPE-03",
    "{name} is not a member of this object.",
    "Remove it, or use a kind that has it.",
)
_CHOICE: Rule = ("ENT-CORE-SHAPE-04", "{value} is not one of {allowed}.", "Use one of them.")
_VALUE: Rule = ("ENT-CORE-SHAPE-05", "{reason}.", "Correct the value.")
_LENGTH: Rule = ("ENT-CORE-SHAPE-06", "{size} {what}; {least} to {most} are allowed.", "Shorten or fill it.")
_TEXT: Rule = ("ENT-CORE-SHAPE-07", "The text holds U+0000 or a lone surrogate.", "Remove the character.")
_PATTERN: Rule = ("ENT-CORE-SHAPE-08", "{value} does not have the form {form}.", "Write it in that form.")
_RANGE: Rule = ("ENT-CORE-SHAPE-09", "{value} is {side} {limit}.", "Stay inside the bounds.")


class _Wrong(Exception):
    """One value does not fit."""

    def __init__(self, rule: Rule, **params: str) -> None:
        self.rule, self.params = rule, params


def parse(cls: type[T], value: Any, *, path: str = "$") -> tuple[T | None, tuple[Finding, ...]]:
    """Read ``value`` (parsed JSON) as ``cls``: the object, or None and every finding, not just the first."""
    findings: list[Finding] = []
    result = _parse(cls, value, path, findings)
    return (None, tuple(findings)) if findings else (result, ())


def _add(findings: list[Finding], path: str, wrong: _Wrong) -> None:
    number, message, remedy = wrong.rule
    findings.append(
        Finding(
            id=number,
            severity=Severity.BLOCKING,
            path=path,
            message=message,
            params=wrong.params,
            source="the shape of this record kind (JSON Schema)",
            remedy=remedy,
        )
    )


def _parse(kind: Any, value: Any, path: str, findings: list[Finding]) -> Any:
    inner = inner_of_optional(kind)
    if inner is not None:
        return None if value is None else _parse(inner, value, path, findings)
    kind, limits = unwrap(kind)
    origin = typing.get_origin(kind)
    try:
        if origin is tuple:
            return _parse_items(kind, _sized(value, list, limits), path, findings)
        if origin is dict:
            return _parse_mapping(kind, _sized(value, dict, limits), path, findings)
        if dataclasses.is_dataclass(kind) and not hasattr(kind, "from_json"):
            return _parse_object(kind, value, path, findings)
        return _scalar(kind, origin, value, limits)
    except _Wrong as wrong:
        _add(findings, path, wrong)
        return None


def _sized(value: Any, expected: type[list[Any]] | type[dict[str, Any]], limits: Limits) -> Any:
    if not isinstance(value, expected):
        raise _Wrong(_TYPE, expected="A list" if expected is list else "An object")
    _check_length(len(value), length_of(limits, Length(0, ITEMS_MAX)), "entries")
    return value


def _check_length(size: int, length: Length, what: str) -> None:
    if not length.least <= size <= length.most:
        raise _Wrong(_LENGTH, size=str(size), what=what, least=str(length.least), most=str(length.most))


def _parse_items(kind: Any, value: list[Any], path: str, findings: list[Finding]) -> tuple[Any, ...]:
    items = typing.get_args(kind)
    if items[-1] is Ellipsis:
        items = (items[0],) * len(value)
    _check_length(len(value), Length(len(items), len(items)), "entries")
    return tuple(_parse(items[index], each, f"{path}[{index}]", findings) for index, each in enumerate(value))


def _parse_mapping(kind: Any, value: dict[str, Any], path: str, findings: list[Finding]) -> dict[str, Any]:
    key_kind, inner = typing.get_args(kind)
    result = {}
    for key, each in value.items():
        place = member_path(path, key)
        _parse(key_kind, key, place, findings)
        result[key] = _parse(inner, each, place, findings)
    return result


def _parse_object(cls: Any, value: Any, path: str, findings: list[Finding]) -> Any:
    if not isinstance(value, dict):
        raise _Wrong(_TYPE, expected="An object")
    before, found = len(findings), {}
    fields = members(cls)
    for each in fields:
        if each.json in value:
            found[each.name] = _parse_member(each.kind, value[each.json], f"{path}.{each.json}", findings)
        elif each.required:
            _add(findings, f"{path}.{each.json}", _Wrong(_MISSING, name=each.json))
        elif each.optional:
            found[each.name] = None
    for extra in sorted(set(value) - {each.json for each in fields}):
        _add(findings, member_path(path, extra), _Wrong(_EXTRA, name=shown(extra)))
    if len(findings) > before:
        return None
    try:
        return cls(**found)
    except (ValueError, UsageError) as wrong:
        raise _Wrong(_VALUE, reason=str(wrong)) from wrong


def _parse_member(kind: Any, value: Any, path: str, findings: list[Finding]) -> Any:
    """A member that has no value is left out; ``null`` would be a second way to write the same content."""
    if value is None:
        _add(findings, path, _Wrong(_TYPE, expected="A value (leave the member out where there is none)"))
        return None
    return _parse(kind, value, path, findings)


def _scalar(kind: Any, origin: Any, value: Any, limits: Limits) -> Any:
    if kind is Any:
        return value
    if origin is Literal:
        return _choice(value, typing.get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(_choice(value, tuple(str(each) for each in kind)))
    if kind is str:
        return _text(value, limits)
    if kind is bool:
        if not isinstance(value, bool):
            raise _Wrong(_TYPE, expected="true or false")
        return value
    if kind is int:
        return _in_range(_integer(value), limits)
    try:
        return _exact(kind, value, limits)
    except (ValueError, UsageError) as wrong:
        raise _Wrong(_VALUE, reason=str(wrong)) from wrong


def _exact(kind: Any, value: Any, limits: Limits) -> Any:
    if kind is Decimal:
        return _in_range(parse_decimal(value), limits)
    if kind is datetime:
        return parse_moment(_text(value, ()))
    if kind is date:
        return parse_date(_text(value, ()))
    if not hasattr(kind, "from_json"):
        raise TypeError(f"{kind} is no type of a shape")
    return kind.from_json(value)


def _integer(value: Any) -> int:
    """An integer of 64 bits. ``2.0`` is one too: JSON knows no other difference, and both have one canonical form."""
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int or not INT64[0] <= value <= INT64[1]:
        raise _Wrong(_TYPE, expected="An integer of at most 64 bits")
    return value


def _choice(value: Any, allowed: tuple[Any, ...]) -> Any:
    for each in allowed:
        if value == each and isinstance(value, bool) is isinstance(each, bool):
            return each
    raise _Wrong(_CHOICE, value=shown(value), allowed=", ".join(map(str, allowed)))


def _text(value: Any, limits: Limits) -> str:
    if not isinstance(value, str):
        raise _Wrong(_TYPE, expected="A text")
    if not is_safe(value):
        raise _Wrong(_TEXT)
    _check_length(len(value), length_of(limits, Length()), "characters")
    for pattern in (each for each in limits if isinstance(each, Pattern)):
        if not re.fullmatch(pattern.regex, value, re.ASCII):
            raise _Wrong(_PATTERN, value=shown(value), form=pattern.regex)
    return value


def _in_range(number: Any, limits: Limits) -> Any:
    for span in (each for each in limits if isinstance(each, Range)):
        if span.least is not None and number < span.least:
            raise _Wrong(_RANGE, value=str(number), side="less than", limit=str(span.least))
        if span.most is not None and number > span.most:
            raise _Wrong(_RANGE, value=str(number), side="more than", limit=str(span.most))
    return number
