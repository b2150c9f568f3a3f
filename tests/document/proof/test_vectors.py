"""Published vectors: every intermediate value of the two suites, and the data model's good and bad examples."""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from entrepot.base.canonical import canonical
from entrepot.document.proof import open_secured, secure, verify_proof
from entrepot.document.proof.integrity import hash_data, proof_options, proof_signature
from entrepot.document.proof.model import check_credential, check_presentation
from entrepot.document.verify import verify
from entrepot.party.did import key_method_id
from entrepot.party.key import KeyPair, PublicKey
from entrepot.party.resolve import DidResolver

DATA = os.environ.get("ENTREPOT_TEST_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
ROOT = Path(DATA or "/") / "identity-documents"
SUITES = {
    "eddsa-jcs-2022": ("w3c-vc-di-eddsa", "eddsa-jcs-2022", "JCS", "keyPair.json"),
    "ecdsa-jcs-2019": ("w3c-vc-di-ecdsa", "ecdsa-jcs-2019-p256", "JCSECDSAP256", "p256KeyPair.json"),
}
CREATED = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
OK = sorted((ROOT / "w3c-vc-data-model-2.0").rglob("*-ok.json"))
FAIL = sorted((ROOT / "w3c-vc-data-model-2.0").rglob("*-fail*.json"))


def read(suite, name):
    folder, inner, mark, _ = SUITES[suite]
    stem, _, ending = name.partition(".")
    return (ROOT / folder / inner / f"{stem}{mark}.{ending}").read_text()


def key_of(suite):
    folder, *_, name = SUITES[suite]
    published = json.loads((ROOT / folder / name).read_text())
    return KeyPair.from_secret_multikey(published.get("privateKeyMultibase") or published["secretKeyMultibase"])


@pytest.mark.parametrize("suite", SUITES)
def test_every_intermediate_value_is_reproduced(suite):
    unsigned = json.loads((ROOT / SUITES[suite][0] / "unsigned.json").read_text())
    key = key_of(suite)
    options = proof_options(unsigned, suite, key_method_id(key.public), "2023-02-24T23:36:38Z")
    assert canonical(unsigned).decode() == read(suite, "canonDoc.txt")
    assert hashlib.sha256(canonical(unsigned)).hexdigest() == read(suite, "docHash.txt")
    assert options == json.loads(read(suite, "proofConfig.json"))
    assert canonical(options).decode() == read(suite, "proofCanon.txt")
    assert hashlib.sha256(canonical(options)).hexdigest() == read(suite, "proofHash.txt")
    assert hash_data(unsigned, options).hex() == read(suite, "combinedHash.txt")
    signed = json.loads(read(suite, "signed.json"))
    assert signed["proof"]["proofValue"] == read(suite, "sigBTC58.txt")
    assert proof_signature(signed["proof"]).hex() == read(suite, "sigHex.txt")
    assert key.public.verify(proof_signature(signed["proof"]), hash_data(unsigned, options))


def test_signing_gives_the_published_document():
    """Ed25519 and RFC 6979 both leave nothing to chance, so the very bytes of the proof must come out."""
    for suite, (folder, *_) in SUITES.items():
        unsigned = json.loads((ROOT / folder / "unsigned.json").read_text())
        key = key_of(suite)
        made = secure(unsigned, key, method_id=key_method_id(key.public), securing=suite, created=CREATED)
        secured, _ = open_secured(made)
        assert verify_proof(secured, key.public)
        if suite == "eddsa-jcs-2022":
            assert json.loads(made) == json.loads(read(suite, "signed.json"))


@pytest.mark.parametrize("suite", SUITES)
def test_published_document_holds_and_its_issuer_stays_unknown(suite):
    report = verify(read(suite, "signed.json").encode(), resolver=DidResolver(), at=datetime(2026, 1, 1, tzinfo=UTC))
    assert {name: str(each.status) for name, each in report.results.items()} == {
        "integrity": "valid",
        "issuer": "unknown",
        "status": "not_asked",
        "validity": "valid",
        "schema": "valid",
        "mandate": "not_asked",
        "anchor": "not_asked",
        "time": "not_asked",
    }
    assert report.results["issuer"].code == "issuer-not-did"
    assert not report.is_valid


@pytest.mark.parametrize("suite", SUITES)
def test_published_document_does_not_hold_under_the_other_key_or_suite(suite):
    other = next(each for each in SUITES if each != suite)
    secured, _ = open_secured(read(suite, "signed.json").encode())
    assert verify_proof(secured, key_of(suite).public)
    assert not verify_proof(secured, key_of(other).public)


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "ecdsa-rdfc-2019"])
def test_suites_that_need_a_context_nobody_gave_are_unknown_not_invalid(suite):
    file = {"eddsa-rdfc-2022": "signedDataInt.json", "ecdsa-rdfc-2019": "signedECDSAP256.json"}[suite]
    path = next(ROOT.glob(f"w3c-vc-di-*/{suite}*/{file}"))
    report = verify(path.read_bytes(), resolver=DidResolver(), at=datetime(2026, 1, 1, tzinfo=UTC))
    assert str(report.results["integrity"].status) == "unknown"
    assert report.results["integrity"].code == "context-unknown"
    assert not report.is_valid


def prepared(path):
    """The example as its suite issues it: with an issuer where it has none, and its two dates filled in."""
    value = json.loads(path.read_text())
    if "VerifiablePresentation" in json.dumps(value.get("type")) or path.name.startswith("presentation"):
        return value, check_presentation(value)
    value.setdefault("issuer", "did:example:issuer")
    if isinstance(value["issuer"], dict):
        value["issuer"].setdefault("id", "did:example:issuer")
    for name, date in (("validFrom", "2999-01-01T00:00:00Z"), ("validUntil", "2000-01-01T00:00:00Z")):
        if value.get(name, "").endswith("DATE"):
            value[name] = date
    return value, check_credential(value)


@pytest.mark.parametrize("path", OK, ids=lambda path: path.stem)
def test_good_example_breaks_no_rule(path):
    assert prepared(path)[1] == ()


@pytest.mark.parametrize("path", FAIL, ids=lambda path: path.stem)
def test_bad_example_breaks_a_rule(path):
    findings = prepared(path)[1]
    assert findings
    assert all(each.source.startswith("VCDM 2.0, ") and each.path.startswith("$") for each in findings)


def test_all_examples_were_found():
    """33 good, 25 bad, and two that are bad unless the missing context is put in."""
    assert (len(OK), len(FAIL)) == (33, 27)


def test_public_keys_of_the_vectors_are_the_ones_in_the_methods():
    for suite in SUITES:
        signed = json.loads(read(suite, "signed.json"))
        assert PublicKey.from_multikey(signed["proof"]["verificationMethod"].split("#")[1]) == key_of(suite).public
