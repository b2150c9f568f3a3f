"""The shape of an offer."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from entrepot.base.money import Rounding
from entrepot.base.shape import Code, Digest, Length, Name, Note, Pattern, Range
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

LanguageTag = Annotated[str, Pattern("[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")]
"""A language tag (BCP 47): language, script where it matters, region (``zh-Hant``, ``pt-BR``)."""
Pixels = Annotated[int, Range(1, 10_000)]
"""A side of a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A photograph of what is offered, which lies beside the record: ``digest`` is the SHA-256 of its bytes, ``alt``
    says in words what it shows (WCAG 2.2, 1.1.1)."""

    digest: Digest
    media_type: Literal["image/jpeg"]
    width: Pixels
    height: Pixels
    alt: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Kind ``offer``, version 1: what a seller sells at which price, until when; to ``buyer``, or to anybody.

    ``languages``: those in which the offer is written; ``service_languages``: those in which the seller answers.
    """

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
    pictures: Annotated[tuple[Picture, ...], Length(0, 8)] = ()
    languages: Annotated[tuple[LanguageTag, ...], Length(0, 20)] = ()
    service_languages: Annotated[tuple[LanguageTag, ...], Length(0, 20)] = ()
