"""What `make audit` makes of answers: the times of the guide, to the day, and unknown that stays unknown.

The answers are made up, in the JSON form that pip-audit documents."""

from datetime import date, timedelta

import pytest

import audit

TODAY = date(2026, 11, 28)
LIBRARIES = {"lxml": {"6.0.0"}, "python-stdnum": {"2.1"}}
CLEAN = [{"name": "lxml", "version": "6.0.0", "vulns": []}, {"name": "python_stdnum", "version": "2.1", "vulns": []}]


def answer(*ids, rows=CLEAN):
    fault = {"id": ids[0], "aliases": list(ids[1:]), "fix_versions": ["6.0.1"], "description": "x"} if ids else None
    return {"dependencies": [{**rows[0], "vulns": [fault] if fault else []}, *rows[1:]], "fixes": []}


def notes(*rows, renewed=TODAY):
    lines = [f"renewed = {renewed}"]
    for name, published, cvss in rows:
        lines += ["[[fault]]", f'id = "{name}"', f"published = {published}", f"cvss = {cvss}"]
    return audit.read_notes("\n".join(lines), TODAY)


def judge(said, noted=None):
    return audit.judged([said], LIBRARIES, noted or notes(), TODAY)


def test_what_was_asked_about_and_has_no_fault_is_fine():
    assert judge(answer()) == audit.Judged()
    assert judge(answer()).code == 0


@pytest.mark.parametrize(("cvss", "days"), [("10", 3), ("9.0", 3), ("8.9", 14), ("7.0", 14), ("6.9", 90), ("0", 90)])
def test_a_fault_is_over_on_the_day_after_its_time(cvss, days):
    for age, code in ((days, 0), (days + 1, 1)):
        found = judge(answer("PYSEC-1", "CVE-1"), notes(("CVE-1", TODAY - timedelta(days=age), cvss)))
        assert (found.code, len(found.within), len(found.over)) == (code, 1 - code, code)
    assert f" {days} " in (audit.ROOT / "docs/how-to/keep-a-node-safe.md").read_text("utf-8").replace("*", " ")


SAYS_NOTHING = {
    "no answer": None,
    "another form": [],
    "no libraries": {"dependencies": []},
    "skipped": answer(rows=[*CLEAN[:1], {"name": "python-stdnum", "skip_reason": "not found"}]),
    "one is missing": answer(rows=CLEAN[:1]),
    "another version": answer(rows=[*CLEAN[:1], CLEAN[1] | {"version": "2.0"}]),
    "no list of faults": answer(rows=[*CLEAN[:1], {"name": "python-stdnum", "version": "2.1"}]),
    "a fault without a name": answer(rows=[*CLEAN[:1], CLEAN[1] | {"vulns": [{}]}]),
    "names that are none": answer(rows=[*CLEAN[:1], CLEAN[1] | {"vulns": [{"id": "x", "aliases": [[]]}]}]),
    "a fault that nobody dated": answer("PYSEC-1"),
}


@pytest.mark.parametrize("said", SAYS_NOTHING.values(), ids=SAYS_NOTHING)
def test_what_is_not_said_is_unknown_and_never_fine(said):
    found = judge(said)
    assert (found.code, bool(found.unknown), found.over) == (2, True, ())


def test_what_is_over_weighs_more_than_what_is_unknown_and_both_are_told():
    old = notes(("PYSEC-1", TODAY - timedelta(days=100), "5"))
    found = judge(answer("PYSEC-1", rows=CLEAN[:1]), old)
    assert (found.code, len(found.over), len(found.unknown)) == (1, 1, 1)


def test_libraries_are_taken_anew_every_quarter():
    for days, code in ((92, 0), (93, 1)):
        assert judge(answer(), notes(renewed=TODAY - timedelta(days=days))).code == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "renewed = 2026-11-29",
        'renewed = "2026-11-28"',
        "renewed = 2026-11-28\nignored = 1",
        'renewed = 2026-11-28\n[[fault]]\nid = "x"\npublished = 2026-11-01',
        'renewed = 2026-11-28\n[[fault]]\nid = "x"\npublished = 2026-11-01\ncvss = 11',
        'renewed = 2026-11-28\n[[fault]]\nid = "x"\npublished = 2026-12-01\ncvss = 1',
    ],
)
def test_notes_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match=r"faults\.toml"):
        audit.read_notes(text, TODAY)


def test_every_locked_library_is_asked_about():
    found = audit.locked(each.read_text("utf-8") for each in audit.LOCKS)
    assert {each.stem for each in audit.LOCKS} == {"audit", "interop", "node", "runtime", "test"}
    lines = [line for each in audit.LOCKS for line in each.read_text("utf-8").splitlines() if "==" in line]
    assert sum(map(len, found.values())) == len({line.split()[0] for line in lines}) > 100
    assert audit.read_notes(audit.NOTES.read_text("utf-8"), date(9999, 1, 1)).renewed.year >= 2026


def test_a_program_that_is_not_there_gives_no_answer(tmp_path):
    said, beside = audit.ask(str(tmp_path / "pip-audit"), audit.LOCKS[0])
    assert said is None
    assert "pip-audit" in beside
