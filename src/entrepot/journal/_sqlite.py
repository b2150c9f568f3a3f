"""SQLite through apsw, and through apsw alone: a second driver in the same process would drop its file locks."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, NoReturn

import apsw

from entrepot.base.error import LimitError
from entrepot.journal._dialect import Row, missing
from entrepot.journal._lock import WriterLock
from entrepot.journal._schema import SCHEMA_VERSION, SQLITE_WORDS, sqlite_guards, statements
from entrepot.journal.port import FloorBroken, JournalDamaged, JournalError, JournalFull, JournalLocked

BUSY_MS = 5000
SCRUB_WAIT_MS = 200
"""How long an erasure waits for readers to leave the old log, before it is left for later."""
CHECKPOINT_PAGES = 2000
"""Pages in the write-ahead log that make the writer checkpoint after a commit."""
CACHE_KIB = 65536
"""Memory that the writer may keep pages in: indexes by digest are touched all over, and misses would dominate."""
RESTORING = "restoring"
"""Folder beside the log in which a copy is prepared; there without a log only where a restore was cut off."""
_PRAGMAS = (
    "PRAGMA mmap_size=0",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA foreign_keys=ON",
    "PRAGMA wal_autocheckpoint=0",
)


def refuse(wrong: apsw.Error | UnicodeDecodeError) -> NoReturn:
    """Raise the journal's exception for a driver's, or for text whose bytes have changed on the disk."""
    text = str(wrong)
    if isinstance(wrong, UnicodeDecodeError):
        raise JournalDamaged(
            f"the journal holds text that is not UTF-8: {text}", remedy="Verify, then restore."
        ) from wrong
    if isinstance(wrong, apsw.ConstraintError) and "balance_floor" in text:
        raise FloorBroken("a balance would fall below its floor") from wrong
    if isinstance(wrong, apsw.ConstraintError) and "cannot store REAL" in text:
        raise LimitError("a balance would not fit in 64 bits") from wrong
    if isinstance(wrong, apsw.BusyError | apsw.LockedError):
        raise JournalLocked(f"the journal is locked: {text}", remedy="Try again.") from wrong
    if isinstance(wrong, apsw.CantOpenError):
        raise JournalFull(
            f"the journal cannot be opened: {text}", remedy="Its owner must be able to read and write the folder."
        ) from wrong
    if isinstance(wrong, apsw.FullError | apsw.ReadOnlyError):
        raise JournalFull(f"the journal cannot be written: {text}", remedy="Make room, or make it writable.") from wrong
    if isinstance(wrong, apsw.CorruptError | apsw.NotADBError | apsw.IOError):
        raise JournalDamaged(
            f"the journal cannot be read or written: {text}", remedy="Verify, then restore."
        ) from wrong
    raise JournalError(f"the database refused: {text}") from wrong


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    found = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(found)
    finally:
        os.close(found)


class SqliteConnection:
    """One apsw connection; see :class:`~entrepot.journal._dialect.Connection`."""

    def __init__(self, path: Path, flags: int, vfs: str | None) -> None:
        try:
            self.raw = apsw.Connection(str(path), flags=flags, vfs=vfs)
            self.raw.set_busy_timeout(BUSY_MS)
            for pragma in _PRAGMAS:
                self.raw.execute(pragma)
        except apsw.Error as wrong:
            refuse(wrong)
        self._run = self.raw.execute

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Run one statement; the number of rows it changed."""
        try:
            self._run(sql, params)
            return self.raw.changes()
        except apsw.Error as wrong:
            refuse(wrong)

    def row(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """The first row of the answer, or None."""
        try:
            found = self._run(sql, params).fetchall()
        except (apsw.Error, UnicodeDecodeError) as wrong:
            refuse(wrong)
        return found[0] if found else None

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of the answer."""
        try:
            return self._run(sql, params).fetchall()
        except (apsw.Error, UnicodeDecodeError) as wrong:
            refuse(wrong)

    def begin(self, *, write: bool) -> None:
        """Take the write lock at once, so that a transaction never has to upgrade."""
        self.execute("BEGIN IMMEDIATE" if write else "BEGIN")

    @property
    def open(self) -> bool:
        """Whether a transaction is open."""
        return bool(self.raw.in_transaction)

    def commit(self) -> None:
        """Commit; with synchronous=FULL the write-ahead log is synced before this returns."""
        self.execute("COMMIT")

    def rollback(self) -> None:
        """Undo; some errors have rolled back already."""
        if self.open:
            self.execute("ROLLBACK")

    def savepoint(self) -> None:
        """Open a savepoint; the innermost of a name counts."""
        self.execute("SAVEPOINT item")

    def release(self) -> None:
        """Keep what the savepoint holds."""
        self.execute("RELEASE item")

    def undo(self) -> None:
        """Undo the savepoint, unless the error undid the whole transaction."""
        if self.open:
            self.execute("ROLLBACK TO item")
            self.execute("RELEASE item")

    def has_tables(self) -> bool:
        """Whether the file holds a journal's tables."""
        return self.row("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'") is not None

    def close(self) -> None:
        """Close the connection."""
        try:
            self.raw.close()
        except apsw.Error as wrong:
            refuse(wrong)


class SqliteDatabase:
    """``directory``/journal.db. ``vfs`` names an apsw file layer (tests of power cuts and full disks)."""

    name = "sqlite"
    sole_writer = True
    has_copy = True
    words = SQLITE_WORDS
    claim = ""

    def __init__(self, directory: Path, *, vfs: str | None = None) -> None:
        self.path = directory / "journal.db"
        self._vfs = vfs
        self._writer: SqliteConnection | None = None
        self._lock: WriterLock | None = None
        self._pages = 0

    def writer(self, *, make: bool = True, home: str = "") -> SqliteConnection:  # noqa: ARG002 - it lies in its home
        """Lock the directory and open for writing; with ``make`` an empty file gets its tables."""
        if not self.path.parent.is_dir():
            if not make:
                raise missing(f"{self.path.parent} is not there")
            self.path.parent.mkdir(parents=True, exist_ok=True)
            sync_directory(self.path.parent.parent)
        if not self.path.exists() and (self.path.parent / RESTORING).exists():
            raise JournalDamaged(
                f"a restore into {self.path.parent} was cut off; the log is not in its place",
                remedy="Run entrepot journal restore again.",
            )
        self._lock = WriterLock(self.path.with_suffix(".lock"))
        try:
            if not make:
                self._require_file()
            self._writer = self._open_writer(make=make)
        except BaseException:
            self.close()
            raise
        return self._writer

    def _open_writer(self, *, make: bool) -> SqliteConnection:
        made = SqliteConnection(self.path, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE, self._vfs)
        made.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        # EXTRA syncs the directory after the file's first journal is unlinked: were that journal to come back after a
        # power cut, it would be played back over everything committed since.
        made.execute("PRAGMA synchronous=EXTRA")
        made.rows("PRAGMA journal_mode=WAL")
        made.execute("PRAGMA synchronous=FULL")
        made.raw.set_wal_hook(self._committed)
        if make and not made.rows("SELECT 1 FROM sqlite_schema LIMIT 1"):
            made.begin(write=True)
            for statement in (*statements(SQLITE_WORDS), *sqlite_guards()):
                made.execute(statement)
            made.execute("INSERT INTO meta VALUES ('schema', ?)", (str(SCHEMA_VERSION),))
            made.commit()
        return made

    def _committed(self, _connection: apsw.Connection, _schema: str, pages: int) -> int:
        self._pages = pages
        return apsw.SQLITE_OK

    def reader(self) -> SqliteConnection:
        """A connection that can neither write nor checkpoint."""
        self._require_file()
        made = SqliteConnection(self.path, apsw.SQLITE_OPEN_READONLY, self._vfs)
        made.execute("PRAGMA query_only=ON")
        return made

    def _require_file(self) -> None:
        if not self.path.exists():
            raise missing(f"{self.path} is not there")
        if not self.path.stat().st_size:
            raise missing(f"{self.path} is empty")

    def claimer(self) -> None:
        """None: one process writes."""
        return

    def turn(self, name: str) -> AbstractContextManager[bool]:  # noqa: ARG002 - nobody else could have it
        """Always: no other process writes."""
        return nullcontext(enter_result=True)

    def maintain(self, *, force: bool = False) -> bool:
        """Checkpoint by the writer alone, without waiting for readers: what they need is moved the next time."""
        if self._writer is None or self._pages < (1 if force else CHECKPOINT_PAGES):
            return True
        try:
            busy = self._writer.rows("PRAGMA wal_checkpoint(PASSIVE)")[0][0]
        except (JournalLocked, JournalFull):
            return False
        self._pages = 0
        return bool(busy == 0)

    def scrub(self) -> bool:
        """VACUUM, then a checkpoint that empties the write-ahead log; readers are waited for, but not for long."""
        if self._writer is None:
            return False
        self._writer.raw.set_busy_timeout(SCRUB_WAIT_MS)
        try:
            self._writer.execute("VACUUM")
            busy = self._writer.rows("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]
        except JournalLocked:
            return False
        finally:
            self._writer.raw.set_busy_timeout(BUSY_MS)
        self._pages = 0
        return bool(busy == 0)

    def library(self) -> tuple[str, str]:
        """SQLite as apsw brings it."""
        return "SQLite", apsw.sqlite_lib_version()

    def backup(self, file: Path) -> None:
        """SQLite's online backup: a snapshot, while others write."""
        target, source = apsw.Connection(str(file)), self.reader()
        try:
            copy = target.backup("main", source.raw, "main")
            try:
                copy.step(-1)
            finally:
                copy.finish()  # it tells why a step failed
            target.execute("PRAGMA journal_mode=DELETE")
        except apsw.Error as wrong:
            refuse(wrong)
        finally:
            source.close()
            target.close()

    def check(self) -> list[str]:
        """``PRAGMA integrity_check``: its complaints, at most 100."""
        found = self.reader()
        try:
            return [line for (line,) in found.rows("PRAGMA integrity_check") if line != "ok"]
        finally:
            found.close()

    def close(self) -> None:
        """Close the writer, which empties the write-ahead log where no reader is left, and drop the lock."""
        try:
            if self._writer is not None:
                self._writer.close()
        finally:
            self._writer = None
            if self._lock is not None:
                self._lock.close()
                self._lock = None
