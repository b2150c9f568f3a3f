"""What an operator is told of a node, a disk that is short of room, and a log that tells no secrets."""

import io
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rig import paper
from rig.inside import Api
from rig.other import Other
from rig.visitor import PASSWORD, Visitor, person

from entrepot.base.moment import format_moment
from entrepot.node.condition.figures import Condition, Cosigned, Ending, Library, Line, PeerLine
from entrepot.node.condition.judging import judged
from entrepot.node.disk import MIB, Room, room_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=3)
GOOD = Condition(
    at=NOW,
    version="1",
    queues=tuple(Line(name=each, count=0) for each in ("due", "undeliverable", "waiting", "letters")),
    room=Room(free_bytes=4096 * MIB, total_bytes=8192 * MIB, least_bytes=256 * MIB),
    peers=(),
    endings=(Ending(what="token", name="clerk", until=NOW + timedelta(days=31)),),
    migrations=(),
    backup=NOW - timedelta(hours=3),
    cosigned=Cosigned(sealed=4, size=3, since=NOW - timedelta(hours=1)),
    libraries=(Library(database="journal", name="SQLite", version="3.51.3"),),
)
STUCK = PeerLine(node="did:key:z1", url="https://one.example", status="admitted", parties=1, seen=LONG_AGO,
                 due=Line(name="due", count=2, since=NOW - timedelta(hours=2)),
                 undeliverable=Line(name="undeliverable", count=0))  # fmt: skip
PLANTED = [
    ({}, []),
    ({"room": replace(GOOD.room, free_bytes=255 * MIB)}, ["ENT-CORE-DISK-01"]),
    ({"room": replace(GOOD.room, free_bytes=400 * MIB)}, ["ENT-CORE-DISK-02"]),
    ({"peers": (STUCK,)}, ["ENT-CORE-OPERATOR-01"]),
    ({"queues": (GOOD.queues[0], Line(name="undeliverable", count=1), *GOOD.queues[2:])}, ["ENT-CORE-OPERATOR-02"]),
    ({"queues": (*GOOD.queues[:3], Line(name="letters", count=1, since=LONG_AGO))}, ["ENT-CORE-OPERATOR-03"]),
    ({"suspects": ("did:key:z1",)}, ["ENT-CORE-OPERATOR-04"]),
    ({"endings": (Ending(what="certificate", name="CN=x", until=LONG_AGO),)}, ["ENT-CORE-OPERATOR-05"]),
    ({"endings": (Ending(what="token", name="x", until=NOW + timedelta(days=29)),)}, ["ENT-CORE-OPERATOR-10"]),
    ({"migrations": ("journal 3 -> 4",)}, ["ENT-CORE-OPERATOR-06"]),
    ({"backup": LONG_AGO}, ["ENT-CORE-OPERATOR-07"]),
    ({"backup": None}, ["ENT-CORE-OPERATOR-07"]),
    ({"cosigned": Cosigned(sealed=4, size=3, since=LONG_AGO)}, ["ENT-CORE-OPERATOR-08"]),
    ({"libraries": (Library(database="journal", name="SQLite", version="3.51.2"),)}, ["ENT-CORE-OPERATOR-09"]),
    ({"libraries": (Library(database="journal", name="SQLite", version="3.9.9"),)}, ["ENT-CORE-OPERATOR-09"]),
    ({"libraries": (Library(database="journal", name="PostgreSQL", version="15.4 (Debian)"),)}, []),
]


@pytest.mark.parametrize(("changed", "expected"), PLANTED)
def test_each_trouble_is_found_and_nothing_else(changed, expected):
    assert [each.id for each in judged(replace(GOOD, **changed), timedelta(hours=24))] == expected


def test_the_accounts_keep_no_write_ahead_log_so_their_library_is_a_note():
    old = Library(database="accounts", name="SQLite", version="3.40.1")
    found = replace(GOOD, libraries=(*GOOD.libraries, old))
    found = replace(found, findings=judged(found, timedelta(hours=24)))
    assert [(each.id, str(each.severity)) for each in found.findings] == [("ENT-CORE-OPERATOR-09", "note")]
    assert found.is_good


def test_room_is_measured_where_the_folder_lies(tmp_path):
    found = room_of(tmp_path, 1)
    assert 0 < found.free_bytes <= found.total_bytes
    assert not found.is_short
    assert room_of(tmp_path, 10, lambda path: (10 * MIB - 1, 100 * MIB)).is_short
    assert not room_of(tmp_path, 10, lambda path: (10 * MIB, 100 * MIB)).is_short


@pytest.fixture
def short(node, monkeypatch):
    """The limit lies above all that any disk has; what is kept of it is the node's own measure."""
    from django.conf import settings

    config = replace(node.config, disk_free_mib=10**9)
    monkeypatch.setattr(settings, "CONFIG", config)
    monkeypatch.setattr(node.station, "config", config)
    return config


def test_on_a_disk_that_is_short_nothing_new_is_taken_and_reading_goes_on(node, request):
    buyer, seller, clerk = node.trader(), node.trader(), person(node, party=node.party())
    other, order = Other(node).admit(), paper.order(buyer.party, seller.party)
    clerk.go("/businesses/new?economy=MY")
    before = node.office.journal.entries(0, 100_000)
    request.getfixturevalue("short")
    refused = buyer.issue(order, key="when-short")
    assert (refused.status, refused.code, refused.found) == (507, "disk-short", ["ENT-CORE-DISK-01"])
    assert "Retry-After" in refused.headers
    letter = Api().call("POST", "/peer/v1/records", other.delivery(), content_type="application/jose")
    assert letter.status == 507
    again = Visitor(node)
    again.client.cookies = clerk.client.cookies
    assert "no room for anything new" in again.post("/offers/new", {"what": "Durian"}).text
    assert again.status == 507
    assert buyer.get("/api/v1/sales").status == 200
    assert again.go("/sales").status == 200
    checked = Api().call("POST", "/api/v1/documents/verify", b"x", content_type="application/vc+jwt")
    assert checked.status == 200
    health = Api().get("/healthz")
    assert (health.status, health.json["reason"]) == (503, "disk-short")
    assert node.office.journal.entries(0, 100_000) == before


def test_what_was_refused_for_want_of_room_is_taken_when_there_is_some(node):
    buyer, seller = node.trader(), node.trader()
    assert buyer.issue(paper.order(buyer.party, seller.party), key="when-short").status == 200


@pytest.fixture
def operator(node):
    return person(node, is_operator=True)


def test_the_operator_sees_what_waits_and_what_ends(node, operator, tmp_path, monkeypatch):
    from django.conf import settings

    buyer = node.trader()
    node.token(buyer.party, "clerk", label="the till", expires=format_moment(datetime.now(UTC) + timedelta(days=3)))
    monkeypatch.setattr(settings, "CONFIG", replace(node.config, tls_certificate=certificate(tmp_path)))
    Other(node).admit()
    page = operator.go("/operator")
    assert page.status == 200
    assert page.heading == "The node"
    assert all(each in page.words for each in ("the till (clerk)", "CN=node.example", "http://127.0.0.1:9", "SQLite"))
    assert page.text.count("ENT-CORE-OPERATOR-10") == 2


def certificate(folder):
    """A certificate that ends in ten days."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "node.example")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=10))
    file = folder / "chain.pem"
    file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return file


def test_the_command_tells_the_same_as_the_page(node, operator, in_process, monkeypatch):
    for name in ("ENTREPOT_DATA", "ENTREPOT_URL", "ENTREPOT_ALLOW_LOOPBACK_HTTP"):
        monkeypatch.setenv(name, "")  # put back afterwards: the command sets them
    code, out, err = in_process("operator", "status", "--data", node.folder, "--json")
    told = json.loads(out)
    assert (code, told["good"]) == (0 if told["good"] else 1, code == 0), err
    shown = operator.go("/operator")
    for each in told["findings"]:
        assert each["id"] in shown.text
    for each in told["queues"]:
        assert f"<td>{each['count']}</td>" in shown.text
    assert {each["node"] for each in told["peers"]} == {each.id for each in node.office.journal.peers()}
    lines = in_process("operator", "status", "--data", node.folder)[1].decode()
    assert all(f"{each['id']} {each['text']}" in lines for each in told["findings"] if "MiB" not in each["text"])


def test_the_operators_token_makes_somebody_an_operator(node):
    visitor = person(node)
    assert visitor.go("/operator").status == 403
    visitor.go("/businesses/claim").send(token=node.operator.token)
    assert (visitor.status, visitor.heading) == (200, "The node")


SECRETS = {"word": "planted-password-one", "mail": "planted.person@example.org", "name": "Planted Person",
           "code": "planted-code-of-a-letter", "goods": "planted goods of a sale"}  # fmt: skip


@pytest.fixture
def log():
    """What a node writes to its log: the handler, the format and the levels of its settings."""
    from django.conf import settings

    from entrepot.node.logline import LineFormatter

    stream, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(stream), root.level
    handler.setFormatter(LineFormatter())
    root.addHandler(handler)
    root.setLevel(settings.LOGGING["root"]["level"])
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


def test_the_log_of_real_requests_tells_no_secret_and_nobodys_name(node, log, monkeypatch):
    visitor = person(node, name=SECRETS["name"])
    visitor.go("/sign-in").send(email=SECRETS["mail"], password=SECRETS["word"])
    visitor.go("/sign-up").send(email=SECRETS["mail"])
    bare = Visitor(node)
    bare.go("/letter").send(code=SECRETS["code"])
    bare.client.post("/en/letter", {"code": SECRETS["code"]}, **bare._heads())  # no protection: logged
    buyer = node.trader()
    order = paper.order(buyer.party, "did:web:nowhere.example", payment_terms=SECRETS["goods"])
    assert buyer.issue(order).status == 200
    Api(token=SECRETS["word"]).get("/api/v1/sales")
    broken = "entrepot.node.page.account.opening.digest_in"
    monkeypatch.setattr(broken, lambda text: (_ for _ in ()).throw(ZeroDivisionError(SECRETS["word"])))
    assert bare.go("/letter").send(code=SECRETS["code"]).status == 500
    written = log.getvalue()
    assert "ZeroDivisionError" in written, "the fault is told"
    assert "CSRF" in written
    assert "/letter" in written
    assert all(json.loads(line) for line in written.splitlines())
    for each in (*SECRETS.values(), PASSWORD, buyer.token, visitor.person.email):
        assert each not in written
