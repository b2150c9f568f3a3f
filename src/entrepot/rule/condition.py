"""Conditions over typed facts, and their value in Kleene's strong three-valued logic.

Written in a pack as a table: ``{ all = [...] }``, ``{ any = [...] }``, ``{ not = ... }``, or a test of one fact:
``{ fact = "channel", in = ["air", "post"] }``, ``{ fact = "gift", is = true }``,
``{ fact = "value", at_most = { amount = "10.00", currency = "XXX" } }`` (also ``over``, ``at_least``, ``below``).
An empty table always holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from entrepot.base.money import Money
from entrepot.rule.given import Given

Truth = bool | None
"""True, False, or None where it is unknown."""
_LIMITS = ("at_most", "over", "at_least", "below")


@dataclass(frozen=True, slots=True)
class Known:
    """The value of a condition, and the facts for want of which it is unknown."""

    truth: Truth
    missing: frozenset[str] = frozenset()


TRUE, FALSE = Known(truth=True), Known(truth=False)


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; nothing in it: holds."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds; nothing in it: does not hold."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Member:
    """The fact is one of these values."""

    fact: str
    values: tuple[str | bool, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """The money fact stands so to the limit: ``at_most``, ``over``, ``at_least``, ``below``."""

    fact: str
    how: str
    limit: Money


Condition = All | Some | Not | Member | Compare


def value_of(condition: Condition, given: Given) -> Known:
    """The value of ``condition`` under the facts that are given."""
    match condition:
        case All(parts):
            return conjunction([value_of(each, given) for each in parts])
        case Some(parts):
            return negation(conjunction([negation(value_of(each, given)) for each in parts]))
        case Not(part):
            return negation(value_of(part, given))
        case Member(fact, values):
            value = given.values.get(fact)
            return Known(None, frozenset({fact})) if value is None else Known(value in values)
        case Compare(fact, how, limit):
            side, missing = given.compared(fact, limit)
            if side is None:
                return Known(None, frozenset({missing}))
            return Known({"at_most": side <= 0, "over": side > 0, "at_least": side >= 0, "below": side < 0}[how])


def conjunction(parts: list[Known]) -> Known:
    """False if one is false, true if all are true, else unknown for want of what the unknown ones lack."""
    if any(each.truth is False for each in parts):
        return FALSE
    missing = frozenset(name for each in parts for name in each.missing)
    return Known(None, missing) if any(each.truth is None for each in parts) else TRUE


def negation(part: Known) -> Known:
    """The other way round; unknown stays unknown."""
    return part if part.truth is None else Known(not part.truth)


def read_condition(raw: Any, types: Mapping[str, str]) -> Condition:
    """The condition that a pack writes; ``types``: the topic's facts. Raises ``ValueError`` saying what is wrong."""
    if not isinstance(raw, dict):
        raise ValueError(f"a condition is a table, not {raw!r:.60}")
    match raw:
        case {"all": list(parts), **rest} if not rest:
            return All(tuple(read_condition(each, types) for each in parts))
        case {"any": list(parts), **rest} if not rest:
            return Some(tuple(read_condition(each, types) for each in parts))
        case {"not": part, **rest} if not rest:
            return Not(read_condition(part, types))
        case {"fact": str(fact), **test} if len(test) == 1:
            if fact not in types:
                raise ValueError(f"the topic has no fact {fact!r}")
            return _read_test(fact, types[fact], *next(iter(test.items())))
        case {} if not raw:
            return All(())
    raise ValueError(f"not a condition: {raw!r:.80}")


def _read_test(fact: str, kind: str, how: str, operand: Any) -> Condition:
    if how in _LIMITS:
        if kind != "money":
            raise ValueError(f"{fact} is no amount of money")
        return Compare(fact, how, Money.from_json(operand))
    values = operand if how == "in" else [operand] if how == "is" else None
    if not isinstance(values, list) or not values:
        raise ValueError(f"no test of {fact!r}: {how!r}")
    wanted = bool if kind in ("flag", "judgement") else str
    if kind == "money" or any(type(each) is not wanted for each in values):
        raise ValueError(f"{fact} is a {kind} and cannot be tested so")
    return Member(fact, tuple(values))
