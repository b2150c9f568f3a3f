"""What a party may say next in a sale: what it has not said yet comes first, unless it goes against the sale."""

from dataclasses import dataclass, field

from entrepot.flow.reading import kinds_said, steps_open
from entrepot.node.account.acting import Acting
from entrepot.node.page.sale.forms import FORMS
from entrepot.node.page.sale.words import KINDS, word
from entrepot.node.running import office

AGAINST = frozenset({"dispute", "order-cancellation", "return-request"})
"""Kinds that are there for when something goes wrong."""
OWED = frozenset({"invoiced", "in_transit", "cleared", "delivered"})
"""States in which it makes sense to ask for money: what was billed is not paid."""
GOES_ON = OWED | {"ordered", "accepted"}
"""States in which somebody is to do something next."""


@dataclass(frozen=True, slots=True)
class Next:
    """What may be said next, each kind with its word: what was not said ``now``, what ``also`` may be said, and what
    there is no form for."""

    now: list[tuple[str, str]] = field(default_factory=list)
    also: list[tuple[str, str]] = field(default_factory=list)
    by_program: list[str] = field(default_factory=list)
    waits: bool = False
    """Whether the sale goes on, and nothing of it is for this party to say now."""


def upcoming(sale: str, state: str, acting: Acting) -> Next:
    """What ``acting`` may say next in a sale that stands at ``state``."""
    if not acting.may_write:
        return Next()
    here = office()
    later = kinds_said(here.journal, sale, acting.party, recall=here.recall) | AGAINST
    if state not in OWED:
        later |= {"payment-request"}
    kinds = steps_open(here.journal, sale, acting.readers, recall=here.recall)
    if state == "counted":
        later |= set(kinds)
    forms = [(each, word(KINDS, each)) for each in kinds if each in FORMS]
    now = [each for each in forms if each[0] not in later]
    return Next(
        now=now,
        waits=state in GOES_ON and not now,
        also=[each for each in forms if each[0] in later],
        by_program=[word(KINDS, each) for each in kinds if each not in FORMS],
    )
