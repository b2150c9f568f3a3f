"""The operations from which the published logs were made: their keys are in the logs, or committed to there."""

import json
import os
from hashlib import sha256
from pathlib import Path

import base58
import pytest

from entrepot.party.key import Curve, KeyPair
from entrepot.party.resolution import Query
from entrepot.party.resolve import DidResolver
from entrepot.party.webvh import given_log

DATA = os.environ.get("ENTREPOT_TEST_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
FOLDER = Path(DATA or "") / "identity-documents" / "didwebvh"
SCENARIOS = sorted(each.parent.name for each in FOLDER.glob("*/script.yaml"))


def commitment(multikey):
    """What ``nextKeyHashes`` says of a key: base58btc of the SHA-256 multihash (did:webvh 1.0, Pre-Rotation)."""
    return base58.b58encode(b"\x12\x20" + sha256(multikey.encode()).digest()).decode()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_keys_of_the_script_are_those_of_the_logs(scenario):
    import yaml

    script = yaml.safe_load((FOLDER / scenario / "script.yaml").read_text())
    for program in ("rust", "ts"):
        log = (FOLDER / scenario / program / "did.jsonl").read_text()
        proofs = FOLDER / scenario / program / "did-witness.json"
        text = log + (proofs.read_text() if proofs.exists() else "")
        for key in script["keys"]:
            multikey = KeyPair(Curve.ED25519, bytes.fromhex(key["seed"])).public.multikey
            assert multikey in text or commitment(multikey) in text, key["id"]
        made = [step for step in script["steps"] if step["op"] != "resolve"]
        assert len(log.splitlines()) == len(made)
        # Of later entries one of the programs writes the time of its clock.
        assert json.loads(log.splitlines()[0])["versionTime"] == made[0]["timestamp"]


def test_first_version_of_the_refused_log_is_the_published_one():
    """The update changes the witnesses alone, so the document that its program gives is that of the first version."""
    folder = FOLDER / "witness-update" / "ts"
    said = json.loads((folder / "resolutionResult.json").read_text())["didDocument"]
    log, witness = ((folder / name).read_bytes() for name in ("did.jsonl", "did-witness.json"))
    resolver = DidResolver(logs=[given_log(log, witness)])
    assert resolver.lookup(said["id"], Query(version_number=1)).to_json()["didDocument"] == said
    assert resolver.lookup(said["id"]).document is None
