"""A market around the members: a dozen more sales, so that what the community measures is more than one sale."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal

from entrepot.base.amount import exact_product
from entrepot.base.money import Money
from entrepot.base.quantity import Quantity
from entrepot.cli.community.cast import invented
from entrepot.cli.community.trade import accepted, placed
from entrepot.cli.demo import default, moves
from entrepot.cli.demo.cast import EXPORT_NODE, IMPORT_NODE, Cast
from entrepot.cli.demo.papers import Deal
from entrepot.cli.demo.play import Stage, count, enrol, issue, pay
from entrepot.document.trade import BuyerType, Channel, DeliveryTerms, HsCode, HsVintage, Line, Price, Subject, Totals
from entrepot.party.party import Party


@dataclass(frozen=True, slots=True)
class Firm:
    """An invented firm without a person to try. ``employed``: people in it, as the reporter's register says."""

    node: str
    party: Party
    employed: int | None = None


SELLERS = {
    "mangosteen": Firm(EXPORT_NODE, invented("Ladang Manggis Contoh", "5 Jalan Contoh", "Ipoh", "MY")),
    "pepper": Firm(EXPORT_NODE, invented("Lada Sarawak Contoh", "6 Jalan Contoh", "Kuching", "MY")),
    "cocoa": Firm(EXPORT_NODE, invented("Koko Sabah Contoh", "7 Jalan Contoh", "Tawau", "MY")),
    "coffee": Firm(EXPORT_NODE, invented("Cà Phê Ví Dụ", "2 Đường Ví Dụ", "Buôn Ma Thuột", "VN")),
    "cashew": Firm(EXPORT_NODE, invented("Hạt Điều Ví Dụ", "3 Đường Ví Dụ", "Bình Phước", "VN")),
    "rice": Firm(EXPORT_NODE, invented("Gạo Ví Dụ", "4 Đường Ví Dụ", "Cần Thơ", "VN")),
    "studio": Firm(EXPORT_NODE, invented("สตูดิโอตัวอย่าง", "1 ถนนตัวอย่าง", "Chiang Mai", "TH")),
}
BUYERS = {
    "market": Firm(IMPORT_NODE, invented("示例超市", "3 Shili Road", "Shenzhen", "CN"), 320),
    "bakery": Firm(IMPORT_NODE, invented("示例烘焙", "4 Shili Road", "Guangzhou", "CN"), 45),
    "tea": Firm(IMPORT_NODE, invented("示例茶饮", "5 Shili Road", "Nanning", "CN"), 8),
    "guest": Firm(IMPORT_NODE, invented("陈示例", "6 Shili Road", "Guangzhou", "CN")),
}
SETTLEMENT = Firm(IMPORT_NODE, invented("示例清算", "7 Shili Road", "Guangzhou", "CN"))


@dataclass(frozen=True, slots=True)
class Trade:
    """One sale. ``is_paid``: whether the bank has sent the money when the visitor comes."""

    number: int
    seller: str
    buyer: str
    thing: str
    hs: str
    quantity: int
    price: str
    is_paid: bool = True


AT_ONCE = 6
TRADES = (
    Trade(5001, "mangosteen", "market", "Mangosteen, fresh", "080450", 900, "9.80"),
    Trade(5002, "pepper", "market", "Black pepper, whole", "090411", 400, "28.00"),
    Trade(5003, "cocoa", "bakery", "Cocoa beans, raw", "180100", 500, "26.50"),
    Trade(5004, "coffee", "tea", "Coffee, not roasted, Robusta", "090111", 600, "17.40"),
    Trade(5005, "cashew", "bakery", "Cashew nuts, shelled", "080132", 300, "36.00"),
    Trade(5006, "rice", "market", "Rice, semi-milled, ST25", "100630", 3000, "4.10"),
    Trade(5007, "coffee", "bakery", "Coffee, not roasted, Arabica", "090111", 350, "27.00", is_paid=False),
    Trade(5008, "mangosteen", "tea", "Mangosteen, fresh", "080450", 700, "10.20", is_paid=False),
    Trade(5009, "pepper", "tea", "White pepper, whole", "090411", 260, "41.00"),
    Trade(5010, "studio", "tea", "Design of a label, as a file", "", 1, "7400.00"),
    Trade(5011, "cocoa", "market", "Cocoa powder, unsweetened", "180500", 380, "31.00", is_paid=False),
    Trade(5012, "cashew", "guest", "Cashew nuts, roasted", "200819", 2, "48.00"),
)


def trade_all(scene: Callable[[], Stage], echo: Callable[[str], None]) -> list[str]:
    """Play every trade that was not begun before, some at once, since most of the time a record is on its way; the
    numbers of their orders. ``scene``: a stage with the clients of the bank and the statistics office."""
    stages = [(_entered(scene(), each), each) for each in TRADES]
    known = {number for stage in {each.buyer: stage for stage, each in stages}.values() for number in placed(stage)}
    wanted = [(stage, each) for stage, each in stages if f"PO-{each.number}" not in known]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number, trade in enumerate(pool.map(_play, *zip(*wanted, strict=True)) if wanted else (), 1):
            echo(f"{number} of {len(wanted)} trades: {trade.thing}")
    return [f"PO-{each.number}" for _, each in wanted]


def _entered(stage: Stage, trade: Trade) -> Stage:
    """The stage with the two firms, and whoever settles between their banks."""
    for part, name, firm in (
        ("seller", trade.seller, SELLERS[trade.seller]),
        ("buyer", trade.buyer, BUYERS[trade.buyer]),
        ("settlement", "settlement", SETTLEMENT),
    ):
        enrol(stage, part, _did(stage, firm.node, f"market-{name}"), at=firm.node)
        stage.agencies[part] = firm.party
    return stage


def _play(stage: Stage, trade: Trade) -> Trade:
    deal = _ordered(stage, trade)
    digits = str(trade.number)
    accepted(stage, deal, digits)
    if deal.is_goods:
        event = moves.hand_over(deal, "delivered", f"HO-{digits}", stage.clock())
        issue(stage, deal, "hand-over/delivered", "buyer", ("hand-over", f"HO-{digits}", event))
    if trade.is_paid:
        pay(stage, deal, digits)
    count(stage, deal, digits, BUYERS[trade.buyer].employed)
    return trade


def _did(stage: Stage, node: str, name: str) -> str:
    """The DID of a party of that name at the node, made once."""
    body = {"name": name}
    return str(stage.nodes[node].operator.post("/api/v1/operator/parties", body, f"community-{name}")["did"])


def _ordered(stage: Stage, trade: Trade) -> Deal:
    today = stage.clock().date()
    is_service, is_consumer = not trade.hs, BUYERS[trade.buyer].employed is None
    amount = Money.of(exact_product(Decimal(trade.quantity), Decimal(trade.price)), "MYR")
    line = Line(
        id="1",
        name=trade.thing,
        quantity=Quantity(Decimal(trade.quantity), "E48" if is_service else "KGM"),
        price=Price(amount=Decimal(trade.price)),
        amount=amount.amount,
        hs=HsCode(code=trade.hs, vintage=HsVintage.HS_2022) if trade.hs else None,
        origin=None if is_service else SELLERS[trade.seller].party.economy,
    )
    roles = ("seller", "buyer", "payer_bank", "settlement", "reporter")
    cast = Cast({role: replace(stage.agencies[role], did=stage.dids[role]) for role in roles})
    order = replace(
        default.order(f"PO-{trade.number}", today),
        seller=cast["seller"],
        buyer=cast["buyer"],
        buyer_type=BuyerType.CONSUMER if is_consumer else BuyerType.BUSINESS,
        subject=Subject.SERVICE if is_service else Subject.GOODS,
        channel=Channel.DIGITAL if is_service else Channel.PHYSICAL,
        lines=(line,),
        totals=Totals(lines=amount.amount, payable=amount),
        delivery_terms=None if is_service else DeliveryTerms(incoterm="CIF", edition=2020, place="Nansha"),
        parties=cast.appointments("payer_bank", "settlement", "reporter"),
    )
    deal = Deal(order, cast, today)
    issue(stage, deal, "order", "buyer", ("order", order.number, order))
    return deal
