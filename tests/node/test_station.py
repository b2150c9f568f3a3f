"""A node as a whole: health, its description, DID documents, headers, methods."""

from dataclasses import replace

import pytest
from rig import paper
from rig.inside import Api
from rig.outside import eventually

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.document.proof.context import PINS
from entrepot.journal.port import JournalFull

GUEST = Api()


def test_health_says_that_it_writes_and_what_waits(node):
    answer = GUEST.get("/healthz")
    assert answer.status == 200
    assert answer.json["status"] == "ok"
    assert {"version", "undeliverable", "missing", "suspectHeads", "sealed"} <= answer.json.keys()


def test_health_tells_what_stops_the_journal(node, monkeypatch):
    def full():
        raise JournalFull("no room")

    with monkeypatch.context() as disk:
        disk.setattr(node.office.journal, "tend", full)
        answer = eventually(lambda: (found := GUEST.get("/healthz")).status == 503 and found)
        assert (answer.json["status"], answer.json["reason"]) == ("trouble", "journal-full")
        assert answer.headers["Retry-After"] == "5"
    assert eventually(lambda: GUEST.get("/healthz").status == 200)


def test_health_notices_that_nobody_cosigns(node, monkeypatch):
    """A head waits for a peer, and this node has none: a notice, once it waited for longer than the operator allows."""
    buyer = node.trader()
    assert buyer.issue(paper.order(buyer.party, "did:web:seller.example")).status == 200
    told = eventually(lambda: (found := GUEST.get("/healthz").json)["uncosignedSince"] and found)
    assert (told["cosigned"], told["notices"]) == (0, [])
    monkeypatch.setattr(node.station, "config", replace(node.config, uncosigned_hours=0))
    late = GUEST.get("/healthz").json
    assert (late["status"], late["notices"]) == ("ok", ["uncosigned"])


def test_a_node_describes_itself(node):
    told = GUEST.get("/.well-known/entrepot").json
    assert told["node"] == node.station.keys.node.did
    assert told["url"] == node.config.url


def test_did_document_of_a_party_names_its_key_and_node(node):
    did = node.party("firm-1")
    answer = GUEST.get("/parties/firm-1/did.json")
    assert answer.headers["Content-Type"] == "application/did+json"
    document = answer.json
    assert document["id"] == did
    assert document["assertionMethod"] == [f"{did}#key-1"]
    assert document["service"][0]["serviceEndpoint"] == node.station.keys.node.did
    assert node.office.resolver.resolve(did).document == document


@pytest.mark.parametrize("name", ["node", "nobody", "NODE", "a%00b", "..%2f..%2fsecret"])
def test_there_is_no_did_document_of_others(node, name):
    answer = GUEST.get(f"/parties/{name}/did.json")
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")


SECURE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize("name", ["record/v1", "mandate/v1", "invoice/v1", "packing-list/v1", "trade"])
def test_contexts_and_vocabulary_are_served_by_name(node, name):
    answer = GUEST.get(f"/ns/{name}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/ld+json")
    text = answer.json
    url = f"https://entrepot.example/ns/{name}"
    assert name == "trade" or sha256(canonical(text)) == PINS[url]
    assert name != "trade" or any(each["id"].startswith(url) for each in text["@graph"])


@pytest.mark.parametrize("name", ["", "invoice", "invoice/v2", "../healthz", "%2e%2e/healthz", "credentials/v2"])
def test_other_names_are_not_served(node, name):
    assert GUEST.get(f"/ns/{name}").status == 404


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/sales", "/nowhere", "/api/v1/openapi.json", "/peer/v1/records"])
def test_every_answer_carries_the_security_headers(node, path):
    headers = GUEST.get(path).headers
    assert {name: headers.get(name) for name in SECURE} == SECURE


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/api/v1/sales", "GET"),
        ("PUT", "/api/v1/records", "POST"),
        ("TRACE", "/api/v1/log/head", "GET"),
        ("POST", "/healthz", "GET"),
        ("GET", "/peer/v1/greeting", "POST"),
        ("OPTIONS", "/api/v1/sales", "GET"),
        ("POST", "/api/v1/openapi.json", "GET"),
    ],
)
def test_other_methods_are_refused_and_the_right_one_is_named(node, method, path, allow):
    answer = GUEST.call(method, path)
    assert (answer.status, answer.code, answer.headers["Allow"]) == (405, "method", allow)


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/economies", "/.well-known/entrepot"])
def test_head_answers_like_get_without_a_body(node, path):
    answer = GUEST.call("HEAD", path)
    assert (answer.status, answer.body) == (200, b"")


def test_another_host_name_is_refused(node):
    answer = GUEST.call("GET", "/healthz", headers={"Host": "evil.example"})
    assert (answer.status, answer.code) == (400, "host")


@pytest.mark.parametrize(
    "path", ["/" + "a" * 20_000, "/api/v1/records/%ff%fe", "/api/v1/economies/%00", "//x//..//", "/api/v1/%2e%2e"]
)
def test_odd_addresses_get_a_problem_document(node, path):
    answer = node.operator.get(path)
    assert answer.status in (403, 404, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_missing_token_is_asked_for(node):
    answer = GUEST.get("/api/v1/sales")
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="entrepot"')


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic abc", "bearer  x y", "Bearer \xff\xfe", "\ud83d\ude00"])
def test_a_token_that_is_none_is_refused(node, header):
    answer = GUEST.call("GET", "/api/v1/sales", headers={"Authorization": header})
    assert (answer.status, answer.code) == (401, "token")


def test_tokens_are_kept_as_digests_alone(node):
    from entrepot.node.access.models import Token

    made = node.trader()
    kept = [value for row in Token.objects.values() for value in row.values()]
    assert not any(made.token in str(each) for each in kept)
    assert made.token.encode() not in (node.folder / "node.db").read_bytes()


def test_public_economies_and_kinds(node):
    assert {"MY", "CN"} <= {each["code"] for each in GUEST.get("/api/v1/economies").json}
    assert GUEST.get("/api/v1/economies/MY").status == 200
    assert GUEST.get("/api/v1/economies/ZZ").status == 404
    kinds = GUEST.get("/api/v1/records/kinds").json
    assert {"order", "invoice"} <= {each["kind"] for each in kinds}
    for each in kinds:
        assert GUEST.get(f"/api/v1/records/kinds/{each['kind']}").json["type"] == "object"
