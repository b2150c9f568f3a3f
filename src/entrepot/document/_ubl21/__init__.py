"""OASIS Universal Business Language 2.1: Order, Invoice and Credit Note, read and written.

Reading takes any UBL 2.x document of these names, keeps what the shapes can carry and reports the rest as lost.
Writing gives documents that are valid against the schemas of UBL 2.1. Nothing is said about profiles (EN 16931,
Peppol): those have rules of their own.
"""

from entrepot.document._ubl21.billing import read_credit_note, read_invoice, write_credit_note, write_invoice
from entrepot.document._ubl21.order import read_order, write_order

__all__ = [
    "read_credit_note",
    "read_invoice",
    "read_order",
    "write_credit_note",
    "write_invoice",
    "write_order",
]
