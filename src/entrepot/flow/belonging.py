"""Whether the issuer of a record belongs to the sales it names: yes, no, or not to be told from here.

The answer must not depend on which records came first, or two honest nodes would keep different sets: once a record
that was kept names a party, that party belongs, whatever becomes of the record that named it.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any

from entrepot.base.finding import Finding
from entrepot.base.record import Record
from entrepot.flow.assess import stop, warning
from entrepot.flow.kinds import SALELESS
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

    A node that may not read a sale's order (a bank's, say) takes what follows something of the sale: what it keeps of
    a stranger has no effect, and what it would refuse of an honest party would be missing for ever.
    """
    if record.kind == "order" or record.kind in SALELESS:
        return Belonging.YES
    found = {_in_sale(office, record, sale, withheld) for sale in record.sales}
    return next(each for each in (Belonging.NO, Belonging.UNKNOWN, Belonging.YES) if each in found)


def stranger(record: Record) -> Finding:
    """The finding that somebody is known not to belong."""
    return stop(
        "ENT-CORE-RIGHT-01",
        "{issuer} belongs to none of the sales that the record names.",
        path="$.issuer",
        remedy="A party of the sale appoints it first.",
        issuer=record.content.issuer,
    )


def perhaps_stranger(record: Record) -> Finding:
    """The finding that nobody can tell here."""
    return warning(
        "ENT-CORE-RIGHT-03",
        "Whether {issuer} belongs to the sale cannot be told here: the records that would say so are withheld.",
        path="$.issuer",
        remedy="Ask whoever holds the whole sale.",
        issuer=record.content.issuer,
    )


def _in_sale(office: Office, record: Record, sale: str, withheld: Collection[str]) -> Belonging:
    rows = {row["id"]: row for _, row in office.journal.view(SALE_VIEW).scan(f"fact/{sale}/")}
    naming = [row for row in rows.values() if row["kind"] in _NAMING]
    if record.content.issuer in _named(naming):
        return Belonging.YES
    opening = rows.get(sale)
    if opening is not None and not any(row["unread"] for row in (opening, *naming)) and not withheld:
        return _unless_withheld(office, record, rows)
    follows = not rows.keys().isdisjoint(record.content.after) or bool(withheld)
    return Belonging.UNKNOWN if follows else Belonging.NO


def _unless_withheld(office: Office, record: Record, rows: Mapping[str, Mapping[str, Any]]) -> Belonging:
    """No; but unknown where the record's past holds something that this node lacks: it may name the issuer."""
    open_ids, seen = list(record.content.after), set()
    while open_ids:
        cause = open_ids.pop()
        if cause in seen:
            continue
        seen.add(cause)
        if cause in rows:
            open_ids.extend(rows[cause]["after"])
        elif office.journal.entry(cause) is None:
            return Belonging.UNKNOWN
    return Belonging.NO


def _named(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Every DID that an order or an answer names; whoever brought the order in belongs as well."""
    found: set[str] = set()
    for row in rows:
        says = row["says"]
        found.update(did for _, did in says.get("parties", ()))
        if row["kind"] == "order":
            found.update(did for did in (says.get("buyer"), says.get("seller"), row["issuer"]) if did)
    return found
