"""Copies: made while the journal works, put back as a new epoch of the log; and moving old tables forward."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from entrepot.base.error import UsageError
from entrepot.base.moment import to_millis
from entrepot.journal._dialect import Connection, Database
from entrepot.journal._schema import SCHEMA_VERSION
from entrepot.journal.core import newest_epoch, schema_version
from entrepot.journal.port import Clock, JournalTooOld
from entrepot.journal.transfer import Transfer

EXPORT_NAME = "journal.jsonl"
MIGRATIONS: Mapping[int, Sequence[str]] = {}
"""Statements that lead from a version of the tables to the next, in the words of ``_schema``."""


class Backup(Transfer):
    """Copying a journal that is in use."""

    def backup(self, directory: Path) -> Path:
        """Copy a consistent snapshot into ``directory`` (made where absent); the file that holds it, synced."""
        if self._database.backup(directory):
            made = directory / "journal.db"
        else:
            directory.mkdir(parents=True, exist_ok=True)
            made = directory / EXPORT_NAME
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                made.chmod(0o600)  # a file that was there keeps its mode otherwise; the lines hold keys
                file.writelines(line + "\n" for line in self.export())
        sync(made)
        sync(directory)
        return made


def open_epoch(db: Connection, clock: Clock, reason: str) -> int:
    """Open a new epoch and ask for catching up, in the transaction of ``db``; its number.

    The number is at least the time in seconds, so that two restores of one copy do not make the same epoch.
    """
    now_ms = to_millis(clock())
    number = max(newest_epoch(db) + 1, now_ms // 1000)
    db.execute("INSERT INTO epoch (number, opened_ms, reason) VALUES (?, ?, ?)", (number, now_ms, reason))
    db.execute("INSERT INTO meta (key, value) VALUES ('catch-up', '1') ON CONFLICT (key) DO NOTHING")
    return number


def backup_file(source: Path) -> Path:
    """The file of a backup: ``source`` itself, or the one that lies in the directory. Raises :class:`UsageError`."""
    for found in (source, source / "journal.db", source / EXPORT_NAME):
        if found.is_file():
            return found
    raise UsageError(f"there is no backup at {source}")


def migrate(database: Database, steps: Mapping[int, Sequence[str]] = MIGRATIONS) -> tuple[int, int]:
    """Move the tables of ``database`` to this program's version, a transaction per step; versions before and after.

    Raises :class:`~entrepot.journal.port.JournalTooNew`, and ``JournalTooOld`` where a step is missing.
    """
    db = database.writer()
    try:
        before = version = schema_version(db)
        while version < SCHEMA_VERSION:
            if version not in steps:
                raise JournalTooOld(f"no migration leads from version {version} of the tables")
            db.begin(write=True)
            for statement in steps[version]:
                db.execute(statement.format(**database.words))
            version += 1
            db.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (str(version),))
            db.commit()
    except BaseException:
        db.rollback()
        raise
    finally:
        database.close()
    return before, version


def sync(path: Path) -> None:
    """Make a file's bytes, or the names in a directory, durable."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
