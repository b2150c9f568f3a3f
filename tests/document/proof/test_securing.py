"""Securing: headers, claims, proof sets, envelopes, and what is refused."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from entrepot.base.canonical import canonical
from entrepot.base.error import UsageError
from entrepot.base.record import Content, Record
from entrepot.document.proof import credential_of, open_secured, record_of_credential, secure_record, verify_proof
from entrepot.document.verify import Verdict
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import Curve, KeyPair

AT = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
CASES = [
    ("vc+jwt", Curve.ED25519),
    ("vc+jwt", Curve.P256),
    ("eddsa-jcs-2022", Curve.ED25519),
    ("ecdsa-jcs-2019", Curve.P256),
]


@pytest.mark.parametrize("curve", list(Curve))
def test_several_securings_at_once_are_those_made_one_by_one(desk, curve):
    securings = {Curve.ED25519: ("vc+jwt", "eddsa-jcs-2022", "eddsa-rdfc-2022")}.get(
        curve, ("ecdsa-jcs-2019", "vc+jwt", "ecdsa-rdfc-2019")
    )
    key, record = desk.KEYS[curve], desk.record(curve)
    made = secure_record(record, key, method_id=key_method_id(key.public), securings=securings, created=AT)
    assert made == tuple(desk.secured(each, curve) for each in securings)
    for other in ("eddsa-jcs-2022" if curve is not Curve.ED25519 else "ecdsa-jcs-2019", "unheard-of"):
        with pytest.raises(UsageError):
            secure_record(record, key, method_id=key_method_id(key.public), securings=(other,), created=AT)


def test_expired_proof_is_not_valid(desk):
    from entrepot.document.proof.integrity import hash_data, proof_options
    from entrepot.party.multibase import to_multibase

    key, vc = desk.KEYS[Curve.ED25519], desk.foreign()
    options = proof_options(vc, "eddsa-jcs-2022", key_method_id(key.public), "2026-01-01T00:00:00Z")
    for expires, valid in (("2026-05-01T08:29:59Z", False), ("2026-05-02T00:00:00Z", True)):
        proof = {**options, "expires": expires}
        proof["proofValue"] = to_multibase(key.sign(hash_data(vc, proof)))
        assert desk.judged(canonical({**vc, "proof": proof})).is_valid is valid


def test_proof_for_another_purpose_is_not_the_issuers_assertion(desk):
    from entrepot.document.proof.integrity import hash_data, proof_options
    from entrepot.party.multibase import to_multibase

    key, vc = desk.KEYS[Curve.ED25519], desk.foreign()
    proof = proof_options(vc, "eddsa-jcs-2022", key_method_id(key.public), "2026-01-01T00:00:00Z")
    proof["proofPurpose"] = "authentication"
    proof["proofValue"] = to_multibase(key.sign(hash_data(vc, proof)))
    report = desk.judged(canonical({**vc, "proof": proof}))
    assert (report.results["integrity"].status, report.results["issuer"].code) == (Verdict.VALID, "proof-purpose")
    assert not report.is_valid
    opened, _ = open_secured(canonical({**vc, "proof": proof}))
    assert not verify_proof(opened, key.public)
    assert verify_proof(opened, key.public, purpose="authentication")


def test_proof_set_holds_only_as_a_whole(desk):
    one = json.loads(desk.signed(desk.foreign(), securing="eddsa-jcs-2022"))
    vc = {name: value for name, value in one.items() if name != "proof"}
    two = json.loads(desk.secured("ecdsa-jcs-2019", Curve.P256, document=vc))
    both = {**vc, "proof": [one["proof"], two["proof"]]}
    assert desk.judged(canonical(both)).is_valid
    bad = {**vc, "proof": [one["proof"], {**two["proof"], "created": "2026-01-01T00:00:00Z"}]}
    assert desk.judged(canonical(bad)).results["integrity"].code == "signature-wrong"
    alone = {**vc, "proof": {**one["proof"], "previousProof": "urn:x"}}
    assert desk.judged(canonical(alone)).results["integrity"].code == "proof-malformed"
    foreign_suite = {**vc, "proof": [one["proof"], {**two["proof"], "cryptosuite": "unheard-of"}]}
    assert str(desk.judged(canonical(foreign_suite)).results["integrity"].status) == "unknown"
    chained = {**vc, "proof": [one["proof"], {**two["proof"], "previousProof": "urn:x"}]}
    assert desk.judged(canonical(chained)).results["integrity"].code == "proof-malformed"
    alone = {**vc, "proof": [two["proof"]]}
    assert desk.judged(canonical(alone)).results["issuer"].code == "method-not-listed"
    assert str(desk.judged(canonical({**vc, "proof": []})).results["integrity"].status) == "unknown"
    assert desk.judged(canonical({**vc, "proof": ["x"]})).results["integrity"].code == "proof-malformed"


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "valid"),
        ({"alg": "Ed25519"}, "valid"),
        ({"typ": "application/vc+jwt"}, "valid"),
        ({"kid": None}, "valid"),
        ({"kid": "DID"}, "valid"),
        ({"kid": "#FRAGMENT"}, "valid"),
        ({"alg": "none"}, "invalid"),
        ({"alg": None}, "invalid"),
        ({"alg": "ES256"}, "invalid"),
        ({"alg": "HS256"}, "unknown"),
        ({"alg": "RS256"}, "unknown"),
        ({"typ": "JWT"}, "invalid"),
        ({"typ": None}, "invalid"),
        ({"crit": ["x"], "x": 1}, "unknown"),
        ({"b64": False}, "unknown"),
        ({"kid": "did:key:z6MkNothing#z6MkNothing"}, "invalid"),
        ({"kid": "did:example:1#a"}, "unknown"),
    ],
)
def test_header_rules(desk, changes, verdict):
    multikey = desk.KEYS[Curve.ED25519].public.multikey
    if changes.get("kid"):
        changes = {"kid": changes["kid"].replace("DID", "did:key:" + multikey).replace("FRAGMENT", multikey)}
    header = {name: value for name, value in {**desk.HEADER, **changes}.items() if value is not None}
    report = desk.judged(desk.token(header, desk.foreign()))
    assert str(report.results["integrity"].status) == verdict
    assert report.is_valid is (verdict == "valid")


def test_key_in_the_header_is_not_trusted(desk):
    """A key that the token brings along binds nothing: the method that kid names decides."""
    thief = KeyPair(Curve.ED25519, b"\x02" * 32)
    header = {**desk.HEADER, "jwk": thief.public.to_jwk(), "x5c": ["AAAA"]}
    assert desk.judged(desk.token(header, desk.foreign(), thief)).results["integrity"].code == "signature-wrong"


@pytest.mark.parametrize(("claim", "value"), [("iss", "did:example:x"), ("jti", "urn:x"), ("sub", "did:example:x")])
def test_claim_that_contradicts_the_credential(desk, claim, value):
    report = desk.judged(desk.signed(desk.foreign(**{claim: value})))
    assert report.results["schema"].code == "ENT-CORE-VC-13"
    same = {"iss": desk.foreign()["issuer"], "jti": "urn:a", "id": "urn:a", "sub": "did:example:goods"}
    assert desk.judged(desk.signed(desk.foreign(**same))).is_valid


def test_embedded_proof_inside_an_envelope_must_hold_too(desk):
    inner = json.loads(desk.signed(desk.foreign(), securing="eddsa-jcs-2022"))
    assert desk.judged(desk.signed(inner)).is_valid
    inner["proof"]["created"] = "2026-01-01T00:00:00Z"
    assert desk.judged(desk.signed(inner)).results["integrity"].code == "signature-wrong"


def test_envelope_in_json_is_opened(desk):
    envelope = {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "id": "data:application/vc+jwt," + desk.signed(desk.foreign()).decode(),
        "type": "EnvelopedVerifiableCredential",
    }
    assert desk.judged(canonical(envelope)).is_valid
    envelope["id"] = envelope["id"][:-3] + "AAA"
    assert not desk.judged(canonical(envelope)).is_valid


def test_end_of_validity_belongs_to_the_credential_not_to_the_record(desk):
    vc = credential_of(desk.record(), valid_until=AT + timedelta(days=1))
    assert record_of_credential(vc) == (desk.record(), ())
    assert desk.judged(desk.signed(vc)).is_valid
    assert desk.judged(desk.signed(vc), at=AT + timedelta(days=2)).results["validity"].code == "expired"


def test_erased_record_is_not_rendered(desk):
    with pytest.raises(UsageError):
        credential_of(Record("0" * 64, desk.record().content, erased=True))


@pytest.mark.parametrize(
    ("changes", "securing"),
    [
        ({"@context": ["https://www.w3.org/ns/credentials/v2", {"x": "urn:x"}]}, "vc+jwt"),
        ({"@context": "https://www.w3.org/ns/credentials/v2"}, "vc+jwt"),
        ({}, "ecdsa-jcs-2019"),
        ({}, "unheard-of"),
    ],
)
def test_wrong_wish_is_told(desk, changes, securing):
    with pytest.raises(UsageError):
        desk.signed(desk.foreign(**changes), securing=securing)


def test_opened_names_what_it_holds(desk):
    opened, _ = open_secured(desk.secured("vc+jwt", Curve.P256))
    assert (opened.securing, opened.method) == ("vc+jwt", key_method_id(desk.KEYS[Curve.P256].public))
    assert verify_proof(opened, desk.KEYS[Curve.P256].public)
    assert not verify_proof(opened, desk.KEYS[Curve.P256].public, index=1)
    assert opened.issuer == did_key(desk.KEYS[Curve.P256].public)


def test_contexts_that_were_signed_must_be_those_of_the_document(desk):
    from entrepot.document.proof.integrity import hash_data, proof_options
    from entrepot.party.multibase import to_multibase

    key, vc = desk.KEYS[Curve.ED25519], desk.foreign()
    options = proof_options(vc, "eddsa-jcs-2022", key_method_id(key.public), "2026-01-01T00:00:00Z")
    shorter = {**options, "@context": vc["@context"][:1]}
    hidden = {name: value for name, value in options.items() if name != "@context"}
    for signed_options, shown, verdict in (
        (options, options, "valid"),
        (shorter, shorter, "invalid"),
        (hidden, hidden, "valid"),
        (options, hidden, "valid"),
        (shorter, hidden, "invalid"),
    ):
        value = to_multibase(key.sign(hash_data(vc, signed_options)))
        report = desk.judged(canonical({**vc, "proof": {**shown, "proofValue": value}}))
        assert str(report.results["integrity"].status) == verdict


def test_every_member_of_a_record_has_a_term_in_the_shipped_context():
    from entrepot.base.shape import members
    from entrepot.document.proof.context import BASE_TERMS, RECORD_TYPES, record_context

    terms = record_context()["@context"]
    assert set(RECORD_TYPES) <= set(terms)
    inner = terms[RECORD_TYPES[1]]["@context"]
    assert {each.json for each in members(Content)} == set(inner) - {"@protected"}
    assert not set(terms) & BASE_TERMS
