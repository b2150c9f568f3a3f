"""What happens in one step: a party acts, rightly or not; messages travel; nodes fall and rise; somebody erases."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from entrepot.flow.cosigning import show_heads
from entrepot.flow.erase import KEPT
from entrepot.flow.erase import erase as flow_erase
from entrepot.flow.hold import holds_of, holds_on, lift, place
from entrepot.flow.issue import Draft
from entrepot.flow.kinds import PERSONAL
from entrepot.flow.post import deliver
from entrepot.flow.reading import is_readable
from entrepot.rule.hold import LegalHold, LegalHoldLift
from simulated.clerk import CLERK
from simulated.community import ODD, Broken, Community, forbidden, lone_fact, possible, writable
from simulated.node import Node
from simulated.paper import Desk, Trade, files_of, write
from simulated.rogue import cheat

TRADES_MAX = 6


def any_node(community: Community) -> Node | None:
    return community.world.random.choice(community.world.up) if community.world.up else None


def offer_something(community: Community) -> None:
    """A seller offers to anybody; some buyer may take it up later."""
    trade = community.new_trade()
    node = community.home[trade.cast.did("seller")]
    if len(community.trades) >= TRADES_MAX or node.office is None:
        return
    community.trades.append(trade)
    desk = community.desk(node, trade, "seller", "offer")
    payload = write("offer", desk)
    assert payload is not None
    issued = community.say(
        node, Draft(kind="offer", issuer=trade.cast.did("seller"), number=desk.number, payload=payload)
    )
    if issued is not None:
        _must_be_kept(issued.record is not None, "offer", issued)
        assert issued.record is not None
        community.offers[len(community.trades) - 1] = issued.record.id


def order_something(community: Community) -> None:
    """A buyer orders, taking up the offer where its node has it."""
    pending = [index for index, each in enumerate(community.trades) if not each.sale]
    if not pending or community.world.chance(0.3):
        if len(community.trades) >= TRADES_MAX:
            return
        community.trades.append(community.new_trade())
        pending = [len(community.trades) - 1]
    index = community.world.random.choice(pending)
    trade = community.trades[index]
    node = community.home[trade.cast.did("buyer")]
    if node.office is None:
        return
    desk = community.desk(node, trade, "buyer", "order")
    offer = lone_fact(node, community.offers[index]) if index in community.offers else None
    if offer is not None:
        desk.facts = [offer]
    payload = write("order", desk)
    assert payload is not None
    after = (offer.id,) if offer is not None else None
    draft = Draft(kind="order", issuer=trade.cast.did("buyer"), number=desk.number, payload=payload, after=after)
    issued = community.say(node, draft)
    if issued is not None:
        _must_be_kept(issued.record is not None, "order", issued)
        assert issued.record is not None
        trade.sale = issued.record.id
        trade.order = replace(trade.order, number=desk.number)


def act(community: Community) -> None:
    """Somebody does what the sale, as its node sees it, allows; what was said less often is said sooner."""
    chance, node = community.world.random, any_node(community)
    trades = community.known_here(node) if node is not None else []
    if node is None or not trades:
        return
    trade = chance.choice(trades)
    choices = _choices(community, node, trade)
    while choices:
        role, kind = chance.choices(list(choices), list(choices.values()))[0]
        desk = community.desk(node, trade, role, kind)
        payload = write(kind, desk)
        if payload is not None:
            _say(community, node, _draft(community, desk, kind, payload))
            return
        del choices[role, kind]


def _choices(community: Community, node: Node, trade: Trade) -> dict[tuple[str, str], float]:
    """Who of this node may say what now, each with its weight."""
    facts = community.facts(node, trade)
    said = Counter(each.kind for each in facts)
    found: dict[tuple[str, str], float] = {}
    for role in community.hosted_roles(node, trade):
        desk = community.desk(node, trade, role, "X", facts)
        if role in desk.state.roles if desk.state.sale is not None else _knows_its_part(community, desk):
            for kind in filter(writable, possible(desk.state, role)):
                found[role, kind] = WEIGHTS.get(kind, 1.0) / (1 + said[kind]) ** 2
    return found


WEIGHTS = {
    "acceptance": 0.1,
    "order-cancellation": 0.05,
    "dispute": 0.1,
    "order-response": 3.0,
    "payment-instruction": 2.0,
    "customs-declaration": 3.0,
    "hand-over": 2.0,
}


def _knows_its_part(community: Community, desk: Desk) -> bool:
    """Whether a party whose node cannot read the order was named by it, or by an answer that its node has."""
    seen = {desk.trade.sale, *(each.id for each in desk.facts if each.kind == "order-response")}
    papers = [community.records[each].payload for each in seen if each in community.records]
    named = [each["party"] for paper in papers for each in paper.get("parties", ())]
    named += [paper[side] for paper in papers for side in ("buyer", "seller") if side in paper]
    return desk.trade.cast.did(desk.role) in [each.get("did") for each in named]


def _draft(community: Community, desk: Desk, kind: str, payload: dict) -> Draft:
    blind = desk.state.sale is None
    sales = (desk.trade.sale,)
    if kind in ("payment-instruction", "payment-request") and community.world.chance(0.2):
        node = community.home[desk.trade.cast.did(desk.role)]
        more = [each for each in community.known_here(node) if _same_side(each, desk)]
        if more and not blind:
            other = community.world.random.choice(more)
            state = community.desk(node, other, desk.role, "X").state
            if state.sale is not None and kind in possible(state, desk.role):
                sales = tuple(sorted({*sales, other.sale}))
    audience = community.readers(kind, desk.trade) if blind else None
    return Draft(
        kind=kind,
        issuer=desk.trade.cast.did(desk.role),
        number=desk.number,
        payload=payload,
        sales=sales,
        audience=audience,
        attachments=files_of(payload),
    )


def _same_side(trade: Trade, desk: Desk) -> bool:
    names = ("buyer", "seller", "payer_bank", "settlement")
    return all(trade.cast.did(each) == desk.trade.cast.did(each) for each in names)


def _somebody(community: Community) -> tuple[Node, Trade, str] | None:
    node = any_node(community)
    trades = community.known_here(node) if node is not None else []
    if node is None or not trades:
        return None
    trade = community.world.random.choice(trades)
    roles = community.hosted_roles(node, trade)
    return (node, trade, community.world.random.choice(roles)) if roles else None


def _say(community: Community, node: Node, draft: Draft) -> None:
    before = len(node.at_work.journal.stream(f"sale/{draft.sales[0]}")[1])
    issued = community.say(node, draft)
    if issued is not None and issued.record is None and _is_too_much(community, node, draft, issued):
        community.count("refused as more than is open")
    elif issued is not None and issued.record is None:
        raced = len(node.at_work.journal.stream(f"sale/{draft.sales[0]}")[1]) != before
        _must_be_kept(raced, draft.kind, issued)


def _is_too_much(community: Community, node: Node, draft: Draft, issued) -> bool:
    """Whether it was refused because of what is owed alone, and the sums of the papers that are here say so as well:
    money beyond all that is asked for, or credits beyond the invoice that they name."""
    if not all(each.id.startswith("ENT-CORE-OWING-") for each in issued.assessment.blocking):
        return False
    (trade,) = [each for each in community.trades if each.sale == draft.sales[0]]
    held = [each.id for each in community.facts(node, trade)]
    papers = [(each, community.records[each]) for each in held if each in community.records]
    said = [*((record.content.kind, record.payload) for _, record in papers), (draft.kind, draft.payload)]
    if draft.kind == "payment-instruction":
        asked = sum(_payable(paper) for kind, paper in said if kind == "invoice")
        less = sum(_payable(paper) for kind, paper in said if kind == "credit-note")
        return sum(Decimal(paper["instructed"]["amount"]) for kind, paper in said if kind == draft.kind) > asked - less
    (named,) = [each["record"] for each in draft.payload["invoices"]]
    (asked,) = [_payable(record.payload) for each, record in papers if each == named]
    naming = [paper for kind, paper in said if kind == draft.kind and paper["invoices"][0]["record"] == named]
    return sum(map(_payable, naming)) > asked


def _payable(paper: dict) -> Decimal:
    return Decimal(paper["totals"]["payable"]["amount"])


def _must_be_kept(kept: bool, kind: str, issued) -> None:
    if not kept:
        reasons = "; ".join(f"{each.id} {each.path} {each.text}" for each in issued.assessment.blocking)
        raise Broken(f"{kind} follows by the table and was refused: {reasons}")


def err(community: Community) -> None:
    """Somebody tries what it may not do, where its node sees the whole sale: the node must refuse it."""
    found = _somebody(community)
    if found is None:
        return
    node, trade, role = found
    desk = community.desk(node, trade, role, "X")
    if desk.state.sale is None or desk.state.withheld:
        return
    draft = _wrong(community, node, desk)
    if draft is None:
        return
    journal = node.at_work.journal
    streams = [f"sale/{each}" for each in draft.sales] or [f"issuer/{draft.issuer}"]
    before = [journal.stream(each) for each in streams]
    issued = community.say(node, draft)
    if (
        issued is not None
        and issued.record is not None
        and [journal.stream(each)[0] for each in streams] == [count + 1 for count, _ in before]
    ):
        raise Broken(f"{draft.kind} by {draft.issuer} must be refused and was issued")
    community.count("refused illegal")


def _wrong(community: Community, node: Node, desk: Desk) -> Draft | None:
    chance, did = community.world.random, desk.trade.cast.did(desk.role)
    way = chance.choice(("forbidden", "number", "order", "broken", "stranger", "unknown"))
    draft = Draft(kind="X", issuer=did, number=desk.number, payload={}, sales=(desk.trade.sale,))
    if way == "forbidden":
        kinds = [each for each in forbidden(desk.state, did) if writable(each)]
        kind = chance.choice(kinds)
        payload = write(kind, replace(desk, role=desk.role if kind != "customs-release" else "import_customs"))
        return None if payload is None else replace(draft, kind=kind, payload=payload)
    if way == "number":
        used = [each for each in desk.facts if each.issuer == did and each.kind in ("hand-over", "dispute", "invoice")]
        if not used:
            return None
        again = chance.choice(used)
        payload = write(again.kind, replace(desk, number=again.number))
        return None if payload is None else replace(draft, kind=again.kind, number=again.number, payload=payload)
    if way == "order" and desk.role == "buyer":
        payload = write("order", desk)
        return None if payload is None else replace(draft, kind="order", payload=payload)
    strangers = sorted(node.keys.hosted() - {each.did for each in desk.trade.cast.parties.values()})
    if way == "stranger" and strangers:
        return replace(draft, kind=chance.choice(ODD), issuer=strangers[0])
    if way == "unknown":
        return replace(draft, kind=chance.choice(ODD))
    if way == "broken":
        return replace(draft, kind="dispute", payload={"about": 3, "remedy": "gold"})
    return None


def speak_out_of_turn(community: Community) -> None:
    """A rogue node signs with the keys that it really holds whatever it likes, and sends it to whom it likes."""
    found = _somebody(community)
    if found is not None:
        cheat(community, *found)


def send(community: Community) -> None:
    """A node empties a part of its outbox."""
    node = any_node(community)
    if node is not None:
        office, limit = node.at_work, community.world.random.choice((1, 5, 100))
        community.world.guard(node, lambda: deliver(office, limit=limit))


def haunt(community: Community) -> None:
    community.world.haunt()


def rise(community: Community) -> None:
    """A node that is down starts again."""
    down = [each for each in community.world.nodes.values() if each.office is None]
    if down:
        community.world.random.choice(down).start()


def fall(community: Community) -> None:
    node = any_node(community)
    if node is not None:
        node.stop()


def part(community: Community) -> None:
    """Two nodes lose sight of each other, or all find each other again."""
    world, names = community.world, list(community.world.nodes)
    if world.cut and world.chance(0.6):
        world.cut.clear()
    else:
        world.cut.add(frozenset(world.random.sample(names, 2)))


def set_clock(community: Community) -> None:
    """A clock goes wrong, by up to a day, or is set right."""
    node = community.world.random.choice(list(community.world.nodes.values()))
    wrong = community.world.chance(0.4) and not node.skew
    node.skew = timedelta(seconds=community.world.random.uniform(-86_400, 86_400) if wrong else 0)


def tend(community: Community) -> None:
    node = any_node(community)
    if node is not None:
        community.world.guard(node, node.at_work.journal.tend)


def cosign(community: Community) -> None:
    """A node seals what is new, and shows its head to its peers."""
    node = any_node(community)
    if node is None:
        return
    office, found = node.at_work, []

    def show() -> None:
        office.run(lambda journal: journal.seal())
        found.extend(show_heads(office))

    community.world.guard(node, show)
    for each in found:
        community.count("heads cosigned" if each.is_kept else "heads not cosigned")


def erase(community: Community) -> None:
    """A party erases a record with personal data, or lets go of it where others of its node still read it; what it
    holds it may not."""
    chosen = _own_record(community, lambda each: each not in community.erased)
    if chosen is None:
        return
    _ask_to_erase(community, *chosen)


def _ask_to_erase(community: Community, node: Node, target: str, by: str) -> None:
    is_held = community.world.guard(node, lambda: _is_held(node, target, by))
    if not is_held:
        community.erased.add(target)
    done = community.world.guard(
        node, lambda: flow_erase(node.at_work, target, by=by, reason="asked for", accepting=CLERK)
    )
    if done is None:
        return
    if bool(done.tombstone) is bool(is_held):
        raise Broken(f"{node.name} erased what {by} holds, or refused what nobody holds: {target}")
    community.issued[done.tombstone or done.refusal] = node.name
    community.count("erased" if done.tombstone else "refused to erase")


def hold(community: Community) -> None:
    """A party holds a record or a sale, or lifts a hold of its own."""
    chosen = _own_record(community, lambda _: True)
    if chosen is None:
        return
    node, target, by = chosen
    office = node.at_work
    held = [each for each in holds_of(office.journal, by) if not each.lifted]
    said = {"name": "A. Clerk", "role": "counsel", "reason": "A dispute is near."}
    if held and community.world.random.random() < 0.5:
        done = community.world.guard(node, lambda: lift(office, by, LegalHoldLift(hold=held[0].record, **said)))
    else:
        sales = office.journal.record(target).sales
        about = {"sale": sales[0]} if sales and community.world.random.random() < 0.3 else {"record": target}
        wish = LegalHold(instrument="An invented order of a court", **about, **said)
        done = community.world.guard(node, lambda: place(office, by, wish))
    if done is None:
        return
    community.issued[done.record] = node.name
    community.count("held or lifted")
    if community.world.random.random() < 0.5 and target not in community.erased:
        _ask_to_erase(community, node, target, by)


def _own_record(community: Community, is_wanted: Callable[[str], bool]) -> tuple[Node, str, str] | None:
    """A node, a record with personal data there, and one of its parties that may read it."""
    node = any_node(community)
    if node is None:
        return None
    journal, hosted = node.at_work.journal, node.keys.hosted()
    kept = [each.record_id for each in journal.entries(0, 1000) if each.kind in PERSONAL - KEPT]
    fresh = [each for each in kept if is_wanted(each) and each in community.records]
    target = community.world.random.choice(fresh) if fresh else None
    content = community.records[target].content if target else None
    own = sorted(hosted & {content.issuer, *content.audience}) if content else []
    own = [each for each in own if is_readable(journal, target, {each})]
    return (node, target, community.world.random.choice(own)) if own else None


def _is_held(node: Node, target: str, by: str) -> bool:
    record = node.at_work.journal.record(target)
    return bool(holds_on(node.at_work.journal, record, (by, node.at_work.identity.did)))


STEPS: tuple[tuple[Callable[[Community], None], int], ...] = (
    (act, 480),
    (send, 300),
    (order_something, 50),
    (offer_something, 15),
    (err, 50),
    (speak_out_of_turn, 40),
    (haunt, 50),
    (rise, 40),
    (fall, 8),
    (part, 15),
    (set_clock, 10),
    (tend, 15),
    (cosign, 120),
    (erase, 6),
    (hold, 6),
)
"""What may happen, and how often compared with the rest."""
