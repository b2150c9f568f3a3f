"""Numbers of businesses: the published ones, our own samples, and whatever else may come."""

import csv
import dataclasses
import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.finding import Severity
from entrepot.economy import economies, economy, identifier_findings
from entrepot.economy.load import codes
from entrepot.economy.shape import Scheme

HERE = Path(__file__).parent
SAMPLES = [
    (path.parent.name, row["scheme"], row["value"], row["findings"])
    for path in sorted(HERE.glob("*/numbers.toml"))
    for row in tomllib.loads(path.read_text("utf-8"))["numbers"]
]
FOREIGN = {
    "au_abn": ("AU", "abn", 25),
    "au_acn": ("AU", "acn", 69),
    "ca_bn": ("CA", "bn", 104),
    "cl_rut": ("CL", "rut", 119),
    "lei": ("SG", "lei", 100),
    "mx_rfc": ("MX", "rfc", 358),
    "pe_ruc": ("PE", "ruc", 82),
    "ru_inn": ("RU", "inn", 23),
    "ru_ogrn": ("RU", "ogrn", 14),
    "tw_ubn": ("TW", "ubn", 160),
}


def severities(code, scheme, value):
    return {each.severity for each in identifier_findings(code, scheme, value)}


def foreign(name):
    root = os.environ.get("ENTREPOT_TEST_DATA")
    if root is None:
        pytest.skip("ENTREPOT_TEST_DATA is not set")
    with (Path(root) / "engineering/business-identifiers" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", sorted(FOREIGN))
def test_numbers_of_others_get_the_verdict_of_others(name):
    code, scheme, count = FOREIGN[name]
    numbers = foreign(name)
    assert len(numbers) == count
    for each in numbers:
        found = severities(code, scheme, each["input"])
        if each["expected"] == "valid":
            assert Severity.BLOCKING not in found, each
        else:
            assert found & {Severity.BLOCKING, Severity.WARNING}, each


def test_all_the_numbers_of_others_are_judged():
    assert sum(count for _, _, count in FOREIGN.values()) == 1054


def test_a_mexican_check_digit_warns():
    doubtful = [each for each in foreign("mx_rfc") if each["detail"].startswith("in use although")]
    assert len(doubtful) == 83
    verdicts = [severities("MX", "rfc", each["input"]) for each in doubtful]
    assert all(found <= {Severity.WARNING} for found in verdicts)
    assert verdicts.count({Severity.WARNING}) >= 80  # the check here accepts three that hold the letter N with a tilde


@pytest.mark.parametrize(("code", "scheme", "value", "findings"), SAMPLES)
def test_samples(code, scheme, value, findings):
    assert [each.id for each in identifier_findings(code, scheme, value)] == findings


def test_every_scheme_with_a_check_has_samples_of_both_kinds():
    for each in economies():
        for row in each.identifiers:
            if row.check == "unknown":
                continue
            keys = (row.scheme, row.icd)
            verdicts = {bool(findings) for code, key, _, findings in SAMPLES if code == each.code and key in keys}
            assert verdicts == {True, False}, (each.code, row.scheme)


def test_unknown_is_a_note_and_never_a_refusal():
    for code, scheme in (("MY", "duns"), ("FR", "duns"), ("HK", "cr"), ("??", "x")):
        assert severities(code, scheme, "123") == {Severity.NOTE}


def test_the_lei_holds_everywhere():
    for code in ("MY", "FR", "??"):
        assert identifier_findings(code, "LEI", "213800KUD8LAJWSQ9D15") == ()
        assert identifier_findings(code, "0199", "213800KUD8LAJWSQ9D15") == ()
        (found,) = identifier_findings(code, "lei", "213800KUD8LAJWSQ9D16")
        assert found.id == "ENT-CORE-IDENTIFIER-04"
        assert found.severity is Severity.BLOCKING
        assert found.source == "ISO 17442-1"


def test_doubt_turns_a_refusal_into_a_warning():
    plain = economy("AU")
    row = dataclasses.replace(plain.identifiers[0], doubt=True)
    doubtful = dataclasses.replace(plain, identifiers=(row,))
    wrong = "99 999 999 999"
    assert {each.severity for each in identifier_findings(plain, "abn", wrong)} == {Severity.BLOCKING}
    assert {each.severity for each in identifier_findings(doubtful, "abn", wrong)} == {Severity.WARNING}


def test_a_finding_says_what_where_and_how_to_mend_it():
    (found,) = identifier_findings("AU", "abn", "99 999 999 999")
    assert found.text == "The check digit of 99 999 999 999 does not fit a Australian Business Number."
    assert found.path == "$.value"
    assert "Australian Business Register" in found.to_json()["remedy"]
    assert found.source


@given(st.sampled_from("0123456789"), st.integers(0, 10))
def test_one_wrong_digit_of_an_australian_number_is_seen(digit, place):
    number = "83914571673"
    changed = number[:place] + digit + number[place + 1 :]
    assert (identifier_findings("AU", "abn", changed) == ()) == (changed == number)


@given(st.sampled_from(codes()), st.text(max_size=40), st.data())
def test_no_text_breaks_the_check(code, value, data):
    schemes = [row.scheme for row in economy(code).identifiers] + ["lei", "zz"]
    for found in identifier_findings(code, data.draw(st.sampled_from(schemes)), value):
        assert found.id.startswith("ENT-CORE-IDENTIFIER-")
        assert found.text


@given(st.sampled_from(codes()), st.from_regex(r"[A-Z]{0,3}[0-9\u0660-\u0669\u00b2]{1,22}[A-Z]?", fullmatch=True))
def test_no_number_breaks_any_check(code, value):
    for row in economy(code).identifiers:
        identifier_findings(code, row.scheme, value)


def test_every_check_named_in_a_file_runs():
    rows = [row for each in economies() for row in each.identifiers]
    assert all(isinstance(row, Scheme) for row in rows)
    for each in economies():
        for row in each.identifiers:
            identifier_findings(each, row.scheme, "1")
