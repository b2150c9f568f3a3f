"""The log of records, its views, outbox, seal and receipts. Imports ``base`` alone: reducers are handed to it."""

from entrepot.journal.journal import Journal, migrate_journal, open_journal
from entrepot.journal.restoring import restore_journal
from entrepot.journal.writer import Writer, WriterSettings

__all__ = ["Journal", "Writer", "WriterSettings", "migrate_journal", "open_journal", "restore_journal"]
