"""Every kind has a sample that passes; every rule has a sample that fails it."""

import json
from copy import deepcopy
from pathlib import Path

import pytest

from entrepot.base.finding import Severity
from entrepot.base.shape import dump, parse
from entrepot.document import figures, parts
from entrepot.document.kinds import kinds

SAMPLES = Path(__file__).parents[2] / "examples" / "durian"
ECONOMIES = {"MY", "CN", "SG", "HK"}
GONE = object()
NAMES = (
    "offer", "order", "order-response", "order-cancellation", "cancellation-response", "invoice", "credit-note",
    "certificate-of-origin", "transport-document", "customs-declaration-export", "customs-declaration-import",
    "customs-release-export", "customs-release-import", "packing-list", "insurance-certificate", "warehouse-receipt",
    "agency-decision", "complaint", "registration-request",
)  # fmt: skip
OTHER = "CSQU3054383"
TAX = {"code": "S", "scheme": "VAT", "rate": "10"}
TAX_LINE = {"category": TAX, "taxable": "273600.00", "amount": "27360.00"}
TAXED = {("taxLines",): [TAX_LINE], ("totals", "tax"): "27360.00"}
ALLOWANCE = {"kind": "allowance", "amount": "10.00", "percent": "10", "base": "1000.00"}


def sample(name):
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def kind_of(name):
    return kinds()[name.removesuffix("-export").removesuffix("-import"), 1]


def judge(name, changes=None):
    payload = sample(name)
    for path, value in (changes or {}).items():
        put(payload, path, value)
    kind = kind_of(name)
    shaped, wrong = parse(kind.shape, payload)
    assert not wrong, [each.text for each in wrong]
    return kind.check(shaped, economies=ECONOMIES)


def put(payload, path, value):
    *way, last = path
    for step in way:
        payload = payload[step]
    if value is GONE:
        del payload[last]
    else:
        payload[last] = deepcopy(value)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_passes_and_keeps_its_form(name):
    kind = kind_of(name)
    shaped, wrong = parse(kind.shape, sample(name))
    assert not wrong
    assert parse(kind.shape, dump(shaped)) == (shaped, ())
    assert kind.check(shaped, economies=ECONOMIES) == ()
    assert kind.check(shaped) == ()


def test_every_kind_has_a_sample():
    assert {(name.removesuffix("-export").removesuffix("-import"), 1) for name in NAMES} == set(kinds())


BILL, LADING = "invoice", "transport-document"
LINE = ("lines", 0)
ITEM, LOAD = ("items", 0), ("items", 0, "loads", 0)
PACKING, INSURED, STORED, UNIT = "packing-list", "insurance-certificate", "warehouse-receipt", ("units", 0)
FAILING = {
    "ENT-CORE-TRADE-01": [("order", {("currency",): "XXX"})],
    "ENT-CORE-TRADE-02": [
        ("order", {(*LINE, "amount"): "273600.01"}),
        ("order", {(*LINE, "price", "per"): {"value": "100", "unit": "KGM"}}),
        ("order", {(*LINE, "adjustments"): [ALLOWANCE]}),
    ],
    "ENT-CORE-TRADE-03": [(BILL, {("totals", "lines"): "273600.01"})],
    "ENT-CORE-TRADE-04": [(BILL, {("totals", "allowances"): "1.00"})],
    "ENT-CORE-TRADE-05": [(BILL, {("totals", "charges"): "1.00"}), (BILL, {("totals", "charges"): GONE})],
    "ENT-CORE-TRADE-06": [(BILL, {("totals", "withoutTax"): "274800.01"})],
    "ENT-CORE-TRADE-07": [(BILL, {**TAXED, ("totals", "tax"): "27360.01"})],
    "ENT-CORE-TRADE-08": [(BILL, {**TAXED, ("totals", "withTax"): "302160.01"})],
    "ENT-CORE-TRADE-09": [(BILL, TAXED), (BILL, {("totals", "prepaid"): "1.00"})],
    "ENT-CORE-TRADE-10": [(BILL, {("totals", "payable"): {"amount": "274800.00", "currency": "CNY"}})],
    "ENT-CORE-TRADE-11": [(BILL, {**TAXED, ("taxLines", 0, "amount"): "27360.01"})],
    "ENT-CORE-TRADE-12": [
        (BILL, {**TAXED, (*LINE, "tax"): TAX, ("adjustments", 0, "tax"): TAX, ("adjustments", 0, "amount"): "1"})
    ],
    "ENT-CORE-TRADE-13": [(BILL, {**TAXED, (*LINE, "tax"): TAX | {"rate": "11"}})],
    "ENT-CORE-TRADE-14": [("offer", {(*LINE, "price", "amount"): "-28.50"})],
    "ENT-CORE-TRADE-15": [(BILL, {("adjustments", 0, "amount"): "-1200.00"})],
    "ENT-CORE-TRADE-16": [(BILL, {("adjustments",): [ALLOWANCE]})],
    "ENT-CORE-TRADE-17": [("order", {(*LINE, "price", "per"): {"value": "0", "unit": "KGM"}})],
    "ENT-CORE-TRADE-18": [(BILL, {("taxLines",): [TAX_LINE]})],
    "ENT-CORE-TRADE-21": [("order", {("seller", "economy"): GONE}), (LADING, {("shipper", "economy"): GONE})],
    "ENT-CORE-TRADE-22": [("order", {("buyer", "did"): GONE}), ("order", {("parties", 0, "party", "did"): GONE})],
    "ENT-CORE-TRADE-23": [("order-response", {("parties", 0, "role"): "chamber"})],
    "ENT-CORE-TRADE-24": [("order", {("buyer", "did"): "did:web:raub-durian.example"})],
    "ENT-CORE-TRADE-25": [("order", {("buyer", "economy"): "SE"})],
    "ENT-CORE-TRADE-26": [(BILL, {("lines",): [sample(BILL)["lines"][0]] * 2}), ("certificate-of-origin", {("items",): [
        sample("certificate-of-origin")["items"][0]] * 2})],
    "ENT-CORE-TRADE-27": [("order", {("subject",): "service"}), ("order", {(*LINE, "subject"): "service"})],
    "ENT-CORE-TRADE-28": [("order", {(*LINE, "hs", "code"): "0810"})],
    "ENT-CORE-TRADE-29": [("order", {(*LINE, "hs", "code"): "0810600000"})],
    "ENT-CORE-TRADE-30": [("order", {("deliveryTerms", "incoterm"): "DAT"})],
    "ENT-CORE-TRADE-31": [("order", {("deliveryTerms", "place"): GONE})],
    "ENT-CORE-TRADE-32": [("order", {("requestedDelivery", "end"): "2026-09-19"})],
    "ENT-CORE-TRADE-33": [
        ("order", {(*LINE, "hs", "vintage"): GONE}),
        ("customs-declaration-export", {("goods", 0, "hs", "vintage"): GONE}),
    ],
    "ENT-CORE-OFFER-01": [("offer", {("validUntil",): "2026-08-31"})],
    "ENT-CORE-ORDER-01": [("order", {("channel",): "digital"})],
    "ENT-CORE-ORDER-02": [("order", {(*LINE, "quantity", "value"): "0"})],
    "ENT-CORE-ORDER-03": [("order", {("requestedDelivery",): {"end": "2026-09-02"}})],
    "ENT-CORE-ORDER-04": [("order", {("deliveryTerms",): GONE})],
    "ENT-CORE-ORDER-05": [("order", {("platform", "role"): "reseller"})],
    "ENT-CORE-ORDER-06": [
        ("order-response", {("answer",): "reject"}), ("cancellation-response", {("reason",): GONE}),
    ],
    "ENT-CORE-ORDER-07": [("cancellation-response", {("cancellation", "record"): f"{2:064x}"})],
    "ENT-CORE-ORDER-08": [
        ("order", {("buyerType",): "consumer", ("buyer", "identifiers"): [{"scheme": "uscc", "value": "9"}]})
    ],
    "ENT-CORE-ORDER-09": [("order", {("totals", "payable"): {"amount": "-0.01", "currency": "MYR"}})],
    "ENT-CORE-INVOICE-01": [(BILL, {("dueDate",): "2026-09-11"})],
    "ENT-CORE-INVOICE-02": [(BILL, {("order", "record"): GONE}), ("credit-note", {("order",): GONE})],
    "ENT-CORE-INVOICE-03": [(BILL, {("typeCode",): "381"}), ("credit-note", {("typeCode",): "380"})],
    "ENT-CORE-INVOICE-04": [(BILL, {("taxInTaxCurrency",): {"amount": "0.00", "currency": "MYR"}})],
    "ENT-CORE-INVOICE-05": [(BILL, {("dueDate",): GONE, ("paymentTerms",): GONE})],
    "ENT-CORE-INVOICE-06": [("credit-note", {("invoices",): GONE})],
    "ENT-CORE-INVOICE-07": [("credit-note", {("reason",): GONE})],
    "ENT-CORE-INVOICE-08": [(BILL, {(*LINE, "tax"): TAX})],
    "ENT-CORE-INVOICE-09": [(BILL, {("totals", "payable", "amount"): "-1.00"})],
    "ENT-CORE-ORIGIN-01": [("certificate-of-origin", {(*ITEM, "criterion"): GONE})],
    "ENT-CORE-ORIGIN-02": [("certificate-of-origin", {(*ITEM, "criterion"): "RVC"})],
    "ENT-CORE-ORIGIN-03": [("certificate-of-origin", {("agreement",): GONE})],
    "ENT-CORE-ORIGIN-04": [("certificate-of-origin", {("consignee", "address"): GONE})],
    "ENT-CORE-ORIGIN-05": [("certificate-of-origin", {(*ITEM, "invoice"): GONE})],
    "ENT-CORE-ORIGIN-06": [("certificate-of-origin", {("consignment", "departure"): "2026-09-12"})],
    "ENT-CORE-ORIGIN-07": [
        ("certificate-of-origin", {("consignment", "departure"): "2025-09-12", ("issuedRetroactively",): True})
    ],
    "ENT-CORE-ORIGIN-08": [("certificate-of-origin", {("validUntil",): "2027-09-14"})],
    "ENT-CORE-ORIGIN-09": [("certificate-of-origin", {("backToBack",): {
        "number": "1", "issueDate": "2026-08-01", "economy": "TH", "issuingBody": "B", "validUntil": "2027-08-01"}})],
    "ENT-CORE-ORIGIN-10": [("certificate-of-origin", {("declaration", "on"): "2026-09-14"})],
    "ENT-CORE-ORIGIN-11": [
        ("certificate-of-origin", {("agreement",): GONE, (*ITEM, "criterion"): GONE, (*ITEM, "additions"): ["ACU"]})
    ],
    "ENT-CORE-TRANSPORT-01": [
        (LADING, {("equipment", 0, "id"): "ENTU4820160"}),
        (LADING, {("equipment", 0, "id"): "BOX 1"}),
    ],
    "ENT-CORE-TRANSPORT-02": [(LADING, {(*LOAD, "equipment"): OTHER})],
    "ENT-CORE-TRANSPORT-03": [(LADING, {("consignee",): GONE})],
    "ENT-CORE-TRANSPORT-04": [(LADING, {("title",): "order"})],
    "ENT-CORE-TRANSPORT-05": [(LADING, {("endorsee",): {"name": "Bank"}})],
    "ENT-CORE-TRANSPORT-06": [(LADING, {("type",): "waybill", ("title",): "blank"})],
    "ENT-CORE-TRANSPORT-07": [(LADING, {("voyage",): GONE})],
    "ENT-CORE-TRANSPORT-08": [(LADING, {("onBoardDate",): GONE})],
    "ENT-CORE-TRANSPORT-09": [(LADING, {("loading",): {}})],
    "ENT-CORE-TRANSPORT-10": [(LADING, {(*LOAD, "netWeightKg"): "10560.1"})],
    "ENT-CORE-TRANSPORT-11": [(LADING, {("arrival",): "2026-09-13"})],
    "ENT-CORE-TRANSPORT-12": [(LADING, {("governingLaw",): GONE})],
    "ENT-CORE-TRANSPORT-13": [(LADING, {(*LOAD, "equipment"): GONE})],
    "ENT-CORE-TRANSPORT-14": [(LADING, {("equipment",): sample(LADING)["equipment"] * 2})],
    "ENT-CORE-TRANSPORT-15": [(LADING, {(*ITEM, "hs"): GONE})],
    "ENT-CORE-CUSTOMS-01": [("customs-declaration-export", {("destination",): "MY"})],
    "ENT-CORE-CUSTOMS-02": [
        ("customs-declaration-export", {("office", "economy"): "CN"}),
        ("customs-declaration-import", {("office", "economy"): "MY"}),
    ],
    "ENT-CORE-CUSTOMS-03": [("customs-declaration-import", {("customsValue", "amount"): "1.00"})],
    "ENT-CORE-CUSTOMS-04": [("customs-declaration-import", {("goods", 0, "customsValue", "currency"): "CNY"})],
    "ENT-CORE-CUSTOMS-05": [("customs-declaration-import", {("goods", 0, "certificate"): GONE})],
    "ENT-CORE-CUSTOMS-06": [("customs-declaration-import", {("goods", 0, "netWeightKg"): "10561"})],
    "ENT-CORE-CUSTOMS-07": [("customs-declaration-import", {("goods", 0, "customsValue", "amount"): "0.00"})],
    "ENT-CORE-CUSTOMS-08": [("customs-release-export", {("decision",): "refused"})],
    "ENT-CORE-CUSTOMS-09": [("customs-release-export", {("decision",): "inspect"})],
    "ENT-CORE-CUSTOMS-10": [
        ("customs-release-export", {("charges",): [
            {"kind": "fee", "amount": {"amount": "5.00", "currency": "MYR"}, "paid": False}]})
    ],
    "ENT-CORE-PACKING-01": [(PACKING, {("invoice",): GONE})],
    "ENT-CORE-PACKING-02": [(PACKING, {("totals", "packages"): 961})],
    "ENT-CORE-PACKING-03": [
        (PACKING, {("totals", "grossWeightKg"): "10560.1"}), (PACKING, {("totals", "netWeightKg"): "9599"}),
    ],
    "ENT-CORE-PACKING-04": [(PACKING, {("totals", "volumeM3"): "38"})],
    "ENT-CORE-PACKING-05": [
        (PACKING, {(*UNIT, "netWeightKg"): "10561"}), (PACKING, {("totals", "netWeightKg"): "10561"}),
    ],
    "ENT-CORE-PACKING-06": [(PACKING, {("totals", "grossWeightKg"): GONE})],
    "ENT-CORE-PACKING-07": [(PACKING, {(*UNIT, "sscc"): "106141412345678909"})],
    "ENT-CORE-PACKING-08": [(PACKING, {(*UNIT, "sscc"): "106141412345678908"})],
    "ENT-CORE-PACKING-09": [(PACKING, {(*UNIT, "packages", "code"): GONE})],
    "ENT-CORE-PACKING-10": [(PACKING, {(*UNIT, "contents", 0, "quantity", "value"): "0"})],
    "ENT-CORE-PACKING-11": [(PACKING, {(*UNIT, "equipment"): "ENTU4820160"})],
    "ENT-CORE-INSURANCE-01": [(INSURED, {("insured", "amount"): "0.00"})],
    "ENT-CORE-INSURANCE-02": [
        (INSURED, {("coverFrom",): "2026-09-15"}), (INSURED, {("coverFrom",): GONE, ("issueDate",): "2026-09-15"}),
    ],
    "ENT-CORE-INSURANCE-03": [(INSURED, {("value", "currency"): "CNY"})],
    "ENT-CORE-INSURANCE-04": [(INSURED, {("insured", "amount"): "302279.99"})],
    "ENT-CORE-INSURANCE-05": [(INSURED, {("invoice",): GONE})],
    "ENT-CORE-INSURANCE-06": [(INSURED, {("loading",): {}}), (INSURED, {("claimsPayableAt",): {}})],
    "ENT-CORE-INSURANCE-07": [(INSURED, {("claimsPayableAt",): GONE})],
    "ENT-CORE-INSURANCE-08": [(INSURED, {("vessel",): GONE, ("transport",): GONE})],
    "ENT-CORE-WAREHOUSE-01": [(STORED, {("receivedDate",): "2026-09-13"})],
    "ENT-CORE-WAREHOUSE-02": [(STORED, {("title",): "order"})],
    "ENT-CORE-WAREHOUSE-03": [(STORED, {("endorsee",): {"name": "Bank"}})],
    "ENT-CORE-WAREHOUSE-04": [(STORED, {("title",): "blank", ("governingLaw",): GONE})],
    "ENT-CORE-WAREHOUSE-05": [(STORED, {("goods", 0, "quantity", "value"): "-1"})],
    "ENT-CORE-WAREHOUSE-06": [(STORED, {("goods", 0, "netWeightKg"): "10561"})],
    "ENT-CORE-WAREHOUSE-07": [(STORED, {("charges",): GONE})],
    "ENT-CORE-WAREHOUSE-08": [(STORED, {("warehouseAddress",): {}})],
    "ENT-CORE-WAREHOUSE-09": [(STORED, {("storage", "start"): "2026-09-11"})],
    "ENT-CORE-AGENCY-01": [("agency-decision", {("reasons",): " "})],
    "ENT-CORE-AGENCY-02": [("agency-decision", {("decidedBy",): " "})],
    "ENT-CORE-AGENCY-03": [("complaint", {("text",): " "})],
    "ENT-CORE-AGENCY-04": [("registration-request", {("economy",): "SE"})],
}  # fmt: skip


def all_demands():
    from importlib import import_module

    rooms = (
        "offer",
        "order",
        "invoice",
        "origin",
        "transport",
        "customs",
        "packing",
        "insurance",
        "warehouse",
        "agency",
    )
    tables = [import_module(f"entrepot.document.{room}.check") for room in rooms]
    return [each for table in (figures, parts, *tables) for each in table.DEMANDS]


def test_every_rule_is_listed_once_and_fails_somewhere():
    ids = [each.id for each in all_demands()]
    assert len(ids) == len(set(ids))
    assert set(ids) == set(FAILING)


@pytest.mark.parametrize("rule", FAILING)
def test_each_rule_fails_where_it_should(rule):
    for name, changes in FAILING[rule]:
        found = [each for each in judge(name, changes) if each.id == rule]
        assert found, (name, changes)
        for each in found:
            assert "{" not in each.text
            assert each.path.startswith("$")
            assert each.source


def test_a_heading_is_a_warning_in_an_order_and_blocks_a_certificate():
    in_order = judge("order", {("lines", 0, "hs", "code"): "0810"})
    in_certificate = judge("certificate-of-origin", {("items", 0, "hs", "code"): "0810"})
    assert [each.severity for each in in_order + in_certificate] == [Severity.WARNING, Severity.BLOCKING]


def test_sums_of_a_presented_file_are_warned_of():
    presented = {"syntax": "ubl-2.1", "digest": "0" * 64, "mediaType": "application/xml"}
    changes = {("lines", 0, "amount"): "1.00"}
    own, foreign = judge("order", changes), judge("order", changes | {("presented",): presented})
    assert {each.severity for each in own} == {Severity.BLOCKING}
    assert [each.id for each in own] == [each.id for each in foreign]
    assert {each.severity for each in foreign} == {Severity.WARNING}
