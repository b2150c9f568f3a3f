"""What is demanded of a certificate of origin.

Whether the goods do originate, and whether the economies are parties to the agreement, is for the rules to say.
"""

from collections.abc import Callable
from datetime import date

from entrepot.base.finding import Finding, Severity
from entrepot.document.demand import Demand, Findings
from entrepot.document.origin.model import CertificateOfOrigin, Criterion, OriginItem
from entrepot.document.parts import Economies, check_hs, check_ids, check_party

_ANNEX = "RCEP annex 3B (minimum information)"
_PROOF = "RCEP articles 3.16 and 3.17"
NO_CRITERION = Demand(
    "ENT-CORE-ORIGIN-01", "No origin criterion under {agreement}.", "State WO, PE, CTC, RVC or CR.", _ANNEX
)
NO_FOB = Demand("ENT-CORE-ORIGIN-02", "Regional value content was used; the FOB value is missing.", "State it.", _ANNEX)
CRITERION_ALONE = Demand(
    "ENT-CORE-ORIGIN-03",
    "Criterion {criterion} belongs to an agreement; none is named.",
    "Name the agreement, or leave the criterion out.",
    _ANNEX,
)
NO_ADDRESS = Demand(
    "ENT-CORE-ORIGIN-04", "The address of the {role} is missing.", "State it.", _ANNEX, Severity.WARNING
)
NO_INVOICE = Demand(
    "ENT-CORE-ORIGIN-05", "No invoice is named for this good.", "Name number and date.", _ANNEX, Severity.WARNING
)
NOT_MARKED = Demand(
    "ENT-CORE-ORIGIN-06",
    "Issued on {issued}, after departure on {departure}, and not marked as issued retroactively.",
    "Mark it ISSUED RETROACTIVELY.",
    _PROOF,
    Severity.WARNING,
)
TOO_LATE = Demand(
    "ENT-CORE-ORIGIN-07",
    "Issued on {issued}, more than a year after departure on {departure}.",
    "A certificate may be issued within one year of shipment.",
    _PROOF,
)
TOO_LONG = Demand(
    "ENT-CORE-ORIGIN-08", "Valid until {until}; one year from {issued} is the most.", "Correct the date.", _PROOF
)
BEYOND_ORIGINAL = Demand(
    "ENT-CORE-ORIGIN-09",
    "Valid until {until}, longer than the original ({original}).",
    "It ends with the original at the latest.",
    "RCEP article 3.19",
)
DECLARED_LATER = Demand(
    "ENT-CORE-ORIGIN-10", "Declared on {declared}, certified on {issued}.", "The declaration comes first.", _ANNEX
)
ADDITION_ALONE = Demand(
    "ENT-CORE-ORIGIN-11",
    "{addition} is stated without a criterion.",
    "State the criterion that it is added to.",
    _ANNEX,
)
DEMANDS = (
    NO_CRITERION, NO_FOB, CRITERION_ALONE, NO_ADDRESS, NO_INVOICE, NOT_MARKED, TOO_LATE, TOO_LONG, BEYOND_ORIGINAL,
    DECLARED_LATER, ADDITION_ALONE,
)  # fmt: skip


def check(certificate: CertificateOfOrigin, *, economies: Economies = None) -> tuple[Finding, ...]:
    """All findings on a certificate; ``economies``: ISO codes of those known here."""
    return tuple(found for part in _PARTS for found in part(certificate, economies))


def _check_parties(certificate: CertificateOfOrigin, economies: Economies) -> Findings:
    yield from check_party(certificate.issuing_body, "$.issuingBody", "issuing body", economies)
    for role in ("exporter", "consignee"):
        party = getattr(certificate, role)
        yield from check_party(party, f"$.{role}", role, economies, did=False)
        if party.address is None:
            yield NO_ADDRESS.broken(f"$.{role}.address", role=role)


def _check_items(certificate: CertificateOfOrigin, _: Economies) -> Findings:
    yield from check_ids((item.id for item in certificate.items), "$.items")
    for index, item in enumerate(certificate.items):
        yield from _check_item(certificate, item, f"$.items[{index}]")


def _check_item(certificate: CertificateOfOrigin, item: OriginItem, path: str) -> Findings:
    yield from check_hs(item.hs, f"{path}.hs", Severity.BLOCKING)
    if certificate.agreement is not None and item.criterion is None:
        yield NO_CRITERION.broken(f"{path}.criterion", agreement=certificate.agreement)
    if certificate.agreement is None and item.criterion is not None:
        yield CRITERION_ALONE.broken(f"{path}.criterion", criterion=item.criterion)
    if item.additions and item.criterion is None:
        yield ADDITION_ALONE.broken(f"{path}.additions", addition=item.additions[0])
    if item.criterion is Criterion.RVC and item.fob is None:
        yield NO_FOB.broken(f"{path}.fob")
    if item.invoice is None:
        yield NO_INVOICE.broken(f"{path}.invoice")


def _check_dates(certificate: CertificateOfOrigin, _: Economies) -> Findings:
    issued, until = certificate.issue_date, certificate.valid_until
    departure = certificate.consignment.departure if certificate.consignment else None
    if departure is not None and issued > a_year_after(departure):
        yield TOO_LATE.broken("$.issueDate", issued=issued, departure=departure)
    elif departure is not None and issued > departure and not certificate.issued_retroactively:
        yield NOT_MARKED.broken("$.issuedRetroactively", issued=issued, departure=departure)
    if until is not None and until > a_year_after(issued):
        yield TOO_LONG.broken("$.validUntil", until=until, issued=issued)
    original = certificate.back_to_back.valid_until if certificate.back_to_back else None
    if until is not None and original is not None and until > original:
        yield BEYOND_ORIGINAL.broken("$.validUntil", until=until, original=original)
    if certificate.declaration.on > issued:
        yield DECLARED_LATER.broken("$.declaration.on", declared=certificate.declaration.on, issued=issued)


def a_year_after(day: date) -> date:
    """The same day of the next year; 28 February after 29 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28) if day.year < date.max.year else date.max


_PARTS: tuple[Callable[[CertificateOfOrigin, Economies], Findings], ...] = (_check_parties, _check_items, _check_dates)
