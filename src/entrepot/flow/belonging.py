"""Whether the issuer of a record belongs to the sales it names: yes, no, or not to be told from here.

The answer must not depend on which records came first, or two honest nodes would keep different sets: once a record
that was kept names a party, that party belongs, whatever becomes of the record that named it.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any

from entrepot.base.record import Record
from entrepot.flow.audience import may_read
from entrepot.flow.office import Office
from entrepot.flow.sight import SALE_VIEW

_NAMING = ("order", "order-response")


class Belonging(StrEnum):
    """Whether somebody belongs to a sale. ``unknown``: this node cannot read the records that would say so."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def belonging(office: Office, record: Record, withheld: Collection[str]) -> Belonging:
    """Whether the issuer belongs to every sale that ``record`` names; ``withheld``: causes it names and we lack.

    A node that may not read a sale's order (a bank's, say) takes what follows something of the sale and is meant for
    a party that it hosts.
    """
    if record.kind in ("offer", "order"):
        return Belonging.YES
    found = {_in_sale(office, record, sale, withheld) for sale in record.sales}
    return next(each for each in (Belonging.NO, Belonging.UNKNOWN, Belonging.YES) if each in found)


def _in_sale(office: Office, record: Record, sale: str, withheld: Collection[str]) -> Belonging:
    rows = {row["id"]: row for _, row in office.journal.view(SALE_VIEW).scan(f"fact/{sale}/")}
    naming = [row for row in rows.values() if row["kind"] in _NAMING]
    if record.content.issuer in _named(naming):
        return Belonging.YES
    opening = rows.get(sale)
    if opening is not None and not any(row["unread"] for row in (opening, *naming)):
        return Belonging.NO
    follows = not rows.keys().isdisjoint(record.content.after) or bool(withheld)
    content = record.content
    meant = follows and may_read(content.audience, content.issuer, office.custody.hosted())
    return Belonging.UNKNOWN if meant else Belonging.NO


def _named(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Every DID that an order or an answer names; whoever brought the order in belongs as well."""
    found: set[str] = set()
    for row in rows:
        says = row["says"]
        found.update(did for _, did in says.get("parties", ()))
        if row["kind"] == "order":
            found.update(did for did in (says.get("buyer"), says.get("seller"), row["issuer"]) if did)
    return found
