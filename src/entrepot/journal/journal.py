"""The journal: everything a node keeps, behind one door."""

from collections.abc import Sequence
from pathlib import Path

from entrepot.base.error import UsageError
from entrepot.journal import backup as copies
from entrepot.journal._dialect import Database
from entrepot.journal._sqlite import SqliteDatabase
from entrepot.journal.backup import Backup
from entrepot.journal.core import Setup, newest_epoch
from entrepot.journal.erasure import Erasure
from entrepot.journal.outbox import Outbox
from entrepot.journal.peer import Peers
from entrepot.journal.port import Clock, Entropy, Reducer, Signer
from entrepot.journal.verification import Verification
from entrepot.journal.waiting import WaitingRoom


class Journal(Erasure, Verification, Backup, Outbox, WaitingRoom, Peers):
    """The log, its views, outbox, waiting room, seal and receipts. Open it with :func:`open_journal`."""

    def __init__(self, database: Database, setup: Setup) -> None:
        super().__init__(database, setup)
        with self.reading() as db:
            self._behind = self.needs_catch_up_in(db)
        if not setup.read_only:
            self._start()

    def _start(self) -> None:
        if self.epoch == 0:
            with self.transaction() as db:
                db.execute(
                    "INSERT INTO epoch (number, opened_ms, reason) VALUES (1, ?, 'created') "
                    "ON CONFLICT (number) DO NOTHING",
                    (self.now_ms(),),
                )
                epoch = newest_epoch(db)
            self.epoch = epoch
        self.catch_up_views()

    def tend(self) -> None:
        """What must be done from time to time: seal what is new, finish erasures, checkpoint. The writer calls it."""
        while self.seal() is not None:
            pass
        self.scrub()
        with self.alone():
            self._database.maintain(force=True)

    @property
    def needs_catch_up(self) -> bool:
        """Whether this journal was restored and must ask its peers before it writes anything new."""
        if self._behind:
            with self.reading() as db:
                self._behind = self.needs_catch_up_in(db)
        return self._behind

    def caught_up(self) -> None:
        """The peers were asked and what they held was appended: new records are welcome again."""
        with self.transaction() as db:
            db.execute("DELETE FROM meta WHERE key = 'catch-up'")
        self._behind = False


def open_journal(  # noqa: PLR0913 - the parts a journal is made of, each named at the call
    location: str | Path,
    *,
    reducers: Sequence[Reducer],
    clock: Clock,
    entropy: Entropy,
    sign: Signer | None,
    log_id: str,
    read_only: bool = False,
) -> Journal:
    """Open the journal at ``location``: a data directory (SQLite, made where absent) or a ``postgresql://`` URL.

    ``reducers``: the views; one that is new or has another version is filled first. ``clock``: now. ``entropy``: that
    many random bytes. ``sign``: compact JWS with the node's key, for promises and heads (None: they stay unsigned).
    ``log_id``: the log's name for peers. Raises :class:`~entrepot.journal.port.JournalLocked` where another process
    writes it, ``JournalTooNew``, ``JournalTooOld``, ``JournalFull``.
    """
    setup = Setup(reducers=tuple(reducers), clock=clock, entropy=entropy, sign=sign, log_id=log_id, read_only=read_only)
    return Journal(database_at(location), setup)


def database_at(location: str | Path) -> Database:
    """The database that ``location`` names."""
    if str(location).startswith(("postgresql://", "postgres://")):
        from entrepot.journal._postgres import PostgresDatabase

        return PostgresDatabase(str(location))
    return SqliteDatabase(Path(location))


def migrate_journal(location: str | Path) -> tuple[int, int]:
    """Move the tables at ``location`` to this program's version; the versions before and after.

    Raises :class:`~entrepot.journal.port.JournalTooNew` for a newer one, ``JournalLocked`` while a node runs.
    """
    return copies.migrate(database_at(location))


def restore_journal(source: Path, location: str | Path, *, clock: Clock) -> int:
    """Put the backup at ``source`` in place at an empty ``location``; the number of the epoch it opens.

    A restored copy is a rollback of the log: it refuses to write anything new until ``caught_up`` says that its
    peers were asked. Raises :class:`UsageError` where there is a journal already or no backup.
    """
    file = copies.backup_file(source)
    if file.name != copies.EXPORT_NAME:
        if isinstance(location, str) and "://" in location:
            raise UsageError("a copy of a SQLite file goes into a data directory", remedy="Import an export instead.")
        return copies.restore_sqlite(file, Path(location), clock)
    setup = Setup(reducers=(), clock=clock, entropy=_no_entropy, sign=None, log_id="")
    with Journal(database_at(location), setup) as journal, file.open(encoding="utf-8") as lines:
        journal.import_(lines)
        with journal.transaction() as db:
            return copies.open_epoch(db, clock, "restored")


def _no_entropy(count: int) -> bytes:
    raise UsageError(f"restoring needs no random bytes, {count} were asked for")
