"""did:key and did:web: encoding, documents, what a document lists, and what is refused."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.party.did import (
    did_key,
    did_key_document,
    did_of,
    did_web,
    did_web_url,
    document_of,
    find_method,
    is_did,
    key_method_id,
    key_of_did_key,
)
from entrepot.party.error import FetchError, KeyFormError
from entrepot.party.key import Curve, KeyPair
from entrepot.party.multibase import to_multibase
from entrepot.party.resolve import DidResolver, read_document

DATA = os.environ.get("ENTREPOT_TEST_DATA")
needs_data = pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
KEY = KeyPair(Curve.ED25519, b"\x07" * 32).public
OTHER = KeyPair(Curve.P256, b"\x07" * 32).public
WEB = "did:web:chamber.example"


def published(name):
    return json.loads((Path(DATA) / "identity-documents" / "did-key" / name).read_text())


@needs_data
def test_valid_did_key_vector():
    case = published("validDid.json")
    expected, document = case["expected"]["didDocument"], did_key_document(case["did"])
    assert document["id"] == expected["id"]
    method, wanted = document["verificationMethod"][0], expected["verificationMethod"][0]
    assert {name: method[name] for name in ("id", "controller", "publicKeyMultibase")} == {
        name: wanted[name] for name in ("id", "controller", "publicKeyMultibase")
    }
    for purpose in ("authentication", "assertionMethod", "capabilityDelegation", "capabilityInvocation"):
        assert document[purpose] == expected[purpose]
    # The older form of the document gives the same key.
    assert find_method(expected, wanted["id"], "assertionMethod").key == key_of_did_key(case["did"])
    assert find_method(expected, expected["keyAgreement"][0]["id"], "assertionMethod") is None


@needs_data
@pytest.mark.parametrize("name", ["notMultibase.json", "incorrectEncoding.json"])
def test_invalid_did_key_vectors(name):
    resolution = DidResolver().resolve(published(name)["did"])
    assert resolution.document is None
    assert resolution.code == "invalidDid"
    assert resolution.reason


@pytest.mark.parametrize("key", [KEY, OTHER], ids=["Ed25519", "P-256"])
def test_did_key_goes_both_ways(key):
    did = did_key(key)
    assert key_of_did_key(did) == key
    document = DidResolver().resolve(did).document
    assert find_method(document, key_method_id(key), "assertionMethod").key == key
    assert did_of(key_method_id(key)) == did
    assert find_method(document, did + "#z6Mk") is None


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
        ("did:web:w3c-ccg.github.io:user:alice", "https://w3c-ccg.github.io/user/alice/did.json"),
        ("did:web:example.com%3A3000", "https://example.com:3000/.well-known/did.json"),
        ("did:web:example.com%3a3000:user:alice", "https://example.com:3000/user/alice/did.json"),
        ("did:web:localhost%3A8443", "https://localhost:8443/.well-known/did.json"),
        ("did:web:xn--fsq.example", "https://xn--fsq.example/.well-known/did.json"),
    ],
)
def test_did_web_leads_to_its_document(did, url):
    assert did_web_url(did) == url


@pytest.mark.parametrize(
    "did",
    [
        "did:web:",
        "did:web:127.0.0.1",
        "did:web:127.0.0.1%3A443",
        "did:web:127.0.0.1%3a443",
        "did:web:0x7f.1",
        "did:web:2130706433",
        "did:web:10.1",
        "did:web:%5B::1%5D",
        "did:web:example.com%3A",
        "did:web:example.com%3A0",
        "did:web:example.com%3A65536",
        "did:web:example.com%3A443%3A443",
        "did:web:example.com%2Fetc",
        "did:web:example.com%40evil.example",
        "did:web:example.com:..",
        "did:web:example.com:%2E%2E",
        "did:web:example.com:a%2Fb",
        "did:web:example.com::a",
        "did:web:example.com:",
        "did:web:Example.com",
        "did:web:-a.example",
        "did:web:example..com",
        "did:web:example.com#key",
        "did:web:example.com/path",
        "did:web:example.com?x",
        "did:web:" + "a" * 64 + ".example",
        "did:web:" + "a." * 300 + "example",
        "did:webs:example.com",
    ],
)
def test_did_web_that_leads_astray_is_refused(did):
    with pytest.raises(KeyFormError):
        did_web_url(did)

    def never(url):
        raise AssertionError(f"asked {url}")

    assert DidResolver(fetch=never).resolve(did).document is None


def test_did_web_is_built_and_checked():
    assert did_web("example.com", "user", "alice", port=3000) == "did:web:example.com%3A3000:user:alice"
    with pytest.raises(KeyFormError):
        did_web("10.0.0.1")
    with pytest.raises(KeyFormError):
        did_web("example.com", "..")


@given(st.text(max_size=60))
def test_no_text_breaks_the_resolver(text):
    def nothing(url):
        raise FetchError("nothing there")

    for did in (text, "did:web:" + text, "did:key:" + text, "did:key:z" + text):
        assert DidResolver(fetch=nothing).resolve(did).code


def test_web_document_is_fetched_once_and_must_be_its_own():
    document = document_of(WEB, {"key-1": KEY})
    asked = []

    def fetch(url):
        asked.append(url)
        return json.dumps(document).encode()

    resolver = DidResolver(fetch=fetch)
    assert resolver.resolve(WEB).document == document
    assert resolver.resolve(WEB, datetime(2020, 1, 1, tzinfo=UTC)).document == document
    assert asked == ["https://chamber.example/.well-known/did.json"]
    stolen = resolver.resolve("did:web:other.example")
    assert (stolen.document, stolen.code) == (None, "invalidDidDocument")


def test_given_document_comes_before_fetching_but_never_for_did_key():
    given_document = document_of(WEB, {"key-1": KEY})
    assert DidResolver(documents=[given_document]).resolve(WEB).document == given_document
    did = did_key(KEY)
    forged = document_of(did, {KEY.multikey: OTHER})
    resolved = DidResolver(documents=[forged]).resolve(did).document
    assert find_method(resolved, key_method_id(KEY)).key == KEY


def test_unresolved_says_why():
    assert DidResolver().resolve(WEB).code == "offline"
    assert DidResolver().resolve("did:example:123").code == "methodNotSupported"
    assert DidResolver().resolve("did:example:123").is_refused is False
    assert DidResolver().resolve("nonsense").is_refused

    def fails(url):
        raise FetchError("down", code="fetch-failed")

    assert DidResolver(fetch=fails).resolve(WEB).code == "notFound"
    deep = b"[" * 100_000
    for body in (b"", b"[]", b'{"id":"x"}', deep, b'{"id":"did:web:a","id":"did:web:chamber.example"}', b"\xff"):
        assert read_document(body, WEB).code == "invalidDidDocument"


def test_purpose_decides_what_a_method_may_do():
    document = document_of(WEB, {"key-1": KEY, "key-2": OTHER})
    document["assertionMethod"] = [f"{WEB}#key-1"]
    assert find_method(document, f"{WEB}#key-1", "assertionMethod").key == KEY
    assert find_method(document, f"{WEB}#key-2", "assertionMethod") is None
    assert find_method(document, f"{WEB}#key-2", "authentication").key == OTHER
    assert find_method(document, f"{WEB}#key-2").key == OTHER


def test_method_forms():
    relative = {
        "id": WEB,
        "verificationMethod": [
            {"id": "#a", "type": "JsonWebKey", "controller": WEB, "publicKeyJwk": KEY.to_jwk()},
            {"id": "#b", "type": "Multikey", "controller": WEB, "publicKeyMultibase": "zzz"},
            {"id": "#c", "type": "Unheard", "controller": WEB, "publicKeyMultibase": KEY.multikey},
            {"id": "#d", "type": "Multikey", "controller": WEB, "publicKeyMultibase": KEY.multikey},
            {"id": "#d", "type": "Multikey", "controller": WEB, "publicKeyMultibase": OTHER.multikey},
            {"id": "#e", "type": "Multikey", "publicKeyMultibase": KEY.multikey, "publicKeyJwk": OTHER.to_jwk()},
        ],
        "assertionMethod": [
            "#a",
            "#b",
            "#c",
            "#d",
            "#e",
            {
                "id": "#f",
                "type": "Multikey",
                "controller": WEB,
                "publicKeyMultibase": OTHER.multikey,
                "revoked": "2026-01-01T00:00:00Z",
                "expires": "2027-01-01T00:00:00Z",
            },
            7,
        ],
    }
    found = {each: find_method(relative, f"{WEB}#{each}", "assertionMethod") for each in "abcdef"}
    assert found["a"].key == KEY
    assert found["b"].key is found["c"].key is found["e"].key is None
    assert found["d"] is None, "two methods under one id: nobody knows which is meant"
    assert found["f"].key == OTHER
    assert found["f"].ceased == datetime(2026, 1, 1, tzinfo=UTC)
    assert find_method({"id": WEB, "assertionMethod": "no list", "verificationMethod": {}}, f"{WEB}#a") is None


def test_is_did():
    assert is_did("did:example:123456789abcdefghi")
    assert not any(map(is_did, ("did:Example:1", "did::1", "did:a:", "did:a:b#c", "did:a:b:", "DID:a:b", "")))


def test_did_key_of_another_type_is_unknown_not_wrong():
    for prefix, length in (("8224", 67), ("e701", 33), ("ec01", 32), ("8524", 270)):
        did = "did:key:" + to_multibase(bytes.fromhex(prefix) + b"\x02" * length)
        resolution = DidResolver().resolve(did)
        assert (resolution.document, resolution.code) == (None, "unsupportedPublicKeyType")
        assert not resolution.is_refused
    assert DidResolver().resolve("did:key:" + to_multibase(b"\x00\x01" + b"\x02" * 32)).is_refused
