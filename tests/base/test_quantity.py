"""Quantities and unit codes."""

import os
import re
from decimal import Decimal
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.error import UsageError
from entrepot.base.finding import Severity
from entrepot.base.quantity import KNOWN, Quantity, is_unit_code, unit_findings

VALUES = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20)


@given(VALUES, st.from_regex("[A-Z0-9]{2,3}", fullmatch=True))
def test_json_comes_back(value, unit):
    quantity = Quantity(value, unit)
    assert Quantity.from_json(quantity.to_json()) == quantity
    assert jsonschema_rs.is_valid(Quantity.json_schema(), quantity.to_json())


@pytest.mark.parametrize("value", [1, 1.5, "1", None, Decimal("NaN"), Decimal("Infinity"), Decimal("1" * 31)])
def test_what_is_no_value(value):
    with pytest.raises(UsageError):
        Quantity(value, "KGM")


@pytest.mark.parametrize("unit", ["", "K", "kgm", "KGMX", "K M", "KG\n", "КГМ"])
def test_what_is_no_unit(unit):
    assert not is_unit_code(unit)
    with pytest.raises(UsageError):
        Quantity(Decimal(1), unit)
    value = {"value": "1", "unit": unit}
    with pytest.raises(ValueError, match="unit code"):
        Quantity.from_json(value)
    assert not jsonschema_rs.is_valid(Quantity.json_schema(), value)


@pytest.mark.parametrize(
    "value", [None, "1 KGM", {}, {"value": "1"}, {"value": 1, "unit": "KGM"}, {"value": "1", "unit": 2}]
)
def test_other_json_is_refused(value):
    with pytest.raises(ValueError, match=r"quantity|decimal|unit"):
        Quantity.from_json(value)


def test_the_table_is_well_formed():
    assert len(KNOWN) > 350
    assert all(is_unit_code(code) and name == name.strip() and name for code, name in KNOWN.items())
    assert (KNOWN["KGM"], KNOWN["C62"], KNOWN["KMT"], KNOWN["XPX"]) == ("kilogram", "one", "kilometre", "pallet")
    assert "KTM" not in KNOWN, "not a code of Recommendation 20; the kilometre is KMT"


def test_known_units_need_no_remark_and_others_get_one():
    assert unit_findings("KGM", "$.unit") == ()
    (unknown,) = unit_findings("Q1Q", "$.lines[0].unit")
    assert (unknown.id, unknown.severity, unknown.path) == ("ENT-CORE-UNIT-02", Severity.WARNING, "$.lines[0].unit")
    (wrong,) = unit_findings("kilogram", "$.unit")
    assert (wrong.id, wrong.severity) == ("ENT-CORE-UNIT-01", Severity.BLOCKING)


def test_units_of_foreign_invoices_are_known():
    """The unit codes that stand in the OASIS and Peppol samples, as far as those say that they are right."""
    root = os.environ.get("ENTREPOT_TEST_DATA")
    if not root:
        pytest.skip("ENTREPOT_TEST_DATA is not set")
    samples = sorted(Path(root, "invoice", "oasis-ubl-2.1", "xml").glob("*.xml"))
    codes = {code for each in samples for code in re.findall(r'unitCode="([^"]*)"', each.read_text("utf-8", "replace"))}
    assert codes
    assert {code for code in codes if is_unit_code(code)} - set(KNOWN) <= {"NIU", "KG", "CS"}
