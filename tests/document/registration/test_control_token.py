"""An answer to a challenge as a token (``vp+jwt``) that joserfc makes: taken where it is whole, else told why not."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from entrepot.base.digest import b64url, from_b64url
from entrepot.document.control import check_answer, new_challenge, nonce_of
from entrepot.document.proof.context import CREDENTIALS_V2
from entrepot.party.did import did_key, document_of, key_method_id
from entrepot.party.key import Curve, KeyPair
from entrepot.party.resolve import DidResolver

jws = pytest.importorskip("joserfc.jws")
AT = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
KEYS = {"EdDSA": KeyPair(Curve.ED25519, b"\x01" * 32), "ES256": KeyPair(Curve.P256, b"\x03" * 32)}
ME, OTHER = KEYS["EdDSA"], KeyPair(Curve.ED25519, b"\x02" * 32)
DID, WEB = did_key(ME.public), "did:web:firm.example"
ASKER = "https://node.example"
LEFT_OUT = object()


def asked(did=DID):
    return new_challenge(did, ASKER, now=AT, entropy=lambda count: b"\x07" * count)


def token(key=ME, alg="EdDSA", *, did=DID, head=None, **claims):
    """A token that joserfc signs; ``head`` and ``claims``: what differs from the right answer."""
    from joserfc.jwk import ECKey, OKPKey

    theirs = (ECKey if alg == "ES256" else OKPKey).import_key({**key.public.to_jwk(), "d": b64url(key.secret)})
    header = {"alg": alg, "typ": "vp+jwt", "kid": key_method_id(key.public), **(head or {})}
    said = {"@context": [CREDENTIALS_V2], "type": ["VerifiablePresentation"], "holder": did}
    said |= {"nonce": asked().nonce, "aud": ASKER, **claims}
    said = {name: each for name, each in said.items() if each is not LEFT_OUT}
    header = {name: each for name, each in header.items() if each is not LEFT_OUT}
    return jws.serialize_compact(header, json.dumps(said).encode(), theirs, algorithms=[alg]).encode()


def code(data, challenge=None, *, at=AT, documents=()):
    return check_answer(data, challenge or asked(), resolver=DidResolver(documents=documents), at=at).code


@pytest.mark.parametrize("alg", KEYS)
def test_a_token_of_joserfc_shows_control(alg):
    did = did_key(KEYS[alg].public)
    data = token(KEYS[alg], alg, did=did)
    assert nonce_of(data) == asked().nonce
    assert code(data, asked(did)) == "control-shown"
    enveloped = {"@context": [CREDENTIALS_V2], "type": ["EnvelopedVerifiablePresentation"]}
    enveloped["id"] = f"data:application/vp+jwt,{data.decode()}"
    assert code(json.dumps(enveloped).encode(), asked(did)) == "control-shown"


def test_what_wallets_may_leave_out_or_add_is_no_reason():
    assert code(token(head={"kid": LEFT_OUT})) == "control-shown", "a did:key has one key"
    assert code(token(holder=LEFT_OUT, iss=DID)) == "control-shown"
    assert code(token(iss=DID, aud=[ASKER], iat=int(AT.timestamp()), exp=int(AT.timestamp()) + 60)) == "control-shown"
    assert code(token(nbf=int(AT.timestamp()) + 30)) == "control-shown", "a clock that runs ahead"
    assert code(token(head={"typ": "application/vp+jwt"})) == "control-shown"


REFUSED = {
    "another nonce": ({"nonce": "x" * 22}, "answer-challenge"),
    "no nonce": ({"nonce": LEFT_OUT}, "answer-challenge"),
    "another audience": ({"aud": "https://elsewhere.example"}, "answer-domain"),
    "two audiences": ({"aud": [ASKER, "https://elsewhere.example"]}, "answer-domain"),
    "no audience": ({"aud": LEFT_OUT}, "answer-domain"),
    "another holder": ({"holder": did_key(OTHER.public)}, "answer-other-holder"),
    "an issuer that is not the holder": ({"iss": did_key(OTHER.public)}, "answer-other-holder"),
    "nobody": ({"holder": LEFT_OUT}, "answer-other-holder"),
    "over": ({"exp": int(AT.timestamp()) - 1}, "answer-period"),
    "not yet": ({"nbf": int(AT.timestamp()) + 3600}, "answer-period"),
    "no date": ({"exp": "tomorrow"}, "answer-period"),
    "no type": ({"head": {"typ": LEFT_OUT}}, "answer-token"),
    "a credential": ({"head": {"typ": "vc+jwt"}}, "answer-token"),
    "a plain token": ({"head": {"typ": "JWT"}}, "answer-token"),
    "the presentation in a claim": ({"vp": {"type": ["VerifiablePresentation"]}}, "answer-token"),
    "no presentation": ({"type": ["VerifiableCredential"]}, "answer-token"),
    "another's method": ({"head": {"kid": key_method_id(OTHER.public)}}, "answer-method"),
    "a key in its head": ({"key": OTHER, "head": {"jwk": OTHER.public.to_jwk(), "kid": LEFT_OUT}}, "answer-signature"),
    "another's key": ({"key": OTHER, "head": {"kid": key_method_id(ME.public)}}, "answer-signature"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_each_other_token_is_refused_and_told_why(what):
    changes, expected = REFUSED[what]
    found = check_answer(token(**changes), asked(), resolver=DidResolver(), at=AT)
    assert (str(found.status), found.code) == ("invalid", expected), found
    assert found.reason
    assert found.remedy


def test_a_token_that_nobody_signed_or_that_was_altered_is_refused():
    head, body, signature = token().decode().split(".")
    none = b64url(json.dumps({"alg": "none", "typ": "vp+jwt", "kid": key_method_id(ME.public)}).encode())
    assert code(f"{none}.{body}.".encode()) == "answer-token"
    claims = json.loads(from_b64url(body)) | {"id": "urn:uuid:11111111-1111-4111-8111-111111111111"}
    assert code(f"{head}.{b64url(json.dumps(claims).encode())}.{signature}".encode()) == "answer-signature"


def test_the_key_is_looked_up_under_authentication_of_the_holder():
    document = document_of(WEB, {"key-1": ME.public})
    data = token(did=WEB, head={"kid": f"{WEB}#key-1"})
    assert code(data, asked(WEB), documents=[document]) == "control-shown"
    assert code(token(did=WEB, head={"kid": "#key-1"}), asked(WEB), documents=[document]) == "control-shown"
    assert code(data, asked(WEB)) == "did-unresolved"
    silent = {name: each for name, each in document.items() if name != "authentication"}
    assert code(data, asked(WEB), documents=[silent]) == "answer-method"
    foreign = document["verificationMethod"][0] | {"controller": "did:web:mal.example"}
    assert code(data, asked(WEB), documents=[{**document, "verificationMethod": [foreign]}]) == "answer-method"
    assert code(data, asked(WEB), documents=[document], at=AT + timedelta(hours=1)) == "challenge-expired"
