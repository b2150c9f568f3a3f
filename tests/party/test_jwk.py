"""did:jwk: documents, what the key may be used for, and what is refused."""

import json

import pytest

from entrepot.base.digest import b64url
from entrepot.party.did import PURPOSES, find_method
from entrepot.party.error import KeyFormError
from entrepot.party.jwk import did_jwk, did_jwk_document, jwk_method_id
from entrepot.party.key import Curve, KeyPair
from entrepot.party.resolve import DidResolver

ED = KeyPair(Curve.ED25519, b"\x07" * 32).public
EC = KeyPair(Curve.P256, b"\x07" * 32).public


def written(jwk):
    return "did:jwk:" + b64url(json.dumps(jwk).encode())


@pytest.mark.parametrize("key", [ED, EC])
def test_the_key_comes_back(key):
    did = did_jwk(key)
    document = DidResolver().resolve(did).document
    assert document["id"] == did
    for purpose in PURPOSES:
        assert find_method(document, jwk_method_id(did), purpose).key == key


def test_spelling_is_part_of_the_identifier():
    jwk = ED.to_jwk() | {"kid": "x", "alg": "EdDSA"}
    document = did_jwk_document(written(jwk))
    assert document["verificationMethod"][0]["publicKeyJwk"] == jwk
    assert document["id"] == written(jwk) != did_jwk(ED)


def test_use_rules_what_it_is_listed_for():
    signing, agreeing, either = (
        did_jwk_document(written(EC.to_jwk() | use)) for use in ({"use": "sig"}, {"use": "enc"}, {})
    )
    assert "keyAgreement" not in signing
    assert "assertionMethod" in signing
    assert "keyAgreement" in agreeing
    assert "assertionMethod" not in agreeing
    assert "keyAgreement" in either
    assert find_method(agreeing, agreeing["id"] + "#0", "assertionMethod") is None


def test_a_key_of_another_type_is_passed_on_and_signs_nothing():
    did = written({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"})
    assert find_method(DidResolver().resolve(did).document, did + "#0", "assertionMethod").key is None


@pytest.mark.parametrize(
    "did",
    [
        written(ED.to_jwk() | {"d": b64url(b"\x07" * 32)}),
        written({"kty": "oct", "k": "AAAA"}),
        written({"kty": "RSA", "n": "AQAB", "e": "AQAB", "p": "AQAB"}),
        written(ED.to_jwk() | {"x": "AAAA"}),
        written({"crv": "Ed25519"}),
        written([]),
        written(ED.to_jwk()) + "=",
        "did:jwk:",
        "did:jwk:e30",
        "did:jwk:" + b64url(b'{"kty":"OKP","kty":"EC"}'),
        "did:jwk:" + "A" * 10_000,
    ],
)
def test_refused(did):
    with pytest.raises(KeyFormError):
        did_jwk_document(did)
    assert DidResolver().resolve(did).is_refused
