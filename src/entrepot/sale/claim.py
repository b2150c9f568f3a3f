"""Payloads by which parties send goods back and disagree: return-request, return-response, dispute and its answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from entrepot.base.error import UsageError
from entrepot.base.finding import Finding, Severity
from entrepot.base.money import Money
from entrepot.base.quantity import Quantity
from entrepot.base.shape import Code, Digest, Length, Name, Note
from entrepot.sale import fact
from entrepot.sale.fact import Role, Says


class ReturnReason(StrEnum):
    """Why goods are to go back."""

    DAMAGED = "damaged"
    NOT_AS_DESCRIBED = "not_as_described"
    WRONG_ITEM = "wrong_item"
    LATE = "late"
    RECALLED = "recalled"
    WITHDRAWN = "withdrawn"
    """A consumer withdraws and need not say why."""
    OTHER = "other"


class ReturnAnswer(StrEnum):
    """The answer to a return request."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class Trader(StrEnum):
    """One of the two sides of the sale."""

    BUYER = "buyer"
    SELLER = "seller"


class Remedy(StrEnum):
    """What whoever raises a dispute wants."""

    REFUND = "refund"
    REPLACEMENT = "replacement"
    PAYMENT = "payment"
    CANCELLATION = "cancellation"
    OTHER = "other"


class Outcome(StrEnum):
    """What a resolution does to the agreement."""

    STANDS = "stands"
    ENDS = "ends"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLine:
    """One line of the order, and how much of it goes back."""

    line: Code
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequest:
    """Kind ``return-request``, version 1: the buyer asks to send goods back. No ``lines`` means all of them."""

    reason: ReturnReason
    lines: Annotated[tuple[ReturnLine, ...], Length(0, 1000)] = ()
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnResponse:
    """Kind ``return-response``, version 1: the seller's answer to the record ``request``.

    ``return_by``: last day to hand the goods over. ``carriage``: who bears the way back. ``credit``: what the seller
    will credit; it is owed only once the credit note is issued.
    """

    request: Digest
    answer: ReturnAnswer
    return_by: date | None = None
    carriage: Trader | None = None
    credit: Money | None = None
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """Kind ``dispute``, version 1: buyer or seller objects to the records ``about``, and says what it wants."""

    about: Annotated[tuple[Digest, ...], Length(1, 100)]
    grounds: Note
    remedy: Remedy
    claim: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeAnswer:
    """Kind ``dispute-answer``, version 1: the other side grants the record ``dispute``, or contests it."""

    dispute: Digest
    agrees: bool
    grounds: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeResolution:
    """Kind ``dispute-resolution``, version 1: the appointed neutral decides the record ``dispute``.

    ``decided_by``: the person who decided. ``award``: what the other side owes to ``award_to``, on top of the price
    where the sale stands, alone where it ends.
    """

    dispute: Digest
    outcome: Outcome
    decided_by: Name
    reasons: Note
    award: Money | None = None
    award_to: Trader | None = None


def check_return_request(request: ReturnRequest) -> tuple[Finding, ...]:
    """Lines named once, quantities above zero, and ``other`` explained."""
    return tuple(_return_request(request))


def _return_request(request: ReturnRequest) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, each in enumerate(request.lines):
        path = f"$.lines[{index}]"
        if each.line in seen:
            yield _found(1, f"{path}.line", "The line {line} is named twice.", "Name it once.", line=each.line)
        seen.add(each.line)
        if each.quantity.value <= 0:
            yield _found(2, f"{path}.quantity", "A quantity above zero goes back.", "Correct the quantity.")
    if request.reason is ReturnReason.OTHER and request.note is None:
        yield _found(3, "$.note", "The reason is called other and not explained.", "Say in a note what is wrong.")


def check_return_response(response: ReturnResponse) -> tuple[Finding, ...]:
    """A refusal gives its reason; a credit is above zero and belongs to an acceptance."""
    return tuple(_return_response(response))


def _return_response(response: ReturnResponse) -> Iterator[Finding]:
    refused = response.answer is ReturnAnswer.REFUSE
    if refused and response.reason is None:
        yield _found(4, "$.reason", "A refusal without a reason.", "State the reason.")
    if refused and (response.credit or response.return_by or response.carriage):
        yield _found(5, "$", "A refusal grants neither credit nor a way back.", "Leave those members out.")
    yield from _positive("$.credit", response.credit)


def check_dispute(dispute: Dispute) -> tuple[Finding, ...]:
    """A claim of money states how much; no record is named twice."""
    return tuple(_dispute(dispute))


def _dispute(dispute: Dispute) -> Iterator[Finding]:
    wants_money = dispute.remedy in (Remedy.REFUND, Remedy.PAYMENT)
    if wants_money and dispute.claim is None:
        yield _found(6, "$.claim", "Money is wanted, and not how much.", "State the claim.")
    if not wants_money and dispute.claim is not None:
        yield _found(
            7, "$.claim", "{wanted} is wanted, and money as well.", "Raise two disputes.", wanted=dispute.remedy
        )
    if len(set(dispute.about)) != len(dispute.about):
        yield _found(8, "$.about", "A record is named twice.", "Name it once.")
    yield from _positive("$.claim", dispute.claim)


def check_dispute_answer(answer: DisputeAnswer) -> tuple[Finding, ...]:
    """Whoever contests says why."""
    if answer.agrees or answer.grounds is not None:
        return ()
    return (_found(9, "$.grounds", "The dispute is contested without grounds.", "State them."),)


def check_dispute_resolution(resolution: DisputeResolution) -> tuple[Finding, ...]:
    """An award says to whom, and is above zero."""
    return tuple(_dispute_resolution(resolution))


def _dispute_resolution(resolution: DisputeResolution) -> Iterator[Finding]:
    if (resolution.award is None) != (resolution.award_to is None):
        yield _found(10, "$.award", "An award has an amount and a side that gets it.", "State both, or neither.")
    yield from _positive("$.award", resolution.award)


def _positive(path: str, money: Money | None) -> Iterator[Finding]:
    if money is not None and money.minor <= 0:
        yield _found(11, path, "{money} is not above zero.", "State a positive amount.", money=str(money))


def _found(number: int, path: str, message: str, remedy: str, **params: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-CLAIM-{number:02d}",
        severity=Severity.BLOCKING,
        path=path,
        message=message,
        params=params,
        source="Entrepot claims, version 1",
        remedy=remedy,
    )


def says_of(payload: object) -> Says:
    """What the sale needs to know of a payload of this module. Raises :class:`UsageError` for any other."""
    match payload:
        case ReturnRequest():
            return fact.ReturnRequested()
        case ReturnResponse(request=request, answer=answer):
            return fact.ReturnAnswered(request=request, accepted=answer is ReturnAnswer.ACCEPT)
        case Dispute(remedy=remedy, about=about, claim=claim):
            return fact.Disputed(remedy=remedy.value, about=about, claim=claim)
        case DisputeAnswer(dispute=dispute, agrees=agrees):
            return fact.DisputeAnswered(dispute=dispute, agrees=agrees)
        case DisputeResolution(dispute=dispute, outcome=outcome, award=award, award_to=award_to):
            to = Role.SELLER if award_to is Trader.SELLER else Role.BUYER
            return fact.DisputeResolved(dispute=dispute, outcome=outcome.value, award=award, award_to=to)
        case _:
            raise UsageError(f"{type(payload).__name__} is no claim")
