"""Invoices and credit notes."""

from entrepot.document.invoice.check import check, check_credit_note
from entrepot.document.invoice.model import Billing, CreditNote, Invoice, PaymentMeans

__all__ = ["Billing", "CreditNote", "Invoice", "PaymentMeans", "check", "check_credit_note"]
