"""What every part of the journal stands on: its database, its setup, transactions and snapshots."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Self

from entrepot.base.error import UsageError
from entrepot.base.moment import to_millis
from entrepot.journal._dialect import Connection, Database, missing
from entrepot.journal._schema import SCHEMA_VERSION
from entrepot.journal.memory import Memory
from entrepot.journal.port import (
    Clock,
    Entropy,
    JournalDamaged,
    JournalError,
    JournalTooNew,
    JournalTooOld,
    JournalUnavailable,
    OtherLog,
    Reducer,
    Signer,
    Wrapping,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What is handed to a journal: its views' reducers, time, randomness, the node's signature, its log's name.

    ``reducers``: the views; one that is new or has another version is filled first. ``clock``: now. ``entropy``: that
    many random bytes. ``sign``: compact JWS with the node's key, for promises and heads (None: they stay unsigned).
    ``log_id``: the log's name for peers, kept with the first opening.
    """

    reducers: tuple[Reducer, ...]
    clock: Clock
    entropy: Entropy
    sign: Signer | None
    log_id: str
    read_only: bool = False
    make: bool = True
    """Whether a log is made where there is none. A node makes one at its first start alone."""
    home: str = ""
    """The folder from which the log is written: processes of one home alone write a database that takes several."""
    wrapping: Wrapping | None = None
    """What wraps the keys of personal content; None: they lie as they are."""


class Transaction:
    """The body of a ``with`` on the writing connection. A class, since every append enters it and a generator would be
    some microseconds dearer."""

    __slots__ = ("_core", "_db")

    def __init__(self, core: "Core", db: Connection) -> None:
        self._core = core
        self._db = db

    def __enter__(self) -> Connection:
        self._core.enter(self._db)
        return self._db

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._core.leave(self._db, kept=kind is None)


class Core:
    """Transactions on the one writing connection, snapshots on reading ones. Safe to use from several threads."""

    def __init__(self, database: Database, setup: Setup) -> None:
        self._database = database
        self.setup = setup
        self.broken = False
        self._behind = False
        self.memory = Memory()
        self._lock = threading.RLock()
        self._depth = 0
        self._owner: int | None = None
        self._idle: list[Connection] = []
        self._claims = threading.Lock()
        self._claimer: Connection | None = None
        self._writer: Connection | None = None if setup.read_only else database.writer(make=setup.make, home=setup.home)
        try:
            with self.reading() as db:
                require_tables(db)
                check_version(db)
                require_log(db, setup.log_id)
                self.epoch = newest_epoch(db)
                if not self.epoch and (setup.read_only or not setup.make):
                    raise missing("the log was never opened")
        except BaseException:
            self.close()
            raise

    @property
    def log_id(self) -> str:
        """The name of this log, which its heads, promises and receipts carry."""
        return self.setup.log_id

    def now_ms(self) -> int:
        """The clock's time in milliseconds."""
        return to_millis(self.setup.clock())

    def transaction(self) -> "Transaction":
        """One durable, all-or-nothing transaction; inside another one, a savepoint of it."""
        if self._writer is None:
            raise UsageError("this journal was opened for reading")
        return Transaction(self, self._writer)

    def enter(self, db: Connection) -> None:
        """Begin a transaction, or a savepoint of the one that is open. Waits while another thread writes."""
        self._lock.acquire()
        try:
            if self._depth:
                db.savepoint()
            else:
                self._begin(db)
        except BaseException:
            self._lock.release()
            raise
        self._depth += 1

    def leave(self, db: Connection, *, kept: bool) -> None:
        """Keep or undo what was done since the matching :meth:`enter`."""
        try:
            if not kept:
                self._undo(db)
            elif self._depth > 1:
                db.release()
            else:
                self._commit(db)
        finally:
            self._depth -= 1
            if not self._depth:
                self._owner = None
            self._lock.release()

    def _begin(self, db: Connection) -> None:
        if self.broken:
            raise JournalDamaged("an earlier commit ended in an unknown state", remedy="Open the journal again.")
        db.begin(write=True)
        self._owner = threading.get_ident()
        if not self._database.sole_writer:
            self.forget()

    def _undo(self, db: Connection) -> None:
        self.forget()
        if self._depth > 1:
            db.undo()
        else:
            db.rollback()

    def forget(self) -> None:
        """Ask the database again for everything: something was undone, or another process may have written."""
        self.memory = Memory()

    def _commit(self, db: Connection) -> None:
        try:
            db.commit()
        except JournalError as wrong:
            # After a failed sync nobody knows what the disk holds; only opening it again tells.
            self.broken = self.broken or isinstance(wrong, JournalDamaged)
            self._undo(db)
            raise
        with suppress(JournalError):  # what is committed stays committed; tending reports what goes wrong here
            self._database.maintain()

    @contextmanager
    def claiming(self) -> Iterator[Connection]:
        """A transaction in which rows are taken that another process may want too (``FOR UPDATE SKIP LOCKED``). It is
        no part of another one, and waits for no other."""
        with self._claims:
            if self._claimer is None and self._writer is not None:
                self._claimer = self._database.claimer()
            db = self._claimer
            if db is None:
                with self.transaction() as alone:
                    yield alone
                return
            db.begin(write=True)
            try:
                yield db
                db.commit()
            except BaseException:
                db.rollback()
                raise

    def turn(self, name: str) -> AbstractContextManager[bool]:
        """Whether this process may do ``name`` while the body runs: of all that write this journal, one at a time."""
        return self._database.turn(name)

    @property
    def in_transaction(self) -> bool:
        """Whether this thread is inside a transaction."""
        return self._owner == threading.get_ident()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps other threads from writing, without a transaction: for work that a transaction cannot hold."""
        with self._lock:
            if self._depth:
                raise UsageError("this cannot be done inside a transaction")
            yield

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with: inside a transaction of this thread its own, otherwise a read-only one."""
        if self._writer is not None and self.in_transaction:
            yield self._writer
            return
        db = self._take()
        try:
            yield db
        except (JournalDamaged, JournalUnavailable):
            db.close()  # it may be what is broken: the next reader gets a new one
            raise
        except BaseException:
            self._idle.append(db)
            raise
        self._idle.append(db)

    def _take(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._database.reader()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Like :meth:`reading`, but everything read inside belongs to one moment."""
        with self.reading() as db:
            if db is self._writer:
                yield db
                return
            db.begin(write=False)
            try:
                yield db
            finally:
                db.rollback()

    def close(self) -> None:
        """Close every connection and let go of the lock. Readers go first: the writer alone may checkpoint."""
        while self._idle:
            self._idle.pop().close()
        self._writer = None
        if self._claimer is not None:
            self._claimer.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def require_tables(db: Connection) -> None:
    """Refuse an empty database, with :class:`JournalMissing`."""
    if not db.has_tables():
        raise missing("the database is empty")


def schema_version(db: Connection) -> int:
    """The version of the tables. Raises :class:`JournalTooNew` for one that this program does not know."""
    found = db.row("SELECT value FROM meta WHERE key = 'schema'")
    version = int(found[0]) if found else 0
    if version > SCHEMA_VERSION:
        raise JournalTooNew(
            f"the journal has tables of version {version}, this program knows {SCHEMA_VERSION}",
            remedy="Install a newer Entrepot.",
        )
    return version


def check_version(db: Connection) -> None:
    """Refuse tables of another version, with :class:`JournalTooNew` or :class:`JournalTooOld`."""
    version = schema_version(db)
    if version < SCHEMA_VERSION:
        raise JournalTooOld(
            f"the journal has tables of version {version}, this program writes {SCHEMA_VERSION}",
            remedy="Stop the node, then run: entrepot migrate --data DIR",
        )


def require_views(reducers: tuple[Reducer, ...], kept: Mapping[str, int]) -> None:
    """Refuse to reduce into a view that another program has filled since, with :class:`JournalTooNew`: processes of an
    older and of a newer program may meet on one journal."""
    for each in reducers:
        if kept.get(each.name, each.version) != each.version:
            raise JournalTooNew(
                f"another program has filled the view {each.name}",
                remedy="Let all processes of the node run the same program: restart this one.",
            )


def kept_log(db: Connection) -> str:
    """The name of the log that the tables hold; empty where they were made before it was written down."""
    found = db.row("SELECT value FROM meta WHERE key = 'log-id'")
    return str(found[0]) if found else ""


def require_log(db: Connection, log_id: str) -> None:
    """Refuse the log of another node, with :class:`OtherLog`; a name that is not known is not compared."""
    kept = kept_log(db)
    if kept and log_id and kept != log_id:
        raise OtherLog(
            f"this is the log of {kept}, not of {log_id}",
            remedy="Give each node a journal of its own, or bring the keys that belong to this one.",
        )


def adopt_log(db: Connection, log_id: str) -> None:
    """Write down whose log this is, for good, in the transaction of ``db``. Raises :class:`OtherLog`."""
    if log_id:
        db.execute("INSERT INTO meta (key, value) VALUES ('log-id', ?) ON CONFLICT (key) DO NOTHING", (log_id,))
    require_log(db, log_id)


def newest_epoch(db: Connection) -> int:
    """The number of the newest epoch; 0 before the first."""
    found = db.row("SELECT coalesce(max(number), 0) FROM epoch")
    return int(found[0]) if found else 0
