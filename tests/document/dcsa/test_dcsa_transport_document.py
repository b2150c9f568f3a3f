"""DCSA transport documents, judged by the schema of DCSA."""

import copy
import json
import os
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.base.shape import dump, parse
from entrepot.document import transport
from entrepot.document.trade import HsCode, Packages, Place
from entrepot.document.transport import (
    CargoItem,
    CarrierCode,
    Equipment,
    Load,
    Mode,
    ReceiptType,
    Reefer,
    Seal,
    Title,
    TransportDocument,
    TransportType,
)
from entrepot.party.party import Address, Identifier, Party

DATA = os.environ.get("ENTREPOT_TEST_DATA")
needs_data = pytest.mark.skipif(not DATA, reason="ENTREPOT_TEST_DATA is not set")
SAMPLE = Path(__file__).parents[3] / "examples" / "durian" / "transport-document.json"
ANSWERS = {
    "$.number": "HHL71800000",
    "$.issueDate": "2026-03-01",
    "$.carrier": {
        "name": "Invented Line", "economy": "SG", "email": "desk@line.example",
        "address": {"lines": ["Quay 1"], "city": "Singapore", "economy": "SG"},
    },
    "$.carrierCode": {"provider": "SMDG", "code": "INV"},
    "$.loading": {"locode": "BRSSZ"},
    "$.discharge": {"locode": "SGSIN"},
    "$.items[0].booking": "BOOK1",
    "$.vessel": "MV Invented", "$.voyage": "001E", "$.departure": "2026-03-02", "$.arrival": "2026-04-02",
    "$.terms": "Invented terms.", "$.receiptType": "CY", "$.deliveryType": "CY",
    "$.movementAtOrigin": "FCL", "$.movementAtDestination": "FCL",
}  # fmt: skip


def durian():
    payload, wrong = parse(TransportDocument, json.loads(SAMPLE.read_text("utf-8")))
    assert not wrong
    return payload


def written(document):
    result = transport.write(document)
    assert not result.findings, [each.text for each in result.findings]
    return result


@cache
def schema():
    import jsonschema_rs
    import yaml

    path = Path(DATA, "identity-documents/dcsa-conformance/EBL_v3.0.0.yaml")
    api = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    # OpenAPI 3.0 speaks an early draft of JSON Schema (exclusiveMinimum is a boolean).
    return jsonschema_rs.validator_for(
        {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "allOf": [{"$ref": "#/components/schemas/TransportDocument"}],
            "components": api["components"],
        }
    )


def assert_valid(body):
    assert [f"{each.instance_path}: {each.message}" for each in schema().iter_errors(json.loads(body))] == []


@needs_data
def test_the_judge_judges():
    value = json.loads(written(durian()).body)
    for path, wrong in ((("isToOrder",), "yes"), (("transports", "portOfLoading", "UNLocationCode"), "x")):
        broken = copy.deepcopy(value)
        place = broken
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = wrong
        assert not schema().is_valid(broken)


@needs_data
def test_our_sample_is_valid():
    assert_valid(written(durian()).body)


def test_our_sample_comes_back_but_for_what_is_named():
    document, result = durian(), written(durian())
    assert set(result.losses) == {"$.governingLaw", "$.order", "$.items[0].hs[0].vintage"}
    again = transport.read(result.body)
    assert (again.findings, again.losses) == ((), ())
    items = tuple(replace(each, hs=(HsCode(code="081060"),)) for each in document.items)
    assert again.payload == replace(document, governing_law=None, order=None, items=items)


@needs_data
def test_a_foreign_straight_bill_is_read_completed_and_written():
    data = Path(DATA, "identity-documents/dcsa-conformance/ebl-api-3.0.0-straight-bl.json").read_bytes()
    draft = json.loads(data)
    draft["consignmentItems"][0].pop("carrierBookingReference")
    result = transport.read(json.dumps(draft).encode())
    assert result.payload is None
    missing = {each.path for each in result.findings}
    assert missing == {"$.number", "$.issueDate", "$.carrier", "$.loading", "$.discharge"}
    for path in (
        "$.documentParties.issueTo.sendToPlatform",
        "$.requestedCarrierClauses[0]",
        "$.isCargoDeliveredInICS2Zone",
    ):
        assert path in result.losses
    document = result.answered(ANSWERS).as_presented()
    found = {(each.id, str(each.severity)) for each in transport.check(document)}
    assert ("ENT-CORE-TRANSPORT-01", "warning") in found
    assert document.equipment[0].marks[1].startswith("こんにちは")
    out = written(document)
    assert_valid(out.body)
    assert out.losses == ("$.presented",)
    assert transport.read(out.body).payload == replace(document, presented=None)


@needs_data
def test_every_value_is_carried_or_reported_as_lost():
    data = Path(DATA, "identity-documents/dcsa-conformance/ebl-api-3.0.0-straight-bl.json").read_bytes()
    before, value = transport.read(data), json.loads(data)
    for path, place, key in leaves(value, "$"):
        if path in before.losses:
            continue
        old, place[key] = place[key], {"a": 7777}
        after = transport.read(json.dumps(value).encode())
        place[key] = old
        assert (after.draft, after.findings, after.losses) != (before.draft, before.findings, before.losses), path


def leaves(value, path):
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        inner = f"{path}.{key}" if isinstance(value, dict) else f"{path}[{key}]"
        if isinstance(each, dict | list):
            yield from leaves(each, inner)
        else:
            yield inner, value, key


FAILING = {
    "ENT-CORE-DCSA-02": [{"mode": Mode.AIR}],
    "ENT-CORE-DCSA-03": [
        {name: None}
        for name in ("terms", "receipt_type", "carrier_code", "vessel", "voyage", "departure", "contact")
    ] + [
        {"equipment": ()}, {"consignee": Party(name="Nobody")}, {"freight_payable_at": None},
        {"carrier": Party(name="A", email="a@b.example")},
    ],
    "ENT-CORE-DCSA-04": [{"contact": "x" * 36}, {"vessel": " MV"}, {"shipper": Party(name="x" * 71)}],
    "ENT-CORE-DCSA-05": [
        {"equipment": (replace(durian().equipment[0], tare_kg=Decimal("4640.12345678901234567")),)},
    ],
}  # fmt: skip


@pytest.mark.parametrize("rule", FAILING)
def test_each_rule_of_writing_fails_where_it_should(rule):
    for changes in FAILING[rule]:
        result = transport.write(replace(durian(), **changes))
        assert result.body is None
        assert rule in [each.id for each in result.findings], changes


def test_a_cargo_item_lacks_what_dcsa_needs():
    item = durian().items[0]
    load = item.loads[0]
    for changed in (
        replace(item, booking=None),
        replace(item, hs=()),
        replace(item, description=" "),
        replace(item, loads=(replace(load, equipment=None),)),
        replace(item, loads=(replace(load, packages=Packages(count=1)),)),
    ):
        found = transport.write(replace(durian(), items=(changed,))).findings
        assert [each.id for each in found] == ["ENT-CORE-DCSA-03"]


WRONG = [b"", b"[]", b"{", b'{"a":1,"a":2}', b'{"isToOrder":"x"}', b'{"documentParties":[]}', b"null", b"[" * 100,
         b'{"consignmentItems":{}}', b'{"transports":{"vesselVoyages":[[]]}}', b"\xff",
         b'{"consignmentItems":[1]}', b'{"consignmentItems":[{"HSCodes":[1],"cargoItems":[{"cargoGrossWeight":{"value":'
         b'"1","unit":"KGM"},"outerPackaging":{"numberOfPackages":1e999999999}}]}]}']  # fmt: skip


@pytest.mark.parametrize("data", WRONG)
def test_wrong_values_are_findings(data):
    result = transport.read(data)
    assert result.payload is None
    assert result.findings
    assert all(each.source and "{" not in each.remedy for each in result.findings)


def test_a_value_of_a_wrong_type_is_named():
    assert transport.read(b'{"isToOrder":"x"}').findings[0].id == "ENT-CORE-DCSA-01"


def test_weights_are_exact_and_pounds_are_converted():
    value = json.loads(written(durian()).body)
    load = value["consignmentItems"][0]["cargoItems"][0]
    load["cargoGrossWeight"] = {"value": 23280.5, "unit": "LBR"}
    load["cargoNetWeight"] = {"value": 9600.1, "unit": "KGM"}
    found = transport.read(json.dumps(value).encode()).payload.items[0].loads[0]
    assert found.gross_weight_kg == Decimal("23280.5") * Decimal("0.45359237")
    assert found.net_weight_kg == Decimal("9600.1")


def test_endorsements():
    bank = Party(name="Bank", identifiers=(Identifier(scheme="GLEIF:LEI", value="1"),))
    for title, endorsee in ((Title.ORDER, bank), (Title.BLANK, None), (Title.STRAIGHT, None)):
        body = written(replace(durian(), title=title, endorsee=endorsee)).body
        again = transport.read(body).payload
        assert (again.title, again.endorsee) == (title, endorsee)
        assert json.loads(body)["isToOrder"] is (title is not Title.STRAIGHT)


def maybe(strategy):
    return st.none() | strategy


def text(most):
    inner = st.text("ABc 1-ü果", min_size=0, max_size=min(most, 12) - 2)
    return inner.map(lambda middle: "x" + middle + "y")


DAY = st.dates(date(1970, 1, 1), date(2100, 1, 1))
WEIGHT = st.decimals("0.001", 99999, places=3)
PLACE = st.builds(Place, locode=st.sampled_from(["MYPKG", "CNSHA"]), name=maybe(text(100)))
ADDRESS = st.builds(
    Address, lines=text(70).map(lambda line: (line,)), city=text(35), region=maybe(text(65)),
    postal_code=maybe(text(10)), economy=st.just("MY"),
)  # fmt: skip
CODES = st.lists(
    st.builds(Identifier, scheme=st.sampled_from(["GLEIF:LEI", "DNB:DUNS", "uen"]), value=text(70)),
    min_size=1,
    max_size=2,
).map(tuple)
PARTY = st.builds(
    Party, name=text(70), economy=st.just("MY"), did=maybe(st.just("did:web:a.example")), identifiers=CODES,
    address=ADDRESS, email=st.just("a@b.example"),
)  # fmt: skip
BOXES = ("CSQU3054383", "ENTU4820167")
LOAD = st.builds(
    Load, gross_weight_kg=WEIGHT, equipment=st.sampled_from(BOXES), net_weight_kg=maybe(WEIGHT),
    volume_m3=maybe(WEIGHT),
    packages=st.builds(
        Packages, count=st.integers(1, 10**6), code=maybe(st.sampled_from(["CT", "4G"])), description=text(100)
    ),
)  # fmt: skip
WORDS = st.lists(text(35), min_size=1, max_size=3).map(lambda found: " ".join(" ".join(found).split()))
ITEM = st.builds(
    CargoItem, description=WORDS,
    loads=st.lists(LOAD, min_size=1, max_size=2).map(tuple), marks=st.lists(text(35), max_size=2).map(tuple),
    hs=st.text("0123456789", min_size=6, max_size=10).map(lambda code: (HsCode(code=code),)), booking=text(35),
)  # fmt: skip
REEFER = st.builds(
    Reefer, temperature_c=st.decimals(-40, 40, places=1), ventilation_m3h=maybe(st.integers(0, 200).map(Decimal))
)
SEAL = st.builds(Seal, number=text(15), source=maybe(st.sampled_from(["CAR", "SHI", "VET", "CUS"])))
EQUIPMENT = st.builds(
    Equipment, id=st.sampled_from(BOXES), iso_code=maybe(st.just("45R1")), shipper_owned=st.booleans(),
    tare_kg=maybe(WEIGHT), seals=st.lists(SEAL, min_size=1, max_size=2).map(tuple),
    reefer=maybe(REEFER), marks=st.lists(text(35), max_size=2).map(tuple),
)  # fmt: skip
MOVEMENT = st.sampled_from(["FCL", "LCL"])
DOCUMENTS = st.builds(
    TransportDocument, number=text(20), issue_date=DAY, type=st.sampled_from(TransportType),
    title=st.sampled_from([Title.STRAIGHT, Title.BLANK]), mode=st.just(Mode.SEA), carrier=PARTY, shipper=PARTY,
    loading=PLACE, discharge=PLACE, items=st.lists(ITEM, min_size=1, max_size=2).map(tuple),
    carrier_code=st.builds(CarrierCode, provider=st.sampled_from(["SMDG", "NMFTA"]), code=st.just("ABCD")),
    consignee=maybe(PARTY), notify=st.lists(PARTY, max_size=2).map(tuple), receipt=maybe(PLACE), delivery=maybe(PLACE),
    vessel=text(50), voyage=text(50), departure=DAY, arrival=DAY, on_board=st.booleans(), on_board_date=maybe(DAY),
    received_date=maybe(DAY), equipment=st.lists(EQUIPMENT, min_size=1, max_size=2).map(tuple),
    freight=maybe(st.sampled_from(["prepaid", "collect"])), receipt_type=st.sampled_from(ReceiptType),
    delivery_type=st.sampled_from(ReceiptType), movement_at_origin=MOVEMENT, movement_at_destination=MOVEMENT,
    freight_payable_at=st.builds(Place, locode=st.just("MYPKG")) | st.builds(Place, name=text(35)), contact=text(35),
    terms=st.text("ab\n ", min_size=1, max_size=20),
)  # fmt: skip


@settings(max_examples=40)
@given(DOCUMENTS)
def test_whatever_is_written_without_loss_comes_back(document):
    result = written(document)
    if DATA:
        assert_valid(result.body)
    again = transport.read(result.body)
    assert again.losses == ()
    if not result.losses:
        assert again.payload == document
    else:
        assert {loss.rpartition(".")[2] for loss in result.losses} == {"description"}
        flat = [" ".join(each.description.split()) for each in again.payload.items]
        assert flat == [each.description for each in document.items]


def test_the_sample_folder_holds_what_is_written():
    path = SAMPLE.with_name("transport-document.dcsa.json")
    assert path.read_bytes() == written(durian()).body
    assert dump(transport.read(path.read_bytes()).payload)["number"] == "SEL2609037001"
