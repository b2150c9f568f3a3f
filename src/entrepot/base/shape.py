"""A shape is a frozen dataclass; reading, writing and the JSON Schema of its JSON form are derived from it.

Field types: ``str``, ``int`` (64 bits), ``bool``, ``Decimal`` (a string in JSON), ``date``, ``datetime``
(RFC 3339), ``Any`` (JSON as it stands), ``StrEnum``, ``Literal``, ``X | None`` (may be absent; never ``null``),
``tuple[X, ...]``, ``tuple[X, Y]``, ``dict[str, X]``, another dataclass, or a class with ``from_json``, ``to_json`` and
``json_schema``. ``Annotated`` narrows: :class:`Length`, :class:`Pattern`, :class:`Range`; several all hold.

Member names in JSON are the field names in lowerCamelCase; ``metadata={"json": name}`` overrides.
"""

import dataclasses
import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Annotated, Any

from entrepot.base._member import ITEMS_MAX, Length, Member, Pattern, Range, members
from entrepot.base._parse import parse
from entrepot.base._schema import schema
from entrepot.base.amount import format_decimal
from entrepot.base.error import UsageError
from entrepot.base.moment import format_moment

__all__ = [
    "ITEMS_MAX",
    "Code",
    "Did",
    "Digest",
    "Economy",
    "Length",
    "Member",
    "Name",
    "Note",
    "Pattern",
    "Range",
    "dump",
    "members",
    "parse",
    "schema",
]

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


def dump(shaped: Any) -> Any:
    """The JSON form of a shaped object; members that are None are left out.

    Raises :class:`UsageError` for a type that has no JSON form.
    """
    kind: Any = type(shaped)
    return _writer(kind)(shaped)


@cache
def _writer(kind: Any) -> Callable[[Any], Any]:
    """What writes an object of a type; made once for each."""
    if kind is str or issubclass(kind, NoneType | bool | int | float):
        return _itself
    if issubclass(kind, tuple | list):
        return _dump_items
    if issubclass(kind, Mapping):
        return _dump_mapping
    if hasattr(kind, "to_json"):
        return operator.methodcaller("to_json")
    if dataclasses.is_dataclass(kind):
        return _object_writer(kind)
    for plain, write in _SCALARS:
        if issubclass(kind, plain):
            return write
    raise UsageError(f"{kind.__name__} has no JSON form")


def _itself(value: Any) -> Any:
    return value


def _dump_items(value: Any) -> list[Any]:
    return [each if type(each) is str else dump(each) for each in value]


def _dump_mapping(value: Any) -> dict[str, Any]:
    return {key: each if type(each) is str else dump(each) for key, each in value.items()}


def _object_writer(kind: Any) -> Callable[[Any], Any]:
    names = [(each.json, each.name) for each in members(kind)]

    def write(shaped: Any) -> dict[str, Any]:
        pairs = [(json, getattr(shaped, name)) for json, name in names]
        return {json: inner if type(inner) is str else dump(inner) for json, inner in pairs if inner is not None}

    return write


_SCALARS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (StrEnum, str),
    (Decimal, format_decimal),
    (datetime, format_moment),
    (date, date.isoformat),
)
"""How single values are written; a ``datetime`` is a ``date``, so it comes first."""
