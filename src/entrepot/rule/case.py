"""Cases: a question, a day and the expected answer. A pack without cases that fail when it changes proves nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from entrepot.base.finding import Finding
from entrepot.base.shape import Economy, Length, Name, parse
from entrepot.rule.evaluation import answer
from entrepot.rule.given import read_facts
from entrepot.rule.pack import Key, Pack, Topic, read_toml
from entrepot.rule.problem import CASE_FAILED, problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. ``expect``: the answer; ``outcome``, ``missing``, ``used``: what it must have too, where given."""

    name: Name
    question: Key
    on: date
    expect: Literal["yes", "no", "unknown"]
    facts: dict[str, Any]
    known: date | None = None
    outcome: dict[str, str] = field(default_factory=dict)
    missing: Annotated[tuple[Name, ...], Length(0, 40)] = ()
    used: Annotated[tuple[Name, ...], Length(0, 40)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """A file of cases, all of one economy and topic."""

    topic: Key
    economy: Economy
    cases: Annotated[tuple[Case, ...], Length(1, 1000)]


def read_cases(data: bytes) -> tuple[Cases | None, tuple[Finding, ...]]:
    """The cases that a TOML file holds, or None and what is wrong with it."""
    raw, findings = read_toml(data)
    return (None, findings) if findings else parse(Cases, raw)


def run_cases(about: Topic, pack: Pack, data: bytes) -> tuple[Finding, ...]:
    """What is wrong with a file of cases, or which of them the pack fails."""
    found, findings = read_cases(data)
    if found is None:
        return findings
    packs = {pack.economy: pack}
    return tuple(failed for case in found.cases for failed in run_case(about, packs, found.economy, case))


def run_case(about: Topic, packs: Mapping[str, Pack], economy: str, case: Case) -> tuple[Finding, ...]:
    """Nothing where the case holds, else one finding that says what was expected and what came."""
    given, wrong = read_facts(about, {about.economy_fact: economy, **case.facts})
    if wrong:
        return tuple(_failed(case, "readable facts", each.text) for each in wrong)
    came = answer(about, packs.get(economy), case.question, given, on=case.on, known=case.known)
    if came.answer != case.expect:
        return (_failed(case, case.expect, f"{came.answer} (missing: {', '.join(came.missing) or 'nothing'})"),)
    lists = {"missing": (case.missing, came.missing), "used": (case.used, [each.rule for each in came.used])}
    wants = case.outcome | {name: _listed(wanted) for name, (wanted, _) in lists.items() if wanted}
    have = {**came.outcome, **{name: _listed(got) for name, (_, got) in lists.items()}}
    return tuple(
        _failed(case, f"{name} {wanted}", have.get(name, "nothing"))
        for name, wanted in wants.items()
        if have.get(name) != wanted
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _failed(case: Case, wanted: str, came: str) -> Finding:
    return problem(
        CASE_FAILED,
        "{case}: expected {wanted}, came {came}.",
        remedy="Correct the rule, or the case.",
        case=case.name,
        wanted=wanted,
        came=came,
    )
