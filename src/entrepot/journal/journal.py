"""The journal: everything a node keeps, behind one door."""

from pathlib import Path

from entrepot.journal._dialect import Database
from entrepot.journal._schema import SCHEMA_VERSION
from entrepot.journal._sqlite import SqliteDatabase
from entrepot.journal.backup import LOG_NAME, Backup, drafted, make_directory
from entrepot.journal.core import (
    Setup,
    adopt_log,
    kept_log,
    newest_epoch,
    require_log,
    require_tables,
    schema_version,
)
from entrepot.journal.cosigning import Cosigning
from entrepot.journal.erasure import Erasure
from entrepot.journal.migration import migrate
from entrepot.journal.outbox import Outbox
from entrepot.journal.port import Wrapping
from entrepot.journal.reproving import Reproving
from entrepot.journal.verification import Verification
from entrepot.journal.waiting import WaitingRoom

PROBE_MS = 1000
"""Milliseconds in which a second probe writes nothing: who asks often for the health must not wear out the disk."""


class Journal(Erasure, Verification, Reproving, Backup, Outbox, WaitingRoom, Cosigning):
    """The log, its views, outbox, waiting room, seal and receipts. Open it with :func:`open_journal`."""

    def __init__(self, database: Database, setup: Setup) -> None:
        super().__init__(database, setup)
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        with self.reading() as db:
            self._behind = self.needs_catch_up_in(db)
            is_named = bool(kept_log(db)) or not self.log_id
        if self.setup.read_only:
            return
        if self.epoch == 0 or not is_named:
            with self.transaction() as db:
                adopt_log(db, self.log_id)
                epoch = newest_epoch(db)
                if not epoch:  # another process may have been first
                    epoch = 1
                    db.execute(
                        "INSERT INTO epoch (number, opened_ms, reason) VALUES (1, ?, 'created')", (self.now_ms(),)
                    )
            self.epoch = epoch
        self.catch_up_views()

    @property
    def library(self) -> tuple[str, str]:
        """The name and version of what keeps this journal."""
        return self._database.library()

    def tend(self) -> None:
        """What must be done from time to time: seal what is new, finish erasures, checkpoint. The writer calls it."""
        while self.seal() is not None:
            pass
        self.scrub()
        with self.alone():
            self._database.maintain(force=True)

    def probe(self) -> None:
        """A small write, so that its commit shows whether the disk still takes one; at most one in :data:`PROBE_MS`."""
        now_ms = self.now_ms()
        with self.transaction() as db:
            found = db.row("SELECT value FROM meta WHERE key = 'probe'")
            if found is None or not 0 <= now_ms - int(found[0]) < PROBE_MS:
                db.execute(
                    "INSERT INTO meta (key, value) VALUES ('probe', ?) "
                    "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    (str(now_ms),),
                )

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
            db.execute("DELETE FROM meta WHERE key IN ('catch-up', 'former-peers')")
        self._behind = False


def open_journal(location: str | Path, setup: Setup) -> Journal:
    """Open the journal at ``location``: a data directory (SQLite) or a ``postgresql://`` URL.

    Raises :class:`~entrepot.journal.port.JournalMissing` where there is none and none is to be made, ``JournalLocked``
    where another process writes it, ``OtherLog`` where another name is kept, ``JournalTooNew``, ``JournalTooOld``,
    ``JournalFull``.
    """
    return Journal(database_at(location), setup)


def database_at(location: str | Path) -> Database:
    """The database that ``location`` names."""
    if str(location).startswith(("postgresql://", "postgres://")):
        from entrepot.journal._postgres import PostgresDatabase

        return PostgresDatabase(str(location))
    return SqliteDatabase(Path(location))


def version_at(location: str | Path, log_id: str) -> tuple[int, int]:
    """The version of the tables at ``location``, and the one that this program writes; nothing is changed.

    Raises :class:`~entrepot.journal.port.JournalMissing`, ``JournalTooNew``, ``OtherLog`` where it is not the log that
    ``log_id`` names, ``JournalUnavailable``.
    """
    reader = database_at(location).reader()
    try:
        require_tables(reader)
        found = schema_version(reader)
        require_log(reader, log_id)
    finally:
        reader.close()
    return found, SCHEMA_VERSION


def copy_journal(location: str | Path, directory: Path) -> Path | None:
    """Copy the log at ``location``, whatever its version, into ``directory``, which is made; None for PostgreSQL."""
    database = database_at(location)
    if not database.has_copy:
        return None
    make_directory(directory)
    with drafted(directory / LOG_NAME) as draft:
        database.backup(draft)
    return directory / LOG_NAME


def migrate_journal(location: str | Path, wrapping: Wrapping | None = None) -> tuple[int, int]:
    """Move the tables at ``location`` to this program's version; the versions before and after.

    ``wrapping`` wraps keys of personal content that lie open. Raises
    :class:`~entrepot.journal.port.JournalTooNew` for a newer version, ``JournalLocked`` while a node runs.
    """
    return migrate(database_at(location), wrapping)
