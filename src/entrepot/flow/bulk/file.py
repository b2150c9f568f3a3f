"""What becomes of a file: of each row of its table, or of the one order that it is."""

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


def planned_file(office: Office, batch: Batch, brought: Brought) -> PlannedFile:
    """The plan of a file: XML is an order in UBL 2.1, all else a table."""
    if batch.kind == "order" and brought.body.lstrip()[:1] == b"<":
        return PlannedFile(brought.name, (plan_file(office, batch, brought),))
    table, findings = read_table(brought.body)
    return PlannedFile(brought.name, () if table is None else tuple(plan(office, batch, table)), findings)
