"""A clerk signs for a firm at the command line, under its mandate, and two real nodes judge that over HTTP.

The firm's key is on no node, nor is the clerk's; the mandate travels with the record and stays beside it.
"""

import json
import subprocess
import sys

import pytest
from rig import paper
from rig.outside import eventually
from test_two_nodes_own_key import Person, host, nodes, person, register

from entrepot.base.digest import sha256
from entrepot.base.record import read_content
from entrepot.document.proof import secure
from entrepot.flow.mandated import credential_under
from entrepot.party.folder import PartyFolder
from entrepot.party.keystore import Custody, PassphraseLock

pytestmark = pytest.mark.long

__all__ = ["host", "nodes", "person"]  # fixtures


@pytest.fixture
def clerk(tmp_path, monkeypatch):
    made = Person(tmp_path / "clerk")
    made.did = made.create(monkeypatch)["did"]
    return made


@pytest.fixture
def firm(nodes, person, clerk, monkeypatch):
    """The firm lives on the first node and its buyer on the second; the clerk works with the firm's token."""
    export, imports = nodes
    person.did = person.create(monkeypatch)["did"]
    stated = person.reside(export)["residence"]
    _, person.client = register(export, person, f"firm-{person.id[:8]}", person.did, residence=stated)
    clerk.token.write_text(person.token.read_text())
    person.buyer = imports.trader(f"buyer-{person.id[:8]}")
    peers = [each.operator for each in (imports, export)]
    for operator, did in zip(peers, (person.did, person.buyer.party), strict=True):
        eventually(
            lambda operator=operator, did=did: did in operator.get("/api/v1/operator/peers").json()[0]["parties"]
        )
    return person


def give(firm, clerk, *more):
    """A mandate, as a file of the clerk's."""
    file = clerk.folder / "mandate.jwt"
    words = ("--by", firm.id, "--to", clerk.did, "--passphrase-file", firm.phrase, "--out", file)
    firm.run("party", "mandate", "give", *words, *more)
    return file


def order(firm):
    return paper.order(firm.did, firm.buyer.party)


def test_a_clerk_signs_for_the_firm_and_both_nodes_and_the_command_agree(nodes, firm, clerk):
    export, _ = nodes
    mandate = give(firm, clerk, "--kind", "order", "--limit", "100000.00 MYR")
    done, told = clerk.sign(export, order(firm), "--mandate", mandate, "--yes")
    assert f"by {firm.did}" in told
    digest = sha256(mandate.read_bytes().strip())
    eventually(lambda: firm.buyer.get(f"/api/v1/records/{done['id']}").status_code == 200)
    for client in (firm.client, firm.buyer):
        page = client.get(f"/api/v1/records/{done['id']}").json()
        assert page["issuer"] == firm.did
        assert {each["method"].partition("#")[0] for each in page["proofs"]} == {clerk.did}
        checks = [each for each in page["checks"] if each["stage"] == "proof"]
        assert [each["verdict"] for each in checks] == ["valid"] * 2
        assert {found["id"] for each in checks for found in each["findings"]} == {"ENT-CORE-MANDATE-22"}
        assert client.get(f"/api/v1/records/{done['id']}/files/{digest}").content == mandate.read_bytes().strip()
    body = firm.buyer.get(f"/api/v1/records/{done['id']}/secured/vc+jwt").content
    (clerk.folder / "order.jwt").write_bytes(body)
    words = ("document", "verify", clerk.folder / "order.jwt", "--offline", "--require", "mandate", "--json")
    report = json.loads(command(*words, "--mandate", mandate))
    assert (report["valid"], report["results"]["mandate"]["code"]) == (True, "mandated")
    assert not json.loads(command(*words, code=1))["valid"]


def command(*words, code=0):
    line = [sys.executable, "-m", "entrepot", *map(str, words)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout


PAST = "2026-01-01T00:00:00Z"
REFUSED = {
    "amount": (("--kind", "order", "--limit", "1.00 MYR"), "ENT-CORE-MANDATE-08"),
    "currency": (("--kind", "order", "--limit", "100000.00 SGD"), "ENT-CORE-MANDATE-10"),
    "kind": (("--kind", "invoice"), "ENT-CORE-MANDATE-07"),
    "expired": (("--kind", "*", "--since", PAST, "--until", "2026-02-01T00:00:00Z"), "ENT-CORE-MANDATE-11"),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_what_the_mandate_does_not_allow_is_not_signed(nodes, firm, clerk, wrong):
    """The node says so when it prepares, before anything is signed; and again where the signed record comes anyway."""
    export, _ = nodes
    words, expected = REFUSED[wrong]
    mandate = give(firm, clerk, *words)
    out = clerk.folder / "signed"
    _, told = clerk.sign(export, order(firm), "--mandate", mandate, "--yes", "--out", out, code=1)
    assert expected in told
    assert not out.exists()
    answer = hand_over(firm, clerk, mandate)
    assert answer.status_code == 422
    assert expected in {each["id"] for each in answer.json()["findings"]}


def hand_over(firm, clerk, *mandates):
    """The signed record at the door, whatever was said of it when it was prepared."""
    texts = [each.read_text().strip() for each in mandates]
    made = firm.client.post("/api/v1/records/prepare", {**order(firm), "mandates": texts}).json()
    record, _ = read_content(made["content"])
    folder = PartyFolder(clerk.folder)
    key = folder.keys(Custody.OWN).load(clerk.id, PassphraseLock(clerk.phrase.read_text().strip()))
    rendered = credential_under(record, [each.encode() for each in texts])
    assert made["credential"] == rendered
    method = folder.show(clerk.id).method_id
    body = secure(rendered, key, method_id=method, securing="vc+jwt", created=record.content.issued)
    return firm.client.post("/api/v1/records/signed", {"secured": [body.decode()], "mandates": texts})


def test_a_mandate_passed_on_against_its_word(nodes, firm, clerk, tmp_path, monkeypatch):
    export, _ = nodes
    other = Person(tmp_path / "other")
    other.did = other.create(monkeypatch)["did"]
    below = other.folder / "below.jwt"
    for delegations, more, code in ((0, (), 1), (1, ("--until", "2999-01-01T00:00:00Z"), 1), (1, (), 0)):
        above = give(firm, clerk, "--kind", "order", "--delegations", str(delegations))
        words = ("--by", clerk.id, "--to", other.did, "--parent", above, "--out", below, *more)
        clerk.run("party", "mandate", "give", *words, "--passphrase-file", clerk.phrase, code=code)
        assert below.exists() is (code == 0)
    other.token.write_text(clerk.token.read_text())
    done, _ = other.sign(export, order(firm), "--mandate", below, "--mandate", above, "--yes")
    eventually(lambda: firm.buyer.get(f"/api/v1/records/{done['id']}").status_code == 200)
    assert len(firm.buyer.get(f"/api/v1/records/{done['id']}").json()["attachments"]) == 2
    _, told = other.sign(export, order(firm), "--mandate", below, "--yes", code=1)
    assert "ENT-CORE-MANDATE-04" in told


def test_a_mandate_that_was_taken_back(nodes, firm, clerk, host, tmp_path):
    export, _ = nodes
    files, lists = host.RequestHandlerClass.files, tmp_path / "list.json"
    place = ("--list", lists, "--party", firm.id, "--passphrase-file", firm.phrase)
    firm.run("document", "status-list", *place, "--url", f"http://entrepot.localhost:{host.server_port}/list")
    taken = give(firm, clerk, "--kind", "order", "--status-list", lists)
    _, told = clerk.sign(export, order(firm), "--mandate", taken, "--yes", code=1)
    assert "ENT-CORE-MANDATE-15" in told, "nobody answers for the list"
    files["/list"] = lists.read_bytes()
    done, _ = clerk.sign(export, order(firm), "--mandate", taken, "--yes")
    eventually(lambda: firm.buyer.get(f"/api/v1/records/{done['id']}").status_code == 200)
    name = json.loads(command("party", "mandate", "check", taken, "--status-list", lists, "--json"))["id"]
    firm.run("document", "revoke", name, *place)
    files["/list"] = lists.read_bytes()
    _, told = clerk.sign(export, order(firm), "--mandate", taken, "--yes", code=1)
    assert "ENT-CORE-MANDATE-13" in told
    assert hand_over(firm, clerk, taken).status_code == 422
