"""Many at once: offers and orders from the rows of a table, or an order from a UBL file; each made once."""

from entrepot.flow.bulk.file import PlannedFile, planned_file, rows_in
from entrepot.flow.bulk.making import make
from entrepot.flow.bulk.packing import packed, unpacked
from entrepot.flow.bulk.plan import Batch, Fate, Planned
from entrepot.flow.bulk.report import report
from entrepot.flow.bulk.ubl import Brought

__all__ = [
    "Batch",
    "Brought",
    "Fate",
    "Planned",
    "PlannedFile",
    "make",
    "packed",
    "planned_file",
    "report",
    "rows_in",
    "unpacked",
]
