"""Container numbers, against the implementation of python-stdnum."""

from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso6346 as other

from entrepot.document.transport.iso6346 import check_digit, check_digit_holds

LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3)


def test_the_example_of_the_standard():
    assert check_digit_holds("CSQU3054383")
    assert not check_digit_holds("CSQU3054384")
    assert not check_digit_holds("CSQU305438")
    assert not check_digit_holds("csqu3054383")
    assert not check_digit_holds("CSQX3054383")


@given(LETTERS, st.sampled_from("UJZ"), st.text("0123456789", min_size=6, max_size=6))
def test_the_other_implementation_agrees(owner, category, serial):
    number = owner + category + serial
    assert str(check_digit(number)) == other.calc_check_digit(number)
    assert all(check_digit_holds(f"{number}{digit}") == other.is_valid(f"{number}{digit}") for digit in range(10))
