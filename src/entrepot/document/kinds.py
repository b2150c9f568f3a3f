"""The kinds of record whose payload lives in this room: the shape, and the check of each kind and version."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from entrepot.base.finding import Finding
from entrepot.document import agency, customs, insurance, invoice, offer, order, origin, packing, transport, warehouse

Check = Callable[..., tuple[Finding, ...]]
"""``check(payload, *, economies=None)``: pure; ``economies`` are the ISO codes known here."""


class DocumentKind(NamedTuple):
    """``shape`` reads the payload's JSON (:func:`entrepot.base.shape.parse`); ``check`` judges what it read."""

    shape: type[Any]
    check: Check


def kinds() -> Mapping[tuple[str, int], DocumentKind]:
    """Shape and check by kind and version."""
    return dict(_KINDS)


_KINDS: dict[tuple[str, int], DocumentKind] = {
    ("offer", 1): DocumentKind(offer.Offer, offer.check),
    ("order", 1): DocumentKind(order.Order, order.check),
    ("order-response", 1): DocumentKind(order.OrderResponse, order.check_response),
    ("order-cancellation", 1): DocumentKind(order.OrderCancellation, order.check_cancellation),
    ("cancellation-response", 1): DocumentKind(order.CancellationResponse, order.check_cancellation_response),
    ("invoice", 1): DocumentKind(invoice.Invoice, invoice.check),
    ("credit-note", 1): DocumentKind(invoice.CreditNote, invoice.check_credit_note),
    ("certificate-of-origin", 1): DocumentKind(origin.CertificateOfOrigin, origin.check),
    ("transport-document", 1): DocumentKind(transport.TransportDocument, transport.check),
    ("customs-declaration", 1): DocumentKind(customs.CustomsDeclaration, customs.check),
    ("customs-release", 1): DocumentKind(customs.CustomsRelease, customs.check_release),
    ("packing-list", 1): DocumentKind(packing.PackingList, packing.check),
    ("insurance-certificate", 1): DocumentKind(insurance.InsuranceCertificate, insurance.check),
    ("warehouse-receipt", 1): DocumentKind(warehouse.WarehouseReceipt, warehouse.check),
    ("agency-decision", 1): DocumentKind(agency.AgencyDecision, agency.check_decision),
    ("complaint", 1): DocumentKind(agency.Complaint, agency.check_complaint),
    ("registration-request", 1): DocumentKind(agency.RegistrationRequest, agency.check_request),
}
