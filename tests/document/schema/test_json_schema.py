"""Schemas that a document names: validated where they are given, unknown where not, and never fetched."""

import base64
import hashlib
import json
from datetime import UTC, datetime

import pytest

from entrepot.document.proof import secure
from entrepot.document.verify import Given, verify
from entrepot.document.verify.jsonschema import Schemas, read_schemas
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import Curve, KeyPair
from entrepot.party.resolve import DidResolver

AT = datetime(2026, 5, 1, tzinfo=UTC)
KEY = KeyPair(Curve.ED25519, bytes(range(32)))
URL = "https://chamber.example/schemas/certificate.json"
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": URL,
    "type": "object",
    "properties": {"credentialSubject": {"properties": {"origin": {"pattern": "^[A-Z]{2}$"}}, "required": ["origin"]}},
}


def text_of(**changes):
    return json.dumps({**SCHEMA, **changes}).encode()


def judged(schemas, origin="MY", **stated):
    vc = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": did_key(KEY.public),
        "credentialSubject": {"origin": origin},
        "credentialSchema": {"id": URL, "type": "JsonSchema", **stated},
    }
    data = secure(vc, KEY, method_id=key_method_id(KEY.public), securing="eddsa-jcs-2022", created=AT)
    report = verify(data, resolver=DidResolver(), at=AT, given=Given(schemas=Schemas(schemas)))
    assert report.results["integrity"].status == "valid"
    assert report.is_valid is (report.results["schema"].status == "valid")
    return f"{report.results['schema'].status} {report.results['schema'].code}"


def sri(text, name="sha384"):
    return f"{name}-{base64.b64encode(hashlib.new(name, text).digest()).decode()}"


def test_given_schema_decides():
    given = {URL: text_of()}
    assert judged(given) == "valid schema-met"
    assert judged(given, origin="Malaysia") == "invalid schema-broken"
    assert judged({}) == "unknown schema-not-given"
    assert judged(given, type="JsonSchemaCredential") == "unknown schema-unchecked"
    assert judged(given, type=["JsonSchema"]) == "valid schema-met"


@pytest.mark.parametrize(
    "changes",
    [
        {"$schema": "https://json-schema.org/draft/1999-01/schema"},
        {"type": 5},
        {"$ref": "https://elsewhere.example/other.json"},
        {"pattern": "(?<=a)b"},
    ],
)
def test_schema_that_cannot_be_used_says_nothing(changes):
    assert judged({URL: text_of(**changes)}) == "unknown schema-unusable"


def test_schema_that_is_no_json_says_nothing():
    assert judged({URL: b"[1]"}) == "unknown schema-unusable"


def test_digest_binds_the_text():
    text = text_of()
    multihash = "u" + base64.urlsafe_b64encode(b"\x12\x20" + hashlib.sha256(text).digest()).decode().rstrip("=")
    for stated in ({"digestSRI": sri(text)}, {"digestMultibase": multihash}):
        assert judged({URL: text}, **stated) == "valid schema-met"
        assert judged({URL: text + b" "}, **stated) == "unknown schema-other"
    for stated in ({"digestSRI": 7}, {"digestSRI": "md5-x"}, {"digestMultibase": "zzz0"}, {"digestMultibase": 7}):
        assert judged({URL: text}, **stated) == "unknown schema-other"


def test_patterns_of_strangers_end():
    pattern = {"properties": {"origin": {"pattern": "^(a+)+$"}}}
    assert (
        judged({URL: text_of(properties={"credentialSubject": pattern})}, origin="a" * 5000 + "b")
        == "invalid schema-broken"
    )


@pytest.mark.parametrize(
    "draft", ["https://json-schema.org/draft/2019-09/schema", "http://json-schema.org/draft-07/schema#"]
)
def test_older_drafts(draft):
    assert judged({URL: text_of(**{"$schema": draft})}) == "valid schema-met"


def test_file_names_its_url():
    assert read_schemas([("", text_of()), ("https://a.example", b"x"), ("", b"{}")]) == {
        URL: text_of(),
        "https://a.example": b"x",
    }
