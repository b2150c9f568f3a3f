"""The journal: everything a node keeps, behind one door."""

from collections.abc import Sequence
from pathlib import Path

from entrepot.journal._dialect import Database
from entrepot.journal._sqlite import SqliteDatabase
from entrepot.journal.appending import Appending
from entrepot.journal.core import Setup
from entrepot.journal.outbox import Outbox
from entrepot.journal.port import Clock, Entropy, Reducer, Signer
from entrepot.journal.waiting import WaitingRoom


class Journal(Appending, Outbox, WaitingRoom):
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
            self.epoch = 1
        self.catch_up_views()

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
