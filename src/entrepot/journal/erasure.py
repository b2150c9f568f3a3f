"""Erasure: the payload and its key go, from every table and from the file's bytes; entry, digest, tombstone stay."""

import json

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.base.error import UsageError
from entrepot.journal._dialect import Connection
from entrepot.journal.appending import Appending
from entrepot.journal.beside import parts_found, write_parts
from entrepot.journal.port import Append, Appended
from entrepot.journal.reading import CONTENT, body_of

ERASED_NONCE = "A" * 22
"""Stands in for the nonce of an erased record: with the real one, the digest would let a small payload be guessed."""
_GONE = '{"erased":true}'


class Erasure(Appending):
    """Erases payloads. A backup made earlier still holds them: backups have a lifetime of their own."""

    def erase(self, record_id: str, reason: str, tombstone: Append) -> Appended:
        """Erase the payload of ``record_id`` and keep ``tombstone`` (a record that says so), in one transaction.

        Proofs, attachments, assessments, stored answers and outgoing messages of the record go too; views that saw
        it are rebuilt; then the files are rewritten (see :meth:`scrub`). Erasing twice changes nothing more.
        Raises :class:`UsageError` for a record that is not kept.
        """
        with self.transaction() as db:
            found = db.row(CONTENT + "WHERE e.record_id = ?", (record_id,))
            if found is None:
                raise UsageError(f"the journal does not hold {record_id}")
            done = self.append(tombstone)
            if not found[3]:
                db.execute(
                    "INSERT INTO tombstone (seq, reason, by_seq, erased_ms) VALUES (?, ?, ?, ?)",
                    (found[0], reason, done.seq, self.now_ms()),
                )
                _drop(db, found[0], _envelope(body_of(found, self.setup.wrapping)))
                kind = db.row("SELECT kind FROM entry WHERE seq = ?", (found[0],))
                self.rebuild_for(db, kind[0] if kind else "")
                db.execute(
                    "INSERT INTO meta (key, value) VALUES ('scrub', ?) "
                    "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    (str(done.seq),),
                )
        if not self.in_transaction:
            self.scrub()
        return done

    def scrub(self) -> bool:
        """Rewrite the files, where something was erased since, so that its bytes are gone; whether that is done.

        False means that a reader, or another process that scrubs, was in the way: call it again (the writer thread
        does). What another process erases meanwhile is left for the next call.
        """
        with self.reading() as db:
            asked = db.row("SELECT value FROM meta WHERE key = 'scrub'")
        if asked is None:
            return True
        with self.alone(), self.turn("scrub") as ours:
            if not ours or not self._database.scrub():
                return False
            with self.transaction() as db:
                return db.execute("DELETE FROM meta WHERE key = 'scrub' AND value = ?", asked) == 1

    def tombstone(self, record_id: str) -> tuple[str, str] | None:
        """Why the record was erased, and the id of the record that says so; None where it was not."""
        with self.reading() as db:
            found = db.row(
                "SELECT t.reason, b.record_id FROM tombstone t JOIN entry e ON e.seq = t.seq "
                "JOIN entry b ON b.seq = t.by_seq WHERE e.record_id = ?",
                (record_id,),
            )
        return None if found is None else (found[0], found[1])


def _envelope(body: bytes) -> bytes:
    return canonical({**json.loads(body), "payload": {}, "nonce": ERASED_NONCE})


def _drop(db: Connection, seq: int, envelope: bytes) -> None:
    db.execute("UPDATE content SET erased = 1, body = ?, note = NULL WHERE seq = ?", (envelope, seq))
    for table in ("content_key", "proof", "attachment"):
        db.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))  # noqa: S608 - our own names
    digest = sha256(_GONE.encode("ascii"))
    db.execute("UPDATE assessment SET body = ?, digest = ? WHERE seq = ?", (_GONE, digest, seq))
    write_parts(db, seq, parts_found(db, seq))
    db.execute("UPDATE idempotency SET answer = NULL WHERE seq = ?", (seq,))
    db.execute("UPDATE outbox SET state = 'undeliverable', reason = 'erased' WHERE seq = ? AND state = 'due'", (seq,))
    db.execute("UPDATE outbox SET body = ?, digest = ?, ack = NULL WHERE seq = ?", (_GONE, digest, seq))
