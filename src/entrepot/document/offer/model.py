"""The shape of an offer."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from entrepot.base.money import Rounding
from entrepot.base.shape import Code, Length, Note
from entrepot.document.trade import (
    Adjustment,
    Appointment,
    Channel,
    Currency,
    DeliveryTerms,
    Line,
    Platform,
    Subject,
    Totals,
)
from entrepot.party.party import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Kind ``offer``, version 1: what a seller sells at which price, until when; to ``buyer``, or to anybody."""

    number: Code
    issue_date: date
    valid_until: date
    seller: Party
    subject: Subject
    channel: Channel
    currency: Currency
    lines: Annotated[tuple[Line, ...], Length(1, 1000)]
    buyer: Party | None = None
    adjustments: Annotated[tuple[Adjustment, ...], Length(0, 100)] = ()
    totals: Totals | None = None
    rounding: Rounding | None = None
    platform: Platform | None = None
    delivery_terms: DeliveryTerms | None = None
    payment_terms: Note | None = None
    parties: Annotated[tuple[Appointment, ...], Length(0, 20)] = ()
    note: Note | None = None
