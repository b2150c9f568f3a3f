"""A node that cheats: it signs with keys that it really holds, skips every check, and tells each peer what it likes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from entrepot.base.digest import b64url
from entrepot.base.record import Content, Record, record_of
from entrepot.flow import nodemail
from entrepot.flow.envelope import Envelope, SentProof, write_envelope
from entrepot.flow.error import TransportError
from entrepot.flow.issue import sign
from entrepot.flow.post import DELIVERY
from entrepot.sale.table import STEPS
from simulated.community import ODD, Community, writable
from simulated.node import Node
from simulated.paper import Desk, Trade, write


@dataclass
class Plot:
    """What the rogue puts into a record, and whom it tells that which of its causes is withheld."""

    contents: list[Content]
    withheld: tuple[str, ...] = ()
    spoil: bool = False


def cheat(community: Community, node: Node, trade: Trade, role: str) -> None:
    """One cheat: made, signed, and sent to some of the other nodes, each content to another set of them."""
    chance = community.world.random
    desk = community.desk(node, trade, role, "RG")
    name = chance.choice(sorted(PLOTS))
    plot = PLOTS[name](community, desk)
    others = [each for each in community.world.nodes.values() if each is not node]
    for content in plot.contents:
        record = record_of(content)
        community.rogue.add(record.id)
        community.records.setdefault(record.id, record)
        for other in chance.sample(others, chance.randint(1, len(others))):
            _send(community, node, other, (record, plot))
    community.count(f"cheated: {name}")


def _send(community: Community, node: Node, other: Node, told: tuple[Record, Plot]) -> None:
    record, plot = told
    office = node.at_work
    signatory = node.keys.signatory(record.content.issuer)
    assert signatory is not None
    proofs = [SentProof(securing=each.securing, body=each.body.decode()) for each in sign(office, record, signatory)]
    if plot.spoil:
        proofs = [
            replace(each, body=each.body[:-9] + ("A" if each.body[-9] != "A" else "B") + each.body[-8:])
            for each in proofs
        ]
    envelope = Envelope(proofs=tuple(proofs), withheld=plot.withheld)
    body = {"envelopes": [write_envelope(envelope)], "known": 0}
    message = nodemail.write(office, DELIVERY, other.identity.did, body)
    url = f"https://{other.host}/peer/v1/records"
    try:
        community.world.arrive(node.name, url, message)
    except TransportError:
        community.world.ghosts.append((url, message))


def _content(community: Community, desk: Desk, kind: str, **more: Any) -> Content:
    given: dict[str, Any] = {
        "kind": kind,
        "version": 1,
        "issuer": desk.trade.cast.did(desk.role),
        "number": desk.number,
        "nonce": b64url(community.world.entropy(16)),
        "issued": desk.now.replace(microsecond=0),
        "sales": (desk.trade.sale,),
        "after": desk.state.heads,
        "audience": community.readers(kind, desk.trade),
        "payload": {},
    }
    return Content(**(given | more))


def _some(community: Community, desk: Desk, kinds: Sequence[str] = ()) -> tuple[str, dict[str, Any]]:
    chance = community.world.random
    names = list(kinds) or sorted({each.kind for each in STEPS if each.kind not in ("offer", "order")})
    for kind in chance.sample(names, len(names)):
        payload = write(kind, desk) if writable(kind) and not _unable(kind, desk.role) else None
        if payload is not None:
            return kind, payload
    return ODD[0], {}


def _unable(kind: str, role: str) -> bool:
    """Whether the papers of this simulation have no words for it: a release says at which border it is."""
    return kind == "customs-release" and not role.endswith("_customs")


def _untimely(community: Community, desk: Desk) -> Plot:
    kind, payload = _some(community, desk)
    return Plot([_content(community, desk, kind, payload=payload)])


def _blind(community: Community, desk: Desk) -> Plot:
    """As if it had seen nothing but the order: late, and concurrent with everything."""
    kind, payload = _some(community, desk)
    return Plot([_content(community, desk, kind, payload=payload, after=(desk.trade.sale,))])


def _equivocation(community: Community, desk: Desk) -> Plot:
    kind, payload = _some(community, desk)
    _, other = _some(community, desk, (kind,))
    return Plot([_content(community, desk, kind, payload=each) for each in (payload, other)])


def _stranger(community: Community, desk: Desk) -> Plot:
    node = community.home[desk.trade.cast.did(desk.role)]
    own = {each.did for each in desk.trade.cast.parties.values()}
    strangers = sorted(node.keys.hosted() - own)
    kind, payload = _some(community, desk)
    issuer = strangers[0] if strangers else desk.trade.cast.did(desk.role)
    return Plot([_content(community, desk, kind, payload=payload, issuer=issuer)])


def _lost_cause(community: Community, desk: Desk) -> Plot:
    kind, payload = _some(community, desk)
    lost = f"{community.world.random.getrandbits(256):064x}"
    return Plot([_content(community, desk, kind, payload=payload, after=tuple(sorted({*desk.state.heads, lost})))])


def _lie_about_withheld(community: Community, desk: Desk) -> Plot:
    kind, payload = _some(community, desk)
    content = _content(community, desk, kind, payload=payload)
    lost = f"{community.world.random.getrandbits(256):064x}"
    content = replace(content, after=tuple(sorted({*content.after, lost})))
    return Plot([content], withheld=content.after)


def _second_order(community: Community, desk: Desk) -> Plot:
    payload = write("order", desk) or {}
    after = () if community.world.chance(0.5) else desk.state.heads
    return Plot([_content(community, desk, "order", payload=payload, after=after)])


def _shapeless(community: Community, desk: Desk) -> Plot:
    return Plot([_content(community, desk, "dispute", payload={"about": 7})])


def _newer(community: Community, desk: Desk) -> Plot:
    kind = community.world.random.choice(("invoice", "settlement", "order-response", *ODD))
    return Plot([_content(community, desk, kind, version=2, payload={"new": "member"})])


def _forged(community: Community, desk: Desk) -> Plot:
    kind, payload = _some(community, desk)
    return Plot([_content(community, desk, kind, payload=payload)], spoil=True)


def _from_the_future(community: Community, desk: Desk) -> Plot:
    kind, payload = _some(community, desk)
    issued = desk.now.replace(microsecond=0) + timedelta(days=400)
    return Plot([_content(community, desk, kind, payload=payload, issued=issued)])


def _to_itself(community: Community, desk: Desk) -> Plot:
    kind, payload = _some(community, desk)
    return Plot([_content(community, desk, kind, payload=payload, audience=(desk.trade.cast.did(desk.role),))])


def _homeless(community: Community, desk: Desk) -> Plot:
    """A record that is no order and names no sale, or one that nobody knows."""
    kind, payload = _some(community, desk)
    lost = f"{community.world.random.getrandbits(256):064x}"
    sales = () if community.world.chance(0.5) else (lost,)
    return Plot([_content(community, desk, kind, payload=payload, sales=sales)])


def _own_sale(community: Community, desk: Desk) -> Plot:
    """An order between others, signed by neither."""
    payload = write("order", desk) or {}
    return Plot([_content(community, desk, "order", payload=payload, sales=(), after=())])


def _hidden_offer(community: Community, desk: Desk) -> Plot:
    """An order that takes up an offer, sent before it as if it were withheld; the offer follows."""
    me = desk.trade.cast.did(desk.role)
    offer = _content(community, desk, "offer", payload=write("offer", desk) or {}, sales=(), after=(), audience=())
    made = record_of(offer)
    order = write("order", desk) or {}
    order = {**order, "seller": {**order["seller"], "did": me}, "offer": {"number": desk.number, "record": made.id}}
    content = _content(community, desk, "order", payload=order, sales=(), after=(made.id,))
    return Plot([content, offer], withheld=(made.id,))


PLOTS: dict[str, Callable[[Community, Desk], Plot]] = {
    "untimely": _untimely,
    "blind": _blind,
    "equivocation": _equivocation,
    "stranger": _stranger,
    "lost cause": _lost_cause,
    "lie about withheld": _lie_about_withheld,
    "second order": _second_order,
    "shapeless": _shapeless,
    "newer": _newer,
    "forged": _forged,
    "from the future": _from_the_future,
    "to itself": _to_itself,
    "homeless": _homeless,
    "own sale": _own_sale,
    "hidden offer": _hidden_offer,
}
