"""PostgreSQL through psycopg 3, for nodes where several processes write.

One table lock per write transaction puts all writers in one order: entries commit in the order of their numbers, and
received times never go back. The price is one writer at a time, as in SQLite; batches carry many appends per commit.
Beside that order rows of the outbox are taken one by one (``SKIP LOCKED``).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import psycopg
from psycopg import errors

from entrepot.base.error import LimitError
from entrepot.journal._dialect import Row
from entrepot.journal._home import keep_home
from entrepot.journal._schema import POSTGRES_WORDS, SCHEMA_VERSION, postgres_guards, statements
from entrepot.journal.port import (
    FloorBroken,
    JournalDamaged,
    JournalError,
    JournalFull,
    JournalLocked,
    JournalUnavailable,
)

LOCK_TIMEOUT_MS = 5000
_READS = "SET default_transaction_read_only = on"
_ERASABLE_FILES = ("content", "content_key", "proof", "attachment", "assessment", "beside", "view_row", "view_balance")
_SCRUBBED = (*_ERASABLE_FILES, "outbox", "idempotency", "waiting")


def refuse(wrong: psycopg.Error) -> NoReturn:
    """Raise the journal's exception for a driver's."""
    text = str(wrong).strip()
    if isinstance(wrong, errors.CheckViolation) and "balance_floor" in text:
        raise FloorBroken("a balance would fall below its floor") from wrong
    if isinstance(wrong, errors.NumericValueOutOfRange):
        raise LimitError("a balance would not fit in 64 bits") from wrong
    if isinstance(wrong, errors.LockNotAvailable | errors.DeadlockDetected | errors.SerializationFailure):
        raise JournalLocked(f"the journal is locked: {text}", remedy="Try again.") from wrong
    if isinstance(wrong, errors.DiskFull | errors.ReadOnlySqlTransaction | errors.InsufficientResources):
        raise JournalFull(f"the journal cannot be written: {text}", remedy="Make room, or make it writable.") from wrong
    if isinstance(wrong, errors.IoError | errors.DataCorrupted | errors.IndexCorrupted):
        raise JournalDamaged(f"the server cannot read what it kept: {text}", remedy="Restore the journal.") from wrong
    if isinstance(wrong, psycopg.OperationalError):
        raise JournalUnavailable(f"the database cannot be reached: {text}", remedy="Try again.") from wrong
    raise JournalError(f"the database refused: {text}") from wrong


@cache
def _placed(sql: str) -> str:
    return sql.replace("?", "%s")


def _connect(url: str, *, read_only: bool) -> "psycopg.Connection[Row]":
    raw = psycopg.connect(url, autocommit=True)
    raw.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
    raw.execute(_READS if read_only else "SET synchronous_commit = on")
    return raw


class PostgresConnection:
    """One connection; see :class:`~entrepot.journal._dialect.Connection`. ``home``: see :mod:`entrepot.journal._home`.

    One that the server ended while no transaction was open is replaced, once, unseen: nothing is lost with it. Inside
    a transaction, or where the server does not come back, it is :class:`JournalUnavailable`, and asking again connects
    again.
    """

    write_lock = "LOCK TABLE meta IN EXCLUSIVE MODE"

    def __init__(self, url: str, *, read_only: bool, home: str = "") -> None:
        self._url, self._read_only, self._home, self._inside = url, read_only, home, False
        try:
            self._connect()
        except psycopg.Error as wrong:
            refuse(wrong)

    def _connect(self) -> None:
        self.raw = _connect(self._url, read_only=self._read_only)
        self._cursor = self.raw.cursor()
        if self._home:
            keep_home(self.raw, self._home)

    def _run(self, sql: str, params: Sequence[Any]) -> "psycopg.Cursor[Row]":
        try:
            return self._cursor.execute(_placed(sql), params)
        except psycopg.Error as wrong:
            if not self.raw.closed or self._inside or not (self._read_only or sql.startswith("BEGIN")):
                refuse(wrong)
        try:
            self._connect()
            return self._cursor.execute(_placed(sql), params)
        except psycopg.Error as wrong:
            refuse(wrong)

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Run one statement; the number of rows it changed."""
        return self._run(sql, params).rowcount

    def row(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """The first row of the answer, or None."""
        return self._run(sql, params).fetchone()

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of the answer."""
        return self._run(sql, params).fetchall()

    def begin(self, *, write: bool) -> None:
        """The write lock is the table lock on ``meta``; a reader gets one snapshot for all it reads."""
        self._inside = False
        if write:
            self.execute("BEGIN")
            self._inside = True
            try:
                self.execute(self.write_lock)
            except JournalError:
                self.rollback()
                raise
        else:
            self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            self._inside = True

    @property
    def open(self) -> bool:
        """Whether a transaction is open."""
        return not self.raw.closed and self.raw.info.transaction_status != psycopg.pq.TransactionStatus.IDLE

    def commit(self) -> None:
        """Commit; with synchronous_commit=on the server's log is synced before this returns."""
        self.execute("COMMIT")
        self._inside = False

    def rollback(self) -> None:
        """Undo what is open; with a connection that is gone it is undone already."""
        if self.open:
            self.execute("ROLLBACK")
        self._inside = False

    def savepoint(self) -> None:
        """Open a savepoint; the innermost of a name counts."""
        self.execute("SAVEPOINT item")

    def release(self) -> None:
        """Keep what the savepoint holds."""
        self.execute("RELEASE SAVEPOINT item")

    def undo(self) -> None:
        """Undo the savepoint."""
        if self.open:
            self.execute("ROLLBACK TO SAVEPOINT item")
            self.execute("RELEASE SAVEPOINT item")

    def has_tables(self) -> bool:
        """Whether the schema holds a journal's tables."""
        return self.row("SELECT to_regclass('meta')") != (None,)

    def close(self) -> None:
        """Close the connection."""
        self.raw.close()


class _Claimer(PostgresConnection):
    """Writes beside the writers' order, and does not wait for the disk: a claim that is lost is made again."""

    write_lock = "SET LOCAL synchronous_commit = off"


class PostgresDatabase:
    """The tables lie in the schema that ``url`` puts first in ``search_path`` (``?options=-csearch_path%3Dname``)."""

    name = "postgresql"
    sole_writer = False
    has_copy = False
    words = POSTGRES_WORDS
    claim = "FOR UPDATE OF o SKIP LOCKED"

    def __init__(self, url: str) -> None:
        self._url = url
        self._writer: PostgresConnection | None = None

    def writer(self, *, make: bool, home: str = "") -> PostgresConnection:
        """Connect; with ``make`` an empty schema gets its tables, by one of several that start at once."""
        made = PostgresConnection(self._url, read_only=False, home=home)
        try:
            if make:
                self._create(made)
        except BaseException:
            made.close()
            raise
        self._writer = made
        return made

    def _create(self, made: PostgresConnection) -> None:
        made.execute("BEGIN")
        try:
            made.rows("SELECT pg_advisory_xact_lock(hashtext('entrepot ' || current_schema()))")
            if not made.has_tables():
                for statement in (*statements(POSTGRES_WORDS), *postgres_guards()):
                    made.raw.execute(statement.encode("utf-8"))  # no parameters: % stands for itself
                made.execute("INSERT INTO meta VALUES ('schema', ?)", (str(SCHEMA_VERSION),))
            made.commit()
        except psycopg.Error as wrong:
            made.rollback()
            refuse(wrong)

    def claimer(self) -> PostgresConnection:
        """A connection for taking rows."""
        return _Claimer(self._url, read_only=False)

    @contextmanager
    def turn(self, name: str) -> Iterator[bool]:
        """An advisory lock on a connection of its own: the server lets go of it when its holder dies."""
        db = self.reader()
        try:
            found = db.row(
                "SELECT pg_try_advisory_lock(hashtext('entrepot turn ' || current_schema()), hashtext(?))", (name,)
            )
            yield found == (True,)
        finally:
            db.close()

    def reader(self) -> PostgresConnection:
        """A connection whose transactions are read-only."""
        return PostgresConnection(self._url, read_only=True)

    def maintain(self, *, force: bool = False) -> bool:  # noqa: ARG002 - the server checkpoints by itself
        """Nothing to do: the server checkpoints."""
        return True

    def scrub(self) -> bool:
        """Rewrite the tables that held what was erased. The server's own log and its archives are beyond reach."""
        if self._writer is None:
            return False
        try:
            for table in _SCRUBBED:
                self._writer.execute(f"VACUUM FULL {table}")
        except JournalLocked:
            return False
        return True

    def library(self) -> tuple[str, str]:
        """The server and its version."""
        db = self.reader()
        try:
            found = db.row("SHOW server_version")
        finally:
            db.close()
        return "PostgreSQL", str(found[0]) if found else ""

    def backup(self, file: Path) -> None:
        """PostgreSQL has no file to copy from here: the caller writes the export instead."""
        raise JournalError(f"no copy of PostgreSQL's files is made at {file}")

    def check(self) -> list[str]:
        """PostgreSQL offers no check of its own from here; page checksums are the server's."""
        return []

    def close(self) -> None:
        """Close the writing connection."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
