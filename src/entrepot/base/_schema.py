"""JSON Schema (2020-12) of a shape: it accepts what :func:`~entrepot.base.shape.parse` accepts.

Three things cannot be said in it and are left to the reader: bounds of a decimal (a text in JSON) other than zero,
days that the calendar does not have where a validator does not check formats, and checks that a class makes itself.
"""

import dataclasses
import typing
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

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
from entrepot.base.amount import decimal_schema
from entrepot.base.jsontext import INT64
from entrepot.base.moment import DATE_PATTERN, MOMENT_PATTERN

Definitions = dict[str, dict[str, Any]]
_SAFE = "^[^\\u0000]*$"
_NOT_NULL = ["object", "array", "string", "number", "boolean"]
_PLAIN: dict[type, dict[str, Any]] = {
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date", "pattern": DATE_PATTERN},
    datetime: {"type": "string", "format": "date-time", "pattern": MOMENT_PATTERN},
}


def schema(cls: type) -> dict[str, Any]:
    """JSON Schema (2020-12) of the JSON form of ``cls``; inner shapes stand under ``$defs``."""
    definitions: Definitions = {}
    own = _Writer(definitions).definition_of(cls)
    body = definitions.pop(own)
    result = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": own, **body}
    if _refers(definitions, own) or _refers(body, own):
        definitions[own] = body
    return {**result, "$defs": definitions} if definitions else result


def _refers(body: Any, name: str) -> bool:
    if isinstance(body, dict):
        return body.get("$ref") == f"#/$defs/{name}" or any(_refers(each, name) for each in body.values())
    return isinstance(body, list) and any(_refers(each, name) for each in body)


class _Writer:
    """Writes the schemas of types; classes go to ``definitions``, each once and under a name of its own."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._names: dict[type, str] = {}

    def definition_of(self, cls: type) -> str:
        """The name of the definition of ``cls``; a second class of that name gets its module's name before it."""
        if cls not in self._names:
            name = cls.__name__
            if name in self._definitions:
                name = f"{cls.__module__.rsplit('.', 1)[-1]}.{name}"
            self._names[cls] = name
            self._definitions[name] = {}
            made: Any = getattr(cls, "json_schema", None)
            self._definitions[name] |= self._object(cls) if made is None else made()
        return self._names[cls]

    def of(self, kind: Any) -> dict[str, Any]:
        """The schema of a type; classes are referred to."""
        inner = inner_of_optional(kind)
        if inner is not None:
            return {"anyOf": [self.of(inner), {"type": "null"}]}
        plain, limits = unwrap(kind)
        origin = typing.get_origin(plain)
        if origin is tuple:
            return self._items(typing.get_args(plain), limits)
        if origin is dict:
            return self._mapping(plain, limits)
        if origin is Literal:
            return {"enum": list(typing.get_args(plain))}
        if plain is Any:
            return {}
        if dataclasses.is_dataclass(plain) or hasattr(plain, "json_schema"):
            return {"$ref": f"#/$defs/{self.definition_of(typing.cast('type', plain))}"}
        return _scalar(plain, limits)

    def _items(self, items: tuple[Any, ...], limits: Limits) -> dict[str, Any]:
        if items[-1] is Ellipsis:
            bounds = _bounds("Items", length_of(limits, Length(0, ITEMS_MAX)))
            return {"type": "array", "items": self.of(items[0])} | bounds
        prefix = [self.of(each) for each in items]
        return {"type": "array", "prefixItems": prefix, "items": False} | _bounds(
            "Items", Length(len(items), len(items))
        )

    def _mapping(self, kind: Any, limits: Limits) -> dict[str, Any]:
        key, inner = typing.get_args(kind)
        length = length_of(limits, Length(0, ITEMS_MAX))
        return {
            "type": "object",
            "propertyNames": self.of(key),
            "additionalProperties": self.of(inner),
        } | _bounds("Properties", length)

    def _object(self, cls: type) -> dict[str, Any]:
        fields = members(cls)
        return {
            "type": "object",
            "description": " ".join((cls.__doc__ or "").strip().split("\n\n")[0].split()),
            "properties": {each.json: self.of(each.kind) or {"type": _NOT_NULL} for each in fields},
            "required": [each.json for each in fields if each.required],
            "additionalProperties": False,
        }


def _bounds(what: str, length: Length) -> dict[str, Any]:
    return ({f"min{what}": length.least} if length.least else {}) | {f"max{what}": length.most}


def _scalar(kind: Any, limits: Limits) -> dict[str, Any]:
    if kind is str:
        return _text(limits)
    if kind is int:
        return _integer(limits)
    if kind is Decimal:
        return _decimal(limits)
    if issubclass(kind, StrEnum):
        return {"enum": [str(each) for each in kind]}
    return dict(_PLAIN[kind])


def _text(limits: Limits) -> dict[str, Any]:
    length = length_of(limits, Length())
    body: dict[str, Any] = {"type": "string"} | _bounds("Length", length)
    patterns = [f"^(?:{each.regex})$" for each in limits if isinstance(each, Pattern)] or [_SAFE]
    if len(patterns) == 1:
        return body | {"pattern": patterns[0]}
    return body | {"allOf": [{"pattern": each} for each in patterns]}


def _integer(limits: Limits) -> dict[str, Any]:
    spans = [Range(*INT64), *(each for each in limits if isinstance(each, Range))]
    least = max(each.least for each in spans if each.least is not None)
    most = min(each.most for each in spans if each.most is not None)
    return {"type": "integer", "minimum": int(least), "maximum": int(most)}


def _decimal(limits: Limits) -> dict[str, Any]:
    spans = [each for each in limits if isinstance(each, Range)]
    body = decimal_schema(negative=not any(each.least is not None and each.least >= 0 for each in spans))
    bounds = [f"{name} {end}" for each in spans for name, end in (("from", each.least), ("to", each.most)) if end]
    return body | ({"description": "A decimal " + " ".join(bounds)} if bounds else {})
