"""Delivery: what is due, in order per peer and lane; what came back; what could not be delivered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from entrepot.base.error import UsageError
from entrepot.base.moment import from_millis, to_millis
from entrepot.journal._dialect import Database
from entrepot.journal.core import Core, Setup

TAKEN = "taken by a worker"
"""Reason of a message that a worker is sending; it is due again for all when the lease ends."""
_COLUMNS = (
    "SELECT o.id, o.peer, o.lane, o.key, o.body, o.attempts, o.due_ms, o.reason, o.ack, o.state, e.record_id "
    "FROM outbox o LEFT JOIN entry e ON e.seq = o.seq "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message of the outbox. ``state``: ``due``, ``delivered`` or ``undeliverable``; ``record_id`` its cause."""

    id: int
    peer: str
    lane: str
    key: str
    body: Mapping[str, Any]
    attempts: int
    due: datetime
    reason: str | None
    ack: str | None
    state: str
    record_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What of the outbox is for one peer and in one ``state`` (``due`` or ``undeliverable``): how many messages, and
    since when the record is here that the oldest tells of (None: it tells of none)."""

    peer: str
    state: str
    count: int
    since: datetime | None


class Outbox(Core):
    """The sender's side. A message that is given up does not hold back its lane: the peer sees what it lacks."""

    def __init__(self, database: Database, setup: Setup) -> None:
        self._held: set[int] = set()
        super().__init__(database, setup)

    @property
    def is_shared(self) -> bool:
        """Whether other processes may send from this outbox too: messages must be taken before they are sent."""
        return not self._database.sole_writer

    def due(self, now: datetime, limit: int = 100, *, lease: timedelta = timedelta(0)) -> tuple[Delivery, ...]:
        """The first undelivered message of each (peer, lane), where its time has come.

        With a ``lease`` they are taken: no other worker gets them before it ends. :meth:`renew` makes it longer, and
        :meth:`let_go` says that it need not be any more.
        """
        query, params = _due_query(now, limit)
        with self.reading() as db:
            found = _due(db.rows(query, params))
        if not lease or not found:
            return found
        with self.claiming() as db:
            found = _due(db.rows(f"{query} {self._database.claim}", params))
            for each in found:
                db.execute("UPDATE outbox SET due_ms = ?, reason = ? WHERE id = ?",
                           (to_millis(now + lease), TAKEN, each.id))  # fmt: skip
        self._held.update(each.id for each in found)
        return found

    def renew(self, until: datetime) -> None:
        """What was taken here and is still being sent stays taken until then, as far as nobody else has it."""
        held = sorted(self._held)
        if held:
            with self.claiming() as db:
                for message_id in held:
                    db.execute(
                        "UPDATE outbox SET due_ms = ? WHERE id = ? AND state = 'due' AND reason = ? AND due_ms < ?",
                        (to_millis(until), message_id, TAKEN, to_millis(until)),
                    )

    def let_go(self, message_id: int) -> None:
        """It is sent, or has failed: its lease is not renewed any more."""
        self._held.discard(message_id)

    def delivered(self, message_id: int, ack: str = "") -> None:
        """The peer has it, and said so with ``ack`` (its signed acknowledgement)."""
        self._settle(message_id, "UPDATE outbox SET state = 'delivered', ack = ?, reason = NULL WHERE id = ?", ack)

    def failed(self, message_id: int, reason: str, retry_at: datetime | None = None) -> None:
        """It did not arrive: try again at ``retry_at``, or never (None: it becomes undeliverable)."""
        if retry_at is None:
            # Whoever lost its lease may be late: what another has delivered meanwhile stays delivered.
            state = "state = CASE state WHEN 'delivered' THEN state ELSE 'undeliverable' END"
            sql = f"UPDATE outbox SET {state}, attempts = attempts + 1, reason = ? WHERE id = ?"  # noqa: S608 - fixed
            self._settle(message_id, sql, reason)
            return
        with self.transaction() as db:
            changed = db.execute(
                "UPDATE outbox SET attempts = attempts + 1, reason = ?, due_ms = ? WHERE id = ?",
                (reason, to_millis(retry_at), message_id),
            )
        _require(changed, message_id)

    def requeue(self, message_id: int) -> None:
        """An undeliverable message is due again at once."""
        with self.transaction() as db:
            changed = db.execute(
                "UPDATE outbox SET state = 'due', due_ms = ? WHERE id = ? AND state = 'undeliverable'",
                (self.now_ms(), message_id),
            )
        _require(changed, message_id)

    def hasten(self, peer: str, reason: str) -> int:
        """What waits to be sent to ``peer`` again, and whose last failure begins with ``reason``, is due at once; how
        many messages that were."""
        now_ms = self.now_ms()
        of = (peer, now_ms, len(reason), reason)
        with self.reading() as db:
            if db.row("SELECT 1 FROM outbox WHERE state = 'due' AND peer = ? AND due_ms > ? LIMIT 1", of[:2]) is None:
                return 0
        with self.transaction() as db:
            return db.execute(
                "UPDATE outbox SET due_ms = ? WHERE state = 'due' AND peer = ? AND due_ms > ? "
                "AND substr(reason, 1, ?) = ?",
                (now_ms, *of),
            )

    def undeliverable(self, limit: int = 100, *, after: int = 0) -> tuple[Delivery, ...]:
        """What was given up, oldest first, behind the message ``after``."""
        sql = "WHERE o.state = 'undeliverable' AND o.id > ? ORDER BY o.id LIMIT ?"
        with self.reading() as db:
            return _due(db.rows(_COLUMNS + sql, (after, limit)))

    def queues(self) -> tuple[Queue, ...]:
        """What was not delivered, by peer and state."""
        with self.reading() as db:
            rows = db.rows(
                "SELECT o.peer, o.state, count(*), min(e.received_ms) FROM outbox o LEFT JOIN entry e ON e.seq = o.seq "
                "WHERE o.state IN ('due', 'undeliverable') GROUP BY o.peer, o.state ORDER BY o.peer, o.state"
            )
        return tuple(
            Queue(peer=peer, state=state, count=count, since=None if since is None else from_millis(since))
            for peer, state, count, since in rows
        )

    def messages(self, record_id: str) -> tuple[Delivery, ...]:
        """Every message that left because of a record, in order."""
        with self.reading() as db:
            return _due(db.rows(_COLUMNS + "WHERE e.record_id = ? ORDER BY o.id", (record_id,)))

    def _settle(self, message_id: int, sql: str, text: str) -> None:
        with self.transaction() as db:
            _require(db.execute(sql, (text, message_id)), message_id)


def _due_query(now: datetime, limit: int) -> tuple[str, tuple[int, int]]:
    sql = (
        "WHERE o.state = 'due' AND o.due_ms <= ? AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.state = 'due' "
        "AND b.peer = o.peer AND b.lane = o.lane AND b.id < o.id) ORDER BY o.id LIMIT ?"
    )
    return _COLUMNS + sql, (to_millis(now), limit)


def _due(rows: list[tuple[Any, ...]]) -> tuple[Delivery, ...]:
    return tuple(
        Delivery(
            id=row[0],
            peer=row[1],
            lane=row[2],
            key=row[3],
            body=json.loads(row[4]),
            attempts=row[5],
            due=from_millis(row[6]),
            reason=row[7],
            ack=row[8],
            state=row[9],
            record_id=row[10],
        )
        for row in rows
    )


def _require(changed: int, message_id: int) -> None:
    if not changed:
        raise UsageError(f"the outbox has no such message: {message_id}")
