"""UBL Invoice and CreditNote."""

from typing import Any

from entrepot.base.shape import dump
from entrepot.document._ubl21.build import Maybe, leaf, node, write_document
from entrepot.document._ubl21.frame import (
    read_delivery_terms,
    read_period,
    read_reference,
    write_delivery_terms,
    write_period,
    write_reference,
)
from entrepot.document._ubl21.lines import read_line, write_line
from entrepot.document._ubl21.parties import read_party, write_party
from entrepot.document._ubl21.remainder import read_remainder, write_remainder
from entrepot.document._ubl21.source import Source, finish, kept, open_document, refused
from entrepot.document._ubl21.sums import (
    read_adjustments,
    read_tax,
    read_totals,
    write_adjustments,
    write_tax,
    write_tax_repeated,
    write_totals,
)
from entrepot.document._xml import Cursor
from entrepot.document.invoice.model import Billing, CreditNote, Invoice, PaymentMeans
from entrepot.document.reading import ReadResult, WriteResult

BEYOND_UBL = ("presented", "rounding")
"""Members of an invoice or credit note that UBL cannot state."""
_INNER = "cac:DocumentReference"
_QUANTITY = {"Invoice": "InvoicedQuantity", "CreditNote": "CreditedQuantity"}


def read_invoice(data: bytes) -> ReadResult[Invoice]:
    """What the UBL Invoice in ``data`` says. Never raises for what the bytes hold."""
    source, findings = open_document(data, "Invoice")
    if source is None:
        return refused(Invoice, data, findings)
    due = source.day(source.root, "cbc:DueDate") or source.day(source.root, "cac:PaymentMeans/cbc:PaymentDueDate")
    return finish(Invoice, source, _draft(source) | kept(dueDate=due), data)


def read_credit_note(data: bytes) -> ReadResult[CreditNote]:
    """What the UBL CreditNote in ``data`` says. Never raises for what the bytes hold."""
    source, findings = open_document(data, "CreditNote")
    if source is None:
        return refused(CreditNote, data, findings)
    found = [
        read_reference(source, each) for each in source.root.all("cac:BillingReference/cac:InvoiceDocumentReference")
    ]
    reason = source.root.text("cac:DiscrepancyResponse/cbc:Description")
    return finish(CreditNote, source, _draft(source) | kept(invoices=found, reason=reason), data)


def _draft(source: Source) -> dict[str, Any]:
    root, name = source.root, source.name
    tax = read_tax(source)
    stated = kept(
        number=root.text("cbc:ID"),
        issueDate=source.day(root, "cbc:IssueDate"),
        typeCode=root.text(f"cbc:{name}TypeCode"),
        seller=read_party(root.one("cac:AccountingSupplierParty/cac:Party")),
        buyer=read_party(root.one("cac:AccountingCustomerParty/cac:Party")),
        currency=source.currency,
        lines=[read_line(source, each, _QUANTITY[name]) for each in root.all(f"cac:{name}Line")],
        totals=read_totals(source, "cac:LegalMonetaryTotal", tax.get("tax")),
        adjustments=read_adjustments(source, root),
        taxLines=tax.get("taxLines"),
        taxInTaxCurrency=tax.get("taxInTaxCurrency"),
        order=read_reference(source, root.one("cac:OrderReference"), _INNER),
        period=read_period(source, root.one("cac:InvoicePeriod")),
        deliveryDate=source.day(root, "cac:Delivery/cbc:ActualDeliveryDate"),
        deliveryTerms=read_delivery_terms(root.one("cac:DeliveryTerms")),
        payment=_payment(root.one("cac:PaymentMeans")),
        paymentTerms=root.text("cac:PaymentTerms/cbc:Note"),
        buyerReference=root.text("cbc:BuyerReference"),
        notes=[text for each in root.all("cbc:Note") if (text := each.text())],
    )
    return read_remainder(source, BEYOND_UBL) | stated


def _payment(place: Cursor | None) -> dict[str, Any]:
    if place is None:
        return {}
    return kept(
        code=place.text("cbc:PaymentMeansCode"),
        account=place.text("cac:PayeeFinancialAccount/cbc:ID"),
        reference=place.text("cbc:PaymentID"),
    )


def write_invoice(invoice: Invoice) -> WriteResult:
    """``invoice`` as a UBL 2.1 Invoice; what UBL cannot state lies in an extension, so nothing is lost."""
    return write_document("Invoice", leaf("cbc:DueDate", invoice.due_date), *_nodes("Invoice", invoice))


def write_credit_note(note: CreditNote) -> WriteResult:
    """``note`` as a UBL 2.1 CreditNote; what UBL cannot state lies in an extension, so nothing is lost."""
    return write_document(
        "CreditNote",
        node("cac:DiscrepancyResponse", leaf("cbc:Description", note.reason)),
        [node("cac:BillingReference", write_reference("cac:InvoiceDocumentReference", each)) for each in note.invoices],
        *_nodes("CreditNote", note),
    )


def _nodes(name: str, bill: Billing) -> list[Maybe | list[Maybe]]:
    currency, repeated = bill.currency, bill.tax_in_tax_currency
    return [
        write_remainder(dump(bill), BEYOND_UBL),
        leaf("cbc:UBLVersionID", "2.1"),
        leaf("cbc:ID", bill.number),
        leaf("cbc:IssueDate", bill.issue_date),
        leaf(f"cbc:{name}TypeCode", bill.type_code),
        [leaf("cbc:Note", each) for each in bill.notes],
        leaf("cbc:DocumentCurrencyCode", currency),
        leaf("cbc:TaxCurrencyCode", None if repeated is None else repeated.currency),
        leaf("cbc:BuyerReference", bill.buyer_reference),
        write_period("cac:InvoicePeriod", bill.period),
        write_reference("cac:OrderReference", bill.order, _INNER),
        write_party("cac:AccountingSupplierParty", bill.seller),
        write_party("cac:AccountingCustomerParty", bill.buyer),
        node("cac:Delivery", leaf("cbc:ActualDeliveryDate", bill.delivery_date)),
        write_delivery_terms(bill.delivery_terms),
        _write_payment(bill.payment),
        node("cac:PaymentTerms", leaf("cbc:Note", bill.payment_terms)),
        write_adjustments(bill.adjustments, currency),
        write_tax(bill.tax_lines, bill.totals, currency),
        write_tax_repeated(repeated),
        write_totals("cac:LegalMonetaryTotal", bill.totals, currency),
        [write_line(f"cac:{name}Line", each, _QUANTITY[name], currency) for each in bill.lines],
    ]


def _write_payment(payment: PaymentMeans | None) -> Maybe:
    if payment is None:
        return None
    return node(
        "cac:PaymentMeans",
        leaf("cbc:PaymentMeansCode", payment.code),
        leaf("cbc:PaymentID", payment.reference),
        node("cac:PayeeFinancialAccount", leaf("cbc:ID", payment.account)),
    )
