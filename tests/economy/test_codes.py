"""Codes of economies: all that ISO 3166-1 assigns, and no others."""

import pytest

from entrepot.economy import economies
from entrepot.economy.code import codes, is_code


def test_there_are_as_many_as_the_standard_assigns():
    assert len(codes()) == 249, "ISO 3166-1, since South Sudan in 2011"


def test_every_economy_with_a_file_has_one():
    assert {each.code for each in economies()} <= codes()


@pytest.mark.parametrize("code", ["ZZ", "XX", "EU", "UN", "XK", "AA", "UK", "SU", "my", "", "MYS"])
def test_what_is_not_assigned(code):
    assert not is_code(code)


@pytest.mark.parametrize("code", ["MY", "MO", "CH", "BR", "TF", "SS", "CW"])
def test_what_is_assigned_also_without_a_file(code):
    assert is_code(code)
