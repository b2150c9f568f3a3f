"""pacs.008: valid against the published schemas, read back, and hardened against what strangers send."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from entrepot.base.finding import Severity, blocking
from entrepot.base.money import MINOR_MAX, Money
from entrepot.base.shape import members
from entrepot.party.party import Address, Identifier, Party
from entrepot.payment._iso20022 import VERSIONS, read, write
from entrepot.payment.account import Account, AccountScheme, Agent, ExchangeRate
from entrepot.payment.check import check_draft
from entrepot.payment.instruction import ChargeBearer
from entrepot.payment.message import check_message, issue

XSD = {
    "pacs.008.001.08": "pyiso20022-xsd",
    "pacs.008.001.10": "pyiso20022-xsd",
    "pacs.008.001.13": "nexus-sandbox-xsd",
}


@cache
def schema_of(foreign: Path, version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(foreign / XSD[version] / f"{version}.xsd"))


def ids(findings):
    return sorted({each.id for each in findings})


def test_every_version_has_a_judge():
    assert set(XSD) == set(VERSIONS)


@pytest.mark.parametrize("version", sorted(VERSIONS))
def test_message_is_valid_against_the_schema(foreign, instruction, version):
    data, findings = write(instruction, version=version)
    assert data is not None
    assert not blocking(findings)
    schema_of(foreign, version).assertValid(etree.fromstring(data))


def test_the_judge_can_say_no(foreign, instruction):
    data, _ = write(instruction)
    swapped = data.replace(b"<ChrgBr>SHAR</ChrgBr>", b"").replace(b"<PmtId>", b"<ChrgBr>SHAR</ChrgBr><PmtId>")
    assert not schema_of(foreign, "pacs.008.001.08").validate(etree.fromstring(swapped))


@pytest.mark.parametrize("version", sorted(VERSIONS))
def test_reading_back_gives_the_same_instruction(instruction, version):
    draft = replace(instruction, debtor=replace(instruction.debtor, email="a@buyer.example"))
    issued, data, _ = issue(draft, version=version)
    message, findings = read(data)
    assert not findings
    assert message.version == version
    back = message.instruction
    assert back.message == issued.message
    long_did = VERSIONS[version].identifier > 100
    expected = replace(
        issued,
        request=None,
        exchange_rate=ExchangeRate(rate=Decimal("0.62"), source="pacs.008 XchgRate"),
        creditor=replace(issued.creditor, did=issued.creditor.did if long_did else None),
    )
    assert back == expected
    assert message.losses == ()
    assert check_message(issued, data) == ()


def test_what_has_no_place_is_said(instruction):
    _, findings = write(instruction)
    notes = {each.path for each in findings if each.severity is Severity.NOTE}
    assert notes == {"$.request", "$.exchangeRate.source", "$.exchangeRate.quote", "$.creditor.did"}


@pytest.mark.parametrize(
    ("replaced", "by", "lost"),
    [
        (b"<InstrId>PAY-2026-0007<", b"<InstrId>OTHER<", "InstrId"),
        (b"CLRG", b"INDA", "SttlmMtd"),
        (b"<UnitCcy>CNY<", b"<UnitCcy>MYR<", "UnitCcy"),
        (b"<ChrgBr>", b"<Ignored>x</Ignored><ChrgBr>", "Ignored"),
        (b"<InstdAgt>", b"<InstdAgt><BrnchId><Id>7</Id></BrnchId>", "Id"),
    ],
)
def test_what_was_not_read_is_told(instruction, replaced, by, lost):
    data, _ = write(instruction, version="pacs.008.001.13")
    assert data.count(replaced) == 1
    message, findings = read(data.replace(replaced, by))
    assert not findings
    assert [each.params["element"] for each in message.losses] == [lost]
    assert message.losses[0].path.startswith("/*")


def test_members_of_a_party_are_all_thought_of():
    names = {each.name for each in members(Party)} | {each.name for each in members(Address)}
    carried = {"name", "economy", "did", "identifiers", "address", "email", "lines", "city", "region", "postal_code"}
    assert names - carried <= {"size"}, "a new member of Party needs a place in pacs.008, or a note"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"debtor": Party(name="A" * 141, address=Address(city="X", economy="CN"))}, "ENT-CORE-PACS008-01"),
        ({"debtor": Party(name="A\x01B", address=Address(city="X", economy="CN"))}, "ENT-CORE-PACS008-02"),
        (
            {"debtor": Party(name="A", address=Address(lines=("1", "2", "3"), city="X", economy="CN"))},
            "ENT-CORE-PACS008-03",
        ),
        ({"debtor": Party(name="A", address=Address(city="X" * 36, economy="CN"))}, "ENT-CORE-PACS008-01"),
        ({"debtor": Party(name="A", address=Address(lines=("Road 1",)))}, "ENT-CORE-PAY-08"),
        ({"exchange_rate": None}, "ENT-CORE-PAY-04"),
        ({"exchange_rate": ExchangeRate(rate=Decimal("0.62000000001"), source="x")}, "ENT-CORE-PACS008-04"),
        ({"exchange_rate": ExchangeRate(rate=Decimal("12.3456789012"), source="x")}, "ENT-CORE-PACS008-04"),
        ({"exchange_rate": ExchangeRate(rate=Decimal("-1"), source="x")}, "ENT-CORE-PAY-05"),
        ({"exchange_rate": ExchangeRate(rate=Decimal("0.61"), source="x")}, "ENT-CORE-PAY-06"),
        ({"settlement": Money(0, "MYR")}, "ENT-CORE-PAY-02"),
        ({"creditor_account": Account(number="GB82WEST12345698765433", scheme=AccountScheme.IBAN)}, "ENT-CORE-PAY-09"),
        ({"creditor_agent": Agent(name="Nobody")}, "ENT-CORE-PAY-17"),
        (
            {
                "debtor": Party(
                    name="A",
                    identifiers=(Identifier(scheme="lei", value="5493001KJTIIGC8Y1R13"),),
                    address=Address(city="X", economy="CN"),
                )
            },
            "ENT-CORE-PAY-07",
        ),
    ],
)
def test_wrong_instructions_are_not_written(instruction, change, expected):
    data, findings = write(replace(instruction, **change))
    assert data is None
    assert expected in ids(blocking(findings))


@pytest.mark.parametrize(
    ("minor", "bearer", "expected"),
    [
        (1_240_000, ChargeBearer.DEBTOR, set()),
        (1_239_999, ChargeBearer.SHARED, {"ENT-CORE-PAY-19"}),
        (1_239_999, ChargeBearer.CREDITOR, {"ENT-CORE-PAY-19"}),
        (1_239_999, ChargeBearer.DEBTOR, {"ENT-CORE-PAY-06"}),
        (1_240_001, ChargeBearer.SHARED, {"ENT-CORE-PAY-06"}),
    ],
)
def test_amounts_follow_from_the_rate(instruction, minor, bearer, expected):
    changed = replace(instruction, settlement=Money(minor, "MYR"), charge_bearer=bearer)
    assert set(ids(check_draft(changed))) == expected


def test_rounding_to_the_minor_unit_is_no_difference(instruction):
    rate = ExchangeRate(rate=Decimal("0.3333333"), source="x")
    for minor in (666_666, 666_667):
        assert check_draft(replace(instruction, exchange_rate=rate, settlement=Money(minor, "MYR"))) == ()


def test_long_towns_fit_the_newest_version(instruction):
    long = replace(instruction, debtor=Party(name="A", address=Address(city="X" * 36, economy="CN")))
    assert write(long, version="pacs.008.001.13")[0] is not None


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=60).filter(
    lambda text: text == text.strip() and "\ufffe" not in text and "\uffff" not in text
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=TEXT,
    line=TEXT,
    minor=st.integers(1, MINOR_MAX),
    currency=st.sampled_from(["JPY", "MYR", "KWD", "CLF"]),
    bearer=st.sampled_from(list(ChargeBearer)),
    version=st.sampled_from(sorted(VERSIONS)),
)
def test_any_valid_instruction_is_valid_and_comes_back(foreign, domestic, name, line, minor, currency, bearer, version):
    money = Money(minor, currency)
    draft = replace(
        domestic,
        debtor=Party(name=name, address=Address(lines=(line,), city="Nanning", economy="CN")),
        instructed=money,
        settlement=money,
        charge_bearer=bearer,
    )
    issued, data, findings = issue(draft, version=version)
    assert issued is not None, findings
    schema_of(foreign, version).assertValid(etree.fromstring(data))
    message, findings = read(data)
    assert not findings
    assert message.instruction.debtor == draft.debtor
    assert message.instruction.settlement == money
    assert check_message(issued, data) == ()


def test_another_message_is_noticed(domestic):
    issued, data, _ = issue(domestic)
    other, changed, _ = issue(replace(domestic, settlement=Money(1, "MYR"), instructed=Money(1, "MYR")))
    assert ids(check_message(issued, changed)) == ["ENT-CORE-PACS008-30"]
    crossed = replace(issued, message=other.message)
    assert {each.path for each in check_message(crossed, changed)} == {"$.settlement", "$.instructed"}
    assert check_message(issued, data) == ()


@pytest.mark.parametrize(
    ("replaced", "by", "expected"),
    [
        (b"pacs.008.001.08", b"pacs.008.001.99", "ENT-CORE-PACS008-20"),
        (b"<NbOfTxs>1<", b"<NbOfTxs>2<", "ENT-CORE-PACS008-22"),
        (b"12400.00", b"1.240E4", "ENT-CORE-PACS008-11"),
        (b"12400.00", b"12400.001", "ENT-CORE-PACS008-11"),
        (b"12400.00", b"1234567890123456789.00", "ENT-CORE-PACS008-11"),
        (b'Ccy="MYR"', b'Ccy="ZZZ"', "ENT-CORE-PACS008-11"),
        (b"00010203", b"0001020A", "ENT-CORE-SHAPE-08"),
        (b"AAAACNBJXXX", b"aaaacnbjxxx", "ENT-CORE-SHAPE-08"),
        (b"SHAR", b"NONE", "ENT-CORE-SHAPE-04"),
        (b"08:30:00.000+00:00", b"08:30:00.000", "ENT-CORE-PACS008-12"),
        (b"2026-11-20</IntrBk", b"2026-11-32</IntrBk", "ENT-CORE-PACS008-12"),
        (b"</Document>", b"", "ENT-CORE-XML-04"),
        (b"<Document", b"<!DOCTYPE Document [<!ENTITY a 'b'>]><Document", "ENT-CORE-XML-03"),
        (b"<UETR>", b"<!-- ", "ENT-CORE-XML-04"),
    ],
)
def test_wrong_messages_are_refused_with_findings(instruction, replaced, by, expected):
    data, _ = write(instruction)
    assert replaced in data
    message, findings = read(data.replace(replaced, by))
    assert message is None
    assert expected in ids(findings)


def test_missing_uetr_is_named(instruction):
    data, _ = write(instruction)
    start, end = data.index(b"<UETR>"), data.index(b"</UETR>") + 7
    message, findings = read(data[:start] + data[end:])
    assert message is None
    assert [each.params["element"] for each in findings] == ["PmtId/UETR"]


def test_two_transfers_are_refused(instruction):
    data, _ = write(instruction)
    start, end = data.index(b"<CdtTrfTxInf>"), data.index(b"</CdtTrfTxInf>") + 14
    message, findings = read(data[:end] + data[start:end] + data[end:])
    assert message is None
    assert "ENT-CORE-PACS008-21" in ids(findings)


def test_huge_and_deep_messages_are_refused():
    assert ids(read(b" " * ((1 << 20) + 1))[1]) == ["ENT-CORE-XML-01"]
    assert read(b"<a>" * 5000)[0] is None
    assert read(b"")[0] is None
    assert read(b"\xff\xfe\x00")[0] is None


def test_external_entities_are_not_read(tmp_path, instruction):
    secret = tmp_path / "secret"
    secret.write_text("hidden", encoding="utf-8")
    data, _ = write(instruction)
    evil = data.replace(
        b"<Document", f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]><Document'.encode(), 1
    ).replace(b"PAY-2026-0007", b"&e;")
    message, findings = read(evil)
    assert message is None
    assert "hidden" not in str(findings)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), new=st.binary(min_size=0, max_size=3))
def test_damaged_messages_never_raise(instruction, place, new):
    data, _ = write(instruction)
    place %= len(data)
    message, findings = read(data[:place] + new + data[place + 1 :])
    assert (message is None) == bool(findings)


def test_foreign_clean_messages_are_read(foreign):
    """The pacs.008 examples of the CBPR+ set, least and most: all are read, and what has no place is told."""
    read_through = 0
    for path in sorted((foreign / "cbpr-usage-rules").glob("*/pacs.008*.xml")):
        message, findings = read(path.read_bytes())
        assert message is not None, findings
        assert message.losses, "header and options of the example have no place in an instruction"
        read_through += 1
    assert read_through == 8


def test_time_zone_is_normalised(instruction):
    data, _ = write(instruction)
    message, _ = read(data.replace(b"08:30:00.000+00:00", b"16:30:00.000+08:00"))
    assert message.instruction.created == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
