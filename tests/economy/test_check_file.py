"""A file that is wrong is told everything that is wrong with it."""

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.economy import check_file

GOOD = (resources.files("entrepot.economy") / "MY.toml").read_text("utf-8")


def ids(text, name="MY.toml"):
    return {each.id.removeprefix("ENT-CORE-") for each in check_file(text.encode(), name=name)}


def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("format = 1", "format = 2", {"SHAPE-04"}),
        ('basis = "CIF"', 'basis = "EXW"', {"SHAPE-04"}),
        ('rate = "10"', "rate = 10.0", {"SHAPE-05"}),
        ('rate = "10"', 'rate = "101"', {"SHAPE-09"}),
        ('rate = "10"', 'rate = "10", percent = true', {"SHAPE-03"}),
        ('numeric = "458"', 'numeric = "58"', {"SHAPE-08"}),
        ("from = 2018-09-01", "from = 2018-09-01T00:00:00", {"SHAPE-05"}),
        ('source = "iso4217"', 'source = "nowhere"', {"ECONOMY-12"}),
        ("[sources.my-lvg]", "[sources.stdnum]", {"ECONOMY-12", "ECONOMY-13"}),
        ("[iso]", "[unknown]\nmood = { sought = 'x', checked = 2026-11-22 }\n[iso]", {"ECONOMY-15"}),
        ("[iso]", "[unknown]\nqr = { sought = 'x', checked = 2026-11-22 }\n[iso]", {"ECONOMY-16"}),
        ('valuation = { basis = "CIF"', 'zones_ = 1\nvaluation = { basis = "CIF"', {"SHAPE-03"}),
        ("to = 2024-02-29", "to = 2017-02-28", {"ECONOMY-18"}),
        ('code = "MYR"', 'code = "MYX"', {"ECONOMY-20"}),
        ('threshold = "500", currency = "MYR"', 'threshold = "500"', {"ECONOMY-21"}),
        ('tag = "26", guid', "guid", {"ECONOMY-22"}),
        ('scheme = "tin"', 'scheme = "brn"', {"ECONOMY-23"}),
        ('check = "pattern"', 'check = "unknown"', {"ECONOMY-24"}),
        (
            'check = "pattern", pattern = "(19|20)[0-9]{2}0[1-6][0-9]{6}',
            'check = "stdnum:my.nope", pattern = "x',
            {"ECONOMY-24", "ECONOMY-25"},
        ),
        ('pattern = "(19|20)', 'pattern = "((19|20)', {"ECONOMY-26"}),
        ('alpha2 = "MY"', 'alpha2 = "MX"', {"ECONOMY-11"}),
        ('{ agreement = "ASEAN", ', '{ agreement = "APEC", ', {"ECONOMY-17", "ECONOMY-19"}),
        ('asean = { name = "Malaysia", source = "aanzfta-text" }', "", {"ECONOMY-17"}),
        ("format = 1", "format = 1\nformat = 1", {"ECONOMY-10"}),
    ],
)
def test_one_fault_is_named(old, new, expected):
    assert ids(changed(old, new)) == expected


def test_several_faults_are_all_named():
    text = changed('code = "MYR"', 'code = "MYX"').replace('source = "tzdata"', 'source = "nowhere"')
    assert ids(text) == {"ECONOMY-12", "ECONOMY-20"}


def test_an_incomplete_file_may_leave_fields_open():
    text = changed("complete = true", "complete = false").replace(
        'asean = { name = "Malaysia", source = "aanzfta-text" }', ""
    )
    assert ids(text) == set()


def test_a_source_that_nobody_uses():
    text = GOOD + '\n[sources.my-extra]\ntitle = "x"\nwhere = "y"\nchecked = 2026-11-22\nconfidence = "read"\n'
    assert ids(text) == {"ECONOMY-14"}


def test_a_value_without_source_is_refused():
    assert ids(changed('rate = "10", from = 2018-09-01, source = "my-sst-2018"', 'rate = "10", from = 2018-09-01')) == {
        "SHAPE-01"
    }


def test_a_source_without_a_day_is_refused():
    head, tail = GOOD.split("[sources.my-lvg]")
    assert ids(head + "[sources.my-lvg]" + tail.replace("checked = 2026-11-22\n", "", 1)) == {"SHAPE-01"}


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 5000, b"a = [" + b"[" * 100_000, b"format = 1", b"x = nan"])
def test_bytes_that_are_no_file(body):
    assert check_file(body, name="MY.toml")


@given(st.binary(max_size=200))
def test_no_bytes_break_the_checker(body):
    assert check_file(body, name="MY.toml")


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 40))
def test_no_cut_breaks_the_checker(start, length):
    for finding in check_file((GOOD[:start] + GOOD[start + length :]).encode(), name="MY.toml"):
        assert finding.text
        assert finding.path.startswith("$")
