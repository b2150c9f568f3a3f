"""Money: minor units of every ISO 4217 currency, each rounding policy against arithmetic of its own."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.currency import PUBLISHED, exponent, exponents, is_currency
from entrepot.base.error import UsageError
from entrepot.base.money import MINOR_MAX, Money, Rounding, round_to

CURRENCIES = st.sampled_from(sorted(exponents()))
MONEY = st.builds(Money, st.integers(-MINOR_MAX, MINOR_MAX), CURRENCIES)


def test_the_table_agrees_with_the_published_list():
    iso4217 = pytest.importorskip("iso4217")
    theirs = {each.code: each.exponent for each in iso4217.Currency if each.exponent is not None}
    assert iso4217.__published__.isoformat() == PUBLISHED
    assert exponents() == theirs


@pytest.mark.parametrize(("code", "digits"), [("JPY", 0), ("VND", 0), ("MYR", 2), ("CNY", 2), ("KWD", 3), ("CLF", 4)])
def test_minor_unit_digits(code, digits):
    assert exponent(code) == digits


@pytest.mark.parametrize("code", ["", "myr", "XAU", "XTS", "ABC", "MY", None, 458, ["MYR"]])
def test_what_is_no_currency(code):
    assert not is_currency(code)
    with pytest.raises(UsageError):
        exponent(code)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("1200", "JPY", 1200), ("12.3", "MYR", 1230), ("12.345", "KWD", 12345), ("-0.01", "SGD", -1), ("0", "USD", 0)],
)
def test_money_from_decimals(amount, currency, minor):
    assert Money.of(amount, currency).minor == minor
    assert Money.of(Decimal(amount), currency) == Money(minor, currency)


@pytest.mark.parametrize(("amount", "currency"), [("1.5", "JPY"), ("1.005", "MYR"), ("0.0001", "KWD")])
def test_a_digit_is_never_lost_silently(amount, currency):
    with pytest.raises(ValueError, match="more than"):
        Money.of(amount, currency)


def test_eighteen_digits_and_no_more():
    assert Money.of("9999999999999999.99", "MYR").minor == MINOR_MAX
    with pytest.raises(ValueError, match="18 digits"):
        Money.of("10000000000000000.00", "MYR")
    with pytest.raises(UsageError):
        Money(MINOR_MAX + 1, "MYR")
    with pytest.raises(UsageError):
        Money(MINOR_MAX, "MYR") + Money(1, "MYR")


@pytest.mark.parametrize("amount", [1, 1.5, None, "1e2", "NaN", Decimal("NaN"), Decimal("Infinity"), Decimal("1E+400")])
def test_what_is_no_amount(amount):
    with pytest.raises((ValueError, UsageError)):
        Money.of(amount, "MYR")


@pytest.mark.parametrize("minor", [1.0, True, "1", Decimal(1), None])
def test_minor_units_are_integers(minor):
    with pytest.raises(UsageError):
        Money(minor, "MYR")


def independent(number: Fraction, policy: Rounding) -> int:
    """The policy from its definition, on exact fractions."""
    floor = math.floor(number)
    rest = number - floor
    if rest == 0:
        return floor
    away = floor + 1 if number > 0 else floor
    toward = floor if number > 0 else floor + 1
    nearest = floor if rest < Fraction(1, 2) else floor + 1
    half = rest == Fraction(1, 2)
    return {
        Rounding.FLOOR: floor,
        Rounding.CEILING: floor + 1,
        Rounding.UP: away,
        Rounding.DOWN: toward,
        Rounding.HALF_EVEN: (floor if floor % 2 == 0 else floor + 1) if half else nearest,
        Rounding.HALF_AWAY: away if half else nearest,
        Rounding.HALF_CEILING: floor + 1 if half else nearest,
    }[policy]


@given(st.integers(-(10**20), 10**20), st.integers(0, 6), st.integers(0, 4), st.sampled_from(list(Rounding)))
def test_rounding_follows_its_definition(digits, scale, places, policy):
    number = Decimal(digits).scaleb(-scale)
    exact = Fraction(digits, 10**scale) * 10**places
    if policy is Rounding.EXACT:
        if exact.denominator != 1:
            with pytest.raises(ValueError, match="decimal places"):
                round_to(number, places, policy)
            return
        expected = int(exact)
    else:
        expected = independent(exact, policy)
    rounded = round_to(number, places, policy)
    assert rounded.as_tuple().exponent == -places
    assert Fraction(rounded) == Fraction(expected, 10**places)


@pytest.mark.parametrize(
    ("number", "expected"), [("2.5", 3), ("-2.5", -2), ("-2.51", -3), ("1.5", 2), ("-1.5", -1), ("-0.5", 0)]
)
def test_xpath_rounds_a_half_toward_positive_infinity(number, expected):
    """XPath and XQuery Functions 3.1, 4.4.4: ``fn:round`` of -2.5 is -2."""
    assert round_to(Decimal(number), 0, Rounding.HALF_CEILING) == expected


@given(MONEY)
def test_json_comes_back(money):
    assert Money.from_json(money.to_json()) == money
    assert jsonschema_rs.is_valid(Money.json_schema(), money.to_json())
    assert Money.of(money.amount, money.currency) == money


@given(MONEY, st.integers(-MINOR_MAX, MINOR_MAX))
def test_sums_are_sums_of_minor_units(money, other):
    expected = money.minor + other
    if abs(expected) <= MINOR_MAX:
        assert (money + Money(other, money.currency)).minor == expected
    assert (money - money).minor == 0
    assert (-money).minor == -money.minor


def test_currencies_do_not_mix():
    with pytest.raises(UsageError, match="add up"):
        Money(1, "MYR") + Money(1, "SGD")
    with pytest.raises(UsageError, match="not money"):
        Money(1, "MYR") - 1


def test_a_narrow_decimal_context_changes_nothing():
    with localcontext(prec=3):
        assert Money.of("1234567.89", "MYR").minor == 123456789
        assert str(Money(123456789, "MYR")) == "MYR 1234567.89"


FORMS = ["1", "1.0", "1.00", "1.000", "-0.00", "0.00", "-0", "0", "01.00", "1.0000", "-1.00", "9" * 18, "9" * 19, "1e2"]
FORMS += ["9999999999999999.99", "10000000000000000.00", "0.01", "-0.001", "0.000", "0.0001", "-0.0000", ""]


@given(
    st.one_of(st.sampled_from(FORMS), st.from_regex(r"-?(0|[1-9][0-9]{0,19})(\.[0-9]{0,5})?", fullmatch=True)),
    st.sampled_from(["JPY", "MYR", "KWD", "CLF", "XAU", "myr", "USD"]),
)
def test_the_schema_accepts_exactly_what_is_read(amount, currency):
    value = {"amount": amount, "currency": currency}
    try:
        Money.from_json(value)
        read = True
    except ValueError:
        read = False
    assert jsonschema_rs.is_valid(Money.json_schema(), value) is read


@pytest.mark.parametrize(
    "value",
    [None, [], "MYR 1.00", {}, {"amount": "1.00"}, {"amount": 1, "currency": "MYR"}, {"amount": "1.00", "currency": 1}],
)
def test_other_json_is_refused(value):
    with pytest.raises(ValueError, match=r"money|currency|decimal"):
        Money.from_json(value)
    assert not jsonschema_rs.is_valid(Money.json_schema(), value)
