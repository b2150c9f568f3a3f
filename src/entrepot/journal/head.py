"""Signed tree heads and receipts, judged by whoever gets them: pure functions, no journal needed."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from entrepot.base.digest import is_digest
from entrepot.base.moment import format_moment
from entrepot.journal import merkle
from entrepot.journal.entry import json_text
from entrepot.journal.port import TreeHead

CheckJws = Callable[[str], bytes | None]
"""The payload of a compact JWS whose signature by the log's key is valid, otherwise None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That an entry stands in the log: its canonical bytes, its leaf number, the path, and the signed head."""

    entry: bytes
    leaf: int
    path: tuple[str, ...]
    head: TreeHead

    def to_json(self) -> dict[str, Any]:
        """The JSON form that peers and people get; hashes in hexadecimal."""
        head = {
            "logId": self.head.log_id,
            "epoch": self.head.epoch,
            "size": self.head.size,
            "root": self.head.root,
            "time": format_moment(self.head.time),
            "signature": self.head.signature,
        }
        return {"entry": self.entry.decode("utf-8"), "leaf": self.leaf, "path": list(self.path), "head": head}


def head_payload(head: TreeHead) -> bytes:
    """The canonical JSON that a head's signature covers (RFC 9162, 4.10, in JSON)."""
    return json_text(
        {
            "epoch": head.epoch,
            "logId": head.log_id,
            "root": head.root,
            "size": head.size,
            "time": format_moment(head.time),
        }
    ).encode("utf-8")


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
