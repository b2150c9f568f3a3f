"""Cosignatures: a peer's signed word that it saw a tree head of another log, and when; judged by whoever gets them.

One says what a cosignature of C2SP tlog-cosignature says: at the moment ``seen``, by the witness's own clock, this was
the largest tree of that log that the witness knew, and it continues all of the log that it knew before. Its form is our
own: a compact JWS (RFC 7515) of the type :data:`TYPE` over canonical JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from entrepot.base.canonical import canonical
from entrepot.base.digest import from_b64url, is_digest
from entrepot.base.head import CheckJws, TreeHead
from entrepot.base.jsontext import read_json
from entrepot.base.moment import format_moment, parse_moment

TYPE = "entrepot-cosignature+jws"
"""``typ`` of the JWS, so that no other signature of a node can be passed off as one (RFC 8725, 3.11)."""
STALE = timedelta(minutes=15)
"""A head that is older is not cosigned: its log signs a new one of the same tree first."""
AHEAD = timedelta(minutes=1)
"""How far the clocks of two honest nodes may be apart."""
NUMBER_MAX = 2**53 - 1
CHARS_MAX = 4_000
_MEMBERS = frozenset({"witness", "logId", "epoch", "size", "root", "time", "seen"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosignature:
    """``witness`` (DID) saw the head (``log_id``, ``epoch``, ``size``, ``root``, signed at ``time``) at ``seen``.

    ``signature``: the compact JWS that says so. Nothing is verified until :func:`verify_cosignature` was asked.
    """

    witness: str
    log_id: str
    epoch: int
    size: int
    root: str
    time: datetime
    seen: datetime
    signature: str

    def covers(self, head: TreeHead) -> bool:
        """Whether it is over this very head, the head's own time included."""
        return self.same_tree(head) and self.time == head.time

    def same_tree(self, head: TreeHead) -> bool:
        """Whether it is over this tree of this log, whenever the head of it was signed."""
        named = (self.log_id, self.epoch, self.size, self.root)
        return named == (head.log_id, head.epoch, head.size, head.root)

    @property
    def is_back_dated(self) -> bool:
        """Whether it says that the head was seen before it was signed: no honest witness cosigns such a head."""
        return self.seen < self.time - AHEAD


def cosignature_payload(head: TreeHead, *, witness: str, seen: datetime) -> bytes:
    """The canonical JSON that a witness signs."""
    members = {"epoch": head.epoch, "logId": head.log_id, "root": head.root, "seen": format_moment(seen)}
    return canonical(members | {"size": head.size, "time": format_moment(head.time), "witness": witness})


def read_cosignature(compact: object) -> Cosignature | None:
    """What a compact JWS says that is written as a cosignature; None for anything else."""
    if not isinstance(compact, str) or len(compact) > CHARS_MAX or compact.count(".") != 2:
        return None
    header, payload, _ = (from_b64url(each) for each in compact.split("."))
    typed, wrong = read_json(header or b"")
    value, unread = read_json(payload or b"")
    if wrong or unread or not isinstance(typed, Mapping) or typed.get("typ") != TYPE or not isinstance(value, Mapping):
        return None
    found = _read(value, compact)
    return found if found is not None and _payload(found) == payload else None


def verify_cosignature(cosignature: Cosignature, check: CheckJws) -> bool:
    """Whether the witness's key signed these very members; ``check`` knows that key."""
    return check(cosignature.signature) == _payload(cosignature)


def staleness(head: TreeHead, now: datetime) -> str:
    """Why a head is not cosigned ``now``, or nothing: ``future`` or ``stale`` by the witness's clock."""
    if head.time > now + AHEAD:
        return "future"
    return "stale" if head.time < now - STALE else ""


def _payload(found: Cosignature) -> bytes:
    head = TreeHead(
        log_id=found.log_id, epoch=found.epoch, size=found.size, root=found.root, time=found.time, signature=""
    )
    return cosignature_payload(head, witness=found.witness, seen=found.seen)


def _read(value: Mapping[str, Any], compact: str) -> Cosignature | None:
    texts = [value.get(name) for name in ("witness", "logId", "root", "time", "seen")]
    numbers = [value.get("epoch"), value.get("size")]
    if set(value) != _MEMBERS or not all(isinstance(each, str) for each in texts):
        return None
    if not all(type(each) is int and 0 < each <= NUMBER_MAX for each in numbers) or not is_digest(value["root"]):
        return None
    try:
        time, seen = parse_moment(value["time"]), parse_moment(value["seen"])
    except ValueError:
        return None
    return Cosignature(
        witness=value["witness"],
        log_id=value["logId"],
        epoch=value["epoch"],
        size=value["size"],
        root=value["root"],
        time=time,
        seen=seen,
        signature=compact,
    )
