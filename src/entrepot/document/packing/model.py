"""The shape of a packing list (elements of UNVTD PackingList and of the KTDDE packing list)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from entrepot.base.quantity import Quantity
from entrepot.base.shape import Code, Economy, Length, Note, Range
from entrepot.document.trade import DeliveryTerms, DocumentReference, HsCode, Packages, Place, Volume, Weight
from entrepot.party.party import Party

Centimetres = Annotated[Decimal, Range(Decimal(0), Decimal(10) ** 6)]
"""A length in centimetres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Goods of one description in one group of packages; ``invoice_line``: the line of the invoice they belong to."""

    description: Note
    quantity: Quantity
    hs: HsCode | None = None
    origin: Economy | None = None
    invoice_line: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedUnits:
    """Packages of one kind with like contents. ``id``: number of the entry. ``sscc``: serial shipping container code
    (GS1) where it is one package. Weights and volume are of all packages of the entry, sizes of one of them.

    ``equipment``: number of the container in which they lie.
    """

    id: Code
    packages: Packages
    contents: Annotated[tuple[Content, ...], Length(1, 1000)]
    sscc: Annotated[str, Length(18, 18)] | None = None
    gross_weight_kg: Weight | None = None
    net_weight_kg: Weight | None = None
    volume_m3: Volume | None = None
    length_cm: Centimetres | None = None
    width_cm: Centimetres | None = None
    height_cm: Centimetres | None = None
    equipment: Annotated[str, Length(1, 11)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingTotals:
    """What all entries add up to."""

    packages: Annotated[int, Range(1, 10**9)]
    gross_weight_kg: Weight | None = None
    net_weight_kg: Weight | None = None
    volume_m3: Volume | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingList:
    """Kind ``packing-list``, version 1: the seller says which goods lie in which packages.

    ``consignee``: to whom they are sent, where it is not the buyer. ``contract``: number of the contract of sale.
    """

    number: Code
    issue_date: date
    seller: Party
    buyer: Party
    units: Annotated[tuple[PackedUnits, ...], Length(1, 5000)]
    totals: PackingTotals
    consignee: Party | None = None
    invoice: DocumentReference | None = None
    order: DocumentReference | None = None
    contract: Code | None = None
    transport: DocumentReference | None = None
    delivery_terms: DeliveryTerms | None = None
    loading: Place | None = None
    discharge: Place | None = None
    delivery: Place | None = None
    notes: Annotated[tuple[Note, ...], Length(0, 20)] = ()
