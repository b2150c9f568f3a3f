"""Every pair of acts, made concurrent: the state is the same in every order of arrival, and is what the table says."""

import itertools
import random
from pathlib import Path

import pytest

from entrepot.sale import Status, reduce
from entrepot.sale.fact import ACTS, RANK, Fact, act
from entrepot.sale.race import race_of, races
from entrepot.sale.specimen import BEFORE, chain, specimen

PAIRS = list(itertools.combinations_with_replacement(ACTS, 2))


def concurrent(left: str, right: str) -> tuple[list[Fact], Fact, Fact]:
    """Two concurrent facts of these acts, sharing as much of the past as they can, and their whole history."""
    first = list(chain(left))
    facts = {each.id: each for each in first}
    past: list[Fact] = []
    for name in BEFORE[right]:
        past.append(specimen(name, past))
    if any(each.id == first[-1].id for each in past):  # the left act stands in the past of the right: a second one
        past = []
        for name in BEFORE[right]:
            past.append(specimen(name, past, mark="'" if name == left else ""))
    last = specimen(right, past, mark='"')
    facts |= {each.id: each for each in (*past, last)}
    return list(facts.values()), first[-1], last


def observed(facts: list[Fact], left: Fact, right: Fact) -> tuple[str, frozenset[str]]:
    """What happened between the two, read from the state alone."""
    state = reduce(facts)
    pair = tuple(sorted((left.id, right.id)))
    for conflict in state.conflicts:
        if conflict.records == pair:
            return "conflict", frozenset(act(each) for each in (left, right) if each.id in conflict.held)
    for loser, winner in ((left, right), (right, left)):
        standing = state.standings[loser.id]
        if winner.id in standing.by:
            return ("first" if act(left) == act(right) else "loses"), frozenset({act(loser)})
    return "commute", frozenset()


@pytest.mark.parametrize("left", ACTS)
def test_pairs_are_what_the_table_says(left: str) -> None:
    wrong = [right for one, right in PAIRS if one == left and not holds(left, right)]
    assert wrong == []


def holds(left: str, right: str) -> bool:
    facts, one, two = concurrent(left, right)
    race = races()[left, right]
    # A row about answers to the same record does not speak of answers to two.
    expected = race.outcome if race == race_of(one, two) else "commute"
    outcome, held = observed(facts, one, two)
    if expected == "first":
        loser = max(one.id, two.id)
        return outcome == "first" and reduce(facts).standings[loser].status is Status.INEFFECTIVE
    return outcome == expected and held == (set(race.held) if expected != "commute" else set())


@pytest.mark.parametrize("left", ACTS)
def test_pairs_give_one_state_in_every_order_of_arrival(left: str) -> None:
    chance = random.Random(7)
    for right in (right for one, right in PAIRS if one == left):
        facts, _, _ = concurrent(left, right)
        wanted = reduce(facts)
        few = len(facts) <= 4
        orders = itertools.permutations(facts) if few else (chance.sample(facts, len(facts)) for _ in range(8))
        for order in orders:
            assert reduce([*order, order[0]]) == wanted, (left, right)
        assert reduce(reversed(facts)).to_json() == wanted.to_json(), (left, right)


def test_the_rows_are_those_that_were_agreed() -> None:
    """The file beside this test was read by people; whoever changes the table changes it too."""
    lines = [
        " | ".join((left, right, race.outcome, " ".join(race.held) or "the larger id", race.when))
        for (left, right), race in races().items()
        if race.outcome != "commute"
    ]
    agreed = (Path(__file__).parent / "concurrent-pairs.txt").read_text("utf-8").splitlines()
    assert lines == agreed[1:]


def test_table_names_every_pair_once() -> None:
    assert set(races()) == set(PAIRS)
    assert {each.partition("/")[0] for each in ACTS} == set(RANK)
    assert sum(each.outcome != "commute" for each in races().values()) > 40


@pytest.mark.parametrize("name", ACTS)
def test_each_act_is_rightful_at_the_end_of_its_chain(name: str) -> None:
    facts = chain(name)
    state = reduce(facts)
    assert state.having(Status.EFFECTIVE) == state.order
    assert len(state.order) == len(facts)
