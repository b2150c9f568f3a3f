"""Every file that comes in is looked at by clamd before it is kept; without its answer none is taken."""

import base64
import io
import shutil
import time
import zipfile
from dataclasses import replace

import pytest
from rig import paper
from rig.clamd import EICAR, SIGNATURE, StandIn, clamd, streamed
from rig.inside import Api
from rig.other import Other
from rig.visitor import firm, person
from test_offers import camera, pictured
from test_peer_doors import outcome, send

from entrepot.base.digest import sha256
from entrepot.base.error import UsageError
from entrepot.flow.error import ScannerAway
from entrepot.node import scanner
from entrepot.node.config import read_config
from entrepot.node.scanner import Clamd, clamd_at

HIT, LEFT_OUT, UNSCANNED = (f"ENT-CORE-SCAN-{number:02}" for number in (1, 2, 3))
BODY = bytes(1 << 20)
PICTURES = "/api/v1/pictures"


@pytest.fixture(scope="module")
def stand_in():
    made = StandIn()
    yield made
    made.close()


@pytest.fixture
def scanned(node, stand_in, monkeypatch):
    """The node with a scanner."""
    from django.conf import settings

    config = replace(node.config, scanner=clamd_at(stand_in.address))
    monkeypatch.setattr(settings, "CONFIG", config)
    monkeypatch.setattr(node.station, "config", config)
    monkeypatch.setattr(node.office, "scan", config.scanner)
    return stand_in


@pytest.fixture
def away(scanned, monkeypatch):
    monkeypatch.setattr(scanned, "answer", lambda link: link.close())


# ---- the client -----------------------------------------------------------------------------------------------------


def test_a_real_clamd_is_understood(tmp_path):
    if shutil.which("clamd") is None:
        pytest.skip("clamd is not installed (Debian: clamav-daemon)")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/a.txt", EICAR)
    with clamd(tmp_path, "StreamMaxLength 2M", "ConcurrentDatabaseReload no") as (address, child):
        asked = clamd_at(address)
        found = asked([b"harmless", EICAR, b"", packed.getvalue(), bytes(scanner.CHUNK_BYTES), BODY + EICAR])
        assert [each.removesuffix(".UNOFFICIAL") for each in found] == ["", SIGNATURE, "", SIGNATURE, "", SIGNATURE]
        assert asked.version().startswith("ClamAV ")
        with pytest.raises(ScannerAway, match="size limit"):
            asked([bytes(3 << 20)])
        child.terminate()
        child.wait(10)
        with pytest.raises(ScannerAway):
            asked([b"harmless"])


def drip(link):
    streamed(link)
    while True:
        link.sendall(b"s")
        time.sleep(0.05)


def reads_slowly(link):
    while link.recv(1 << 16):
        time.sleep(0.05)


HOSTILE = {
    "closes": lambda link: link.close(),
    "closes in the middle": lambda link: link.recv(10),
    "is silent": lambda link: (streamed(link), time.sleep(3)),
    "drips": drip,
    "reads slowly": reads_slowly,
    "says nonsense": lambda link: link.sendall(b"\xff\xfe<html>\0"),
    "says too much": lambda link: (streamed(link), link.sendall(b"stream: OK" * (1 << 20))),
    "ends no line": lambda link: (streamed(link), link.sendall(b"stream: OK\n")),
    "is content before it read": lambda link: link.sendall(b"stream: OK\0"),
    "has a limit": lambda link: (link.recv(1 << 16), link.sendall(b"INSTREAM size limit exceeded. ERROR\0")),
    "names what cannot be printed": lambda link: link.sendall("stream: \u202e FOUND\0".encode()),
}
REASON = {HOSTILE["says too much"]: "and no more", HOSTILE["ends no line"]: "and no more",
          HOSTILE["drips"]: "in time|timed out"}  # fmt: skip


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_answer_is_never_taken_for_a_clean_file(stand_in, monkeypatch, answer):
    monkeypatch.setattr(stand_in, "answer", answer)
    seconds = 5 if answer in (HOSTILE["says too much"], HOSTILE["ends no line"]) else 0.3
    monkeypatch.setattr(scanner, "SECONDS_MAX", seconds)
    body = b"harmless" if seconds > 1 or answer is drip else BODY * 8
    began = time.monotonic()
    with pytest.raises(ScannerAway, match=REASON.get(answer)):
        clamd_at(stand_in.address)([body])
    assert time.monotonic() - began < 4


def test_a_scanner_that_is_not_on_this_machine_is_refused():
    assert clamd_at("") is None
    assert clamd_at("unix:/run/clamav/clamd.ctl") == Clamd("/run/clamav/clamd.ctl")
    assert clamd_at("tcp:[::1]:3310") == Clamd(("::1", 3310))
    for each in ("tcp:10.0.0.1:3310", "tcp:clamd.example:3310", "tcp:127.0.0.1:0", "unix:clamd.ctl", "127.0.0.1:3310"):
        with pytest.raises(UsageError, match="ENTREPOT_SCANNER"):
            clamd_at(each)


# ---- from the setting to the scan ------------------------------------------------------------------------------------


@pytest.fixture
def start(node, monkeypatch):
    """Starts the node anew with that scanner in its settings, and in the end as it was."""
    from django.conf import settings

    was = node.config

    def started(address):
        monkeypatch.setenv("ENTREPOT_SCANNER", address)
        node.config = read_config()
        monkeypatch.setattr(settings, "CONFIG", node.config)
        node.restart()
        return node.trader()

    yield started
    node.config = was
    node.restart()


def test_a_node_started_with_the_setting_lets_a_real_clamd_look_at_what_comes_in(node, start, tmp_path):
    if shutil.which("clamd") is None:
        pytest.skip("clamd is not installed (Debian: clamav-daemon)")
    with clamd(tmp_path) as (address, child):
        clerk = start(address)
        sale = clerk.issue(paper.order(clerk.party, node.party())).json["id"]
        before = kept_records(node)
        refused = clerk.issue(enclosing(EICAR, [sale]))
        assert (refused.status, refused.found, kept_records(node) == before) == (422, [HIT], True)
        assert SIGNATURE in refused.json["findings"][0]["text"]
        made = clerk.issue(enclosing(b"harmless", [sale]))
        assert made.status == 200
        child.terminate()
        child.wait(10)
        refused = clerk.issue(enclosing(b"harmless as well", [sale], "MS-2"))
        assert (refused.status, refused.code) == (503, "scanner-away")
        assert node.office.journal.attachments(made.json["id"]) == (sha256(b"harmless"),)


def test_a_node_started_with_a_scanner_that_nobody_runs_takes_no_file(node, start, tmp_path):
    clerk = start(f"unix:{tmp_path}/nobody.sock")
    made = clerk.issue(paper.order(clerk.party, node.party()))
    refused = clerk.issue(enclosing(b"harmless", [made.json["id"]]))
    assert (made.status, refused.status, refused.code) == (200, 503, "scanner-away")
    assert Api().get("/healthz").json["notices"] == ["scanner-away"]


# ---- what people and programs bring ---------------------------------------------------------------------------------


def enclosing(body, sales=(), number="MS-1"):
    """A message with one file."""
    file = {"digest": sha256(body), "name": "a.txt", "mediaType": "text/plain", "size": len(body)}
    return {
        "kind": "message", "number": number, "sales": list(sales),
        "payload": {"text": "See", "language": "en", "files": [file]},
        "attachments": [{"media_type": "text/plain", "base64": base64.b64encode(body).decode()}],
    }  # fmt: skip


def kept_records(node):
    """Ids alone: what is sealed meanwhile gets its number in the log."""
    return [each.record_id for each in node.office.journal.entries(0, 100_000)]


def test_what_a_program_brings_is_refused_with_what_was_found(node, scanned):
    buyer, seller = node.trader(), node.trader()
    sale = buyer.issue(paper.order(buyer.party, seller.party)).json["id"]
    before = kept_records(node)
    refused = buyer.issue(enclosing(EICAR, [sale]))
    assert (refused.status, refused.found) == (422, [HIT])
    assert SIGNATURE in refused.json["findings"][0]["text"]
    checked = buyer.post("/api/v1/records/check", enclosing(EICAR, [sale]), None).json
    assert (checked["ok"], HIT in str(checked)) == (False, True)
    brought = {"kind": "offer", "name": "a.csv", "base64": base64.b64encode(EICAR).decode()}
    assert buyer.post("/api/v1/imports", brought).found == [HIT]
    kept = set((node.folder / "pictures").glob("*"))
    picture = {"base64": base64.b64encode(with_virus().getvalue()).decode()}
    assert buyer.post(PICTURES, picture).found == [HIT]
    assert set((node.folder / "pictures").glob("*")) == kept
    assert kept_records(node) == before
    made = buyer.issue(enclosing(b"harmless", [sale])).json
    assert [each["verdict"] for each in made["checks"] if each["name"] == "scan"] == ["valid"]


@pytest.fixture
def sides(node):
    """A seller, a buyer, and a sale that the buyer opened."""
    grower, importer = firm(node, "Kebun Contoh"), firm(node, "示例进口", "CN")
    seller, buyer = person(node, party=grower), person(node, party=importer)
    order = {"what": "Durian", "quantity": "1", "price": "1.00", "currency": "MYR", "did": grower}
    buyer.go("/sales/new").send(order, button="look").send(button="sign")
    return seller, buyer, buyer.path.split("/")[-1]


def upload(name, body):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, body)


def with_virus():
    """A photograph that is one, and more."""
    file = io.BytesIO(camera((40, 40)).getvalue() + EICAR)
    file.name = "photograph.jpg"
    return file


def test_what_a_person_brings_is_refused_and_nothing_of_it_is_kept(node, sides, scanned):
    from entrepot.node.upload.models import Upload

    seller, buyer, sale = sides
    kept = set((node.folder / "pictures").glob("*"))
    buyer.go(f"/sales/{sale}/messages").send(text="See it.", files=[upload("a.txt", EICAR)], button="look")
    assert (buyer.first_status, SIGNATURE in buyer.words, "a.txt: The scanner" in buyer.words) == (422, True, True)
    assert (buyer.forms[-1].fields["text"], buyer.forms[-1].fields["files"]) == ("See it.", "")
    seller.go("/offers/import").send(files=upload("a.csv", EICAR), button="look")
    assert (seller.first_status, SIGNATURE in seller.words) == (422, True)
    pictured(seller, with_virus())
    assert (seller.first_status, SIGNATURE in seller.words) == (422, True)
    assert not Upload.objects.filter(person__in=[seller.person, buyer.person]).exists()
    assert set((node.folder / "pictures").glob("*")) == kept
    buyer.go(f"/sales/{sale}/messages").send(text="See it.", files=[upload("a.txt", b"harmless")], button="look")
    assert "a.txt" in buyer.send(button="sign").words


def test_a_photograph_of_another_node_is_looked_at_too(node, scanned, monkeypatch):
    from entrepot.node.page.offer import photograph

    for body, is_kept in ((with_virus().getvalue(), False), (camera((41, 41)).getvalue(), True)):
        monkeypatch.setattr(photograph, "_from_peer", lambda offer, digest, sent=body: sent)
        assert photograph._fetched("a" * 64, sha256(body)) is is_kept
        assert (photograph.album().get(sha256(body)) == body) is is_kept


# ---- the scanner is away ---------------------------------------------------------------------------------------------


def test_while_it_is_away_no_file_is_taken_and_all_else_goes_on(node, sides, away):
    from entrepot.node.upload.models import Upload

    seller, buyer, sale = sides
    clerk, other = node.trader(), node.trader()
    made = clerk.issue(paper.order(clerk.party, other.party))
    assert made.status == 200, "a record without a file"
    refused = clerk.issue(enclosing(b"harmless", [made.json["id"]]))
    assert (refused.status, refused.code) == (503, "scanner-away")
    assert "ENTREPOT_SCANNER" in refused.json["detail"]
    brought = {"kind": "offer", "name": "a.csv", "base64": base64.b64encode(b"x").decode()}
    assert clerk.post("/api/v1/imports", brought).status == 503
    assert clerk.post(PICTURES, {"base64": base64.b64encode(camera((43, 43)).getvalue()).decode()}).status == 503
    buyer.go(f"/sales/{sale}/messages").send(text="See it.", files=[upload("a.txt", b"harmless")], button="look")
    assert (buyer.first_status, "Files cannot be looked at now" in buyer.words) == (503, True)
    assert buyer.forms[-1].fields["text"] == "See it."
    pictured(seller, camera((42, 42)))
    assert (seller.first_status, "Files cannot be looked at now" in seller.words) == (503, True)
    assert not Upload.objects.filter(person__in=[seller.person, buyer.person]).exists()
    assert buyer.go(f"/sales/{sale}").status == 200


def test_the_operator_sees_whether_a_scanner_is_set_and_answers(node, scanned, monkeypatch):
    operator = person(node, is_operator=True)
    assert "ClamAV 9.9.9/12345" in operator.go("/operator").words
    assert Api().get("/healthz").json["notices"] == []
    monkeypatch.setattr(scanned, "answer", lambda link: link.close())
    page = operator.go("/operator")
    assert "does not answer; no file is taken" in page.words
    assert "ENT-CORE-OPERATOR-11" in page.words
    health = Api().get("/healthz")
    assert (health.status, health.json["notices"]) == (200, ["scanner-away"])


def test_the_operator_sees_that_none_is_set(node):
    assert "none is set; no file is looked at" in person(node, is_operator=True).go("/operator").words


# ---- what peers send -------------------------------------------------------------------------------------------------


def test_a_peers_record_is_kept_without_its_file_and_readers_are_told(node, scanned, monkeypatch):
    grower = firm(node, "Kebun Contoh")
    seller, clerk, other = person(node, party=grower), node.token(grower, "clerk"), Other(node).admit()
    order = other.record(paper.order(other.party.did, grower), audience=[grower])
    assert outcome(send("/peer/v1/records", other.delivery(other.envelope(order))))["outcome"] == "kept"
    draft = enclosing(EICAR, [order.id]) | {"after": [order.id]}
    message = other.record(draft, audience=[grower])
    sent = {"digest": sha256(EICAR), "mediaType": "text/plain", "body": base64.b64encode(EICAR).decode()}
    letter = other.delivery(other.envelope(message, attachments=[sent]))
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(scanned, "answer", lambda link: link.close())
        told = outcome(send("/peer/v1/records", letter))
        assert (told["outcome"], [each["id"] for each in told["findings"]]) == ("retry", [UNSCANNED])
        assert node.office.journal.entry(message.id) is None
    told = outcome(send("/peer/v1/records", letter))
    assert (told["outcome"], LEFT_OUT in str(told["findings"])) == ("kept", True)
    assert node.office.journal.attachments(message.id) == ()
    handed = clerk.get(f"/api/v1/records/{message.id}/files/{sha256(EICAR)}")
    assert (handed.status, handed.code, handed.found) == (404, "infected", [LEFT_OUT])
    seller.go(f"/sales/{order.id}/messages")
    assert f"was not kept: the scanner found {SIGNATURE}.UNOFFICIAL in it" in seller.words
    assert "did not come" not in seller.words
    address = f"/sales/{order.id}/files/{message.id}/{sha256(EICAR)}"
    assert seller.go(address).status == 404
    assert node.office.journal.verify() == ()
