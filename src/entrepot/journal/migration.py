"""Moving old tables forward, a transaction per version."""

from collections.abc import Callable, Mapping

from entrepot.journal._dialect import Connection, Database
from entrepot.journal._schema import (
    COSIGNATURES,
    LISTS,
    POSTGRES_WORDS,
    SCHEMA_VERSION,
    SQLITE_WORDS,
    postgres_guards,
    sqlite_guards,
)
from entrepot.journal.beside import TABLE, list_all
from entrepot.journal.core import require_tables, schema_version
from entrepot.journal.port import JournalTooOld, Wrapping
from entrepot.journal.secrecy import kept_key

Step = Callable[[Connection, str, Wrapping | None], None]
"""Changes the tables inside a transaction; it is told the database's name, and what wraps keys."""


def _second(db: Connection, name: str, wrapping: Wrapping | None) -> None:
    """The triggers of version 2; and keys of personal content, which lay open, are wrapped."""
    if wrapping is not None:
        _wrap_keys(db, name, wrapping)
    for statement in sqlite_guards(renew=True) if name == "sqlite" else postgres_guards(renew=True):
        db.execute(statement)


def _wrap_keys(db: Connection, name: str, wrapping: Wrapping) -> None:
    guard = "content_key_no_update" if name == "sqlite" else "content_key_guard ON content_key"
    db.execute(f"DROP TRIGGER {guard}")
    rows = db.rows("SELECT k.seq, k.secret, e.record_id FROM content_key k JOIN entry e ON e.seq = k.seq")
    for seq, secret, record_id in rows:
        kept = kept_key(bytes(secret), record_id, wrapping)
        db.execute("UPDATE content_key SET secret = ? WHERE seq = ?", (kept, seq))
    if rows:  # the open keys must go from the file, too
        db.execute("INSERT INTO meta (key, value) VALUES ('scrub', '1') ON CONFLICT (key) DO NOTHING")


def _third(db: Connection, name: str, wrapping: Wrapping | None) -> None:
    """The lists of what lies beside the entries, and their triggers."""
    db.execute(TABLE.format(**(SQLITE_WORDS if name == "sqlite" else POSTGRES_WORDS)))
    list_all(db, wrapping)
    for statement in LISTS[name]:
        db.execute(statement)


def _fourth(db: Connection, name: str, _: Wrapping | None) -> None:
    """The table of cosignatures, and an index that finds the first head of a size."""
    words = SQLITE_WORDS if name == "sqlite" else POSTGRES_WORDS
    for statement in COSIGNATURES:
        db.execute(statement.format(**words))


MIGRATIONS: Mapping[int, Step] = {1: _second, 2: _third, 3: _fourth}
"""What leads from a version of the tables to the next."""


def migrate(
    database: Database, wrapping: Wrapping | None = None, steps: Mapping[int, Step] = MIGRATIONS
) -> tuple[int, int]:
    """Move the tables of ``database`` to this program's version, a transaction per step; versions before and after.

    Raises :class:`~entrepot.journal.port.JournalTooNew`, ``JournalMissing``, and ``JournalTooOld`` where a step is
    missing.
    """
    db = database.writer(make=False)
    try:
        require_tables(db)
        before = version = schema_version(db)
        while version < SCHEMA_VERSION:
            if version not in steps:
                raise JournalTooOld(f"no migration leads from version {version} of the tables")
            db.begin(write=True)
            steps[version](db, database.name, wrapping)
            version += 1
            db.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (str(version),))
            db.commit()
    except BaseException:
        db.rollback()
        raise
    finally:
        database.close()
    return before, version
