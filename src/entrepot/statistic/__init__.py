"""Measurement: the sale's row in the digital-trade table, and small tables of such rows.

Reads nothing but the values that ``flow`` hands over. Unknown is a legal value everywhere and never becomes zero.
"""

from entrepot.statistic.count import Count, count_of
from entrepot.statistic.row import Row, SaleRow, row_of
from entrepot.statistic.table import Cell, Template, table, template

__all__ = ["Cell", "Count", "Row", "SaleRow", "Template", "count_of", "row_of", "table", "template"]
