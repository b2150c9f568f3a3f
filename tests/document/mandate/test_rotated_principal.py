"""A document signed under a mandate outlives the key of the firm that gave it, where somebody saw the document before.

The document states the digest of its mandate, so whoever saw the one vouches for the age of the other. The commands are
those of the how-to.
"""

import json
import time
from hashlib import sha256

import pytest
from click.testing import CliRunner

from entrepot.cli import entrepot
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import Curve, KeyPair

PAPER = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://example.org/x"],
    "type": ["VerifiableCredential", "PackingList"],
    "credentialSubject": {"id": "urn:x:1"},
}
WITNESS = KeyPair(Curve.ED25519, sha256(b"witness").digest())


def run(*words, code=0):
    done = CliRunner().invoke(entrepot, [*map(str, words)], standalone_mode=False)
    assert done.exception is None, (words, done.exception, done.output)
    assert (done.return_value or 0) == code, done.output[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Ann signed for the firm; a witness saw that; then the firm rotated its key, and a thief has the old one."""
    folder = tmp_path_factory.mktemp("rotated")

    def party(name, *more):
        words = ("party", "create", "--name", name, "--economy", "SG", "--data", folder / name, *more, "--json")
        return json.loads(run(*words))

    webvh = ("--method", "webvh", "--domain", "durian.example", "--at", "2026-01-01T00:00:00Z")
    firm, ann = party("firm", *webvh), party("ann")
    give = ("party", "mandate", "give", "--by", firm["id"], "--to", ann["did"], "--kind", "PackingList")
    run(*give, "--data", folder / "firm", "--out", folder / "ann.jwt")
    (folder / "list.json").write_text(json.dumps(PAPER))
    log = firm["files"]["log"]
    sign = ("identity", "sign", folder / "list.json", "--mandate", folder / "ann.jwt", "--party", ann["id"])
    run(*sign, "--data", folder / "ann", "--did-log", log, "--offline", "--out", folder / "list.jwt")
    key = {
        "id": key_method_id(WITNESS.public),
        "publicKeyMultibase": WITNESS.public.multikey,
        "secretKeyMultibase": WITNESS.to_secret_multikey(),
    }
    (folder / "witness.json").write_text(json.dumps(key))
    seen = ("--key", folder / "witness.json", "--out", folder / "list.seen.jwt")
    time.sleep(1.1)  # a counter-signature states whole seconds
    run("document", "countersign", folder / "list.jwt", *seen)
    time.sleep(1.1)
    run("party", "rotate", firm["id"], "--data", folder / "firm")
    time.sleep(1.1)
    return folder, log, sign


def verified(folder, *more, code=0):
    words = ("document", "verify", folder / "list.jwt", "--offline", "--require", "mandate", *more, "--json")
    return json.loads(run(*words, code=code))["results"]["mandate"]


def test_who_saw_the_document_vouches_for_the_age_of_the_mandate(scene):
    folder, log, _ = scene
    given = ("--did-log", log, "--mandate", folder / "ann.jwt")
    alone = verified(folder, *given, code=1)
    assert (alone["status"], alone["code"]) == ("unknown", "mandate-issuer")
    evidence = ("--evidence", folder / "list.seen.jwt")
    unbelieved = verified(folder, *given, *evidence, code=1)
    assert unbelieved["status"] == "unknown", "nobody is named as trusted on time"
    trust = ("--trust-time", did_key(WITNESS.public))
    assert verified(folder, *given, *evidence, *trust)["code"] == "mandated"
    bundle = folder / "list.bundle.json"
    run("document", "bundle", folder / "list.jwt", "--offline", *given, *evidence, "--out", bundle)
    assert verified(folder, "--bundle", bundle, *trust)["code"] == "mandated"


def test_a_later_document_needs_the_mandate_again(scene):
    """Where nobody saw it before, a mandate under an old key is what a thief of that key would write."""
    folder, log, sign = scene
    again = ("--data", folder / "ann", "--did-log", log, "--offline", "--out", folder / "again.jwt")
    run(*sign, *again, code=1)
    assert not (folder / "again.jwt").exists()
    run("document", "countersign", folder / "list.jwt", "--key", folder / "witness.json", "--out", folder / "late.jwt")
    trust = ("--trust-time", did_key(WITNESS.public), "--evidence", folder / "late.jwt")
    late = verified(folder, "--did-log", log, "--mandate", folder / "ann.jwt", *trust, code=1)
    assert late["status"] == "unknown"


def test_evidence_on_a_document_is_none_on_a_mandate_that_it_does_not_state(scene):
    """Another mandate under the same id is not the one that was seen."""
    folder, log, _ = scene
    other = folder / "other.jwt"
    token = (folder / "ann.jwt").read_text().strip()
    head, _, signature = token.rpartition(".")
    other.write_text(f"{head}.{signature[:-2]}{'AA' if signature[-2:] != 'AA' else 'BB'}")
    trust = ("--trust-time", did_key(WITNESS.public), "--evidence", folder / "list.seen.jwt")
    assert verified(folder, "--did-log", log, "--mandate", other, *trust, code=1)["status"] != "valid"
