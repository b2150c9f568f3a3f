"""The shapes of a customs declaration and of the customs office's decision on it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from entrepot.base.money import Money
from entrepot.base.quantity import Quantity
from entrepot.base.shape import Code, Economy, Length, Note
from entrepot.document.trade import DeliveryTerms, HsCode, Packages, RecordReference, Weight
from entrepot.party.party import Party


class Direction(StrEnum):
    """Out of the economy of the office, or into it."""

    EXPORT = "export"
    IMPORT = "import"


class Decision(StrEnum):
    """What the office decides: the goods may go, may not go, or are to be inspected first."""

    RELEASED = "released"
    REFUSED = "refused"
    INSPECT = "inspect"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredGoods:
    """One item of a declaration. ``preference``: the agreement under which a lower duty is claimed, with the record
    of the ``certificate`` that proves origin."""

    id: Code
    description: Note
    hs: HsCode
    origin: Economy
    quantity: Quantity
    customs_value: Money
    net_weight_kg: Weight | None = None
    gross_weight_kg: Weight | None = None
    packages: Packages | None = None
    preference: Code | None = None
    certificate: RecordReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomsDeclaration:
    """Kind ``customs-declaration``, version 1, issued by the declarant to an office of one economy.

    ``procedure``: code of the office's economy. ``valuation``: whether freight and insurance to the border are in
    the customs value (``cif``) or not (``fob``).
    """

    number: Code
    issue_date: date
    direction: Direction
    declarant: Party
    office: Party
    exporter: Party
    importer: Party
    procedure: Code
    dispatch: Economy
    destination: Economy
    goods: Annotated[tuple[DeclaredGoods, ...], Length(1, 1000)]
    customs_value: Money
    valuation: Literal["fob", "cif"]
    invoice: RecordReference
    transport: RecordReference | None = None
    order: RecordReference | None = None
    delivery_terms: DeliveryTerms | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderCharge:
    """What is to be paid at the border: duty, consumption tax, fee."""

    kind: Literal["duty", "tax", "fee"]
    amount: Money
    paid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomsRelease:
    """Kind ``customs-release``, version 1: the office's decision on one declaration."""

    number: Code
    issue_date: date
    office: Party
    declaration: RecordReference
    direction: Direction
    decision: Decision
    conditions: Annotated[tuple[Note, ...], Length(0, 50)] = ()
    reasons: Annotated[tuple[Note, ...], Length(0, 50)] = ()
    charges: Annotated[tuple[BorderCharge, ...], Length(0, 50)] = ()
