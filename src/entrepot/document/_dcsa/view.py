"""Reading a JSON tree while noting what was read, so that the rest can be reported as lost."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from entrepot.base.amount import format_decimal
from entrepot.base.finding import Finding
from entrepot.base.text import member_path
from entrepot.document.demand import Demand

TYPE = Demand("ENT-CORE-DCSA-01", "{value} is not {type}.", "Write it as the schema wants it.", "DCSA eBL 3.0 schema")


class View:
    """A place in a JSON tree. ``notes``: paths read so far; ``findings``: values of a wrong type."""

    __slots__ = ("findings", "notes", "path", "value")

    def __init__(self, value: Any, path: str, notes: set[str], findings: list[Finding]) -> None:
        self.value, self.path, self.notes, self.findings = value, path, notes, findings

    def inner(self, name: str) -> "View":
        """The object under ``name``; an empty one where there is none."""
        value = self._get(name)
        if value is not None and not isinstance(value, dict):
            self._wrong(name, value, "an object")
            value = None
        return View(value or {}, member_path(self.path, name), self.notes, self.findings)

    def items(self, name: str) -> "list[View]":
        """The objects of the list under ``name``."""
        value, path = self._get(name), member_path(self.path, name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self._wrong(name, value, "a list of objects")
            return []
        return [View(each, f"{path}[{index}]", self.notes, self.findings) for index, each in enumerate(value)]

    def text(self, name: str) -> str | None:
        """The text under ``name``, noted as read; None where it is missing or empty."""
        return self._leaf(name, str, "a text") or None

    def flag(self, name: str) -> bool | None:
        """The boolean under ``name``, noted as read."""
        found: bool | None = self._leaf(name, bool, "true or false")
        return found

    def number(self, name: str) -> Decimal | None:
        """The number under ``name``, exact, noted as read."""
        value = self._get(name)
        if isinstance(value, bool) or not isinstance(value, int | Decimal | None):
            self._wrong(name, value, "a number")
            return None
        self.notes.add(member_path(self.path, name))
        return None if value is None else Decimal(value)

    def texts(self, name: str) -> list[str]:
        """The texts of the list under ``name``, noted as read."""
        value, path = self._get(name), member_path(self.path, name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self._wrong(name, value, "a list of texts")
            return []
        self.notes.update(f"{path}[{index}]" for index in range(len(value)))
        return [each for each in value if each]

    def peek(self, name: str) -> Any:
        """The value under ``name``, not noted as read."""
        return self._get(name)

    def losses(self) -> tuple[str, ...]:
        """JSON path of every value that was not read, in order."""
        return tuple(_lost(self.value, self.path, self.notes))

    def _get(self, name: str) -> Any:
        return self.value.get(name)

    def _leaf(self, name: str, kind: type, wanted: str) -> Any:
        value = self._get(name)
        if value is not None and not isinstance(value, kind):
            self._wrong(name, value, wanted)
            return None
        self.notes.add(member_path(self.path, name))
        return value

    def _wrong(self, name: str, value: Any, wanted: str) -> None:
        self.findings.append(TYPE.broken(member_path(self.path, name), value=repr(value)[:60], type=wanted))


def plain(number: Decimal | None) -> str | None:
    """A number of JSON (which may have an exponent) in plain notation; text that no shape takes where it is huge."""
    if number is None:
        return None
    try:
        return format_decimal(number)
    except ValueError:
        return str(number)


def _lost(value: Any, path: str, notes: set[str]) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from _lost(each, member_path(path, name), notes)
    elif isinstance(value, list) and value:
        for index, each in enumerate(value):
            yield from _lost(each, f"{path}[{index}]", notes)
    elif path not in notes:
        yield path
