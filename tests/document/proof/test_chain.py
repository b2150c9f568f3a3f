"""Proof sets and chains; P-384; signatures in other forms than the one that is right."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from entrepot.base.canonical import canonical
from entrepot.base.error import UsageError
from entrepot.document.proof import open_secured
from entrepot.document.proof.integrity import CRYPTOSUITES, hash_data, proof_options
from entrepot.document.proof.opened import judge_proof
from entrepot.document.proof.securing import secure_together
from entrepot.party.did import did_key, document_of, key_method_id
from entrepot.party.key import Curve, PublicKey
from entrepot.party.multibase import from_multibase, to_multibase

WEB = "did:web:chamber.example"
ORDER = {
    Curve.P256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    Curve.P384: 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
}


def proof(desk, vc, suite, curve, *, previous=(), **members):
    key = desk.KEYS[curve]
    options = {**proof_options(vc, suite, f"{WEB}#{curve}", "2026-05-01T00:00:00Z"), **members}
    data = hash_data(vc, options, curve=curve, previous=previous)
    return {**options, "proofValue": to_multibase(key.sign(data))}


def judged(desk, vc, proofs):
    document = document_of(WEB, {str(curve): desk.KEYS[curve].public for curve in Curve})
    return desk.judged(canonical({**vc, "proof": proofs}), documents=[document]).results["integrity"]


@pytest.mark.parametrize(
    ("first", "second"), [("eddsa-jcs-2022", "ecdsa-jcs-2019"), ("eddsa-rdfc-2022", "ecdsa-rdfc-2019")]
)
def test_chain_holds_in_its_order_alone(desk, first, second):
    vc = desk.vc_of(issuer=WEB)
    vc["credentialSubject"]["issuer"] = WEB
    vc = {**vc, "type": ["VerifiableCredential"], "@context": vc["@context"], "id": "urn:x:1"}
    one = proof(desk, vc, first, Curve.ED25519, id="urn:proof:1")
    two = proof(desk, vc, second, Curve.P384, previous=[one], id="urn:proof:2", previousProof="urn:proof:1")
    three = proof(desk, vc, second, Curve.P256, previous=[one, two], previousProof=["urn:proof:1", "urn:proof:2"])
    assert judged(desk, vc, [one, two, three]).code == "signature-holds"
    assert judged(desk, vc, [three, two, one]).code == "signature-holds"
    assert judged(desk, vc, [two, three]).code == "proof-malformed"
    assert judged(desk, vc, [one, one, two]).code == "proof-malformed"
    other = proof(desk, {**vc, "name": "x"}, first, Curve.ED25519, id="urn:proof:1")
    assert str(judged(desk, vc, [other, two]).status) == "invalid"
    again = proof(desk, vc, first, Curve.ED25519, id="urn:proof:1", created="2026-05-02T00:00:00Z")
    assert judged(desk, vc, [again]).code == "signature-holds"
    assert judged(desk, vc, [again, two]).code == "signature-wrong", "the earlier proof is part of what was signed"
    unchained = {name: each for name, each in two.items() if name != "previousProof"}
    assert str(judged(desk, vc, [one, unchained]).status) == "invalid"
    for wrong in (5, [], ["urn:proof:1", 5], "urn:proof:2"):
        assert judged(desk, vc, [one, {**two, "previousProof": wrong}]).code == "proof-malformed"
    around = [{**one, "previousProof": "urn:proof:2"}, two]
    assert judged(desk, vc, around).code == "proof-malformed"


def test_proof_set_of_several_keys_in_one_file(desk):
    issuer = did_key(desk.KEYS[Curve.ED25519].public)
    own = key_method_id(desk.KEYS[Curve.ED25519].public)
    signatories = [
        (desk.KEYS[Curve.ED25519], own, "eddsa-jcs-2022"),
        (desk.KEYS[Curve.ED25519], own, "eddsa-rdfc-2022"),
        (desk.KEYS[Curve.P384], f"{WEB}#P-384", "ecdsa-rdfc-2019"),
    ]
    vc = desk.foreign(issuer=issuer, type=["VerifiableCredential"])
    vc |= {"@context": ["https://www.w3.org/ns/credentials/v2"], "credentialSubject": {"id": "urn:goods:1"}}
    data = secure_together(vc, signatories, created=desk.AT)
    document = document_of(WEB, {"P-384": desk.KEYS[Curve.P384].public})
    report = desk.judged(data, documents=[document])
    assert report.is_valid, desk.status(report)
    assert report.securing == ("eddsa-jcs-2022", "eddsa-rdfc-2022", "ecdsa-rdfc-2019")
    altered = json.loads(data)
    altered["proof"][2]["created"] = "2026-01-01T00:00:00Z"
    assert not desk.judged(json.dumps(altered).encode(), documents=[document]).is_valid


@pytest.mark.parametrize("suite", ["ecdsa-jcs-2019", "ecdsa-rdfc-2019"])
@pytest.mark.parametrize("curve", [Curve.P256, Curve.P384])
def test_ecdsa_signature_has_one_form(desk, suite, curve):
    data = desk.secured(suite, curve)
    assert desk.judged(data).is_valid
    document = json.loads(data)
    value = from_multibase(document["proof"]["proofValue"])
    half = len(value) // 2
    assert half == {Curve.P256: 32, Curve.P384: 48}[curve]
    r, s = int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
    order = ORDER[curve]

    def status(raw):
        text = raw if isinstance(raw, str) else to_multibase(raw)
        changed = {**document, "proof": {**document["proof"], "proofValue": text}}
        return str(desk.judged(json.dumps(changed).encode()).results["integrity"].status)

    def whole(one, two):
        return one.to_bytes(half, "big") + two.to_bytes(half, "big")

    assert status(whole(r, order - s)) == "valid", "a high s is a correct signature"
    wrong = [
        encode_dss_signature(r, s),
        *(value[:-1], value + b"\0", b"\0" * len(value), value[half:] + value[:half], value[:64], value + bytes(32)),
        *(whole(0, s), whole(r, 0), whole(order, s), whole(r, order)),
        *(to_multibase(value)[:-1], "u" + to_multibase(value)[1:], to_multibase(value)[1:], "", "z"),
    ]
    if r + order < 1 << 8 * half:
        wrong.append(whole(r + order, s))
    assert [status(each) for each in wrong if each != value] == ["invalid"] * len([e for e in wrong if e != value])


def test_suite_and_curve_must_fit(desk):
    for suite, curves in CRYPTOSUITES.items():
        for curve in Curve:
            if curve not in curves:
                with pytest.raises(UsageError):
                    desk.secured(suite, curve)
    data = json.loads(desk.secured("ecdsa-jcs-2019", Curve.P384))
    opened, _ = open_secured(json.dumps(data).encode())
    assert judge_proof(opened, desk.KEYS[Curve.P384].public).holds
    for curve in (Curve.P256, Curve.ED25519):
        assert not judge_proof(opened, desk.KEYS[curve].public).holds
    renamed = {**data, "proof": {**data["proof"], "cryptosuite": "eddsa-jcs-2022"}}
    assert not desk.judged(json.dumps(renamed).encode()).is_valid
    assert PublicKey.from_multikey(desk.KEYS[Curve.P384].public.multikey).multikey.startswith("z82")


def test_duplicate_members_and_added_contexts_are_not_valid(desk):
    data = desk.secured("eddsa-rdfc-2022", Curve.ED25519)
    twice = data.replace(b'"number":"INV-1"', b'"number":"INV-2","number":"INV-1"')
    assert twice != data
    assert not desk.judged(twice).is_readable
    document = json.loads(data)
    for contexts in (
        [*document["@context"], {"number": "urn:other"}],
        [*document["@context"], {"issuer": "urn:other"}],
        [document["@context"][0]],
        document["@context"][::-1],
    ):
        assert not desk.judged(json.dumps({**document, "@context": contexts}).encode()).is_valid


def test_contexts_inside_a_document_are_refused_when_issuing(desk):
    vc = desk.foreign()
    vc["credentialSubject"]["@context"] = {"origin": "urn:other"}
    for suite in ("vc+jwt", "eddsa-jcs-2022"):
        with pytest.raises(UsageError):
            desk.signed(vc, securing=suite)
