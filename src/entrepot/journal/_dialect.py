"""What the journal asks of a database: two small protocols, which SQLite and PostgreSQL meet.

SQL above this layer is one text for both, with ``?`` for parameters. Connections raise the journal's own exceptions
(:class:`~entrepot.journal.port.JournalError`), never a driver's.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

Row = tuple[Any, ...]


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

    def close(self) -> None:
        """Give the connection back."""
        ...


class Database(Protocol):
    """One journal's database."""

    name: str
    sole_writer: bool
    """Whether no other process can write while this one does."""
    words: dict[str, str]
    """The database's own words in the text of the tables."""

    def writer(self) -> Connection:
        """The connection that writes; creates the schema of an empty database."""
        ...

    def reader(self) -> Connection:
        """A new read-only connection."""
        ...

    def maintain(self, *, force: bool = False) -> bool:
        """Checkpoint when enough has been written, or now with ``force``; False where readers were in the way."""
        ...

    def scrub(self) -> bool:
        """Rewrite the files so that deleted bytes are gone; False where readers were in the way (call it again)."""
        ...

    def backup(self, directory: Path) -> bool:
        """Copy a consistent snapshot into ``directory``; False where the database has no such copy of its own."""
        ...

    def check(self) -> list[str]:
        """What the database's own integrity check complains of."""
        ...

    def close(self) -> None:
        """Close everything and let go of the lock."""
        ...
