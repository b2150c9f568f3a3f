"""The log of records, its views, outbox, seal and receipts. Imports ``base`` alone: reducers are handed to it."""
