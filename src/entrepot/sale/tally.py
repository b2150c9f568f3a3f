"""The readings of one sale over its effective facts. Set operations only, so that no order of arrival can matter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from entrepot.base.money import Money
from entrepot.sale import fact as says
from entrepot.sale.fact import Direction, Fact, Role, act
from entrepot.sale.race import MOVES_GOODS, MOVES_MONEY
from entrepot.sale.right import appointable
from entrepot.sale.state import Account, Agreement, Clearance, Count, Dispute, Fulfilment, Payment, Request

Sees = Callable[[Fact, Fact], bool]
"""Whether the first fact had seen the second."""
VALUE_KINDS = ("invoice", "credit-note", "refund")
_DECISIONS = ("dispute-resolution", "dispute-answer/agree")


@dataclass(frozen=True, slots=True)
class Tally:
    """Effective facts in linear order, by kind and by act."""

    facts: Sequence[Fact]
    sees: Sees
    order: Fact | None
    acts: Mapping[str, list[Fact]] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Sequence[Fact], sees: Sees) -> "Tally":
        """The tally of effective ``facts``."""
        acts: dict[str, list[Fact]] = {}
        for each in facts:
            acts.setdefault(act(each), []).append(each)
            if act(each) != each.kind:
                acts.setdefault(each.kind, []).append(each)
        return cls(facts, sees, next(iter(acts.get("order", ())), None), acts)

    def all(self, *names: str) -> list[Fact]:
        """The effective facts of these kinds or acts, name by name."""
        return [each for name in names for each in self.acts.get(name, ())]


def roles(tally: Tally) -> dict[Role, tuple[str, ...]]:
    """DIDs per role: buyer and seller of the order (of the offer before it), and whom order and response appoint."""
    if tally.order is None:
        sellers = {each.issuer for each in tally.all("offer")}
        return {Role.SELLER: tuple(sorted(sellers))} if sellers else {}
    order = tally.order.says
    if not isinstance(order, says.Ordered):
        return {}
    held: dict[Role, tuple[str, ...]] = {
        role: (did,) for role, did in ((Role.BUYER, order.buyer), (Role.SELLER, order.seller)) if did is not None
    }
    _appoint(held, order.parties, response=False)
    named = dict(held)
    for each in tally.all("order-response/accept"):
        if isinstance(each.says, says.Answered):
            _appoint(held, [pair for pair in each.says.parties if pair[0] not in named], response=True)
    return {role: held[role] for role in Role if role in held}


def _appoint(held: dict[Role, tuple[str, ...]], parties: Sequence[tuple[Role, str]], *, response: bool) -> None:
    before = dict(held)
    for role, did in parties:
        if appointable(before, role, did, response=response):
            held[role] = tuple(sorted({*held.get(role, ()), did}))


def agreement(tally: Tally) -> Agreement:
    """Where the agreement stands. What ends a sale holds unless a later decision that saw it lets the sale stand."""
    if tally.order is None:
        return "offered" if tally.all("offer") else "none"
    stands = [
        each
        for each in tally.all("dispute-resolution")
        if isinstance(each.says, says.DisputeResolved) and each.says.outcome == "stands"
    ]
    ends = [each for each in _enders(tally) if not any(tally.sees(later, each) for later in stands)]
    if any(act(each) != "order-response/reject" for each in ends):
        return "cancelled"
    if ends:
        return "rejected"
    # A decision that the sale stands takes the place of an acceptance only where it overruled an ending.
    overruled = len(_enders(tally)) > 0
    return "accepted" if tally.all("order-response/accept") or overruled else "ordered"


def _enders(tally: Tally) -> list[Fact]:
    resolved = [
        each
        for each in tally.all("dispute-resolution")
        if isinstance(each.says, says.DisputeResolved) and each.says.outcome == "ends"
    ]
    agreed = [each for each, dispute in agreed_disputes(tally) if dispute.remedy == "cancellation"]
    return [*tally.all("cancellation-response/accept", "order-response/reject"), *resolved, *agreed]


def agreed_disputes(tally: Tally) -> list[tuple[Fact, says.Disputed]]:
    """Answers that grant a dispute, with what they grant."""
    disputes = {each.id: each.says for each in tally.all("dispute")}
    found = []
    for each in tally.all("dispute-answer/agree"):
        dispute = disputes.get(says.topic(each))
        if isinstance(dispute, says.Disputed):
            found.append((each, dispute))
    return found


def fulfilment(tally: Tally) -> Fulfilment:
    """The furthest leg that was handed over; a transport document alone moves nothing forward here."""
    legs = {each.says.leg for each in tally.all("hand-over") if isinstance(each.says, says.HandedOver)}
    steps: tuple[tuple[says.Leg, Fulfilment], ...] = (
        ("return", "returned"),
        ("delivery", "delivered"),
        ("transit", "in_transit"),
        ("dispatch", "dispatched"),
    )
    return next((word for leg, word in steps if leg in legs), "none")


def declarations(tally: Tally) -> dict[str, Direction]:
    """Declarations by record id, with the border they are for."""
    return {
        each.id: each.says.direction
        for each in tally.all("customs-declaration")
        if isinstance(each.says, says.Declared)
    }


def clearance(tally: Tally, direction: Direction) -> Clearance:
    """The last word of the office at one border: of concurrent decisions the gravest, of later ones the latest."""
    declared = {key for key, each in declarations(tally).items() if each == direction}
    decisions = [each for each in tally.all("customs-release") if says.topic(each) in declared]
    latest = {act(each) for each in decisions if not any(tally.sees(other, each) for other in decisions)}
    outcomes: tuple[Clearance, ...] = ("refused", "inspection", "released")
    for outcome in outcomes:
        if f"customs-release/{outcome}" in latest:
            return outcome
    if declared:
        return "declared"
    order = tally.order.says if tally.order else None
    return "not_applicable" if isinstance(order, says.Ordered) and order.cross_border is False else "none"


def moved_goods(tally: Tally) -> bool:
    """Whether goods have left the seller's hands."""
    return bool(tally.all(*MOVES_GOODS))


def moved_money(tally: Tally) -> bool:
    """Whether a bank or settlement institution has acted."""
    return bool(tally.all(*MOVES_MONEY))


def accounts(tally: Tally, ended: bool, accepted: bool) -> dict[str, Account]:  # noqa: FBT001
    """Money per currency. What is due: the invoices less credit notes and awards; without any invoice the ordered
    total of an accepted order; of an ended sale nothing but awards."""
    sums: dict[str, dict[str, int]] = {}

    def add(name: str, money: Money | None, sign: int = 1) -> None:
        if money is not None:
            own = sums.setdefault(money.currency, {})
            own[name] = own.get(name, 0) + sign * money.minor

    for each in tally.facts:
        match each.says:
            case says.Ordered(total=money):
                add("ordered", money)
            case says.Invoiced(total=money):
                add("invoiced", money)
            case says.Credited(total=money):
                add("credited", money)
            case says.PaymentInstructed(amount=money):
                add("instructed", money)
            case says.Settled(amount=money):
                add("settled", money)
            case says.Refunded(amount=money):
                add("refunded", money)
            case says.DisputeResolved(award=money, award_to=to):
                add("awarded", money, 1 if to is Role.BUYER else -1)
    for each, dispute in agreed_disputes(tally):
        if dispute.remedy in ("refund", "payment"):
            raised_by_seller = each.issuer in roles(tally).get(Role.BUYER, ())
            add("awarded", dispute.claim, -1 if raised_by_seller else 1)
    by_order = accepted and not tally.all("invoice")
    return {code: _account(code, own, ended=ended, by_order=by_order) for code, own in sorted(sums.items())}


def _account(currency: str, sums: Mapping[str, int], *, ended: bool, by_order: bool) -> Account:
    price = sums.get("ordered", 0) if by_order else sums.get("invoiced", 0)
    price -= sums.get("credited", 0)
    return Account(currency=currency, due=(0 if ended else price) - sums.get("awarded", 0), **sums)


def payment(tally: Tally, money: Mapping[str, Account]) -> Payment:
    """Where payment stands, over all currencies."""
    owed = [each.owed for each in money.values()]
    if any(each.settled for each in money.values()):
        if any(each > 0 for each in owed):
            return "part_paid"
        if any(each < 0 for each in owed):
            return "overpaid"
        return "paid" if any(each.due > 0 for each in money.values()) else "refunded"
    if tally.all("invoice") and not any(owed):
        return "nothing_due"
    if tally.all("payment-instruction"):
        return "instructed"
    return "requested" if tally.all("payment-request") else "none"


def open_requests(tally: Tally, asked: str, answered: str) -> tuple[str, ...]:
    """Requests of a kind that no effective answer names."""
    closed = {says.topic(each) for each in tally.all(answered)}
    return tuple(sorted(each.id for each in tally.all(asked) if each.id not in closed))


def request(tally: Tally, asked: str, answered: str) -> Request:
    """Where the requests of one kind stand: an open one first, then what was granted, then what was not."""
    if open_requests(tally, asked, answered):
        return "open"
    if tally.all(f"{answered}/accept"):
        return "accepted"
    return "refused" if tally.all(f"{answered}/refuse") else "none"


def open_disputes(tally: Tally) -> dict[str, Role]:
    """Disputes that nobody has granted or decided, with the role of whoever raised them."""
    closed = {says.topic(each) for each in tally.all(*_DECISIONS)}
    buyers = roles(tally).get(Role.BUYER, ())
    return {
        each.id: Role.BUYER if each.issuer in buyers else Role.SELLER
        for each in sorted(tally.all("dispute"), key=lambda each: each.id)
        if each.id not in closed
    }


def dispute(tally: Tally) -> Dispute:
    """Where the disputes stand: an open one first."""
    still = open_disputes(tally)
    contested = {says.topic(each) for each in tally.all("dispute-answer/contest")}
    if still:
        return "contested" if still.keys() <= contested else "open"
    if tally.all("dispute-resolution"):
        return "resolved"
    return "agreed" if tally.all("dispute-answer/agree") else "none"


def counted(tally: Tally) -> Count:
    """Current where some count has seen every record that changes the value; stale where none has."""
    counts = tally.all("count")
    changes = [*tally.all(*VALUE_KINDS, *_DECISIONS), *_enders(tally)]
    if any(all(tally.sees(each, change) for change in changes) for each in counts):
        return "current"
    return "stale" if counts else "none"


def accepted_findings(tally: Tally) -> tuple[str, ...]:
    """Ids of findings of unknown law that a named person accepted."""
    found = {
        key for each in tally.all("acceptance") if isinstance(each.says, says.Accepted) for key in each.says.findings
    }
    return tuple(sorted(found))
