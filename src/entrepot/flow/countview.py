"""The view ``count``: the rows by which sales were counted, as their reporters said them.

Key: ``row/<record>``, with the sale and the row. Whether a count has an effect, its sale says when it is read.
"""

from entrepot.base.record import Record
from entrepot.base.shape import dump
from entrepot.flow.kinds import read_record
from entrepot.journal.port import Reducer, ViewTx
from entrepot.statistic.count import Count

COUNT_VIEW = "count"
RULE = 1
"""Version of what the rows hold: raise it with every change."""


def count_reducer() -> Reducer:
    """The view of what was counted."""
    return Reducer(COUNT_VIEW, RULE, _reduce, frozenset({"count"}))


def _reduce(view: ViewTx, record: Record) -> None:
    payload = None if record.erased else read_record(record)[0]
    if isinstance(payload, Count) and payload.row.sale in record.sales:
        view.put(f"row/{record.id}", {"sale": payload.row.sale, "row": dump(payload.row)})
