"""The shape of a certificate of origin (minimum data of RCEP annex 3B; the non-preferential one uses the same)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from entrepot.base.money import Money
from entrepot.base.quantity import Quantity
from entrepot.base.shape import Code, Economy, Length, Name, Note
from entrepot.document.trade import DocumentReference, HsCode, Packages, Place, RecordReference, Weight
from entrepot.party.party import Party


class Criterion(StrEnum):
    """Origin criterion as written on the form (RCEP annex 3B): wholly obtained, produced from originating materials
    exclusively, change in tariff classification, regional value content, chemical reaction."""

    WO = "WO"
    PE = "PE"
    CTC = "CTC"
    RVC = "RVC"
    CR = "CR"


class Addition(StrEnum):
    """What is written beside the criterion: cumulation, de minimis."""

    ACU = "ACU"
    DMI = "DMI"


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginItem:
    """One good: description, code, criterion, economy of origin, quantity, and the invoice it is on.

    ``criterion`` is left out on a non-preferential certificate. ``fob``: value free on board, where the regional
    value content was used.
    """

    id: Code
    description: Note
    hs: HsCode
    origin: Economy
    quantity: Quantity
    criterion: Criterion | None = None
    additions: Annotated[tuple[Addition, ...], Length(0, 2)] = ()
    fob: Money | None = None
    gross_weight_kg: Weight | None = None
    packages: Packages | None = None
    invoice: DocumentReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """How the goods travel, as far as known: departure, vessel or flight, port of discharge."""

    departure: date | None = None
    transport: Name | None = None
    discharge: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackToBack:
    """The original proof of origin on which a back-to-back certificate rests (RCEP article 3.19)."""

    number: Code
    issue_date: date
    economy: Economy
    issuing_body: Name
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """The exporter's or producer's declaration that the goods meet the rules: who, where, when."""

    by: Name
    on: date
    place: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateOfOrigin:
    """Kind ``certificate-of-origin``, version 1, issued by ``issuing_body``, whose signature on the record is the
    certification. ``agreement``: ``RCEP``, ``ATIGA``, ``ACFTA`` ..., or left out (non-preferential)."""

    number: Code
    issue_date: date
    issuing_body: Party
    exporter: Party
    consignee: Party
    items: Annotated[tuple[OriginItem, ...], Length(1, 1000)]
    declaration: Declaration
    agreement: Code | None = None
    producer: Party | None = None
    consignment: Consignment | None = None
    order: RecordReference | None = None
    valid_until: date | None = None
    issued_retroactively: bool = False
    third_party_invoicing: bool = False
    back_to_back: BackToBack | None = None
    remarks: Note | None = None
