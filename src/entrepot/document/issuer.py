"""Whether a document names its issuer in the place where the issuer of its kind stands."""

from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.document.demand import Demand

PLACES = {
    "offer": {"seller": "seller"},
    "order": {"buyer": "buyer"},
    "invoice": {"seller": "seller"},
    "credit-note": {"seller": "seller"},
    "packing-list": {"seller": "seller"},
    "transport-document": {"carrier": "carrier"},
    "certificate-of-origin": {"issuing_body": "issuingBody"},
    "customs-declaration": {"declarant": "declarant"},
    "customs-release": {"office": "office"},
    "insurance-certificate": {"insurer": "insurer", "insured_party": "insuredParty"},
    "warehouse-receipt": {"keeper": "keeper"},
}
"""Kind -> the members of which one names the party that issues it, and their names in JSON."""
ANOTHER = Demand(
    "ENT-CORE-ISSUER-01",
    "The document is issued by {issuer}, and names {named} as {place}.",
    "Issue it as that party, or correct the document: whoever verifies it sees both.",
    "Entrepot documents, version 1",
    Severity.WARNING,
)


def check_issuer(kind: str, payload: Any, issuer: str) -> tuple[Finding, ...]:
    """A warning where no party in the issuer's place has the DID of the issuer."""
    places = PLACES.get(kind, {})
    named = {place: getattr(payload, place).did for place in places}
    if not named or issuer in named.values():
        return ()
    place, did = next(iter(named.items()))
    words = place.replace("_", " ")
    return (ANOTHER.broken(f"$.payload.{places[place]}", issuer=issuer, named=did or "nobody", place=words),)
