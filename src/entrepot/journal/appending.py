"""The one way in: a record, its streams, views, outbox and answer, in one durable transaction, once per record id."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from entrepot.base.digest import sha256
from entrepot.base.error import UsageError
from entrepot.base.moment import format_moment, from_millis
from entrepot.journal._dialect import Connection
from entrepot.journal.beside import Parts, insert_parts, named_in, parts_of, write_parts
from entrepot.journal.entry import FIRST, entry_bytes, entry_digest, json_text, proof_digest
from entrepot.journal.port import (
    ANY,
    Append,
    Appended,
    Attachment,
    CatchUpNeeded,
    Idempotency,
    JournalDamaged,
    KeyReused,
    Message,
    Outcome,
    Proof,
    StreamConflict,
)
from entrepot.journal.projection import Projection
from entrepot.journal.sealing import SEAL_DEADLINE_MS
from entrepot.journal.secrecy import KEY_BYTES, kept_key, opened_key, seal


class Appending(Projection):
    """Appends. Raises :class:`~entrepot.journal.port.StreamConflict`, ``FloorBroken``, ``KeyReused``, ``JournalFull``,
    ``JournalLocked``, ``CatchUpNeeded``; after any of them nothing of the append was kept."""

    def append(self, item: Append) -> Appended:
        """Keep one record with everything that follows from it. When this returns, the disk has it."""
        with self.transaction() as db:
            done, digest = self._append(db, item)
        return self._promised(done, digest)

    def append_many(self, items: Sequence[Append]) -> tuple[Appended, ...]:
        """Keep several records in one transaction: all or none."""
        with self.transaction() as db:
            done = [self._append(db, item) for item in items]
        return tuple(self._promised(each, digest) for each, digest in done)

    def assess(self, record_id: str, assessment: Mapping[str, Any]) -> int:
        """Add a newer assessment of a kept record (rules or proofs have changed); its version."""
        with self.transaction() as db:
            found = db.row("SELECT seq FROM entry WHERE record_id = ?", (record_id,))
            if found is None:
                raise UsageError(f"the journal does not hold {record_id}")
            version, digest = _next_assessment(db, found[0], assessment, self.now_ms())
            write_parts(db, found[0], _listed(db, found[0]).with_more(assessments=[digest]))
            return version

    def prove(self, record_id: str, proofs: Sequence[Proof]) -> int:
        """Attach proofs that came later; how many were new."""
        with self.transaction() as db:
            found = db.row("SELECT seq FROM entry WHERE record_id = ?", (record_id,))
            if found is None:
                raise UsageError(f"the journal does not hold {record_id}")
            return self._supplement(db, found[0], (record_id, proofs, ()), None)

    def send(self, messages: Sequence[Message], *, cause: str | None = None) -> None:
        """Put messages into the outbox; ``cause`` is the record they leave because of (none for mere requests)."""
        with self.transaction() as db:
            found = db.row("SELECT seq FROM entry WHERE record_id = ?", (cause,)) if cause else None
            if cause and found is None:
                raise UsageError(f"the journal does not hold {cause}")
            self._insert_messages(db, messages, None if found is None else found[0], self.now_ms())

    def _append(self, db: Connection, item: Append) -> tuple[Appended, str]:
        key = item.idempotency
        if _seen(db, item.record.id, key):
            return self._again(db, item)
        self._refuse_while_behind(db, recovered=item.recovered)
        seq, received_ms, digest = self._insert_entry(db, item)
        secret = self._insert_content(db, seq, item)
        at = (seq, item.record.id, secret)
        proofs = self._insert_proofs(db, at, item.proofs)
        files = self._insert_attachments(db, at, item.attachments)
        assessed = _insert_assessment(db, (seq, 1), item.assessment, received_ms)
        named = named_in(item.record, item.record.to_bytes() if item.body is None else item.body)
        insert_parts(db, seq, Parts(absent=named - files, assessments=(assessed,), attachments=files, proofs=proofs))
        self.reduce(db, item.record)
        if item.outbox:
            self._insert_messages(db, item.outbox, seq, self.now_ms())  # received may lie ahead of it
        if key is not None:
            _insert_key(db, key, seq, item.answer, received_ms)
        return _appended(Outcome.APPENDED, item.record.id, seq, received_ms, item.answer), digest

    def replayed(self, key: Idempotency) -> Appended | None:
        """What an earlier append under this key gave; None where the key is new. Raises ``KeyReused``."""
        with self.reading() as db:
            found = self._replay(db, key)
        return None if found is None else found[0]

    def made_under(self, scope: str, key: str) -> str | None:
        """The id of the record that was appended under this key, whatever was asked with it; None where it is new."""
        with self.reading() as db:
            found = db.row(
                "SELECT record_id FROM entry JOIN idempotency USING (seq) WHERE scope = ? AND key = ?", (scope, key)
            )
        return None if found is None else str(found[0])

    def _replay(self, db: Connection, key: Idempotency) -> tuple[Appended, str] | None:
        found = db.row("SELECT digest, answer, seq FROM idempotency WHERE scope = ? AND key = ?", (key.scope, key.key))
        if found is None:
            return None
        request, answer, seq = found
        if request != key.digest:
            raise KeyReused(f"the idempotency key {key.key!r} was used with another request", remedy="Take a new key.")
        entry = db.row("SELECT record_id, received_ms, digest FROM entry WHERE seq = ?", (seq,))
        if entry is None:
            raise JournalDamaged(f"the idempotency key {key.key!r} names an entry that is not there")
        record_id, received_ms, digest = entry
        return _appended(Outcome.REPLAYED, record_id, seq, received_ms, _json(answer)), digest

    def _again(self, db: Connection, item: Append) -> tuple[Appended, str]:
        """The answer to an append whose key or record is there already."""
        if item.idempotency is not None and (replayed := self._replay(db, item.idempotency)):
            return replayed
        known = db.row("SELECT seq, received_ms, digest FROM entry WHERE record_id = ?", (item.record.id,))
        if known is None:
            raise JournalDamaged(f"{item.record.id} was found and then not", remedy="Verify the journal.")
        seq, received_ms, digest = known
        self._supplement(db, seq, (item.record.id, item.proofs, item.attachments), item.assessment)
        if item.idempotency is not None:
            _insert_key(db, item.idempotency, seq, item.answer, self.now_ms())
        return _appended(Outcome.KNOWN, item.record.id, seq, received_ms, item.answer), digest

    def _refuse_while_behind(self, db: Connection, *, recovered: bool) -> None:
        if self._behind and not recovered and self.needs_catch_up_in(db):
            raise CatchUpNeeded(
                "this journal was restored from a copy and may lack records that its peers hold",
                remedy="Ask the peers for them first.",
            )

    def needs_catch_up_in(self, db: Connection) -> bool:
        """Whether the restored journal still has to ask its peers, as the database says now."""
        return db.row("SELECT 1 FROM meta WHERE key = 'catch-up'") is not None

    def _insert_entry(self, db: Connection, item: Append) -> tuple[int, int, str]:
        record = item.record
        last = self._last(db)
        seq, received_ms = last[0] + 1, max(self.now_ms(), last[1])
        streams = [self._next_version(db, name, expected) for name, expected in item.streams.items()]
        row = (record.id, record.kind, record.content.version, received_ms, self.epoch)
        digest = entry_digest(entry_bytes(row, streams))
        db.execute(
            "INSERT INTO entry (record_id, kind, version, received_ms, epoch, digest, seq) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*row, digest, seq),
        )
        self.memory.last = (seq, received_ms)
        self._insert_streams(db, seq, streams, digest)
        return seq, received_ms, digest

    def _insert_streams(self, db: Connection, seq: int, streams: Sequence[tuple[str, int, str]], digest: str) -> None:
        """Let an entry follow in each of its streams."""
        for name, version, before in streams:
            db.execute(
                "INSERT INTO entry_stream (stream, version, seq, prev_digest) VALUES (?, ?, ?, ?)",
                (name, version, seq, before),
            )
            self.memory.keep_stream(name, version, digest)

    def _last(self, db: Connection) -> tuple[int, int]:
        """Number and received time of the newest entry; zeros before the first."""
        if self.memory.last is None:
            found = db.row("SELECT seq, received_ms FROM entry ORDER BY seq DESC LIMIT 1") or (0, 0)
            self.memory.last = (found[0], found[1])
        return self.memory.last

    def _next_version(self, db: Connection, name: str, expected: int) -> tuple[str, int, str]:
        last = self.memory.streams.get(name) or _newest(db, name)
        if expected not in (ANY, last[0]):
            raise StreamConflict(
                f"the stream {name} has version {last[0]}, {expected} was expected", remedy="Check again, then append."
            )
        return name, last[0] + 1, last[1]

    def _insert_content(self, db: Connection, seq: int, item: Append) -> bytes | None:
        """Keep the content; the key under which it lies, where it is personal."""
        record, content = item.record, item.record.content
        body = record.to_bytes() if item.body is None else item.body
        if sha256(body) != record.id:
            raise UsageError("the body given is not the canonical content of the record")
        secret = None
        if item.personal:
            secret = self.setup.entropy(KEY_BYTES)
            kept = kept_key(secret, record.id, self.setup.wrapping)
            db.execute("INSERT INTO content_key (seq, secret) VALUES (?, ?)", (seq, kept))
        note = None if item.note is None else json_text(item.note)
        db.execute(
            "INSERT INTO content (seq, issuer, kind, number, personal, erased, body, note) "
            "VALUES (?, ?, ?, ?, ?, 0, ?, ?)",
            (
                *(seq, content.issuer, record.kind, content.number, int(item.personal)),
                *(self._kept(secret, body, record.id), note),
            ),
        )
        for before in content.after:
            db.execute("INSERT INTO cause (after_id, seq) VALUES (?, ?)", (before, seq))
        return secret

    def _supplement(
        self,
        db: Connection,
        seq: int,
        given: tuple[str, Sequence[Proof], Sequence[Attachment]],
        assessment: Mapping[str, Any] | None,
    ) -> int:
        """Keep proofs and files of a record that is there already, as far as they are new, and then a newer
        ``assessment``, where one is given; how many were new."""
        record_id, proofs, attachments = given
        if db.row("SELECT 1 FROM tombstone WHERE seq = ?", (seq,)):
            return 0  # a proof may carry the payload, which was erased
        parts = _listed(db, seq)
        more = [each for each in proofs if proof_digest(each.securing, each.method, each.body) not in parts.proofs]
        files = [*{each.digest: each for each in attachments if each.digest not in parts.attachments}.values()]
        if not more and not files:
            return 0
        found = db.row("SELECT secret FROM content_key WHERE seq = ?", (seq,))
        secret = None if found is None else opened_key(bytes(found[0]), record_id, self.setup.wrapping)
        at = (seq, record_id, secret)
        kept, came = self._insert_proofs(db, at, more), self._insert_attachments(db, at, files)
        assessed = [] if assessment is None else [_next_assessment(db, seq, assessment, self.now_ms())[1]]
        write_parts(db, seq, parts.with_more(proofs=kept, attachments=came, assessments=assessed))
        return len(kept) + len(came)

    def _insert_proofs(
        self, db: Connection, at: tuple[int, str, bytes | None], proofs: Sequence[Proof]
    ) -> frozenset[str]:
        """Keep proofs; their digests."""
        seq, record_id, secret = at
        kept = {proof_digest(each.securing, each.method, each.body): each for each in proofs}
        for digest, proof in kept.items():
            db.execute(
                "INSERT INTO proof (seq, digest, securing, method, body) VALUES (?, ?, ?, ?, ?)",
                (seq, digest, proof.securing, proof.method, self._kept(secret, proof.body, record_id)),
            )
        return frozenset(kept)

    def _insert_attachments(
        self, db: Connection, at: tuple[int, str, bytes | None], attachments: Sequence[Attachment]
    ) -> frozenset[str]:
        """Keep files; their digests."""
        seq, record_id, secret = at
        for each in attachments:
            if sha256(each.body) != each.digest:
                raise UsageError("an attachment does not have the digest it is given under")
            db.execute(
                "INSERT INTO attachment (seq, digest, media_type, body) VALUES (?, ?, ?, ?)",
                (seq, each.digest, each.media_type, self._kept(secret, each.body, record_id)),
            )
        return frozenset(each.digest for each in attachments)

    def _insert_messages(self, db: Connection, messages: Sequence[Message], seq: int | None, due_ms: int) -> None:
        """Put messages into the outbox, due at once; a (peer, key) that was there before is left as it is."""
        last = self._last_message(db)
        for each in messages:
            body = json_text(each.body)
            last += db.execute(
                "INSERT INTO outbox (id, peer, lane, key, seq, body, digest, state, attempts, due_ms) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, 'due', 0, ?) ON CONFLICT (peer, key) DO NOTHING",
                (last + 1, each.peer, each.lane, each.key, seq, body, sha256(body.encode("utf-8")), due_ms),
            )
        self.memory.message = last

    def _last_message(self, db: Connection) -> int:
        if self.memory.message is not None:
            return self.memory.message
        found = db.row("SELECT coalesce(max(id), 0) FROM outbox")
        return int(found[0]) if found else 0

    def _kept(self, secret: bytes | None, body: bytes, record_id: str) -> bytes:
        return body if secret is None else seal(secret, body, bound_to=record_id, entropy=self.setup.entropy)

    def _promised(self, done: Appended, digest: str) -> Appended:
        """The answer with the signed promise that the entry is in a signed head by the deadline."""
        if self.setup.sign is None:
            return done
        sign, now_ms = self.setup.sign, self.now_ms()

        def sign_promise() -> str:
            promise = {
                "digest": digest,
                "epoch": self.epoch,
                "logId": self.log_id,
                "received": format_moment(done.received),
                "recordId": done.record_id,
                "sealBy": format_moment(from_millis(now_ms + SEAL_DEADLINE_MS)),
            }
            return sign(json_text(promise).encode("utf-8"))

        return replace(done, sign_promise=sign_promise)


def _seen(db: Connection, record_id: str, key: Idempotency | None) -> bool:
    """Whether the record or the key is there already, in one question: most appends are new."""
    if key is None:
        found = db.row("SELECT 1 FROM entry WHERE record_id = ?", (record_id,))
    else:
        found = db.row(
            "SELECT 1 FROM entry WHERE record_id = ? UNION ALL SELECT 1 FROM idempotency WHERE scope = ? AND key = ?",
            (record_id, key.scope, key.key),
        )
    return found is not None


def _newest(db: Connection, stream: str) -> tuple[int, str]:
    """Version and digest of the newest entry of a stream; 0 and :data:`FIRST` before the first."""
    found = db.row(
        "SELECT s.version, e.digest FROM entry_stream s JOIN entry e ON e.seq = s.seq "
        "WHERE s.stream = ? ORDER BY s.version DESC LIMIT 1",
        (stream,),
    ) or (0, FIRST)
    return found[0], found[1]


def _listed(db: Connection, seq: int) -> Parts:
    """The list of what lies beside an entry. Raises :class:`JournalDamaged` where it is missing."""
    found = parts_of(db, seq)
    if found is None:
        raise JournalDamaged(f"entry {seq} lacks the list of what lies beside it", remedy="Verify the journal.")
    return found


def _next_assessment(db: Connection, seq: int, body: Mapping[str, Any], made_ms: int) -> tuple[int, str]:
    """Keep a newer assessment of an entry; its version and digest."""
    last = db.row("SELECT coalesce(max(version), 0) FROM assessment WHERE seq = ?", (seq,))
    version = (int(last[0]) if last else 0) + 1
    return version, _insert_assessment(db, (seq, version), body, made_ms)


def _insert_assessment(db: Connection, at: tuple[int, int], body: Mapping[str, Any], made_ms: int) -> str:
    """Keep an assessment; its digest. ``at``: the record's sequence number and the version of the assessment."""
    text = json_text(body)
    digest = sha256(text.encode("utf-8"))
    db.execute(
        "INSERT INTO assessment (seq, version, made_ms, body, digest) VALUES (?, ?, ?, ?, ?)",
        (*at, made_ms, text, digest),
    )
    return digest


def _insert_key(db: Connection, key: Idempotency, seq: int, answer: Mapping[str, Any] | None, made_ms: int) -> None:
    db.execute(
        "INSERT INTO idempotency (scope, key, digest, seq, answer, made_ms) VALUES (?, ?, ?, ?, ?, ?)",
        (key.scope, key.key, key.digest, seq, None if answer is None else json_text(answer), made_ms),
    )


def _appended(
    outcome: Outcome, record_id: str, seq: int, received_ms: int, answer: Mapping[str, Any] | None
) -> Appended:
    return Appended(
        outcome=outcome,
        record_id=record_id,
        seq=seq,
        received=from_millis(received_ms),
        answer=answer,
    )


def _json(text: str | None) -> Mapping[str, Any] | None:
    return None if text is None else json.loads(text)
