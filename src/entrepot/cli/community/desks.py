"""The agencies of the community at their desks, and what waits for them there."""

from entrepot.cli.community.cast import OVERSEER, SETTLERS
from entrepot.cli.community.trade import WARES
from entrepot.cli.community.visitor import Visitor
from entrepot.cli.demo.cast import EXPORT_NODE
from entrepot.cli.demo.client import NodeRefused
from entrepot.cli.demo.nodes import DemoNode
from entrepot.cli.demo.play import Stage

AGENCIES = ("chamber", "registrar", "overseer", "customs", "bank", "statistics")
"""Roles of the community that keep the desk of that name."""
NUMBER = "209901000001"
"""A business number in the form of its scheme, of a year that is yet to come: it can be nobody's."""
COMPLAINT = "Dalam gambar 40 cm, tetapi yang sampai 30 cm."


def appoint(nodes: dict[str, DemoNode], dids: dict[str, str]) -> None:
    """Each operator says which agencies keep a desk of its node."""
    for each in SETTLERS:
        if each.role in AGENCIES:
            body = {"party": dids[each.role], "desk": each.role}
            nodes[each.node].operator.post("/api/v1/operator/agencies", body, f"community-{each.role}")


def bring(stage: Stage, dids: dict[str, str], key: str) -> None:
    """The grower asks the registrar for its number; somebody complains about the baskets. Harmless when repeated.

    ``key``: of the form in which the complaint is sent.
    """
    payload = {
        "number": "RQ-1001",
        "issueDate": stage.clock().date().isoformat(),
        "registrar": dids["registrar"],
        "name": stage.agencies["seller"].name,
        "economy": stage.agencies["seller"].economy,
        "scheme": "brn",
        "identifier": NUMBER,
    }
    draft = {"kind": "registration-request", "number": "RQ-1001", "payload": payload}
    try:
        stage.clients["seller"].post("/api/v1/records", draft, "community-request")
    except NodeRefused as wrong:
        if wrong.status != 409:  # it was asked on another day
            raise
    _complain(stage, key)


def _complain(stage: Stage, key: str) -> None:
    offers = stage.clients["seller"].get("/api/v1/offers?q=bamboo")["offers"]
    offer = next((each["id"] for each in offers if each["number"] == WARES.offer), "")
    if offer:
        visitor, path = Visitor(stage.nodes[EXPORT_NODE].url), f"/offers/{offer}/report"
        visitor.go(path).send(path, key=key, grounds="misleading", text=COMPLAINT, reply_to="")
        visitor.require(f"complaining to {OVERSEER.name}", 200)
