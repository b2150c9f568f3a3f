"""Who lives on which node, which sales they have, and how they say things: by the rules, or against them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from entrepot.base.money import Money, Rounding
from entrepot.base.quantity import Quantity
from entrepot.base.record import Record
from entrepot.cli.demo import default
from entrepot.cli.demo.cast import Cast
from entrepot.document.trade import BuyerType, Channel, Price, Subject, Totals
from entrepot.flow.issue import Draft, Issued, issue
from entrepot.flow.kinds import READERS, kinds
from entrepot.flow.sight import SALE_VIEW, Recall, fact_from, facts_of_sale, state_of
from entrepot.party.key import Curve
from entrepot.party.party import Address, Party
from entrepot.sale.fact import Fact, Role
from entrepot.sale.right import next_steps, roles_of
from entrepot.sale.state import SaleState
from entrepot.sale.table import CONDITIONS, STEPS
from simulated.node import Node
from simulated.paper import WRITERS, Desk, Trade, write
from simulated.world import World

AGENCIES = tuple(str(role) for role in Role if role not in (Role.BUYER, Role.SELLER))
LATE = ("chamber", "carrier", "export_customs")
"""Agencies that the seller names in its answer, rather than the buyer in the order."""
_SELLING_SIDE = (Role.SELLER, Role.CHAMBER, Role.CARRIER, Role.EXPORT_CUSTOMS)
ODD = ("inspection-report", "freight-quote")
"""Kinds that no node knows yet."""


class Broken(AssertionError):
    """Something that must hold does not."""


@dataclass
class Community:
    """The world with its people. ``rogue``: ids of records that no honest node would issue. ``erased``: ids of
    records whose payload some node erased."""

    world: World
    home: dict[str, Node] = field(default_factory=dict)
    parties: dict[str, list[Party]] = field(default_factory=dict)
    trades: list[Trade] = field(default_factory=list)
    offers: dict[int, str] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    rogue: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    issued: dict[str, str] = field(default_factory=dict)
    """What an honest party was told that it had issued: record id -> name of its node."""
    tally: dict[str, int] = field(default_factory=dict)
    numbers: int = 0
    recall: Recall = field(default_factory=Recall)

    def count(self, what: str) -> None:
        self.tally[what] = self.tally.get(what, 0) + 1

    def settle_in(self) -> None:
        """Between two and five nodes; buyers and sellers twice, each agency once, each party somewhere."""
        chance = self.world.random
        nodes = [self.world.add_node(f"node{index}") for index in range(chance.randint(2, 5))]
        first = {"seller": nodes[0], "buyer": nodes[1]}
        homes = [(role, first.get(role, chance.choice(nodes))) for role in Role]
        homes += [(role, chance.choice(nodes)) for role in (Role.SELLER, Role.BUYER)]
        self.house(homes, chance.choice((("MY", "CN"), ("SG", "VN"), ("MY", "MY"))))

    def house(self, homes: Iterable[tuple[Role, Node]], economies: tuple[str, str]) -> None:
        """A party for each role at its node; ``economies``: of the selling side, of the buying side."""
        for role, node in homes:
            economy = economies[0] if role in _SELLING_SIDE else economies[1]
            index = len(self.parties.get(str(role), ()))
            curve = self.world.random.choice((Curve.ED25519, Curve.ED25519, Curve.P256))
            did = node.keys.add(f"{role.value.replace('_', '-')}-{index}", node.host, curve)
            self.home[did] = node
            address = Address(city="Town", economy=economy)
            party = Party(name=f"{role} {index} (invented)", economy=economy, did=did, address=address)
            self.parties.setdefault(str(role), []).append(party)
        self.world.admit_all()

    def number(self, prefix: str) -> str:
        self.numbers += 1
        return f"{prefix[:12].upper()}-{self.numbers}"

    def new_trade(self) -> Trade:
        chance = self.world.random
        cast = {role: chance.choice(found) for role, found in self.parties.items()}
        goods = chance.random() < 0.8
        units, price = chance.randrange(1, 50), Decimal(chance.randrange(100, 9000)) / 100
        line = replace(
            default.order("X", self.world.clock.now.date()).lines[0],
            quantity=Quantity(Decimal(units), "KGM" if goods else "HUR"),
            price=Price(amount=price),
            amount=price * units,
            hs=None,
        )
        order = replace(
            default.order(self.number("PO"), self.world.clock.now.date()),
            buyer=cast["buyer"],
            seller=cast["seller"],
            buyer_type=chance.choice(list(BuyerType)),
            subject=Subject.GOODS if goods else Subject.SERVICE,
            channel=Channel.PHYSICAL if goods else Channel.DIGITAL,
            delivery_terms=default.order("X", self.world.clock.now.date()).delivery_terms if goods else None,
            currency=(currency := chance.choice(("MYR", "CNY"))),
            lines=(line,),
            totals=Totals(lines=line.amount, payable=Money.of(line.amount, currency)),
            rounding=Rounding.HALF_EVEN,
        )
        late = tuple(role for role in LATE if chance.random() < 0.8)
        early = tuple(role for role in AGENCIES if role not in late)
        return Trade(order=order, cast=Cast(cast), early=early, late=late)

    def facts(self, node: Node, trade: Trade) -> list[Fact]:
        return facts_of_sale(node.at_work.journal.view(SALE_VIEW), trade.sale, self.recall)

    def desk(self, node: Node, trade: Trade, role: str, kind: str, facts: list[Fact] | None = None) -> Desk:
        if facts is None:
            facts = self.facts(node, trade) if trade.sale else []
        held = {each.id: self.records[each.id] for each in facts if each.id in self.records}
        return Desk(
            trade=trade,
            role=role,
            number=self.number(kind),
            facts=facts,
            state=state_of(facts, self.recall),
            records=held,
            now=node.clock(),
            chance=self.world.random,
            journal=node.at_work.journal,
        )

    def known_here(self, node: Node) -> list[Trade]:
        """Sales of which this node holds something."""
        view = node.at_work.journal.view(SALE_VIEW)
        return [each for each in self.trades if each.sale and view.get(f"sale/{each.sale}") is not None]

    def hosted_roles(self, node: Node, trade: Trade) -> list[str]:
        return [role for role in trade.cast.parties if self.home[trade.cast.did(role)] is node]

    def readers(self, kind: str, trade: Trade) -> tuple[str, ...]:
        """Whom a party names that cannot see the order, and so has to know by itself."""
        roles = READERS.get(kind, frozenset({"buyer", "seller"}))
        return tuple(sorted({trade.cast.did(role) for role in roles}))

    def say(self, node: Node, draft: Draft) -> Issued | None:
        """Issue it; None where the node crashes over it, or its own book refuses it."""
        issued = self.world.guard(node, lambda: issue(node.at_work, draft))
        if issued is not None and any(each.name == "ledger" for each in issued.assessment.checked):
            self.count("refused by the book")
            return None
        if issued is not None and issued.record is not None:
            if issued.appended is None or node.at_work.journal.entry(issued.record.id) is None:
                raise Broken(f"{draft.kind} was said to be issued and is not kept")
            self.issued[issued.record.id] = node.name
            self.count(f"issued {draft.kind}")
        return issued


def possible(state: SaleState, role: str) -> tuple[str, ...]:
    """The kinds that the holder of ``role`` may issue; where the order is withheld, all that its table names."""
    if state.sale is None:
        return tuple(dict.fromkeys(each.kind for each in STEPS if each.by == role and each.kind not in _OPENING))
    return tuple(each for each in next_steps(state, Role(role)) if each in _KINDS or (each, 1) in kinds())


_OPENING = ("offer", "order")
_KINDS: frozenset[str] = frozenset()


def forbidden(state: SaleState, did: str) -> list[str]:
    """The kinds that ``did`` may surely not issue in ``state``, whatever they say."""
    own = roles_of(state, did)

    def fits(kind: str) -> bool:
        rows = [each for each in STEPS if each.kind == kind and each.by in own]
        return any(all(CONDITIONS[need].holds(state) for need in each.needs) for each in rows)

    return [kind for kind in dict.fromkeys(each.kind for each in STEPS) if kind not in _OPENING and not fits(kind)]


def lone_fact(node: Node, record_id: str) -> Fact | None:
    """An offer, as the node has it."""
    row: Mapping[str, Any] | None = node.at_work.journal.view(SALE_VIEW).get(f"lone/{record_id}")
    return None if row is None else fact_from(row)


def writable(kind: str) -> bool:
    """Whether this node knows the kind, and somebody of this community writes it."""
    return (kind, 1) in kinds() and kind in WRITERS


def compose(community: Community, node: Node, trade: Trade, role: str, kind: str) -> dict[str, Any] | None:
    """The payload that a party would write now; None where it has nothing to refer to."""
    desk = community.desk(node, trade, role, kind)
    payload = write(kind, desk)
    return None if payload is None else {"number": desk.number, "payload": payload}
