"""Wrong bytes, wrong values and failing machines at the API: a problem document each time, and nothing half done."""

import json
import sqlite3

import pytest
from rig import paper
from rig.inside import Api

from entrepot.journal.port import JournalBusy, JournalDamaged, JournalFull, JournalLocked, JournalUnavailable

RECORDS, CHECK = "/api/v1/records", "/api/v1/records/check"


@pytest.fixture(scope="module")
def buyer(node):
    return node.trader()


@pytest.fixture(scope="module")
def seller(node):
    return node.party()


def size(node):
    found = node.office.journal.entries(limit=100_000)
    return len(found)


BODIES = {
    "blank": (b" ", "ENT-CORE-JSON-03"),
    "truncated": (b'{"kind": "order", "num', "ENT-CORE-JSON-03"),
    "not json": (b"kind=order", "ENT-CORE-JSON-03"),
    "two values": (b"{} {}", "ENT-CORE-JSON-03"),
    "utf-16": ('{"kind": "order"}'.encode("utf-16"), "ENT-CORE-JSON-02"),
    "latin-1": ('{"kind": "é"}'.encode("latin-1"), "ENT-CORE-JSON-02"),
    "deep": (b"[" * 100_000 + b"]" * 100_000, "ENT-CORE-JSON-04"),
    "twice": (b'{"kind": "order", "kind": "invoice"}', "ENT-CORE-JSON-05"),
    "beyond 64 bits": (b'{"number": 9223372036854775808}', "ENT-CORE-JSON-06"),
    "endless digits": (b'{"number": ' + b"9" * 100_000 + b"}", "ENT-CORE-JSON-06"),
    "nan": (b'{"number": NaN}', "ENT-CORE-JSON-07"),
    "surrogate": (b'{"kind": "\\ud800"}', "ENT-CORE-JSON-08"),
    "nul": (b'{"kind": "\\u0000"}', "ENT-CORE-JSON-08"),
    "1e999": (b'{"number": 1e999}', "ENT-CORE-JSON-09"),
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("path", [RECORDS, CHECK])
def test_what_is_no_json_is_named(node, buyer, path, name):
    body, finding = BODIES[name]
    before = size(node)
    answer = buyer.post(path, body)
    assert (answer.status, answer.code, answer.found) == (400, "not-json", [finding])
    assert size(node) == before


@pytest.mark.parametrize("value", ["null", "[]", '"x"', "1", "true"])
def test_another_value_than_an_object_is_refused(buyer, value):
    assert buyer.post(CHECK, value.encode()).status == 422


@pytest.mark.parametrize("path", [RECORDS, "/api/v1/documents/verify", "/api/v1/operator/parties"])
def test_ten_megabytes_are_too_much(node, path):
    answer = node.operator.post(path, b"x" * (10 << 20))
    assert (answer.status, answer.code) == (413, "too-large")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "x"]
)
def test_other_media_types_are_refused(buyer, kind):
    answer = buyer.post(CHECK, {"kind": "order"}, content_type=kind)
    assert (answer.status, answer.code) == (415, "media-type")
    assert Api().post("/api/v1/documents/verify", b"{}", content_type=kind).status == 415


def changed(draft, **changes):
    return {name: value for name, value in {**draft, **changes}.items() if value is not ...}


DRAFTS = {
    "no kind": {"kind": ...},
    "no payload": {"payload": ...},
    "another member": {"issuer": "did:web:evil.example"},
    "payload is a list": {"payload": []},
    "long number": {"number": "x" * 36},
    "not base64": {"attachments": [{"media_type": "text/plain", "base64": "%%%"}]},
    "base64url": {"attachments": [{"media_type": "text/plain", "base64": "_-_-"}]},
    "no media type": {"attachments": [{"media_type": "text", "base64": ""}]},
    "header in media type": {"attachments": [{"media_type": "a/b\r\nX: 1", "base64": ""}]},
    "sale is no digest": {"sales": ["x"]},
    "audience is no did": {"audience": ["everybody"]},
}


@pytest.mark.parametrize("name", DRAFTS)
def test_a_draft_that_does_not_fit_is_refused_with_the_place(node, buyer, seller, name):
    before = size(node)
    answer = buyer.issue(changed(paper.order(buyer.party, seller), **DRAFTS[name]))
    assert (answer.status, answer.code) == (422, "request")
    assert answer.json["findings"][0]["path"].startswith("$.")
    assert size(node) == before


PAYLOADS = {
    "unknown kind": ({"kind": "no-such-kind"}, {}),
    "number differs": ({"number": "OTHER"}, {}),
    "another member": ({}, {"surprise": 1}),
    "wrong type": ({}, {"lines": "none"}),
    "beyond 2**53": ({}, {"lines": 9007199254740993}),
    "not a date": ({}, {"issueDate": "2026-02-30"}),
    "not a currency": ({}, {"currency": "QQQ"}),
    "null": ({}, {"note": None}),
}


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_payload_that_is_wrong_is_refused_with_findings(node, buyer, seller, name):
    outer, inner = PAYLOADS[name]
    draft = paper.order(buyer.party, seller)
    before = size(node)
    answer = buyer.issue({**draft, **outer, "payload": {**draft["payload"], **inner}})
    assert (answer.status, answer.code) == (422, "findings")
    assert answer.found
    assert size(node) == before


def test_the_same_number_with_other_content_is_refused(buyer, seller):
    draft = paper.order(buyer.party, seller)
    assert buyer.issue(draft).status == 200
    answer = buyer.issue(draft | {"payload": {**draft["payload"], "note": "changed"}})
    assert answer.status == 422
    assert "ENT-CORE-NUMBER-01" in answer.found


def test_all_findings_are_told_not_the_first(buyer, seller):
    draft = paper.order(buyer.party, seller)
    answer = buyer.issue({**draft, "payload": {**draft["payload"], "issueDate": "x", "currency": 5, "odd": 1}})
    assert answer.status == 422
    assert {"$.payload.issueDate", "$.payload.currency", "$.payload.odd"} <= {
        e["path"] for e in answer.json["findings"]
    }


def test_a_file_is_kept_as_sent_and_once(buyer, seller):
    data = bytes(range(256)) * 10
    made = buyer.issue(paper.naming(paper.order(buyer.party, seller), paper.file(data), paper.file(data)))
    assert made.status == 200, made.body
    record = made.json["id"]
    (digest,) = buyer.get(f"/api/v1/records/{record}").json["attachments"]
    answer = buyer.get(f"/api/v1/records/{record}/files/{digest}")
    assert answer.body == data
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")


def test_verify_says_what_it_cannot_read():
    for body in (b"", b"x.y.z", b"\xff\xfe", b"[" * 50_000, b'{"proof": {}}'):
        answer = Api().post("/api/v1/documents/verify", body, content_type="application/vc+jwt")
        if body:
            assert (answer.status, answer.json["valid"]) == (200, False), answer.body


@pytest.mark.parametrize(
    "path", ["/api/v1/sales?limit=0", "/api/v1/sales?offset=-1", "/api/v1/sales?limit=9999999999999999999999"]
)
def test_queries_are_bounded(buyer, path):
    assert buyer.get(path).status == 422


@pytest.mark.parametrize(
    "expires",
    [
        "tomorrow",
        "2030-01-01",
        "2030-01-01T00:00:00",
        1e400,
        5,
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_the_expiry_of_a_token_is_a_time_with_a_zone(node, buyer, expires):
    body = json.dumps({"party": buyer.party, "role": "viewer", "label": "x", "expires": expires}).encode()
    answer = node.operator.post("/api/v1/operator/tokens", body)
    assert answer.status in (400, 422), answer.body


@pytest.mark.parametrize("whose", ["operator", "owner"])
def test_a_token_that_is_over_before_it_begins_is_not_made(node, buyer, whose):
    body = {"role": "viewer", "label": "x", "expires": "2020-01-01T00:00:00Z"}
    if whose == "operator":
        answer = node.operator.post("/api/v1/operator/tokens", body | {"party": buyer.party})
    else:
        owner = node.trader("owner")
        answer = owner.post("/api/v1/tokens", body)
        assert [each["role"] for each in owner.get("/api/v1/tokens").json] == ["owner"]
    assert (answer.status, answer.found) == (422, ["ENT-CORE-TOKEN-01"])
    assert answer.json["findings"][0]["path"] == "$.expires"
    assert b"secret" not in answer.body


@pytest.mark.parametrize("name", ["node", "-x", "X", "a", "x" * 41, "a b", "../x", "ä", ""])
def test_a_party_needs_a_short_name(node, name):
    assert node.operator.post("/api/v1/operator/parties", {"name": name}).status in (400, 422)


def test_a_party_is_not_made_again_with_another_key(node):
    node.party("firm-2")
    answer = node.operator.post("/api/v1/operator/parties", {"name": "firm-2", "curve": "P-256"})
    assert (answer.status, answer.code) == (409, "party-exists")


@pytest.mark.parametrize(
    "url",
    ["ftp://x.example", "https://", "x", "http://user:pw@x.example", "https://x.example/path", "https://x.example?q"],
)
def test_a_peer_needs_a_plain_address(node, url):
    assert node.operator.post("/api/v1/operator/peers/invite", {"url": url}).status == 422


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1", "https://10.0.0.1", "http://[::ffff:127.0.0.1]:1", "https://169.254.169.254"]
)
def test_no_peer_is_asked_at_an_address_that_is_not_public(node, url):
    """Loopback is allowed here by its setting; no other address behind the firewall is."""
    answer = node.operator.post("/api/v1/operator/peers/invite", {"url": url})
    assert (answer.status, answer.code) == (424, "transport")


@pytest.mark.parametrize("wrong", [JournalFull, JournalLocked, JournalBusy, JournalDamaged, JournalUnavailable])
def test_a_journal_that_cannot_be_written_is_told_as_such(node, buyer, seller, monkeypatch, wrong):
    def fail(item):
        raise wrong("the machine says no")

    before = size(node)
    with monkeypatch.context() as machine:
        machine.setattr(node.office.journal, "append", fail)
        answer = buyer.issue(paper.order(buyer.party, seller), f"failing-{wrong.__name__}")
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, wrong.code, "5")
    assert size(node) == before
    again = buyer.issue(paper.order(buyer.party, seller), f"failing-{wrong.__name__}")
    assert again.status == 200, "a key is bound by what was kept alone"


def test_accounts_that_cannot_be_written_are_told_as_such(node):
    lock = sqlite3.connect(node.folder / "node.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        from django.db import connection

        connection.cursor().execute("PRAGMA busy_timeout=50")
        answer = node.operator.post("/api/v1/operator/parties", {"name": "firm-3"})
    finally:
        lock.execute("ROLLBACK")
        lock.close()
        connection.cursor().execute("PRAGMA busy_timeout=5000")
    assert (answer.status, answer.code) == (503, "accounts")


def test_what_nobody_expected_stays_inside(node, buyer, monkeypatch, caplog):
    def burst(*_args):
        raise ZeroDivisionError("secret: hunter2")

    monkeypatch.setattr("entrepot.node.api.sale.sale_ids", burst)
    answer = buyer.get("/api/v1/sales")
    assert (answer.status, answer.code) == (500, "internal")
    assert b"hunter2" not in answer.body
    assert b"Traceback" not in answer.body


def test_a_log_line_holds_neither_payload_nor_secret(node):
    """Of an error the log names class and lines of code, never its text."""
    import logging
    import sys

    from entrepot.node.logline import LineFormatter

    try:
        raise ValueError("secret: hunter2")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "it failed", (), sys.exc_info())
    line = json.loads(LineFormatter().format(record))
    assert (line["error"], line["message"], line["level"]) == ("ValueError", "it failed", "error")
    assert line["where"]
    assert "hunter2" not in json.dumps(line)
