"""What the journal asks of a database: two small protocols, which SQLite and PostgreSQL meet.

SQL above this layer is one text for both, with ``?`` for parameters. Connections raise the journal's own exceptions
(:class:`~entrepot.journal.port.JournalError`), never a driver's.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from entrepot.journal.port import JournalMissing

Row = tuple[Any, ...]


def missing(reason: str) -> JournalMissing:
    """That there is no log, and what its operator does then."""
    return JournalMissing(
        f"there is no log: {reason}",
        remedy="Put a backup in its place: entrepot journal restore. Where there is none: entrepot journal begin.",
    )


class Connection(Protocol):
    """One connection, used by one thread at a time."""

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Run one statement; the number of rows it changed."""
        ...

    def row(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """The first row of the answer, or None."""
        ...

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of the answer."""
        ...

    def begin(self, *, write: bool) -> None:
        """Open a transaction: ``write`` takes the journal's one write lock, otherwise it is a fixed snapshot."""
        ...

    @property
    def open(self) -> bool:
        """Whether a transaction is open; some errors end it."""
        ...

    def commit(self) -> None:
        """Make the transaction durable; when it returns, the disk has it."""
        ...

    def rollback(self) -> None:
        """Undo the transaction; nothing happens where none is open."""
        ...

    def savepoint(self) -> None:
        """Open a savepoint inside the transaction."""
        ...

    def release(self) -> None:
        """Keep what was done since the innermost savepoint, and close it."""
        ...

    def undo(self) -> None:
        """Undo what was done since the innermost savepoint, and close it."""
        ...

    def has_tables(self) -> bool:
        """Whether the database holds a journal's tables."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


class Database(Protocol):
    """One journal's database."""

    name: str
    sole_writer: bool
    """Whether no other process can write while this one does."""
    has_copy: bool
    """Whether it makes copies of its own: otherwise the export is its backup."""
    words: dict[str, str]
    """The database's own words in the text of the tables."""
    claim: str
    """What ends a query for rows that several processes may take, so that each row goes to one of them."""

    def writer(self, *, make: bool, home: str = "") -> Connection:
        """The connection that writes. ``make``: an empty database gets its tables; otherwise it is left as it is, with
        :class:`~entrepot.journal.port.JournalMissing` where there is none. ``home``: the folder from which it is
        written; raises :class:`~entrepot.journal.port.JournalLocked` while processes of another one write."""
        ...

    def claimer(self) -> Connection | None:
        """A connection that writes beside the one write lock, to take rows that others leave alone from then on; what
        it commits may be lost in a power cut. None where one process writes: it takes them under its lock."""
        ...

    def turn(self, name: str) -> AbstractContextManager[bool]:
        """Whether this process may do ``name`` while the body runs: of all that write this journal, one at a time."""
        ...

    def reader(self) -> Connection:
        """A new read-only connection. Raises :class:`~entrepot.journal.port.JournalMissing` where there is nothing."""
        ...

    def maintain(self, *, force: bool = False) -> bool:
        """Checkpoint when enough has been written, or now with ``force``; False where readers were in the way."""
        ...

    def scrub(self) -> bool:
        """Rewrite the files so that deleted bytes are gone; False where readers were in the way (call it again)."""
        ...

    def library(self) -> tuple[str, str]:
        """The name of what keeps the journal, and its version: SQLite's library, or the server."""
        ...

    def backup(self, file: Path) -> None:
        """Copy a consistent snapshot into the empty ``file``, where the database :attr:`has_copy`."""
        ...

    def check(self) -> list[str]:
        """What the database's own integrity check complains of."""
        ...

    def close(self) -> None:
        """Close everything and let go of the lock."""
        ...
