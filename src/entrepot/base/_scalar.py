"""Reading one value of a shape that has no members: texts, numbers, times, choices."""

import re
import typing
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from entrepot.base._member import Length, Limits, Pattern, Range, length_of
from entrepot.base.amount import parse_decimal
from entrepot.base.error import UsageError
from entrepot.base.finding import Finding
from entrepot.base.jsontext import INT64
from entrepot.base.moment import parse_date, parse_moment
from entrepot.base.text import is_safe, shown

Rule = tuple[str, str, str]
Read = Callable[[Any, str, list[Finding]], Any]
"""Reads a value at a path; adds what is wrong inside of it, raises :class:`Wrong` for what is wrong with it itself."""
TYPE: Rule = ("ENT-CORE-SHAPE-02", "{expected} is expected here.", "Send that type.")
VALUE: Rule = ("ENT-CORE-SHAPE-05", "{reason}.", "Correct the value.")
_CHOICE: Rule = ("ENT-CORE-SHAPE-04", "{value} is not one of {allowed}.", "Use one of them.")
_LENGTH: Rule = ("ENT-CORE-SHAPE-06", "{size} {what}; {least} to {most} are allowed.", "Shorten or fill it.")
_TEXT: Rule = ("ENT-CORE-SHAPE-07", "The text holds U+0000 or a lone surrogate.", "Remove the character.")
_PATTERN: Rule = ("ENT-CORE-SHAPE-08", "{value} does not have the form {form}.", "Write it in that form.")
_RANGE: Rule = ("ENT-CORE-SHAPE-09", "{value} is {side} {limit}.", "Stay inside the bounds.")


class Wrong(Exception):
    """One value does not fit."""

    def __init__(self, rule: Rule, **params: str) -> None:
        self.rule, self.params = rule, params


def check_length(size: int, length: Length, what: str) -> None:
    """Raise :class:`Wrong` where ``size`` lies outside of ``length``."""
    if not length.least <= size <= length.most:
        raise Wrong(_LENGTH, size=str(size), what=what, least=str(length.least), most=str(length.most))


def scalar(kind: Any, limits: Limits) -> Read:
    """What reads a ``kind`` that has no members. Raises ``TypeError`` for what is no type of a shape."""
    if kind is Any:
        return lambda value, _path, _findings: value
    if typing.get_origin(kind) is Literal:
        return _literal(typing.get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _enum(kind)
    if kind is str:
        return _text(limits)
    if kind is bool:
        return _truth
    if kind is int:
        return _bounded(_integer, limits)
    if kind is Decimal:
        return _bounded(_exact(parse_decimal), limits)
    if kind is datetime:
        return _written(parse_moment)
    if kind is date:
        return _written(parse_date)
    if not hasattr(kind, "from_json"):
        raise TypeError(f"{kind} is no type of a shape")
    return _exact(kind.from_json)


def _exact(make: Callable[[Any], Any]) -> Read:
    def read(value: Any, _path: str, _findings: list[Finding]) -> Any:
        try:
            return make(value)
        except (ValueError, UsageError) as wrong:
            raise Wrong(VALUE, reason=str(wrong)) from wrong

    return read


def _written(make: Callable[[str], Any]) -> Read:
    text, exact = _text(()), _exact(make)
    return lambda value, path, findings: exact(text(value, path, findings), path, findings)


def _text(limits: Limits) -> Read:
    length = length_of(limits, Length())
    least, most = length.least, length.most
    forms = [(re.compile(each.regex, re.ASCII).fullmatch, each.regex) for each in limits if isinstance(each, Pattern)]

    def read(value: Any, _path: str, _findings: list[Finding]) -> str:
        if not isinstance(value, str):
            raise Wrong(TYPE, expected="A text")
        if not is_safe(value):
            raise Wrong(_TEXT)
        if not least <= len(value) <= most:
            check_length(len(value), length, "characters")
        for matches, form in forms:
            if not matches(value):
                raise Wrong(_PATTERN, value=shown(value), form=form)
        return value

    return read


def _truth(value: Any, _path: str, _findings: list[Finding]) -> bool:
    if not isinstance(value, bool):
        raise Wrong(TYPE, expected="true or false")
    return value


def _integer(value: Any, _path: str, _findings: list[Finding]) -> int:
    """An integer of 64 bits. ``2.0`` is one too: JSON knows no other difference, and both have one canonical form."""
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int or not INT64[0] <= value <= INT64[1]:
        raise Wrong(TYPE, expected="An integer of at most 64 bits")
    return value


def _enum(kind: type[StrEnum]) -> Read:
    table = {str(each): each for each in kind}
    allowed = ", ".join(table)

    def read(value: Any, _path: str, _findings: list[Finding]) -> StrEnum:
        found = table.get(value) if isinstance(value, str) else None
        if found is None:
            raise Wrong(_CHOICE, value=shown(value), allowed=allowed)
        return found

    return read


def _literal(allowed: tuple[Any, ...]) -> Read:
    def read(value: Any, _path: str, _findings: list[Finding]) -> Any:
        for each in allowed:
            if value == each and isinstance(value, bool) is isinstance(each, bool):
                return each
        raise Wrong(_CHOICE, value=shown(value), allowed=", ".join(map(str, allowed)))

    return read


def _bounded(read: Read, limits: Limits) -> Read:
    spans = [each for each in limits if isinstance(each, Range)]

    def within(value: Any, path: str, findings: list[Finding]) -> Any:
        number = read(value, path, findings)
        for span in spans:
            if span.least is not None and number < span.least:
                raise Wrong(_RANGE, value=str(number), side="less than", limit=str(span.least))
            if span.most is not None and number > span.most:
                raise Wrong(_RANGE, value=str(number), side="more than", limit=str(span.most))
        return number

    return within if spans else read
