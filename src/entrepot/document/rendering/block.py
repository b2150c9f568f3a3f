"""The body of a rendering: rows, tables and boxes that follow the shape of a payload, or any JSON as it stands."""

import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from entrepot.base._member import members, unwrap
from entrepot.base.record import Content
from entrepot.base.shape import Did, Economy
from entrepot.document.rendering.show import SMALL, Shown, seen
from entrepot.document.rendering.words import Words

_COLUMNS_MAX = 7
"""Columns of a table; what has more is shown as boxes."""
_DEPTH_MAX = 24


class Blocks:
    """Writes HTML for values in one language."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._shown = Shown(words)

    def shaped(self, shape: type, value: Mapping[str, Any]) -> str:
        """An object of a shape: its plain members as rows, then what is more as sections, all in the shape's order."""
        rows, sections = [], []
        for each in members(shape):
            if each.json not in value:
                continue
            label = seen(self._words.label(each.json, shape.__name__))
            inner = value[each.json]
            flat = self._named(inner) if (shape, each.json) == (Content, "kind") else self._flat(each.kind, inner)
            if flat is not None:
                rows.append(_row(label, flat))
            else:
                sections.append(self._section(label, each.kind, inner))
        return _rows(rows) + _boxes(sections)

    def any(self, value: Any, depth: int = 0) -> str:
        """Any JSON, complete: nothing is known of it but its names."""
        if depth > _DEPTH_MAX or not isinstance(value, Mapping | list):
            return self._shown.scalar(value)
        if isinstance(value, list):
            return "<ol>" + "".join(f"<li>{self.any(each, depth + 1)}</li>" for each in value) + "</ol>"
        return _rows([_row(seen(self._words.label(name)), self.any(each, depth + 1)) for name, each in value.items()])

    def _named(self, kind: str) -> str:
        """The kind of a record, as the title of its document calls it."""
        return self._shown.value(kind, self._words.kinds.get(kind, kind))

    def _flat(self, kind: Any, value: Any) -> str | None:
        """A value that fits into a cell; None where it does not."""
        plain, _ = unwrap(kind)
        if typing.get_origin(plain) is tuple:
            inner = typing.get_args(plain)[0]
            cells = [self._flat(inner, each) for each in value]
            return None if None in cells else "<br>".join(each for each in cells if each) or "\u2013"
        name = getattr(plain, "__name__", "")
        if isinstance(value, Mapping):
            return self._shown.small(name, value) if name in SMALL else None
        if kind == Economy:
            return self._shown.value(value, self._shown.economy(str(value)))
        if kind == Did:
            return f"<small>{self._shown.scalar(value)}</small>"
        return self._shown.scalar(value, _format_of(plain))

    def _section(self, label: str, kind: Any, value: Any) -> str:
        plain, _ = unwrap(kind)
        if typing.get_origin(plain) is tuple:
            inner = unwrap(typing.get_args(plain)[0])[0]
            return f'<section class="wide"><h2>{label}</h2>{self._many(inner, value)}</section>'
        return f"<section><h2>{label}</h2>{self.shaped(plain, value)}</section>"

    def _many(self, shape: type, values: Sequence[Mapping[str, Any]]) -> str:
        """A table where every member fits a cell and they are few; else a box for each."""
        there = [each for each in members(shape) if any(each.json in value for value in values)]
        cells = [
            [self._flat(each.kind, value[each.json]) if each.json in value else "" for each in there]
            for value in values
        ]
        if len(there) > _COLUMNS_MAX or any(None in row for row in cells):
            return "".join(f'<div class="item">{self.shaped(shape, each)}</div>' for each in values)
        heads = "".join(
            f"<th{_align(each.kind)}>{seen(self._words.label(each.json, shape.__name__))}</th>" for each in there
        )
        body = "".join(
            "<tr>"
            + "".join(f"<td{_align(each.kind)}>{cell}</td>" for each, cell in zip(there, row, strict=True))
            + "</tr>"
            for row in cells
        )
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _format_of(plain: Any) -> Any:
    if plain in (Decimal, date, datetime, int):
        return plain
    is_code = typing.get_origin(plain) is typing.Literal or (isinstance(plain, type) and issubclass(plain, StrEnum))
    return "code" if is_code else None


def _align(kind: Any) -> str:
    plain, _ = unwrap(kind)
    name = getattr(plain, "__name__", "")
    return ' class="number"' if plain in (Decimal, int) or name in ("Money", "Quantity", "Price") else ""


def _row(label: str, value: str) -> str:
    return f"<tr><th>{label}</th><td>{value}</td></tr>"


def _rows(rows: Sequence[str]) -> str:
    return f'<table class="rows"><tbody>{"".join(rows)}</tbody></table>' if rows else ""


def _boxes(sections: Sequence[str]) -> str:
    return f'<div class="boxes">{"".join(sections)}</div>' if sections else ""
