"""What a reader gets to see: sales and records, each only as far as its party may read.

``readers`` None is the node as a whole: its operator, the command line. For a party, a sale is what the records that
it may read make of it, so that a state tells nobody what its records would not; what they do not tell is unknown.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from entrepot.base.moment import format_moment
from entrepot.base.record import Record
from entrepot.base.shape import dump
from entrepot.document.evidence.receipt import CREDENTIAL_ISSUED
from entrepot.flow.audience import may_read
from entrepot.flow.sight import SALE_VIEW, Recall, facts_of_sale, state_of
from entrepot.journal.journal import Journal
from entrepot.journal.port import Proof
from entrepot.sale.right import next_steps, roles_of

READERS_MAX = 50_000
_READERS: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}
"""Issuer and audience by log and record id. The id is the digest of both, so what was read once holds for ever."""


def sale_ids(journal: Journal, readers: Iterable[str]) -> tuple[str, ...]:
    """Ids of the sales in which one of ``readers`` holds a role or was sent a record, sorted."""
    view = journal.view(SALE_VIEW)
    return tuple(sorted({row["sale"] for did in readers for _, row in view.scan(f"of/{did}/")}))


def has_sale(journal: Journal, sale: str, readers: Iterable[str]) -> bool:
    """Whether a sale is among those of :func:`sale_ids`."""
    view = journal.view(SALE_VIEW)
    return any(view.get(f"of/{did}/{sale}") is not None for did in readers)


def all_sale_ids(journal: Journal) -> tuple[str, ...]:
    """Ids of all sales of this node, for its operator and the command line."""
    return tuple(key.removeprefix("sale/") for key, _ in journal.view(SALE_VIEW).scan("sale/"))


def is_readable(journal: Journal, record_id: str, readers: Collection[str] | None) -> bool:
    """Whether a record is here and for one of ``readers``: its issuer, in its audience, or it is public; and that
    party has not let go of it."""
    found = _READERS.get((journal.log_id, record_id))
    if found is None:
        record = journal.record(record_id)
        if record is None:
            return False
        found = remember_readers(journal, record)
    if readers is None or not found[1]:
        return True
    own = (each for each in readers if may_read(found[1], found[0], (each,)))
    return any(not _is_gone_for(journal, record_id, each) for each in own)


def remember_readers(journal: Journal, record: Record) -> tuple[str, tuple[str, ...]]:
    """Remember issuer and audience of a record that is here, so that it need not be opened to tell who may read it."""
    if len(_READERS) >= READERS_MAX:
        _READERS.clear()
    _READERS[journal.log_id, record.id] = found = record.content.issuer, record.content.audience
    return found


def _is_gone_for(journal: Journal, record_id: str, party: str) -> bool:
    """Whether ``party`` let go of a record whose copy stays for others; of an erased one its trace stays for all."""
    return gone_for(journal, record_id, party) is not None and journal.tombstone(record_id) is None


def gone_for(journal: Journal, record_id: str, party: str) -> str | None:
    """The tombstone by which ``party`` let go of a record, or None."""
    row: dict[str, str] | None = journal.view(SALE_VIEW).get(f"gone/{party}/{record_id}")
    return None if row is None else row["tombstone"]


def sale_summary(
    journal: Journal, sale: str, readers: Collection[str] | None = None, *, recall: Recall | None = None
) -> dict[str, Any] | None:
    """The state of a sale as ``readers`` may know it, without its records; None where it is not here.

    ``recall``: what the node remembers of facts and judgements; without it the answer is the same, only later.
    """
    view = journal.view(SALE_VIEW)
    row: dict[str, Any] | None = view.get(f"sale/{sale}")
    if row is None:
        return None
    row["sale"] = sale  # also where the order, whose id it is, is not among the records
    if readers is None:
        return row
    facts = facts_of_sale(view, sale, recall)
    seen = [each for each in facts if is_readable(journal, each.id, readers)]
    if len(seen) == row["facts"] == len(facts) and not row["withheld"]:
        return row
    return {**state_of(seen, recall, sale=sale, own=readers).to_json(), "sale": sale, "facts": len(seen)}


def kinds_said(journal: Journal, sale: str, issuer: str, *, recall: Recall | None = None) -> frozenset[str]:
    """The kinds of record that ``issuer`` has issued in a sale, and the kind of the offer that its order takes up."""
    facts = facts_of_sale(journal.view(SALE_VIEW), sale, recall)
    return frozenset(each.kind for each in facts if each.issuer == issuer)


def steps_open(
    journal: Journal, sale: str, readers: Collection[str], *, recall: Recall | None = None
) -> tuple[str, ...]:
    """The kinds of record that one of ``readers`` may issue now in a sale, as far as they know it."""
    facts = facts_of_sale(journal.view(SALE_VIEW), sale, recall)
    state = state_of([each for each in facts if is_readable(journal, each.id, readers)], recall, sale=sale, own=readers)
    roles = [role for did in readers for role in roles_of(state, did)]
    return tuple(dict.fromkeys(kind for role in roles for kind in next_steps(state, role)))


def sale_page(
    journal: Journal,
    sale: str,
    readers: Collection[str] | None,
    *,
    custodies: Mapping[str, str] | None = None,
    recall: Recall | None = None,
) -> dict[str, Any] | None:
    """A sale as ``readers`` may know it, with all its records in their deterministic order.

    Records that the readers may not see appear with their id alone. ``custodies``, ``recall``: as in
    :func:`record_line` and :func:`sale_summary`.
    """
    whole = sale_summary(journal, sale)
    row = sale_summary(journal, sale, readers, recall=recall)
    if whole is None or row is None:
        return None
    return {**row, "records": [record_line(journal, each, readers, custodies=custodies) for each in whole["order"]]}


def record_line(
    journal: Journal, record_id: str, readers: Collection[str] | None, *, custodies: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """One record of a sale as a line: what it is, who says it, how it is proven, what was checked.

    ``custodies``: who holds the key of each party of this node (``held``, ``own``), by DID; each proof says whether one
    of them signed. Where they are not given, nothing is said of custody.
    """
    record = journal.record(record_id)
    entry = journal.entry(record_id)
    if record is None or entry is None or not is_readable(journal, record_id, readers):
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
        "proofs": [_proof_line(each, custodies) for each in journal.proofs(record_id)],
        "checks": (journal.assessment(record_id) or {}).get("checks", []),
    }


def _proof_line(proof: Proof, custodies: Mapping[str, str] | None) -> dict[str, str]:
    line = {"securing": proof.securing, "method": proof.method}
    if custodies is None:
        return line
    return {**line, "custody": custodies.get(proof.method.partition("#")[0], "elsewhere")}


def record_page(
    journal: Journal, record_id: str, readers: Collection[str] | None, *, custodies: Mapping[str, str] | None = None
) -> dict[str, Any] | None:
    """A record with its content; None where it is not here or not for these readers. ``custodies``: see record_line."""
    record: Record | None = journal.record(record_id)
    if record is None:
        return None
    line = record_line(journal, record_id, readers, custodies=custodies)
    if line.get("withheld"):
        return None
    content: Mapping[str, Any] = dump(record.content)
    return {**line, "content": dict(content), "attachments": list(journal.attachments(record_id))}


def receipt_page(journal: Journal, record_id: str) -> dict[str, Any] | None:
    """The receipt of a record in JSON; None where it is not sealed. Where the record says that a credential was issued,
    its content comes along: so the receipt is evidence for the credential."""
    receipt, record = journal.receipt(record_id), journal.record(record_id)
    if receipt is None or record is None:
        return None
    return {**receipt.to_json(), **({"content": dump(record.content)} if record.kind == CREDENTIAL_ISSUED else {})}
