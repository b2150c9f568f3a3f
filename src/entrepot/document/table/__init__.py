"""Tables of others: rows under named columns, from CSV and XLSX."""

from entrepot.document.table.model import Row, Table
from entrepot.document.table.read import read_table

__all__ = ["Row", "Table", "read_table"]
