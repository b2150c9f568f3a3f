"""The shape of a warehouse receipt (elements of the KTDDE warehouse receipt)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from entrepot.base.money import Money
from entrepot.base.quantity import Quantity
from entrepot.base.shape import Code, Economy, Length, Name, Note
from entrepot.document.trade import DocumentReference, HsCode, Packages, Period, RecordReference, Volume, Weight
from entrepot.document.transport.model import Title
from entrepot.party.party import Address, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredGoods:
    """Goods in store under one description. ``lot``: number by which they are told from others of their kind;
    ``position``: where in the warehouse they lie; ``condition``: how they looked when they were received."""

    id: Code
    description: Note
    quantity: Quantity
    hs: HsCode | None = None
    origin: Economy | None = None
    packages: Packages | None = None
    gross_weight_kg: Weight | None = None
    net_weight_kg: Weight | None = None
    volume_m3: Volume | None = None
    lot: Code | None = None
    position: Code | None = None
    quality: Note | None = None
    condition: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseReceipt:
    """Kind ``warehouse-receipt``, version 1, issued by the warehouse keeper, who holds the goods for whom the receipt
    names.

    ``title`` says to whom the goods are to be given: the depositor (``straight``), the order of ``endorsee``, or the
    bearer. ``fungible``: like goods of several depositors may be stored together. ``charges``: what is owed for
    storage, and whether the keeper has a lien for it. ``governing_law``: economy whose law applies.
    """

    number: Code
    issue_date: date
    received_date: date
    keeper: Party
    depositor: Party
    title: Title
    warehouse: Name
    warehouse_address: Address
    goods: Annotated[tuple[StoredGoods, ...], Length(1, 1000)]
    endorsee: Party | None = None
    fungible: bool = False
    storage: Period | None = None
    charges: Note | None = None
    charges_due: Money | None = None
    lien: Note | None = None
    insured_by: Party | None = None
    insurance: DocumentReference | None = None
    transport: DocumentReference | None = None
    customs_status: Code | None = None
    governing_law: Economy | None = None
    terms: Annotated[str, Length(1, 50_000)] | None = None
    order: RecordReference | None = None
    notes: Annotated[tuple[Note, ...], Length(0, 20)] = ()
