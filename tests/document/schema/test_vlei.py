"""vLEI: the schemas are read by the reader of foreign schemas; the LEIs of the samples pass ISO 17442."""

import json
import os
from pathlib import Path

import pytest
from stdnum import lei

from entrepot.document.verify.jsonschema import Schemas

DATA = os.environ.get("ENTREPOT_TEST_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
FOLDER = Path(DATA or "") / "identity-documents" / "vlei"
INVENTED = {"6383001AJTYIGC8Y1X37"}
"""Not an LEI of anybody: its check digits are wrong."""


def judged(schema, document):
    vc = {**document, "credentialSchema": {"id": "urn:x", "type": "JsonSchema"}}
    return str(Schemas({"urn:x": schema}).judged(vc).status)


def test_samples_and_schemas():
    schemas = {each.name: each.read_bytes() for each in sorted((FOLDER / "schema" / "acdc").glob("*.json"))}
    samples = {
        each.name: json.loads(each.read_bytes()) for each in sorted((FOLDER / "samples" / "acdc").glob("*.json"))
    }
    assert (len(schemas), len(samples)) == (7, 15)
    for schema in schemas.values():
        # Every one can be used, and refuses an object that holds nothing of what it asks for.
        assert judged(schema, {}) == "invalid"
    leis = {each["a"]["LEI"] for each in samples.values() if isinstance(each["a"], dict) and "LEI" in each["a"]}
    assert {each for each in leis if not lei.is_valid(each)} == INVENTED
