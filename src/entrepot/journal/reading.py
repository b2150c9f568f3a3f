"""Reading the log: records, entries, proofs, assessments, streams."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entrepot.base.moment import from_millis
from entrepot.base.record import Record
from entrepot.journal._dialect import Connection, Row
from entrepot.journal.core import Core
from entrepot.journal.entry import entry_of, record_from
from entrepot.journal.port import Attachment, Entry, JournalDamaged, Proof, Wrapping
from entrepot.journal.secrecy import opened
from entrepot.journal.view import SqlView, after_prefix

PAGE = 500
_ENTRY = (
    "SELECT e.seq, e.record_id, e.kind, e.version, e.received_ms, e.digest, e.epoch, l.number "
    "FROM entry e LEFT JOIN leaf l ON l.seq = e.seq "
)
CONTENT = (
    "SELECT e.seq, e.record_id, c.personal, c.erased, c.body, k.secret FROM entry e JOIN content c ON c.seq = e.seq "
    "LEFT JOIN content_key k ON k.seq = e.seq "
)
"""Selects a content: seq, record id, personal, erased, body, key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One version of what was found out about a record, and when."""

    version: int
    made: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivocation:
    """Several records of one issuer, kind and business number."""

    issuer: str
    kind: str
    number: str
    record_ids: tuple[str, ...]


class Reading(Core):
    """What can be asked of the log. Nothing here writes; what is not there is None or empty."""

    def seq(self, record_id: str) -> int | None:
        """The sequence number of a record, or None where the journal does not hold it."""
        with self.reading() as db:
            found = db.row("SELECT seq FROM entry WHERE record_id = ?", (record_id,))
        return None if found is None else int(found[0])

    def newest_seq(self) -> int:
        """The number of the newest entry: while it stays, every answer of the log and its views does; 0 of none."""
        with self.reading() as db:
            found = db.row("SELECT coalesce(max(seq), 0) FROM entry")
        return int(found[0]) if found else 0

    def record(self, record_id: str) -> Record | None:
        """The record, or None. An erased one has ``erased`` and an empty payload."""
        with self.reading() as db:
            found = db.row(CONTENT + "WHERE e.record_id = ?", (record_id,))
        return None if found is None else self._record(found)

    def body(self, record_id: str) -> bytes | None:
        """The canonical content, whose SHA-256 is the id; None where it is unknown or erased."""
        with self.reading() as db:
            found = db.row(CONTENT + "WHERE e.record_id = ? AND c.erased = 0", (record_id,))
        return None if found is None else body_of(found, self.setup.wrapping)

    def _record(self, row: Row) -> Record:
        return record_from(row[1], body_of(row, self.setup.wrapping), erased=bool(row[3]))

    def records_after(self, db: Connection, seq: int) -> list[tuple[int, Record]]:
        """A page of records behind ``seq``, with their numbers, in the log's order."""
        rows = db.rows(CONTENT + "WHERE e.seq > ? ORDER BY e.seq LIMIT ?", (seq, PAGE))
        return [(row[0], self._record(row)) for row in rows]

    def entry(self, record_id: str) -> Entry | None:
        """The line of the log that holds the record, or None."""
        with self.reading() as db:
            found = db.row(_ENTRY + "WHERE e.record_id = ?", (record_id,))
            return None if found is None else entry_of(found, _streams(db, found[0]))

    def entries(self, after_seq: int = 0, limit: int = PAGE) -> tuple[Entry, ...]:
        """At most ``limit`` entries behind ``after_seq``, in the log's order."""
        with self.reading() as db:
            rows = db.rows(_ENTRY + "WHERE e.seq > ? ORDER BY e.seq LIMIT ?", (after_seq, limit))
            return tuple(entry_of(row, _streams(db, row[0])) for row in rows)

    def proofs(self, record_id: str) -> tuple[Proof, ...]:
        """All proofs of the record, in the order of their digests; none of an erased one."""
        with self.reading() as db:
            rows = db.rows(
                "SELECT p.securing, p.method, p.body, k.secret FROM entry e JOIN proof p ON p.seq = e.seq "
                "LEFT JOIN content_key k ON k.seq = e.seq "
                "WHERE e.record_id = ? AND NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.seq = e.seq) "
                "ORDER BY p.digest",
                (record_id,),
            )
        return tuple(
            Proof(securing=securing, method=method, body=opened(body, secret, record_id, self.setup.wrapping))
            for securing, method, body, secret in rows
        )

    def attachment(self, digest: str) -> Attachment | None:
        """Foreign bytes by their digest, or None."""
        with self.reading() as db:
            found = db.row(
                "SELECT a.media_type, a.body, k.secret, e.record_id FROM attachment a JOIN entry e ON e.seq = a.seq "
                "LEFT JOIN content_key k ON k.seq = a.seq WHERE a.digest = ? ORDER BY a.seq LIMIT 1",
                (digest,),
            )
        if found is None:
            return None
        media_type, body, secret, record_id = found
        return Attachment(
            digest=digest, media_type=media_type, body=opened(body, secret, record_id, self.setup.wrapping)
        )

    def attachments(self, record_id: str) -> tuple[str, ...]:
        """Digests of the attachments that came with a record."""
        with self.reading() as db:
            rows = db.rows(
                "SELECT a.digest FROM attachment a JOIN entry e ON e.seq = a.seq WHERE e.record_id = ? ORDER BY 1",
                (record_id,),
            )
        return tuple(digest for (digest,) in rows)

    def assessment(self, record_id: str) -> Mapping[str, Any] | None:
        """The newest assessment of a record, or None where it has none."""
        found = self.assessments(record_id)
        return found[-1].body if found else None

    def assessments(self, record_id: str) -> tuple[Assessment, ...]:
        """Every assessment of a record, oldest first."""
        with self.reading() as db:
            rows = db.rows(
                "SELECT a.version, a.made_ms, a.body FROM entry e JOIN assessment a ON a.seq = e.seq "
                "WHERE e.record_id = ? ORDER BY a.version",
                (record_id,),
            )
        return tuple(
            Assessment(version=version, made=from_millis(made), body=json.loads(body)) for version, made, body in rows
        )

    def note(self, record_id: str) -> Mapping[str, Any] | None:
        """What the operator's program noted beside the record when it was appended, or None."""
        with self.reading() as db:
            found = db.row(
                "SELECT c.note FROM entry e JOIN content c ON c.seq = e.seq WHERE e.record_id = ?", (record_id,)
            )
        return None if found is None or found[0] is None else json.loads(found[0])

    def stream(self, name: str) -> tuple[int, tuple[str, ...]]:
        """The version of a stream (entries in it) and the ids of its records, in order."""
        with self.reading() as db:
            rows = db.rows(
                "SELECT e.record_id FROM entry_stream s JOIN entry e ON e.seq = s.seq "
                "WHERE s.stream = ? ORDER BY s.version",
                (name,),
            )
        return len(rows), tuple(record_id for (record_id,) in rows)

    def heads_of_stream(self, name: str) -> tuple[str, ...]:
        """Records of a stream that no other record of the stream names in ``after``, sorted: what to cite next."""
        with self.reading() as db:
            rows = db.rows(
                "SELECT e.record_id FROM entry_stream s JOIN entry e ON e.seq = s.seq WHERE s.stream = ? "
                "AND NOT EXISTS (SELECT 1 FROM cause c JOIN entry_stream o ON o.seq = c.seq AND o.stream = s.stream "
                "WHERE c.after_id = e.record_id) ORDER BY e.record_id",
                (name,),
            )
        return tuple(record_id for (record_id,) in rows)

    def equivocations(self) -> tuple[Equivocation, ...]:
        """Every (issuer, kind, number) that names more than one record, with all of them in the log's order."""
        with self.reading() as db:
            rows = db.rows(
                "SELECT c.issuer, c.kind, c.number, e.record_id FROM content c JOIN entry e ON e.seq = c.seq "
                "JOIN (SELECT issuer, kind, number FROM content GROUP BY issuer, kind, number HAVING count(*) > 1) d "
                "ON d.issuer = c.issuer AND d.kind = c.kind AND d.number = c.number "
                "ORDER BY c.issuer, c.kind, c.number, c.seq"
            )
        found: dict[tuple[str, str, str], list[str]] = {}
        for issuer, kind, number, record_id in rows:
            found.setdefault((issuer, kind, number), []).append(record_id)
        return tuple(
            Equivocation(issuer=issuer, kind=kind, number=number, record_ids=tuple(ids))
            for (issuer, kind, number), ids in found.items()
        )

    def same_number(self, record: Record) -> tuple[str, ...]:
        """Ids of other records with the issuer, kind and business number of ``record`` (which need not be kept)."""
        with self.reading() as db:
            rows = db.rows(
                "SELECT e.record_id FROM content c JOIN entry e ON e.seq = c.seq "
                "WHERE c.issuer = ? AND c.kind = ? AND c.number = ? AND e.record_id <> ? ORDER BY e.seq",
                (record.content.issuer, record.kind, record.content.number, record.id),
            )
        return tuple(record_id for (record_id,) in rows)

    def view(self, name: str) -> "ViewReader":
        """Reads one view; inside a transaction of this thread it sees what was not committed yet."""
        return ViewReader(self, name)

    def dump_view(self, name: str) -> bytes:
        """The canonical dump of a view: equal bytes mean an equal view."""
        with self.snapshot() as db:
            return sql_view(db, name).dump()


_ROWS = (
    "SELECT r.key, r.row FROM view v JOIN view_row r ON r.view = v.name AND r.generation = v.generation "
    "WHERE v.name = ? "
)
"""Rows of a view at its current generation, in one statement: of one moment without a transaction around it."""


class ViewReader:
    """``get``, ``scan``, ``balance`` of one view; each call sees the latest committed state."""

    def __init__(self, journal: Reading, name: str) -> None:
        self._journal = journal
        self._name = name

    def get(self, key: str) -> dict[str, Any] | None:
        """The row under ``key``, or None."""
        with self._journal.reading() as db:
            found = db.row(_ROWS + "AND r.key = ?", (self._name, key))
        return None if found is None else json.loads(found[1])

    def scan(self, prefix: str = "") -> Sequence[tuple[str, dict[str, Any]]]:
        """Rows whose key starts with ``prefix``, sorted by key."""
        end = after_prefix(prefix)
        bound, params = ("", ()) if end is None else ("AND r.key < ? ", (end,))
        with self._journal.reading() as db:
            rows = db.rows(f"{_ROWS}AND r.key >= ? {bound}ORDER BY r.key", (self._name, prefix, *params))
        return [(key, json.loads(row)) for key, row in rows]

    def balance(self, account: str) -> int | None:
        """The balance of ``account``, or None where nothing was ever added."""
        with self._journal.snapshot() as db:
            return sql_view(db, self._name).balance(account)

    def balances(self) -> Sequence[tuple[str, int, int | None]]:
        """All accounts with balance and floor, sorted by account."""
        with self._journal.snapshot() as db:
            return sql_view(db, self._name).balances()


def sql_view(db: Connection, name: str) -> SqlView:
    """The view at its current generation; a view that was never filled is empty."""
    found = db.row("SELECT generation FROM view WHERE name = ?", (name,))
    return SqlView(db, name, 0 if found is None else int(found[0]))


def body_of(row: Row, wrapping: Wrapping | None) -> bytes:
    """The content in the clear, or what erasure left of it; ``row`` as :data:`CONTENT` selects it."""
    _, record_id, personal, erased, body, kept = row
    sealed = personal and not erased
    if sealed and kept is None:
        raise JournalDamaged(f"the key of the content of {record_id} is missing")
    return opened(body, kept if sealed else None, record_id, wrapping)


def _streams(db: Connection, seq: int) -> list[Row]:
    return db.rows("SELECT stream, version, prev_digest FROM entry_stream WHERE seq = ? ORDER BY stream", (seq,))
