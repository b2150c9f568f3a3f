"""What is demanded of a cargo insurance certificate."""

from collections.abc import Callable

from entrepot.base.finding import Finding, Severity
from entrepot.document.demand import Demand, Findings
from entrepot.document.insurance.model import InsuranceCertificate
from entrepot.document.parts import Economies, check_hs, check_party

_KTDDE = "ICC KTDDE, cargo insurance certificate"
_UCP = "ICC UCP 600 article 28"
ZERO_SUM = Demand("ENT-CORE-INSURANCE-01", "A sum insured of {insured}.", "State the sum insured.", _KTDDE)
LATE = Demand(
    "ENT-CORE-INSURANCE-02",
    "Cover begins on {cover}, after departure on {departure}.",
    "Cover must begin no later than the day of shipment.",
    f"{_UCP} e",
)
CURRENCY = Demand(
    "ENT-CORE-INSURANCE-03",
    "Insured in {insured}, the goods are valued in {value}.",
    "State both in one currency.",
    f"{_UCP} f i",
    Severity.WARNING,
)
UNDER = Demand(
    "ENT-CORE-INSURANCE-04",
    "The sum insured ({insured}) is less than 110 % of the value ({value}).",
    "Insure 110 % of the CIF or CIP value, unless agreed otherwise.",
    f"{_UCP} f ii; ICC Incoterms 2020 CIF A5, CIP A5",
    Severity.WARNING,
)
NO_INVOICE = Demand(
    "ENT-CORE-INSURANCE-05", "No invoice is named.", "Name the invoice of the goods.", _KTDDE, Severity.WARNING
)
NO_PLACE = Demand("ENT-CORE-INSURANCE-06", "The place has neither code nor name.", "Give one of them.", _KTDDE)
NO_CLAIMS = Demand(
    "ENT-CORE-INSURANCE-07",
    "Where claims are payable is not stated.",
    "Name the place, and the agent who settles claims.",
    _KTDDE,
    Severity.WARNING,
)
NO_MEANS = Demand(
    "ENT-CORE-INSURANCE-08",
    "Neither vessel nor transport document is named.",
    "Name one of them: else the journey insured cannot be told.",
    _KTDDE,
    Severity.WARNING,
)
DEMANDS = (ZERO_SUM, LATE, CURRENCY, UNDER, NO_INVOICE, NO_PLACE, NO_CLAIMS, NO_MEANS)
_TENTHS = 11
"""Tenths of the value that are insured at least: 110 % (UCP 600 article 28 f ii)."""


def check(certificate: InsuranceCertificate, *, economies: Economies = None) -> tuple[Finding, ...]:
    """All findings on a certificate; ``economies``: ISO codes of those known here."""
    return tuple(found for part in _PARTS for found in part(certificate, economies))


def _check_parties(certificate: InsuranceCertificate, economies: Economies) -> Findings:
    yield from check_party(certificate.insurer, "$.insurer", "insurer", economies, did=False)
    yield from check_party(certificate.insured_party, "$.insuredParty", "insured party", economies, did=False)
    if certificate.claims_payable_at is None:
        yield NO_CLAIMS.broken("$.claimsPayableAt")


def _check_sums(certificate: InsuranceCertificate, _: Economies) -> Findings:
    insured, value = certificate.insured, certificate.value
    if insured.minor <= 0:
        yield ZERO_SUM.broken("$.insured", insured=insured)
    if value is None:
        return
    if value.currency != insured.currency:
        yield CURRENCY.broken("$.value", insured=insured.currency, value=value.currency)
    elif insured.minor * 10 < value.minor * _TENTHS:
        yield UNDER.broken("$.insured", insured=insured, value=value)


def _check_journey(certificate: InsuranceCertificate, _: Economies) -> Findings:
    for name in ("loading", "discharge", "receipt", "delivery", "claims_payable_at"):
        place = getattr(certificate, name)
        if place is not None and place.locode is None and place.name is None:
            path = "claimsPayableAt" if name == "claims_payable_at" else name
            yield NO_PLACE.broken(f"$.{path}")
    begins, leaves = certificate.cover_from or certificate.issue_date, certificate.departure
    if leaves is not None and begins > leaves:
        yield LATE.broken("$.coverFrom", cover=begins, departure=leaves)
    if certificate.vessel is None and certificate.transport is None:
        yield NO_MEANS.broken("$.vessel")


def _check_goods(certificate: InsuranceCertificate, _: Economies) -> Findings:
    if certificate.invoice is None:
        yield NO_INVOICE.broken("$.invoice")
    for index, each in enumerate(certificate.goods):
        if each.hs is not None:
            yield from check_hs(each.hs, f"$.goods[{index}].hs")


_PARTS: tuple[Callable[[InsuranceCertificate, Economies], Findings], ...] = (
    _check_parties, _check_sums, _check_journey, _check_goods,
)  # fmt: skip
