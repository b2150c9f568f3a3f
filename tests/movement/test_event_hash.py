"""Event Hash ID against the published vectors, and the laws that a hash of an event must keep."""

import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.movement._epcis20 import canonical_link, event_hash, namespaces_of, pre_hash, read_document
from entrepot.movement._epcis20.hash import canonical_time

VECTORS = {
    "ReferenceEventHashAlgorithm": 1,
    "ReferenceEventHashAlgorithm2": 1,
    "ReferenceEventHashAlgorithm3": 1,
    "epcisDocWithAllGS1Keys": 1,
    "persistentDisposition": 2,
}
DAMAGED_PRE_HASH = "epcisDocWithAllGS1Keys"
"""Its published pre-hash string is garbled: its SHA-256 is not the published hash. The hash is the judge there."""


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_published_vectors(foreign, name):
    folder = foreign / "epcis-event-hash-generator" / "examples"
    document, findings = read_document((folder / f"{name}.jsonld").read_bytes())
    assert not findings
    hashes = (folder / f"{name}.hashes").read_text(encoding="utf-8").split()
    assert len(hashes) == VECTORS[name]
    assert list(document.hashes) == hashes
    if name != DAMAGED_PRE_HASH:
        expected = (folder / f"{name}.prehashes").read_text(encoding="utf-8").rstrip("\n").split("\n")
        assert [pre_hash(each, namespaces_of(each["@context"])) for each in document.events] == expected


def test_published_equal_events(foreign):
    path = foreign / "epcis-event-hash-generator" / "expected_equal" / "ReferenceEventHashAlgorithm.json"
    document, _ = read_document(path.read_bytes())
    assert len(document.hashes) == 2
    assert len(set(document.hashes)) == 1


EVENT = {
    "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"own": "https://own.example/"}],
    "type": "ObjectEvent",
    "eventTime": "2026-11-20T08:30:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "OBSERVE",
    "epcList": ["urn:epc:id:sscc:4012345.0000000111", "urn:epc:id:sscc:4012345.0000000222"],
    "quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.012345.L1", "quantity": 2.5, "uom": "KGM"}],
    "bizStep": "shipping",
    "readPoint": {"id": "urn:epc:id:sgln:4012345.00011.987", "own:gate": "4"},
    "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:1"}, {"type": "inv", "bizTransaction": "urn:x:2"}],
    "sourceList": [{"type": "owning_party", "source": "did:web:a.example"}],
    "own:colour": ["red", "green"],
    "own:box": {"own:height": "2.0", "own:width": "1"},
}


def hashed(event):
    return event_hash(event, namespaces_of(event["@context"]))


def shuffled(value, dice):
    if isinstance(value, dict):
        pairs = [(key, shuffled(inner, dice)) for key, inner in value.items()]
        dice.shuffle(pairs)
        return dict(pairs)
    if isinstance(value, list):
        inner = [shuffled(each, dice) for each in value]
        dice.shuffle(inner)
        return inner
    return value


@given(st.integers())
def test_order_of_members_and_lists_does_not_matter(seed):
    assert hashed(shuffled(EVENT, random.Random(seed))) == hashed(EVENT)


@pytest.mark.parametrize(
    "same",
    [
        {"eventTime": "2026-11-20T00:30:00.000Z"},
        {"eventTime": "2026-11-20T00:30:00.0004Z"},
        {"epcList": ["https://id.gs1.org/00/040123450000001112", "https://own.example/sscc/040123450000002225?a=b"]},
        {"quantityList": [{"epcClass": "https://x.example/01/04012345123456/10/L1", "quantity": 2.50, "uom": "KGM"}]},
        {"bizStep": "https://ref.gs1.org/cbv/BizStep-shipping"},
        {"bizStep": "cbv:BizStep-shipping"},
        {"recordTime": "2026-11-21T00:00:00Z"},
        {"eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"},
        {"errorDeclaration": {"declarationTime": "2026-11-21T00:00:00Z"}},
        {"disposition": "", "childEPCs": []},
        {"own:box": {"own:width": "1.0", "own:height": 2}},
    ],
)
def test_the_same_event_in_other_words_has_the_same_hash(same):
    assert hashed({**EVENT, **same}) == hashed(EVENT)


@pytest.mark.parametrize(
    "other",
    [
        {"eventTime": "2026-11-20T08:30:00.001+08:00"},
        {"eventTimeZoneOffset": "+07:00"},
        {"action": "ADD"},
        {"epcList": EVENT["epcList"][:1]},
        {"epcList": [*EVENT["epcList"], EVENT["epcList"][0]]},
        {"bizStep": "receiving"},
        {"disposition": "in_transit"},
        {"certificationInfo": "https://a.example"},
        {"readPoint": {"id": "urn:epc:id:sgln:4012345.00011.987", "own:gate": "5"}},
        {"bizTransactionList": [{"type": "inv", "bizTransaction": "urn:x:1"}]},
        {"destinationList": [{"type": "owning_party", "destination": "did:web:a.example"}], "sourceList": []},
        {"own:colour": ["red"]},
        {"own:box": {"own:height": "2", "own:width": "1.01"}},
        {"ilmd": {"own:lot": "1"}},
        {"persistentDisposition": {"set": ["damaged"]}},
    ],
)
def test_another_event_has_another_hash(other):
    assert hashed({**EVENT, **other}) != hashed(EVENT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-01-18T11:04:03.1415Z", "2023-01-18T11:04:03.142Z"),
        ("2023-01-18T11:04:03.1414999Z", "2023-01-18T11:04:03.141Z"),
        ("2023-12-31T23:59:59.9995Z", "2024-01-01T00:00:00.000Z"),
        ("2020-03-04T11:00:30+01:00", "2020-03-04T10:00:30.000Z"),
        ("2020-03-04T11:00:30.1+01:00", "2020-03-04T10:00:30.100Z"),
        ("yesterday", "yesterday"),
        ("2020-13-04T11:00:30Z", "2020-13-04T11:00:30Z"),
    ],
)
def test_times(text, expected):
    assert canonical_time(text) == expected


NAIVE = datetime.fromisoformat


@given(st.datetimes(NAIVE("1970-01-01"), NAIVE("2100-01-01"), timezones=st.just(UTC)))
def test_times_keep_milliseconds(moment):
    written = canonical_time(moment.isoformat())
    assert abs((datetime.fromisoformat(written.replace("Z", "+00:00")) - moment).total_seconds()) <= 0.0005


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("urn:epc:id:sgtin:4012345.011111.9876", "/01/04012345111118/21/9876"),
        ("urn:epc:id:sgtin:4012345.011111.a/b", None),
        ("urn:epc:id:sgtin:4012345.011111.a%2Fb!", "/01/04012345111118/21/a%2Fb%21"),
        ("urn:epc:id:sgtin:4012345.11111.9876", None),
        ("urn:epc:id:sgtin:40123.01111111.9876", None),
        ("urn:epc:id:sgtin:4012345.011111", None),
        ("urn:epc:id:sgtin:4012345.011111." + "9" * 21, None),
        ("urn:epc:id:sscc:4012345.0000000111", "/00/040123450000001112"),
        ("urn:epc:id:sscc:4012345.0000000111.5", None),
        ("urn:epc:id:sgln:4012345.00011.0", "/414/4012345000115"),
        ("urn:epc:id:sgln:4012345.00011.987", "/414/4012345000115/254/987"),
        ("urn:epc:id:sgln:401234500001..987", "/414/4012345000016/254/987"),
        ("urn:epc:id:pgln:4012345.00000", "/417/4012345000009"),
        ("urn:epc:id:grai:4012345.66666.87", "/8003/0401234566666387"),
        ("urn:epc:id:giai:4000001.111", "/8004/4000001111"),
        ("urn:epc:id:gdti:4012345.11111.123", "/253/4012345111118123"),
        ("urn:epc:id:sgcn:4012345.99999.44", "/255/401234599999044"),
        ("urn:epc:id:sgcn:4012345.99999.a", None),
        ("urn:epc:id:ginc:4012345.333", "/401/4012345333"),
        ("urn:epc:id:gsin:4012345.999987654", "/402/40123459999876541"),
        ("urn:epc:id:gsrn:4012345.9876540000", "/8018/401234598765400000"),
        ("urn:epc:id:cpi:4012345.ABC.123", "/8010/4012345ABC/8011/123"),
        ("urn:epc:id:cpi:4012345.ABC.x", None),
        ("urn:epc:id:itip:4012345.012345.01.02.999", "/8006/040123451234560102/21/999"),
        ("urn:epc:id:itip:4012345.012345.1.02.999", None),
        ("urn:epc:id:upui:4012345.012345.AB12", "/01/04012345123456/235/AB12"),
        ("urn:epc:id:usdod:CAGEY.5678", None),
        ("urn:epc:class:lgtin:4012345.012345.L1", "/01/04012345123456/10/L1"),
        ("urn:epc:id:lgtin:4012345.012345.L1", None),
        ("urn:epc:idpat:sgtin:4012345.012345.*", "/01/04012345123456"),
        ("urn:epc:idpat:sgtin:4012345.012345.1", None),
        ("urn:epc:idpat:cpi:4012345.ABC.*", "/8010/4012345ABC"),
        ("urn:epc:idpat:sscc:4012345.*", None),
        ("urn:epc:id:sgtin:4012345.011111.é", None),
        ("https://x.example/shop/01/4012345123456/22/2A/10/L1/21/9?u=1", "/01/04012345123456/21/9"),
        ("http://x.example/gtin/012345678905/lot/L1", "/01/00012345678905/10/L1"),
        ("https://x.example/01/4012345123456/cpv/2A", "/01/04012345123456"),
        ("https://x.example/01/97803", None),
        ("https://x.example/01/04012345123456/99/1", None),
        ("https://x.example/gln/4012345000115/254/987", "/414/4012345000115/254/987"),
        ("https://x.example/8006/040123451234560102/ser/9", "/8006/040123451234560102/21/9"),
        ("https://x.example/123/4012345123456", None),
        ("https://[broken/01/04012345123456", None),
        ("geo:3.0,101.4", None),
    ],
)
def test_identifiers_in_canonical_form(uri, expected):
    assert canonical_link(uri) == (uri if expected is None else f"https://id.gs1.org{expected}")


@given(st.text(max_size=40), st.sampled_from(["", "urn:epc:id:sgtin:", "urn:epc:id:sgln:4012345.", "https://a.b/01/"]))
def test_canonical_form_is_stable(text, start):
    once = canonical_link(start + text)
    assert canonical_link(once) == once


def test_hash_does_not_depend_on_how_json_was_written():
    text = json.dumps(EVENT)
    assert hashed(json.loads(text.replace("2.5", "2.500"))) == hashed(EVENT)
