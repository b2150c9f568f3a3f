"""Putting a log in place of a lost one: a copy, prepared and judged beside the place and moved there when it is whole;
or an empty one, begun where no copy is left. Either opens a new epoch, and asks the peers before it writes."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from entrepot.base.error import UsageError
from entrepot.base.finding import Finding
from entrepot.base.head import CheckJws
from entrepot.base.moment import to_millis
from entrepot.journal._dialect import Connection, Database
from entrepot.journal._lock import WriterLock
from entrepot.journal._sqlite import RESTORING, SqliteDatabase
from entrepot.journal.backup import LOG_NAME, MAGIC, backup_file, sync
from entrepot.journal.core import Setup, adopt_log, newest_epoch
from entrepot.journal.journal import database_at
from entrepot.journal.migration import migrate
from entrepot.journal.port import Clock, JournalDamaged, JournalError, JournalLocked
from entrepot.journal.transfer import Transfer, judge_export, require_empty, require_same
from entrepot.journal.verification import Verification

_FILES = (LOG_NAME, f"{LOG_NAME}-wal", f"{LOG_NAME}-shm", f"{LOG_NAME}-journal")
"""The log, and what SQLite keeps beside it: a new log beside the old one's remains would be spoiled by them."""


class _Prepared(Transfer, Verification):
    """A journal that is being put together: no epoch of its own, no views, until both come with what fills it."""


@dataclass(frozen=True, slots=True)
class _Source:
    """What is restored: a copy of a SQLite log or an export, and by what it is judged."""

    file: Path
    is_copy: bool
    setup: Setup
    check: CheckJws | None


def restore_journal(
    source: Path,
    location: str | Path,
    setup: Setup,
    *,
    check: CheckJws | None = None,
    aside: Path | None = None,
) -> int:
    """Put the backup or export at ``source`` in place at ``location``; the number of the epoch it opens.

    A restored copy is a rollback of the log: it refuses to write anything new until ``caught_up`` says that its
    peers were asked. Its views are computed in the same transaction, by the reducers of ``setup``, whose ``log_id``
    says whose log it must be (empty: anyone's). ``check`` verifies signatures of heads.
    ``aside``: folder that is made for a log that is there; without it ``location`` must be empty, as a PostgreSQL
    database must always be, which takes exports alone. Whatever is raised, ``location`` holds what it held before:
    :class:`UsageError` where there is a log already or no backup; ``JournalDamaged``, ``JournalTooNew``, ``OtherLog``
    where the source is no whole log of this node; ``JournalLocked`` where another process writes here or there.
    """
    file = backup_file(source)
    is_copy = _is_copy(file)
    setup = replace(setup, make=True, read_only=False)
    with _named(file):
        if not is_copy:
            require_same(judge_export(_lines(file)), setup.log_id)
        if "://" in str(location):
            if is_copy or aside:
                raise UsageError("an export goes into an empty PostgreSQL database, and nothing else does",
                                 remedy="Make one with: entrepot journal export")  # fmt: skip
            return _finish(database_at(location), _Source(file, is_copy, setup, check))
        return _into_folder(
            Path(location), aside, lambda work: _prepare(_Source(file, is_copy, setup, check), work), file
        )


def begin_journal(location: str | Path, setup: Setup, *, peers: Sequence[str] = (), aside: Path | None = None) -> int:
    """Begin an empty log of the same name in place of a lost one of which there is no copy; the epoch it opens.

    It lost everything: it asks ``peers`` (addresses of nodes) for what they hold before it writes anything new.
    ``aside`` as for :func:`restore_journal`. Raises :class:`UsageError` where there is a log, ``JournalLocked``.
    """
    setup = replace(setup, make=True, read_only=False)

    def begun(database: Database) -> int:
        with _Prepared(database, setup) as journal, journal.transaction() as db:
            require_empty(db)
            if newest_epoch(db):
                raise UsageError("there is a log already")
            adopt_log(db, setup.log_id)
            journal.rebuild()
            db.execute("INSERT INTO meta (key, value) VALUES ('former-peers', ?)", (json.dumps(sorted(peers)),))
            return _open_epoch(db, setup.clock, "begun")

    if "://" in str(location):
        return begun(database_at(location))
    return _into_folder(Path(location), aside, lambda work: _closed(work, begun(SqliteDatabase(work))))


def _open_epoch(db: Connection, clock: Clock, reason: str) -> int:
    """Open a new epoch and ask for catching up, in the transaction of ``db``; its number.

    The number is at least the time in seconds, so that two restores of one copy do not make the same epoch, and a log
    that was begun anew has a later one than that which was lost.
    """
    now_ms = to_millis(clock())
    number = max(newest_epoch(db) + 1, now_ms // 1000)
    db.execute("INSERT INTO epoch (number, opened_ms, reason) VALUES (?, ?, ?)", (number, now_ms, reason))
    db.execute("INSERT INTO meta (key, value) VALUES ('catch-up', '1') ON CONFLICT (key) DO NOTHING")
    return number


def _is_copy(file: Path) -> bool:
    """Whether it is a SQLite file (True) or may be an export (False). Raises :class:`JournalDamaged` for others."""
    with file.open("rb") as opened:
        start = opened.read(len(MAGIC))
    if start != MAGIC and not start.startswith(b"{"):
        raise JournalDamaged(f"{file} is neither a copy of a log nor an export", remedy="Name another backup.")
    return start == MAGIC


def _into_folder(folder: Path, aside: Path | None, prepare: Callable[[Path], int], source: Path | None = None) -> int:
    """Put the log that ``prepare`` makes in a folder of its own in its place; ``source``: what it is made from."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = WriterLock(folder / "journal.lock")
    work = folder / RESTORING
    try:
        there = [name for name in _FILES if (folder / name).exists()]
        if there and aside is None:
            raise UsageError(f"{folder} has a log already: {there[0]}", remedy="Move it aside with --replace.")
        if any(source is not None and source.samefile(folder / name) for name in there):
            raise UsageError("the log itself is no backup of it", remedy="Name the backup with --from.")
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        epoch = prepare(work)
        _exchange(work, folder, there, aside)
        return epoch
    finally:
        shutil.rmtree(work, ignore_errors=True)
        lock.close()


def _prepare(source: _Source, work: Path) -> int:
    """Make the log in ``work``, of this program's version, judged and closed, readable by its owner alone."""
    if source.is_copy:
        _copy(source.file, work)
        _require_journal(work)
        migrate(SqliteDatabase(work), source.setup.wrapping)
    return _closed(work, _finish(SqliteDatabase(work), source))


def _closed(work: Path, epoch: int) -> int:
    if any((work / name).exists() for name in _FILES[1:]):
        raise JournalDamaged("the copy could not be closed")
    (work / LOG_NAME).chmod(0o600)
    sync(work / LOG_NAME)
    return epoch


def _finish(database: Database, source: _Source) -> int:
    """Import (where there is something to), compute the views, judge, and open the new epoch, in one transaction."""
    with _Prepared(database, source.setup) as journal, journal.transaction() as db:
        if source.is_copy:
            adopt_log(db, source.setup.log_id)
            journal.rebuild()
        else:
            journal.import_(_lines(source.file))
        _require_whole(journal.verify(source.check))
        return _open_epoch(db, source.setup.clock, "restored")


def _copy(file: Path, work: Path) -> None:
    """The file, and the write-ahead log beside it where the folder of a node was copied as it was."""
    with _at_rest(file):
        for end in ("", "-wal"):
            if (found := file.with_name(file.name + end)).exists():
                shutil.copyfile(found, work / (LOG_NAME + end))


@contextmanager
def _at_rest(file: Path) -> Iterator[None]:
    """Keep a node from writing ``file`` while it is copied. Raises :class:`JournalLocked` where one does."""
    try:
        lock = os.open(file.with_name("journal.lock"), os.O_RDONLY)
    except OSError:  # no journal's folder
        yield
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise JournalLocked("a process writes it", remedy="Make a copy of it: entrepot journal backup") from None
    finally:
        os.close(lock)


def _require_journal(work: Path) -> None:
    """Refuse other SQLite files, before an empty one would get its tables."""
    db = SqliteDatabase(work).reader()
    try:
        found = db.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('meta', 'entry', 'epoch')")
    finally:
        db.close()
    if len(found) != 3:
        raise JournalDamaged("it is a database, but not that of a log")


def _require_whole(findings: tuple[Finding, ...]) -> None:
    if findings:
        text = "; ".join(each.text for each in findings[:3])
        raise JournalDamaged(f"it is not whole ({len(findings)} faults): {text}")


def _exchange(work: Path, folder: Path, there: list[str], aside: Path | None) -> None:
    """Move the old log aside and the new one in; where that fails the old one is moved back.

    The log itself goes first and comes last: while it is missing, a power cut leaves a folder that no node takes for
    an empty one, because the prepared copy still lies in it.
    """
    sync(work)
    moved: list[str] = []
    try:
        if aside is not None and there:
            aside.mkdir(mode=0o700)
            for name in there:
                (folder / name).rename(aside / name)
                moved.append(name)
            sync(aside)
            sync(folder)
        (work / LOG_NAME).rename(folder / LOG_NAME)
    except BaseException:
        if aside is not None and aside.exists():
            for name in reversed(moved):
                (aside / name).rename(folder / name)
            with suppress(OSError):
                aside.rmdir()
        raise
    sync(folder)


def _lines(file: Path) -> Iterator[str]:
    with file.open("rb") as opened:
        for line in opened:
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError as wrong:
                raise JournalDamaged("a line of the export is not UTF-8") from wrong
            yield text


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """Name the source in whatever the journal says against it."""
    try:
        yield
    except JournalError as wrong:
        remedy = "Name another backup with --from." if isinstance(wrong, JournalDamaged) else wrong.remedy
        raise type(wrong)(f"{file} is not restored: {wrong.message}", remedy=remedy, code=wrong.error_code) from wrong
