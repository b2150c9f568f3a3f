"""A copy of a did:webvh log that lacks entries which its witnesses have approved."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from entrepot.party.resolve import DidResolver
from entrepot.party.webvh import given_log

DATA = os.environ.get("ENTREPOT_TEST_DATA")
WITNESSED = Path(DATA or "") / "identity-documents" / "didwebvh" / "witness-update" / "rust"
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
def test_witness_proofs_of_others_for_a_version_that_the_log_lacks():
    """The log and proofs that another program wrote, and the log without its last entry."""
    log, proofs = ((WITNESSED / name).read_bytes() for name in ("did.jsonl", "did-witness.json"))
    did = json.loads(log.splitlines()[0])["state"]["id"]

    def resolved(data, witness):
        resolver = DidResolver(logs=[given_log(data, json.dumps(witness).encode())], clock=lambda: NOW)
        return resolver.resolve(did)

    both = json.loads(proofs)
    assert resolved(log, both).document is not None
    assert resolved(log, both).later == ""
    assert resolved(log.splitlines()[0], both).code == "webvh-cut-short"
    forged = [{**each, "proof": [{**proof, "proofValue": "z2"} for proof in each["proof"]]} for each in both]
    assert resolved(log.splitlines()[0], forged).code != "webvh-cut-short", "a proof that does not hold shows nothing"


def test_witness_proofs_beside_a_log_that_was_cut(forge):
    """Each version has proofs of its own, so that the shorter log has all that it needs."""
    entries = forge.next([forge.first(witness=forge.witness(1, 2))], time="2026-01-02T00:00:00Z")
    proofs = forge.approvals(*((each["versionId"], (2,)) for each in entries))
    log = [json.dumps(each).encode() for each in entries]
    did = entries[0]["state"]["id"]
    for number, later in ((2, ""), (1, f"Witnesses have approved version {entries[1]['versionId']}.")):
        given = replace(given_log(b"\n".join(log[:number])), witness=proofs)
        assert DidResolver(logs=[given], clock=lambda: NOW).resolve(did).later == later
    fetched = {"did.jsonl": log[0], "did-witness.json": proofs}
    online = DidResolver(fetch=lambda url: fetched[url.rpartition("/")[2]], clock=lambda: NOW)
    assert online.resolve(did).later == "", "witnesses approve before the controller publishes"
