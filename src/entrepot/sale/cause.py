"""Causal order: which facts lie in the past of which, what is still missing, and one deterministic linear order."""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from entrepot.base.error import UsageError
from entrepot.sale.fact import RANK, Fact, Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """The facts in linear order, and for each of them (by its place) what it had seen.

    ``past``: bit *n* is set where the fact at place *n* lies in the past. ``unseen``: ids in its past whose content
    this node does not have. ``waiting``: facts with missing causes, not in the order.
    """

    facts: tuple[Fact, ...]
    past: tuple[int, ...]
    unseen: tuple[frozenset[str], ...]
    waiting: Mapping[str, tuple[str, ...]]
    heads: tuple[str, ...]


def causes(facts: Iterable[Fact], known: frozenset[str] = frozenset()) -> Causes:
    """Order ``facts``: causes first; between concurrent facts the kind's rank, then the id.

    The claimed time plays no part: its signer could choose it. ``known`` are ids that are withheld here and count as
    present. Raises :class:`UsageError` where two different facts have the same id.
    """
    unique = _unique(facts)
    order = _linear(unique, known)
    place = {each.id: index for index, each in enumerate(order)}
    past: list[int] = []
    unseen: list[frozenset[str]] = []
    for fact in order:
        mask, missing = 0, set(fact.after) - unique.keys()
        for cause in fact.after & place.keys():
            at = place[cause]
            mask |= past[at] | 1 << at
            missing |= unseen[at] | ({cause} if isinstance(order[at].says, Unread) else set())
        past.append(mask)
        unseen.append(frozenset(missing))
    followed = {cause for each in order for cause in each.after}
    return Causes(
        facts=tuple(order),
        past=tuple(past),
        unseen=tuple(unseen),
        waiting=_waiting(unique, place, known),
        heads=tuple(sorted(each.id for each in order if each.id not in followed)),
    )


def _unique(facts: Iterable[Fact]) -> dict[str, Fact]:
    unique: dict[str, Fact] = {}
    for fact in facts:
        if unique.setdefault(fact.id, fact) != fact:
            raise UsageError(f"two different facts have the id {fact.id}")
    return unique


def _linear(unique: Mapping[str, Fact], known: frozenset[str]) -> list[Fact]:
    lacking = {
        key: {cause for cause in each.after if cause not in known or cause in unique} for key, each in unique.items()
    }
    followers: dict[str, list[str]] = {}
    for key, needs in lacking.items():
        for cause in needs:
            followers.setdefault(cause, []).append(key)
    ready = [(_rank(unique[key]), key) for key, needs in lacking.items() if not needs]
    heapq.heapify(ready)
    order = []
    while ready:
        _, key = heapq.heappop(ready)
        order.append(unique[key])
        for follower in followers.get(key, ()):
            lacking[follower].discard(key)
            if not lacking[follower]:
                heapq.heappush(ready, (_rank(unique[follower]), follower))
    return order


def _rank(fact: Fact) -> int:
    return RANK.get(fact.kind, len(RANK))


def _waiting(unique: Mapping[str, Fact], place: Mapping[str, int], known: frozenset[str]) -> dict[str, tuple[str, ...]]:
    return {
        key: tuple(
            sorted(cause for cause in unique[key].after if cause not in place and cause not in known - unique.keys())
        )
        for key in sorted(unique.keys() - place.keys())
    }
