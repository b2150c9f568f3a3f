"""The columns of a table of offers or of orders, and the member of the record that each of them fills."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """``field``: as :mod:`entrepot.flow.typed` names it; ``path``: of the member; ``default``: where the cell is
    empty."""

    name: str
    field: str
    path: str
    required: bool = False
    default: str = ""
    is_day: bool = False


_THING = (
    Column("number", "number", "$.number"),
    Column("name", "what", "$.lines[0].name", required=True),
    Column("subject", "subject", "$.subject", default="goods"),
    Column("quantity", "quantity", "$.lines[0].quantity", required=True),
    Column("unit", "unit", "$.lines[0].quantity.unit", required=True),
    Column("price", "price", "$.lines[0].price", required=True),
    Column("currency", "currency", "$.currency", required=True),
    Column("hs", "hs", "$.lines[0].hs"),
    Column("incoterm", "incoterm", "$.deliveryTerms"),
    Column("place", "place", "$.deliveryTerms.place"),
    Column("note", "note", "$.note"),
)
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "offer": (
        *_THING,
        Column("valid_until", "end", "$.validUntil", required=True, is_day=True),
        Column("description", "description", "$.lines[0].description"),
        Column("origin", "origin", "$.lines[0].origin"),
    ),
    "order": (
        *_THING,
        Column("seller", "seller", "$.seller.did", required=True),
        Column("seller_name", "seller_name", "$.seller.name", required=True),
        Column("seller_economy", "economy", "$.seller.economy", required=True),
        Column("wanted_until", "until", "$.requestedDelivery", is_day=True),
    ),
}
"""Kind -> its columns, in the order in which an example shows them."""
EXAMPLE: Mapping[str, str] = {
    "number": "",
    "name": "Durian, fresh",
    "subject": "goods",
    "quantity": "1200",
    "unit": "KGM",
    "price": "25.00",
    "currency": "MYR",
    "hs": "081060",
    "incoterm": "CIF",
    "place": "Nansha",
    "valid_until": "2027-06-30",
    "wanted_until": "2027-06-30",
    "origin": "MY",
    "seller": "did:web:node.example:p:grower",
    "seller_name": "Kebun Contoh",
    "seller_economy": "MY",
}
"""A row that shows how the cells are written."""


def column_of(kind: str, path: str) -> str:
    """The name of the column that fills the member of ``path``, or the one that holds it; empty for none. Of a file
    that is no table (``kind`` is not known) the path itself."""
    inner = "$" + path.removeprefix("$.payload") if path.startswith("$.payload") else path
    if kind not in COLUMNS:
        return "" if inner == "$" else inner
    own = [each for each in COLUMNS[kind] if _holds(each.path, inner) or _holds(inner, each.path)]
    return max(own, key=lambda each: _common(each.path, inner)).name if own else ""


def _holds(outer: str, inner: str) -> bool:
    return outer != "$" and (inner == outer or inner.startswith((f"{outer}.", f"{outer}[")))


def _common(one: str, other: str) -> int:
    return sum(a == b for a, b in zip(one, other, strict=False))
