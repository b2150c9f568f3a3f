"""The journal: everything a node keeps, behind one door."""

from collections.abc import Sequence
from pathlib import Path

from entrepot.journal import backup as copies
from entrepot.journal._dialect import Database
from entrepot.journal._sqlite import SqliteDatabase
from entrepot.journal.backup import Backup
from entrepot.journal.core import Setup, adopt_log, kept_log, newest_epoch
from entrepot.journal.erasure import Erasure
from entrepot.journal.outbox import Outbox
from entrepot.journal.peer import Peers
from entrepot.journal.port import Clock, Entropy, Reducer, Signer
from entrepot.journal.verification import Verification
from entrepot.journal.waiting import WaitingRoom

PROBE_MS = 1000
"""Milliseconds in which a second probe writes nothing: who asks often for the health must not wear out the disk."""


class Journal(Erasure, Verification, Backup, Outbox, WaitingRoom, Peers):
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
    ``log_id``: the log's name for peers, kept with the first opening. Raises
    :class:`~entrepot.journal.port.JournalLocked` where another process writes it, ``OtherLog`` where another name is
    kept, ``JournalTooNew``, ``JournalTooOld``, ``JournalFull``.
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
