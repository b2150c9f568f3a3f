"""Runs under the interpreter in which openvc-core is installed: one JSON question per line, one answer per line."""

import hashlib
import importlib.metadata
import json
import sys
import time
from datetime import UTC, datetime

import openvc
from openvc.keys import signing_key_from_jwk
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_ecdsa_rdfc import EcdsaRdfcProofSuite
from openvc.proof.di_jcs import EcdsaJcsProofSuite, EddsaJcsProofSuite
from openvc.proof.ecdsa_sd import EcdsaSdProofSuite
from openvc.verify import VerificationPolicy, verify_credential

AT = datetime(2026, 5, 1, tzinfo=UTC)
SUITES = {
    "eddsa-jcs-2022": EddsaJcsProofSuite(),
    "ecdsa-jcs-2019": EcdsaJcsProofSuite(),
    "eddsa-rdfc-2022": DataIntegrityProofSuite(),
    "ecdsa-rdfc-2019": EcdsaRdfcProofSuite(),
    "ecdsa-sd-2023": EcdsaSdProofSuite(),
}
known = {}


def timed(questions, rounds):
    """Seconds of processor time that one question takes: in the first round over all of them, and in the quickest of
    several (for bench/proofs.py)."""
    took, accepted = [], 0
    for _ in range(rounds):
        started = time.process_time()
        accepted = sum("document" in found or found["accepted"] for found in map(answer, questions))
        took.append((time.process_time() - started) / len(questions))
    return {"seconds": [took[0], min(took)], "accepted": accepted}


def answer(asked):
    """What the peer says; whatever it raises is its answer, too."""
    if asked["do"] == "start":
        known.update(asked["contexts"])
        record = importlib.metadata.distribution("openvc-core").read_text("RECORD")
        digest = f"record-sha256-{hashlib.sha256(record.encode()).hexdigest()}"
        return {"versions": {"openvc-core": openvc.__version__}, "hashes": {"openvc-core": digest}}
    if asked["do"] == "time":
        return timed(asked["questions"], asked["rounds"])
    name, suite = asked["suite"], SUITES[asked["suite"]]
    extra = {} if "-jcs-" in name else {"extra_contexts": known}
    if asked["do"] == "verify" and "-jcs-" in name:
        verify_credential(asked["document"], policy=VerificationPolicy(now=AT))
        return {"accepted": True}
    if asked["do"] == "verify":
        suite.verify(asked["document"], public_key_jwk=asked["jwk"], now=AT, **extra)
        return {"accepted": True}
    if asked["do"] == "derive":
        return {"document": suite.derive_proof(asked["document"], selective_pointers=asked["reveal"], **extra)}
    key = signing_key_from_jwk(asked["private"], asked["method"])
    if name == "ecdsa-sd-2023":
        extra["mandatory_pointers"] = asked["mandatory"]
    sign = suite.add_base_proof if name == "ecdsa-sd-2023" else suite.add_proof
    return {
        "document": sign(asked["document"], signing_key=key, verification_method=asked["method"], created=AT, **extra)
    }


for line in sys.stdin:
    try:
        found = answer(json.loads(line))
    except Exception as wrong:  # noqa: BLE001 - whatever the peer raises is its answer
        found = {"accepted": False, "reason": f"{type(wrong).__name__}: {wrong}"[:200]}
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
