"""Judging a kept journal: everything that can be recomputed is, and what differs is a finding."""

from collections.abc import Callable, Iterator

from entrepot.base import merkle
from entrepot.base.digest import sha256
from entrepot.base.finding import Finding, Severity
from entrepot.base.head import CheckJws, TreeHead, head_payload
from entrepot.journal._dialect import Connection, Row
from entrepot.journal.beside import Parts, named_by_entries, parts_found, parts_of
from entrepot.journal.completeness import what_is_missing
from entrepot.journal.cosigning import CheckWitness, misfits
from entrepot.journal.entry import FIRST, entry_bytes, entry_digest, proof_digest, record_from
from entrepot.journal.port import JournalDamaged, JournalError, Wrapping
from entrepot.journal.projection import Projection
from entrepot.journal.reading import CONTENT, body_of, sql_view
from entrepot.journal.sealing import Sealing, stored
from entrepot.journal.secrecy import opened
from entrepot.journal.transfer import COLUMNS, table_rows
from entrepot.journal.view import MemoryView

SOURCE = "Entrepot journal, version 1"
TREE = "RFC 9162, 2.1"
PAGE = 500
_RESTORE = "Restore the journal from a backup, and ask the peers for what came later."
_MESSAGES = {
    1: ("The content of {record} does not have the digest that is its id.", _RESTORE),
    2: ("{what} cannot be read: {reason}.", _RESTORE),
    3: ("The entry of {record} does not have its digest.", _RESTORE),
    4: ("Stream {stream}: entry {version} does not name the entry before it.", _RESTORE),
    5: ("Entry {seq} does not follow entry {before}: number or received time goes back or leaves a gap.", _RESTORE),
    6: ("Leaf {number} is not the hash of its entry, or is missing.", _RESTORE),
    7: ("Node {position} of level {level} is not the hash of the two below it.", _RESTORE),
    8: ("The signed head of size {size} does not have the root of the tree.", "Keep the head: it is evidence."),
    9: ("The signature of the head of size {size} does not hold.", "Check the node's key, and who had it."),
    10: ("The view {view} is not what its reducer makes of the log.", "Rebuild the view."),
    11: ("Message {message} of the outbox has changed, or names a cause that is not kept.", "Drop it."),
    12: ("The database complains: {reason}.", _RESTORE),
    13: ("The record {record} is erased without a tombstone, or has one and is not erased.", _RESTORE),
    14: ("{what} of {record} does not have its digest.", _RESTORE),
    15: ("The columns kept beside the content of {record} are not what it says.", _RESTORE),
    16: ("The leaf numbers leave a gap: {count} leaves, the last is {last}.", _RESTORE),
    17: ("Entry {seq} names epoch {epoch}, which was never opened.", _RESTORE),
    18: ("{what} of {record} is missing: {digest}.", _RESTORE),
    19: ("{what} of {record} was never written down as kept: {digest}.", _RESTORE),
    20: ("The record {record} names the file {digest}, of which nothing is known.", _RESTORE),
    21: (
        "The cosignature of {witness} over size {size} of the log {log} is not one: its signature, its columns or the "
        "head that it names.",
        "It is no evidence of time. Restore the journal from a backup.",
    ),
}


class Verification(Sealing, Projection):
    """Checks the journal against itself."""

    def verify(self, check: CheckJws | None = None, witness: CheckWitness | None = None) -> tuple[Finding, ...]:
        """Every fault that is found; none means that the journal is whole.

        ``check`` verifies signatures of heads, ``witness`` those of cosignatures; without them those signatures are not
        judged, everything else is.
        """
        parts: list[tuple[str, Callable[[Connection], Iterator[Finding]]]] = [
            ("entries", _entries),
            ("streams", _streams),
            ("contents", lambda db: _contents(db, self.setup.wrapping)),
            ("proofs, attachments and assessments", lambda db: _beside(db, self.setup.wrapping)),
            ("missing parts", lambda db: _missing(db, self.setup.wrapping)),
            ("erasures", _erasures),
            ("leaves", _leaves),
            ("nodes", _nodes),
            ("heads", lambda db: self._heads(db, check)),
            ("cosignatures", lambda db: self._cosignatures(db, witness)),
            ("outbox", _outbox),
            ("what is missing", lambda db: what_is_missing(db, self.setup.wrapping)),
            ("views", self._views),
            ("remaining tables", _readable),
        ]
        found: list[Finding] = []
        try:
            found += [_finding(12, reason=line) for line in self._database.check()]
            with self.snapshot() as db:
                for name, part in parts:
                    found += _guarded(name, part, db)
        except JournalError as wrong:
            found.append(_finding(2, what="The database", reason=wrong.message))
        return tuple(found)

    def _heads(self, db: Connection, check: CheckJws | None) -> Iterator[Finding]:
        rows = db.rows("SELECT epoch, size, root, time_ms, signature FROM tree_head ORDER BY id")
        for row in rows:
            head: TreeHead = self._head(row)
            if merkle.root(stored(db), head.size).hex() != head.root:
                yield _finding(8, source=TREE, size=head.size)
            if check is not None and head.signature and check(head.signature) != head_payload(head):
                yield _finding(9, source="RFC 7515", size=head.size)

    def _cosignatures(self, db: Connection, witness: CheckWitness | None) -> Iterator[Finding]:
        for each in misfits(db, self.log_id, witness):
            yield _finding(21, source="RFC 7515", witness=each.witness, log=each.log_id, size=each.size)

    def _views(self, db: Connection) -> Iterator[Finding]:
        for each in self.setup.reducers:
            memory = MemoryView()
            self.replay(db, each, memory)
            if memory.dump() != sql_view(db, each.name).dump():
                yield _finding(10, view=each.name)


def _guarded(name: str, part: Callable[[Connection], Iterator[Finding]], db: Connection) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(part(db))
    except Exception as wrong:  # noqa: BLE001 - a damaged file may give anything: what breaks a part is its finding
        found.append(_finding(2, what=f"The part {name}", reason=str(wrong)))
    return found


def _paged(db: Connection, sql: str) -> Iterator[Row]:
    """Rows of ``sql``, which selects seq first and takes ``seq > ?`` and a limit."""
    last = 0
    while rows := db.rows(sql, (last, PAGE)):
        yield from rows
        last = rows[-1][0]


def _entries(db: Connection) -> Iterator[Finding]:
    before = (0, 0)
    epochs = {number for (number,) in db.rows("SELECT number FROM epoch")}
    sql = (
        "SELECT seq, received_ms, record_id, kind, version, epoch, digest FROM entry WHERE seq > ? ORDER BY seq LIMIT ?"
    )
    for seq, received_ms, record_id, kind, version, epoch, digest in _paged(db, sql):
        if seq != before[0] + 1 or received_ms < before[1]:
            yield _finding(5, seq=seq, before=before[0])
        before = (seq, received_ms)
        if epoch not in epochs:
            yield _finding(17, seq=seq, epoch=epoch)
        streams = db.rows("SELECT stream, version, prev_digest FROM entry_stream WHERE seq = ?", (seq,))
        fields = (record_id, kind, version, received_ms, epoch)
        if entry_digest(entry_bytes(fields, [(name, at, prev) for name, at, prev in streams])) != digest:
            yield _finding(3, record=record_id)


def _streams(db: Connection) -> Iterator[Finding]:
    last: Row = ("", 0)
    current, before, version_before = None, FIRST, 0
    while rows := db.rows(
        "SELECT s.stream, s.version, s.prev_digest, e.digest FROM entry_stream s JOIN entry e ON e.seq = s.seq "
        "WHERE (s.stream, s.version) > (?, ?) ORDER BY s.stream, s.version LIMIT ?",
        (*last, PAGE),
    ):
        for stream, version, prev, digest in rows:
            if stream != current:
                current, before, version_before = stream, FIRST, 0
            if prev != before or version != version_before + 1:
                yield _finding(4, stream=stream, version=version)
            before, version_before = digest, version
        last = rows[-1][:2]


def _contents(db: Connection, wrapping: Wrapping | None) -> Iterator[Finding]:
    for (missing,) in db.rows(
        "SELECT seq FROM entry WHERE NOT EXISTS (SELECT 1 FROM content c WHERE c.seq = entry.seq)"
    ):
        yield _finding(2, what=f"The content of entry {missing}", reason="it is missing")
    for row in _paged(db, CONTENT + "WHERE e.seq > ? ORDER BY e.seq LIMIT ?"):
        seq, record_id, _, erased = row[:4]
        try:
            body = body_of(row, wrapping)
            if not erased and sha256(body) != record_id:
                yield _finding(1, record=record_id)
                continue
            content = record_from(record_id, body, erased=bool(erased)).content
        except JournalDamaged as wrong:
            yield _finding(2, what=f"The content of {record_id}", reason=wrong.message)
            continue
        kept = db.row("SELECT issuer, kind, number FROM content WHERE seq = ?", (seq,))
        entry = db.row("SELECT kind, version FROM entry WHERE seq = ?", (seq,))
        causes = [one for (one,) in db.rows("SELECT after_id FROM cause WHERE seq = ? ORDER BY after_id", (seq,))]
        stated = (content.issuer, content.kind, content.number), (content.kind, content.version)
        if (kept, entry) != stated or causes != sorted(content.after):
            yield _finding(15, record=record_id)


def _beside(db: Connection, wrapping: Wrapping | None) -> Iterator[Finding]:
    for seq, digest, securing, method, body in table_rows(db, "proof"):
        record_id, secret = _named(db, seq)
        if proof_digest(securing, method, opened(body, secret, record_id, wrapping)) != digest:
            yield _finding(14, what="A proof", record=record_id)
    for seq, digest, _, body in table_rows(db, "attachment"):
        record_id, secret = _named(db, seq)
        if sha256(opened(body, secret, record_id, wrapping)) != digest:
            yield _finding(14, what="An attachment", record=record_id)
    for seq, _, _, body, digest in table_rows(db, "assessment"):
        if sha256(body.encode("utf-8")) != digest:
            yield _finding(14, what="An assessment", record=_named(db, seq)[0])


def _missing(db: Connection, wrapping: Wrapping | None) -> Iterator[Finding]:
    """What was kept beside an entry and is not there any more, and what is there and was never kept."""
    for seq, record_id in _paged(db, "SELECT seq, record_id FROM entry WHERE seq > ? ORDER BY seq LIMIT ?"):
        listed, found = parts_of(db, seq), parts_found(db, seq)
        if listed is None:
            yield _finding(18, what="The list of parts", record=record_id, digest="all of it")
            continue
        pairs = (
            ("A proof", listed.proofs, found.proofs),
            ("An attachment", listed.attachments, found.attachments),
            ("An assessment", frozenset(listed.assessments), frozenset(found.assessments)),
        )
        for what, kept, there in pairs:
            yield from (_finding(18, what=what, record=record_id, digest=each) for each in sorted(kept - there))
            yield from (_finding(19, what=what, record=record_id, digest=each) for each in sorted(there - kept))
        if not found.assessments or len(found.assessments) < len(listed.assessments):
            count = f"{len(found.assessments)} of {max(len(listed.assessments), 1)} are there"
            yield _finding(18, what="An assessment", record=record_id, digest=count)
    yield from _unknown_files(db, wrapping)


def _unknown_files(db: Connection, wrapping: Wrapping | None) -> Iterator[Finding]:
    """The signed content itself says which files belong to it: each is kept, or known not to have come."""
    for seq, record_id, named in named_by_entries(db, wrapping):
        listed = parts_of(db, seq) or Parts()
        for each in sorted(named - listed.attachments - listed.absent):
            yield _finding(20, record=record_id, digest=each)


def _named(db: Connection, seq: int) -> Row:
    """The record id of an entry, and the key of its content where it is personal."""
    found = db.row(
        "SELECT e.record_id, k.secret FROM entry e LEFT JOIN content_key k ON k.seq = e.seq WHERE e.seq = ?", (seq,)
    )
    if found is None:
        raise JournalDamaged(f"there is no entry {seq}")
    return found


def _erasures(db: Connection) -> Iterator[Finding]:
    rows = db.rows(
        "SELECT e.record_id FROM entry e JOIN content c ON c.seq = e.seq LEFT JOIN tombstone t ON t.seq = e.seq "
        "WHERE (c.erased = 1) <> (t.seq IS NOT NULL) ORDER BY e.seq"
    )
    for (record_id,) in rows:
        yield _finding(13, record=record_id)


def _leaves(db: Connection) -> Iterator[Finding]:
    found = db.row("SELECT count(*), coalesce(max(number), -1) FROM leaf")
    if found and found[0] != found[1] + 1:
        yield _finding(16, source=TREE, count=found[0], last=found[1])
    sql = (
        "SELECT e.seq, e.record_id, e.kind, e.version, e.received_ms, e.epoch, l.number, l.hash FROM leaf l "
        "JOIN entry e ON e.seq = l.seq WHERE e.seq > ? ORDER BY e.seq LIMIT ?"
    )
    for seq, *fields, number, kept in _paged(db, sql):
        streams = db.rows("SELECT stream, version, prev_digest FROM entry_stream WHERE seq = ?", (seq,))
        leaf = merkle.leaf_hash(entry_bytes(tuple(fields), [(name, at, prev) for name, at, prev in streams]))
        if leaf != bytes(kept) or number != seq - 1:
            yield _finding(6, source=TREE, number=number)


def _nodes(db: Connection) -> Iterator[Finding]:
    lookup = stored(db)
    for level, position, kept in table_rows(db, "node"):
        below = lookup(level - 1, 2 * position), lookup(level - 1, 2 * position + 1)
        if merkle.node_hash(*below) != bytes(kept):
            yield _finding(7, source=TREE, level=level, position=position)


def _outbox(db: Connection) -> Iterator[Finding]:
    for message, _, _, _, cause, body, digest, *_ in table_rows(db, "outbox"):
        kept = cause is None or db.row("SELECT 1 FROM entry WHERE seq = ?", (cause,)) is not None
        if sha256(body.encode("utf-8")) != digest or not kept:
            yield _finding(11, message=message)


def _readable(db: Connection) -> Iterator[Finding]:
    for table in COLUMNS:
        for _ in table_rows(db, table):
            pass
    yield from ()


def _finding(rule: int, *, source: str = SOURCE, **params: object) -> Finding:
    message, remedy = _MESSAGES[rule]
    return Finding(
        id=f"ENT-CORE-JOURNAL-{rule:02d}",
        severity=Severity.BLOCKING,
        message=message,
        params={name: str(value) for name, value in params.items()},
        source=source,
        remedy=remedy,
    )
