"""What becomes of two concurrent records: the table of every pair of acts.

Most pairs commute, because each unilateral act has one entitled party and acts that can race are a request and an
answer. The rest is listed here. ``when``: ``same`` restricts a row to answers to the same record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from entrepot.base.finding import Finding, Severity
from entrepot.sale.fact import ACTS, Fact, act, topic

Outcome = Literal["commute", "first", "loses", "conflict"]
MOVES_GOODS = ("hand-over", "transport-document")
MOVES_MONEY = ("payment-instruction", "settlement", "refund")
MOVES = MOVES_GOODS + MOVES_MONEY
_LOOK = "Look at the record {other}."
REASONS: Mapping[str, tuple[str, str]] = {
    name: (message, remedy)
    for name, message, remedy in (
        ("ENT-CORE-SALE-40", "Two records of one issuer have the same number.", _LOOK),
        ("ENT-CORE-SALE-41", "One issuer gave two contradictory answers.", _LOOK),
        ("ENT-CORE-SALE-42", "The sale was ended by a party that had not seen goods or money move.", _LOOK),
        ("ENT-CORE-SALE-43", "It was decided without having seen what the other record says.", _LOOK),
        ("ENT-CORE-SALE-44", "The sale was cancelled by agreement at the same time.", _LOOK),
        ("ENT-CORE-SALE-45", "It was counted without having seen a change of the value.", _LOOK),
        ("ENT-CORE-SALE-46", "The same was said twice at the same time; the smaller record id holds.", _LOOK),
        ("ENT-CORE-SALE-47", "A sale has one order; the smaller record id holds.", _LOOK),
        ("ENT-CORE-SALE-48", "It does not follow the order.", _LOOK),
    )
}
"""Id of a finding -> what it says, and what helps."""


@dataclass(frozen=True, slots=True)
class Race:
    """The outcome of a concurrent pair.

    ``commute``: both hold, in whatever order. ``first``: the smaller record id holds, the other has no effect.
    ``loses``: the acts in ``held`` have no effect. ``conflict``: those in ``held`` have none, and a person decides.
    ``reason``: number of the finding, whose texts are in :data:`REASONS`. ``when``: on which pairs it applies.
    """

    outcome: Outcome
    held: tuple[str, ...] = ()
    reason: int = 0
    when: Literal["always", "same"] = "always"


COMMUTE = Race("commute")
_CONTRADICTIONS = (
    ("order-response/accept", "order-response/reject"),
    ("cancellation-response/accept", "cancellation-response/refuse"),
    ("customs-release/released", "customs-release/refused"),
    ("return-response/accept", "return-response/refuse"),
    ("dispute-answer/agree", "dispute-answer/contest"),
    ("dispute-resolution", "dispute-resolution"),
)
_REPEATS = (
    "order-response/accept",
    "order-response/reject",
    "cancellation-response/accept",
    "cancellation-response/refuse",
    "customs-release/released",
    "customs-release/refused",
    "customs-release/inspection",
    "return-response/accept",
    "return-response/refuse",
    "dispute-answer/agree",
    "dispute-answer/contest",
)
# A rejection is not among them: what makes a sale countable (acceptance, delivery, payment) already contests it.
_CHANGES_VALUE = (
    "invoice",
    "credit-note",
    "refund",
    "cancellation-response/accept",
    "dispute-answer/agree",
    "dispute-resolution",
)


def _rows() -> Iterator[tuple[str, str, Race]]:
    """The pairs that do not commute."""
    yield "order", "order", Race("first", reason=47)
    for each in ACTS:
        if each not in ("order", "offer"):
            yield "order", each, Race("loses", (each,), 48)
    for left, right in _CONTRADICTIONS:
        yield left, right, Race("conflict", (left, right), 41, "same")
    for each in _REPEATS:
        yield each, each, Race("first", reason=46, when="same")
    yield "count", "count", Race("first", reason=46)
    for mover in MOVES:
        for ender in ("order-response/reject", "cancellation-response/accept"):
            yield ender, mover, Race("conflict", (ender,), 42)
        for decision in ("dispute-resolution", "dispute-answer/agree"):
            yield decision, mover, Race("conflict", (decision,), 43)
    for unseen in ("cancellation-response/accept", "order-response/reject", "credit-note"):
        yield "dispute-resolution", unseen, Race("conflict", ("dispute-resolution",), 43)
    yield "dispute-resolution", "dispute-answer/agree", Race("conflict", ("dispute-resolution",), 43, "same")
    for each in ("invoice", "payment-request"):
        yield "cancellation-response/accept", each, Race("loses", (each,), 44)
    for each in _CHANGES_VALUE:
        yield each, "count", Race("loses", ("count",), 45)


@cache
def races() -> Mapping[tuple[str, str], Race]:
    """The outcome of every unordered pair of acts; keys are in the order of ``ACTS``."""
    place = {name: index for index, name in enumerate(ACTS)}
    table = {(left, right): COMMUTE for left in ACTS for right in ACTS[place[left] :]}
    for left, right, race in _rows():
        key = (left, right) if place[left] <= place[right] else (right, left)
        table[key] = race
    return table


def race_of(left: Fact, right: Fact) -> Race:
    """What becomes of two facts that are concurrent and that their issuers each had the right to."""
    if (left.kind, left.issuer, left.number) == (right.kind, right.issuer, right.number) and left.kind != "order":
        return Race("conflict", (), 40)
    key = act(left), act(right)
    race = races().get(key) or races().get((key[1], key[0]), COMMUTE)
    return COMMUTE if race.when == "same" and topic(left) != topic(right) else race


def finding_of(reason: int, other: str) -> Finding:
    """Why a record that lost or is contested has no effect; ``other`` is the id of the concurrent record."""
    name = f"ENT-CORE-SALE-{reason:02d}"
    message, remedy = REASONS[name]
    return Finding(
        id=name,
        severity=Severity.WARNING,
        message=message,
        params={"other": other},
        source="Entrepot sale, version 1, table of concurrent pairs",
        remedy=remedy,
    )
