"""A shape is a frozen dataclass; reading, writing and the JSON Schema of its JSON form are derived from it.

Field types: ``str``, ``int`` (64 bits), ``bool``, ``Decimal`` (a string in JSON), ``date``, ``datetime``
(RFC 3339), ``Any`` (JSON as it stands), ``StrEnum``, ``Literal``, ``X | None`` (may be absent; never ``null``),
``tuple[X, ...]``, ``tuple[X, Y]``, ``dict[str, X]``, another dataclass, or a class with ``from_json``, ``to_json`` and
``json_schema``. ``Annotated`` narrows: :class:`Length`, :class:`Pattern`, :class:`Range`; several all hold.

Member names in JSON are the field names in lowerCamelCase; ``metadata={"json": name}`` overrides.
"""

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
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
    if shaped is None or isinstance(shaped, bool | int | float) or type(shaped) is str:
        return shaped
    if isinstance(shaped, tuple | list):
        return [dump(each) for each in shaped]
    if isinstance(shaped, Mapping):
        return {key: dump(each) for key, each in shaped.items()}
    if hasattr(shaped, "to_json"):
        return shaped.to_json()
    if dataclasses.is_dataclass(shaped) and not isinstance(shaped, type):
        pairs = ((each.json, getattr(shaped, each.name)) for each in members(type(shaped)))
        return {name: dump(inner) for name, inner in pairs if inner is not None}
    return _dump_scalar(shaped)


def _dump_scalar(value: Any) -> str:
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, datetime):
        return format_moment(value)
    if isinstance(value, date):
        return value.isoformat()
    raise UsageError(f"{type(value).__name__} has no JSON form")
