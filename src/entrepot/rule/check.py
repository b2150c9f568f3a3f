"""What a pack must fulfil before it is used: sources, sound conditions, no gaps in a series, no overlaps."""

import itertools
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from entrepot.base.finding import Finding, Severity
from entrepot.base.money import Money
from entrepot.base.said import worded
from entrepot.rule.condition import All, Compare, Condition, Member, Not, Some, read_condition
from entrepot.rule.given import Given, Value
from entrepot.rule.pack import Confidence, Pack, Rule, Topic
from entrepot.rule.problem import GAP, NO_SOURCE, OVERLAP, PACK_WRONG, STALE, problem
from entrepot.rule.verdict import conditions_of, judge_question

STALE_DAYS = 180
"""Days after which a source must be looked at again."""
POINTS_MAX = 5_000
"""Combinations of facts that the search for overlaps tries per question and day."""
DAY = timedelta(days=1)


def check_pack(topic: Topic, pack: Pack) -> tuple[Finding, ...]:
    """All that is wrong with ``pack``, whatever the day. (Staleness depends on the day: :func:`stale`.)"""
    found = [*_form(topic, pack), *_sources(pack)]
    return tuple(found) if found else (*_gaps(pack), *_overlaps(topic, pack))


def stale(pack: Pack, on: date) -> tuple[Finding, ...]:
    """Sources last looked at more than 180 days before ``on``."""
    return tuple(
        problem(
            STALE,
            worded("The source was last looked at on {checked}, more than {days} days ago."),
            path=f"$.sources.{key}",
            remedy=worded("Look at it again."),
            severity=Severity.WARNING,
            checked=each.checked.isoformat(),
            days=str(STALE_DAYS),
        )
        for key, each in pack.sources.items()
        if (on - each.checked).days > STALE_DAYS
    )


def _form(topic: Topic, pack: Pack) -> Iterator[Finding]:
    if pack.topic != topic.topic:
        yield problem(PACK_WRONG, "The pack is of the topic {other}.", path="$.topic", other=pack.topic)
    ids = [each.id for each in pack.rules]
    types = {name: str(each.type) for name, each in topic.facts.items()}
    for index, rule in enumerate(pack.rules):
        path = f"$.rules[{index}]"
        if ids.count(rule.id) > 1 or not rule.id.startswith(pack.economy):
            yield problem(PACK_WRONG, "The id {id} is used twice, or of another economy.", path=path, id=rule.id)
        if rule.question not in topic.questions:
            yield problem(PACK_WRONG, "The topic has no question {name}.", path=path, name=rule.question)
        if rule.until is not None and rule.until < rule.in_force:
            yield problem(PACK_WRONG, "The rule ends before it begins.", path=path)
        if unknown := sorted(set(rule.overrides) - set(ids)):
            yield problem(PACK_WRONG, "It overrides {ids}, which is not here.", path=path, ids=", ".join(unknown))
        if _overrides_itself(pack, rule.id):
            yield problem(PACK_WRONG, "It overrides itself, directly or in a circle.", path=path)
        try:
            read_condition(rule.when, types)
        except ValueError as wrong:
            yield problem(PACK_WRONG, "{reason}.", path=f"{path}.when", reason=str(wrong))


def _overrides_itself(pack: Pack, rule_id: str) -> bool:
    over = {each.id: each.overrides for each in pack.rules}
    seen: set[str] = set()
    todo = list(over[rule_id])
    while todo:
        each = todo.pop()
        if each not in seen:
            seen.add(each)
            todo += over.get(each, ())
    return rule_id in seen


def _sources(pack: Pack) -> Iterator[Finding]:
    for index, rule in enumerate(pack.rules):
        path = f"$.rules[{index}]"
        if rule.source not in pack.sources:
            yield problem(NO_SOURCE, "The rule {id} has no source.", path=path, remedy="Name it.", id=rule.id)
        if rule.instrument not in pack.instruments:
            yield problem(NO_SOURCE, "The rule {id} names no instrument.", path=path, remedy="Name it.", id=rule.id)


def _gaps(pack: Pack) -> Iterator[Finding]:
    """Days between two versions of a rule on which neither is in force, and days on which both are."""
    series: dict[str, list[Rule]] = {}
    for rule in pack.rules:
        if rule.series:
            series.setdefault(rule.series, []).append(rule)
    for name, rules in series.items():
        rules.sort(key=lambda each: each.in_force)
        for before, after in itertools.pairwise(rules):
            if _meet(before, after):
                ids = f"{before.id}, {after.id}"
                yield problem(OVERLAP, "{rules} are two versions of one rule in force at once.", rules=ids)
            if before.until is not None and before.until + DAY < after.in_force:
                yield problem(
                    GAP,
                    "In {series}, nothing holds from {first} to {last}.",
                    remedy="Find what held in between.",
                    series=name,
                    first=(before.until + DAY).isoformat(),
                    last=(after.in_force - DAY).isoformat(),
                )


def _meet(before: Rule, after: Rule) -> bool:
    in_force = before.until is None or before.until >= after.in_force
    known = before.known_until is None or before.known_until >= after.known
    return in_force and known and (after.known_until is None or after.known_until >= before.known)


def _overlaps(topic: Topic, pack: Pack) -> Iterator[Finding]:
    """Rules that answer one question both ways, found by trying the facts around every limit that the pack names."""
    for question in topic.questions:
        rules = [each for each in pack.rules if each.question == question]
        days = sorted({each.in_force for each in rules} | {each.until for each in rules if each.until})
        for on in days:
            known = max(each.known for each in rules)
            here = [each for each in rules if each.holds_on(on, known)]
            if len({each.effect for each in here}) < 2:
                continue
            conditions = conditions_of(topic, here)
            for given in itertools.islice(_points(topic, conditions.values()), POINTS_MAX):
                verdict = judge_question(here, conditions, given)
                if verdict.clash:
                    yield problem(
                        OVERLAP,
                        "On {day}, {rules} answer {question} both ways.",
                        remedy="Narrow a condition, or let one override the other.",
                        day=on.isoformat(),
                        rules=", ".join(sorted(each.id for each in verdict.used)),
                        question=question,
                    )
                    return


def _points(topic: Topic, conditions: Iterable[Condition]) -> Iterator[Given]:
    """Complete facts on and beside every limit, and each choice that a test names and one that it does not."""
    values: dict[str, set[Value]] = {}
    for test in _tests(conditions):
        here = values.setdefault(test.fact, set())
        if isinstance(test, Compare):
            limit = test.limit
            here |= {Money(limit.minor + step, limit.currency) for step in (-1, 0, 1)}
        else:
            choices = topic.facts[test.fact].choices or ("ZZ",)
            flag = any(type(each) is bool for each in test.values)
            here |= {True, False} if flag else {*test.values, *choices}
    names = sorted(values)
    for combination in itertools.product(*(sorted(values[name], key=repr) for name in names)):
        yield Given(values=dict(zip(names, combination, strict=True)))


def _tests(conditions: Iterable[Condition]) -> Iterator[Member | Compare]:
    for each in conditions:
        match each:
            case All(parts) | Some(parts):
                yield from _tests(parts)
            case Not(part):
                yield from _tests([part])
            case _:
                yield each


def weakest(pack: Pack, rules: Iterable[Rule]) -> Confidence | None:
    """The lowest confidence among the sources of ``rules``; None for no rules."""
    found = {pack.sources[each.source].confidence for each in rules}
    return next((each for each in reversed(Confidence) if each in found), None)
