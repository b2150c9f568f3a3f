"""The report of an import as a table: what was made of which row, and what was not and why."""

import csv
import io
from collections.abc import Iterable, Iterator

from entrepot.flow.bulk.plan import Planned

HEAD = ("row", "number", "name", "outcome", "record", "column", "severity", "finding", "text", "remedy")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def report(planned: Iterable[Planned]) -> bytes:
    """CSV (RFC 4180) in UTF-8 with a byte order mark; one line per finding, and one for each row without any.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    text = io.StringIO(newline="")
    made = csv.writer(text)
    made.writerow(HEAD)
    for each in planned:
        made.writerows([_plain(cell) for cell in line] for line in _lines(each))
    return text.getvalue().encode("utf-8-sig")


def _lines(planned: Planned) -> Iterator[tuple[str, ...]]:
    head = (str(planned.row), planned.number, planned.what, str(planned.fate), planned.record)
    if not planned.findings:
        yield (*head, "", "", "", "", "")
    for column, each in planned.findings:
        yield (*head, column, str(each.severity), each.id, each.text, each.remedy)


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
