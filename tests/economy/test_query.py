"""Questions with a day: the borders of each period, and unknown, which is neither yes, no nor zero."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.error import UsageError
from entrepot.economy import EconomyError, economies, economy, member_of, source_of, tax_rates
from entrepot.economy.agreement import AGREEMENTS
from entrepot.economy.load import codes
from entrepot.economy.query import low_value_rules

DAYS = st.dates(date(1960, 1, 1), date(2030, 12, 31))


def standard(code, *day):
    rates = tax_rates(code, date(*day))
    return None if rates is None else {(row.category, row.rate) for row in rates if row.category == "standard"}


@pytest.mark.parametrize(
    ("code", "day", "rate"),
    [
        ("SG", (2022, 12, 31), "7"),
        ("SG", (2023, 1, 1), "8"),
        ("SG", (2023, 12, 31), "8"),
        ("SG", (2024, 1, 1), "9"),
        ("JP", (2019, 9, 30), "8"),
        ("JP", (2019, 10, 1), "10"),
        ("CN", (2026, 11, 22), "13"),
        ("AU", (2000, 7, 1), "10"),
        ("ID", (2024, 12, 31), "11"),
        ("ID", (2025, 1, 1), "12"),
        ("VN", (2026, 11, 22), "10"),
        ("TH", (2026, 9, 30), "7"),
        ("MX", (2026, 11, 22), "16"),
    ],
)
def test_standard_rate(code, day, rate):
    assert standard(code, *day) == {("standard", Decimal(rate))}


def test_no_tax_is_not_unknown():
    assert tax_rates("HK", date(2026, 11, 22)) == ()
    assert low_value_rules("HK", date(2026, 11, 22)) == ()


def test_unknown_is_not_zero():
    assert tax_rates("TH", date(2026, 10, 1)) is None
    assert tax_rates("SG", date(1990, 1, 1)) is None
    assert tax_rates("US", date(2026, 11, 22)) is None
    assert low_value_rules("SG", date(2022, 12, 31)) is None


def test_the_eleven_twelfths():
    rows = tax_rates("ID", date(2025, 6, 1))
    assert {(row.category, row.base) for row in rows if row.rate == 12} == {("standard", "11/12"), ("increased", None)}


def test_low_value_rules_change_on_their_day():
    def effects(code, *day):
        return {(row.effect, row.threshold) for row in low_value_rules(code, date(*day)) or ()}

    assert effects("VN", 2025, 2, 17) == {("no_duty_no_tax", Decimal(1000000))}
    assert effects("VN", 2025, 2, 18) == {("no_relief", None)}
    assert effects("TH", 2025, 12, 31) == {("no_duty", Decimal(1500))}
    assert effects("TH", 2026, 1, 1) == {("no_duty", Decimal(1))}
    assert effects("MY", 2024, 1, 1) == {("seller_collects", Decimal(500)), ("no_duty_no_tax", Decimal(500))}
    assert effects("MY", 2023, 12, 31) == set()


@pytest.mark.parametrize(
    ("code", "agreement", "day", "answer"),
    [
        ("MY", "RCEP", (2022, 3, 17), False),
        ("MY", "RCEP", (2022, 3, 18), True),
        ("MY", "CPTPP", (2022, 11, 29), True),
        ("US", "CPTPP", (2026, 11, 22), False),
        ("KR", "DEPA", (2024, 5, 2), False),
        ("KR", "DEPA", (2024, 5, 3), True),
        ("TH", "CPTA", (2026, 1, 14), False),
        ("TH", "CPTA", (2026, 1, 15), True),
        ("MY", "CPTA", (2023, 12, 20), False),
        ("MY", "CPTA", (2026, 11, 22), None),
        ("HK", "RCEP", (2026, 11, 22), None),
        ("AU", "GCBPR", (2026, 11, 21), None),
        ("AU", "GCBPR", (2026, 11, 22), True),
        ("MM", "RCEP", (2026, 11, 22), None),
    ],
)
def test_member_of(code, agreement, day, answer):
    assert member_of(code, agreement, date(*day)) is answer


@given(st.sampled_from(codes()), st.sampled_from(sorted(AGREEMENTS)), DAYS)
def test_membership_turns_only_on_a_stated_day(code, agreement, day):
    before, after = member_of(code, agreement, day), member_of(code, agreement, day + timedelta(days=1))
    if before is not after:
        stated = {row.from_ for row in economy(code).memberships if row.agreement == agreement}
        stated |= {row.to + timedelta(days=1) for row in economy(code).memberships if row.to}
        assert day + timedelta(days=1) in stated | {date(2026, 11, 22)}


@given(st.sampled_from(codes()), DAYS)
def test_a_rate_is_given_only_inside_its_period(code, day):
    for row in tax_rates(code, day) or ():
        assert row.from_ is None or row.from_ <= day
        assert row.to is None or day <= row.to


def test_wrong_questions():
    with pytest.raises(UsageError):
        member_of("MY", "NAFTA", date(2026, 1, 1))
    with pytest.raises(EconomyError) as told:
        tax_rates("FR", date(2026, 1, 1))
    assert told.value.error_code == "economy-unknown"


def test_the_source_of_a_row_carries_what_the_row_says():
    found = economy("JP")
    plain, doubtful = (next(row for row in found.taxes if row.rate == rate) for rate in (Decimal(10), Decimal(0)))
    assert source_of(found, plain).confidence != "unconfirmed"
    assert source_of(found, doubtful).confidence == "unconfirmed"


def test_what_is_unconfirmed_decides_nothing():
    assert {row.rate for row in tax_rates("JP", date(2026, 11, 22))} == {Decimal(10), Decimal(8)}
    assert member_of("TW", "WTO", date(2026, 11, 27)) is None


def test_an_economy_is_read_once():
    assert economy("MY") is economy("MY")
    assert economies()[0] is economy("AU")
