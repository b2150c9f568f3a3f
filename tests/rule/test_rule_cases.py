"""Every packaged pack holds, every case holds, and every number, date and list member of a pack is held by a case."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from entrepot.rule import packs, topic, topics
from entrepot.rule.case import Cases, read_cases, run_case
from entrepot.rule.load import digest, read_pack
from entrepot.rule.pack import Pack, Topic

HERE = Path(__file__).parent / "cases"
FILES = sorted(HERE.glob("*/*.toml"))
PACKS = Path(__file__).parents[2] / "src" / "entrepot" / "rule" / "packs"


def named(file: Path) -> str:
    return f"{file.parent.name} {file.stem}"


def cases_of(file: Path) -> Cases:
    found, findings = read_cases(file.read_bytes())
    assert found is not None, findings
    return found


@pytest.mark.parametrize("file", FILES, ids=named)
def test_cases_hold(file: Path) -> None:
    group = cases_of(file)
    assert (file.parent.name, file.stem) == (group.topic, group.economy)
    failed = [
        finding.text
        for case in group.cases
        for finding in run_case(topic(group.topic), packs(group.topic), group.economy, case)
    ]
    assert failed == []


def test_every_pack_has_cases_and_every_rule_is_used() -> None:
    assert topics() == ("consumption-tax", "retention")
    for name in topics():
        assert {each.stem for each in FILES if each.parent.name == name} == set(packs(name))
        assert len(digest(name)) == 64


def mutants(text: str) -> Iterator[tuple[str, str]]:
    """The text with one amount, day or list member of a rule moved by one step, each in turn."""
    rules = text.index("[[rules]]")
    for found in re.finditer(r'amount = "(\d+)(\.\d+)?"', text[rules:]):
        whole, cents = found.group(1), found.group(2) or ""
        step = f"{int(whole) + 1}" if not cents else f"{whole}{cents[:-1]}1"
        new = f'amount = "{step}"'
        yield found.group(), splice(text, rules, found, new)
    for found in re.finditer(r"^(in_force|until) = (\d{4}-\d\d-\d\d)", text[rules:], re.MULTILINE):
        for days in (-1, 1):
            moved = date.fromisoformat(found.group(2)) + timedelta(days=days)
            yield f"{found.group()} {days:+}", splice(text, rules, found, f"{found.group(1)} = {moved}")
    for found in re.finditer(r'in = \[(("[^"]+"(, )?)+)\]', text[rules:]):
        members = re.findall(r'"[^"]+"', found.group(1))
        for member in members:
            rest = ", ".join(each for each in members if each != member)
            yield f"{found.group()} without {member}", splice(text, rules, found, f"in = [{rest}]")
    for found in re.finditer(r"is = (true|false)", text[rules:]):
        other = "false" if found.group(1) == "true" else "true"
        yield found.group(), splice(text, rules, found, f"is = {other}")
    for found in re.finditer(r'(rate|share|years) = "(\d+)"', text[rules:]):
        yield found.group(), splice(text, rules, found, f'{found.group(1)} = "{int(found.group(2)) + 1}"')


def splice(text: str, start: int, found: "re.Match[str]", new: str) -> str:
    return text[: start + found.start()] + new + text[start + found.end() :]


@pytest.mark.parametrize("file", FILES, ids=named)
def test_each_step_away_from_the_law_breaks_a_case(file: Path) -> None:
    """Mutation gate. A mutant may also be refused outright (an overlap, a gap, an end before the beginning)."""
    group = cases_of(file)
    about = topic(group.topic)
    text = (PACKS / group.topic / file.name).read_text()
    survivors = [name for name, mutant in mutants(text) if survives(about, group, mutant)]
    assert sum(1 for _ in mutants(text)) >= 6
    assert survivors == []


def survives(about: Topic, group: Cases, text: str) -> bool:
    pack, findings = read_pack(about, text.encode())
    if pack is None or findings:
        return False
    changed: dict[str, Pack] = {group.economy: pack}
    return not any(run_case(about, changed, group.economy, case) for case in group.cases)


def test_a_wrong_case_is_told() -> None:
    group = cases_of(HERE / "consumption-tax" / "SG.toml")
    wrong = type(group.cases[0])(name="x", question="tax_due", on=date(2026, 1, 1), expect="no", facts={"value": 3})
    found = run_case(topic("consumption-tax"), packs("consumption-tax"), "SG", wrong)
    assert [each.id for each in found] == ["CASE-FAILED"]
    wrong = type(group.cases[0])(name="x", question="tax_due", on=date(2026, 1, 1), expect="no", facts={})
    found = run_case(topic("consumption-tax"), packs("consumption-tax"), "SG", wrong)
    assert "came unknown" in found[0].text
