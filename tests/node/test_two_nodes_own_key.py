"""A whole exchange between two real nodes in which the seller's key is never on a node: order, answer, invoice.

The seller works at the command line with a folder of its own; the node holds its token and what it signed.
"""

import base64
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from rig import paper
from rig.outside import admit, eventually, running
from rig.person import PHRASE, Person, published, register

from entrepot.base.shape import dump, parse
from entrepot.cli.demo.papers import Deal, invoice
from entrepot.document.order.model import Order

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def nodes(tmp_path_factory):
    with running(tmp_path_factory.mktemp("own"), "export", "import") as made:
        admit(*made)
        yield made


@pytest.fixture
def host():
    yield from published()


@pytest.fixture
def person(tmp_path):
    return Person(tmp_path / "machine")


def bill(order_id, number, payload):
    order, findings = parse(Order, payload)
    assert not findings
    deal = Deal(cast={"seller": order.seller, "buyer": order.buyer}, order=order, today=datetime.now(UTC).date())
    deal.issued["order"] = (order_id, number)
    name = paper.number("INV")
    return {"kind": "invoice", "number": name, "payload": dump(invoice(deal, name)), "sales": [order_id]}


def exchange(nodes, person, seller, buyer):
    """Order, answer and invoice; the ids. What the seller says is signed on its own machine."""
    export, _ = nodes
    draft = paper.order(buyer.party, seller.party)
    order = buyer.issue(draft).json()["id"]
    eventually(lambda: seller.get(f"/api/v1/records/{order}").status_code == 200)
    ids = [order]
    for each in (paper.response(order, draft["number"]), bill(order, draft["number"], draft["payload"])):
        done, told = person.sign(export, each, "--yes")
        assert f"may be read by {', '.join(sorted((buyer.party, seller.party)))}" in told
        ids.append(done["id"])
        eventually(partial(lambda name: buyer.get(f"/api/v1/records/{name}").status_code == 200, done["id"]))
    return ids


def judge(ids, seller, buyer):
    """Both nodes hold the same sale; the buyer's node judged the proofs itself; each shows who holds the key."""
    pages = [each.get(f"/api/v1/sales/{ids[0]}").json() for each in (seller, buyer)]
    assert [each["id"] for each in pages[0]["records"]] == [each["id"] for each in pages[1]["records"]] == ids
    assert pages[0]["state"] == pages[1]["state"]
    assert pages[1]["payment"] == "due" or pages[1]["accounts"]
    for page, custody in zip(pages, ("own", "elsewhere"), strict=True):
        for line in page["records"][1:]:
            assert line["issuer"] == seller.party
            assert [each["custody"] for each in line["proofs"]] == [custody] * 2
            proofs = [each for each in line["checks"] if each["stage"] == "proof"]
            assert [each["verdict"] for each in proofs] == ["valid"] * 2


def hold_nothing_of(nodes, secret):
    shapes = [secret, secret.hex().encode(), base64.b64encode(secret), base64.urlsafe_b64encode(secret).rstrip(b"=")]
    shapes.append(PHRASE.encode())
    for node in nodes:
        for file in (each for each in node.folder.rglob("*") if each.is_file()):
            assert not any(shape in file.read_bytes() for shape in shapes), file
        assert not any(shape in node.log.read_bytes() for shape in shapes)
        assert not (node.folder / "own-keys").exists()


def test_a_seller_under_did_key(nodes, person, monkeypatch):
    export, imports = nodes
    did = person.create(monkeypatch)["did"]
    stated = person.reside(export)["residence"]
    made, seller = register(export, person, "own-key", did, residence=stated)
    assert made == {"name": "own-key", "did": did, "custody": "own", "resides": True}
    assert {each.name for each in (export.folder / "keys").iterdir()} == {"node.key.json"}
    buyer = imports.trader("buyer-key")
    eventually(lambda: did in imports.operator.get("/api/v1/operator/peers").json()[0]["parties"])
    eventually(lambda: buyer.party in export.operator.get("/api/v1/operator/peers").json()[0]["parties"])
    ids = exchange(nodes, person, seller, buyer)
    judge(ids, seller, buyer)
    hold_nothing_of(nodes, person.secret)


def test_without_its_word_peers_send_a_party_nothing(nodes, person, monkeypatch):
    export, imports = nodes
    did = person.create(monkeypatch)["did"]
    assert not register(export, person, "own-silent", did)[0]["resides"]
    wrong = imports.operator.post("/api/v1/operator/parties", {"name": "own-thief", "did": did,
                                  "residence": person.reside(export)["residence"]})  # fmt: skip
    assert (wrong.status_code, wrong.json()["code"]) == (422, "residence"), "the statement is about another node"
    assert export.operator.post("/api/v1/operator/peers/announce", {}).json() == {"missed": []}
    assert did not in imports.operator.get("/api/v1/operator/peers").json()[0]["parties"]


@pytest.mark.parametrize("method", ["web", "webvh"])
def test_a_seller_whose_document_lies_on_its_own_host(nodes, person, host, monkeypatch, method):
    export, imports = nodes
    place = f"entrepot.localhost:{host.server_port}"
    made = person.create(monkeypatch, "--method", method, "--domain", place)
    published = person.reside(export)
    files = host.RequestHandlerClass.files
    for name, path in (("didDocument", "/.well-known/did.json"), ("log", "/.well-known/did.jsonl")):
        if name in published["files"]:
            files[path] = Path(published["files"][name]).read_bytes()
    seen, seller = register(export, person, f"own-{method}", made["did"])
    assert (seen["resides"], seen["did"]) == (True, made["did"])
    buyer = imports.trader(f"buyer-{method}")
    eventually(lambda: made["did"] in imports.operator.get("/api/v1/operator/peers").json()[0]["parties"])
    eventually(lambda: buyer.party in export.operator.get("/api/v1/operator/peers").json()[0]["parties"])
    judge(exchange(nodes, person, seller, buyer), seller, buyer)
    hold_nothing_of(nodes, person.secret)


def test_findings_refusals_and_wrong_words_are_told(nodes, person, monkeypatch):
    export, _ = nodes
    did = person.create(monkeypatch)["did"]
    register(export, person, "own-told", did)
    draft = paper.order("did:web:buyer.example", did)
    _, told = person.sign(export, draft, "--yes", code=1)
    assert "ENT-CORE-SALE-01" in told
    own = paper.order(did, "did:web:seller.example")
    _, told = person.sign(export, own, code=130, stdin="n\n")
    assert "Sign it?" in told
    _, told = person.sign(export, {**own, "issuer": did}, "--yes", code=2)
    assert "a draft has kind, number, payload" in told
    person.token.write_text("entrepot_nothing")
    _, told = person.sign(export, own, "--yes", code=2)
    assert "401 token" in told
    person.phrase.write_text("another phrase")
    person.token.write_text(export.operator.token)
    _, told = person.sign(export, own, "--yes", code=2)
    assert "403 role" in told


def test_a_node_that_prepares_something_else_gets_no_signature(nodes, person, monkeypatch):
    from entrepot.cli.demo import client as speaking

    export, _ = nodes
    did = person.create(monkeypatch)["did"]
    register(export, person, "own-wary", did)
    honest, changes = speaking.Client.post, {}

    def lying(self, path, body, key=""):
        answer = honest(self, path, body, key)
        if path.endswith("/prepare"):
            assert answer["ok"], answer
            from entrepot.base.record import Content, record_of

            content, _ = parse(Content, {**answer["content"], **changes})
            record = record_of(content)
            answer |= {"content": dump(record.content), "record": record.id}
        else:
            raise AssertionError("something was signed")
        return answer

    monkeypatch.setattr(speaking.Client, "post", lying)
    draft = {**paper.order(did, "did:web:seller.example"), "audience": [did]}
    for changed in (
        {"payload": {**draft["payload"], "note": "and a bonus for the node"}},
        {"audience": []},
        {"number": "PO-OTHER"},
        {"issued": "2020-01-01T00:00:00Z"},
        {"issuer": "did:web:other.example"},
    ):
        changes.clear()
        changes.update(changed)
        _, told = person.sign(export, draft, "--yes", code=2)
        assert f"something else than the draft: {next(iter(changed))}" in told
