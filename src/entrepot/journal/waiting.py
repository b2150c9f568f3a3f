"""Received records whose causes are missing: kept aside, bounded, until the causes have come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from entrepot.base.digest import sha256
from entrepot.base.error import LimitError
from entrepot.base.moment import from_millis
from entrepot.journal.core import Core

WAITING_MAX = 10_000
"""Records that may wait at once."""
WAITING_BYTES_MAX = 1 << 28
"""Bytes that may wait at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A received message that waits: ``body`` is kept as it came, under ``key``."""

    key: str
    body: bytes
    missing: tuple[str, ...]


class WaitingRoom(Core):
    """Nothing here was admitted to the log; it lies in the database so that a restart does not lose it."""

    def hold(self, body: bytes, missing: Iterable[str], *, key: str | None = None) -> str:
        """Keep ``body`` until the records ``missing`` are there; its key, which is the body's digest where none is
        given. What came first under a key stays. Raises :class:`LimitError` when full."""
        key = key or sha256(body)
        with self.transaction() as db:
            if db.row("SELECT 1 FROM waiting WHERE key = ?", (key,)) is None:
                count, size = db.row("SELECT count(*), coalesce(sum(length(body)), 0) FROM waiting") or (0, 0)
                if count >= WAITING_MAX or size + len(body) > WAITING_BYTES_MAX:
                    raise LimitError("too many records wait for their causes", remedy="Send the causes first.")
                db.execute("INSERT INTO waiting (key, body, held_ms) VALUES (?, ?, ?)", (key, body, self.now_ms()))
            for each in missing:
                db.execute(
                    "INSERT INTO waiting_for (missing, key) VALUES (?, ?) ON CONFLICT (missing, key) DO NOTHING",
                    (each, key),
                )
        return key

    def release(self, record_id: str) -> tuple[Waiting, ...]:
        """What waited for ``record_id`` and lacks nothing any more, in the order it came.

        It stays until :meth:`unhold`, so that a crash between release and append loses nothing.
        """
        sql = "WHERE EXISTS (SELECT 1 FROM waiting_for f WHERE f.key = w.key AND f.missing = ?)"
        return tuple(each for each in self._waiting(sql, (record_id,)) if not each.missing)

    def ready(self, limit: int = 100) -> tuple[Waiting, ...]:
        """What lacks nothing any more and still lies here, in the order it came, at most ``limit``."""
        sql = (
            "WHERE NOT EXISTS (SELECT 1 FROM waiting_for f WHERE f.key = w.key "
            "AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.record_id = f.missing))"
        )
        return self._waiting(sql, (), limit)

    def unhold(self, key: str) -> None:
        """Forget a waiting message: it was appended, or refused."""
        with self.transaction() as db:
            db.execute("DELETE FROM waiting WHERE key = ?", (key,))

    def held(self, key: str) -> Waiting | None:
        """What waits under ``key``, or None."""
        found = self._waiting("WHERE w.key = ?", (key,))
        return found[0] if found else None

    def waiting(self) -> tuple[Waiting, ...]:
        """Everything that waits, in the order it came, each with the ids that are still missing."""
        return self._waiting("", ())

    def waiting_since(self) -> tuple[int, datetime | None]:
        """How many wait, and since when the first of them does."""
        with self.reading() as db:
            found = db.row("SELECT count(*), min(held_ms) FROM waiting")
        count, since = found or (0, None)
        return count, None if since is None else from_millis(since)

    def missing(self) -> tuple[str, ...]:
        """Ids that something waits for and the journal does not hold, sorted: what to ask peers for."""
        with self.reading() as db:
            rows = db.rows(
                "SELECT DISTINCT f.missing FROM waiting_for f "
                "WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.record_id = f.missing) ORDER BY f.missing"
            )
        return tuple(record_id for (record_id,) in rows)

    def _waiting(self, where: str, params: tuple[str, ...], limit: int = WAITING_MAX) -> tuple[Waiting, ...]:
        lacking = (
            "SELECT f.missing FROM waiting_for f WHERE f.key = ? "
            "AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.record_id = f.missing) ORDER BY f.missing"
        )
        with self.snapshot() as db:
            order = "ORDER BY w.held_ms, w.key LIMIT ?"
            rows = db.rows(f"SELECT w.key, w.body FROM waiting w {where} {order}", (*params, limit))  # noqa: S608 - fixed texts
            return tuple(
                Waiting(key=key, body=bytes(body), missing=tuple(one for (one,) in db.rows(lacking, (key,))))
                for key, body in rows
            )
