"""What the readings of a sale must not claim: what records bear on that cannot be read or judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from entrepot.sale import tally as readings
from entrepot.sale.fact import Fact, Unread, act, topic
from entrepot.sale.race import MOVES, MOVES_GOODS
from entrepot.sale.state import Account, SaleState, Standing, Status
from entrepot.sale.tally import Sees, Tally

_ENDS = frozenset({"order-response", "cancellation-response", "dispute-answer", "dispute-resolution"})
_ASKING = frozenset({"order-cancellation", "dispute"})
"""Without these nobody can judge the answers to them, which may end the sale."""
_PRICE = frozenset({"invoice", "credit-note"}) | _ENDS
_MONEY = frozenset({"settlement", "refund"}) | _PRICE
_BORDER = frozenset({"customs-declaration", "customs-release"})
_ASKED = frozenset({"payment-request", "payment-instruction"})
BEARING: Mapping[str, frozenset[str]] = {
    "agreement": _ENDS,
    "fulfilment": frozenset({"hand-over"}),
    "clearance_export": _BORDER,
    "clearance_import": _BORDER,
    "payment": _MONEY,
    "cancellation": frozenset({"order-cancellation", "cancellation-response"}),
    "returns": frozenset({"return-request", "return-response"}),
    "dispute": frozenset({"dispute", "dispute-answer", "dispute-resolution"}),
    "counted": frozenset({"count", *readings.VALUE_KINDS}) | _ENDS,
}
"""Kinds of record on which each axis of the state depends, beside the order."""
GUARDING: Mapping[str, frozenset[str]] = {
    "cancellation": frozenset(MOVES_GOODS) | _ENDS | _ASKING,
    "clearance_export": _ENDS | _ASKING,
    "clearance_import": _ENDS | _ASKING,
    "returns": frozenset({"hand-over"}),
}
"""Kinds that can take an effect from the records that bear on an axis: what they forbade seems allowed without them."""
_DECISIONS = ("cancellation-response/accept", "order-response/reject", "dispute-answer/agree", "dispute-resolution")
_DECIDED = ("agreement", "payment", "cancellation", "dispute", "counted")
_AGAINST = frozenset({*MOVES, *_ENDS, "credit-note", "order-cancellation", "dispute"})
"""Kinds that contest a decision: on the axes that it changes, each of them bears once there is one."""
OF_THE_ORDER = ("agreement", "payment")
"""Axes that nothing but the order gives a sense: what was agreed, and what is due."""
FIGURES: Mapping[str, frozenset[str]] = {
    "ordered": frozenset({"order"}),
    "invoiced": frozenset({"invoice"}),
    "credited": frozenset({"credit-note"}),
    "awarded": frozenset({"dispute-answer", "dispute-resolution"}),
    "instructed": frozenset({"payment-instruction"}),
    "settled": frozenset({"settlement"}),
    "refunded": frozenset({"refund"}),
    "due": _PRICE,
    "owed": _MONEY,
}
"""Kinds on which each figure of an account depends."""


UNSHOWN = frozenset({"none", "stale"})
"""Values that rest on what is not there: a record that is absent may be it, or may be how a count saw a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """What a reader lacks of a sale. ``effective``: the facts that are judged to hold; ``own``: facts that cannot be
    judged here, but are the reader's own or what it answered; ``loose``: all that can be read and not judged;
    ``unread``: kinds of facts without content; ``absent``: whether facts follow records that are not here;
    ``decided``: whether somebody ended the sale or decided on it; ``hidden``: whether the order of the sale is not
    here, or cannot be read or judged."""

    effective: tuple[Fact, ...]
    own: frozenset[str]
    loose: tuple[Fact, ...]
    unread: frozenset[str]
    absent: bool
    decided: bool
    hidden: bool

    def __bool__(self) -> bool:
        """Whether anything is lacking."""
        return bool(self.loose or self.unread or self.absent or self.hidden)


def gaps(facts: Sequence[Fact], standings: Mapping[str, Standing], *, sale: str | None, own: frozenset[str]) -> Gaps:
    """What is lacking of the sale ``sale`` (None: of whichever the facts belong to) to a reader that is ``own``."""
    loose = tuple(each for each in facts if _is(standings, each, Status.UNKNOWN) and not isinstance(each.says, Unread))
    said = [each for each in loose if each.issuer in own]
    return Gaps(
        effective=tuple(each for each in facts if _is(standings, each, Status.EFFECTIVE)),
        own=frozenset({each.id for each in said} | {topic(each) for each in said}),
        loose=loose,
        unread=frozenset(each.kind for each in facts if isinstance(each.says, Unread)),
        absent=_lacks_causes(facts),
        decided=any(act(each) in _DECISIONS for each in facts),
        hidden=_is_hidden(facts, standings, sale),
    )


def _is(standings: Mapping[str, Standing], fact: Fact, status: Status) -> bool:
    return standings[fact.id].status is status


def _lacks_causes(facts: Sequence[Fact]) -> bool:
    """Whether a cause is not here; what an order follows is an offer, on which nothing of the sale depends."""
    here = {each.id for each in facts}
    return any(not each.after <= here for each in facts if each.kind != "order")


def _is_hidden(facts: Sequence[Fact], standings: Mapping[str, Standing], sale: str | None) -> bool:
    orders = [each for each in facts if each.kind == "order" and sale in (None, each.id)]
    if any(not _is(standings, each, Status.UNKNOWN) for each in orders):
        return False
    return sale is not None or any(each.kind != "offer" for each in facts)


def doubted(state: SaleState, lacking: Gaps, sees: Sees) -> SaleState:
    """``state`` as far as it is certain in view of what is ``lacking``.

    An axis is told where the facts that hold, with the reader's own, say the same as all facts at hand together. It
    is unknown where they differ, where a record that bears on it has no content here, where it would be ``none`` or
    ``stale`` though records are absent, and, without the order, where only the order gives it a sense.
    """
    if not lacking:
        return state
    sure, all_ = (_axes(each, sees) for each in (_held(lacking), (*lacking.effective, *lacking.loose)))
    told: dict[str, Any] = {
        name: value if _certain(name, value, all_[name], lacking) else "unknown" for name, value in sure.items()
    }
    vague = lacking.unread | {each.kind for each in lacking.loose}
    unsure = frozenset(name for name, kinds in FIGURES.items() if kinds & vague)
    return replace(state, **told, unsure=unsure)


def _held(lacking: Gaps) -> tuple[Fact, ...]:
    return (*lacking.effective, *(each for each in lacking.loose if each.id in lacking.own))


def _certain(name: str, value: str, other: str, lacking: Gaps) -> bool:
    if value != other or (lacking.hidden and name in OF_THE_ORDER) or _bearing(name, value, lacking) & lacking.unread:
        return False
    return value not in UNSHOWN or not (lacking.absent or lacking.hidden)


def _bearing(name: str, value: str, lacking: Gaps) -> frozenset[str]:
    kinds = BEARING[name]
    if value != "none":
        kinds |= GUARDING.get(name, frozenset())
    if name == "payment" and value in ("none", "requested"):
        kinds |= _ASKED
    return kinds | _AGAINST if lacking.decided and name in _DECIDED else kinds


def _axes(facts: Sequence[Fact], sees: Sees) -> dict[str, Any]:
    tally = Tally.of(facts, sees)
    return axes(tally, accounts_of(tally))


def accounts_of(tally: Tally) -> dict[str, Account]:
    """Money per currency, as the agreement stands."""
    agreement = readings.agreement(tally)
    return readings.accounts(tally, agreement in ("rejected", "cancelled"), agreement == "accepted")


def axes(tally: Tally, money: Mapping[str, Account]) -> dict[str, Any]:
    """The words of a state, one per axis, as these facts make them."""
    return {
        "agreement": readings.agreement(tally),
        "fulfilment": readings.fulfilment(tally),
        "clearance_export": readings.clearance(tally, "export"),
        "clearance_import": readings.clearance(tally, "import"),
        "payment": readings.payment(tally, money),
        "cancellation": readings.request(tally, "order-cancellation", "cancellation-response"),
        "returns": readings.request(tally, "return-request", "return-response"),
        "dispute": readings.dispute(tally),
        "counted": readings.counted(tally),
    }
