"""Every kind of record, gathered from the rooms that define them, with who may read it in a sale."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from entrepot.base.finding import Finding
from entrepot.base.record import Record
from entrepot.base.shape import parse

BUYER, SELLER = "buyer", "seller"
PUBLIC: frozenset[str] = frozenset()
TRADERS = frozenset({BUYER, SELLER})
_WITH_CUSTOMS = TRADERS | {"chamber", "export_customs", "import_customs", "reporter"}
_WITH_CARRIER = TRADERS | {"carrier"}
_WITH_MONEY = TRADERS | {"payer_bank", "settlement"}
_WITH_STORE = {"insurer", "warehouse_keeper"}
EVERYBODY = TRADERS | _WITH_CUSTOMS | _WITH_CARRIER | _WITH_MONEY | _WITH_STORE | {"neutral"}
READERS: Mapping[str, frozenset[str]] = {
    "offer": PUBLIC,
    "offer-withdrawal": PUBLIC,
    "order": TRADERS | {"reporter"},
    "order-response": EVERYBODY,
    "order-cancellation": EVERYBODY,
    "cancellation-response": EVERYBODY,
    "invoice": _WITH_CUSTOMS | {"payer_bank"},
    "credit-note": _WITH_CUSTOMS | {"payer_bank"},
    "certificate-of-origin": _WITH_CUSTOMS,
    "transport-document": _WITH_CUSTOMS | _WITH_CARRIER,
    "packing-list": _WITH_CUSTOMS | _WITH_CARRIER | _WITH_STORE | {"payer_bank"},
    "insurance-certificate": TRADERS | {"carrier", "import_customs", "payer_bank", "insurer", "neutral"},
    "warehouse-receipt": _WITH_CARRIER | {"payer_bank", "warehouse_keeper", "neutral"},
    "customs-declaration": _WITH_CUSTOMS,
    "customs-release": _WITH_CUSTOMS | _WITH_CARRIER,
    "hand-over": _WITH_CUSTOMS | _WITH_CARRIER,
    "payment-request": _WITH_MONEY,
    "payment-instruction": _WITH_MONEY,
    "settlement": _WITH_MONEY | {"reporter"},
    "refund": _WITH_MONEY | {"reporter"},
    "return-request": _WITH_CARRIER | {"neutral"},
    "return-response": _WITH_CARRIER | {"neutral"},
    "dispute": TRADERS | {"neutral"},
    "dispute-answer": TRADERS | {"neutral"},
    "dispute-resolution": _WITH_MONEY | {"neutral"},
    "acceptance": _WITH_CUSTOMS,
    "message": TRADERS,
    "count": EVERYBODY,
    "tombstone": TRADERS,
    "credential-issued": frozenset({"issuer"}),
    "credential-status": frozenset({"issuer"}),
    "legal-hold": frozenset({"issuer"}),
    "legal-hold-lift": frozenset({"issuer"}),
    "erasure-refusal": frozenset({"issuer"}),
    "erasure-acceptance": frozenset({"issuer"}),
    "agency-appointment": frozenset(),
    "agency-decision": frozenset({"issuer", "concerned"}),
    "complaint": frozenset({"issuer", "overseer"}),
    "registration-request": frozenset({"issuer", "registrar"}),
}
"""Roles that read a kind unless its issuer says otherwise: a bank need not see the price list."""
OWN_EYES = frozenset({"legal-hold", "legal-hold-lift", "erasure-refusal", "erasure-acceptance"})
"""Kinds about what their issuer keeps, which it alone reads."""
ALONE = frozenset({"tombstone", "credential-issued", "credential-status", "agency-appointment"}) | OWN_EYES
"""Kinds that speak of what their issuer itself did, in no sale: it erased a record, signed a credential, placed a
hold."""
OFFERING = frozenset({"offer", "offer-withdrawal"})
"""Kinds by which a seller speaks to everybody."""
BEFORE_AGENCIES = frozenset({"agency-decision", "complaint", "registration-request"})
"""Kinds by which somebody turns to an agency, and by which it decides; their readers are named by whoever issues."""
SALELESS = ALONE | OFFERING | BEFORE_AGENCIES
"""Kinds that belong to no sale; an offer may be taken up by many orders."""
PERSONAL = frozenset(READERS) - OFFERING - {"settlement", "refund", "count"} - (ALONE - OWN_EYES)
"""Kinds that may name natural persons (a consumer is a party like any other): kept encrypted, each record under a key
of its own, so that it can be erased. Offers are public, books and counts name accounts and figures."""

READ_MAX = 256
Reading = tuple[Any | None, tuple[Finding, ...]]
_READ: dict[tuple[str, bool], Reading] = {}

Check = Callable[[Any], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of record in one version: the shape of its payload, its check, and who reads it."""

    name: str
    version: int
    shape: type[Any]
    check: Check
    readers: frozenset[str]
    personal: bool


@cache
def kinds() -> Mapping[tuple[str, int], Kind]:
    """All kinds by (name, version)."""
    from entrepot.document.kinds import kinds as of_documents
    from entrepot.economy.load import codes
    from entrepot.movement.kinds import kinds as of_movement
    from entrepot.payment.kinds import kinds as of_payment
    from entrepot.rule.kinds import kinds as of_rule
    from entrepot.sale.kinds import kinds as of_sale
    from entrepot.statistic.kinds import kinds as of_statistic

    def checked_documents() -> dict[tuple[str, int], tuple[type[Any], Check]]:
        known = frozenset(codes())
        return {key: (each.shape, partial(each.check, economies=known)) for key, each in of_documents().items()}

    def of_flow() -> dict[tuple[str, int], tuple[type[Any], Check]]:
        from entrepot.document.agency.model import APPOINTMENT, AgencyAppointment
        from entrepot.flow import refusal, standing
        from entrepot.flow.erase import KIND, Tombstone, check
        from entrepot.flow.holdview import ACCEPTANCE, REFUSAL
        from entrepot.rule import acceptance

        return {
            (KIND, 1): (Tombstone, check),
            (standing.ISSUED, 1): (standing.CredentialIssued, standing.check_issued),
            (standing.STATUS, 1): (standing.CredentialStatus, standing.check_status),
            (REFUSAL, 1): (refusal.ErasureRefusal, refusal.check),
            (ACCEPTANCE, 1): (acceptance.Acceptance, acceptance.check),
            (APPOINTMENT, 1): (AgencyAppointment, lambda _: ()),
        }

    rooms = (of_flow, checked_documents, of_movement, of_payment, of_rule, of_sale, of_statistic)
    found = {}
    for room in rooms:
        for (name, version), (shape, check) in room().items():
            found[name, version] = Kind(
                name=name,
                version=version,
                shape=shape,
                check=check,
                readers=READERS[name],
                personal=name in PERSONAL,
            )
    return found


def newest(name: str) -> Kind | None:
    """The newest version of a kind, or None where no room defines it."""
    return max((each for each in kinds().values() if each.name == name), key=lambda kind: kind.version, default=None)


def read_record(record: Record) -> Reading:
    """The payload in its shape and the findings of its kind's check; None and no findings for an unknown kind.

    The id of a record is the digest of its content, so what was read of it once holds for ever: the newest few
    answers are remembered.
    """
    found = _READ.get((record.id, record.erased))
    if found is None:
        found = remember(record, read_payload((record.kind, record.content.version), record.content.payload))
    return found


def remember(record: Record, reading: Reading) -> Reading:
    """Remember what was read of the payload of ``record`` before the record was made."""
    if len(_READ) >= READ_MAX:
        _READ.clear()
    _READ[record.id, record.erased] = reading
    return reading


def read_payload(name: tuple[str, int], value: Mapping[str, Any]) -> Reading:
    """As :func:`read_record`, for a payload of the kind ``name``, with its version, of which no record is made yet."""
    kind = kinds().get(name)
    if kind is None:
        return None, ()
    payload, findings = parse(kind.shape, value, path="$.payload")
    if payload is None:
        return None, findings
    return payload, tuple(each.at("$.payload") for each in kind.check(payload))
