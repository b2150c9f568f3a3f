"""Signed tree heads and receipts, judged by whoever gets them: pure functions, no journal needed."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from entrepot.base import merkle
from entrepot.base.canonical import canonical
from entrepot.base.digest import is_digest
from entrepot.base.moment import format_moment, parse_moment

CheckJws = Callable[[str], bytes | None]
"""The payload of a compact JWS whose signature by the log's key is valid, otherwise None."""
PATH_MAX = 64
"""Steps of a path: more than any log of this world needs."""
WITNESSES_MAX = 16
"""Cosigned heads in a receipt, and cosignatures under each: one of each witness is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHead:
    """A signed head of the tree of entries (RFC 9162, 4.10): ``signature`` is a compact JWS over the other members."""

    log_id: str
    epoch: int
    size: int
    root: str
    time: datetime
    signature: str

    def to_json(self) -> dict[str, Any]:
        """The JSON form that peers and people get; the root in hexadecimal."""
        return {**_signed(self), "signature": self.signature}


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignedHead:
    """A head of the same log that covers the entry too: the path to it, and what peers signed over it (compact JWS of
    :mod:`entrepot.base.cosignature`)."""

    head: TreeHead
    path: tuple[str, ...]
    cosignatures: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The JSON form; hashes in hexadecimal."""
        return {"head": self.head.to_json(), "path": list(self.path), "cosignatures": list(self.cosignatures)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That an entry stands in the log: its canonical bytes, its leaf number, the path, and the signed head.

    ``cosigned``: the heads that peers cosigned, the oldest first; none where no peer did yet.
    """

    entry: bytes
    leaf: int
    path: tuple[str, ...]
    head: TreeHead
    cosigned: tuple[CosignedHead, ...] = ()

    def under(self, cosigned: CosignedHead) -> "Receipt":
        """The receipt of the same entry against another head of the log."""
        return replace(self, path=cosigned.path, head=cosigned.head, cosigned=())

    def to_json(self) -> dict[str, Any]:
        """The JSON form that peers and people get; hashes in hexadecimal."""
        head = self.head.to_json()
        plain = {"entry": self.entry.decode("utf-8"), "leaf": self.leaf, "path": list(self.path), "head": head}
        return plain | ({"cosigned": [each.to_json() for each in self.cosigned]} if self.cosigned else {})


def head_from_json(value: Any) -> TreeHead | None:
    """The tree head that parsed JSON writes, or None where it does not."""
    if not isinstance(value, Mapping):
        return None
    try:
        head = TreeHead(
            log_id=str(value["logId"]),
            epoch=int(value["epoch"]),
            size=int(value["size"]),
            root=str(value["root"]),
            time=parse_moment(str(value["time"])),
            signature=str(value["signature"]),
        )
    except (KeyError, ValueError, TypeError):
        return None
    return head if is_digest(head.root) and head.size >= 0 else None


def receipt_from_json(value: Any) -> Receipt | None:
    """The receipt that parsed JSON writes (see :meth:`Receipt.to_json`), or None where it does not."""
    if not isinstance(value, Mapping):
        return None
    entry, leaf, path, head = (value.get(name) for name in ("entry", "leaf", "path", "head"))
    signed, steps, cosigned = head_from_json(head), _texts(path, PATH_MAX), _cosigned_from(value.get("cosigned", []))
    if signed is None or not isinstance(entry, str) or type(leaf) is not int or steps is None or cosigned is None:
        return None
    body = entry.encode("utf-8", "surrogatepass")
    return Receipt(entry=body, leaf=leaf, path=steps, head=signed, cosigned=cosigned)


def _cosigned_from(value: Any) -> tuple[CosignedHead, ...] | None:
    if not isinstance(value, list) or len(value) > WITNESSES_MAX:
        return None
    found = []
    for each in value:
        stated = each if isinstance(each, Mapping) else {}
        head, path = head_from_json(stated.get("head")), _texts(stated.get("path"), PATH_MAX)
        words = _texts(stated.get("cosignatures"), WITNESSES_MAX)
        if head is None or path is None or words is None:
            return None
        found.append(CosignedHead(head=head, path=path, cosignatures=words))
    return tuple(found)


def _texts(value: Any, most: int) -> tuple[str, ...] | None:
    """The strings of a list of at most so many, or None for anything else."""
    if not isinstance(value, list) or len(value) > most or not all(isinstance(each, str) for each in value):
        return None
    return tuple(value)


def head_payload(head: TreeHead) -> bytes:
    """The canonical JSON that a head's signature covers (RFC 9162, 4.10, in JSON)."""
    return canonical(_signed(head))


def _signed(head: TreeHead) -> dict[str, Any]:
    time = format_moment(head.time)
    return {"logId": head.log_id, "epoch": head.epoch, "size": head.size, "root": head.root, "time": time}


def verify_head(head: TreeHead, check: CheckJws) -> bool:
    """Whether the head's signature is valid and covers these very members."""
    return bool(head.signature) and check(head.signature) == head_payload(head)


def verify_receipt(receipt: Receipt, record_id: str, check: CheckJws) -> bool:
    """Whether ``receipt`` shows ``record_id`` under a signed head."""
    try:
        entry = json.loads(receipt.entry)
    except ValueError:
        return False
    if not isinstance(entry, dict) or entry.get("recordId") != record_id or not is_digest(receipt.head.root):
        return False
    path = unhex(receipt.path)
    return (
        path is not None
        and verify_head(receipt.head, check)
        and merkle.verify_inclusion(
            receipt.leaf,
            receipt.head.size,
            merkle.leaf_hash(receipt.entry),
            path,
            bytes.fromhex(receipt.head.root),
        )
    )


def verify_consistency(first: TreeHead, second: TreeHead, path: Sequence[str]) -> bool:
    """Whether ``path`` (hexadecimal) shows that the log at ``second`` begins with the log at ``first``."""
    steps = unhex(path)
    if steps is None or not is_digest(first.root) or not is_digest(second.root):
        return False
    return merkle.verify_consistency(
        first.size,
        second.size,
        first_root=bytes.fromhex(first.root),
        second_root=bytes.fromhex(second.root),
        path=steps,
    )


def unhex(path: Sequence[str]) -> list[bytes] | None:
    """The hashes that hexadecimal digests write, or None where one is not written as such."""
    return [bytes.fromhex(step) for step in path] if all(is_digest(step) for step in path) else None
