"""The papers of one sale, each derived from the order and from what was issued before. Pure: no clock, no network."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from entrepot.base.amount import exact_product
from entrepot.base.error import EntrepotError
from entrepot.base.money import Money, Rounding
from entrepot.cli.demo.cast import Cast
from entrepot.document.customs.model import (
    CustomsDeclaration,
    CustomsRelease,
    Decision,
    DeclaredGoods,
    Direction,
)
from entrepot.document.invoice.billing import bill
from entrepot.document.invoice.model import Invoice
from entrepot.document.order.model import Answer, Order, OrderResponse
from entrepot.document.origin.model import CertificateOfOrigin, Criterion, Declaration, OriginItem
from entrepot.document.trade import (
    DocumentReference,
    HsCode,
    HsVintage,
    Line,
    Packages,
    Place,
    RecordReference,
    Subject,
)
from entrepot.document.transport.model import (
    CargoItem,
    Load,
    Mode,
    Title,
    TransportDocument,
    TransportType,
)

HS_STATED = HsCode(code="081060", vintage=HsVintage.HS_2022)
"""Stated answer for goods whose order names no commodity code."""
WEIGHT_PER_UNIT_KG = Decimal("1.000")
"""Stated answer for goods that are not ordered by weight: what one unit weighs."""


class CannotPlay(EntrepotError):
    """The order lacks what a sale needs, and the stated answers do not give it."""

    code = "cannot-play"


@dataclass(slots=True)
class Deal:
    """A sale in progress: the order, its cast, the day, and what was issued so far (step -> record id and number)."""

    order: Order
    cast: Cast
    today: date
    hs: HsCode = HS_STATED
    issued: dict[str, tuple[str, str]] = field(default_factory=dict)
    events: list[Any] = field(default_factory=list)

    def ref(self, step: str) -> RecordReference:
        """The record of a step."""
        record, number = self.issued[step]
        return RecordReference(record=record, number=number)

    def doc(self, step: str) -> DocumentReference:
        """The same, in the form in which documents refer to documents."""
        record, number = self.issued[step]
        return DocumentReference(number=number, record=record)

    @property
    def crosses_border(self) -> bool:
        """Whether seller and buyer sit in different economies."""
        return self.order.seller.economy != self.order.buyer.economy

    @property
    def is_goods(self) -> bool:
        """Whether goods are carried."""
        return self.order.subject is Subject.GOODS


def addressed(order: Order, cast: Cast) -> Order:
    """The order with the DIDs of its parties, and with the agencies on the buyer's side."""
    return replace(
        order,
        buyer=cast["buyer"],
        seller=cast["seller"],
        parties=cast.appointments("import_customs", "payer_bank", "settlement", "reporter"),
    )


def response(deal: Deal, number: str) -> OrderResponse:
    """The seller accepts and names the agencies on its side."""
    return OrderResponse(
        number=number,
        issue_date=deal.today,
        order=deal.ref("order"),
        answer=Answer.ACCEPT,
        parties=deal.cast.appointments("chamber", "carrier", "export_customs"),
    )


def invoice(deal: Deal, number: str) -> Invoice:
    """The seller bills what was ordered; figures are computed anew, so that they add up whoever wrote the order."""
    due = deal.today + timedelta(days=30)
    made = bill(deal.order, number=number, today=deal.today, reference=deal.doc("order"), due=due)
    return replace(made, seller=deal.cast["seller"], buyer=deal.cast["buyer"])


def hs_of(line: Line, deal: Deal) -> HsCode:
    """The commodity code of a line; where the order states none, the demo's stated answer."""
    return line.hs or deal.hs


def weight_kg(line: Line) -> Decimal:
    """The net weight of a line: its quantity where it is ordered by weight, else the demo's stated weight per unit."""
    factor = {"KGM": Decimal(1), "TNE": Decimal(1000), "GRM": Decimal("0.001")}.get(line.quantity.unit)
    return exact_product(line.quantity.value, factor if factor is not None else WEIGHT_PER_UNIT_KG)


def certificate(deal: Deal, number: str) -> CertificateOfOrigin:
    """The chamber certifies where the goods come from."""
    origin = deal.order.seller.economy or "ZZ"
    items = tuple(
        OriginItem(
            id=line.id,
            description=line.description or line.name,
            hs=hs_of(line, deal),
            origin=line.origin or origin,
            quantity=line.quantity,
            criterion=Criterion.WO if hs_of(line, deal).code.startswith("0810") else None,
            gross_weight_kg=weight_kg(line),
            invoice=deal.doc("invoice"),
        )
        for line in deal.order.lines
    )
    return CertificateOfOrigin(
        number=number,
        issue_date=deal.today,
        issuing_body=deal.cast["chamber"],
        exporter=deal.cast["seller"],
        consignee=deal.cast["buyer"],
        items=items,
        declaration=Declaration(by=deal.cast["seller"].name, on=deal.today),
        agreement="RCEP" if all(each.criterion for each in items) else None,
        order=deal.ref("order"),
        valid_until=deal.today + timedelta(days=364),
    )


def declaration(deal: Deal, number: str, direction: Direction) -> CustomsDeclaration:
    """The seller declares the export, the buyer the import, each to the office of its own economy."""
    by = "seller" if direction is Direction.EXPORT else "buyer"
    certified = "certificate-of-origin" in deal.issued and direction is Direction.IMPORT
    carried = "transport-document" in deal.issued
    billed = invoice(deal, deal.issued["invoice"][1])
    goods = tuple(
        DeclaredGoods(
            id=line.id,
            description=line.description or line.name,
            hs=hs_of(line, deal),
            origin=line.origin or deal.order.seller.economy or "ZZ",
            quantity=line.quantity,
            customs_value=Money.of(line.amount, billed.currency, rounding=Rounding.HALF_EVEN),
            net_weight_kg=weight_kg(line),
            preference="RCEP" if certified and _is_rcep(deal) else None,
            certificate=deal.ref("certificate-of-origin") if certified else None,
        )
        for line in billed.lines
    )
    total = Money(sum(each.customs_value.minor for each in goods), billed.currency)
    return CustomsDeclaration(
        number=number,
        issue_date=deal.today,
        direction=direction,
        declarant=deal.cast[by],
        office=deal.cast[f"{direction}_customs"],
        exporter=deal.cast["seller"],
        importer=deal.cast["buyer"],
        procedure="10" if direction is Direction.EXPORT else "40",
        dispatch=deal.order.seller.economy or "ZZ",
        destination=deal.order.buyer.economy or "ZZ",
        goods=goods,
        customs_value=total,
        valuation="fob" if direction is Direction.EXPORT else "cif",
        invoice=deal.ref("invoice"),
        transport=deal.ref("transport-document") if carried and direction is Direction.IMPORT else None,
        order=deal.ref("order"),
        delivery_terms=deal.order.delivery_terms,
    )


def _is_rcep(deal: Deal) -> bool:
    return all(hs_of(line, deal).code.startswith("0810") for line in deal.order.lines)


def release(deal: Deal, number: str, direction: Direction) -> CustomsRelease:
    """The office lets the goods go."""
    return CustomsRelease(
        number=number,
        issue_date=deal.today,
        office=deal.cast[f"{direction}_customs"],
        declaration=deal.ref(f"{direction}-declaration"),
        direction=direction,
        decision=Decision.RELEASED,
    )


def waybill(deal: Deal, number: str) -> TransportDocument:
    """The carrier's sea waybill: no document of title, so nothing has to be surrendered."""
    order = deal.order
    items = tuple(
        CargoItem(
            description=line.description or line.name,
            hs=(hs_of(line, deal),),
            loads=(
                Load(
                    gross_weight_kg=weight_kg(line),
                    packages=Packages(count=max(1, int(line.quantity.value) // 10), code="CT"),
                ),
            ),
        )
        for line in order.lines
    )
    return TransportDocument(
        number=number,
        issue_date=deal.today,
        type=TransportType.WAYBILL,
        title=Title.STRAIGHT,
        mode=Mode.SEA,
        carrier=deal.cast["carrier"],
        shipper=deal.cast["seller"],
        consignee=deal.cast["buyer"],
        loading=_place(order.seller.economy, "Export Port"),
        discharge=_place(order.buyer.economy, "Import Port"),
        items=items,
        vessel="MV EXAMPLE",
        voyage="001E",
        departure=deal.today,
        arrival=deal.today + timedelta(days=7),
        on_board=True,
        on_board_date=deal.today,
        freight="prepaid",
        order=deal.ref("order"),
    )


PORTS = {"MY": "MYPKG", "CN": "CNNSA", "VN": "VNHPH", "SG": "SGSIN", "TH": "THLCH", "JP": "JPTYO"}


def _place(economy: str | None, name: str) -> Place:
    return Place(locode=PORTS.get(economy or ""), name=name)
