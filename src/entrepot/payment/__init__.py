"""Payments: requests as QR codes, instructions as ISO 20022 messages, settlement as double-entry postings."""
