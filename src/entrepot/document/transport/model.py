"""The shape of a transport document: bill of lading or waybill."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from entrepot.base.shape import Code, Economy, Length, Name, Note, Pattern, Range
from entrepot.document.trade import HsCode, Packages, Place, Presented, RecordReference, Volume, Weight
from entrepot.party.party import Party


class TransportType(StrEnum):
    """A bill of lading is a document of title; a waybill is not."""

    BILL_OF_LADING = "bill_of_lading"
    WAYBILL = "waybill"


class Title(StrEnum):
    """To whom the goods are to be delivered: a named consignee, the order of a party, or the bearer."""

    STRAIGHT = "straight"
    ORDER = "order"
    BLANK = "blank"


class Mode(StrEnum):
    """Mode of the main transport (UN/ECE Recommendation 19: 1 sea, 2 rail, 3 road, 4 air)."""

    SEA = "sea"
    RAIL = "rail"
    ROAD = "road"
    AIR = "air"


class ReceiptType(StrEnum):
    """Where the carrier receives or delivers: container yard, store door, container freight station (DCSA)."""

    CY = "CY"
    SD = "SD"
    CFS = "CFS"


Movement = Literal["FCL", "LCL"]
"""Full or less than container load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierCode:
    """Code of an ocean carrier in the list of SMDG or NMFTA (SCAC)."""

    provider: Literal["SMDG", "NMFTA"]
    code: Annotated[str, Length(1, 4), Pattern(r"\S+")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A seal; ``source``: carrier, shipper, veterinary authority, customs (DCSA)."""

    number: Annotated[str, Length(1, 15)]
    source: Literal["CAR", "SHI", "VET", "CUS"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reefer:
    """What a refrigerated container is set to."""

    temperature_c: Annotated[Decimal, Range(Decimal(-100), Decimal(100))]
    ventilation_m3h: Annotated[Decimal, Range(Decimal(0), Decimal(10000))] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """A container: ISO 6346 number with check digit, size and type code, seals; ``full``: whether it carries cargo."""

    id: Annotated[str, Length(1, 11)]
    iso_code: Annotated[str, Length(1, 4)] | None = None
    shipper_owned: bool = False
    tare_kg: Weight | None = None
    seals: Annotated[tuple[Seal, ...], Length(0, 20)] = ()
    reefer: Reefer | None = None
    marks: Annotated[tuple[Annotated[str, Length(1, 500)], ...], Length(0, 50)] = ()
    full: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The part of a cargo item that lies in one container (or loose, where ``equipment`` is left out)."""

    gross_weight_kg: Weight
    packages: Packages
    equipment: Annotated[str, Length(1, 11)] | None = None
    net_weight_kg: Weight | None = None
    volume_m3: Volume | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CargoItem:
    """Goods of one booking under one description."""

    description: Note
    loads: Annotated[tuple[Load, ...], Length(1, 1000)]
    hs: Annotated[tuple[HsCode, ...], Length(0, 20)] = ()
    booking: Code | None = None
    marks: Annotated[tuple[Annotated[str, Length(1, 500)], ...], Length(0, 50)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportDocument:
    """Kind ``transport-document``, version 1, issued by the carrier.

    ``title`` says to whom delivery is due; ``endorsee`` is the party to whose order it is made out.
    ``governing_law``: economy whose law applies; an electronic record of title needs one that knows it.
    ``contract``: number of the contract of sale or of carriage. ``freight_payer``: who pays the freight.
    ``on_board``: the goods are on board (else: received for shipment). ``vessel``: ship, flight, train or vehicle.
    """

    number: Annotated[str, Length(1, 20)]
    issue_date: date
    type: TransportType
    title: Title
    mode: Mode
    carrier: Party
    shipper: Party
    loading: Place
    discharge: Place
    items: Annotated[tuple[CargoItem, ...], Length(1, 1000)]
    carrier_code: CarrierCode | None = None
    consignee: Party | None = None
    endorsee: Party | None = None
    notify: Annotated[tuple[Party, ...], Length(0, 3)] = ()
    receipt: Place | None = None
    delivery: Place | None = None
    vessel: Annotated[str, Length(1, 50)] | None = None
    voyage: Annotated[str, Length(1, 50)] | None = None
    departure: date | None = None
    arrival: date | None = None
    on_board: bool = False
    on_board_date: date | None = None
    received_date: date | None = None
    equipment: Annotated[tuple[Equipment, ...], Length(0, 1000)] = ()
    freight: Literal["prepaid", "collect"] | None = None
    freight_payable_at: Place | None = None
    freight_payer: Party | None = None
    contract: Code | None = None
    receipt_type: ReceiptType | None = None
    delivery_type: ReceiptType | None = None
    movement_at_origin: Movement | None = None
    movement_at_destination: Movement | None = None
    contact: Name | None = None
    terms: Annotated[str, Length(1, 50_000)] | None = None
    governing_law: Economy | None = None
    order: RecordReference | None = None
    presented: Presented | None = None
