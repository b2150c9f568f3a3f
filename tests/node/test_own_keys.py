"""Parties that sign with their own keys: what the node takes from them, and what it never gets."""

import base64
import json
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rig import paper
from rig.other import identity

from entrepot.base.digest import sha256
from entrepot.base.record import read_content
from entrepot.document.proof import secure
from entrepot.party.did import document_of
from entrepot.party.error import FetchError
from entrepot.party.residence import Residence, state_residence, with_node

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def residence(who, node):
    return state_residence(who.key, Residence(party=who.did, node=node.station.keys.node.did, since=NOW))


def register(node, who, name, **more):
    return node.operator.post("/api/v1/operator/parties", {"name": name, "did": who.did, **more})


def forms(record, who, securings=("vc+jwt", "eddsa-jcs-2022"), *, created=None):
    created = created or record.content.issued
    return [
        secure(record, who.key, method_id=who.method, securing=each, created=created).decode() for each in securings
    ]


@pytest.fixture(scope="module")
def own(node):
    """A party under did:key; its key is here, in the test, and nowhere else."""
    made = identity()
    answer = register(node, made, "own-seller", residence=residence(made, node))
    assert answer.status == 200, answer.body
    assert answer.json == {"name": "own-seller", "did": made.did, "custody": "own", "resides": True}
    return made


@pytest.fixture(scope="module")
def seller(node, own):
    return node.token(own.did, "clerk")


@pytest.fixture(scope="module")
def buyer(node):
    return node.trader()


@pytest.fixture
def order(buyer, own):
    draft = paper.order(buyer.party, own.did)
    return buyer.issue(draft).json["id"], draft["number"]


def prepared(seller, draft):
    answer = seller.post("/api/v1/records/prepare", draft, key=None)
    assert answer.status == 200, answer.body
    return answer.json


def hand(seller, record, who, key="", **more):
    return seller.post("/api/v1/records/signed", {"secured": forms(record, who), **more}, key)


def size(node):
    return len(node.office.journal.entries(0, 100_000))


def test_what_is_prepared_is_exactly_what_is_signed_and_nothing_is_kept(node, own, seller, order):
    before = size(node)
    made = prepared(seller, paper.response(*order))
    body = base64.b64decode(made["canonical"])
    assert made["ok"]
    assert sha256(body) == made["record"]
    assert json.loads(body) == made["content"]
    record, findings = read_content(made["content"])
    assert not findings
    assert record.content.after == (order[0],)
    assert set(record.content.audience) >= {own.did}
    subject = made["credential"]["credentialSubject"]
    assert {name: value for name, value in subject.items() if name != "type"} == made["content"]
    assert prepared(seller, paper.response(*order))["record"] != made["record"], "each has its own nonce"
    assert size(node) == before


def test_a_signed_record_is_issued_like_any_other(node, own, seller, buyer, order):
    made = prepared(seller, paper.response(*order))
    record, _ = read_content(made["content"])
    done = hand(seller, record, own)
    assert done.status == 200, done.body
    assert done.json["id"] == made["record"]
    names = {each["name"]: each["verdict"] for each in done.json["checks"]}
    assert names["proof vc+jwt"] == names["proof eddsa-jcs-2022"] == "valid"
    assert {"form", "number", "right", "envelope"} <= set(names)
    assert buyer.get(f"/api/v1/records/{record.id}").json["content"] == made["content"]
    shown = seller.get(f"/api/v1/records/{record.id}").json
    assert {each["custody"] for each in shown["proofs"]} == {"own"}
    assert buyer.get(f"/api/v1/sales/{order[0]}").json["state"] == "accepted"


def test_the_node_cannot_sign_for_it(node, own, seller, order):
    answer = seller.issue(paper.response(*order))
    assert (answer.status, answer.code) == (409, "key-not-held")
    assert "signed" in answer.json["detail"]


def test_one_effect_per_key_and_per_record(node, own, seller, order):
    record, _ = read_content(prepared(seller, paper.response(*order))["content"])
    first = hand(seller, record, own, "own-once")
    before = size(node)
    again = hand(seller, record, own, "own-once")
    assert (again.json["id"], again.json["seq"], again.json["replayed"]) == (record.id, first.json["seq"], True)
    other = hand(seller, record, own, "own-twice")
    assert (other.status, other.json["id"], other.json["seq"]) == (200, record.id, first.json["seq"])
    assert size(node) == before
    reused = seller.post("/api/v1/records/signed", {"secured": forms(record, own, ("vc+jwt",))}, "own-once")
    assert (reused.status, reused.code) == (409, "idempotency-key-reused")


def test_a_number_is_used_once(seller, own, order):
    draft = paper.response(*order)
    one, two = (read_content(prepared(seller, draft)["content"])[0] for _ in range(2))
    assert hand(seller, one, own).status == 200
    answer = hand(seller, two, own)
    assert (answer.status, answer.found) == (422, ["ENT-CORE-NUMBER-01"])


BROKEN = {
    "another's key": "ENT-CORE-PROOF-01",
    "altered after signing": "ENT-CORE-PROOF-01",
    "of two records": "ENT-CORE-ENVELOPE-02",
    "no credential": "ENT-CORE-SECURED-02",
    "from the future": "ENT-CORE-SIGNED-02",
    "a tombstone": "ENT-CORE-SIGNED-03",
    "no right": "ENT-CORE-SALE-01",
    "one of two proofs wrong": "ENT-CORE-PROOF-01",
}


@pytest.mark.parametrize("wrong", BROKEN)
def test_what_is_wrong_stops_it_with_findings_and_nothing_is_kept(node, own, seller, buyer, order, wrong):
    draft = paper.response(*order)
    record, _ = read_content(prepared(seller, draft)["content"])
    secured = forms(record, own)
    if wrong == "another's key":
        thief = replace(identity(), did=own.did, method=own.method)
        secured = forms(record, thief)
    elif wrong == "altered after signing":
        content = replace(record.content, payload={**record.payload, "answer": "reject"})
        secured = [forms(record, own, ("eddsa-jcs-2022",))[0]]
        value = json.loads(secured[0])
        altered = read_content({**json.loads(record.to_bytes()), "payload": content.payload})[0]
        rendered = json.loads(forms(altered, own, ("eddsa-jcs-2022",))[0])
        secured = [json.dumps({**rendered, "proof": value["proof"]})]
    elif wrong == "of two records":
        secured += forms(read_content(prepared(seller, draft)["content"])[0], own)
    elif wrong == "no credential":
        secured = ["I hereby accept."]
    elif wrong == "from the future":
        ahead = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
        secured = forms(paper.content(draft, own.did, issued=ahead), own)
    elif wrong == "a tombstone":
        stone = {"kind": "tombstone", "number": paper.number("ER"), "after": [order[0]],
                 "payload": {"record": order[0], "reason": "gone"}}  # fmt: skip
        secured = forms(paper.content(stone, own.did), own)
    elif wrong == "no right":
        secured = forms(paper.content(paper.order(buyer.party, own.did), own.did), own)
    else:
        secured[1] = forms(record, replace(identity(), did=own.did, method=own.method), ("eddsa-jcs-2022",))[0]
    before = size(node)
    answer = seller.post("/api/v1/records/signed", {"secured": secured})
    assert answer.status == 422, answer.body
    assert BROKEN[wrong] in answer.found
    assert all(each["remedy"] for each in answer.json["findings"])
    assert size(node) == before


def test_a_record_of_somebody_else_is_not_taken(node, own, seller, buyer, order):
    stranger = identity()
    record = paper.content(paper.order(stranger.did, own.did), stranger.did)
    answer = hand(seller, record, stranger)
    assert (answer.status, answer.code) == (422, "issuer")


def test_files_come_with_it_and_must_be_named(own, seller, buyer):
    draft = paper.naming(paper.order(own.did, buyer.party), paper.file(b"as received"))
    record, _ = read_content(prepared(seller, draft)["content"])
    stray = hand(seller, record, own, attachments=[paper.file(b"another")])
    assert (stray.status, stray.found) == (422, ["ENT-CORE-PRESENTED-01"])
    done = hand(seller, record, own, attachments=draft["attachments"])
    assert done.status == 200, done.body
    digest = sha256(b"as received")
    assert buyer.get(f"/api/v1/records/{record.id}/files/{digest}").body == b"as received"


@pytest.fixture
def web(node, monkeypatch):
    """A party under did:web whose host this test is: it answers, is silent, or says something else."""

    class Host:
        def __init__(self):
            made = identity()
            did = f"did:web:own-{secrets.token_hex(4)}.example"
            self.party = replace(made, did=did, method=f"{did}#key-1")
            self.document = document_of(did, {"key-1": made.key.public})
            self.silent = False

        def fetch(self, url):
            if self.silent:
                raise FetchError("nobody answers", code="fetch-failed")
            return json.dumps(self.document).encode()

    host = Host()
    monkeypatch.setattr(node.office.resolver, "_fetch", host.fetch)
    return host


def test_a_did_web_of_its_own_host_may_live_here(node, web, buyer):
    made = register(node, web.party, "own-web")
    assert (made.json["custody"], made.json["resides"]) == ("own", False), "its document does not say so yet"
    web.document = with_node(web.document, node.station.keys.node.did)
    node.office.resolver.forget(web.party.did)
    assert register(node, web.party, "own-web").json["resides"]
    seller = node.token(web.party.did, "clerk")
    draft = paper.order(buyer.party, web.party.did)
    sale = buyer.issue(draft).json["id"]
    record, _ = read_content(prepared(seller, paper.response(sale, draft["number"]))["content"])
    web.silent = True
    node.office.resolver.forget(web.party.did)
    before = size(node)
    answer = hand(seller, record, web.party)
    assert answer.status == 422
    assert "ENT-CORE-PROOF-10" in answer.found
    assert size(node) == before, "unknown never counts as valid"
    web.silent = False
    node.office.resolver.forget(web.party.did)
    assert hand(seller, record, web.party).status == 200
    marked = json.loads(json.dumps(web.document))
    marked["verificationMethod"][0]["revoked"] = "2026-01-01T00:00:00Z"
    web.document = marked
    node.office.resolver.forget(web.party.did)
    record, _ = read_content(prepared(seller, paper.response(sale, draft["number"]))["content"])
    answer = hand(seller, record, web.party)
    assert answer.status == 422, "the key is out of force, and nothing shows that it was signed before"
    assert {"ENT-CORE-PROOF-02", "ENT-CORE-PROOF-12"} <= set(answer.found)
    web.document = document_of(web.party.did, {"key-2": identity().key.public})
    node.office.resolver.forget(web.party.did)
    record, _ = read_content(prepared(seller, paper.response(sale, draft["number"]))["content"])
    withdrawn = hand(seller, record, web.party)
    assert withdrawn.status == 422, "the key was withdrawn"


def test_registering_is_refused_where_it_makes_no_sense(node, own, web):
    stranger = identity()
    cases = [
        ({"name": "own-a", "did": "did:key:zNothing"}, "did-unresolved"),
        ({"name": "own-b", "did": "did:ethr:0x1"}, "request"),
        ({"name": "own-c", "did": stranger.did, "residence": residence(own, node)}, "residence"),
        ({"name": "own-d", "did": stranger.did, "residence": "e30.e30.AA"}, "residence"),
        ({"name": "own-seller", "did": stranger.did}, "name-taken"),
        ({"name": "own-e", "did": own.did}, "name-taken"),
        ({"name": "own-seller"}, "name-taken"),
        ({"name": "own-f", "did": node.station.keys.node.did}, "name-taken"),
        ({"name": "node", "did": stranger.did}, "usage"),
    ]
    for body, code in cases:
        answer = node.operator.post("/api/v1/operator/parties", body)
        assert answer.code == code, (body, answer.body)
        assert answer.status in (400, 409, 422)
    web.silent = True
    assert register(node, web.party, "own-g").code == "did-unresolved"


def test_it_lives_here_after_a_restart(node, own, seller, buyer):
    node.restart()
    listed = {each["did"]: each for each in node.operator.get("/api/v1/operator/parties").json}
    assert listed[own.did] == {"name": "own-seller", "did": own.did, "custody": "own"}
    assert {each["custody"] for did, each in listed.items() if did == buyer.party} == {"held"}
    assert seller.get("/api/v1/sales").status == 200
    assert own.did in node.office.custody.residences()


def test_no_secret_of_it_is_on_the_node(node, own, seller):
    secret = own.key.secret
    shapes = (secret, secret.hex().encode(), base64.b64encode(secret), base64.urlsafe_b64encode(secret).rstrip(b"="))
    files = [each for each in node.folder.rglob("*") if each.is_file()]
    assert any(each.parent.name == "own-parties" for each in files)
    assert not any(shape in each.read_bytes() for each in files for shape in shapes)
    assert node.office.custody.signatory(own.did) is None
