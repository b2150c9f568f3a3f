"""Nothing that was altered, truncated, padded or made up comes out valid, and nothing breaks the verifier."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.base.canonical import canonical
from entrepot.base.digest import b64url
from entrepot.document.proof import record_of_credential
from entrepot.document.verify import RESULTS, Verdict
from entrepot.party.key import Curve

AT = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
CASES = [
    ("vc+jwt", Curve.ED25519),
    ("vc+jwt", Curve.P256),
    ("eddsa-jcs-2022", Curve.ED25519),
    ("ecdsa-jcs-2019", Curve.P256),
]


@pytest.mark.parametrize(("securing", "curve"), CASES)
def test_securing_twice_gives_the_same_bytes(desk, securing, curve):
    assert desk.secured(securing, curve) == desk.secured(securing, curve)


@pytest.mark.parametrize(("securing", "curve"), CASES)
def test_no_altered_leaf_is_valid(desk, securing, curve):
    """Every leaf of document, proof and header: replaced by a text, a number, an object, and taken away."""
    data = desk.secured(securing, curve)
    original = desk.parts(data)
    assert desk.joined(data, original) == data
    count = 0
    for number, part in enumerate(original):
        for path in desk.leaves(part):
            for new in ("altered", 7, {"x": 1}, None):
                altered = list(original)
                altered[number] = desk.changed(part, path, new)
                if altered != original:
                    report = desk.judged(desk.joined(data, altered))
                    assert not report.is_valid, (path, new)
                    count += 1
    assert count > 100


@pytest.mark.parametrize(("securing", "curve"), CASES)
@settings(max_examples=60)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_flipped_bit_is_valid(desk, securing, curve, place, bit):
    data = bytearray(desk.secured(securing, curve))
    data[int(place * len(data))] ^= 1 << bit
    report = desk.judged(bytes(data))
    assert not report.is_valid or desk.parts(bytes(data)) == desk.parts(desk.secured(securing, curve))


@pytest.mark.parametrize(("securing", "curve"), CASES)
def test_added_and_swapped_members_are_not_valid(desk, securing, curve):
    data = desk.secured(securing, curve)
    original = desk.parts(data)
    vc = original[-1]
    for name, value in (("extra", 1), ("validUntil", "2999-01-01T00:00:00Z"), ("credentialStatus", [])):
        assert not desk.judged(desk.joined(data, [*original[:-1], {**vc, name: value}])).is_valid
    longer = {**vc, "@context": [*vc["@context"], "https://other.example/context"]}
    assert desk.judged(desk.joined(data, [*original[:-1], longer])).results["integrity"].status is Verdict.INVALID
    swapped = {**vc, "id": vc["issuer"], "issuer": vc["id"]}
    assert not desk.judged(desk.joined(data, [*original[:-1], swapped])).is_valid


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "a.b.c", "a" * 100, "{" * 500, '{"a":1,"a":2}', "\ud7ff.x.y"])
def test_unreadable_says_so(desk, text):
    report = desk.judged(text.encode())
    assert not report.is_valid
    if text != "{}":
        assert not report.is_readable
        assert report.results["integrity"].status is Verdict.UNKNOWN
        assert report.results["integrity"].reason


def test_huge_and_deep_input_is_refused_early(desk):
    assert not desk.judged(b'{"a":"' + b"x" * (4 << 20) + b'"}').is_readable
    assert not desk.judged(b'{"a":' * 100 + b"1" + b"}" * 100).is_readable
    proof = {"type": "DataIntegrityProof"}
    assert not desk.judged(canonical({"proof": [proof] * 21})).is_readable


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


NAMES = ["@context", "id", "type", "issuer", "validFrom", "validUntil", "credentialSubject", "credentialStatus"]


PROOF_NAMES = ["type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue", "@context"]
NAMES += ["credentialSchema", "proof", "name", "evidence", "relatedResource", "exp", "nbf", "iss", "sub"]


@settings(max_examples=150)
@given(
    members=st.dictionaries(st.sampled_from(NAMES), json_values, max_size=6),
    keep=st.booleans(),
    enveloped=st.booleans(),
)
def test_no_document_breaks_the_verifier(desk, members, keep, enveloped):
    base = json.loads(desk.secured("eddsa-jcs-2022", Curve.ED25519)) if keep else {}
    text = json.dumps({**base, **members}).encode()
    if enveloped:
        text = f"{b64url(b'{}')}.{b64url(text)}.AAAA".encode()
    report = desk.judged(text)
    assert report.is_valid is False or {**base, **members} == base
    assert list(report.to_json()["results"]) == list(RESULTS)
    for each in report.results.values():
        if each.status in (Verdict.INVALID, Verdict.UNKNOWN):
            assert each.code
            assert each.reason


@settings(max_examples=80)
@given(
    members=st.dictionaries(
        st.sampled_from(
            [
                "type",
                "cryptosuite",
                "created",
                "verificationMethod",
                "proofPurpose",
                "proofValue",
                "@context",
                "expires",
            ]
        ),
        json_values,
        min_size=1,
        max_size=4,
    )
)
def test_no_proof_breaks_the_verifier(desk, members):
    document = json.loads(desk.secured("eddsa-jcs-2022", Curve.ED25519))
    altered = {**document, "proof": {**document["proof"], **members}}
    assert not desk.judged(json.dumps(altered).encode()).is_valid or altered == document


def test_signature_with_loose_last_bits_or_padding_is_refused(desk):
    data = desk.signed(desk.foreign()).decode()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(data[-1])
    assert last % 16 == 0
    for text in (data[:-1] + alphabet[last + 1], data + "=", data + "==", data[:-1], data + "A", data + "."):
        assert not desk.judged(text.encode()).is_valid, text[-4:]
    assert desk.judged(data.encode() + b"\n").is_valid


@pytest.mark.parametrize(
    "change",
    [
        lambda vc: vc.update(id="ni:///sha-256;" + "A" * 43),
        lambda vc: vc.update(validFrom="2026-05-01T08:29:59Z"),
        lambda vc: vc.update(type=["VerifiableCredential", "TradeRecordCredential", "https://x.example/Other"]),
        lambda vc: vc["credentialSubject"].update(number="INV-2"),
        lambda vc: vc["credentialSubject"].update(issuer="did:web:other.example"),
        lambda vc: vc["credentialSubject"].update(id="did:example:x"),
        lambda vc: vc["credentialSubject"].update(issued="2026-05-01T16:30:00+08:00"),
        lambda vc: vc["credentialSubject"].pop("type"),
        lambda vc: vc.update(credentialSubject=[vc["credentialSubject"]]),
        lambda vc: vc.update(name="An invoice"),
        lambda vc: vc["@context"].append("https://x.example/"),
    ],
)
def test_signed_credential_that_misstates_its_record_is_not_valid(desk, change):
    vc = desk.vc_of()
    change(vc)
    assert record_of_credential(vc)[0] is None
    report = desk.judged(desk.signed(vc))
    assert report.results["integrity"].status is Verdict.INVALID
    assert report.results["integrity"].code.startswith("ENT-CORE-")
    assert report.record is None
