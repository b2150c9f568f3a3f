"""What becomes of a file: of each row of its table, or of the one order that it is."""

from collections.abc import Callable
from dataclasses import dataclass

from entrepot.base.finding import Finding
from entrepot.document.table import read_table
from entrepot.flow.bulk.plan import Batch, Planned, plan
from entrepot.flow.bulk.ubl import Brought, plan_file
from entrepot.flow.office import Office


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """``rows``: what becomes of each; ``findings``: what is wrong with the file as a whole."""

    name: str
    rows: tuple[Planned, ...]
    findings: tuple[Finding, ...] = ()


def planned_file(
    office: Office, batch: Batch, brought: Brought, *, seen: Callable[[], None] = lambda: None
) -> PlannedFile:
    """The plan of a file: XML is an order in UBL 2.1, all else a table. ``seen`` is told of each row."""
    if _is_ubl(batch, brought):
        return PlannedFile(brought.name, (plan_file(office, batch, brought),))
    table, findings = read_table(brought.body)
    rows = []
    for each in () if table is None else plan(office, batch, table):
        rows.append(each)
        seen()
    return PlannedFile(brought.name, tuple(rows), findings)


def rows_in(batch: Batch, brought: Brought) -> int:
    """How many rows of a file are looked at one by one."""
    table = None if _is_ubl(batch, brought) else read_table(brought.body)[0]
    return 0 if table is None else len(table.rows)


def _is_ubl(batch: Batch, brought: Brought) -> bool:
    return batch.kind == "order" and brought.body.lstrip()[:1] == b"<"
