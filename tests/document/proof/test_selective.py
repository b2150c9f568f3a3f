"""``ecdsa-sd-2023``: every step of the published example, what is derived, and what must not hold."""

import hashlib
import itertools
import json
import os
import random
from pathlib import Path

import pytest

from entrepot.base.error import UsageError
from entrepot.document.proof.cbor import from_cbor, to_cbor
from entrepot.document.proof.context import CREDENTIALS_V2
from entrepot.document.proof.jsonld import blank_nodes_of, quads_of
from entrepot.document.proof.meaning import Contexts
from entrepot.document.proof.pointer import select
from entrepot.document.proof.rdf import canonical_lines
from entrepot.document.proof.securing import Terms, secure
from entrepot.document.proof.selective import (
    DerivedProof,
    base_proof,
    derive,
    proof_hash,
    read_base,
    read_derived,
    statements_of,
    verify_base,
    verify_derived,
)
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import Curve, KeyPair, PublicKey

DATA = os.environ.get("ENTREPOT_TEST_DATA")
needs_data = pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
ROOT = Path(DATA or "/") / "identity-documents"
PRC = ROOT / "w3c-vc-di-ecdsa" / "ecdsa-sd-2023" / "prc"
SCHEMA, CARD = "https://schema.org/", "https://w3id.org/citizenship#"
DATE = "http://www.w3.org/2001/XMLSchema#dateTime"
CITIZENSHIP = {
    "@context": {
        **{name: SCHEMA + name for name in ("Person", "givenName", "familyName", "gender", "identifier")},
        **{
            name: CARD + name
            for name in (
                *("PermanentResident", "PermanentResidentCard", "PermanentResidentCardCredential"),
                *("birthCountry", "commuterClassification", "lprCategory", "lprNumber", "permanentResidentCard"),
            )
        },
        "image": {"@id": SCHEMA + "image", "@type": "@id"},
        "birthDate": {"@id": SCHEMA + "birthDate", "@type": DATE},
        "residentSince": {"@id": CARD + "residentSince", "@type": DATE},
    }
}
CONTEXTS = Contexts({"https://w3id.org/citizenship/v4rc1": CITIZENSHIP})
TERMS = {
    "@context": {
        **{name: f"https://chamber.example/terms#{name}" for name in ("Receipt", "title", "amount", "lines", "place")},
        "steps": {"@id": "https://chamber.example/terms#steps", "@container": "@list"},
    }
}
OURS = Contexts({"https://chamber.example/terms/v1": TERMS})
ENTROPY = random.Random(7).randbytes


def read(name):
    return json.loads((PRC / name).read_text())


def material():
    keys = json.loads((PRC.parent / "SDKeyMaterial.json").read_text())
    base = KeyPair.from_secret_multikey(keys["baseKeyPair"]["secretKeyMultibase"])
    once = KeyPair.from_secret_multikey(keys["proofKeyPair"]["secretKeyMultibase"])
    return base, once, bytes.fromhex(keys["hmacKeyString"])


def signed_document():
    """The published document, and without its proof."""
    signed = read("addSignedSDBase.json")
    return signed, {name: each for name, each in signed.items() if name != "proof"}


@needs_data
def test_every_step_of_the_base_proof():
    base, once, hmac_key = material()
    signed, document = signed_document()
    options = read("addProofConfig.json")
    pointers = json.loads((ROOT / "w3c-vc-di-ecdsa/prCredMandatory.json").read_text())
    assert canonical_lines(quads_of(document, CONTEXTS)) == read("addBaseDocCanon.json")
    published = (PRC / "addProofConfigCanon.txt").read_text().rstrip("\n") + "\n"
    assert "".join(canonical_lines(quads_of(options, CONTEXTS))) == published
    statements = statements_of(document, hmac_key, CONTEXTS)
    assert statements.lines == read("addBaseDocHMACCanon.json")
    assert [each["value"] for each in read("addPointerValues.json")] == [document["issuer"]]
    transform = read("addBaseTransform.json")
    assert transform["mandatoryPointers"] == pointers
    mandatory, _, _ = statements.selected(pointers)
    numbered = [[number, each] for number, each in enumerate(statements.lines) if each in mandatory]
    assert numbered == transform["mandatory"]["value"]
    hidden = [[number, each] for number, each in enumerate(statements.lines) if each not in mandatory]
    assert hidden == transform["nonMandatory"]["value"]
    hashes = read("addHashData.json")
    assert proof_hash(document, options, CONTEXTS).hex() == hashes["proofHash"]
    shown = "".join(each for each in statements.lines if each in mandatory)
    assert hashlib.sha256(shown.encode()).hexdigest() == hashes["mandatoryHash"]
    published = read("addRawBaseSignatureInfo.json")
    found, recovered = read_base(signed["proof"]), read("derivedRecoveredBaseData.json")
    assert found.signature.hex() == published["baseSignature"] == recovered["baseSignature"]
    assert found.hmac_key == hmac_key == bytes.fromhex(recovered["hmacKey"])
    assert found.pointers == tuple(pointers)
    assert [each.hex() for each in found.signatures] == published["signatures"] == recovered["signatures"]
    assert found.key == b"\x80\x24" + once.public.raw
    assert once.public.multikey == published["publicKey"] == recovered["proofPublicKey"]
    assert found.to_text() == signed["proof"]["proofValue"]
    assert verify_base(signed, signed["proof"], base.public, CONTEXTS)
    made = base_proof(document, options, base, pointers=pointers, secrets=(once, hmac_key), contexts=CONTEXTS)
    assert verify_base(signed, {**options, "proofValue": made.to_text()}, base.public, CONTEXTS)
    assert (made.hmac_key, made.key, made.pointers) == (found.hmac_key, found.key, found.pointers)


@needs_data
def test_every_step_of_the_derived_proof():
    base, _, hmac_key = material()
    signed, document = signed_document()
    statements = statements_of(document, hmac_key, CONTEXTS)
    wanted = json.loads((ROOT / "w3c-vc-di-ecdsa/prCredSelective.json").read_text())
    pointers = list(read_base(signed["proof"]).pointers)
    mandatory, selective, both = (statements.selected(each)[0] for each in (pointers, wanted, [*pointers, *wanted]))
    indexes = read("derivedGroupIndexes.json")
    numbered = {
        name: [number for number, each in enumerate(statements.lines) if (each in lines) is not_out]
        for name, lines, not_out in (
            ("combinedIndexes", both, True),
            ("mandatoryIndexes", mandatory, True),
            ("nonMandatoryIndexes", mandatory, False),
            ("selectiveIndexes", selective, True),
        )
    }
    assert numbered == indexes
    groups = read("derivedAllGroupData.json")["groups"]
    for name, lines in (("selective", selective), ("mandatory", mandatory), ("combined", both)):
        assert [each for _, each in groups[name]["matching"]["value"]] == [x for x in statements.lines if x in lines]
    order = [each for each in statements.lines if each in both]
    shown = [number for number, each in enumerate(order) if each in mandatory]
    assert shown == read("derivedAdjMandatoryIndexes.json")["adjMandatoryIndexes"]
    derived = derive(signed, signed["proof"], wanted, CONTEXTS)
    proof = read_derived(derived["proof"])
    assert [each.hex() for each in proof.signatures] == read("derivedAdjSignatures.json")["filteredSignatures"]
    assert {name: each for name, each in derived.items() if name != "proof"} == read("derivedUnsignedReveal.json")
    assert derived == read("derivedRevealDocument.json")
    data = read("derivedDisclosureData.json")
    assert [[f"c14n{number}", "u" + _b64(label)] for number, label in proof.labels.items()] == data["labelMap"]["value"]
    assert (list(proof.mandatory), proof.signature.hex()) == (data["mandatoryIndexes"], data["baseSignature"])
    value = read("verifyDerivedProofValue.json")
    assert [each.hex() for each in proof.signatures] == value["signatures"]
    assert value["mandatoryIndexes"] == list(proof.mandatory)
    assert order == read("verifyNQuads.json")
    checked = read("verifyCreateVerifyData.json")
    assert proof_hash(derived, derived["proof"], CONTEXTS).hex() == checked["proofHash"]
    assert [each for each in order if each not in mandatory] == checked["nonMandatory"]
    assert verify_derived(derived, derived["proof"], base.public, CONTEXTS)


@needs_data
def test_unsigned_document_is_another_in_one_member_and_the_proof_does_not_hold_for_it():
    unsigned = json.loads((ROOT / "w3c-vc-di-ecdsa/prCredUnsigned.json").read_text())
    signed, document = signed_document()
    assert {name for name in document if document[name] != unsigned[name]} == {"description"}
    key = material()[0].public
    assert verify_base(signed, signed["proof"], key, CONTEXTS)
    assert not verify_base(unsigned, signed["proof"], key, CONTEXTS)


def _b64(data):
    from entrepot.base.digest import b64url

    return b64url(data)


@needs_data
@pytest.mark.parametrize(
    ("name", "fits"),
    [("pol-w3c-transferable-record-minted", True), ("pol-w3c-verifiable-document", False)],
)
def test_foreign_base_proof_belongs_to_its_document_or_does_not(name, fits):
    contexts = Contexts()  # those of TrustVC are carried
    document = json.loads((ROOT / "trustvc" / f"{name}.json").read_text())
    base = read_base(document["proof"])
    once = PublicKey(Curve.P256, base.key[2:])
    lines = statements_of(document, base.hmac_key, contexts)
    mandatory = lines.selected(base.pointers)[0]
    signed = [each for each in lines.lines if each not in mandatory]
    assert len(base.signatures) == 31
    if fits:
        assert all(once.verify(s, each.encode()) for s, each in zip(base.signatures, signed, strict=True))
        assert derive(document, document["proof"], [], contexts)["issuer"] == document["issuer"]
    else:
        assert (len(lines.lines), len(signed)) != (34, 31)
        with pytest.raises(UsageError):
            derive(document, document["proof"], [], contexts)


KEY = KeyPair.generate(Curve.P256, ENTROPY)
DOCUMENT = {
    "@context": [CREDENTIALS_V2, "https://chamber.example/terms/v1"],
    "type": ["VerifiableCredential"],
    "issuer": did_key(KEY.public),
    "validFrom": "2026-01-01T00:00:00Z",
    "credentialSubject": {
        "type": "Receipt",
        "title": "durian",
        "lines": [{"title": "a", "amount": 1}, {"title": "b", "amount": 2.5, "place": {"title": "Kota"}}],
        "steps": ["picked", "packed", {"title": "shipped"}],
    },
}


def based(desk, *, mandatory, document=DOCUMENT):
    terms = Terms(mandatory=mandatory, entropy=ENTROPY, contexts=OURS)
    made = secure(
        document, KEY, method_id=key_method_id(KEY.public), securing="ecdsa-sd-2023", created=desk.AT, terms=terms
    )
    return json.loads(made)


def has_blank(value):
    return '"_:' in json.dumps(value)


@pytest.mark.parametrize("subject", [{}, {"id": "urn:goods:1"}])
@pytest.mark.parametrize("mandatory", [[""], ["/issuer"], [], ["/issuer", "/credentialSubject/lines/1/place"]])
@pytest.mark.parametrize(
    "reveal", [["/credentialSubject"], ["/credentialSubject/lines/1"], ["/credentialSubject/steps"], [""]]
)
def test_what_is_derived_holds_and_names_no_blank_node(desk, subject, mandatory, reveal):
    document = {**DOCUMENT, "credentialSubject": {**DOCUMENT["credentialSubject"], **subject}}
    base = based(desk, mandatory=mandatory, document=document)
    assert verify_base(base, base["proof"], KEY.public, OURS)
    part = derive(base, base["proof"], reveal, OURS)
    assert not has_blank(part)
    assert verify_derived(part, part["proof"], KEY.public, OURS)
    assert not verify_base(part, part["proof"], KEY.public, OURS)
    assert not verify_derived(base, base["proof"], KEY.public, OURS)
    if mandatory == [""]:
        assert len(part["proof"]["proofValue"]) < 600
        assert part["credentialSubject"] == document["credentialSubject"]


def test_hidden_is_hidden(desk):
    base = based(desk, mandatory=["/issuer"])
    part = derive(base, base["proof"], ["/credentialSubject/lines/0/title"], OURS)
    assert part["credentialSubject"] == {"type": "Receipt", "lines": [{"title": "a"}]}
    text = json.dumps(part)
    assert "validFrom" not in text
    assert "Kota" not in text


@pytest.mark.parametrize("mandatory", [[""], [], ["/issuer"], ["/validUntil"]])
def test_the_end_and_the_status_cannot_be_hidden(desk, mandatory):
    entry = {
        "id": "https://chamber.example/l#5",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "5",
        "statusListCredential": "https://chamber.example/l",
    }
    document = {**DOCUMENT, "validUntil": "2026-02-01T00:00:00Z", "credentialStatus": entry}
    base = based(desk, mandatory=mandatory, document=document)
    part = derive(base, base["proof"], ["/credentialSubject/title"], OURS)
    assert verify_derived(part, part["proof"], KEY.public, OURS)
    assert (part["validUntil"], part["credentialStatus"]) == (document["validUntil"], entry)
    hidden = {name: value for name, value in part.items() if name != "validUntil"}
    assert not verify_derived(hidden, part["proof"], KEY.public, OURS)


def test_no_altered_leaf_of_a_derived_document_holds(desk):
    base = based(desk, mandatory=["/issuer"])
    part = derive(base, base["proof"], ["/credentialSubject", "/validFrom"], OURS)
    count = 0
    for path in desk.leaves(part):
        for new in ("altered", 7, None):
            other = desk.changed(part, path, new)
            if other == part or path[:1] == ("@context",) or path == ("proof", "type"):
                continue
            opened = desk.judged(json.dumps(other).encode(), given=desk.given(OURS))
            assert not opened.is_valid, (path, new)
            count += 1
    assert count > 40
    swapped = json.loads(json.dumps(part))
    swapped["credentialSubject"]["steps"].reverse()
    assert not verify_derived(swapped, part["proof"], KEY.public, OURS)
    assert desk.judged(json.dumps(part).encode(), given=desk.given(OURS)).is_valid


def test_proof_values_of_another_form_are_refused(desk):
    base = based(desk, mandatory=["/issuer"])
    part = derive(base, base["proof"], ["/credentialSubject"], OURS)
    good = read_derived(part["proof"])
    labels = list(good.labels.values())
    bad = [
        DerivedProof(good.signature, good.key, good.signatures[:-1], good.labels, good.mandatory),
        DerivedProof(good.signature, good.key, good.signatures, dict.fromkeys(good.labels, labels[0]), good.mandatory),
        DerivedProof(good.signature, good.key, good.signatures, {0: labels[0]}, good.mandatory),
        DerivedProof(good.signature, good.key, good.signatures, good.labels, (*good.mandatory, 10**6)),
        DerivedProof(good.signature, good.key, good.signatures, good.labels, good.mandatory[:1] * 2),
        DerivedProof(bytes(64), good.key, good.signatures, good.labels, good.mandatory),
        DerivedProof(good.signature, b"\x80\x24\x02" + b"\xff" * 32, good.signatures, good.labels, good.mandatory),
    ]
    for each in bad:
        assert not verify_derived(part, {**part["proof"], "proofValue": each.to_text()}, KEY.public, OURS)
    text = part["proof"]["proofValue"]
    for value in (text[:-1], text + "A", text + "=", "z" + text[1:], "u", "", 5, None, "u2V0B", "uAAAA"):
        assert read_derived({"proofValue": value}) is None
        report = desk.judged(json.dumps({**part, "proof": {**part["proof"], "proofValue": value}}).encode())
        assert not report.is_valid


def test_signing_and_deriving_refuse_blank_nodes_and_lost_pointers(desk):
    named = {**DOCUMENT, "credentialSubject": {**DOCUMENT["credentialSubject"], "id": "_:b0"}}
    with pytest.raises(UsageError):
        based(desk, mandatory=[], document=named)
    base = based(desk, mandatory=["/issuer"])
    for pointer in (
        "/nothing",
        "credentialSubject",
        "/credentialSubject/lines/9",
        "/credentialSubject/lines/01",
        "/credentialSubject/steps/0",
        "/issuer/id",
    ):
        with pytest.raises(UsageError):
            derive(base, base["proof"], [pointer], OURS)
    with pytest.raises(UsageError):
        derive(base, {}, ["/issuer"], OURS)
    with pytest.raises(UsageError):
        based(desk, mandatory=["/nothing"])


def test_pointers_are_read_as_rfc_6901_says():
    document = {"a/b": {"m~n": [1, {"c": 2}]}, "id": "urn:x", "type": "T"}
    assert select(document, ["/a~1b/m~0n/1/c"], {})[0] == {"a/b": {"m~n": [{"c": 2}]}, "id": "urn:x", "type": "T"}


def test_labels_follow_the_objects(desk):
    quads, blank = blank_nodes_of(DOCUMENT, OURS)
    assert len(set(blank.values())) == len(blank) >= 6
    assert {each for quad in quads for each in (quad[0], quad[2]) if each.startswith("_:e")}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x9f\xff",
        b"\xa2\x01\x01\x01\x02",
        b"\x18",
        b"\x5f",
        b"\xc0\x01",
        b"\xf5",
        b"\x9b" + b"\xff" * 8,
        b"\x01\x01",
        b"\x81" * 6 + b"\x01",
        b"\x20",
        b"\x61\xff",
    ],
)
def test_cbor_outside_its_part_is_refused(data):
    with pytest.raises(ValueError):
        from_cbor(data)


def test_cbor_agrees_with_another_program():
    theirs = pytest.importorskip("cbor2")
    for value in ([b"x" * 300, "é", 0, 23, 24, 255, 256, 65536, 2**32, 2**64 - 1], {0: b"a", 500: b"b"}, [[], {}]):
        assert to_cbor(value) == theirs.dumps(value)
        assert from_cbor(to_cbor(value)) == value


def test_a_part_that_stands_twice_is_not_taken_for_one(desk):
    """Two nodes under one hidden label would fall together, and the signatures would hold for both."""
    document = {**DOCUMENT, "id": "urn:x:1", "credentialSubject": {"lines": [{"title": "a", "amount": 1}]}}
    base = based(desk, mandatory=["/issuer"], document=document)
    part = derive(base, base["proof"], ["/credentialSubject"], OURS)
    good = read_derived(part["proof"])
    twice = {**part, "credentialSubject": {"lines": part["credentialSubject"]["lines"] * 2}}
    for labels in itertools.product(good.labels.values(), repeat=len(good.labels) + 1):
        made = DerivedProof(good.signature, good.key, good.signatures, dict(enumerate(labels)), good.mandatory)
        assert not verify_derived(twice, {**part["proof"], "proofValue": made.to_text()}, KEY.public, OURS)
