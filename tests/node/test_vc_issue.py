"""The W3C VC API: what the node issues, shows in part, and what it leaves in the log."""

import json

import pytest
from rig import credential
from rig.vcapi import DERIVE, EXAMPLES, ISSUE, issue, records, verify

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.document.proof.securing import SECURINGS
from entrepot.party.key import Curve

FITTING = {"eddsa": [Curve.ED25519], "ecdsa": [Curve.P256, Curve.P384]}
CASES = [
    (securing, curve)
    for securing in SECURINGS
    for curve in FITTING.get(securing[:5], list(Curve))
    if (securing, curve) != ("ecdsa-sd-2023", Curve.P384)
]


@pytest.mark.parametrize(("securing", "curve"), CASES)
def test_each_securing_is_issued_verified_and_breaks_when_altered(clerks, securing, curve):
    made = issue(clerks[curve], securing=securing)
    answer = verify(made)
    assert (answer.status, answer.json["verified"]) == (200, True), answer.body
    if "proof" in made:
        altered = {**made, "credentialSubject": {**made["credentialSubject"], "name": "Another thing"}}
    else:
        altered = {**made, "id": made["id"][:-9] + ("A" if made["id"][-9] != "A" else "B") + made["id"][-8:]}
    answer = verify(altered)
    assert (answer.status, answer.json["verified"]) == (400, False)
    assert answer.json["code"] == "not-verified"
    assert answer.json["problemDetails"][0]["type"].startswith("https://www.w3.org/TR/vc-data-model#")


def test_the_party_becomes_the_issuer_and_nobody_else_does(clerks):
    who = clerks[Curve.ED25519]
    assert issue(who)["issuer"] == who.party
    named = issue(who, issuer={"name": "A firm"})
    assert named["issuer"] == {"id": who.party, "name": "A firm"}
    answer = who.post(ISSUE, credential.issuing(issuer=clerks[Curve.P256].party), None)
    assert (answer.status, answer.found) == (400, ["ENT-CORE-CERTIFY-01"])


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"type": []}, "ENT-CORE-VC-02"),
        ({"@context": []}, "ENT-CORE-VC-01"),
        ({"issuer": None}, "ENT-CORE-VC-04"),
        ({"credentialSubject": {}}, "ENT-CORE-VC-06"),
        ({"validFrom": "yesterday"}, "ENT-CORE-VC-07"),
        ({"credentialSubject": {"unheardOf": "x"}}, "ENT-CORE-CERTIFY-04"),
        ({"@context": [credential.V2, EXAMPLES]}, "ENT-CORE-CERTIFY-04"),
        ({"proof": {"type": "DataIntegrityProof"}}, "ENT-CORE-CERTIFY-02"),
    ],
)
@pytest.mark.parametrize("securing", ["eddsa-jcs-2022", "vc+jwt"])
def test_what_is_malformed_or_means_nothing_is_not_issued(clerks, change, found, securing):
    answer = clerks[Curve.ED25519].post(ISSUE, credential.issuing(securing=securing, **change), None)
    assert answer.status == 400
    assert found in answer.found


def test_a_context_inside_is_taken_where_it_is_asked_for_alone(clerks):
    who, inline = clerks[Curve.ED25519], {"Thing": "https://things.example/Thing"}
    body = credential.issuing(**{"@context": [credential.V2, inline], "type": ["VerifiableCredential", "Thing"]})
    refused = who.post(ISSUE, body, None)
    assert refused.status == 400
    body["options"]["inlineContexts"] = True
    made = who.post(ISSUE, body, None)
    assert made.status == 201
    assert verify(made.json["verifiableCredential"]).status == 200


def test_a_securing_must_fit_the_key(clerks):
    for curve, securing in (
        (Curve.ED25519, "ecdsa-sd-2023"),
        (Curve.P384, "ecdsa-sd-2023"),
        (Curve.P256, "eddsa-jcs-2022"),
    ):
        assert clerks[curve].post(ISSUE, credential.issuing(securing=securing), None).status == 400


@pytest.mark.parametrize("body", [{}, {"credential": "text"}, {"credential": {}, "options": {"unknown": 1}}, []])
def test_what_is_no_request_of_the_interface_is_400(clerks, body):
    assert clerks[Curve.ED25519].post(ISSUE, body, None).status == 400


def test_issuing_leaves_a_record_that_its_party_alone_reads(node, clerks):
    who = clerks[Curve.P256]
    made = issue(who, securing="ecdsa-rdfc-2019")
    newest = records(node, "credential-issued")[-1]
    assert newest.content.payload["digest"] == sha256(canonical(made))
    assert newest.content.audience == (who.party,)
    assert newest.content.payload["reference"] == sha256(made["id"].encode())
    assert made["id"] not in json.dumps(newest.content.payload)
    assert who.get(f"/api/v1/records/{newest.id}").status == 200
    assert clerks[Curve.ED25519].get(f"/api/v1/records/{newest.id}").status == 404


def test_such_a_record_is_not_made_by_hand(clerks):
    who = clerks[Curve.ED25519]
    payload = {"reference": "0" * 64, "purpose": "revocation", "value": False}
    draft = {"kind": "credential-status", "number": "X-1", "payload": payload, "audience": [who.party]}
    answer = who.issue(draft)
    assert (answer.status, answer.found) == (422, ["ENT-CORE-RIGHT-05"])


def test_a_part_is_shown_and_verified(clerks):
    who = clerks[Curve.P256]
    made = issue(who, securing="ecdsa-sd-2023")
    body = {"verifiableCredential": made, "options": {"selectivePointers": ["/credentialSubject/name"]}}
    part = who.post(DERIVE, body, None)
    assert part.status == 201
    shown = part.json["verifiableCredential"]
    assert shown["credentialSubject"] == {"id": "urn:example:thing", "name": "A thing"}
    assert verify(shown).status == 200
    body["options"]["selectivePointers"] = ["/credentialSubject/nothing"]
    assert who.post(DERIVE, body, None).status == 400
    assert who.post(DERIVE, {"verifiableCredential": issue(who)}, None).status == 400
