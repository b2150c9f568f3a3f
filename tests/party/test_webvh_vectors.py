"""did:webvh logs that two other programs wrote resolve here to what they say; where they differ, the clause decides."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from entrepot.party.resolution import NEWEST, Query
from entrepot.party.resolve import DidResolver
from entrepot.party.webvh import given_log

DATA = os.environ.get("ENTREPOT_TEST_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
FOLDER = Path(DATA or "") / "identity-documents" / "didwebvh"
LOGS = sorted(str(each.parent.relative_to(FOLDER)) for each in FOLDER.glob("*/*/did.jsonl"))
NOW = datetime(2026, 6, 1, tzinfo=UTC)
UNWITNESSED = "witness-update/ts"
"""Its second entry replaces the witnesses and is approved by one of the two that were active until then. "If a DID log
entry contains a new list ... that new list becomes active AFTER the new DID log entry has been published" (Witness
Lists); later editions of the program that wrote it refuse it, too."""


def resolver(name):
    log, witness = FOLDER / name / "did.jsonl", FOLDER / name / "did-witness.json"
    given = given_log(log.read_bytes(), witness.read_bytes() if witness.exists() else None)
    return DidResolver(logs=[given], clock=lambda: NOW), json.loads(log.read_text().splitlines()[0])["state"]["id"]


def results(name):
    for file in sorted((FOLDER / name).glob("resolutionResult*.json")):
        number = file.name.split(".")[1]
        yield Query(version_number=int(number)) if number.isdigit() else NEWEST, json.loads(file.read_text())


def absolute(value, did):
    """With relative ids made absolute: one of the programs writes those of implied services in full."""
    if isinstance(value, dict):
        return {
            name: did + each if name == "id" and str(each).startswith("#") else absolute(each, did)
            for name, each in value.items()
        }
    return [absolute(each, did) for each in value] if isinstance(value, list) else value


def test_all_logs_are_there():
    assert len(LOGS) == 26


@pytest.mark.parametrize("name", [each for each in LOGS if each != UNWITNESSED])
def test_log_of_another_program_resolves_as_it_says(name):
    ours, did = resolver(name)
    for query, expected in results(name):
        found = ours.lookup(did, query).to_json()
        if name.endswith("/ts"):
            assert found["didDocument"] == expected["didDocument"]
        assert absolute(found["didDocument"], did) == absolute(expected["didDocument"], did)
        assert found["didResolutionMetadata"] == expected["didResolutionMetadata"]
        told, wanted = found["didDocumentMetadata"], dict(expected["didDocumentMetadata"])
        # "The timestamp of the DID's last valid log entry", where one program gives that of the version.
        wanted["updated"] = max(each["didDocumentMetadata"]["updated"] for _, each in results(name))
        # The newest list, its threshold as text, its members as did:key: "Read (Resolve)", "The witness Parameter".
        witness = wanted.pop("witness", None)
        assert (told["witness"] is None) is (witness is None) or name.endswith("/ts")
        assert {member: told.get(member) for member in wanted} == wanted


def test_versions_are_found_by_id_and_time():
    ours, did = resolver("multi-update/rust")
    for query, expected in results("multi-update/rust"):
        told = expected["didDocumentMetadata"]
        by_id = ours.lookup(did, Query(version_id=told["versionId"]))
        at = ours.lookup(did, Query(at=datetime.fromisoformat(told["versionTime"])))
        assert by_id == at == ours.lookup(did, query)


def test_a_change_of_witnesses_needs_those_before():
    ours, did = resolver(UNWITNESSED)
    found = ours.lookup(did)
    assert (found.code, found.standard_error) == ("webvh-witness-unmet", "invalidDid")
    assert ours.lookup(did, Query(version_number=1)).document is not None
