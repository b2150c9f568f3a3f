"""Sealing: contiguous leaf numbers, signed tree heads, receipts, consistency proofs (RFC 9162)."""

from entrepot.base import merkle
from entrepot.base.error import UsageError
from entrepot.base.head import Receipt, TreeHead, head_payload
from entrepot.base.moment import from_millis
from entrepot.journal._dialect import Connection, Row
from entrepot.journal.core import Core
from entrepot.journal.entry import entry_bytes
from entrepot.journal.port import JournalDamaged

__all__ = ["SEAL_DEADLINE_MS", "SEAL_PAGE", "Receipt", "Sealing", "stored", "stored_entry"]

SEAL_DEADLINE_MS = 60_000
"""Milliseconds from the answer to the seal that it promises."""
SEAL_PAGE = 1000
"""Entries that one seal takes at most; the next one takes the rest."""
HEAD = "SELECT epoch, size, root, time_ms, signature FROM tree_head "
"""Selects what :meth:`Sealing._head` makes a head of."""


class Sealing(Core):
    """The tree over all entries of the log, in the order in which they were sealed."""

    def seal(self, *, renew: bool = False) -> TreeHead | None:
        """Give leaf numbers to what has none, and sign the new head; None where nothing is new.

        ``renew`` signs a head in any case: a head's time shows that the log was alive.
        """
        with self.transaction() as db:
            size = _size(db)
            fresh = db.rows(
                "SELECT seq, record_id, kind, version, received_ms, epoch FROM entry "
                "WHERE seq > (SELECT coalesce(max(seq), 0) FROM leaf) ORDER BY seq LIMIT ?",
                (SEAL_PAGE,),
            )
            if not fresh and not renew:
                return None
            self._grow(db, size, fresh)
            return self._sign_head(db, size + len(fresh))

    def _grow(self, db: Connection, size: int, fresh: list[Row]) -> None:
        made: dict[tuple[int, int], bytes] = {}

        def lookup(level: int, position: int) -> bytes:
            return made.get((level, position)) or stored(db)(level, position)

        for number, (seq, *row) in enumerate(fresh, size):
            leaf = merkle.leaf_hash(stored_entry(db, seq, tuple(row)))
            made[0, number] = leaf
            db.execute("INSERT INTO leaf (number, seq, hash) VALUES (?, ?, ?)", (number, seq, leaf))
            for level, position, node in merkle.completed(number, leaf, lookup):
                made[level, position] = node
                db.execute("INSERT INTO node (level, position, hash) VALUES (?, ?, ?)", (level, position, node))

    def _sign_head(self, db: Connection, size: int) -> TreeHead:
        last = db.row("SELECT max(time_ms) FROM tree_head")
        now_ms = max(self.now_ms(), int((last or (0,))[0] or 0))
        head = TreeHead(
            log_id=self.log_id,
            epoch=self.epoch,
            size=size,
            root=merkle.root(stored(db), size).hex(),
            time=from_millis(now_ms),
            signature="",
        )
        signature = self.setup.sign(head_payload(head)) if self.setup.sign else ""
        db.execute(
            "INSERT INTO tree_head (id, epoch, size, root, time_ms, signature) "
            "SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ? FROM tree_head",
            (head.epoch, size, head.root, now_ms, signature),
        )
        return self._head((head.epoch, size, head.root, now_ms, signature))

    def _head(self, row: Row) -> TreeHead:
        epoch, size, root, time_ms, signature = row
        return TreeHead(
            log_id=self.log_id, epoch=epoch, size=size, root=root, time=from_millis(time_ms), signature=signature
        )

    def head(self) -> TreeHead | None:
        """The newest signed head, or None before the first seal."""
        with self.reading() as db:
            found = db.row(HEAD + "ORDER BY id DESC LIMIT 1")
        return None if found is None else self._head(found)

    def heads(self) -> tuple[TreeHead, ...]:
        """Every head that was signed, oldest first."""
        with self.reading() as db:
            return tuple(self._head(row) for row in db.rows(HEAD + "ORDER BY id"))

    def receipt(self, record_id: str) -> Receipt | None:
        """The receipt of a record against the first head that covers it, which shows the earliest moment.

        None where it is unknown or not sealed yet.
        """
        with self.snapshot() as db:
            row = db.row(
                "SELECT l.number, e.seq, e.record_id, e.kind, e.version, e.received_ms, e.epoch "
                "FROM entry e JOIN leaf l ON l.seq = e.seq WHERE e.record_id = ?",
                (record_id,),
            )
            if row is None:
                return None
            number, seq, *fields = row
            found = db.row(HEAD + "WHERE size > ? ORDER BY id LIMIT 1", (number,))
            if found is None:
                return None
            head = self._head(found)
            path = merkle.inclusion(stored(db), number, head.size)
            body = stored_entry(db, seq, tuple(fields))
        return Receipt(entry=body, leaf=number, path=tuple(step.hex() for step in path), head=head)

    def consistency(self, first: int, second: int) -> tuple[str, ...]:
        """The proof that the log of ``second`` entries begins with that of ``first``. Raises :class:`UsageError`."""
        with self.snapshot() as db:
            if not 0 <= first <= second <= _size(db):
                raise UsageError(f"no such sizes of this log: {first}, {second}")
            steps = merkle.consistency(stored(db), first, second) if first else []
        return tuple(step.hex() for step in steps)


def stored(db: Connection) -> merkle.Lookup:
    """Looks complete subtrees up in the tables."""

    def lookup(level: int, position: int) -> bytes:
        if level == 0:
            found = db.row("SELECT hash FROM leaf WHERE number = ?", (position,))
        else:
            found = db.row("SELECT hash FROM node WHERE level = ? AND position = ?", (level, position))
        if found is None:
            raise JournalDamaged(f"the tree lacks the node {position} of level {level}")
        return bytes(found[0])

    return lookup


def stored_entry(db: Connection, seq: int, fields: Row) -> bytes:
    """The canonical bytes of a kept entry; ``fields`` as :func:`~entrepot.journal.entry.entry_bytes` takes them."""
    streams = db.rows("SELECT stream, version, prev_digest FROM entry_stream WHERE seq = ?", (seq,))
    return entry_bytes(fields, [(name, version, before) for name, version, before in streams])


def _size(db: Connection) -> int:
    found = db.row("SELECT coalesce(max(number) + 1, 0) FROM leaf")
    return int(found[0]) if found else 0
