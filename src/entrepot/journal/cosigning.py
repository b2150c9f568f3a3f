"""Cosignatures: those that this node gives over heads of its peers, those that peers gave over heads of this log.

A witness in the sense of C2SP tlog-witness: what it cosigned is durable before anybody hears of it, so that it never
cosigns two roots for one size of an epoch, nor a smaller tree after a larger one, also after a crash.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from entrepot.base import merkle
from entrepot.base.cosignature import Cosignature, cosignature_payload, read_cosignature
from entrepot.base.head import WITNESSES_MAX, CosignedHead, Receipt, TreeHead
from entrepot.base.moment import from_millis, to_millis
from entrepot.journal._dialect import Connection, Row
from entrepot.journal.peer import Peers, Verdict
from entrepot.journal.port import JournalDamaged, Signer
from entrepot.journal.sealing import HEAD, Sealing, stored

CheckWitness = Callable[[str, str], bytes | None]
"""The payload of a compact JWS that the witness of that DID signed, otherwise None."""
KEPT_MAX = 2000
"""Cosignatures kept of one witness over one log; beyond it every second one of the older half goes."""
_COLUMNS = "witness, log_id, epoch, size, root, time_ms, seen_ms, signature"
_GOOD = (Verdict.FIRST, Verdict.CONSISTENT, Verdict.NEW_EPOCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a peer's head. ``known``: the size from which a proof must lead to be judged; ``cosignature``: the
    compact JWS, empty where the head is not cosigned."""

    verdict: Verdict
    known: int
    cosignature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a witness has cosigned a log: the largest of what is kept, and how many are kept."""

    newest: Cosignature
    count: int


class Cosigning(Sealing, Peers):
    """The table of cosignatures, in both directions. ``witness`` of those that are given is this log's own name."""

    def cosign(self, peer_id: str, head: TreeHead, proof: Sequence[str], *, base: int, sign: Signer) -> Answer:
        """Judge and keep a head that ``peer_id`` signed (the caller has verified that, and its time), and cosign it
        where it is the largest good one of its log.

        ``proof`` leads from the tree of ``base`` entries; where that is not the kept one, nothing is judged, and the
        answer says from which size it must lead. ``sign`` makes the compact JWS. The same tree gets the same answer.
        """
        with self.transaction() as db:
            verdict = self.observe_head(peer_id, head, proof, base=base)
            kept = self._largest(db, peer_id, head.log_id)
            known = kept.size if kept is not None and kept.epoch == head.epoch else 0
            largest = kept is not None and (kept.epoch, kept.size, kept.root) == (head.epoch, head.size, head.root)
            if verdict not in _GOOD or not largest or not head.size or _was_contradicted(db, head):
                return Answer(verdict=verdict, known=known)
            return Answer(verdict=verdict, known=known, cosignature=self._cosigned(db, head, sign))

    def _cosigned(self, db: Connection, head: TreeHead, sign: Signer) -> str:
        """The cosignature over a good head, the one that was given before where there is one; empty where that, or a
        larger one, stands against it."""
        given = _newest(db, self.log_id, head.log_id)
        if given is not None and (given.epoch, given.size) >= (head.epoch, head.size):
            return given.signature if given.same_tree(head) else ""
        seen_ms = max(self.now_ms(), to_millis(given.seen) if given is not None else 0)
        text = sign(cosignature_payload(head, witness=self.log_id, seen=from_millis(seen_ms)))
        made = read_cosignature(text)
        if made is None:
            raise JournalDamaged("the node's key signed something else than the cosignature that it was given")
        _keep(db, made)
        return text

    def keep_cosignature(self, cosignature: Cosignature) -> bool:
        """Keep what a peer gave over a head of this log (the caller has verified the signature); False where it is
        over none that this log signed, or by this node itself."""
        with self.transaction() as db:
            if cosignature.witness == self.log_id or _own_head(db, self.log_id, cosignature) is None:
                return False
            _keep(db, cosignature)
        return True

    def cosigners(self) -> tuple[Standing, ...]:
        """How far each witness has cosigned this log, by its DID."""
        return self._standings("log_id", "witness")

    def cosigned_logs(self) -> tuple[Standing, ...]:
        """How far this node has cosigned the log of each peer, by its name."""
        return self._standings("witness", "log_id")

    def _standings(self, own: str, other: str) -> tuple[Standing, ...]:
        sql = (
            f"SELECT {other}, count(*) FROM cosignature WHERE {own} = ? AND {other} <> ? "  # noqa: S608 - our own names
            f"GROUP BY {other} ORDER BY {other}"
        )
        found: list[Standing] = []
        with self.snapshot() as db:
            for name, count in db.rows(sql, (self.log_id, self.log_id)):
                witness, log_id = (name, self.log_id) if other == "witness" else (self.log_id, name)
                newest = _newest(db, witness, log_id)
                found += [Standing(newest=newest, count=count)] if newest is not None else []
        return tuple(found)

    def cosignature_of(self, witness: str, log_id: str) -> Cosignature | None:
        """The largest that is kept of this witness over this log, or None."""
        with self.reading() as db:
            return _newest(db, witness, log_id)

    def cosignatures(self) -> tuple[Cosignature, ...]:
        """All that are kept, given and taken, by witness, log, epoch and size."""
        with self.reading() as db:
            rows = db.rows(f"SELECT {_COLUMNS} FROM cosignature ORDER BY witness, log_id, epoch, size")  # noqa: S608 - our own names
        return tuple(_cosignature(row) for row in rows)

    def uncosigned_since(self) -> datetime | None:
        """The time of the first head of this log that is larger than all that any witness cosigned; None where there is
        no such head."""
        with self.snapshot() as db:
            most = db.row("SELECT coalesce(max(size), 0) FROM cosignature WHERE log_id = ?", (self.log_id,))
            covered = int(most[0]) if most else 0
            found = db.row("SELECT time_ms FROM tree_head WHERE size > ? ORDER BY size, id LIMIT 1", (covered,))
        return None if found is None else from_millis(found[0])

    def receipt(self, record_id: str) -> Receipt | None:
        """The receipt of a record against the first head that covers it, and against the first that each witness
        cosigned, the oldest first. None where it is unknown or not sealed yet."""
        found = super().receipt(record_id)
        if found is None:
            return None
        with self.snapshot() as db:
            cosigned = tuple(self._under(db, found, each) for each in self._first_of_each(db, found.leaf))
        return replace(found, cosigned=tuple(each for each in cosigned if each is not None))

    def _first_of_each(self, db: Connection, leaf: int) -> list[tuple[Cosignature, ...]]:
        """The oldest cosignature of each witness over a head that covers the leaf, those over one head together."""
        names = db.rows("SELECT DISTINCT witness FROM cosignature WHERE log_id = ? ORDER BY witness", (self.log_id,))
        sql = (
            f"SELECT {_COLUMNS} FROM cosignature WHERE witness = ? AND log_id = ? AND size > ? "  # noqa: S608 - our own names
            "ORDER BY epoch, size LIMIT 1"
        )
        rows = [db.row(sql, (name, self.log_id, leaf)) for (name,) in names]
        first = sorted((_cosignature(row) for row in rows if row is not None), key=lambda each: each.seen)
        heads: dict[tuple[object, ...], tuple[Cosignature, ...]] = {}
        for each in first[:WITNESSES_MAX]:
            key = (each.epoch, each.size, each.time)
            heads[key] = (*heads.get(key, ()), each)
        return list(heads.values())

    def _under(self, db: Connection, receipt: Receipt, words: tuple[Cosignature, ...]) -> CosignedHead | None:
        row = _own_head(db, self.log_id, words[0])
        if row is None:
            return None
        path = merkle.inclusion(stored(db), receipt.leaf, words[0].size)
        return CosignedHead(
            head=self._head(row),
            path=tuple(step.hex() for step in path),
            cosignatures=tuple(each.signature for each in words),
        )


def misfits(db: Connection, log_id: str, check: CheckWitness | None) -> list[Cosignature]:
    """Those kept whose columns or signature (not judged without ``check``) are not what they say, that are over no head
    of this log though they name it, or that were neither given by this node nor over its log."""
    rows = db.rows(f"SELECT {_COLUMNS} FROM cosignature ORDER BY witness, log_id, epoch, size")  # noqa: S608 - our own names
    return [each for each in map(_cosignature, rows) if not _fits(db, log_id, each, check)]


def _fits(db: Connection, log_id: str, each: Cosignature, check: CheckWitness | None) -> bool:
    stated = read_cosignature(each.signature)
    if stated != each or (check is not None and check(each.witness, each.signature) is None):
        return False
    if each.log_id == log_id:
        return each.witness != log_id and _own_head(db, log_id, each) is not None
    return each.witness == log_id


def _was_contradicted(db: Connection, head: TreeHead) -> bool:
    """Whether another root of the same size was ever shown here: the log has two pasts, and neither is cosigned."""
    sql = "SELECT 1 FROM peer_head WHERE log_id = ? AND epoch = ? AND size = ? AND root <> ?"
    return db.row(sql, (head.log_id, head.epoch, head.size, head.root)) is not None


def _keep(db: Connection, each: Cosignature) -> None:
    values = (each.witness, each.log_id, each.epoch, each.size, each.root)
    times = (to_millis(each.time), to_millis(each.seen))
    db.execute(
        f"INSERT INTO cosignature ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 - our own names
        "ON CONFLICT (witness, log_id, epoch, size) DO NOTHING",
        (*values, *times, each.signature),
    )
    _thin(db, each.witness, each.log_id)


def _thin(db: Connection, witness: str, log_id: str) -> None:
    """Beyond :data:`KEPT_MAX`, drop every second of the older half: what is old is kept at longer steps, the newest
    always."""
    of_both = (witness, log_id)
    found = db.row("SELECT count(*) FROM cosignature WHERE witness = ? AND log_id = ?", of_both)
    if found is None or found[0] <= KEPT_MAX:
        return
    sql = "SELECT epoch, size FROM cosignature WHERE witness = ? AND log_id = ? ORDER BY epoch, size LIMIT ?"
    for epoch, size in db.rows(sql, (*of_both, KEPT_MAX // 2))[1::2]:
        db.execute(
            "DELETE FROM cosignature WHERE witness = ? AND log_id = ? AND epoch = ? AND size = ?",
            (*of_both, epoch, size),
        )


def _newest(db: Connection, witness: str, log_id: str) -> Cosignature | None:
    found = db.row(
        f"SELECT {_COLUMNS} FROM cosignature WHERE witness = ? AND log_id = ? "  # noqa: S608 - our own names
        "ORDER BY epoch DESC, size DESC LIMIT 1",
        (witness, log_id),
    )
    return None if found is None else _cosignature(found)


def _own_head(db: Connection, log_id: str, each: Cosignature) -> Row | None:
    """The head of this log that a cosignature is over, or None."""
    if each.log_id != log_id:
        return None
    return db.row(
        HEAD + "WHERE size = ? AND epoch = ? AND root = ? AND time_ms = ? ORDER BY id LIMIT 1",
        (each.size, each.epoch, each.root, to_millis(each.time)),
    )


def _cosignature(row: Row) -> Cosignature:
    witness, log_id, epoch, size, root, time_ms, seen_ms, signature = row
    return Cosignature(
        witness=witness,
        log_id=log_id,
        epoch=epoch,
        size=size,
        root=root,
        time=from_millis(time_ms),
        seen=from_millis(seen_ms),
        signature=signature,
    )
