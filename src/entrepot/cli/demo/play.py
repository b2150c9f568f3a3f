"""The script: a whole sale between two nodes, from offer or foreign order to counted."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from entrepot.base.digest import sha256
from entrepot.cli.demo import default, papers
from entrepot.cli.demo.cast import AGENCIES, CLERK, EXPORT_NODE, HOME, IMPORT_NODE, gather
from entrepot.cli.demo.client import Client
from entrepot.cli.demo.nodes import DemoNode
from entrepot.cli.demo.papers import Deal
from entrepot.cli.demo.show import Show
from entrepot.document.customs.model import Direction
from entrepot.document.offer.model import Picture
from entrepot.document.order.model import Order
from entrepot.document.trade import DocumentReference
from entrepot.party.party import Party

PERSONS_EMPLOYED = 12
"""Stated answer of the demo: how many people the buyer's enterprise employs, from the reporter's register."""


@dataclass
class Stage:
    """What every scene needs: the nodes, a client per role, where artefacts go, the clock, what is shown.

    ``agencies``: those that are known already; the others are invented.
    """

    nodes: Mapping[str, DemoNode]
    out: Path
    show: Show
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    clients: dict[str, Client] = field(default_factory=dict)
    dids: dict[str, str] = field(default_factory=dict)
    agencies: dict[str, Party] = field(default_factory=dict)

    def keep(self, name: str, data: bytes) -> None:
        """Leave an artefact."""
        (self.out / name).write_bytes(data)
        self.show.say(f"artefact {name}")

    def other(self, role: str) -> str:
        """A trader on the node where ``role`` does not live."""
        return "buyer" if self.clients[role].url == self.clients["seller"].url else "seller"


def prepare(stage: Stage) -> None:
    """Nodes meet, parties are registered, tokens handed out."""
    stage.show.step("Two nodes start; each invites and accepts the other; parties are registered on their own node")
    for role in ("seller", "buyer", *AGENCIES):
        enrol(stage, role)
        stage.show.say(f"{role:14} {stage.dids[role]}")
    left, right = stage.nodes[EXPORT_NODE].operator, stage.nodes[IMPORT_NODE].operator
    befriend(left, right)
    admitted = [each["status"] for side in (left, right) for each in side.get("/api/v1/operator/peers")]
    stage.show.expect("peers", admitted == ["admitted", "admitted"], "admission", "signed greetings, both operators")


def enrol(stage: Stage, role: str, did: str = "", *, at: str = "") -> None:
    """A party of the role's node, or of ``at`` (a new one where no ``did`` is given), and a token for its clerk."""
    operator = stage.nodes[at or HOME[role]].operator
    if not did:
        did = operator.post("/api/v1/operator/parties", {"name": role.replace("_", "-")})["did"]
    body = {"party": did, "role": "clerk", "label": f"demo {role}"}
    token = operator.post("/api/v1/operator/tokens", body, f"demo-{role}-{sha256(did.encode())[:32]}")
    stage.dids[role] = did
    stage.clients[role] = Client(operator.url, token["secret"], run=stage.entropy(6).hex())


def befriend(left: Client, right: Client) -> None:
    """Two nodes admit each other, by the word of both operators."""
    left.post("/api/v1/operator/peers/invite", {"url": right.url})
    asking = next(each for each in right.get("/api/v1/operator/peers") if each["status"] == "asking")
    right.post("/api/v1/operator/peers/accept", {"node": asking["node"]})


def issue(stage: Stage, deal: Deal | None, step: str, role: str, said: tuple[str, str, Any], **more: Any) -> str:
    """One record: issued by ``role``, shown, and awaited at the other node. ``said``: kind, number, payload."""
    kind, number, payload = said
    sales = [deal.issued["order"][0]] if deal is not None and "order" in deal.issued else []
    stage.show.step(f"{role} issues {kind} {number}")
    issued = stage.clients[role].issue(kind, number, payload, sales=sales, **more)
    record = str(issued["id"])
    stage.show.say(f"record {record}")
    stage.show.record_checks(f"{kind} {number}", issued["checks"])
    if deal is not None:
        deal.issued[step] = (record, number)
    arrived = stage.clients[stage.other(role)].wait_for(f"/api/v1/records/{record}")
    wrong = [each["name"] for each in arrived["checks"] if each["verdict"] == "invalid"]
    stage.show.expect(f"{kind} {number}", not wrong, f"received and checked again by the {stage.other(role)}'s node",
                      f"{len(arrived['checks'])} checks, kept with its findings")  # fmt: skip
    return record


def open_default(stage: Stage, pictures: tuple[Picture, ...] = ()) -> Deal:
    """An offer that anybody may read, taken up by an order."""
    from entrepot.document._ubl21 import write_order

    today = stage.clock().date()
    seller = gather(default.order("PO-1001", today), stage.dids)["seller"]
    said = replace(default.offer(seller, "OF-1001", today), pictures=pictures)
    offer = issue(stage, None, "offer", "seller", ("offer", "OF-1001", said))
    order = default.order("PO-1001", today, DocumentReference(number="OF-1001", record=offer))
    deal = _deal(stage, order)
    ubl = write_order(deal.order).body or b""
    issue(stage, deal, "order", "buyer", ("order", "PO-1001", deal.order), after=[offer])
    stage.keep("order.ubl.xml", ubl)
    return deal


def open_presented(stage: Stage, file: Path, answers: Mapping[str, Any]) -> Deal:
    """A UBL Order that somebody else wrote: presented by the buyer's side, kept as received, gaps answered openly."""
    from entrepot.document._ubl21 import read_order
    from entrepot.flow.answering import answer, as_record

    data = file.read_bytes()
    stage.show.step(f"The buyer's side presents {file.name}, an order that somebody else wrote")
    read = read_order(data)
    for finding in read.findings:
        stage.show.say(f"{finding.severity} {finding.id} {finding.path}: {finding.text}")
    if not read.draft:
        raise papers.CannotPlay("; ".join(each.text for each in read.findings))
    stage.show.say(f"{len(read.losses)} elements stay in the received file alone; its digest is in the record")
    read, taken = answer(read, answers)
    for path, value in taken.items():
        stage.show.say(f"stated answer {path} = {value}")
    order = as_record(read, file.name)
    if order is None:
        raise papers.CannotPlay("; ".join(f"{each.path}: {each.text}" for each in read.findings))
    if order.parties or order.buyer.did or order.seller.did:
        # A record must say what its file says, and the demo signs with keys of its own parties only.
        raise papers.CannotPlay("the order names its parties by DID, whose keys the demo does not hold")
    stage.show.expect("order", True, "presented order read", "UBL 2.1 Order, kept as received")
    deal = _deal(stage, order)
    issue(stage, deal, "order", "buyer", ("order", deal.order.number, deal.order), files=[("application/xml", data)])
    stage.keep("order.received.xml", data)
    return deal


def _deal(stage: Stage, order: Order) -> Deal:
    cast = gather(order, stage.dids, stage.agencies)
    return Deal(papers.addressed(order, cast), cast, stage.clock().date())


def play(stage: Stage, deal: Deal) -> None:
    """Everything between the order and the count."""
    _accept_unknown(stage, deal, "buyer", "order")
    _agree(stage, deal)
    if deal.is_goods:
        if deal.crosses_border:
            _leave(stage, deal)
        _travel(stage, deal)
        if deal.crosses_border:
            _arrive(stage, deal)
    _deliver(stage, deal)
    pay(stage, deal)
    count(stage, deal)


def _agree(stage: Stage, deal: Deal) -> None:
    from entrepot.document._ubl21 import write_invoice

    issue(stage, deal, "order-response", "seller", ("order-response", "OR-1001", papers.response(deal, "OR-1001")))
    bill = papers.invoice(deal, "INV-1001")
    ubl = write_invoice(bill).body or b""
    issue(stage, deal, "invoice", "seller", ("invoice", "INV-1001", bill))
    stage.keep("invoice.ubl.xml", ubl)


def _leave(stage: Stage, deal: Deal) -> None:
    paper = papers.certificate(deal, "CO-1001")
    issue(stage, deal, "certificate-of-origin", "chamber", ("certificate-of-origin", "CO-1001", paper))
    _clear(stage, deal, Direction.EXPORT, "seller")


def _clear(stage: Stage, deal: Deal, direction: Direction, by: str) -> None:
    mark = direction.value[0].upper()
    number = f"{mark}D-1001"
    declared = papers.declaration(deal, number, direction)
    issue(stage, deal, f"{direction}-declaration", by, ("customs-declaration", number, declared))
    _accept_unknown(stage, deal, by, f"{direction}-declaration")
    number = f"{mark}R-1001"
    issue(stage, deal, f"{direction}-release", f"{direction}_customs",
          ("customs-release", number, papers.release(deal, number, direction)))  # fmt: skip


def _travel(stage: Stage, deal: Deal) -> None:
    from entrepot.cli.demo.moves import dcsa_of

    paper = papers.waybill(deal, "WB-1001")
    issue(stage, deal, "transport-document", "carrier", ("transport-document", "WB-1001", paper))
    stage.keep("transport-document.dcsa.json", dcsa_of(paper))
    for leg in ("picked_up", "departed", "arrived"):
        _hand_over(stage, deal, leg, "carrier")


def _arrive(stage: Stage, deal: Deal) -> None:
    _clear(stage, deal, Direction.IMPORT, "buyer")


def _deliver(stage: Stage, deal: Deal) -> None:
    _hand_over(stage, deal, "delivered", "buyer")
    from entrepot.cli.demo.moves import events_document

    stage.keep("epcis.json", events_document(deal, stage.clock()))


def _hand_over(stage: Stage, deal: Deal, leg: str, by: str) -> None:
    from entrepot.cli.demo.moves import hand_over

    number = f"HO-{len([step for step in deal.issued if step.startswith('hand-over')]) + 1:04}"
    event = hand_over(deal, leg, number, stage.clock())
    deal.events.append(event)
    issue(stage, deal, f"hand-over/{leg}", by, ("hand-over", number, event))


def pay(stage: Stage, deal: Deal, digits: str = "1001") -> None:
    """The seller asks for the money, the buyer's bank sends it, and it is settled; ``digits``: of the three numbers."""
    from entrepot.cli.demo import money

    request, image = money.request(deal, stage.clock())
    issue(stage, deal, "payment-request", "seller", ("payment-request", f"PR-{digits}", request))
    stage.keep("payment-request.png", image)
    instruction, message = money.instruction(deal, stage.clock(), stage.entropy, number=f"PI-{digits}")
    number = instruction.number
    issue(stage, deal, "payment-instruction", "payer_bank", ("payment-instruction", number, instruction),
          files=[("application/xml", message)])  # fmt: skip
    stage.keep("payment.pacs.008.xml", message)
    stage.show.expect("pacs.008", not money.check(instruction, message), "message says what the record says",
                      "ISO 20022 pacs.008")  # fmt: skip
    settled = money.settlement(deal, instruction, stage.clock())
    issue(stage, deal, "settlement", "settlement", ("settlement", f"ST-{digits}", settled))


def _accept_unknown(stage: Stage, deal: Deal, role: str, step: str) -> None:
    """Unknown law warns; a named person accepts it, on record."""
    from entrepot.cli.demo.law import acceptance, unknown_findings

    record, _ = deal.issued[step]
    seen = stage.clients[role].get(f"/api/v1/records/{record}")
    unknown = unknown_findings(seen["checks"])
    if unknown:
        paper = acceptance(unknown, person=CLERK, of=record, at=stage.clock())
        number = f"AC-{len(deal.issued):04}"
        issue(stage, deal, f"acceptance/{step}", role, ("acceptance", number, paper))


def count(stage: Stage, deal: Deal, digits: str = "1001", employed: int | None = PERSONS_EMPLOYED) -> None:
    """The office of the buyer's economy counts the sale. ``employed``: people in the buyer's enterprise, where it is
    one and the reporter's register knows it."""
    economy = deal.order.buyer.economy or "ZZ"
    size = "" if employed is None else f"&persons_employed={employed}"
    path = f"/api/v1/sales/{deal.issued['order'][0]}/row?reporter={economy}{size}"
    answer = stage.clients["reporter"].get(path)
    for finding in answer["findings"]:
        stage.show.say(f"{finding['severity']} {finding['id']} {finding['text']}")
    issue(stage, deal, "count", "reporter", ("count", f"CT-{digits}", answer["count"]))
    stage.keep("statistics-row.json", json.dumps(answer["count"], indent=1).encode())
