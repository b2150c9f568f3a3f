"""The list of long tests, and the judge of what they did."""

import shlex
import tomllib
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

import pytest

import proof

PARTS = proof.read_parts(proof.PARTS.read_text("utf-8"))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_each_part_names_programs_that_are_here(part):
    for command in (part.command, part.sample):
        files = [word for word in shlex.split(command) if "/" in word and not word.startswith("-")]
        assert all((proof.ROOT / file.split("::")[0]).exists() for file in files), command
    assert part.what


def test_every_program_of_the_folder_is_a_part_or_belongs_to_one():
    named = " ".join(f"{each.command} {each.sample}" for each in PARTS)
    programs = [each for each in (proof.ROOT / "tests" / "proof").glob("*.py") if "__main__" in each.read_text("utf-8")]
    assert [each.name for each in programs if each.name not in named] == []


def part(command):
    return proof.Part(name="x", what="x", command=command, sample="false")


@pytest.mark.parametrize(
    ("command", "verdict"),
    [
        ("python -c 'print(1)'", "held"),
        ("python -c 'raise SystemExit(77)'", "could not run"),
        ("python -c 'raise SystemExit(3)'", "did not hold (exit 3)"),
        ("no-such-program-here", "could not run"),
    ],
)
def test_a_part_is_judged_by_its_exit(command, verdict):
    assert proof.run(part(command), sample=False).verdict == verdict
    assert proof.run(part(command), sample=True).verdict != "held"


def test_a_part_that_does_not_end_is_stopped():
    endless = proof.Part(name="x", what="x", command="python -c 'while True: pass'", sample="", minutes_max=0.01)
    assert "did not end" in proof.run(endless, sample=False).verdict


def test_a_skip_counts_where_nothing_may_be_missing(tmp_path, monkeypatch):
    monkeypatch.delenv("ENTREPOT_NO_SKIP", raising=False)
    (tmp_path / "test_it.py").write_text("import pytest\n\ndef test_x():\n    pytest.skip('no database')\n")
    conftest = Path(__file__).resolve().parents[1] / "conftest.py"
    (tmp_path / "conftest.py").write_text(conftest.read_text("utf-8"))
    command = f"python -m pytest -q -p no:cacheprovider {tmp_path} --rootdir {tmp_path} -c /dev/null"
    full = proof.run(part(command), sample=False)
    assert full.verdict == "did not hold (exit 1)"
    assert "could not run: Skipped: no database" in full.output
    sample = proof.run(proof.Part(name="x", what="x", command="false", sample=command), sample=True)
    assert sample.verdict == "held"


@pytest.mark.parametrize(
    "text",
    [
        '[[part]]\nname = "a"\nwhat = "b"\ncommand = "c"\n',
        '[[part]]\nname = "a"\nwhat = "b"\ncommand = "c"\nsample = "d"\nextra = 1\n',
        '[[part]]\nname = "a"\nwhat = "b"\ncommand = "c"\nsample = "d"\n' * 2,
    ],
)
def test_a_malformed_list_is_refused(text):
    with pytest.raises(ValueError, match=r"parts\.toml"):
        proof.read_parts(text)


def test_the_report_names_every_verdict():
    outcomes = [
        proof.Outcome(part("true"), "true", "held", 1.0, "12 cuts\n"),
        proof.Outcome(part("x"), "x", "could not run", 0, ""),
    ]
    text = proof.report_of(outcomes, day=datetime(2026, 11, 22, tzinfo=UTC), commit="abc")
    assert "# Proof of 2026-11-22" in text
    assert "1 of 2 parts held" in text
    assert "| x | x | could not run | 0 |" in text
    assert "12 cuts" in text


def test_no_folder_of_tests_is_passed_over():
    options = tomllib.loads((proof.ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    folders = {each.parent.relative_to(proof.ROOT) for each in (proof.ROOT / "tests").rglob("test_*.py")}
    passed_over = [
        str(folder)
        for folder in folders
        if any(fnmatch(part, pattern) for part in folder.parts for pattern in options["norecursedirs"])
    ]
    assert passed_over == []
    assert not list((proof.ROOT / "tests" / "proof").glob("test_*.py"))
