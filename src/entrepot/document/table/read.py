"""Reading a table from a file: CSV (RFC 4180) in UTF-8, or the first sheet of an XLSX file. Bounded on every side."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from entrepot.base.finding import Finding
from entrepot.base.text import is_safe
from entrepot.document._ooxml import NotASheet, read_sheet
from entrepot.document.table.model import (
    BYTES_MAX,
    CELL_CHARS_MAX,
    COLUMNS_MAX,
    EMPTY,
    ROWS_MAX,
    TOO_LARGE,
    TOO_MANY,
    TWICE,
    UNREAD,
    Row,
    Table,
    named,
)

Lines = Iterable[tuple[int, Sequence[str]]]
DELIMITERS = ",;\t"


def read_table(data: bytes) -> tuple[Table | None, tuple[Finding, ...]]:
    """The table in ``data``, whatever its name says; None where it cannot be read, and what is wrong with it."""
    if len(data) > BYTES_MAX:
        return None, (TOO_LARGE.broken("$", what=f"{len(data)} bytes"),)
    try:
        if data.startswith(b"PK\x03\x04"):
            sheet = read_sheet(data, rows_max=ROWS_MAX + 2)
            return _table(sheet.lines, sheet.day_zero)
        return _table(_csv(data), date(1899, 12, 30))
    except (NotASheet, csv.Error, UnicodeDecodeError) as wrong:
        return None, (UNREAD.broken("$", why=str(wrong)[:200]),)


def _csv(data: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    text = data.decode("utf-8-sig")
    head = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1  # a cell may hold line breaks: a row is named by its first line
        row = next(reader, None)
        if row is None:
            return
        yield line, row


def _table(lines: Lines, day_zero: date) -> tuple[Table | None, tuple[Finding, ...]]:
    filled = ((number, [each.strip() for each in row]) for number, row in lines if any(each.strip() for each in row))
    head = next(filled, None)
    if head is None:
        return None, (EMPTY.broken("$"),)
    columns = tuple(named(each) for each in head[1])
    if len(columns) > COLUMNS_MAX:
        return None, (TOO_LARGE.broken("$", what=f"{len(columns)} columns"),)
    twice = [name for name, count in Counter(columns).items() if name and count > 1]
    if twice:
        return None, tuple(TWICE.broken("$", name=each[:80]) for each in twice)
    rows, findings = _rows(filled, columns)
    if not rows and not findings:
        findings = (EMPTY.broken("$"),)
    return (Table(columns, rows, day_zero) if rows else None), findings


def _rows(lines: Lines, columns: tuple[str, ...]) -> tuple[tuple[Row, ...], tuple[Finding, ...]]:
    rows: list[Row] = []
    for number, cells in lines:
        if len(rows) == ROWS_MAX:
            return tuple(rows), (TOO_MANY.broken("$", most=ROWS_MAX),)
        found = {name: text for name, text in zip(columns, cells, strict=False) if name and text}
        wrong = next((name for name, text in found.items() if len(text) > CELL_CHARS_MAX or not is_safe(text)), None)
        if wrong is not None:
            return (), (UNREAD.broken("$", why=f"row {number}, column {wrong}: a cell is too long, or no text"),)
        rows.append(Row(number, found))
    return tuple(rows), ()
