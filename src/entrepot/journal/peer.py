"""Peers: who they are, and the heads of their logs, kept so that a rewritten past is detected."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from entrepot.base.digest import sha256
from entrepot.base.head import TreeHead, verify_consistency
from entrepot.base.moment import from_millis, to_millis
from entrepot.journal._dialect import Connection
from entrepot.journal.core import Core
from entrepot.journal.entry import json_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A peer as the operator admitted it. ``body``: whatever else its node said about itself, JSON."""

    id: str
    url: str
    status: str
    key: str
    body: Mapping[str, Any]


class Verdict(StrEnum):
    """What a peer's head says about the heads of it that are kept."""

    FIRST = "first"
    CONSISTENT = "consistent"
    FORKED = "forked"
    """The proof does not hold: the peer shows different pasts."""
    SHRUNK = "shrunk"
    """The head is smaller than an older one, in the same epoch."""
    UNPROVEN = "unproven"
    """No proof was given that this head continues the kept one."""
    NEW_EPOCH = "new-epoch"
    """The peer declares that it was restored: what it lost is asked for."""


class Peers(Core):
    """The peers' table, and their heads."""

    _known: tuple[str, tuple[Peer, ...]] = ("", ())
    """The peers as they were last read, and the mark that the table bore then."""

    def put_peer(self, peer: Peer) -> None:
        """Keep a peer, in place of what was kept under its id."""
        with self.transaction() as db:
            changed = _mark(db) + json_text([peer.id, peer.url, peer.status, peer.key, peer.body])
            db.execute(
                "INSERT INTO meta (key, value) VALUES ('peers', ?) "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (sha256(changed.encode("utf-8")),),
            )
            db.execute(
                "INSERT INTO peer (id, url, status, key, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
                "SET url = excluded.url, status = excluded.status, key = excluded.key, body = excluded.body",
                (peer.id, peer.url, peer.status, peer.key, json_text(peer.body)),
            )

    def peer(self, peer_id: str) -> Peer | None:
        """The peer, or None."""
        found = [each for each in self.peers() if each.id == peer_id]
        return found[0] if found else None

    def peers(self) -> tuple[Peer, ...]:
        """All peers, sorted by id; nobody changes their bodies.

        Every record asks for them, and a body may hold hundreds of parties with their documents: they are read again
        only where the mark says that one was put, by whichever process."""
        with self.reading() as db:
            known = self._known
            if known[0] and known[0] == _mark(db):
                return known[1]
        with self.snapshot() as db:
            mark, rows = _mark(db), db.rows("SELECT id, url, status, key, body FROM peer ORDER BY id")
        found = tuple(
            Peer(id=name, url=url, status=status, key=key, body=json.loads(body))
            for name, url, status, key, body in rows
        )
        self._known = (mark, found)
        return found

    def former_peers(self) -> tuple[str, ...]:
        """Addresses of nodes that must be found again before a log that was begun anew has asked all its peers."""
        with self.reading() as db:
            found = db.row("SELECT value FROM meta WHERE key = 'former-peers'")
        return tuple(json.loads(found[0])) if found else ()

    def found_again(self, url: str) -> None:
        """The node at ``url`` is a peer again."""
        with self.transaction() as db:
            left = [each for each in self.former_peers() if each != url]
            db.execute("UPDATE meta SET value = ? WHERE key = 'former-peers'", (json_text(left),))

    def observe_head(
        self, peer_id: str, head: TreeHead, proof: Sequence[str] = (), *, base: int | None = None
    ) -> Verdict:
        """Judge and keep a head that ``peer_id`` signed (the caller has verified the signature).

        ``proof``: the consistency proof between this head and the largest good one that is kept (see
        :meth:`peer_head`), whichever is larger. ``base``: from which size it leads, where that is known: another one
        may have been kept since it was asked for, and then it says nothing. A head that was seen before is not kept
        twice, one that is not proven not at all: it can be shown again with a proof.
        """
        with self.transaction() as db:
            known = db.row(
                "SELECT verdict FROM peer_head WHERE peer = ? AND signature = ? AND root = ? AND size = ? "
                "AND verdict <> 'unproven'",
                (peer_id, head.signature, head.root, head.size),
            )
            if known is not None:
                return Verdict(known[0])
            verdict = _judge(self._largest(db, peer_id, head.log_id), head, proof, base)
            if verdict is Verdict.UNPROVEN:
                return verdict
            db.execute(
                "INSERT INTO peer_head (id, peer, log_id, epoch, size, root, time_ms, signature, verdict) "
                "SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM peer_head",
                (
                    *(peer_id, head.log_id, head.epoch, head.size, head.root),
                    *(to_millis(head.time), head.signature, str(verdict)),
                ),
            )
        return verdict

    def peer_head(self, peer_id: str, log_id: str) -> TreeHead | None:
        """The largest good head of the newest epoch that is kept of a peer's log: what a new one must continue."""
        with self.reading() as db:
            return self._largest(db, peer_id, log_id)

    def suspect_heads(self) -> tuple[tuple[str, TreeHead, Verdict], ...]:
        """Heads with which a peer contradicted itself: the evidence, with the peer's id, oldest first."""
        with self.reading() as db:
            rows = db.rows(
                "SELECT peer, verdict, log_id, epoch, size, root, time_ms, signature FROM peer_head "
                "WHERE verdict IN ('forked', 'shrunk') ORDER BY id"
            )
        return tuple((row[0], _head(row[2:]), Verdict(row[1])) for row in rows)

    def _largest(self, db: Connection, peer_id: str, log_id: str) -> TreeHead | None:
        found = db.row(
            "SELECT log_id, epoch, size, root, time_ms, signature FROM peer_head WHERE peer = ? AND log_id = ? "
            "AND verdict IN ('first', 'consistent', 'new-epoch') ORDER BY epoch DESC, size DESC, id DESC LIMIT 1",
            (peer_id, log_id),
        )
        return None if found is None else _head(found)


def _head(row: Sequence[Any]) -> TreeHead:
    log_id, epoch, size, root, time_ms, signature = row
    return TreeHead(log_id=log_id, epoch=epoch, size=size, root=root, time=from_millis(time_ms), signature=signature)


def _judge(kept: TreeHead | None, head: TreeHead, proof: Sequence[str], base: int | None) -> Verdict:
    if kept is None:
        return Verdict.FIRST
    if head.epoch > kept.epoch:
        return Verdict.NEW_EPOCH
    if head.epoch < kept.epoch:
        return Verdict.FORKED if head.time > kept.time else Verdict.UNPROVEN
    if head.size < kept.size and head.time > kept.time:
        return Verdict.SHRUNK
    if head.size == kept.size:
        return Verdict.CONSISTENT if head.root == kept.root else Verdict.FORKED
    if base is not None and base != kept.size:
        return Verdict.UNPROVEN
    small, large = sorted((kept, head), key=lambda each: each.size)
    if verify_consistency(small, large, proof):
        return Verdict.CONSISTENT
    return Verdict.FORKED if proof else Verdict.UNPROVEN


def _mark(db: Connection) -> str:
    """The digest of all that was put into the table of peers, one after another; empty before the first. What is undone
    leaves none behind, so equal marks mean equal peers."""
    found = db.row("SELECT value FROM meta WHERE key = 'peers'")
    return str(found[0]) if found else ""
