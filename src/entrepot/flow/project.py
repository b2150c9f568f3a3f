"""What the sale needs to know of a record: the one place where payloads become facts."""

from collections.abc import Callable, Iterable
from typing import Any

from entrepot.base.money import Money
from entrepot.base.record import Record
from entrepot.document.customs.model import CustomsDeclaration, CustomsRelease
from entrepot.document.invoice.model import CreditNote, Invoice
from entrepot.document.offer.model import Offer
from entrepot.document.order.model import CancellationResponse, Order, OrderResponse
from entrepot.document.trade import Appointment
from entrepot.flow.kinds import kinds, read_record
from entrepot.movement.event import HandOver
from entrepot.party.party import Party
from entrepot.payment.instruction import PaymentInstruction
from entrepot.payment.request import PaymentRequest
from entrepot.payment.settlement import Refund, Settlement
from entrepot.rule.acceptance import Acceptance
from entrepot.sale import claim, fact
from entrepot.sale.fact import Fact, Role, Says, Unread
from entrepot.statistic.count import Count

_SUBJECTS = {"goods": "goods", "service": "services"}
_LEGS = {
    "picked_up": "dispatch",
    "departed": "transit",
    "arrived": "transit",
    "out_for_delivery": "transit",
    "refused": "transit",
    "delivered": "delivery",
    "returning": "return",
    "returned_to_sender": "return",
}


def fact_of(record: Record) -> Fact:
    """The fact that ``record`` states. An erased, newer or unknown record is kept and says that it is unread."""
    return Fact(
        id=record.id,
        kind=record.kind,
        issuer=record.content.issuer,
        number=record.content.number,
        issued=record.content.issued,
        after=frozenset(record.content.after),
        says=_says(record),
    )


def _says(record: Record) -> Says:
    if record.erased:
        return Unread(why="erased")
    if (record.kind, record.content.version) not in kinds():
        known = any(name == record.kind for name, _ in kinds())
        return Unread(why="newer" if known else "unknown-kind")
    payload, _ = read_record(record)
    project = PROJECTIONS.get(record.kind)
    if payload is None or project is None:
        return Unread(why="newer")
    return project(payload)


def _did(party: Party | None) -> str | None:
    return None if party is None else party.did


def appointed(parties: Iterable[Appointment]) -> tuple[tuple[Role, str], ...]:
    """Role and DID of each appointment that names a DID."""
    return tuple((Role(str(each.role)), each.party.did) for each in parties if each.party.did)


def crosses_border(buyer: Party, seller: Party) -> bool | None:
    """Whether the two sit in different economies; None where one of them does not say."""
    return None if not buyer.economy or not seller.economy else buyer.economy != seller.economy


def _order(order: Order) -> Says:
    return fact.Ordered(
        buyer=_did(order.buyer),
        seller=_did(order.seller),
        buyer_type=order.buyer_type.value,
        subject=_SUBJECTS[order.subject],  # type: ignore[arg-type]
        ordered_by=order.ordered_by.value,
        parties=appointed(order.parties),
        total=order.totals.payable,
        cross_border=crosses_border(order.buyer, order.seller),
        presented=order.presented is not None,
        offer=order.offer.record if order.offer else None,
    )


def _billed(billing: Invoice | CreditNote) -> Money:
    return billing.totals.payable


def _released(release: CustomsRelease) -> Says:
    outcome = {"released": "released", "refused": "refused", "inspect": "inspection"}[release.decision]
    return fact.Released(declaration=release.declaration.record, outcome=outcome)  # type: ignore[arg-type]


def _declared(declaration: CustomsDeclaration) -> Says:
    return fact.Declared(direction=declaration.direction.value, office=_did(declaration.office))


def _response(response: OrderResponse) -> Says:
    return fact.Answered(accepted=response.answer == "accept", parties=appointed(response.parties))


def _cancelled(response: CancellationResponse) -> Says:
    return fact.CancellationAnswered(request=response.cancellation.record, accepted=response.answer == "accept")


def _handed(event: HandOver) -> Says:
    return fact.HandedOver(leg=_LEGS[event.leg])  # type: ignore[arg-type]


def _offered(offer: Offer) -> Says:
    return fact.Offered(seller=_did(offer.seller))


def _instructed(instruction: PaymentInstruction) -> Says:
    return fact.PaymentInstructed(amount=instruction.settlement)


def _requested(request: PaymentRequest) -> Says:
    return fact.PaymentRequested(amount=request.amount)


def _settled(settlement: Settlement) -> Says:
    return fact.Settled(amount=settlement.amount)


def _refunded(refund: Refund) -> Says:
    return fact.Refunded(amount=refund.amount)


def _accepted(acceptance: Acceptance) -> Says:
    return fact.Accepted(findings=tuple(sorted(set(acceptance.findings))))


def _counted(count: Count) -> Says:
    return fact.Counted(digest=count.digest)


CLAIMS = ("return-request", "return-response", "dispute", "dispute-answer", "dispute-resolution")
"""Kinds whose payload knows itself what it says to the sale."""
PROJECTIONS: dict[str, Callable[[Any], Says]] = {
    "offer": _offered,
    "order": _order,
    "order-response": _response,
    "order-cancellation": lambda _: fact.CancellationRequested(),
    "cancellation-response": _cancelled,
    "invoice": lambda invoice: fact.Invoiced(total=_billed(invoice)),
    "credit-note": lambda note: fact.Credited(total=_billed(note)),
    "certificate-of-origin": lambda _: fact.CertificateIssued(),
    "transport-document": lambda _: fact.TransportIssued(),
    "packing-list": lambda _: fact.PackingListed(),
    "insurance-certificate": lambda _: fact.Insured(),
    "warehouse-receipt": lambda _: fact.Stored(),
    "customs-declaration": _declared,
    "customs-release": _released,
    "hand-over": _handed,
    "payment-request": _requested,
    "payment-instruction": _instructed,
    "settlement": _settled,
    "refund": _refunded,
    "acceptance": _accepted,
    "count": _counted,
    **dict.fromkeys(CLAIMS, claim.says_of),
}
