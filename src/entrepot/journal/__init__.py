"""The log of records, its views, outbox, seal and receipts. Imports ``base`` alone: reducers are handed to it."""

from entrepot.journal.journal import Journal, open_journal

__all__ = ["Journal", "open_journal"]
