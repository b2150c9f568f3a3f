"""A shape is a frozen dataclass; reading, writing and the JSON Schema of its JSON form are derived from it.

Field types: ``str``, ``int`` (64 bits), ``bool``, ``Decimal`` (a string in JSON), ``date``, ``datetime``
(RFC 3339), ``Any`` (JSON as it stands), ``StrEnum``, ``Literal``, ``X | None`` (may be absent),
``tuple[X, ...]``, ``dict[str, X]``, another dataclass, or a class with ``from_json``, ``to_json`` and
``json_schema``. ``Annotated`` narrows: :class:`Length`, :class:`Pattern`, :class:`Range`.

Member names in JSON are the field names in lowerCamelCase; ``metadata={"json": name}`` overrides.
"""

import dataclasses
import re
import types
import typing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from entrepot.base.amount import format_decimal, parse_decimal
from entrepot.base.error import UsageError
from entrepot.base.finding import Finding, Severity
from entrepot.base.jsontext import INT64
from entrepot.base.moment import format_moment, parse_date, parse_moment
from entrepot.base.text import TEXT_LENGTH_MAX, is_safe

T = TypeVar("T")
ITEMS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Length:
    """Characters of a text, or members of a tuple: at least ``least``, at most ``most``."""

    least: int = 0
    most: int = TEXT_LENGTH_MAX


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text must match this regular expression as a whole (ASCII; also valid in ECMA 262)."""

    regex: str


@dataclass(frozen=True, slots=True)
class Range:
    """A number must lie between both ends, which belong to it."""

    least: int | Decimal | None = None
    most: int | Decimal | None = None


Name = Annotated[str, Length(1, 200)]
"""A name or title of a person, organisation, place or thing: 1 to 200 characters."""
Code = Annotated[str, Length(1, 35)]
"""A code or short reference: 1 to 35 characters (ISO 20022 Max35Text)."""
Note = Annotated[str, Length(1, 2000)]
"""Free text for people: 1 to 2,000 characters."""
Economy = Annotated[str, Pattern("[A-Z]{2}")]
"""ISO 3166-1 alpha-2 code of an economy."""
Digest = Annotated[str, Pattern("[0-9a-f]{64}")]
"""SHA-256, 64 lower-case hexadecimal digits; also the form of a record id."""
Did = Annotated[str, Length(8, 500), Pattern(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]+")]
"""A decentralized identifier without path, query or fragment (W3C DID 1.0, 3.1)."""


class _Wrong(Exception):
    """One value does not fit; carries number, message, remedy and parameters of the finding."""

    def __init__(self, number: int, message: str, remedy: str = "", **params: str) -> None:
        self.number, self.message, self.remedy, self.params = number, message, remedy, params


def parse(cls: type[T], value: Any, *, path: str = "$") -> tuple[T | None, tuple[Finding, ...]]:
    """Read ``value`` (parsed JSON) as ``cls``: the object, or None and every finding, not just the first."""
    findings: list[Finding] = []
    result = _parse(cls, value, path, findings)
    return (None, tuple(findings)) if findings else (result, ())


def dump(shaped: Any) -> Any:
    """The JSON form of a shaped object; members that are None are left out."""
    if shaped is None or isinstance(shaped, bool | int) or type(shaped) is str:
        return shaped
    if isinstance(shaped, StrEnum):
        return str(shaped)
    if isinstance(shaped, Decimal):
        return format_decimal(shaped)
    if isinstance(shaped, datetime):
        return format_moment(shaped)
    if isinstance(shaped, date):
        return shaped.isoformat()
    if isinstance(shaped, tuple | list):
        return [dump(each) for each in shaped]
    if isinstance(shaped, typing.Mapping):
        return {key: dump(each) for key, each in shaped.items()}
    if hasattr(shaped, "to_json"):
        return shaped.to_json()
    if dataclasses.is_dataclass(shaped):
        pairs = ((each.json, getattr(shaped, each.name)) for each in members(type(shaped)))  # type: ignore[arg-type]
        return {name: dump(inner) for name, inner in pairs if inner is not None}
    if isinstance(shaped, float):
        return shaped
    raise UsageError(f"{type(shaped).__name__} has no JSON form")


@dataclass(frozen=True, slots=True)
class Member:
    """One field of a shape: attribute name, JSON name, type, and whether it must be there."""

    name: str
    json: str
    kind: Any
    required: bool


@cache
def members(cls: type) -> tuple[Member, ...]:
    """The fields of a shape, in order."""
    hints = typing.get_type_hints(cls, include_extras=True)
    return tuple(
        Member(
            each.name,
            each.metadata.get("json", _camel(each.name)),
            hints[each.name],
            each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING,
        )
        for each in dataclasses.fields(cls)
    )


def _camel(name: str) -> str:
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(part.capitalize() for part in rest)


def _add(findings: list[Finding], path: str, wrong: _Wrong) -> None:
    findings.append(
        Finding(
            id=f"ENT-CORE-SHAPE-{wrong.number:02d}",
            severity=Severity.BLOCKING,
            path=path,
            message=wrong.message,
            params=wrong.params,
            source="the shape of this record kind (JSON Schema)",
            remedy=wrong.remedy,
        )
    )


def _parse(kind: Any, value: Any, path: str, findings: list[Finding]) -> Any:
    limits: tuple[Any, ...] = ()
    if typing.get_origin(kind) is Annotated:
        kind, *rest = typing.get_args(kind)
        limits = tuple(rest)
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return _parse_optional(kind, value, path, findings)
    if origin is tuple:
        return _parse_items(kind, value, path, findings, limits)
    if origin is dict:
        return _parse_mapping(kind, value, path, findings)
    if dataclasses.is_dataclass(kind) and not hasattr(kind, "from_json"):
        return _parse_object(kind, value, path, findings)
    try:
        return _scalar(kind, origin, value, limits)
    except _Wrong as wrong:
        _add(findings, path, wrong)
        return None


def _parse_optional(kind: Any, value: Any, path: str, findings: list[Finding]) -> Any:
    inner = [each for each in typing.get_args(kind) if each is not type(None)]
    if len(inner) != 1:
        raise UsageError(f"a shape may use X | None only, not {kind}")
    return None if value is None else _parse(inner[0], value, path, findings)


def _parse_items(
    kind: Any, value: Any, path: str, findings: list[Finding], limits: tuple[Any, ...]
) -> tuple[Any, ...] | None:
    length = next((each for each in limits if isinstance(each, Length)), Length(0, ITEMS_MAX))
    if not isinstance(value, list):
        _add(findings, path, _Wrong(2, "A list is expected here.", "Send a JSON array."))
        return None
    if not length.least <= len(value) <= length.most:
        _add(
            findings,
            path,
            _Wrong(
                6,
                "{size} entries; {least} to {most} are allowed.",
                "",
                size=str(len(value)),
                least=str(length.least),
                most=str(length.most),
            ),
        )
        return None
    item = typing.get_args(kind)[0]
    return tuple(_parse(item, each, f"{path}[{index}]", findings) for index, each in enumerate(value))


def _parse_mapping(kind: Any, value: Any, path: str, findings: list[Finding]) -> dict[str, Any] | None:
    if not isinstance(value, dict) or len(value) > ITEMS_MAX:
        _add(findings, path, _Wrong(2, "An object is expected here.", "Send a JSON object."))
        return None
    inner = typing.get_args(kind)[1]
    return {key: _parse(inner, each, f"{path}.{key}", findings) for key, each in value.items()}


def _parse_object(cls: Any, value: Any, path: str, findings: list[Finding]) -> Any:
    if not isinstance(value, dict):
        _add(findings, path, _Wrong(2, "An object is expected here.", "Send a JSON object."))
        return None
    before, found = len(findings), {}
    fields = members(cls)
    for each in fields:
        if value.get(each.json) is not None:
            found[each.name] = _parse(each.kind, value[each.json], f"{path}.{each.json}", findings)
        elif each.required:
            _add(findings, f"{path}.{each.json}", _Wrong(1, "{name} is missing.", "Add it.", name=each.json))
    known = {each.json for each in fields}
    for extra in sorted(set(value) - known):
        _add(
            findings,
            f"{path}.{extra}",
            _Wrong(
                3,
                "{name} is not a member of this object.",
                "Remove it, or use a kind that has it.",
                name=extra,
            ),
        )
    if len(findings) > before:
        return None
    try:
        return cls(**found)
    except (ValueError, UsageError) as wrong:
        _add(findings, path, _Wrong(5, "{reason}.", "", reason=str(wrong)))
        return None


def _scalar(kind: Any, origin: Any, value: Any, limits: tuple[Any, ...]) -> Any:
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
            raise _Wrong(2, "true or false is expected here.")
        return value
    if kind is int:
        if type(value) is not int or not INT64[0] <= value <= INT64[1]:
            raise _Wrong(2, "An integer of at most 64 bits is expected here.")
        return _in_range(value, limits)
    try:
        if kind is Decimal:
            return _in_range(parse_decimal(value), limits)
        if kind is datetime:
            return parse_moment(_text(value, ()))
        if kind is date:
            return parse_date(_text(value, ()))
        return kind.from_json(value)
    except (ValueError, UsageError) as wrong:
        raise _Wrong(5, "{reason}.", "", reason=str(wrong)) from wrong


def _choice(value: Any, allowed: tuple[Any, ...]) -> Any:
    if isinstance(value, dict | list) or value not in allowed:
        raise _Wrong(
            4,
            "{value} is not one of {allowed}.",
            "Use one of them.",
            value=repr(value)[:60],
            allowed=", ".join(map(str, allowed)),
        )
    return value


def _text(value: Any, limits: tuple[Any, ...]) -> str:
    if not isinstance(value, str):
        raise _Wrong(2, "A text is expected here.", "Send a JSON string.")
    if not is_safe(value):
        raise _Wrong(7, "The text holds U+0000 or a lone surrogate.", "Remove the character.")
    length = next((each for each in limits if isinstance(each, Length)), Length())
    if not length.least <= len(value) <= length.most:
        raise _Wrong(
            6,
            "{size} characters; {least} to {most} are allowed.",
            "",
            size=str(len(value)),
            least=str(length.least),
            most=str(length.most),
        )
    for pattern in (each for each in limits if isinstance(each, Pattern)):
        if not re.fullmatch(pattern.regex, value, re.ASCII):
            raise _Wrong(8, "{value} does not have the form {form}.", "", value=repr(value)[:60], form=pattern.regex)
    return value


def _in_range(number: Any, limits: tuple[Any, ...]) -> Any:
    for span in (each for each in limits if isinstance(each, Range)):
        if (span.least is not None and number < span.least) or (span.most is not None and number > span.most):
            raise _Wrong(
                9,
                "{value} lies outside {least} to {most}.",
                "",
                value=str(number),
                least=str(span.least),
                most=str(span.most),
            )
    return number


def schema(cls: type) -> dict[str, Any]:
    """JSON Schema (2020-12) of the JSON form of ``cls``; inner shapes stand under ``$defs``."""
    defs: dict[str, Any] = {}
    body = _schema_of(cls, defs)
    name = body["$ref"].rsplit("/", 1)[1]
    own = defs.pop(name)
    result = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **own}
    return {**result, "$defs": defs} if defs else result


def _schema_of(kind: Any, defs: dict[str, Any]) -> dict[str, Any]:
    if typing.get_origin(kind) is Annotated:
        inner, *limits = typing.get_args(kind)
        return _narrowed(_schema_of(inner, defs), limits)
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        inner = next(each for each in typing.get_args(kind) if each is not type(None))
        return _schema_of(inner, defs)
    if origin is tuple:
        return {"type": "array", "items": _schema_of(typing.get_args(kind)[0], defs), "maxItems": ITEMS_MAX}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema_of(typing.get_args(kind)[1], defs)}
    if origin is Literal:
        return {"enum": list(typing.get_args(kind))}
    if kind is Any:
        return {}
    if hasattr(kind, "json_schema"):
        found: dict[str, Any] = kind.json_schema()
        return found
    if dataclasses.is_dataclass(kind):
        return _schema_of_object(typing.cast("type", kind), defs)
    if issubclass(kind, StrEnum):
        return {"enum": [str(each) for each in kind]}
    return dict(_SCALARS[kind])


_SCALARS: dict[type, dict[str, Any]] = {
    str: {"type": "string", "maxLength": TEXT_LENGTH_MAX},
    bool: {"type": "boolean"},
    int: {"type": "integer", "minimum": INT64[0], "maximum": INT64[1]},
    Decimal: {"type": "string", "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$", "maxLength": 32},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}


def _schema_of_object(cls: type, defs: dict[str, Any]) -> dict[str, Any]:
    name = cls.__name__
    if name not in defs:
        defs[name] = {}
        fields = members(cls)
        doc = (cls.__doc__ or "").strip().splitlines()
        defs[name] = {
            "type": "object",
            "description": doc[0] if doc else "",
            "properties": {each.json: _schema_of(each.kind, defs) for each in fields},
            "required": [each.json for each in fields if each.required],
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{name}"}


def _narrowed(body: dict[str, Any], limits: list[Any]) -> dict[str, Any]:
    for limit in limits:
        if isinstance(limit, Length) and body.get("type") == "array":
            body |= {"minItems": limit.least, "maxItems": limit.most}
        elif isinstance(limit, Length):
            body |= {"minLength": limit.least, "maxLength": limit.most}
        elif isinstance(limit, Pattern):
            body["pattern"] = f"^(?:{limit.regex})$"
        elif isinstance(limit, Range) and body.get("type") == "integer":
            if limit.least is not None:
                body["minimum"] = limit.least
            if limit.most is not None:
                body["maximum"] = limit.most
    return body
