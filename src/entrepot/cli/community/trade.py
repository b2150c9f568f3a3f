"""What the community traded: one sale to its end, one with an unpaid invoice, one order that waits for an answer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from entrepot.base.money import Money
from entrepot.base.quantity import Quantity
from entrepot.cli.community.cast import SETTLERS
from entrepot.cli.community.drawing import drawn
from entrepot.cli.demo import default, papers
from entrepot.cli.demo.cast import Cast
from entrepot.cli.demo.papers import Deal
from entrepot.cli.demo.play import Stage, issue, open_default, play
from entrepot.document.agency.model import AgencyDecision
from entrepot.document.customs.model import Direction
from entrepot.document.order.model import Answer, Order, OrderResponse
from entrepot.document.trade import (
    Appointment,
    DeliveryTerms,
    DocumentReference,
    HsCode,
    HsVintage,
    Line,
    Price,
    RecordReference,
    Role,
    Totals,
)
from entrepot.party.party import Party
from entrepot.sale.message import Message

FINISHED, UNPAID, WAITING, CERTIFIED = "PO-1001", "PO-2001", "PO-3001", "PO-4001"
"""Numbers of the orders; whoever placed one does not place it again."""
BASKETS = Line(
    id="1",
    name="Baskets of bamboo, 40 cm",
    quantity=Quantity(Decimal(400), "C62"),
    price=Price(amount=Decimal("12.50")),
    amount=Decimal("5000.00"),
    hs=HsCode(code="460211", vintage=HsVintage.HS_2022),
    origin="VN",
)
FRUIT = Line(
    id="1",
    name="Durian, fresh, D24",
    quantity=Quantity(Decimal(300), "KGM"),
    price=Price(amount=Decimal("18.00")),
    amount=Decimal("5400.00"),
    hs=HsCode(code="081060", vintage=HsVintage.HS_2022),
    origin="MY",
)


MANGOSTEEN = Line(
    id="1",
    name="Mangosteen, fresh",
    quantity=Quantity(Decimal(800), "KGM"),
    price=Price(amount=Decimal("9.50")),
    amount=Decimal("7600.00"),
    hs=HsCode(code="080450", vintage=HsVintage.HS_2022),
    origin="MY",
)


@dataclass(frozen=True, slots=True)
class Bargain:
    """What is sold, under which numbers, where it is handed over, and which drawing shows it."""

    number: str
    offer: str
    line: Line
    place: str
    drawing: str


WARES = Bargain(UNPAID, "OF-2001", BASKETS, "Port Klang", "basket")
CROP = Bargain(WAITING, "OF-3001", FRUIT, "Nansha", "durian")
GROVE = Bargain(CERTIFIED, "OF-4001", MANGOSTEEN, "Nansha", "mangosteen")


WORDS = (
    ("buyer", "十二月中旬以前能发货吗？", "zh-Hans"),
    ("seller", "Boleh, selepas 5 Disember.", "ms"),
)
"""Who writes what, in which language."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an agency decided at its desk, who did, and why. ``about``, ``carried_out``: steps of the sale."""

    part: str
    desk: str
    outcome: str
    about: str
    carried_out: str
    reasons: str


RULINGS = (
    Ruling("chamber", "chamber", "certify", "order", "certificate-of-origin",
           "Kebun dilawati; buah dipetik di Raub, maka diperoleh sepenuhnya di Malaysia."),
    Ruling("import_customs", "customs", "release", "import-declaration", "import-release",
           "申报与发票、原产地证书一致，未查验，予以放行。"),
    Ruling("payer_bank", "bank", "send", "order", "payment-instruction", "发票已到期，金额与订单相符。"),
    Ruling("reporter", "statistics", "accept", "order", "count", "已付款、已交货，分类与单证相符。"),
)  # fmt: skip
"""In the order in which they were taken."""


def placed(stage: Stage) -> set[str]:
    """The numbers of the orders that the stage's buyer sees in its sales."""
    client = stage.clients["buyer"]
    sales = client.get("/api/v1/sales?limit=200")["sales"]
    pages = [client.get(f"/api/v1/sales/{each['sale']}") for each in sales]
    return {each.get("number", "") for page in pages for each in page["records"] if each.get("kind") == "order"}


def finish(stage: Stage) -> None:
    """Durian goes from the grower to the importer, is paid, cleared and counted; each agency says who decided, and
    why."""
    deal = open_default(stage, drawn(stage.clients["seller"], "durian"))
    play(stage, deal)
    for number, each in enumerate(RULINGS, 1):
        _explain(stage, deal, each, f"AD-{1000 + number}")


def bill(stage: Stage) -> None:
    """The grower orders baskets from the workshop, which accepts and sends its invoice."""
    accepted(stage, _opened(stage, WARES), "2001")


def certify(stage: Stage) -> None:
    """The importer orders mangosteen and names its bank, customs and statistics office; the grower names the chamber,
    and sends its invoice; the importer declares the goods. Certificate, release, payment and count wait."""
    deal = _opened(stage, GROVE, ("chamber", "reporter", "payer_bank", "import_customs"))
    accepted(stage, deal, "4001", deal.cast.appointments("chamber"))
    declared = papers.declaration(deal, "ID-4001", Direction.IMPORT)
    issue(stage, deal, "import-declaration", "buyer", ("customs-declaration", "ID-4001", declared))


def accepted(stage: Stage, deal: Deal, digits: str, agencies: tuple[Appointment, ...] = ()) -> None:
    """The seller accepts, names agencies, and sends its invoice; ``digits``: of the numbers of both."""
    answer = OrderResponse(
        number=f"OR-{digits}", issue_date=deal.today, order=deal.ref("order"), answer=Answer.ACCEPT, parties=agencies
    )  # fmt: skip
    issue(stage, deal, "order-response", "seller", ("order-response", answer.number, answer))
    number = f"INV-{digits}"
    issue(stage, deal, "invoice", "seller", ("invoice", number, papers.invoice(deal, number)))


def wait(stage: Stage) -> None:
    """The importer orders more durian; they write to each other, and the grower has not answered the order yet."""
    deal = _opened(stage, CROP)
    for number, (role, text, language) in enumerate(WORDS, 1):
        issue(
            stage, deal, f"message/{number}", role, ("message", f"MS-{number}", Message(text=text, language=language))
        )


ACTS: tuple[tuple[str, Callable[[Stage], None]], ...] = (
    (FINISHED, finish),
    (UNPAID, bill),
    (WAITING, wait),
    (CERTIFIED, certify),
)
"""Number of the order -> what is played with it."""


def _opened(stage: Stage, bargain: Bargain, agencies: tuple[str, ...] = ()) -> Deal:
    today = stage.clock().date()
    cast = Cast({role: replace(stage.agencies[role], did=stage.dids[role]) for role in ("seller", "buyer", *agencies)})
    amount = Money.of(bargain.line.amount, "MYR")
    what = {
        "lines": (bargain.line,),
        "totals": Totals(lines=bargain.line.amount, payable=amount),
        "delivery_terms": DeliveryTerms(incoterm="CIF", edition=2020, place=bargain.place),
    }
    pictures = drawn(stage.clients["seller"], bargain.drawing)
    offer = replace(default.offer(cast["seller"], bargain.offer, today), pictures=pictures, **what)  # type: ignore[arg-type]
    record = issue(stage, None, "offer", "seller", ("offer", bargain.offer, offer))
    taken = DocumentReference(number=bargain.offer, record=record)
    order = _order(cast["seller"], cast["buyer"], replace(default.order(bargain.number, today, taken), **what))  # type: ignore[arg-type]
    if "reporter" in agencies:
        bank = Appointment(role=Role.SETTLEMENT, party=cast["payer_bank"])
        order = replace(order, parties=(*cast.appointments("reporter", "payer_bank", "import_customs"), bank))
    deal = Deal(order, cast, today)
    issue(stage, deal, "order", "buyer", ("order", bargain.number, order), after=[record])
    return deal


def _explain(stage: Stage, deal: Deal, ruling: Ruling, number: str) -> None:
    record, named = deal.issued[ruling.about]
    carried, carried_number = deal.issued[ruling.carried_out]
    who = next(each.person for each in SETTLERS if each.part == ruling.part)
    decision = AgencyDecision(
        number=number,
        issue_date=deal.today,
        desk=ruling.desk,
        about=(RecordReference(record=record, number=named),),
        outcome=ruling.outcome,
        reasons=ruling.reasons,
        decided_by=who,
        carried_out=RecordReference(record=carried, number=carried_number),
    )
    told = sorted({stage.dids[each] for each in (ruling.part, "seller", "buyer")})
    issue(stage, None, "", ruling.part, ("agency-decision", number, decision), audience=told)


def _order(seller: Party, buyer: Party, draft: Order) -> Order:
    return replace(draft, seller=seller, buyer=buyer)
