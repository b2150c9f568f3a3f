"""The shapes of an invoice and a credit note."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from entrepot.base.money import Money, Rounding
from entrepot.base.shape import Code, Length, Note
from entrepot.document.trade import (
    Adjustment,
    Currency,
    DeliveryTerms,
    DocumentReference,
    Line,
    Period,
    Presented,
    TaxLine,
    Totals,
)
from entrepot.party.party import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMeans:
    """How it is to be paid: ``code`` of UNTDID 4461 (30 credit transfer ...), account, and what to quote."""

    code: Code
    account: Annotated[str, Length(1, 70)] | None = None
    reference: Annotated[str, Length(1, 140)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """What an invoice and a credit note have in common.

    ``type_code``: UNTDID 1001. Amounts are in ``currency``; ``tax_in_tax_currency`` is the tax total once more, in
    the currency of the tax authority. ``rounding``: the policy by which line amounts and taxes were rounded to the
    currency's digits; where it is not stated, any rounding is accepted.
    """

    number: Code
    issue_date: date
    type_code: Code | None = None
    seller: Party
    buyer: Party
    currency: Currency
    lines: Annotated[tuple[Line, ...], Length(1, 5000)]
    totals: Totals
    adjustments: Annotated[tuple[Adjustment, ...], Length(0, 100)] = ()
    tax_lines: Annotated[tuple[TaxLine, ...], Length(0, 100)] = ()
    tax_in_tax_currency: Money | None = None
    rounding: Rounding | None = None
    order: DocumentReference | None = None
    period: Period | None = None
    delivery_date: date | None = None
    delivery_terms: DeliveryTerms | None = None
    payment: PaymentMeans | None = None
    payment_terms: Note | None = None
    buyer_reference: Annotated[str, Length(1, 70)] | None = None
    presented: Presented | None = None
    notes: Annotated[tuple[Note, ...], Length(0, 20)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(Billing):
    """Kind ``invoice``, version 1: the seller asks to be paid."""

    due_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNote(Billing):
    """Kind ``credit-note``, version 1: the seller gives back what was invoiced; amounts are positive."""

    invoices: Annotated[tuple[DocumentReference, ...], Length(0, 100)] = ()
    reason: Note | None = None
