"""UBL Order."""

from typing import Any

from entrepot.base.shape import dump
from entrepot.document._ubl21.build import leaf, node, write_document
from entrepot.document._ubl21.frame import (
    read_delivery_terms,
    read_period,
    read_reference,
    write_delivery_terms,
    write_period,
    write_reference,
)
from entrepot.document._ubl21.lines import read_line, write_line
from entrepot.document._ubl21.parties import read_address, read_party, write_address, write_party
from entrepot.document._ubl21.remainder import read_remainder, write_remainder
from entrepot.document._ubl21.source import Source, finish, kept, open_document, refused
from entrepot.document._ubl21.sums import (
    read_adjustments,
    read_tax,
    read_totals,
    write_adjustments,
    write_tax,
    write_totals,
)
from entrepot.document._xml import Cursor
from entrepot.document.order.model import Order
from entrepot.document.reading import ReadResult, WriteResult

BEYOND_UBL = ("buyerType", "subject", "orderedBy", "channel", "platform", "parties", "presented", "rounding")
"""Members of an order that UBL cannot state."""


def read_order(data: bytes) -> ReadResult[Order]:
    """What the UBL Order in ``data`` says. Never raises for what the bytes hold."""
    source, findings = open_document(data, "Order")
    if source is None:
        return refused(Order, data, findings)
    return finish(Order, source, _draft(source), data)


def _draft(source: Source) -> dict[str, Any]:
    root = source.root
    tax = read_tax(source)
    stated = kept(
        number=root.text("cbc:ID"),
        issueDate=source.day(root, "cbc:IssueDate"),
        buyer=read_party(root.one("cac:BuyerCustomerParty/cac:Party")),
        seller=read_party(root.one("cac:SellerSupplierParty/cac:Party")),
        currency=source.currency,
        lines=[_line(source, each) for each in root.all("cac:OrderLine")],
        totals=read_totals(source, "cac:AnticipatedMonetaryTotal", tax.get("tax")),
        adjustments=read_adjustments(source, root),
        taxLines=tax.get("taxLines"),
        deliveryTerms=read_delivery_terms(root.one("cac:DeliveryTerms")),
        paymentTerms=root.text("cac:PaymentTerms/cbc:Note"),
        offer=read_reference(source, root.one("cac:QuotationDocumentReference")),
        note=root.text("cbc:Note"),
        **_delivery(source, root.one("cac:Delivery")),
    )
    return read_remainder(source, BEYOND_UBL) | stated


def _line(source: Source, place: Cursor) -> dict[str, Any]:
    item = place.one("cac:LineItem")
    if item is None:
        return {}
    found = read_line(source, item, "Quantity")
    if "note" not in found:
        found |= kept(note=place.text("cbc:Note"))
    return found


def _delivery(source: Source, place: Cursor | None) -> dict[str, Any]:
    if place is None:
        return {}
    address = place.one("cac:DeliveryAddress") or place.one("cac:DeliveryLocation/cac:Address")
    return kept(
        deliveryAddress=read_address(address),
        requestedDelivery=read_period(source, place.one("cac:RequestedDeliveryPeriod")),
    )


def write_order(order: Order) -> WriteResult:
    """``order`` as a UBL 2.1 Order; what UBL cannot state lies in an extension, so nothing is lost."""
    currency = order.currency
    return write_document(
        "Order",
        write_remainder(dump(order), BEYOND_UBL),
        leaf("cbc:UBLVersionID", "2.1"),
        leaf("cbc:ID", order.number),
        leaf("cbc:IssueDate", order.issue_date),
        leaf("cbc:Note", order.note),
        leaf("cbc:DocumentCurrencyCode", currency),
        write_reference("cac:QuotationDocumentReference", order.offer),
        write_party("cac:BuyerCustomerParty", order.buyer),
        write_party("cac:SellerSupplierParty", order.seller),
        node(
            "cac:Delivery",
            write_address("cac:DeliveryAddress", order.delivery_address),
            write_period("cac:RequestedDeliveryPeriod", order.requested_delivery),
        ),
        write_delivery_terms(order.delivery_terms),
        node("cac:PaymentTerms", leaf("cbc:Note", order.payment_terms)),
        write_adjustments(order.adjustments, currency),
        write_tax(order.tax_lines, order.totals, currency),
        write_totals("cac:AnticipatedMonetaryTotal", order.totals, currency),
        [node("cac:OrderLine", write_line("cac:LineItem", each, "Quantity", currency)) for each in order.lines],
    )
