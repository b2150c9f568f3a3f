"""What parties write: a payload for every kind, derived from the order and from what their node holds of the sale."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from entrepot.base.money import Money
from entrepot.base.record import Record
from entrepot.base.shape import dump, parse
from entrepot.cli.demo import papers
from entrepot.cli.demo.cast import Cast
from entrepot.document.customs.model import CustomsRelease, Decision, Direction
from entrepot.document.invoice.model import CreditNote
from entrepot.document.offer.model import Offer
from entrepot.document.order.model import Answer, CancellationResponse, Order, OrderCancellation, OrderResponse
from entrepot.document.trade import DocumentReference, RecordReference
from entrepot.flow.count import sale_row
from entrepot.journal.journal import Journal
from entrepot.journal.port import Attachment
from entrepot.movement.event import Leg
from entrepot.movement.hand_over import PASSING, Consignment, consignment_uri, hand_over
from entrepot.movement.place import Place
from entrepot.payment import message
from entrepot.payment.account import Account, Agent, InvoiceReference, new_uetr
from entrepot.payment.instruction import PaymentInstruction
from entrepot.payment.qr import Merchant, request_code
from entrepot.payment.request import PaymentRequest
from entrepot.payment.settle import Accounts, give_back, settle
from entrepot.payment.settlement import RefundReason, Settlement
from entrepot.rule.acceptance import Acceptance
from entrepot.sale import claim
from entrepot.sale.fact import Fact
from entrepot.sale.state import SaleState
from entrepot.statistic.count import count_of
from entrepot.statistic.row import row_of


@dataclass
class Trade:
    """One sale as its parties mean it. ``early``, ``late``: agencies that the order, and that its answer, appoints."""

    order: Order
    cast: Cast
    early: tuple[str, ...]
    late: tuple[str, ...]
    sale: str = ""


@dataclass
class Desk:
    """Where a party writes: what its node holds of the sale, the state it makes, the business number to use."""

    trade: Trade
    role: str
    number: str
    facts: Sequence[Fact]
    state: SaleState
    records: Mapping[str, Record]
    now: datetime
    chance: Random
    journal: Journal

    def of_kind(self, *kinds: str) -> list[Fact]:
        return [each for each in self.facts if each.kind in kinds and each.id in self.records]

    def pick(self, *kinds: str) -> Fact | None:
        found = self.of_kind(*kinds)
        return self.chance.choice(found) if found else None

    def ref(self, fact: Fact) -> RecordReference:
        return RecordReference(record=fact.id, number=fact.number)

    @property
    def order(self) -> RecordReference:
        return RecordReference(record=self.trade.sale, number=self.trade.order.number)

    def money(self) -> Money:
        return Money(self.chance.randrange(1, 100_000), self.trade.order.currency)

    def deal(self) -> papers.Deal:
        """The papers that this node holds, in the form in which further papers are derived from them."""
        deal = papers.Deal(order=self.trade.order, cast=self.trade.cast, today=self.now.date())
        deal.issued["order"] = (self.trade.sale, self.trade.order.number)
        for each in self.facts:
            deal.issued[each.kind] = (each.id, each.number)
            if each.id in self.state.declarations:
                deal.issued[f"{self.state.declarations[each.id]}-declaration"] = (each.id, each.number)
        return deal


def _offer(desk: Desk) -> Any:
    order = desk.trade.order
    return Offer(
        number=desk.number,
        issue_date=desk.now.date(),
        valid_until=desk.now.date() + timedelta(days=30),
        seller=order.seller,
        subject=order.subject,
        channel=order.channel,
        currency=order.currency,
        lines=order.lines,
        rounding=order.rounding,
        delivery_terms=order.delivery_terms,
    )


def _order(desk: Desk) -> Any:
    offer = next((each for each in desk.facts if each.kind == "offer"), None)
    taken_up = DocumentReference(number=offer.number, record=offer.id) if offer else None
    return replace(
        desk.trade.order,
        number=desk.number,
        issue_date=desk.now.date(),
        offer=taken_up,
        parties=desk.trade.cast.appointments(*desk.trade.early),
    )


def _response(desk: Desk) -> Any:
    accepts = desk.state.moved_goods or desk.chance.random() < 0.9
    return OrderResponse(
        number=desk.number,
        issue_date=desk.now.date(),
        order=desk.order,
        answer=Answer.ACCEPT if accepts else Answer.REJECT,
        reason=None if accepts else "Out of stock.",
        parties=desk.trade.cast.appointments(*desk.trade.late),
    )


def _cancellation(desk: Desk) -> Any:
    return OrderCancellation(number=desk.number, issue_date=desk.now.date(), order=desk.order, reason="Not needed.")


def _cancellation_response(desk: Desk) -> Any:
    asked = [each for each in desk.of_kind("order-cancellation") if each.id in desk.state.open_cancellations]
    if not asked:
        return None
    answer = Answer.REJECT if desk.state.moved_goods else desk.chance.choice(list(Answer))
    return CancellationResponse(
        number=desk.number,
        issue_date=desk.now.date(),
        order=desk.order,
        cancellation=desk.ref(desk.chance.choice(asked)),
        answer=answer,
        reason="We talked about it.",
    )


def _credit_note(desk: Desk) -> Any:
    billed = desk.pick("invoice")
    if billed is None:
        return None
    bill = papers.invoice(desk.deal(), desk.number)
    names = ("number", "issue_date", "seller", "buyer", "currency", "lines", "totals", "rounding", "order")
    same = {name: getattr(bill, name) for name in names}
    named = (DocumentReference(number=billed.number, record=billed.id),)
    return CreditNote(**same, type_code="381", invoices=named, reason="Some of it was spoilt.")


def _certificate(desk: Desk) -> Any:
    return papers.certificate(desk.deal(), desk.number) if desk.of_kind("invoice") else None


def _declaration(desk: Desk) -> Any:
    direction = {"seller": Direction.EXPORT, "buyer": Direction.IMPORT}.get(
        desk.role, desk.chance.choice(list(Direction))
    )
    needs = ("invoice",) if direction is Direction.EXPORT else ("invoice", "transport-document")
    if not all(map(desk.of_kind, needs)) or not desk.deal().crosses_border:
        return None
    return papers.declaration(desk.deal(), desk.number, direction)


def _release(desk: Desk) -> Any:
    direction = Direction(desk.role.removesuffix("_customs"))
    declared = [
        each
        for each in desk.of_kind("customs-declaration")
        if desk.state.declarations.get(each.id, direction.value) == direction.value
        and desk.records[each.id].payload.get("direction") == direction.value
    ]
    if not declared:
        return None
    decision = desk.chance.choice([Decision.RELEASED] * 4 + [each for each in Decision if each != Decision.RELEASED])
    return CustomsRelease(
        number=desk.number,
        issue_date=desk.now.date(),
        office=desk.trade.cast[desk.role],
        declaration=desk.ref(desk.chance.choice(declared)),
        direction=direction,
        decision=decision,
        conditions=("Open the container.",) if decision == Decision.INSPECT else (),
        reasons=() if decision == Decision.RELEASED else ("A document is missing.",),
    )


def _hand_over(desk: Desk) -> Any:
    leg = Leg.DELIVERED if desk.trade.order.subject.value != "goods" else desk.chance.choice([*Leg, Leg.DELIVERED])
    cast, giver = desk.trade.cast, desk.trade.cast[desk.role]
    taker = cast["seller" if desk.role == "buyer" else "buyer"] if leg in PASSING else None
    consignment = Consignment(number=desk.number, things=(consignment_uri(giver.did or "", desk.number),))
    return hand_over(leg, consignment, when=desk.now, where=Place(locode="MYPKG"), given_by=giver, taken_by=taker)


def _request(desk: Desk) -> Any:
    amount = desk.money()
    billed = desk.pick("invoice")
    named = InvoiceReference(number=billed.number if billed else desk.number, record=billed.id if billed else None)
    merchant = Merchant(name="SELLER", city="TOWN", economy="MY", objects={"01": "1"}, guid="example.simulated")
    code, _ = request_code(amount, desk.number, merchant=merchant)
    if code is None:
        return None
    return PaymentRequest(amount=amount, payee=desk.trade.cast["seller"], invoices=(named,), scheme="generic", qr=code)


def _instruction(desk: Desk) -> Any:
    amount, cast = desk.money(), desk.trade.cast
    agent = Agent(name="Bank (invented)", town="Town", economy="MY")
    draft = PaymentInstruction(
        uetr=new_uetr(desk.chance.randbytes),
        number=desk.number,
        end_to_end=desk.number,
        created=desk.now.replace(microsecond=0),
        debtor=cast["buyer"],
        debtor_account=Account(number="1"),
        debtor_agent=agent,
        creditor=cast["seller"],
        creditor_account=Account(number="2"),
        creditor_agent=agent,
        instructed=amount,
        settlement=amount,
        settlement_date=desk.now.date(),
    )
    issued, _, findings = message.issue(draft)
    assert issued is not None, findings
    return issued


def _settlement(desk: Desk) -> Any:
    """Of an instruction that was not settled before, as far as this node knows; sometimes of one that was."""
    open_ = desk.of_kind("payment-instruction")
    done = {desk.records[each.id].payload.get("instruction") for each in desk.of_kind("settlement")}
    if desk.chance.random() < 0.9:
        open_ = [each for each in open_ if each.id not in done]
    if not open_:
        return None
    ordered = desk.chance.choice(open_)
    instruction, _ = parse(PaymentInstruction, dict(desk.records[ordered.id].payload))
    if instruction is None:
        return None
    cast = desk.trade.cast
    lender = cast.did("settlement") if desk.chance.random() < 0.9 else None
    accounts = Accounts(debtor=cast.did("payer_bank"), creditor=cast.did("seller"), issuer=lender)
    return settle(ordered.id, instruction, accounts=accounts, settled=desk.now.replace(microsecond=0))


def _refund(desk: Desk) -> Any:
    """Of a part of a settlement; sometimes of more than is left."""
    paid = desk.pick("settlement")
    if paid is None:
        return None
    settlement, _ = parse(Settlement, dict(desk.records[paid.id].payload))
    if settlement is None:
        return None
    part = max(1, settlement.amount.minor * desk.chance.choice((1, 3, 5, 10)) // 10)
    return give_back(
        paid.id,
        settlement,
        amount=Money(part, settlement.amount.currency),
        taker=desk.trade.cast.did("buyer"),
        reason=RefundReason.REQUESTED,
        refunded=desk.now.replace(microsecond=0),
    )


def _return_request(desk: Desk) -> Any:
    return claim.ReturnRequest(reason=claim.ReturnReason.DAMAGED, note="Soft.")


def _return_response(desk: Desk) -> Any:
    asked = desk.state.open_returns
    if not asked:
        return None
    answer = desk.chance.choice(list(claim.ReturnAnswer))
    return claim.ReturnResponse(request=desk.chance.choice(asked), answer=answer, reason="See the photographs.")


def _dispute(desk: Desk) -> Any:
    remedy = desk.chance.choice(list(claim.Remedy))
    wants_money = remedy in (claim.Remedy.REFUND, claim.Remedy.PAYMENT)
    about = desk.chance.choice(desk.facts).id
    return claim.Dispute(
        about=(about,), grounds="It is late.", remedy=remedy, claim=desk.money() if wants_money else None
    )


def _dispute_answer(desk: Desk) -> Any:
    others = [each for each, by in desk.state.open_disputes.items() if by.value != desk.role]
    if not others:
        return None
    return claim.DisputeAnswer(
        dispute=desk.chance.choice(others), agrees=desk.chance.random() < 0.5, grounds="We looked into it."
    )


def _resolution(desk: Desk) -> Any:
    open_ = list(desk.state.open_disputes)
    if not open_:
        return None
    award = desk.money() if desk.chance.random() < 0.5 else None
    return claim.DisputeResolution(
        dispute=desk.chance.choice(open_),
        outcome=desk.chance.choice(list(claim.Outcome)),
        decided_by="Neutral Person (invented)",
        reasons="Both were heard.",
        award=award,
        award_to=desk.chance.choice(list(claim.Trader)) if award else None,
    )


def _acceptance(desk: Desk) -> Any:
    return Acceptance(
        findings=(f"ENT-CORE-LAW-{desk.chance.randrange(1, 9)}",),
        name="Clerk (invented)",
        role="export clerk",
        reasons="Asked the authority.",
        at=desk.now.replace(microsecond=0),
    )


def _count(desk: Desk) -> Any:
    seen = sale_row(desk.journal, desk.trade.sale)
    reporter = desk.trade.order.buyer.economy or "ZZ"
    row = row_of(seen, reporter=reporter)[0] if seen is not None else None
    return None if row is None else count_of(row)


WRITERS: Mapping[str, Callable[[Desk], Any]] = {
    "offer": _offer,
    "order": _order,
    "order-response": _response,
    "order-cancellation": _cancellation,
    "cancellation-response": _cancellation_response,
    "invoice": lambda desk: papers.invoice(desk.deal(), desk.number),
    "credit-note": _credit_note,
    "certificate-of-origin": _certificate,
    "transport-document": lambda desk: papers.waybill(desk.deal(), desk.number),
    "customs-declaration": _declaration,
    "customs-release": _release,
    "hand-over": _hand_over,
    "payment-request": _request,
    "payment-instruction": _instruction,
    "settlement": _settlement,
    "refund": _refund,
    "return-request": _return_request,
    "return-response": _return_response,
    "dispute": _dispute,
    "dispute-answer": _dispute_answer,
    "dispute-resolution": _resolution,
    "acceptance": _acceptance,
    "count": _count,
}


def write(kind: str, desk: Desk) -> dict[str, Any] | None:
    """The payload of a record of ``kind``; None where this desk lacks what it would have to refer to."""
    written = WRITERS[kind](desk)
    payload: dict[str, Any] | None = None if written is None else dump(written)
    return payload


def files_of(payload: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """The file that a payment instruction stands for: writing it again gives the same bytes."""
    if "message" not in payload:
        return ()
    instruction, _ = parse(PaymentInstruction, dict(payload))
    data = message.write(instruction)[0] if instruction is not None else None
    named = instruction.message if instruction is not None else None
    if data is None or named is None:
        return ()
    return (Attachment(digest=named.digest, media_type=named.media_type, body=data),)
