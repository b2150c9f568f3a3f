"""From the set of facts to the state of the sale.

Four strata, each a function of the one before, so that nothing can go round in a circle:

1. *right*: a fact is judged once and for ever against the state of its own past;
2. *held*: rightful facts that contradict a concurrent rightful fact (conflicts, for a person);
3. *beaten*: rightful facts that a concurrent one prevails over;
4. *effective*: what is left. The readings in :mod:`entrepot.sale.tally` see nothing else; in the whole state,
   :mod:`entrepot.sale.doubt` calls unknown what records that cannot be read or judged here might change.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.sale import tally as readings
from entrepot.sale.cause import Causes, causes
from entrepot.sale.doubt import accounts_of, axes, doubted, gaps
from entrepot.sale.fact import Disputed, Fact, Ordered, Unread, act, topic
from entrepot.sale.race import Race, finding_of, race_of
from entrepot.sale.right import UNJUDGED, UNREAD, allows
from entrepot.sale.state import Conflict, SaleState, Standing, Status
from entrepot.sale.tally import Tally
from entrepot.sale.word import word

NOTHING = SaleState(accounts={}, roles={}, open_disputes={}, declarations={}, standings={}, waiting={})
"""The state before any fact."""
JUDGED_MAX = 50_000
_Past = tuple[str, str, frozenset[int], frozenset[str]]


class Judged:
    """Standings of facts against their own pasts, remembered from one reduction to the next.

    A fact is judged once and for ever: as long as its past is the same (the same facts, as far as they can be read,
    and the same gaps), so is its standing. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._names: dict[_Past, int] = {}
        self._numbers = count()
        self._standings: dict[int, Standing] = {}

    def name(self, past: _Past) -> int:
        """A number for a fact together with its past: equal for equal ones alone."""
        return self._names.setdefault(past, next(self._numbers))

    def find(self, name: int) -> Standing | None:
        """The standing that was found before, or None."""
        return self._standings.get(name)

    def keep(self, name: int, standing: Standing) -> None:
        """Remember a standing; when there are too many, all are forgotten."""
        if len(self._standings) >= JUDGED_MAX:
            self._standings.clear()
            self._names.clear()
        self._standings[name] = standing


def reduce(
    facts: Iterable[Fact],
    *,
    known: frozenset[str] = frozenset(),
    judged: Judged | None = None,
    sale: str | None = None,
    own: frozenset[str] = frozenset(),
) -> SaleState:
    """The state of the sale that the set of ``facts`` makes; order and repetition of ``facts`` do not matter.

    ``known``: ids of records that exist but are withheld from this node; facts that follow them do not wait.
    ``judged``: what is remembered of earlier reductions; the result is the same without it, only later.
    ``sale``: the sale's id where it is known; without its order, what only the order would tell is unknown.
    ``own``: DIDs of whoever reads the state: it knows its own records to be rightful where they cannot be judged.
    Raises ``UsageError`` where two different facts have one id.
    """
    return _Reduction(causes(facts, known), judged or Judged()).whole(sale, own)


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """Standings within one past-closed set, and the conflicts among its facts."""

    standings: dict[int, Standing]
    conflicts: tuple[Conflict, ...]


class _Reduction:
    """Facts are named by their place in the linear order; a set of facts is an integer with a bit per place."""

    def __init__(self, known: Causes, judged: Judged) -> None:
        self._causes = known
        self._judged = judged
        self._names: list[int] = []
        self._facts = known.facts
        self._place = {each.id: index for index, each in enumerate(known.facts)}
        self._right: list[Standing] = []
        self._races: list[tuple[int, int, Race]] = []
        self._memo: dict[int, SaleState] = {0: NOTHING}
        for index in range(len(self._facts)):
            self._judge(index)

    def whole(self, sale: str | None, own: frozenset[str]) -> SaleState:
        """The state of all facts, with what only the whole set shows: heads, waiting, equivocations, and doubts."""
        state = self._state((1 << len(self._facts)) - 1)
        facts = [self._facts[self._place[each]] for each in state.order]
        state = doubted(state, gaps(facts, state.standings, sale=sale, own=own), self._sees)
        return replace(
            state,
            state=word(state),
            heads=self._causes.heads,
            waiting=self._causes.waiting,
            equivocations=_equivocations(self._facts),
        )

    def _judge(self, index: int) -> None:
        past = self._causes.past[index]
        fact, name = self._facts[index], self._name(index)
        standing = self._judged.find(name)
        if standing is None:
            before = replace(self._state(past), withheld=tuple(sorted(self._causes.unseen[index])))
            findings = allows(before, fact)
            standing = Standing(status=_status(findings), findings=findings)
            self._judged.keep(name, standing)
        self._right.append(standing)
        if self._right[index].status is not Status.EFFECTIVE:
            return
        for other in _places(~past & (1 << index) - 1):
            if self._right[other].status is Status.EFFECTIVE:
                race = race_of(self._facts[other], fact)
                if race.outcome != "commute":
                    self._races.append((other, index, race))

    def _name(self, index: int) -> int:
        """The fact with all of its past: its own id, whether it can be read, the same of its causes, and the gaps."""
        fact = self._facts[index]
        seen = frozenset(self._names[self._place[each]] for each in fact.after if each in self._place)
        gaps = frozenset(each for each in fact.after if each not in self._place)
        name = self._judged.name((fact.id, fact.says.why if isinstance(fact.says, Unread) else "", seen, gaps))
        self._names.append(name)
        return name

    def _state(self, mask: int) -> SaleState:
        found = self._memo.get(mask)
        if found is None:
            found = self._memo[mask] = self._compute(mask)
        return found

    def _sees(self, later: Fact, earlier: Fact) -> bool:
        return bool(self._causes.past[self._place[later.id]] >> self._place[earlier.id] & 1)

    def _compute(self, mask: int) -> SaleState:
        verdicts = self._verdicts(mask)
        effective = [self._facts[at] for at, each in verdicts.standings.items() if each.status is Status.EFFECTIVE]
        unseen = {each for at in _places(mask) for each in self._causes.unseen[at]}
        unseen |= {self._facts[at].id for at in _places(mask) if any(f.id == UNREAD for f in self._right[at].findings)}
        state = _read(
            Tally.of(effective, self._sees),
            order=tuple(self._facts[at].id for at in verdicts.standings),
            standings={self._facts[at].id: each for at, each in verdicts.standings.items()},
            conflicts=verdicts.conflicts,
            withheld=tuple(sorted(unseen)),
            numbers=frozenset(
                (each.kind, each.issuer, each.number) for each in map(self._facts.__getitem__, _places(mask))
            ),
        )
        return replace(state, state=word(state))

    def _verdicts(self, mask: int) -> _Verdicts:
        standings = {at: self._right[at] for at in _places(mask)}
        pairs = [(left, right, race) for left, right, race in self._races if mask >> left & mask >> right & 1]
        conflicts = self._hold(standings, pairs)
        self._beat(standings, pairs)
        return _Verdicts(standings, tuple(self._closed(each, standings) for each in conflicts))

    def _hold(self, standings: dict[int, Standing], pairs: list[tuple[int, int, Race]]) -> list[Conflict]:
        conflicts = []
        for left, right, race in pairs:
            if race.outcome != "conflict":
                continue
            held = [at for at in (left, right) if act(self._facts[at]) in race.held]
            if race.reason == 40:
                held = [max(left, right, key=lambda at: self._facts[at].id)]
            for at in held:
                other = right if at == left else left
                standings[at] = self._set_aside(standings[at], Status.CONTESTED, race, other)
            first, second = sorted((self._facts[left].id, self._facts[right].id))
            conflicts.append(
                Conflict(
                    records=(first, second),
                    held=tuple(sorted(self._facts[at].id for at in held)),
                    reason=f"ENT-CORE-SALE-{race.reason:02d}",
                )
            )
        return sorted(conflicts, key=lambda each: each.records)

    def _beat(self, standings: dict[int, Standing], pairs: list[tuple[int, int, Race]]) -> None:
        """Losers, in such an order that a record that is itself beaten beats nothing: of two orders one holds; what
        does not follow it, what an ended sale undoes, what was counted too early; then of equal answers the first."""
        found = []
        for left, right, race in pairs:
            if race.outcome in ("first", "loses"):
                loser = self._loser(left, right, race)
                winner = left + right - loser
                found.append((self._stage(winner, race), self._facts[winner].id, winner, loser, race))
        for _, _, winner, loser, race in sorted(found, key=lambda each: each[:2]):
            both = standings[winner].status, standings[loser].status
            if both == (Status.EFFECTIVE, Status.EFFECTIVE):
                standings[loser] = self._set_aside(standings[loser], Status.INEFFECTIVE, race, winner)

    def _stage(self, winner: int, race: Race) -> int:
        kind = self._facts[winner].kind
        if kind == "order":
            return 0 if race.outcome == "first" else 1
        return 4 if race.outcome == "first" else 3 if kind == "invoice" else 2

    def _loser(self, left: int, right: int, race: Race) -> int:
        if race.outcome == "first":
            return max(left, right, key=lambda at: self._facts[at].id)
        return left if act(self._facts[left]) in race.held else right

    def _set_aside(self, standing: Standing, status: Status, race: Race, other: int) -> Standing:
        name = self._facts[other].id
        return Standing(
            status=status,
            findings=(*standing.findings, finding_of(race.reason, name)),
            by=tuple(sorted({*standing.by, name})),
        )

    def _closed(self, conflict: Conflict, standings: dict[int, Standing]) -> Conflict:
        """The first effective record that saw both sides and decides between them."""
        sides = [self._facts[self._place[each]] for each in conflict.records]
        for at, each in standings.items():
            fact = self._facts[at]
            seen = each.status is Status.EFFECTIVE and all(self._sees(fact, side) for side in sides)
            if seen and self._decides(fact, conflict, sides):
                return replace(conflict, closed_by=fact.id)
        return conflict

    def _decides(self, fact: Fact, conflict: Conflict, sides: list[Fact]) -> bool:
        """The neutral's resolution, or an agreement, of a dispute about one of the two (or about the whole sale); or,
        where one issuer decided blindly or twice, that issuer's new decision."""
        if fact.kind == "dispute-resolution" or act(fact) == "dispute-answer/agree":
            dispute = self._facts[self._place[topic(fact)]].says
            about = set(dispute.about) if isinstance(dispute, Disputed) else set()
            orders = {each.id for each in self._facts if each.kind == "order"}
            if about & {*conflict.records, *orders}:
                return True
        again = {(each.kind, each.issuer) for each in sides if each.id in conflict.held}
        return conflict.reason != "ENT-CORE-SALE-40" and (fact.kind, fact.issuer) in again


def _places(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _status(findings: tuple[Finding, ...]) -> Status:
    ids = {each.id for each in findings}
    if ids & {UNJUDGED, UNREAD}:
        return Status.UNKNOWN
    return Status.INEFFECTIVE if any(each.severity is Severity.BLOCKING for each in findings) else Status.EFFECTIVE


def _equivocations(facts: tuple[Fact, ...]) -> tuple[tuple[str, ...], ...]:
    """Groups of records of one issuer and kind that bear the same number."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for each in facts:
        groups.setdefault((each.issuer, each.kind, each.number), []).append(each.id)
    return tuple(sorted(tuple(sorted(each)) for each in groups.values() if len(each) > 1))


def _read(tally: Tally, **more: Any) -> SaleState:
    """The readings of effective facts, with ``more`` members of the state."""
    money = accounts_of(tally)
    opening = tally.order.says if tally.order is not None else None
    order = opening if isinstance(opening, Ordered) else Ordered(buyer=None, seller=None)
    return SaleState(
        sale=tally.order.id if tally.order is not None else None,
        **axes(tally, money),
        subject=order.subject,
        buyer_type=order.buyer_type,
        ordered_by=order.ordered_by,
        cross_border=order.cross_border,
        moved_goods=readings.moved_goods(tally),
        moved_money=readings.moved_money(tally),
        accounts=money,
        roles=readings.roles(tally),
        open_cancellations=readings.open_requests(tally, "order-cancellation", "cancellation-response"),
        open_returns=readings.open_requests(tally, "return-request", "return-response"),
        open_disputes=readings.open_disputes(tally),
        declarations=readings.declarations(tally),
        accepted_findings=readings.accepted_findings(tally),
        waiting={},
        **more,
    )
