"""Mandates: who may sign what for an organisation, up to which amount, until when, and whether it may be passed on.

The shape of what a mandate grants, and the rule of passing on: a delegated mandate grants no more than its parent in
any respect. How a mandate is secured, and how it is held against a document, is written in the room above.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from entrepot.base.money import Money
from entrepot.base.said import Said, said
from entrepot.base.shape import Did, Length, Pattern, Range

LINKS_MAX = 5
"""Mandates in a chain, the organisation's own included: further than that nobody is bound."""
ANY_KIND = "*"
"""In ``kinds``: every kind of document."""
KindName = Annotated[str, Length(1, 100), Pattern(r"\*|[A-Za-z][A-Za-z0-9_-]*")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """What is granted: the subject of a mandate credential.

    ``id``: DID of the person or agent that may sign. ``principal``: the organisation that is bound. ``kinds``: kinds of
    record (``invoice``) or types of credential that may be signed; ``*`` for all. ``limit``: the highest amount of one
    document, none for any amount; it says nothing of documents in another currency. ``delegations``: how many times it
    may be passed on in a row, 0 for not at all. ``parent``: id of the mandate credential that this one passes on.
    """

    id: Did
    type: Literal["Mandate"] = "Mandate"
    principal: Did
    kinds: Annotated[tuple[KindName, ...], Length(1, 100)]
    limit: Money | None = None
    delegations: Annotated[int, Range(0, LINKS_MAX - 1)] = 0
    parent: Annotated[str, Length(1, 500)] | None = None

    def covers(self, kinds: frozenset[str]) -> bool:
        """Whether a document that is of all these kinds may be signed."""
        return ANY_KIND in self.kinds or bool(kinds & set(self.kinds))


def widened(child: Mandate, parent: Mandate) -> tuple[Said, ...]:
    """In which respects ``child`` grants more than ``parent`` allowed to pass on; empty where in none."""
    found: list[Said] = []
    if parent.delegations == 0:
        found.append(said("The mandate above may not be passed on."))
    elif child.delegations >= parent.delegations:
        found.append(
            said(
                "It may be passed on {times} times, and the one above {above}.",
                times=child.delegations,
                above=parent.delegations,
            )
        )
    if child.principal != parent.principal:
        found.append(said("It binds another organisation."))
    if ANY_KIND not in parent.kinds and not set(child.kinds) <= set(parent.kinds):
        found.append(said("It names kinds that the mandate above does not."))
    if parent.limit is not None and not _within(child.limit, parent.limit):
        found.append(said("Its amount is not within {limit}.", limit=parent.limit))
    return tuple(found)


def _within(inner: Money | None, outer: Money) -> bool:
    """Amounts in two currencies are never within each other: which is more changes by the day."""
    return inner is not None and inner.currency == outer.currency and inner.minor <= outer.minor
