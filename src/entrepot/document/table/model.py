"""A table as it was read: the names of its columns, and its rows with their numbers in the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from entrepot.document.demand import Demand

SOURCE = "RFC 4180; ISO/IEC 29500-1, 18 (SpreadsheetML)"
BYTES_MAX, ROWS_MAX, COLUMNS_MAX, CELL_CHARS_MAX = 3 << 20, 500, 60, 4000
UNREAD = Demand(
    "ENT-CORE-TABLE-01", "The table cannot be read: {why}", "Save it again as CSV in UTF-8, or XLSX.", SOURCE
)
TOO_MANY = Demand("ENT-CORE-TABLE-02", "More than {most} rows; the rest was not read.", "Divide the table.", SOURCE)
TOO_LARGE = Demand("ENT-CORE-TABLE-03", "The table is too large: {what}.", "Divide the table.", SOURCE)
EMPTY = Demand("ENT-CORE-TABLE-04", "The table has no rows.", "Write one row for each, below the row of names.", SOURCE)
TWICE = Demand("ENT-CORE-TABLE-05", "Two columns have the name {name}.", "Give each column a name of its own.", SOURCE)
DEMANDS = (UNREAD, TOO_MANY, TOO_LARGE, EMPTY, TWICE)


@dataclass(frozen=True, slots=True)
class Row:
    """``number``: of the line or row in the file, from 1; ``cells``: text by the name of the column, none is empty."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """``columns``: their names in lower case, in order. ``day_zero``: from which days are counted where a spreadsheet
    writes a day as a number."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    day_zero: date = date(1899, 12, 30)


def named(text: str) -> str:
    """The name of a column as it is looked up: ``Valid until`` is ``valid_until``."""
    return "_".join(text.strip().lower().replace("-", " ").split())
