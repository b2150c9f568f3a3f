"""One failing file per rule of reading and writing UBL, and of answering what a file lacks."""

from dataclasses import replace
from pathlib import Path

import pytest

from entrepot.document import invoice, order, reading
from entrepot.document._ubl21 import build, remainder, source

SAMPLES = Path(__file__).parents[3] / "examples" / "durian"
ORDER = (SAMPLES / "order.xml").read_text("utf-8")
BAD = "<cac:AllowanceCharge><cbc:Amount>x</cbc:Amount></cac:AllowanceCharge>"
FAILING = {
    "ENT-CORE-UBL-01": ("<Order ", "<Ordre ", "</Order>", "</Ordre>"),
    "ENT-CORE-UBL-02": ('<cbc:PriceAmount currencyID="MYR"', '<cbc:PriceAmount currencyID="CNY"'),
    "ENT-CORE-UBL-03": (">28.50<", ">28,50<"),
    "ENT-CORE-UBL-04": ("<cbc:DocumentCurrencyCode>MYR</cbc:DocumentCurrencyCode>", ""),
    "ENT-CORE-UBL-06": ('{"buyerType"', '{"totals":{},"buyerType"'),
    "ENT-CORE-UBL-08": ("<cac:Price>", BAD * 501 + "<cac:Price>"),
    "ENT-CORE-UBL-07": ("<cbc:UBLVersionID>2.1<", "<cbc:UBLVersionID>3.0<"),
}


def changed(*pairs):
    text = ORDER
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    return text.encode()


@pytest.mark.parametrize("rule", FAILING)
def test_each_rule_of_reading_fails_where_it_should(rule):
    result = order.read(changed(*FAILING[rule]))
    assert rule in [each.id for each in result.findings]
    assert all(each.text and each.source and each.remedy for each in result.findings)


def test_the_sample_itself_is_read_whole():
    result = order.read(changed())
    assert (result.findings, result.losses) == ((), ())
    assert result.payload is not None


def test_a_character_that_xml_cannot_hold_is_found_when_writing():
    payload = replace(order.read(changed()).payload, note="bell \a")
    written = order.write(payload)
    assert written.body is None
    assert [(each.id, each.path) for each in written.findings] == [("ENT-CORE-UBL-05", "/Order/cbc:Note")]


def test_every_rule_has_a_failing_file():
    demands = [source.ROOT, source.CURRENCY, source.LEXICAL, source.CURRENCY_GUESS, source.VERSION, source.FULL]
    ids = {each.id for each in (*demands, remainder.UNREADABLE, build.CHARACTER)}
    assert ids == {*FAILING, "ENT-CORE-UBL-05"}


@pytest.mark.parametrize("junk", ["not json", "[]", '{"a":1,"a":2}', '{"number":"X"}', "", "[" * 99])
def test_a_bad_extension_adds_nothing(junk):
    start, end = ORDER.index('1">{') + 3, ORDER.index("</ent:Remainder>")
    result = order.read((ORDER[:start] + junk + ORDER[end:]).encode())
    assert "ENT-CORE-UBL-06" in [each.id for each in result.findings]
    assert result.draft["number"] == "PO-2026-1187"
    assert "buyerType" not in result.draft
    assert any("Remainder" in each for each in result.losses)


def test_an_extension_of_others_is_reported_as_lost():
    result = order.read(changed(">urn:x-entrepot:remainder:1<", ">urn:other:1<"))
    assert "/Order/ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/ent:Remainder" in result.losses
    assert "subject" not in result.draft


@pytest.mark.parametrize(
    ("written", "read"),
    [(".5", "0.5"), ("+7.", "7"), (" 007.10 ", "7.10"), ("-0.00", "-0.00"), ("1e3", None), ("", None), ("NaN", None)],
)
def test_decimals_of_xml_schema(written, read):
    result = order.read(changed(">28.50<", f">{written}<"))
    assert result.draft["lines"][0].get("price", {}).get("amount") == read


def test_more_digits_than_are_held_are_a_finding():
    result = order.read(changed(">28.50<", ">" + "1" * 31 + "<"))
    assert [(each.id, each.path) for each in result.findings] == [("ENT-CORE-SHAPE-05", "$.lines[0].price.amount")]


@pytest.mark.parametrize("edition", ["", ' listVersionID="D21A"'])
def test_an_edition_that_is_not_stated_is_not_made_up(edition):
    result = order.read(changed(' listVersionID="2022"', edition))
    assert result.draft["lines"][0]["hs"] == {"code": "081060"}
    assert "ENT-CORE-TRADE-33" in [each.id for each in order.check(result.payload)]
    assert len(result.losses) == bool(edition)


def test_an_invoice_is_no_order():
    assert invoice.read(changed()).findings[0].id == "ENT-CORE-UBL-01"


def test_answers_fill_what_is_missing():
    result = order.read(changed("<cbc:IssueDate>2026-09-03</cbc:IssueDate>", ""))
    assert [each.path for each in result.findings] == ["$.issueDate"]
    answered = result.answered({"$.issueDate": "2026-09-03", "$.buyer.address.postalCode": "510000"})
    assert answered.findings == ()
    assert answered.payload == order.read(changed()).payload


ANSWERS = {
    "ENT-CORE-READ-01": [("$.number", "X"), ("$.lines[0].price.amount", "1")],
    "ENT-CORE-READ-02": [("$.lines[7].name", "x"), ("number", "x"), ("$..a", "x"), ("$.number.x", "x"), ("$", {})],
}


@pytest.mark.parametrize("rule", ANSWERS)
def test_answers_never_change_what_the_file_says(rule):
    before = order.read(changed())
    for path, value in ANSWERS[rule]:
        after = before.answered({path: value})
        assert [each.id for each in after.findings] == [rule], path
        assert after.payload == before.payload
    assert {each.id for each in reading.DEMANDS} == set(ANSWERS)


def test_a_presented_payload_names_the_file():
    result = order.read(changed())
    payload = result.as_presented("order.xml")
    assert (payload.presented.syntax, payload.presented.received_as) == ("ubl-2.1", "order.xml")
    assert replace(payload, presented=None) == result.payload


def test_a_file_full_of_wrong_amounts_is_read_in_time():
    result = order.read(changed("<cac:Price>", BAD * 20_000 + "<cac:Price>"))
    assert len([each for each in result.findings if each.id == "ENT-CORE-UBL-03"]) == 500


SCHEME = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
JUNK = "<cbc:CompanyID>1</cbc:CompanyID><cac:TaxScheme>x</cac:TaxScheme>"
PARTY_LOSSES = [
    (f"<cac:PartyTaxScheme>{SCHEME}</cac:PartyTaxScheme>", "cac:TaxScheme/cbc:ID"),
    (f"<cac:PartyTaxScheme>{JUNK}</cac:PartyTaxScheme>", "cac:TaxScheme"),
    ('<cac:PartyIdentification><cbc:ID schemeID="X"/></cac:PartyIdentification>', "@schemeID"),
    ("<cac:Contact>junk<cbc:Name>N</cbc:Name></cac:Contact>", "cac:Contact[1]/text()"),
]


@pytest.mark.parametrize(("added", "lost"), PARTY_LOSSES, ids=[lost for _, lost in PARTY_LOSSES])
def test_what_a_party_cannot_carry_is_reported(added, lost):
    start = ORDER.index("<cac:PartyLegalEntity>")
    result = order.read((ORDER[:start] + added + ORDER[start:]).encode())
    assert any(each.endswith(lost) for each in result.losses), result.losses
