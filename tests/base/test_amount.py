"""Amounts of 30 digits go in and out without loss, and nothing that is no amount goes in."""

from decimal import Decimal
from fractions import Fraction

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.amount import decimal_schema, exact_product, exact_sum, format_decimal, parse_decimal

DIGITS = "123456789012345678901234567890"


@st.composite
def plain_decimals(draw):
    digits = draw(st.integers(0, 30))
    whole = draw(st.integers(0, 10**digits - 1 if digits else 0))
    fraction = draw(st.text("0123456789", max_size=30 - (len(str(whole)) if whole else 0)))
    return draw(st.sampled_from(["", "-"])) + str(whole) + ("." + fraction if fraction else "")


@given(plain_decimals())
def test_every_plain_decimal_comes_back_as_written(text):
    back = format_decimal(parse_decimal(text))
    assert back == (text.removeprefix("-") if Decimal(text) == 0 else text)


@pytest.mark.parametrize("text", [DIGITS, "-" + DIGITS, "0." + DIGITS, "-0." + DIGITS, DIGITS[:15] + "." + DIGITS[15:]])
def test_thirty_digits_fit(text):
    assert format_decimal(parse_decimal(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "-",
            "+1",
            "01",
            "00",
            "1.",
            ".5",
            "1e3",
            "1E3",
            "NaN",
            "Infinity",
            "-Infinity",
            " 1",
            "1 ",
            "1\n",
            "1,0",
        ),
        *("1_000", "٣", "--1", "0x1", "1.2.3", DIGITS + "1", "0." + DIGITS + "1", DIGITS[:20] + "." + DIGITS[:11]),
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="digits"):
        parse_decimal(text)


@pytest.mark.parametrize("value", [1, 1.5, None, True, b"1", ["1"]])
def test_only_texts_are_read(value):
    with pytest.raises(ValueError, match="plain decimal"):
        parse_decimal(value)


@given(plain_decimals(), plain_decimals())
def test_sums_and_products_are_exact(left, right):
    a, b = parse_decimal(left), parse_decimal(right)
    assert Fraction(exact_sum([a, b])) == Fraction(left) + Fraction(right)
    assert Fraction(exact_product(a, b)) == Fraction(left) * Fraction(right)


def test_a_lost_digit_is_an_error_and_not_a_rounding():
    wide = Decimal("1" * 100)
    with pytest.raises(ValueError, match="more digits"):
        exact_product(wide, wide)
    with pytest.raises(ValueError, match="more digits"):
        exact_sum([Decimal("1E+100"), Decimal("1E-100")])
    with pytest.raises(ValueError, match="finite"):
        exact_sum([Decimal("NaN")])
    with pytest.raises(ValueError, match="finite"):
        exact_product(Decimal("Infinity"), Decimal(1))


def test_the_sum_of_none_is_zero():
    assert exact_sum([]) == 0


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+500", "1E-500", "0E+999"])
def test_no_wall_of_zeros_is_written(number):
    with pytest.raises(ValueError, match=r"finite|plain"):
        format_decimal(Decimal(number))


def test_exponents_are_written_out():
    assert format_decimal(Decimal("1.2E+3")) == "1200"
    assert format_decimal(Decimal("-0.00")) == "0.00"


EDGES = ["0", "-0", "0.0", "-0.00", "-1", "1", "-" + DIGITS, DIGITS + "0", "1.", "01", "-0.5", "1" + "." + "0" * 29]


@given(st.one_of(plain_decimals(), st.text("-.0123456789e", max_size=36), st.sampled_from(EDGES)))
def test_the_schema_accepts_exactly_what_is_read(text):
    try:
        number = parse_decimal(text)
    except ValueError:
        number = None
    assert jsonschema_rs.is_valid(decimal_schema(), text) is (number is not None)
    assert jsonschema_rs.is_valid(decimal_schema(negative=False), text) is (number is not None and number >= 0)
