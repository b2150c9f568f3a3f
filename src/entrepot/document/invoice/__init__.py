"""Invoices and credit notes."""

from typing import TYPE_CHECKING

from entrepot.document.invoice.check import check, check_credit_note
from entrepot.document.invoice.model import Billing, CreditNote, Invoice, PaymentMeans

if TYPE_CHECKING:
    from entrepot.document.reading import ReadResult, WriteResult


def read(data: bytes) -> "ReadResult[Invoice]":
    """The invoice in a UBL 2 file; see :class:`~entrepot.document.reading.ReadResult`."""
    from entrepot.document._ubl21 import read_invoice

    return read_invoice(data)


def write(invoice: Invoice) -> "WriteResult":
    """``invoice`` as a UBL 2.1 file."""
    from entrepot.document._ubl21 import write_invoice

    return write_invoice(invoice)


def read_credit_note(data: bytes) -> "ReadResult[CreditNote]":
    """The credit note in a UBL 2 file."""
    from entrepot.document import _ubl21

    return _ubl21.read_credit_note(data)


def write_credit_note(note: CreditNote) -> "WriteResult":
    """``note`` as a UBL 2.1 file."""
    from entrepot.document import _ubl21

    return _ubl21.write_credit_note(note)


__all__ = [
    "Billing",
    "CreditNote",
    "Invoice",
    "PaymentMeans",
    "check",
    "check_credit_note",
    "read",
    "read_credit_note",
    "write",
    "write_credit_note",
]
