"""The verdict on a run of the public suites, and the tables it rests on."""

import re
import tomllib
from pathlib import Path

import pytest
from judged.judge import tally_of, verdict
from judged.wiring import WIRED
from judged.workshop import NotHereError, clone_of, set_up

HERE = Path(__file__).parent
SUITES = tomllib.loads((HERE / "suites.toml").read_text("utf-8"))
EXPLAINED = tomllib.loads((HERE / "explained.toml").read_text("utf-8"))["failure"]


def report(passed, *failed, pending=0):
    failures = [{"fullTitle": title, "err": {"message": "no"}} for title in failed]
    return {"stats": {"passes": passed, "pending": pending}, "failures": failures}


def test_a_run_holds_where_all_pass_or_are_explained():
    tally = tally_of(report(8, "a b", pending=3))
    assert (tally.executed, tally.passed, tally.skipped) == (9, 8, 3)
    assert verdict("s", tally, 9, [{"test": "a  b"}]) == []


@pytest.mark.parametrize(
    ("tally", "explained", "word"),
    [
        (report(8), [], "8 tests were executed"),
        (report(8, "a"), [], "without an explanation: a"),
        (report(9), [{"test": "a"}], "does not fail: a"),
        (report(8, '"before all" hook for a'), [{"test": "a"}], "without an explanation"),
    ],
)
def test_a_run_does_not_hold_otherwise(tally, explained, word):
    assert any(word in line for line in verdict("s", tally_of(tally), 9, explained))


def test_every_suite_has_its_commit_its_count_and_its_wiring():
    assert SUITES["suite"].keys() == WIRED.keys()
    for each in [*SUITES["suite"].values(), *SUITES["library"].values()]:
        assert re.fullmatch("[0-9a-f]{40}", each["commit"])
    assert all(each["least"] > 10 for each in SUITES["suite"].values())


def test_every_explanation_names_suite_test_clause_and_why():
    for each in EXPLAINED:
        assert each.keys() == {"suite", "test", "clause", "why"}
        assert each["suite"] in SUITES["suite"]
        assert min(len(each["clause"]), len(each["why"])) > 5


def test_what_is_missing_is_said(tmp_path):
    with pytest.raises(NotHereError, match="no clone of"):
        set_up(tmp_path, tmp_path / "build", SUITES)
    (tmp_path / "suite.git" / "objects").mkdir(parents=True)
    assert clone_of(tmp_path, "suite", "w3c/suite").name == "suite.git"
