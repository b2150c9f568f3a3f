"""The default sale: fresh durian from Malaysia to China, between invented firms."""

from datetime import date, timedelta
from decimal import Decimal

from entrepot.base.money import Money, Rounding
from entrepot.base.quantity import Quantity
from entrepot.document.offer.model import Offer
from entrepot.document.order.model import Order
from entrepot.document.trade import (
    BuyerType,
    Channel,
    DeliveryTerms,
    DocumentReference,
    HsCode,
    HsVintage,
    Line,
    OrderedBy,
    Price,
    Subject,
    Totals,
)
from entrepot.party.party import Address, Party

GROWER = Party(
    name="Kebun Durian Contoh Sdn Bhd (invented)",
    economy="MY",
    address=Address(lines=("Lot 1, Jalan Contoh",), city="Raub", region="Pahang", postal_code="27600", economy="MY"),
)
IMPORTER = Party(
    name="示例果品进口有限公司 (invented)",
    economy="CN",
    address=Address(lines=("1 Shili Road",), city="Guangzhou", region="Guangdong", postal_code="510000", economy="CN"),
)
_LINE = Line(
    id="1",
    name="Durian, fresh, Musang King",
    quantity=Quantity(Decimal(1200), "KGM"),
    price=Price(amount=Decimal("25.00")),
    amount=Decimal("30000.00"),
    hs=HsCode(code="081060", vintage=HsVintage.HS_2022),
    origin="MY",
)
_TOTALS = Totals(lines=Decimal("30000.00"), payable=Money(3_000_000, "MYR"))
_TERMS = DeliveryTerms(incoterm="CIF", edition=2020, place="Nansha")


def offer(seller: Party, number: str, today: date) -> Offer:
    """What the grower offers to anybody."""
    return Offer(
        number=number,
        issue_date=today,
        valid_until=today + timedelta(days=30),
        seller=seller,
        subject=Subject.GOODS,
        channel=Channel.PHYSICAL,
        currency="MYR",
        lines=(_LINE,),
        totals=_TOTALS,
        rounding=Rounding.HALF_EVEN,
        delivery_terms=_TERMS,
    )


def order(number: str, today: date, taken_up: DocumentReference | None = None) -> Order:
    """What the importer orders, on the node's pages."""
    return Order(
        number=number,
        issue_date=today,
        buyer=IMPORTER,
        seller=GROWER,
        buyer_type=BuyerType.BUSINESS,
        subject=Subject.GOODS,
        ordered_by=OrderedBy.WEB,
        channel=Channel.PHYSICAL,
        currency="MYR",
        lines=(_LINE,),
        totals=_TOTALS,
        rounding=Rounding.HALF_EVEN,
        delivery_terms=_TERMS,
        offer=taken_up,
    )
