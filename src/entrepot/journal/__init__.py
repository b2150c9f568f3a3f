"""The log of records, its views, outbox, seal and receipts. Imports ``base`` alone: reducers are handed to it."""

from entrepot.journal.core import Setup
from entrepot.journal.journal import Journal, migrate_journal, open_journal
from entrepot.journal.restoring import begin_journal, restore_journal
from entrepot.journal.writer import Writer, WriterSettings

__all__ = [
    "Journal",
    "Setup",
    "Writer",
    "WriterSettings",
    "begin_journal",
    "migrate_journal",
    "open_journal",
    "restore_journal",
]
