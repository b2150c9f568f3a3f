"""Checks of parts that several kinds share: parties, agencies, commodity codes, terms of delivery, periods."""

from collections.abc import Container, Iterable

from entrepot.base.finding import Severity
from entrepot.document.demand import Demand, Findings
from entrepot.document.trade import Appointment, DeliveryTerms, HsCode, Line, Period, Subject
from entrepot.party.party import Party

_SALE = "Entrepot sale, version 1: rights follow from records"
_HS = "Harmonized System; RCEP annex 3B"
_INCOTERMS = "ICC Incoterms"

NO_ECONOMY = Demand(
    "ENT-CORE-TRADE-21", "The economy of {role} {name} is not stated.", "State it (ISO 3166-1 alpha-2).", _SALE
)
NO_DID = Demand("ENT-CORE-TRADE-22", "{role} {name} has no DID, so nobody can act as it.", "State its DID.", _SALE)
ROLE_TWICE = Demand("ENT-CORE-TRADE-23", "The role {role} is given twice.", "Name one party per role.", _SALE)
SAME_PARTY = Demand("ENT-CORE-TRADE-24", "Buyer and seller are one and the same ({did}).", "Name both.", _SALE)
UNKNOWN_ECONOMY = Demand(
    "ENT-CORE-TRADE-25",
    "Nothing is known here of the economy {economy}; its rules are unknown.",
    "Add a file for the economy, or let a named person accept it.",
    "ISO 3166-1",
    Severity.WARNING,
)
LINE_TWICE = Demand("ENT-CORE-TRADE-26", "{id} is used for two lines.", "Number the lines.", "UBL 2.1 LineItem/ID")
HS_ON_SERVICE = Demand(
    "ENT-CORE-TRADE-27", "A service has no HS code ({code}).", "Leave it out.", _HS, Severity.WARNING
)
HS_SHORT = Demand(
    "ENT-CORE-TRADE-28", "{code} names a heading, not a subheading.", "Give six digits.", _HS, Severity.WARNING
)
HS_NATIONAL = Demand(
    "ENT-CORE-TRADE-29",
    "{code} has more than six digits, and nobody says in which economy.",
    "Name the economy, or give six digits.",
    _HS,
    Severity.WARNING,
)
HS_EDITION = Demand(
    "ENT-CORE-TRADE-33",
    "{code} does not say of which edition of the Harmonized System it is.",
    "State the edition: codes change their meaning between editions.",
    _HS,
    Severity.WARNING,
)
INCOTERM = Demand(
    "ENT-CORE-TRADE-30", "{code} is not among Incoterms {edition}.", "Check code and edition.", _INCOTERMS,
    Severity.WARNING,
)  # fmt: skip
NO_PLACE = Demand(
    "ENT-CORE-TRADE-31", "{code} needs a named place.", "Name the place or port.", _INCOTERMS, Severity.WARNING
)
PERIOD = Demand("ENT-CORE-TRADE-32", "The period ends ({end}) before it starts ({start}).", "Correct it.", "ISO 8601")
DEMANDS = (
    NO_ECONOMY, NO_DID, ROLE_TWICE, SAME_PARTY, UNKNOWN_ECONOMY, LINE_TWICE, HS_ON_SERVICE, HS_SHORT, HS_NATIONAL,
    HS_EDITION, INCOTERM, NO_PLACE, PERIOD,
)  # fmt: skip

_SINCE_2010 = frozenset({"EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DDP"})
RULES = {2010: _SINCE_2010 | {"DAT"}, 2020: _SINCE_2010 | {"DPU"}}
"""Incoterms rules by edition; of other editions nothing is said."""
Economies = Container[str] | None
"""ISO codes of the economies that are known here; None: not asked."""


def check_party(party: Party, path: str, role: str, economies: Economies = None, *, did: bool = True) -> Findings:
    """Whether ``party`` has an economy, a DID (where the sale needs one), and whether its economy is known here."""
    if party.economy is None:
        yield NO_ECONOMY.broken(f"{path}.economy", role=role, name=party.name)
    elif economies is not None and party.economy not in economies:
        yield UNKNOWN_ECONOMY.broken(f"{path}.economy", economy=party.economy)
    if did and party.did is None:
        yield NO_DID.broken(f"{path}.did", role=role, name=party.name)


def check_trading(buyer: Party | None, seller: Party, economies: Economies) -> Findings:
    """Buyer (where there is one) and seller: complete, and not one and the same."""
    yield from check_party(seller, "$.seller", "seller", economies)
    if buyer is None:
        return
    yield from check_party(buyer, "$.buyer", "buyer", economies)
    if buyer.did is not None and buyer.did == seller.did:
        yield SAME_PARTY.broken("$.buyer.did", did=buyer.did)


def check_appointments(parties: Iterable[Appointment]) -> Findings:
    """Every agency can act (has a DID), and no role is given twice."""
    seen = set()
    for index, each in enumerate(parties):
        path = f"$.parties[{index}]"
        if each.party.did is None:
            yield NO_DID.broken(f"{path}.party.did", role=each.role, name=each.party.name)
        if each.role in seen:
            yield ROLE_TWICE.broken(f"{path}.role", role=each.role)
        seen.add(each.role)


def check_lines(lines: Iterable[Line], subject: Subject) -> Findings:
    """Line numbers are unique; goods have usable commodity codes, services none."""
    yield from check_ids((line.id for line in lines), "$.lines")
    for index, line in enumerate(lines):
        path = f"$.lines[{index}].hs"
        if line.hs is None:
            continue
        if (line.subject or subject) is Subject.SERVICE:
            yield HS_ON_SERVICE.broken(path, code=line.hs.code)
        yield from check_hs(line.hs, path)


def check_ids(ids: Iterable[str], path: str) -> Findings:
    """No number is used twice in one list."""
    seen: set[str] = set()
    for index, each in enumerate(ids):
        if each in seen:
            yield LINE_TWICE.broken(f"{path}[{index}].id", id=each)
        seen.add(each)


def check_hs(hs: HsCode, path: str, severity: Severity = Severity.WARNING) -> Findings:
    """The code reaches the subheading, says its edition, and national digits say whose they are."""
    if len(hs.code) < 6:
        yield HS_SHORT.broken(f"{path}.code", severity=severity, code=hs.code)
    if len(hs.code) > 6 and hs.economy is None:
        yield HS_NATIONAL.broken(f"{path}.code", code=hs.code)
    if hs.vintage is None:
        yield HS_EDITION.broken(f"{path}.vintage", severity=severity, code=hs.code)


def check_delivery_terms(terms: DeliveryTerms | None) -> Findings:
    """The rule belongs to the edition, and names its place."""
    if terms is None or terms.incoterm is None:
        return
    if terms.edition in RULES and terms.incoterm not in RULES[terms.edition]:
        yield INCOTERM.broken("$.deliveryTerms.incoterm", code=terms.incoterm, edition=terms.edition)
    if terms.place is None:
        yield NO_PLACE.broken("$.deliveryTerms.place", code=terms.incoterm)


def check_period(period: Period | None, path: str) -> Findings:
    """The period does not end before it starts."""
    if period and period.start and period.end and period.end < period.start:
        yield PERIOD.broken(path, start=period.start, end=period.end)
