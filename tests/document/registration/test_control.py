"""Control of a DID: the right answer, once, in time; and every other answer."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from entrepot.base.canonical import canonical
from entrepot.document.control import RunChallenges, answer, check_answer, new_challenge, nonce_of
from entrepot.document.verify import Given, verify
from entrepot.party.did import did_key, document_of, key_method_id
from entrepot.party.key import Curve, KeyPair
from entrepot.party.resolve import DidResolver

AT = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
ME, OTHER = KeyPair(Curve.ED25519, b"\x01" * 32), KeyPair(Curve.ED25519, b"\x02" * 32)
P256 = KeyPair(Curve.P256, b"\x03" * 32)
WEB = "did:web:firm.example"


def asked(did=None, **changes):
    fields = {"now": AT, "entropy": lambda count: b"\x07" * count}
    return new_challenge(did or did_key(ME.public), "did:web:reg.example", **fields | changes)


def code(data, challenge, *, at=AT, documents=()):
    return check_answer(data, challenge, resolver=DidResolver(documents=documents), at=at).code


@pytest.mark.parametrize("pair", [ME, P256], ids=["Ed25519", "P-256"])
def test_whoever_holds_the_key_shows_control(pair):
    challenge = asked(did_key(pair.public))
    data = answer(challenge, pair, method_id=key_method_id(pair.public), now=AT)
    assert code(data, challenge) == "control-shown"
    assert nonce_of(data) == challenge.nonce


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"entropy": lambda count: b"\x08" * count}, "answer-challenge"),
        ({"did": did_key(OTHER.public)}, "answer-other-holder"),
    ],
)
def test_an_answer_to_another_challenge_shows_nothing(changes, expected):
    data = answer(asked(**changes), ME, method_id=key_method_id(ME.public), now=AT)
    assert code(data, asked()) == expected


def test_an_answer_meant_for_somebody_else_shows_nothing():
    elsewhere = new_challenge(did_key(ME.public), "did:web:mal.example", now=AT, entropy=lambda count: b"\x07" * count)
    assert code(answer(elsewhere, ME, method_id=key_method_id(ME.public), now=AT), asked()) == "answer-domain"


def test_it_is_answered_in_time():
    challenge = asked()
    data = answer(challenge, ME, method_id=key_method_id(ME.public), now=AT)
    assert code(data, challenge, at=challenge.expires) == "control-shown"
    assert code(data, challenge, at=challenge.expires + timedelta(milliseconds=1)) == "challenge-expired"
    assert code(data, challenge, at=AT - timedelta(milliseconds=1)) == "challenge-expired"


def test_a_stranger_cannot_answer():
    challenge = asked()
    assert code(answer(challenge, OTHER, method_id=key_method_id(OTHER.public), now=AT), challenge) == "answer-method"
    assert code(answer(challenge, OTHER, method_id=key_method_id(ME.public), now=AT), challenge) == "answer-signature"
    whole = json.loads(answer(challenge, ME, method_id=key_method_id(ME.public), now=AT))
    for name, value in (("holder", challenge.did), ("id", "urn:x:1")):
        altered = {**whole, name: value, "extra": 1}
        assert code(canonical(altered), challenge) == "answer-signature"
    twice = {**whole, "proof": [whole["proof"], whole["proof"]]}
    assert code(canonical(twice), challenge) == "answer-other-holder"
    for data in (b"", b"{}", b"[]", b"\xff", b"a.b.c"):
        assert code(data, challenge) in ("answer-unreadable", "answer-other-holder")


def test_the_key_must_be_listed_for_authentication_and_in_force():
    document = document_of(WEB, {"key-1": ME.public})
    data = answer(asked(WEB), ME, method_id=f"{WEB}#key-1", now=AT)
    assert code(data, asked(WEB), documents=[document]) == "control-shown"
    assert code(data, asked(WEB)) == "did-unresolved"
    silent = {name: each for name, each in document.items() if name != "authentication"}
    assert code(data, asked(WEB), documents=[silent]) == "answer-method"
    method = document["verificationMethod"][0] | {"revoked": "2026-04-01T00:00:00Z"}
    assert code(data, asked(WEB), documents=[{**document, "verificationMethod": [method]}]) == "answer-method-ceased"
    foreign = document["verificationMethod"][0] | {"controller": "did:web:mal.example"}
    assert code(data, asked(WEB), documents=[{**document, "verificationMethod": [foreign]}]) == "answer-method"


def test_an_assertion_is_no_answer_and_an_answer_no_assertion():
    challenge = asked()
    data = answer(challenge, ME, method_id=key_method_id(ME.public), now=AT)
    whole = json.loads(data)
    whole["proof"]["proofPurpose"] = "assertionMethod"
    assert code(canonical(whole), challenge) == "answer-signature"
    claimed = json.loads(data) | {"issuer": challenge.did}
    assert not verify(canonical(claimed), resolver=DidResolver(), at=AT, given=Given()).is_valid


def test_a_challenge_is_taken_once():
    challenges, challenge = RunChallenges(), asked()
    challenges.keep(challenge)
    assert challenges.take(challenge.nonce) == challenge
    assert challenges.take(challenge.nonce) is None
    assert challenges.take("x" * 22) is None


def test_wallets_get_a_request_in_their_form():
    assert asked(WEB).request() == {
        "query": [{"type": "DIDAuthentication", "acceptedMethods": [{"method": "web"}]}],
        "challenge": asked().nonce,
        "domain": "did:web:reg.example",
    }
