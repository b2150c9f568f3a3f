"""What a journal must hold beside its entries, and may have lost without any digest telling: proofs, heads, entries."""

from collections.abc import Iterator

from entrepot.base.finding import Finding, Severity
from entrepot.journal._dialect import Connection
from entrepot.journal.port import Wrapping
from entrepot.journal.secrecy import KEY_BYTES

_RESTORE = "Restore the journal from a backup, and ask the peers for what came later."
_MESSAGES = {
    24: ("The record {record} has no proof.", _RESTORE),
    25: ("{count} leaves are sealed, and no signed head covers them all: the largest covers {size}.", _RESTORE),
    26: ("Head {number} is missing among the signed heads.", _RESTORE),
    27: ("Leaf {number} is that of entry {seq}, which is not there.", _RESTORE),
    29: (
        "The key of the content of {record} lies open beside it.",
        "Move the journal forward: entrepot migrate.",
    ),
}


def what_is_missing(db: Connection, wrapping: Wrapping | None) -> Iterator[Finding]:
    """A finding for each thing that a whole journal has and this one lacks.

    Every record has a proof, unless it was erased. Every seal signs a head over all leaves (RFC 9162, 4.10), and heads
    are numbered without a gap. Every leaf has its entry. Where the keys of personal content are wrapped, all are.
    """
    yield from _unproven(db)
    yield from _heads(db)
    for number, seq in db.rows(
        "SELECT number, seq FROM leaf WHERE NOT EXISTS (SELECT 1 FROM entry WHERE entry.seq = leaf.seq) ORDER BY number"
    ):
        yield _finding(27, number=number, seq=seq)
    if wrapping is not None:
        for (record_id,) in db.rows(
            "SELECT e.record_id FROM content_key k JOIN entry e ON e.seq = k.seq WHERE length(k.secret) = ? "
            "ORDER BY e.seq",
            (KEY_BYTES,),
        ):
            yield _finding(29, record=record_id)


def _unproven(db: Connection) -> Iterator[Finding]:
    rows = db.rows(
        "SELECT record_id FROM entry WHERE NOT EXISTS (SELECT 1 FROM proof WHERE proof.seq = entry.seq) "
        "AND NOT EXISTS (SELECT 1 FROM tombstone WHERE tombstone.seq = entry.seq) ORDER BY seq"
    )
    for (record_id,) in rows:
        yield _finding(24, record=record_id)


def _heads(db: Connection) -> Iterator[Finding]:
    leaves = db.row("SELECT count(*) FROM leaf") or (0,)
    largest = db.row("SELECT coalesce(max(size), 0) FROM tree_head") or (0,)
    if largest[0] < leaves[0]:
        yield _finding(25, count=leaves[0], size=largest[0])
    expected = 1
    for (number,) in db.rows("SELECT id FROM tree_head ORDER BY id"):
        if number != expected:
            yield _finding(26, number=expected)
        expected = number + 1


def _finding(rule: int, **params: object) -> Finding:
    message, remedy = _MESSAGES[rule]
    return Finding(
        id=f"ENT-CORE-JOURNAL-{rule:02d}",
        severity=Severity.BLOCKING,
        message=message,
        params={name: str(value) for name, value in params.items()},
        source="Entrepot journal, version 1",
        remedy=remedy,
    )
