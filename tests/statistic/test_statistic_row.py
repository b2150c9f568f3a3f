"""The row: its flags, its flow, its value; unknown stays unknown."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.finding import Finding, blocking
from entrepot.base.money import Money
from entrepot.base.shape import dump, parse
from entrepot.statistic.count import Count, check, count_of
from entrepot.statistic.definition import DEFINITIONS
from entrepot.statistic.kinds import kinds
from entrepot.statistic.row import Flow, Known, Product, Row, SaleRow, Scheme, Size, row_of

FRUIT = SaleRow(
    sale="ab" * 32,
    currency="MYR",
    seller_economy="MY",
    buyer_economy="CN",
    subject="goods",
    ordered_by="web",
    delivered_by="physical",
    platform="none",
    buyer_type="business",
    product=Product(scheme=Scheme.HS, code="0810.60.00", vintage="2022"),
    persons_employed=12,
    invoiced=150_000,
    tax_included=False,
    incoterm="FOB",
    day=date(2026, 3, 31),
)


def row(reporter: str = "MY", **changes: Any) -> Row:
    found, _ = row_of(replace(FRUIT, **changes), reporter=reporter)
    assert found is not None
    return found


def ids(**changes: Any) -> list[str]:
    return [each.id for each in row_of(replace(FRUIT, **changes), reporter="MY")[1]]


def test_fruit_from_malaysia_to_china() -> None:
    found, findings = row_of(FRUIT, reporter="MY")
    assert findings == ()
    assert dump(found) == {
        "sale": "ab" * 32,
        "reporter": "MY",
        "partner": "CN",
        "flow": "export",
        "digitalTrade": "yes",
        "ordered": "yes",
        "delivered": "no",
        "platform": "no",
        "subject": "goods",
        "product": {"scheme": "HS", "code": "081060", "vintage": "2022"},
        "size": "10-49",
        "buyer": "business",
        "value": {"amount": "1500.00", "currency": "MYR"},
        "valuation": "FOB",
        "tax": "no",
        "period": "2026-03",
    }


def test_the_other_side_imports_and_says_how_it_is_valued() -> None:
    found, findings = row_of(FRUIT, reporter="CN")
    assert found is not None
    assert (found.flow, found.partner) == (Flow.IMPORT, "MY")
    assert [each.id for each in findings] == ["ENT-CORE-STAT-07"]


@pytest.mark.parametrize(
    ("method", "ordered"), [("web", "yes"), ("message", "no"), ("outside", "no"), ("unknown", "unknown")]
)
def test_the_way_of_ordering_decides(method: str, ordered: str) -> None:
    for settled in (0, 150_000):
        assert row(ordered_by=method, settled=settled).ordered == ordered


@pytest.mark.parametrize(
    ("subject", "by", "delivered"),
    [
        ("goods", "physical", "no"),
        ("goods", "digital", "no"),
        ("goods", "unknown", "no"),
        ("services", "digital", "yes"),
        ("services", "physical", "no"),
        ("services", "unknown", "unknown"),
        ("mixed", "digital", "unknown"),
        ("unknown", "digital", "unknown"),
        ("unknown", "physical", "no"),
    ],
)
def test_goods_are_never_delivered_digitally(subject: str, by: str, delivered: str) -> None:
    assert row(subject=subject, delivered_by=by).delivered == delivered
    assert ("ENT-CORE-STAT-02" in ids(subject=subject, delivered_by=by)) == (subject == "goods" and by == "digital")


def test_a_domestic_sale_is_no_digital_trade() -> None:
    found = row(buyer_economy="MY")
    assert (found.flow, found.partner, found.digital_trade, found.ordered) == ("domestic", None, "no", "yes")
    assert row(buyer_economy="MY", ordered_by="unknown").digital_trade is Known.NO


def test_unknown_economies_make_an_unknown_flow_and_strangers_none() -> None:
    found = row(buyer_economy=None)
    assert (found.flow, found.digital_trade, found.partner) == ("unknown", "unknown", None)
    nothing, findings = row_of(FRUIT, reporter="SG")
    assert nothing is None
    assert [each.id for each in blocking(findings)] == ["ENT-CORE-STAT-01"]


def test_platforms_and_their_fee() -> None:
    fee = Money(900, "MYR")
    assert (row(platform="intermediary", platform_fee=fee).platform, row(platform="reseller").platform) == ("yes", "no")
    assert row(platform="intermediary", platform_fee=fee).value == row().value
    assert ids(platform="intermediary") == ["ENT-CORE-STAT-03"]
    assert ids(platform="reseller", platform_fee=fee) == ["ENT-CORE-STAT-04"]


@pytest.mark.parametrize(
    ("persons", "size"),
    [
        (0, "0-9"),
        (9, "0-9"),
        (10, "10-49"),
        (49, "10-49"),
        (50, "50-249"),
        (249, "50-249"),
        (250, "250+"),
        (None, "unknown"),
    ],
)
def test_size_classes(persons: int | None, size: str) -> None:
    assert row(persons_employed=persons).size == Size(size)


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({}, 150_000),
        ({"credited": 30_000}, 120_000),
        ({"credited": 30_000, "settled": 150_000, "refunded": 30_000}, 120_000),  # one return, two records
        ({"settled": 150_000, "refunded": 20_000}, 130_000),  # goodwill without a credit note
        ({"settled": 170_000, "refunded": 20_000}, 150_000),  # an overpayment went back
        ({"settled": 50_000, "refunded": 10_000}, 140_000),
        ({"awarded": 5_000}, 145_000),
        ({"awarded": -5_000}, 155_000),
        ({"ended": True, "settled": 150_000, "refunded": 150_000}, 0),
        ({"ended": True}, 0),
        ({"invoiced": None}, None),
    ],
)
def test_refunds_reduce_the_value_once(changes: dict[str, Any], value: int | None) -> None:
    found = row(**changes).value
    assert (None if found is None else found.minor) == value


def test_short_codes_and_negative_values_are_told() -> None:
    assert row(product=Product(scheme=Scheme.HS, code="0810", vintage="2022")).product is None
    assert "ENT-CORE-STAT-05" in ids(product=Product(scheme=Scheme.HS, code="0810", vintage="2022"))
    assert "ENT-CORE-STAT-06" in ids(awarded=200_000)


def test_nothing_known_is_unknown_everywhere_and_zero_nowhere() -> None:
    found, findings = row_of(SaleRow(sale="cd" * 32, currency="MYR"), reporter="MY")
    assert found is not None
    values = dump(found)
    assert set(values) == {
        "sale", "reporter", "flow", "digitalTrade", "ordered", "delivered", "platform", "subject", "size", "buyer",
        "valuation", "tax",
    }  # fmt: skip
    assert {each for key, each in values.items() if key not in ("sale", "reporter")} == {"unknown"}
    assert len([each for each in findings if each.id == "ENT-CORE-STAT-08"]) == 12


SALES = st.builds(
    SaleRow,
    sale=st.just("ab" * 32),
    currency=st.just("MYR"),
    seller_economy=st.sampled_from(["MY", "CN", None]),
    buyer_economy=st.sampled_from(["MY", "CN", None]),
    subject=st.sampled_from(["goods", "services", "mixed", "unknown"]),
    ordered_by=st.sampled_from(["web", "message", "outside", "unknown"]),
    delivered_by=st.sampled_from(["digital", "physical", "unknown"]),
    platform=st.sampled_from(["none", "intermediary", "reseller", "unknown"]),
    invoiced=st.none() | st.integers(0, 10**19),
    credited=st.integers(0, 10**6),
    settled=st.integers(0, 10**6),
    refunded=st.integers(0, 10**6),
    ended=st.booleans(),
)


@given(SALES)
def test_every_row_can_be_counted_and_read_back(sale: SaleRow) -> None:
    found, _ = row_of(sale, reporter="MY")
    if found is None:
        assert "MY" not in (sale.seller_economy, sale.buyer_economy)
        return
    count = count_of(found)
    again, findings = parse(Count, dump(count))
    assert (again, findings) == (count, ())
    wrong: tuple[Finding, ...] = check(count)
    assert wrong == ()


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"digest": "00" * 32}, "ENT-CORE-STAT-11"),
        ({"reporter": "CN"}, "ENT-CORE-STAT-12"),
        ({"row": {"partner": None}}, "ENT-CORE-STAT-13"),
        ({"row": {"partner": "MY"}}, "ENT-CORE-STAT-13"),
        ({"row": {"flow": Flow.DOMESTIC, "digital_trade": Known.NO}}, "ENT-CORE-STAT-14"),
        ({"row": {"delivered": Known.YES}}, "ENT-CORE-STAT-15"),
        ({"row": {"digital_trade": Known.NO}}, "ENT-CORE-STAT-16"),
        ({"row": {"platform_fee": Money(-1, "MYR")}}, "ENT-CORE-STAT-17"),
        ({"row": {"product": Product(scheme=Scheme.EBOPS, code="SI", vintage="2010")}}, "ENT-CORE-STAT-18"),
    ],
)
def test_each_check_of_a_count_can_fail(changes: dict[str, Any], wanted: str) -> None:
    assert kinds()["count", 1] == (Count, check)
    count = count_of(replace(row(), **changes.pop("row", {})))
    assert [each.id for each in check(replace(count, **changes))] == [wanted]


def test_definitions_say_whether_they_were_read() -> None:
    assert {each.status for each in DEFINITIONS.values()} == {"confirmed", "unconfirmed"}
    assert all(bool(each.read) == (each.status == "confirmed") for each in DEFINITIONS.values())
