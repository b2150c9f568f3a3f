"""What orders and invoices share around their lines: references, terms, periods, notes."""

import re
from typing import Any

from entrepot.base.digest import from_ni_uri, ni_uri
from entrepot.document._ubl21.build import Maybe, leaf, node
from entrepot.document._ubl21.source import Source, kept
from entrepot.document._xml import Cursor
from entrepot.document.trade import DeliveryTerms, DocumentReference, Period

_INCOTERM = re.compile("[A-Z]{3}")
_URI = "cac:Attachment/cac:ExternalReference/cbc:URI"
INCOTERMS = "INCOTERMS"


def read_reference(source: Source, place: Cursor | None, inner: str = "") -> dict[str, Any]:
    """The draft of a reference; the record id stands as an ``ni:`` URI (RFC 6920) in the attachment's place."""
    if place is None:
        return {}
    number = place.text("cbc:ID")
    holder = place.one(inner) if inner else place
    record = None
    if holder is not None:
        uri = holder.peek(_URI)
        record = None if uri is None else from_ni_uri(uri)
        if record is not None:
            holder.text(_URI)
            if inner and holder.peek("cbc:ID") == number:
                holder.text("cbc:ID")
    return kept(number=number, record=record, issueDate=source.day(place, "cbc:IssueDate"))


def write_reference(name: str, reference: DocumentReference | None, inner: str = "") -> Maybe:
    """A reference as element ``name``; ``inner``: the child that can hold the record id, where it is not itself."""
    if reference is None:
        return None
    number, issued = leaf("cbc:ID", reference.number), leaf("cbc:IssueDate", reference.issue_date)
    if reference.record is None:
        return node(name, number, issued)
    record = node("cac:Attachment", node("cac:ExternalReference", leaf("cbc:URI", ni_uri(reference.record))))
    return node(name, number, issued, node(inner, number, record) if inner else record)


def read_delivery_terms(place: Cursor | None) -> dict[str, Any]:
    """The draft of the terms of delivery; a code that is no Incoterms rule stays unread."""
    if place is None:
        return {}
    code = place.one("cbc:ID")
    found: dict[str, Any] = {}
    if code is not None and _INCOTERM.fullmatch(code.peek(".") or ""):
        found["incoterm"] = code.text()
        if code.element.get("schemeID") == INCOTERMS:
            code.attribute("schemeID")
            edition = code.element.get("schemeVersionID") or ""
            if edition.isdecimal() and len(edition) == 4:
                found["edition"] = int(code.attribute("schemeVersionID") or 0)
    named = place.text("cac:DeliveryLocation/cbc:Name") or place.text("cac:DeliveryLocation/cbc:ID")
    return kept(**found, place=named, note=place.text("cbc:SpecialTerms"))


def write_delivery_terms(terms: DeliveryTerms | None) -> Maybe:
    """The terms of delivery."""
    if terms is None:
        return None
    edition = None if terms.edition is None else str(terms.edition)
    return node(
        "cac:DeliveryTerms",
        leaf("cbc:ID", terms.incoterm, schemeID=INCOTERMS, schemeVersionID=edition),
        leaf("cbc:SpecialTerms", terms.note),
        node("cac:DeliveryLocation", leaf("cbc:Name", terms.place)),
    )


def read_period(source: Source, place: Cursor | None) -> dict[str, Any]:
    """The draft of a period."""
    if place is None:
        return {}
    return kept(start=source.day(place, "cbc:StartDate"), end=source.day(place, "cbc:EndDate"))


def write_period(name: str, period: Period | None) -> Maybe:
    """A period as element ``name``."""
    if period is None:
        return None
    return node(name, leaf("cbc:StartDate", period.start), leaf("cbc:EndDate", period.end))
