"""Issuance, surrender, exchange between platforms: not spoken here, but what is written here fits into them."""

import json
import os
from pathlib import Path

import pytest

from entrepot.base.shape import parse
from entrepot.document.transport import TransportDocument, write

DATA = os.environ.get("ENTREPOT_TEST_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
ROOT = Path(DATA or "/") / "identity-documents"
SAMPLE = Path(__file__).parents[3] / "examples" / "durian" / "transport-document.json"


@pytest.mark.parametrize(
    "name",
    [
        "dcsa-conformance/EBL_ISS_v3.0.0.yaml",
        "dcsa-conformance/EBL_SUR_v3.0.0.yaml",
        "dcsa-conformance/EBL_PINT_v3.0.0.yaml",
        "dcsa-openapi/EBL_PINT_v3.0.0.yaml",
    ],
)
def test_transport_document_inside_the_other_interfaces(name):
    import jsonschema_rs
    import yaml

    schemas = yaml.load((ROOT / name).read_text("utf-8"), Loader=yaml.CSafeLoader)["components"]
    # OpenAPI 3.0 speaks an early draft of JSON Schema (exclusiveMinimum is a boolean).
    draft = "http://json-schema.org/draft-04/schema#"
    judges = {
        each: jsonschema_rs.validator_for(
            {"$schema": draft, "allOf": [{"$ref": f"#/components/schemas/{each}"}], "components": schemas}
        )
        for each in schemas["schemas"]
    }
    assert not any(judge.is_valid(7.5) and judge.is_valid([]) for judge in judges.values())
    if "TransportDocument" in judges:
        payload, _ = parse(TransportDocument, json.loads(SAMPLE.read_text("utf-8")))
        body = json.loads(write(payload).body)
        assert [f"{each.instance_path}: {each.message}" for each in judges["TransportDocument"].iter_errors(body)] == []
        assert not judges["TransportDocument"].is_valid({**body, "isToOrder": "yes"})
