"""What a desk is: how it finds its cases, how one of them reads, and what may be decided about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from entrepot.base.finding import Finding
from entrepot.flow.issue import Draft
from entrepot.node.account.acting import Acting
from entrepot.node.page.entry import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case in the queue. ``id``: of the record that opened it. ``number``: its business number, for people.

    ``word``: how it stands, in the reader's language; ``is_open``: it waits for this desk. ``may``: names of the
    decisions that can be taken now.
    """

    id: str
    number: str
    title: str
    who: str
    since: datetime
    word: str
    is_open: bool
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the records say of a case; ``path``: the page of this node that shows more, if any."""

    label: str
    words: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A case as the person who decides reads it. ``notes``: what is to be minded, each with whether it is English.

    ``also``: further records that it is about, id -> number. ``concerned``: the parties that are told the decision.
    """

    facts: tuple[Fact, ...]
    notes: tuple[tuple[str, bool], ...] = ()
    also: Mapping[str, str] = field(default_factory=dict)
    concerned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision that is being taken: by whom, on which case and day, and what was typed."""

    acting: Acting
    case: Case
    today: date
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What carrying a decision out came to: a record with its number, if it makes one, and what stands against it."""

    record: str = ""
    number: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision that a desk offers. ``entries``: its fields beside the reasons.

    ``draft``: the record that carries it out, under a number that begins with ``prefix``; None where there is nothing
    left to decide. ``carry``: what else does;
    it must be harmless when repeated, and ``check`` tells beforehand what would stop it. Without any of these, the
    decision itself is all.
    """

    name: str
    title: str
    explains: str
    prefix: str = ""
    entries: Callable[[Acting, Case], list[Entry]] = lambda _acting, _case: []
    draft: Callable[[Ruling], Draft | None] | None = None
    carry: Callable[[Ruling], Carried] | None = None
    check: Callable[[Ruling], tuple[Finding, ...]] = lambda _ruling: ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A desk. ``name``: in addresses and in appointments. ``cases``: of a party, as the queue shows them; ``find``: one
    of them, None where the party has no such case. ``read``: how one reads."""

    name: str
    title: str
    explains: str
    cases: Callable[[Acting], list[Case]]
    find: Callable[[Acting, str], Case | None]
    read: Callable[[Acting, Case], Reading]
    decisions: tuple[Decision, ...]

    def decision(self, name: str) -> Decision | None:
        """The decision of that name."""
        return next((each for each in self.decisions if each.name == name), None)


def in_order(cases: list[Case]) -> list[Case]:
    """Those that wait first, the oldest of them first; then the others, the newest first."""
    waiting = sorted((each for each in cases if each.is_open), key=lambda each: (each.since, each.id))
    rest = sorted((each for each in cases if not each.is_open), key=lambda each: (each.since, each.id), reverse=True)
    return [*waiting, *rest]
