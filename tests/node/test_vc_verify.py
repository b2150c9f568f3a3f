"""The W3C VC API: anybody's credentials and presentations verified; what is unknown, and what is asked."""

import json

import pytest
from rig import credential
from rig.vcapi import EXAMPLES, GUEST, ISSUE, VERIFY, issue, present, verify

from entrepot.party.jws import sign_jws
from entrepot.party.key import Curve

pytestmark = pytest.mark.usefixtures("node")


def test_a_presentation_is_bound_to_its_occasion():
    asked = {"domain": "desk.example", "challenge": "word-1"}
    made = credential.presentation(**asked)
    assert present(made, **asked).status == 200
    assert present(made).status == 200
    for wrong in ({"domain": "other.example"}, {"challenge": "word-2"}, {**asked, "challenge": "word-2"}):
        answer = present(made, **wrong)
        assert answer.status == 400, wrong
        assert answer.json["report"]["results"]["occasion"]["status"] == "invalid"
    assert present(credential.presentation(), **asked).status == 400


def test_each_credential_inside_counts(clerks):
    good, bad = issue(clerks[Curve.P256]), issue(clerks[Curve.P256])
    bad["credentialSubject"]["name"] = "Another thing"
    enveloped = issue(clerks[Curve.ED25519], securing="vc+jwt")
    answer = present(credential.presentation(credentials=[good, enveloped]))
    assert (answer.status, len(answer.json["report"]["credentials"])) == (200, 2), answer.body
    answer = present(credential.presentation(credentials=[good, bad]))
    assert answer.status == 400
    assert [each["valid"] for each in answer.json["report"]["credentials"]] == [True, False]


def test_who_presents_must_be_the_holder_and_say_so():
    assert present(credential.presentation(purpose="assertionMethod")).status == 400
    other = {**credential.presentation(), "holder": credential.key()[1]}
    assert present(other).status == 400
    unsigned = credential.presentation()
    del unsigned["proof"]
    assert present(unsigned).status == 400


def test_a_claim_without_proof_is_the_holders_own_or_nothing():
    holder, other = credential.key(), credential.key()
    own = credential.presentation(credentials=[credential.credential(issuer=holder[1])], signer=holder)
    assert present(own).status == 200
    foreign = credential.presentation(credentials=[credential.credential(issuer=other[1])], signer=holder)
    assert present(foreign).status == 400


def vp_jwt(header=None, payload=None, **claims):
    pair, did, method = credential.key()
    plain = {"@context": [credential.V2], "type": ["VerifiablePresentation"], "holder": did, **claims}
    head = {"typ": "vp+jwt", "kid": method, **(header or {})}
    token = sign_jws(head, json.dumps(plain if payload is None else payload).encode(), pair)
    return {
        "@context": credential.V2,
        "type": "EnvelopedVerifiablePresentation",
        "id": f"data:application/vp+jwt,{token}",
    }


def test_an_enveloped_presentation_is_read_and_its_older_forms_are_not():
    good = vp_jwt(aud="desk.example", nonce="word-1")
    assert present(good, domain="desk.example", challenge="word-1").status == 200
    assert present(good, domain="desk.example", challenge="word-2").status == 400
    inner = {"@context": [credential.V2], "type": ["VerifiablePresentation"]}
    for wrong in (
        vp_jwt({"typ": "JWT"}),
        vp_jwt(payload={"vp": inner}),
        vp_jwt(vp=inner),
        {**good, "@context": []},
        {**good, "@context": EXAMPLES},
        {**good, "type": "VerifiablePresentation"},
        {**good, "id": good["id"].partition(",")[2]},
        {**good, "id": good["id"].replace("vp+jwt", "jwt")},
    ):
        assert present(wrong).status == 400, wrong


def test_unknown_counts_only_where_it_was_asked_for():
    """An issuer without a DID: the proof holds, and whose it is nobody can say."""
    made = credential.signed_for("https://issuer.example/7")
    answer = verify(made)
    assert (answer.status, answer.json["report"]["results"]["issuer"]["status"]) == (400, "unknown")
    answer = verify(made, checks=["proof"])
    assert answer.status == 200
    assert answer.json["problemDetails"][0]["title"] == "issuer is unknown"
    assert not answer.json["report"]["valid"]
    assert GUEST.post(f"{VERIFY}?checks=proof", {"verifiableCredential": made}, None).status == 200
    named = {
        "statusListCredential": "https://nowhere.invalid/list",
        "statusListIndex": "5",
        "statusPurpose": "revocation",
    }
    listed = credential.signed_for(
        "https://issuer.example/7", credentialStatus={"type": "BitstringStatusListEntry"} | named
    )
    assert verify(listed, checks=["proof"]).status == 200
    assert verify(listed, checks=["proof", "credentialStatus"]).status == 400


@pytest.mark.parametrize(
    "change",
    [{"validUntil": "2020-01-01T00:00:00Z"}, {"validFrom": "2099-01-01T00:00:00Z"}, {"type": ["Credential"]}],
)
def test_what_is_known_to_be_wrong_counts_whatever_is_asked(change):
    made = credential.signed_for(None, **change)
    assert verify(made, checks=["proof"]).status == 400


def test_a_credential_of_version_1_1_is_read_and_held_to_its_dates(clerks):
    v1 = {"@context": ["https://www.w3.org/2018/credentials/v1"], "issuanceDate": "2024-01-01T00:00:00Z"}
    subject = {"credentialSubject": {"id": "urn:example:thing"}}
    who = clerks[Curve.P256]
    made = issue(who, **v1, **subject)
    assert made["@context"][-1] == "https://w3id.org/security/data-integrity/v2"
    assert verify(made).status == 200
    assert verify(issue(who, **v1, **subject, expirationDate="2025-01-01T00:00:00Z")).status == 400
    undated = credential.issuing(**{**subject, "@context": v1["@context"]})
    assert who.post(ISSUE, undated, None).found == ["ENT-CORE-VC-15"]
