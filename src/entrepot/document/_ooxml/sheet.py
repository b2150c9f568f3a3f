"""The first sheet of a workbook as rows of texts (ISO/IEC 29500-1, 18.3 and 18.4)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, InvalidOperation

from lxml import etree

from entrepot.document._ooxml.package import NotASheet, Package

RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATIONS = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
COLUMNS_MAX = 200
_FIFTEEN = Context(prec=15)
"""Spreadsheets keep numbers in binary and show fifteen digits of them: 2.3 may be written 2.2999999999999998."""
_REFERENCE = re.compile("([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Sheet:
    """``lines``: number and cells of each row. ``day_zero``: the day 0 of its dates."""

    lines: tuple[tuple[int, Sequence[str]], ...]
    day_zero: date


def read_sheet(data: bytes, *, rows_max: int) -> Sheet:
    """The first ``rows_max`` rows of the first sheet. Raises :class:`NotASheet`."""
    package = Package(data)
    book = package.part("xl/workbook.xml")
    if book is None:
        raise NotASheet("it has no workbook")
    root = package.part(_first(package, book))
    if root is None:
        raise NotASheet("its first sheet is missing")
    shared = package.part("xl/sharedStrings.xml")
    texts = [] if shared is None else [_text(each) for each in _named(shared, "si")]
    from_1904 = any(each.get("date1904") in ("1", "true") for each in _named(book, "workbookPr"))
    day_zero = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)
    return Sheet(tuple(_lines(root, texts, rows_max)), day_zero)


def _first(package: Package, book: etree._Element) -> str:
    """The name of the part that is the first sheet."""
    sheets = _named(book, "sheet")
    wanted = (sheets[0].get(RELATIONS) or sheets[0].get(STRICT_RELATIONS)) if sheets else None
    relations = package.part("xl/_rels/workbook.xml.rels")
    for each in [] if relations is None else _named(relations, "Relationship"):
        if wanted is not None and each.get("Id") == wanted:
            target = str(each.get("Target", ""))
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    raise NotASheet("it names no sheet")


def _named(root: etree._Element, name: str) -> list[etree._Element]:
    """Elements of a local name, of the transitional and of the strict namespace."""
    return list(root.iter("{*}" + name))


def _text(item: etree._Element) -> str:
    """The text of a string item, without how it is pronounced (18.4.8)."""
    return "".join(each.text or "" for each in _named(item, "t") if not str(_parent(each)).endswith("rPh"))


def _parent(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else str(parent.tag)


def _lines(root: etree._Element, texts: Sequence[str], rows_max: int) -> Iterator[tuple[int, Sequence[str]]]:
    last = 0
    for count, row in enumerate(_named(root, "row")):
        if count == rows_max:
            return
        stated = row.get("r", "")
        last = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 8 else last + 1
        yield last, _cells(row, texts)


def _cells(row: etree._Element, texts: Sequence[str]) -> list[str]:
    cells: list[str] = []
    for each in _named(row, "c"):
        place = _REFERENCE.fullmatch(each.get("r", ""))
        at = _column(place.group(1)) if place else len(cells)
        if at >= COLUMNS_MAX:
            break
        cells += [""] * (at + 1 - len(cells))
        cells[at] = _value(each, texts)
    return cells


def _column(letters: str) -> int:
    """``A`` is 0, ``AA`` is 26."""
    number = 0
    for each in letters:
        number = number * 26 + ord(each) - ord("A") + 1
    return number - 1


def _value(cell: etree._Element, texts: Sequence[str]) -> str:
    kind, found = cell.get("t", "n"), cell.find("{*}v")
    stated = "" if found is None else found.text or ""
    if kind == "inlineStr":
        return _text(cell)
    if kind == "s":
        return texts[int(stated)] if stated.isascii() and stated.isdigit() and int(stated) < len(texts) else ""
    return _number(stated) if kind == "n" else stated


def _number(stated: str) -> str:
    if not stated:
        return ""
    try:
        value = _FIFTEEN.create_decimal(Decimal(stated))
    except InvalidOperation:
        return stated
    if not value.is_finite() or abs(value.adjusted()) > 30:
        return stated
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
