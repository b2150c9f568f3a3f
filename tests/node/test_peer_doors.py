"""The two doors through which nodes speak, and what the operator sees of it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from rig import paper
from rig.inside import Api
from rig.other import Other, identity
from rig.outside import eventually

from entrepot.base.digest import sha256
from entrepot.base.jsontext import read_json
from entrepot.flow.error import TransportError
from entrepot.party.jws import read_jws

GREETING, RECORDS = "/peer/v1/greeting", "/peer/v1/records"
MAIL = "application/jose"


def send(path, letter, content_type=MAIL):
    return Api().call("POST", path, letter, content_type=content_type)


def opened(answer):
    assert (answer.status, answer.headers["Content-Type"]) == (200, MAIL), answer.body
    return read_json(read_jws(answer.body.decode()).payload)[0]["body"]


def outcome(answer):
    return opened(answer)["results"][0]


@pytest.fixture
def other(node):
    return Other(node).admit()


@pytest.fixture
def order(node, other):
    seller = node.party()
    return other.record(paper.order(other.party.did, seller), audience=[seller])


def test_a_greeting_asks_and_the_operator_accepts_or_blocks(node, monkeypatch):
    other = Other(node)
    monkeypatch.setattr(node.office, "transport", other.transport())
    assert opened(send(GREETING, other.greeting()))["node"] == node.station.keys.node.did
    listed = {each["node"]: each for each in node.operator.get("/api/v1/operator/peers").json}
    assert listed[other.did]["status"] == "asking"
    for act, status in (("accept", "admitted"), ("accept", "admitted"), ("block", "blocked"), ("block", "blocked")):
        answer = node.operator.post(f"/api/v1/operator/peers/{act}", {"node": other.did})
        assert (answer.status, answer.json["status"]) == (200, status)
    assert send(GREETING, other.greeting()).status == 403
    assert send(RECORDS, other.delivery()).status == 403


def test_acts_on_peers_happen_once_per_key(node, monkeypatch):
    other = Other(node)
    monkeypatch.setattr(node.office, "transport", other.transport())
    send(GREETING, other.greeting())
    first = node.operator.post("/api/v1/operator/peers/block", {"node": other.did}, "block-once")
    node.operator.post("/api/v1/operator/peers/accept", {"node": other.did}, "accept-once")
    again = node.operator.post("/api/v1/operator/peers/block", {"node": other.did}, "block-once")
    assert first.json == again.json
    listed = {each["node"]: each["status"] for each in node.operator.get("/api/v1/operator/peers").json}
    assert listed[other.did] == "admitted", "a late repetition of the block must not undo the acceptance"
    invited = [node.operator.post("/api/v1/operator/peers/invite", {"url": other.url}, "inv") for _ in range(2)]
    assert invited[0].json == invited[1].json
    different = node.operator.post("/api/v1/operator/peers/invite", {"url": "http://127.0.0.1:10"}, "inv")
    assert (different.status, different.code) == (409, "idempotency-key-reused")


def test_a_changed_address_is_taken_from_the_same_key_alone(node, other):
    other.url = "http://127.0.0.1:11"
    send(GREETING, other.greeting())
    urls = {each["node"]: each["url"] for each in node.operator.get("/api/v1/operator/peers").json}
    assert urls[other.did] == "http://127.0.0.1:11"
    impostor = Other(node)
    lie = impostor.letter("greeting", {"node": other.did, "url": "http://127.0.0.1:12", "parties": []})
    assert send(GREETING, lie).status == 400
    old = other.greeting(sent=datetime.now(UTC) - timedelta(minutes=5), says={"url": "http://127.0.0.1:13"})
    assert send(GREETING, old).status == 400
    urls = {each["node"]: each["url"] for each in node.operator.get("/api/v1/operator/peers").json}
    assert urls[other.did] == "http://127.0.0.1:11"


@pytest.mark.parametrize("status", [None, "asking", "asked", "blocked"])
def test_only_an_admitted_node_delivers(node, status):
    other = Other(node)
    if status:
        other.admit(status)
    answer = send(RECORDS, other.delivery())
    assert (answer.status, answer.code) == (403, "not-admitted")


WRONG = {
    "nothing": lambda other, envelope: b" ",
    "text": lambda other, envelope: b"hello",
    "binary": lambda other, envelope: bytes(range(256)),
    "json": lambda other, envelope: json.dumps({"envelopes": [envelope]}).encode(),
    "cut": lambda other, envelope: other.delivery(envelope)[:-20],
    "altered": lambda other, envelope: other.delivery(envelope).replace(b".", b".A", 1),
    "for another": lambda other, envelope: other.delivery(envelope, receiver=identity().did),
    "for anybody": lambda other, envelope: other.delivery(envelope, receiver="*"),
    "old": lambda other, envelope: other.delivery(envelope, sent=datetime.now(UTC) - timedelta(hours=1)),
    "future": lambda other, envelope: other.delivery(envelope, sent=datetime.now(UTC) + timedelta(hours=1)),
    "other subject": lambda other, envelope: other.letter("receipt", {"envelopes": [envelope]}),
    "no body": lambda other, envelope: other.letter("delivery", ["x"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_letter_that_is_none_is_refused_and_changes_nothing(node, other, order, name):
    answer = send(RECORDS, WRONG[name](other, other.envelope(order)))
    assert (answer.status, answer.code) == (400, "bad-node-message"), answer.body
    assert node.office.journal.entry(order.id) is None


def test_another_media_type_is_refused(node, other):
    assert send(RECORDS, other.delivery(), "text/plain").status == 415


def test_a_delivery_is_kept_once_however_often_it_comes(node, other, order):
    letter = other.delivery(other.envelope(order))
    assert [outcome(send(RECORDS, letter))["outcome"] for _ in range(3)] == ["kept", "known", "known"]
    assert outcome(send(RECORDS, other.delivery(other.envelope(order))))["outcome"] == "known"
    assert node.office.journal.stream(f"sale/{order.id}")[0] == 1


def test_a_record_by_a_stranger_to_the_sale_is_refused_and_signed_for(node, other, order):
    assert outcome(send(RECORDS, other.delivery(other.envelope(order))))["outcome"] == "kept"
    stranger, seller = identity(), next(iter(order.content.audience))
    foreign = other.record({**paper.response(order.id, order.content.number), "after": [order.id]}, signer=stranger,
                           audience=[seller])  # fmt: skip
    answer = outcome(send(RECORDS, other.delivery(other.envelope(foreign, signer=stranger))))
    assert answer["outcome"] == "refused"
    assert "ENT-CORE-RIGHT-01" in {each["id"] for each in answer["findings"]}


def test_a_record_signed_by_another_than_its_issuer_is_refused(node, other, order):
    answer = outcome(send(RECORDS, other.delivery(other.envelope(order, signer=identity()))))
    assert answer["outcome"] == "refused"
    assert node.office.journal.entry(order.id) is None


def test_a_number_used_again_is_kept_and_shown(node, other, order):
    """Two honest copies must not drift apart: what an admitted peer sent in due form is kept, with the finding."""
    seller = next(iter(order.content.audience))
    second = other.record(paper.order(other.party.did, seller, name=order.content.number), audience=[seller])
    results = [outcome(send(RECORDS, other.delivery(other.envelope(each)))) for each in (order, second)]
    assert [each["outcome"] for each in results] == ["kept", "kept"]
    assert "ENT-CORE-NUMBER-01" in {each["id"] for each in results[1]["findings"]}


def test_a_record_from_the_future_is_kept_with_a_warning(node, other):
    seller = node.party()
    late = other.record(
        paper.order(other.party.did, seller), audience=[seller], issued=datetime(2199, 1, 1, tzinfo=UTC)
    )
    result = outcome(send(RECORDS, other.delivery(other.envelope(late))))
    assert result["outcome"] == "kept"
    assert "ENT-CORE-FORM-03" in {each["id"] for each in result["findings"]}


def test_out_of_causal_order_waits_and_is_taken_later(node, other, order):
    seller = next(iter(order.content.audience))
    cancel = {
        "kind": "order-cancellation",
        "number": paper.number("OC"),
        "payload": {
            "number": "",
            "issueDate": "2026-01-01",
            "order": {"record": order.id, "number": order.content.number},
            "reason": "changed our minds",
        },
        "sales": [order.id],
        "after": [order.id],
    }
    cancel["payload"]["number"] = cancel["number"]
    later = other.record(cancel, audience=[seller])
    early = outcome(send(RECORDS, other.delivery(other.envelope(later))))
    assert (early["outcome"], early["missing"]) == ("waiting", [order.id])
    assert Api().get("/healthz").json["missing"] >= 1
    assert outcome(send(RECORDS, other.delivery(other.envelope(order))))["outcome"] == "kept"
    assert node.office.journal.entry(later.id) is not None


ENVELOPES = {
    "null": None,
    "list": [],
    "empty": {},
    "no proof": {"proofs": [], "attachments": [], "withheld": []},
    "not a jws": {"proofs": [{"securing": "vc+jwt", "body": "x.y.z"}], "attachments": [], "withheld": []},
    "not json": {"proofs": [{"securing": "eddsa-jcs-2022", "body": "{"}], "attachments": [], "withheld": []},
    "deep": {"proofs": [{"securing": "eddsa-jcs-2022", "body": "[" * 5000}], "attachments": [], "withheld": []},
    "number": {"proofs": 1},
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_a_broken_envelope_is_refused_with_findings(node, other, name):
    answer = outcome(send(RECORDS, other.delivery(ENVELOPES[name])))
    assert answer["outcome"] == "refused"
    assert answer["findings"]


def test_an_attachment_must_have_its_digest_and_may_come_twice(node, other):
    seller = node.party()
    draft = paper.naming(paper.order(other.party.did, seller), paper.file(b"ABC"))
    order = other.record(draft, audience=[seller])
    wrong = {"digest": "0" * 64, "mediaType": "text/plain", "body": "QUJD"}
    answer = outcome(send(RECORDS, other.delivery(other.envelope(order, attachments=[wrong]))))
    assert (answer["outcome"], answer["findings"][0]["id"]) == ("refused", "ENT-CORE-ENVELOPE-01")
    right = {**wrong, "digest": sha256(b"ABC")}
    assert outcome(send(RECORDS, other.delivery(other.envelope(order, attachments=[right] * 2))))["outcome"] == "kept"
    assert node.office.journal.attachments(order.id) == (right["digest"],)


def test_an_attachment_that_the_record_does_not_name_is_left_behind(node, other, order):
    stray = {"digest": sha256(b"ABC"), "mediaType": "text/plain", "body": "QUJD"}
    answer = outcome(send(RECORDS, other.delivery(other.envelope(order, attachments=[stray]))))
    assert answer["outcome"] == "kept"
    assert "ENT-CORE-PRESENTED-01" in {each["id"] for each in answer["findings"]}
    assert node.office.journal.attachments(order.id) == ()


def test_too_large_a_letter_is_refused(node):
    answer = send(RECORDS, b"x" * ((16 << 20) + 1))
    assert (answer.status, answer.code) == (413, "too-large")


def test_a_peer_that_rewrites_its_log_is_shown_to_the_operator(node, other, monkeypatch):
    """It signs two heads of one size with different roots; what it answers meanwhile is of no matter."""
    monkeypatch.setattr(node.office, "transport", other.transport())
    later = datetime.now(UTC) + timedelta(seconds=1)
    other.heads = [other.head(5, "a" * 64), other.head(5, "b" * 64), other.head(2, "c" * 64, at=later)]
    seller = node.trader()
    for _ in range(3):
        order = other.record(paper.order(other.party.did, seller.party), audience=[seller.party, other.party.did])
        assert outcome(send(RECORDS, other.delivery(other.envelope(order))))["outcome"] == "kept"
        left = len(other.heads)
        assert seller.issue(paper.response(order.id, order.content.number)).status == 200
        eventually(lambda left=left: len(other.heads) < left)
    suspects = eventually(lambda: found if len(found := suspect(node, other)) > 1 else None)
    assert [(each["verdict"], each["head"]["root"]) for each in suspects] == [
        ("forked", "b" * 64),
        ("shrunk", "c" * 64),
    ]
    assert Api().get("/healthz").json["suspectHeads"] >= 2


def suspect(node, other):
    found = node.operator.get("/api/v1/operator/heads/suspect").json
    return [each for each in found if each["peer"] == other.did]


def test_a_head_that_another_signed_proves_nothing(node, other, monkeypatch):
    monkeypatch.setattr(node.office, "transport", other.transport())
    forged = Other(node).head(9, "d" * 64)
    other.heads = [{**forged, "logId": other.did}]
    seller = node.trader()
    order = other.record(paper.order(other.party.did, seller.party), audience=[seller.party, other.party.did])
    send(RECORDS, other.delivery(other.envelope(order)))
    assert seller.issue(paper.response(order.id, order.content.number)).status == 200
    eventually(lambda: not other.heads)
    assert suspect(node, other) == []
    assert node.office.journal.peer_head(other.did, other.did) is None


def test_what_a_peer_refuses_is_shown_and_can_be_sent_again(node, other, monkeypatch):
    said = [{"outcome": "refused", "findings": [{"id": "X"}]}, {"outcome": "kept"}]

    transport = other.transport()
    otherwise = transport.post

    def post(url, body):
        if not other.is_sent(url, body):
            return otherwise(url, body)
        return other.letter("receipt", {"re": sha256(body), "results": [said.pop(0)]})

    transport.post = post
    monkeypatch.setattr(node.office, "transport", transport)
    seller = node.trader()
    order = other.record(paper.order(other.party.did, seller.party), audience=[seller.party, other.party.did])
    send(RECORDS, other.delivery(other.envelope(order)))
    record = seller.issue(paper.response(order.id, order.content.number)).json["id"]

    def listed():
        found = node.operator.get("/api/v1/operator/undeliverable").json
        return [each for each in found if each["record"] == record]

    given_up = eventually(listed)
    assert "refused" in given_up[0]["reason"]
    path = f"/api/v1/operator/undeliverable/{given_up[0]['id']}/requeue"
    assert [node.operator.post(path, None, "again").status for _ in range(2)] == [200, 200]
    eventually(lambda: not said)
    assert listed() == []


def test_an_announcement_reaches_the_others_where_one_is_down(node, other, monkeypatch):
    up = Other(node).admit()
    told = []

    def post(url, body):
        if url.startswith(other.url):
            raise TransportError("it is down")
        told.append(url)
        return up.greeting()

    other.url = "http://127.0.0.1:21"
    up.url = "http://127.0.0.1:22"
    for each in (other, up):
        each.admit()
    transport = up.transport()
    transport.post = post
    monkeypatch.setattr(node.office, "transport", transport)
    answer = node.operator.post("/api/v1/operator/peers/announce")
    assert answer.status == 200
    assert other.did in answer.json["missed"]
    assert up.did not in answer.json["missed"]
    assert f"{up.url}/peer/v1/greeting" in told


def test_a_stranger_makes_nobody_look_up_its_parties(node, monkeypatch):
    asked = []
    monkeypatch.setattr(node.office.resolver, "resolve", lambda did, at=None: asked.append(did))
    stranger = Other(node)
    many = {"parties": [f"did:web:victim.example:{index}" for index in range(1000)]}
    assert send(GREETING, stranger.greeting(says=many)).status == 200
    assert asked == []
