"""Over the API each party of one node is told of a sale what its own records say, though the node holds them all."""

import pytest
from rig.onenode import OneNode
from sale_script import play_sale

from entrepot.cli.demo.cast import HOME
from entrepot.flow.kinds import READERS

MISSING = "f" * 64


class Scene:
    def __init__(self, node):
        self.script = OneNode(node)
        play_sale(self.script, 1)
        self.sale = self.script.last["order"]
        self.clients = {role: node.token(did, "viewer") for role, did in self.script.dids.items()}
        self.clients["stranger"] = node.trader("viewer")
        self.kinds = {record: node.office.journal.record(record).kind for record in self.script.last.values()}

    def get(self, role, rest=""):
        return self.clients[role].get(f"/api/v1/sales/{self.sale}{rest}")


@pytest.fixture(scope="module")
def scene(node):
    return Scene(node)


@pytest.mark.parametrize("role", HOME)
def test_a_party_is_shown_the_records_in_whose_audience_it_is(scene, role):
    lines = scene.get(role).json["records"]
    assert {each["id"] for each in lines} == set(scene.kinds)
    for each in lines:
        kind = scene.kinds[each["id"]]
        may = role in READERS[kind] or each.get("issuer") == scene.script.dids[role]
        assert each.get("kind") == (kind if may else None)
        assert may or each == {"id": each["id"], "withheld": True}
        assert scene.clients[role].get(f"/api/v1/records/{each['id']}").status == (200 if may else 404)


@pytest.mark.parametrize(
    ("role", "state", "payment", "invoiced"),
    [
        ("buyer", "paid", "paid", "3000000"),
        ("seller", "paid", "paid", "3000000"),
        ("reporter", "paid", "paid", "3000000"),
        ("carrier", "unknown", "unknown", None),
        ("payer_bank", "unknown", "unknown", None),
        ("chamber", "unknown", "unknown", None),
    ],
)
def test_the_state_is_the_partys_own_reading_in_page_and_list(scene, role, state, payment, invoiced):
    page = scene.get(role).json
    assert (page["state"], page["payment"]) == (state, payment)
    assert [each["invoiced"] for each in page["accounts"]] == ([invoiced] if invoiced else [])
    (line,) = scene.clients[role].get("/api/v1/sales").json["sales"]
    assert line == {name: page[name] for name in line}
    assert line["sale"] == scene.sale


@pytest.mark.parametrize("role", HOME)
def test_the_row_is_for_those_who_may_read_order_and_invoices(scene, role):
    answer = scene.get(role, "/row?reporter=CN")
    if role in ("buyer", "seller", "reporter"):
        assert answer.json["count"]["row"]["value"]["currency"] == "MYR"
    else:
        assert (answer.status, answer.code) == (404, "withheld")


def test_a_stranger_learns_not_even_that_there_is_a_sale(scene):
    assert scene.clients["stranger"].get("/api/v1/sales").json["sales"] == []
    for rest in ("", "/row?reporter=CN"):
        real = scene.get("stranger", rest)
        none = scene.clients["stranger"].get(f"/api/v1/sales/{MISSING}{rest}")
        assert (real.status, real.json) == (none.status, none.json)
        assert real.status == 404


def test_no_amount_is_told_to_the_carrier_anywhere(scene):
    answers = (scene.get("carrier"), scene.clients["carrier"].get("/api/v1/sales"))
    assert not any(b"3000000" in each.body or b"MYR" in each.body for each in answers)
    assert b"3000000" in scene.get("buyer").body


def test_each_proof_says_who_holds_the_key(scene):
    (order,) = (each for each in scene.get("buyer").json["records"] if each["id"] == scene.sale)
    assert [each["custody"] for each in order["proofs"]] == ["held", "held"]
    assert scene.clients["buyer"].get(f"/api/v1/records/{scene.sale}").json["proofs"] == order["proofs"]
