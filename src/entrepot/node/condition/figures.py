"""The figures of a node's condition, at one moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.base.moment import format_moment
from entrepot.base.shape import dump
from entrepot.node.disk import Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Things that wait: ``count`` of them, the oldest ``since`` (None where nothing waits, or nobody knows)."""

    name: str
    count: int
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerLine:
    """A peer: when it was last heard of (``seen``), what waits for it, and how far it has cosigned this log."""

    node: str
    url: str
    status: str
    parties: int
    seen: datetime
    due: Line
    undeliverable: Line
    cosigned: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Something that ends: ``what`` kind of thing it is, its ``name``, and ``until`` when it serves."""

    what: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """How far the log is sealed, how much of that a peer has cosigned, and since when the rest waits."""

    sealed: int
    size: int
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What keeps a database, and its version."""

    database: str
    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """What looks at files that come in: what it says of itself, empty where it does not answer, and then why."""

    version: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """All of it. ``migrations``: steps that are to be taken; ``backup``: when the last one was made here, None where
    none is known of; ``suspects``: peers whose tree heads contradict each other; ``findings``: what is to be done;
    ``scanner``: None where none is set; ``key``: where the key-encryption key comes from."""

    at: datetime
    version: str
    queues: tuple[Line, ...]
    room: Room
    peers: tuple[PeerLine, ...]
    endings: tuple[Ending, ...]
    migrations: tuple[str, ...]
    backup: datetime | None
    cosigned: Cosigned
    libraries: tuple[Library, ...]
    suspects: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    scanner: Scanner | None = None
    key: str = ""

    @property
    def is_good(self) -> bool:
        """Whether nothing needs the operator; notes do not."""
        return not any(each.severity is not Severity.NOTE for each in self.findings)

    def to_json(self) -> dict[str, Any]:
        """All members, times as RFC 3339, the findings with their texts."""
        return {
            "at": format_moment(self.at),
            "version": self.version,
            "good": self.is_good,
            "queues": [dump(each) for each in self.queues],
            "disk": dump(self.room) | {"short": self.room.is_short},
            "peers": [dump(each) for each in self.peers],
            "endings": [dump(each) for each in self.endings],
            "migrations": list(self.migrations),
            "backup": None if self.backup is None else format_moment(self.backup),
            "cosigned": dump(self.cosigned),
            "libraries": [dump(each) for each in self.libraries],
            "scanner": None if self.scanner is None else dump(self.scanner),
            "key": self.key,
            "suspects": list(self.suspects),
            "findings": [each.to_json() for each in self.findings],
        }
