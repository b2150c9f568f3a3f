"""What rules say together: the one place where they meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from entrepot.rule.condition import Condition, Known, conjunction, negation, read_condition, value_of
from entrepot.rule.given import Given
from entrepot.rule.pack import Rule, Topic

Verdict = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules in force say to one question: the value, the rules that decide, the facts that lack."""

    verdict: Verdict
    used: tuple[Rule, ...]
    missing: frozenset[str]
    clash: bool = False


def conditions_of(about: Topic, rules: Sequence[Rule]) -> dict[str, Condition]:
    """The condition of each rule, by its id."""
    types = {name: str(each.type) for name, each in about.facts.items()}
    return {each.id: read_condition(each.when, types) for each in rules}


def judge_question(rules: Sequence[Rule], conditions: Mapping[str, Condition], given: Given) -> Judged:
    """What ``rules`` (all in force, all on one question) say under the facts given.

    A rule speaks where its condition holds and no rule that overrides it speaks. Yes needs a rule for yes and none
    for no, and the other way round; silence, doubt and contradiction are unknown.
    """
    spoken: dict[str, Known] = {}
    by_id = {each.id: each for each in rules}

    def speaks(rule: Rule) -> Known:
        if rule.id not in spoken:
            over = [negation(speaks(each)) for each in by_id.values() if rule.id in each.overrides]
            spoken[rule.id] = conjunction([value_of(conditions[rule.id], given), *over])
        return spoken[rule.id]

    def some(effect: str) -> Known:
        return negation(conjunction([negation(speaks(each)) for each in rules if each.effect == effect]))

    yes, no = some("yes"), some("no")
    speaking = tuple(each for each in rules if speaks(each).truth)
    if yes.truth and no.truth:
        return Judged("unknown", speaking, frozenset(), clash=True)
    if yes.truth and no.truth is False:
        return Judged("yes", speaking, frozenset())
    if no.truth and yes.truth is False:
        return Judged("no", speaking, frozenset())
    return Judged("unknown", (), yes.missing | no.missing)
