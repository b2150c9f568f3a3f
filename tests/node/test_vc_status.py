"""Status lists of the node's parties (Bitstring Status List 1.0): set, published as of any moment, kept by the log."""

import base64
import gzip

from rig import credential
from rig.vcapi import GUEST, ISSUE, STATUS, issue, records, verify

from entrepot.base.digest import sha256
from entrepot.party.key import Curve


def listed(entry, timestamp=""):
    path = "/api/v1/status-lists/" + entry["statusListCredential"].rpartition("/")[2]
    return GUEST.get(path + (f"?timestamp={timestamp}" if timestamp else ""))


def bit(answer, entry):
    bits = gzip.decompress(base64.urlsafe_b64decode(answer.json["credentialSubject"]["encodedList"][1:] + "=="))
    assert len(bits) == 16 * 1024
    index = int(entry["statusListIndex"])
    return bits[index // 8] >> (7 - index % 8) & 1


def test_a_revocation_is_final_and_seen_by_whoever_verifies(node, clerks, monkeypatch):
    who = clerks[Curve.ED25519]
    made = issue(who, purposes=["revocation"])
    other = issue(who, purposes=["revocation"])
    entry = made["credentialStatus"]
    assert (entry["type"], entry["statusPurpose"]) == ("BitstringStatusListEntry", "revocation")
    assert verify(made).json["report"]["results"]["status"]["code"] == "status-clear"
    before = node.office.clock().isoformat().replace("+00:00", "Z")
    _pass_a_second(node, monkeypatch)
    assert who.post(STATUS, credential.revoking(made["id"]), None).status == 200
    assert who.post(STATUS, credential.revoking(made["id"]), None).status == 200
    answer = verify(made)
    assert (answer.status, answer.json["report"]["results"]["status"]["code"]) == (400, "revoked")
    assert verify(other).status == 200
    assert bit(listed(entry), entry) == 1
    assert bit(listed(entry, before), entry) == 0
    assert verify(listed(entry).json).status == 200
    assert who.post(STATUS, credential.revoking(made["id"], status=False), None).code == "status-final"
    assert bit(listed(entry), entry) == 1
    again = records(node, "credential-status")
    assert len([each for each in again if each.content.payload["reference"] == sha256(made["id"].encode())]) == 1


def test_a_suspension_comes_and_goes_and_each_copy_follows_its_id(node, clerks, monkeypatch):
    who, name = clerks[Curve.P384], "urn:example:licence-7"
    copies = [issue(who, id=name, purposes=["suspension", "revocation"]) for _ in "12"]
    places = {(each["statusListCredential"], each["statusListIndex"]) for c in copies for each in c["credentialStatus"]}
    assert len(places) == 4
    for wanted in (True, False):
        _pass_a_second(node, monkeypatch)
        body = credential.revoking(name, status=wanted, purpose="suspension")
        assert who.post(STATUS, body, None).json["status"] is wanted
        assert [verify(each).status for each in copies] == [400 if wanted else 200] * 2


def test_a_list_outlives_a_restart_and_a_rebuild(node, clerks):
    who = clerks[Curve.P256]
    made = issue(who, purposes=["revocation"])
    who.post(STATUS, credential.revoking(made["id"]), None)
    kept = node.office.journal.dump_view("standing")
    node.restart()
    node.station.writer.submit(lambda journal: journal.rebuild("standing")).result()
    assert node.office.journal.dump_view("standing") == kept
    assert bit(listed(made["credentialStatus"]), made["credentialStatus"]) == 1


def test_a_place_is_given_once(clerks, monkeypatch):
    from entrepot.flow import certify

    who, taken = clerks[Curve.ED25519], set()
    monkeypatch.setattr(certify, "TAKEN_MAX", 3)
    for _ in range(8):
        entry = issue(who, purposes=["suspension"])["credentialStatus"]
        taken.add((entry["statusListCredential"], entry["statusListIndex"]))
    assert len(taken) == 8
    assert len({url for url, _ in taken}) == 3


def test_a_status_needs_an_id(clerks):
    body = credential.issuing(purposes=["revocation"])
    del body["credential"]["id"]
    assert clerks[Curve.ED25519].post(ISSUE, body, None).found == ["ENT-CORE-CERTIFY-03"]
    body["options"]["credentialId"] = "urn:example:kept-elsewhere"
    assert clerks[Curve.ED25519].post(ISSUE, body, None).status == 201
    assert clerks[Curve.ED25519].post(STATUS, credential.revoking("urn:example:kept-elsewhere"), None).status == 200


def test_a_list_that_was_not_there_is_not_shown(clerks):
    entry = issue(clerks[Curve.ED25519], purposes=["revocation"])["credentialStatus"]
    assert listed(entry, "2020-01-01T00:00:00Z").status == 404
    assert listed(entry, "tomorrow").status == 422
    assert GUEST.get("/api/v1/status-lists/" + "0" * 32).status == 404
    assert listed(entry, "2099-01-01T00:00:00Z").status == 200  # the clock of whoever asks may run ahead


def _pass_a_second(node, monkeypatch):
    """Records are dated to the second; the clock goes on by one."""
    from datetime import timedelta

    now = node.office.clock
    monkeypatch.setattr(node.office, "clock", lambda: now() + timedelta(seconds=1))
