"""What a reader gets to see: sales and records, each only as far as its party may read."""

from collections.abc import Iterable, Mapping
from typing import Any

from entrepot.base.moment import format_moment
from entrepot.base.record import Record
from entrepot.base.shape import dump
from entrepot.flow.audience import may_read
from entrepot.flow.sight import SALE_VIEW
from entrepot.journal.journal import Journal


def sale_ids(journal: Journal, readers: Iterable[str]) -> tuple[str, ...]:
    """Ids of the sales in which one of ``readers`` holds a role, sorted."""
    view = journal.view(SALE_VIEW)
    return tuple(sorted({row["sale"] for did in readers for _, row in view.scan(f"of/{did}/")}))


def all_sale_ids(journal: Journal) -> tuple[str, ...]:
    """Ids of all sales of this node, for its operator and the command line."""
    return tuple(key.removeprefix("sale/") for key, _ in journal.view(SALE_VIEW).scan("sale/"))


def sale_summary(journal: Journal, sale: str) -> dict[str, Any] | None:
    """The state of a sale, without its records; None where it is not here."""
    row: dict[str, Any] | None = journal.view(SALE_VIEW).get(f"sale/{sale}")
    return row


def sale_page(journal: Journal, sale: str, readers: Iterable[str] | None) -> dict[str, Any] | None:
    """A sale with its records in their deterministic order; ``readers`` None sees all (the operator).

    Records that the readers may not see appear with their id alone.
    """
    row = sale_summary(journal, sale)
    if row is None:
        return None
    seen = None if readers is None else frozenset(readers)
    records = [record_line(journal, record_id, seen) for record_id in row["order"]]
    return {**row, "records": records}


def record_line(journal: Journal, record_id: str, readers: frozenset[str] | None) -> dict[str, Any]:
    """One record of a sale as a line: what it is, who says it, how it is proven, what was checked."""
    record = journal.record(record_id)
    entry = journal.entry(record_id)
    if record is None or entry is None:
        return {"id": record_id, "withheld": True}
    if readers is not None and not may_read(record.content.audience, record.content.issuer, readers):
        return {"id": record_id, "withheld": True}
    return {
        "id": record_id,
        "digest": record_id,
        "kind": record.kind,
        "version": record.content.version,
        "issuer": record.content.issuer,
        "number": record.content.number,
        "issued": format_moment(record.content.issued),
        "received": format_moment(entry.received),
        "erased": record.erased,
        "proofs": [{"securing": each.securing, "method": each.method} for each in journal.proofs(record_id)],
        "checks": (journal.assessment(record_id) or {}).get("checks", []),
    }


def record_page(journal: Journal, record_id: str, readers: frozenset[str] | None) -> dict[str, Any] | None:
    """A record with its content; None where it is not here or not for these readers."""
    record: Record | None = journal.record(record_id)
    if record is None:
        return None
    line = record_line(journal, record_id, readers)
    if line.get("withheld"):
        return None
    content: Mapping[str, Any] = dump(record.content)
    return {**line, "content": dict(content), "attachments": list(journal.attachments(record_id))}
