"""Moving a node's two databases forward together: the journal's tables, then the accounts.

Both are examined before either is changed. Each step is a transaction of its own and both databases say themselves how
far they are, so whatever cut a migration off, the next one goes on from there.
"""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from entrepot.journal import migrate_journal
from entrepot.journal.backup import drafted, make_directory
from entrepot.journal.journal import copy_journal, version_at
from entrepot.node.config import Config
from entrepot.node.custody import HeldKeys
from entrepot.node.error import AccountsFailed, AccountsTooNew

ACCOUNTS_NAME = "node.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How far one database is. ``found``: where it stands, empty where it holds nothing yet; ``known``: what this
    program writes; ``steps``: what leads from the one to the other, in order."""

    database: str
    found: str
    known: str
    steps: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The JSON form."""
        return {"database": self.database, "found": self.found, "known": self.known, "steps": list(self.steps)}


def journal_stand(config: Config, keys: HeldKeys) -> Stand:
    """How far the journal is. Raises ``JournalTooNew``, ``JournalMissing``, ``OtherLog``, ``JournalUnavailable``."""
    found, known = version_at(config.journal_location, keys.node.did)
    steps = tuple(f"{each} -> {each + 1}" for each in range(found, known))
    return Stand(database="journal", found=str(found), known=str(known), steps=steps)


def accounts_stand(config: Config) -> Stand:
    """How far the accounts are; opened for reading, so that nothing is made. Django must be set up.

    Raises :class:`AccountsTooNew` where a migration was applied that this program does not have, and
    :class:`AccountsFailed`.
    """
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    path = config.data / ACCOUNTS_NAME
    applied = _applied(path)
    newer = sorted(name for app, name in applied - set(loader.disk_migrations))
    if newer:
        raise AccountsTooNew(f"{path} was written by a newer program ({newer[-1]})", remedy="Install a newer Entrepot.")
    wanted = [name for node in sorted(loader.graph.leaf_nodes()) for name in loader.graph.forwards_plan(node)]
    steps = tuple(f"{app} {name}" for app, name in dict.fromkeys(wanted) if (app, name) not in applied)
    newest = max((name for _, name in applied), default="")
    return Stand(database="accounts", found=newest, known=max(name for _, name in wanted), steps=steps)


def move_forward(config: Config, keys: HeldKeys, stands: tuple[Stand, ...], aside: Path) -> tuple[Path, ...]:
    """Take the steps of ``stands``, the journal's first; the copies kept in ``aside`` of what they change.

    The caller keeps the node from starting meanwhile. There is no copy of a PostgreSQL journal, nor of what is not
    there yet. Raises ``JournalLocked`` where something still writes the journal, and :class:`AccountsFailed`.
    """
    todo = {each.database for each in stands if each.steps}
    kept: list[Path | None] = []
    if "journal" in todo:
        kept.append(copy_journal(config.journal_location, aside))
    if "accounts" in todo:
        kept.append(_copy_accounts(config.data / ACCOUNTS_NAME, aside))
    if "journal" in todo:
        migrate_journal(config.journal_location, keys.wrapping)
    if "accounts" in todo:
        migrate_accounts(config)
    return tuple(each for each in kept if each is not None)


def migrate_accounts(config: Config) -> None:
    """Apply what Django's migrations lack; made where there is none. Raises :class:`AccountsFailed`."""
    from django.core.management import call_command
    from django.db import DatabaseError, connections

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as wrong:
        raise failed(config, wrong) from wrong
    finally:
        connections.close_all()


def set_up_django() -> None:
    """Let Django read its settings, which read the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.node.settings")
    import django

    django.setup()


def failed(config: Config, wrong: Exception) -> AccountsFailed:
    """The exception that the accounts cannot be read or written."""
    path = config.data / ACCOUNTS_NAME
    return AccountsFailed(f"{path}: {wrong}", remedy="Make room, or restore the file.")


def _applied(path: Path) -> set[tuple[str, str]]:
    """The migrations that a database has had, as (app, name); none where it is not there."""
    if not path.exists():
        return set()
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            tables = db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'django_migrations'").fetchall()
            return set(db.execute("SELECT app, name FROM django_migrations")) if tables else set()
    except sqlite3.Error as wrong:
        raise AccountsFailed(f"{path}: {wrong}", remedy="Restore the file.") from wrong


def _copy_accounts(path: Path, aside: Path) -> Path | None:
    if not path.exists():
        return None
    make_directory(aside)
    made = aside / ACCOUNTS_NAME
    try:
        with drafted(made) as draft, closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(draft)) as copy:
            db.backup(copy)
    except sqlite3.Error as wrong:
        raise AccountsFailed(f"{path} cannot be copied: {wrong}", remedy="Make room, or restore the file.") from wrong
    return made
