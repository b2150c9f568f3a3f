"""The shapes of an order, the answer to it, its cancellation, and the answer to that."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from entrepot.base.money import Rounding
from entrepot.base.shape import Code, Length, Note
from entrepot.document.trade import (
    Adjustment,
    Appointment,
    BuyerType,
    Channel,
    Currency,
    DeliveryTerms,
    DocumentReference,
    Line,
    OrderedBy,
    Period,
    Platform,
    Presented,
    RecordReference,
    Subject,
    TaxLine,
    Totals,
)
from entrepot.party.party import Address, Party

APPOINTMENTS_MAX = 20
Appointments = Annotated[tuple[Appointment, ...], Length(0, APPOINTMENTS_MAX)]


class Answer(StrEnum):
    """The answer to a request."""

    ACCEPT = "accept"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Kind ``order``, version 1: a buyer orders from a seller; its record opens the sale.

    ``subject``, ``buyer_type``, ``ordered_by``, ``channel`` and ``platform`` are what statistics need.
    ``parties``: the agencies of this sale. ``presented``: set where it was read from somebody else's file.
    ``rounding``: the policy by which amounts were rounded; where it is not stated, any rounding is accepted.
    """

    number: Code
    issue_date: date
    buyer: Party
    seller: Party
    buyer_type: BuyerType
    subject: Subject
    ordered_by: OrderedBy
    channel: Channel
    currency: Currency
    lines: Annotated[tuple[Line, ...], Length(1, 1000)]
    totals: Totals
    adjustments: Annotated[tuple[Adjustment, ...], Length(0, 100)] = ()
    tax_lines: Annotated[tuple[TaxLine, ...], Length(0, 100)] = ()
    rounding: Rounding | None = None
    platform: Platform | None = None
    delivery_terms: DeliveryTerms | None = None
    delivery_address: Address | None = None
    requested_delivery: Period | None = None
    payment_terms: Note | None = None
    offer: DocumentReference | None = None
    parties: Appointments = ()
    presented: Presented | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderResponse:
    """Kind ``order-response``, version 1: the seller accepts or rejects, and may name further agencies.

    Those of the order may be named again, to no effect but that whoever may not read the order knows them."""

    number: Code
    issue_date: date
    order: RecordReference
    answer: Answer
    reason: Note | None = None
    parties: Appointments = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancellation:
    """Kind ``order-cancellation``, version 1: the buyer asks to cancel; it takes effect when the seller accepts."""

    number: Code
    issue_date: date
    order: RecordReference
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationResponse:
    """Kind ``cancellation-response``, version 1: the seller accepts or rejects the cancellation."""

    number: Code
    issue_date: date
    order: RecordReference
    cancellation: RecordReference
    answer: Answer
    reason: Note | None = None
