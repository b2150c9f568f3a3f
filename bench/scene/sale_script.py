"""One whole sale in process: the papers of the demo, issued on two offices that reach each other without a network."""

from copy import copy
from datetime import datetime
from typing import Any

from simulated.paper import files_of
from simulated.world import World

from entrepot.base.shape import dump
from entrepot.cli.demo import default, money, moves, papers
from entrepot.cli.demo.cast import EXPORT_NODE, HOME, IMPORT_NODE, gather
from entrepot.document.customs.model import Direction
from entrepot.document.trade import DocumentReference
from entrepot.flow.issue import Draft, issue
from entrepot.flow.office import Office
from entrepot.flow.peer import Peer, peers
from entrepot.flow.post import deliver


class Script:
    """Two admitted offices with the whole cast; ``last``: step -> record id of the newest sale."""

    def __init__(self, world: World) -> None:
        self.world = world
        nodes = {name: world.add_node(name) for name in (EXPORT_NODE, IMPORT_NODE)}
        self.dids = {role: nodes[at].keys.add(role.replace("_", "-"), nodes[at].host) for role, at in HOME.items()}
        world.admit_all()
        self.exporter: Office = nodes[EXPORT_NODE].at_work
        self.importer: Office = nodes[IMPORT_NODE].at_work
        self.last: dict[str, str] = {}
        self.records = 0

    def down(self) -> "Script":
        """Itself, with its nodes stopped: what their journals hold can be copied."""
        for node in self.world.nodes.values():
            node.stop()
        return self

    def copy(self) -> "Script":
        """The same on a copy of its world, whose nodes start anew."""
        made = copy(self)
        made.world, made.last = self.world.copy(), dict(self.last)
        made.exporter = made.world.nodes[EXPORT_NODE].at_work
        made.importer = made.world.nodes[IMPORT_NODE].at_work
        return made

    def office(self, role: str) -> Office:
        """The office where a role lives."""
        return self.exporter if HOME[role] == EXPORT_NODE else self.importer

    def peer_of(self, office: Office) -> Peer:
        """The other node, as ``office`` knows it."""
        return peers(office)[0]

    def say(
        self, deal: papers.Deal, step: str, role: str, said: tuple[str, str, Any], after: tuple[str, ...] = ()
    ) -> None:
        """Issue one record and deliver it."""
        kind, number, payload = said
        sales = (deal.issued["order"][0],) if "order" in deal.issued else ()
        office = self.office(role)
        said_json = dump(payload)
        draft = Draft(kind=kind, issuer=self.dids[role], number=number, payload=said_json, sales=sales,
                      attachments=files_of(said_json), after=after)  # fmt: skip
        issued = issue(office, draft)
        if issued.record is None:
            raise SystemExit(f"{kind}: " + "; ".join(each.text for each in issued.findings))
        deal.issued[step] = (issued.record.id, number)
        self.last[step] = issued.record.id
        self.records += 1
        while deliver(office).delivered:
            pass


def play_sale(script: Script, turn: int, *, offered: bool = False) -> int:
    """One sale from order to settled; the number of records it made. ``offered``: it takes up a public offer."""
    now: datetime = script.importer.clock()
    before = script.records
    offer = _offer(script, f"OF-{turn}", now) if offered else None
    order = default.order(f"PO-{turn}", now.date(), offer)
    cast = gather(order, script.dids)
    deal = papers.Deal(papers.addressed(order, cast), cast, now.date())
    follows = {"order": (offer.record,)} if offer is not None and offer.record is not None else {}
    steps: list[tuple[str, str, str, str]] = [
        ("order", "buyer", "order", f"PO-{turn}"),
        ("order-response", "seller", "order-response", f"OR-{turn}"),
        ("invoice", "seller", "invoice", f"IN-{turn}"),
        ("certificate-of-origin", "chamber", "certificate-of-origin", f"CO-{turn}"),
        ("export-declaration", "seller", "customs-declaration", f"ED-{turn}"),
        ("export-release", "export_customs", "customs-release", f"ER-{turn}"),
        ("transport-document", "carrier", "transport-document", f"WB-{turn}"),
        ("hand-over/picked_up", "carrier", "hand-over", f"H1-{turn}"),
        ("hand-over/departed", "carrier", "hand-over", f"H2-{turn}"),
        ("hand-over/arrived", "carrier", "hand-over", f"H3-{turn}"),
        ("import-declaration", "buyer", "customs-declaration", f"ID-{turn}"),
        ("import-release", "import_customs", "customs-release", f"IR-{turn}"),
        ("hand-over/delivered", "buyer", "hand-over", f"H4-{turn}"),
        ("payment-request", "seller", "payment-request", f"PR-{turn}"),
        ("payment-instruction", "payer_bank", "payment-instruction", f"PI-{turn}"),
        ("settlement", "settlement", "settlement", f"ST-{turn}"),
    ]
    made: dict[str, Any] = {}
    for step, role, kind, number in steps:
        made[step] = _paper(script, deal, (step, number), made)
        script.say(deal, step, role, (kind, number, made[step]), follows.get(step, ()))
    return script.records - before


def _offer(script: Script, number: str, now: datetime) -> DocumentReference:
    """The seller's offer to anybody, as the order names it."""
    order = default.order(number, now.date())
    cast = gather(order, script.dids)
    deal = papers.Deal(papers.addressed(order, cast), cast, now.date())
    script.say(deal, "offer", "seller", ("offer", number, default.offer(cast["seller"], number, now.date())))
    return DocumentReference(number=number, record=script.last["offer"])


def _paper(script: Script, deal: papers.Deal, what: tuple[str, str], made: dict[str, Any]) -> Any:
    step, number = what
    now = script.importer.clock()
    direction = Direction.EXPORT if step.startswith("export") else Direction.IMPORT
    if step.startswith("hand-over/"):
        return moves.hand_over(deal, step.partition("/")[2], number, now)
    if step.endswith("-declaration"):
        return papers.declaration(deal, number, direction)
    if step.endswith("-release"):
        return papers.release(deal, number, direction)
    simple = {
        "order": lambda: deal.order,
        "order-response": lambda: papers.response(deal, number),
        "invoice": lambda: papers.invoice(deal, number),
        "certificate-of-origin": lambda: papers.certificate(deal, number),
        "transport-document": lambda: papers.waybill(deal, number),
        "payment-request": lambda: money.request(deal, now)[0],
        "payment-instruction": lambda: money.instruction(deal, now, script.importer.entropy, number=number)[0],
        "settlement": lambda: money.settlement(deal, made["payment-instruction"], now),
    }
    return simple[step]()
