"""Looking at a node: from inside it, or at its folder from beside it; both see the same."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import entrepot
from entrepot.base.moment import parse_moment
from entrepot.flow.error import ScannerAway
from entrepot.flow.peer import NEVER
from entrepot.journal.journal import Journal
from entrepot.journal.outbox import Queue
from entrepot.journal.peer import Peer
from entrepot.node.beside import LAST_BACKUP
from entrepot.node.condition.ending import endings
from entrepot.node.condition.figures import Condition, Cosigned, Library, Line, PeerLine, Scanner
from entrepot.node.condition.judging import judged
from entrepot.node.config import LETTERS, Config
from entrepot.node.disk import room_of
from entrepot.node.migration import Stand
from entrepot.node.scanner import Clamd
from entrepot.party.anchor import Anchors


@dataclass(frozen=True, slots=True)
class Seen:
    """What is looked at: the settings, the journal, the lists of trust, how far the databases are."""

    config: Config
    journal: Journal
    anchors: Anchors | None
    stands: tuple[Stand, ...]


def condition(seen: Seen, now: datetime) -> Condition:
    """The figures at the moment ``now``. Raises what the journal and :func:`endings` raise."""
    journal, data = seen.journal, seen.config.data
    queues = journal.queues()
    waits, waits_since = journal.waiting_since()
    found = Condition(
        at=now,
        version=entrepot.__version__,
        queues=(
            _line("due", [each for each in queues if each.state == "due"]),
            _line("undeliverable", [each for each in queues if each.state == "undeliverable"]),
            Line(name="waiting", count=waits, since=waits_since),
            _letters(data / LETTERS),
        ),
        room=room_of(data, seen.config.disk_free_mib),
        peers=tuple(_peer(each, queues, _sizes(journal)) for each in journal.peers()),
        endings=endings(seen.config, seen.anchors),
        migrations=tuple(f"{stand.database} {step}" for stand in seen.stands for step in stand.steps),
        backup=_last_backup(data / LAST_BACKUP),
        cosigned=_cosigned(journal),
        libraries=(
            Library(database="journal", name=journal.library[0], version=journal.library[1]),
            Library(database="accounts", name="SQLite", version=sqlite3.sqlite_version),
        ),
        scanner=_scanner(seen.config.scanner),
        key=seen.config.key.told,
        suspects=tuple(sorted({each for each, _, _ in journal.suspect_heads()})),
    )
    return replace(found, findings=judged(found, timedelta(hours=seen.config.uncosigned_hours)))


def _line(name: str, queues: Iterable[Queue]) -> Line:
    kept = list(queues)
    since = min((each.since for each in kept if each.since is not None), default=None)
    return Line(name=name, count=sum(each.count for each in kept), since=since)


def _letters(folder: Path) -> Line:
    """Letters that nobody has sent on; the files alone are looked at, never what they say."""
    times = [each.stat().st_mtime for each in folder.glob("*.log")] if folder.is_dir() else []
    since = datetime.fromtimestamp(min(times), UTC) if times else None
    return Line(name=LETTERS, count=len(times), since=since)


def _sizes(journal: Journal) -> dict[str, int]:
    return {each.newest.witness: each.newest.size for each in journal.cosigners()}


def _peer(row: Peer, queues: Iterable[Queue], sizes: dict[str, int]) -> PeerLine:
    own = [each for each in queues if each.peer == row.id]
    return PeerLine(
        node=row.id,
        url=row.url,
        status=row.status,
        parties=len(row.body.get("parties", ())),
        seen=parse_moment(row.body.get("seen", NEVER)),
        due=_line("due", [each for each in own if each.state == "due"]),
        undeliverable=_line("undeliverable", [each for each in own if each.state == "undeliverable"]),
        cosigned=sizes.get(row.id, 0),
    )


def _cosigned(journal: Journal) -> Cosigned:
    head = journal.head()
    most = max(_sizes(journal).values(), default=0)
    return Cosigned(sealed=0 if head is None else head.size, size=most, since=journal.uncosigned_since())


def _scanner(scanner: Clamd | None) -> Scanner | None:
    if scanner is None:
        return None
    try:
        return Scanner(version=scanner.version())
    except ScannerAway as wrong:
        return Scanner(trouble=wrong.message)


def _last_backup(file: Path) -> datetime | None:
    try:
        return parse_moment(file.read_text("ascii").strip())
    except (OSError, ValueError):
        return None
