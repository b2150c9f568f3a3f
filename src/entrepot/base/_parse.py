"""Reading JSON as a shape: every finding, each with its path. What reads a type is made once, when first asked for."""

import dataclasses
import typing
from functools import cache
from typing import Any, TypeVar

from entrepot.base._member import ITEMS_MAX, Length, Limits, inner_of_optional, length_of, members, unwrap
from entrepot.base._scalar import TYPE, VALUE, Read, Rule, Wrong, check_length, scalar
from entrepot.base.error import UsageError
from entrepot.base.finding import Finding, Severity
from entrepot.base.text import member_path, shown

T = TypeVar("T")
_MISSING: Rule = ("ENT-CORE-SHAPE-01", "{name} is missing.", "Add it.")
_EXTRA: Rule = (
    "ENT-CORE-SHAPE-03",
    "{name} is not a member of this object.",
    "Remove it, or use a kind that has it.",
)


def parse(cls: type[T], value: Any, *, path: str = "$") -> tuple[T | None, tuple[Finding, ...]]:
    """Read ``value`` (parsed JSON) as ``cls``: the object, or None and every finding, not just the first."""
    findings: list[Finding] = []
    kind: Any = cls
    result = _read(_reader(kind), value, path, findings)
    return (None, tuple(findings)) if findings else (result, ())


def _read(reader: Read, value: Any, path: str, findings: list[Finding]) -> Any:
    try:
        return reader(value, path, findings)
    except Wrong as wrong:
        _add(findings, path, wrong)
        return None


def _add(findings: list[Finding], path: str, wrong: Wrong) -> None:
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


@cache
def _reader(kind: Any) -> Read:
    inner = inner_of_optional(kind)
    if inner is not None:
        read = _reader(inner)
        return lambda value, path, findings: None if value is None else read(value, path, findings)
    kind, limits = unwrap(kind)
    origin = typing.get_origin(kind)
    if origin is tuple:
        return _items(typing.get_args(kind), limits)
    if origin is dict:
        return _mapping(typing.get_args(kind), limits)
    if dataclasses.is_dataclass(kind) and not hasattr(kind, "from_json"):
        return _object(kind)
    return scalar(kind, limits)


def _check_size(value: Any, expected: type[list[Any]] | type[dict[str, Any]], limits: Limits) -> None:
    if not isinstance(value, expected):
        raise Wrong(TYPE, expected="A list" if expected is list else "An object")
    check_length(len(value), length_of(limits, Length(0, ITEMS_MAX)), "entries")


def _items(kinds: tuple[Any, ...], limits: Limits) -> Read:
    is_any_length = kinds[-1] is Ellipsis
    readers = [_reader(each) for each in kinds if each is not Ellipsis]

    def read(value: Any, path: str, findings: list[Finding]) -> tuple[Any, ...]:
        _check_size(value, list, limits)
        each_by = readers * len(value) if is_any_length else readers
        check_length(len(value), Length(len(each_by), len(each_by)), "entries")
        return tuple([_read(each_by[at], each, f"{path}[{at}]", findings) for at, each in enumerate(value)])

    return read


def _mapping(kinds: tuple[Any, ...], limits: Limits) -> Read:
    read_key, read_value = map(_reader, kinds)

    def read(value: Any, path: str, findings: list[Finding]) -> dict[str, Any]:
        _check_size(value, dict, limits)
        result = {}
        for key, each in value.items():
            place = member_path(path, key)
            _read(read_key, key, place, findings)
            result[key] = _read(read_value, each, place, findings)
        return result

    return read


@cache
def _plan(cls: type) -> tuple[tuple[tuple[str, str, Read, bool, bool], ...], frozenset[str]]:
    """Each member: name, JSON name, what reads it, whether it must be there, whether None stands for its absence; and
    all JSON names. Made at the first reading, since a shape may hold itself."""
    found = members(cls)
    parts = tuple((each.name, each.json, _reader(each.kind), each.required, each.optional) for each in found)
    return parts, frozenset(each.json for each in found)


def _object(cls: Any) -> Read:
    def read(value: Any, path: str, findings: list[Finding]) -> Any:
        if not isinstance(value, dict):
            raise Wrong(TYPE, expected="An object")
        before = len(findings)
        found = _members_of(cls, value, path, findings)
        if len(findings) > before:
            return None
        try:
            return cls(**found)
        except (ValueError, UsageError) as wrong:
            raise Wrong(VALUE, reason=str(wrong)) from wrong

    return read


def _members_of(cls: Any, value: dict[str, Any], path: str, findings: list[Finding]) -> dict[str, Any]:
    """What was read of the members of an object, by name; those with findings are missing or None."""
    found: dict[str, Any] = {}
    parts, names = _plan(cls)
    for name, json, read, is_required, is_optional in parts:
        if json in value:
            place = f"{path}.{json}"
            try:
                found[name] = _present(read, value[json], place, findings)
            except Wrong as wrong:
                _add(findings, place, wrong)
        elif is_required:
            _add(findings, f"{path}.{json}", Wrong(_MISSING, name=json))
        elif is_optional:
            found[name] = None
    if not names.issuperset(value):
        for extra in sorted(set(value) - names):
            _add(findings, member_path(path, extra), Wrong(_EXTRA, name=shown(extra)))
    return found


def _present(read: Read, value: Any, path: str, findings: list[Finding]) -> Any:
    """A member that has no value is left out; ``null`` would be a second way to write the same content."""
    if value is None:
        raise Wrong(TYPE, expected="A value (leave the member out where there is none)")
    return read(value, path, findings)
