"""What a shape is made of: the members of a dataclass, and the limits that ``Annotated`` puts on them."""

import dataclasses
import types
import typing
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

from entrepot.base.error import UsageError
from entrepot.base.text import TEXT_LENGTH_MAX

ITEMS_MAX = 10_000
"""Members that a list or a mapping may have where nothing narrower is said."""


@dataclass(frozen=True, slots=True)
class Length:
    """Characters of a text, or members of a tuple or mapping: at least ``least``, at most ``most``."""

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


Limits = tuple[Any, ...]


@cache
def length_of(limits: Limits, default: Length) -> Length:
    """The narrowest length that all of ``limits`` leave; ``default`` where they say none."""
    lengths = [each for each in limits if isinstance(each, Length)] or [default]
    return Length(max(each.least for each in lengths), min(each.most for each in lengths))


@cache
def unwrap(kind: Any) -> tuple[Any, Limits]:
    """A type without ``Annotated``, and the limits that stood there."""
    if typing.get_origin(kind) is Annotated:
        inner, *limits = typing.get_args(kind)
        return inner, tuple(limits)
    return kind, ()


@cache
def inner_of_optional(kind: Any) -> Any | None:
    """``X`` where ``kind`` is ``X | None`` (limits around the union go to ``X``); None where it is no union.

    Raises :class:`UsageError` for any other union: JSON would not say which member of it is meant.
    """
    plain, limits = unwrap(kind)
    if typing.get_origin(plain) not in (types.UnionType, typing.Union):
        return None
    arguments = typing.get_args(plain)
    inner = [each for each in arguments if each is not type(None)]
    if len(inner) != 1 or len(arguments) != 2:
        raise UsageError(f"a shape may use X | None only, not {plain}")
    return Annotated[inner[0], *limits] if limits else inner[0]


@dataclass(frozen=True, slots=True)
class Member:
    """One field of a shape: attribute name, JSON name, type (without ``| None``), whether it must be there, and
    whether None stands for its absence."""

    name: str
    json: str
    kind: Any
    required: bool
    optional: bool


@cache
def members(cls: type) -> tuple[Member, ...]:
    """The fields of a shape, in order. Raises :class:`UsageError` for a shape that could not be read back."""
    hints = typing.get_type_hints(cls, include_extras=True)
    found = tuple(_member(each, hints[each.name]) for each in dataclasses.fields(cls))
    if len({each.json for each in found}) != len(found):
        raise UsageError(f"two fields of {cls.__name__} have one JSON name")
    return found


def _member(field: "dataclasses.Field[Any]", hint: Any) -> Member:
    inner = inner_of_optional(hint)
    has_default = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
    if inner is not None and has_default and field.default is not None:
        raise UsageError(f"{field.name}: None is left out when written, so it must be the default of X | None")
    return Member(
        field.name,
        field.metadata.get("json", _camel(field.name)),
        hint if inner is None else inner,
        required=inner is None and not has_default,
        optional=inner is not None,
    )


def _camel(name: str) -> str:
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(part.capitalize() for part in rest)
