"""The state of one sale, as computed from its facts. Every member is a reading; none is stored truth."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from entrepot.base.finding import Finding
from entrepot.base.said import nested
from entrepot.sale.fact import BuyerType, Direction, OrderMethod, Role, Subject

Agreement = Literal["unknown", "none", "offered", "ordered", "accepted", "rejected", "cancelled"]
Fulfilment = Literal["unknown", "none", "dispatched", "in_transit", "delivered", "returned"]
Clearance = Literal["unknown", "none", "declared", "inspection", "released", "refused", "not_applicable"]
Payment = Literal[
    "unknown", "none", "requested", "instructed", "part_paid", "paid", "overpaid", "refunded", "nothing_due"
]
Request = Literal["unknown", "none", "open", "accepted", "refused"]
Dispute = Literal["unknown", "none", "open", "contested", "agreed", "resolved"]
Count = Literal["unknown", "none", "current", "stale"]
Word = Literal[
    "unknown",
    "offered",
    "ordered",
    "accepted",
    "invoiced",
    "in_transit",
    "cleared",
    "delivered",
    "paid",
    "counted",
    "rejected",
    "cancelled",
    "returned",
    "disputed",
    "conflict",
]


class Status(StrEnum):
    """What a record of the sale does."""

    EFFECTIVE = "effective"
    INEFFECTIVE = "ineffective"
    """Its issuer had no right to it then, or a concurrent record prevailed."""
    CONTESTED = "contested"
    """It contradicts a concurrent record; it has no effect, and a person must decide."""
    UNKNOWN = "unknown"
    """It cannot be judged here: records of its past are withheld from this node, or its content is unread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What became of one record: status, the findings that say why, and the ids of the records that caused it."""

    status: Status
    findings: tuple[Finding, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two concurrent records that cannot both hold.

    ``held``: those of the two that have no effect. ``closed_by``: the record that settled it, None while it is open.
    """

    records: tuple[str, str]
    held: tuple[str, ...]
    reason: str
    closed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Money of the sale in one ``currency``, in minor units.

    ``awarded``: net of what neutrals or an agreement gave the buyer. ``due``: what the sale asks the buyer to pay in
    all. ``owed``: ``due - settled + refunded``; below zero the seller owes the buyer.
    """

    currency: str
    ordered: int = 0
    invoiced: int = 0
    credited: int = 0
    awarded: int = 0
    instructed: int = 0
    settled: int = 0
    refunded: int = 0
    due: int = 0

    @property
    def owed(self) -> int:
        """What the buyer still owes the seller, minor units."""
        return self.due - self.settled + self.refunded

    def to_json(self, unsure: Collection[str] = ()) -> dict[str, str]:
        """The JSON form; minor units as strings, because they may pass 2**53; those in ``unsure`` read unknown."""
        names = ("ordered", "invoiced", "credited", "awarded", "instructed", "settled", "refunded", "due", "owed")
        return {"currency": self.currency} | {
            name: "unknown" if name in unsure else str(getattr(self, name)) for name in names
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleState:
    """Everything the set of facts says about the sale.

    ``sale``: id of the order, None before it. ``state``: one word for lists; the members below it are exact.
    ``accounts``: per currency. ``roles``: DIDs per role. ``order``: the deterministic linear order of all facts that
    are not waiting. ``standings``: per record id. ``waiting``: per record id, the causes that are missing.
    ``withheld``: ids known by digest only, or unread. ``open_*``: record ids (of disputes with the role that raised).
    ``unsure``: figures of the accounts to which records that cannot be read or judged here would add.
    """

    sale: str | None = None
    state: Word = "unknown"
    agreement: Agreement = "none"
    fulfilment: Fulfilment = "none"
    clearance_export: Clearance = "none"
    clearance_import: Clearance = "none"
    payment: Payment = "none"
    cancellation: Request = "none"
    returns: Request = "none"
    dispute: Dispute = "none"
    counted: Count = "none"
    subject: Subject = "unknown"
    buyer_type: BuyerType = "unknown"
    ordered_by: OrderMethod = "unknown"
    cross_border: bool | None = None
    moved_goods: bool = False
    moved_money: bool = False
    accounts: Mapping[str, Account]
    unsure: frozenset[str] = frozenset()
    roles: Mapping[Role, tuple[str, ...]]
    open_cancellations: tuple[str, ...] = ()
    open_returns: tuple[str, ...] = ()
    open_disputes: Mapping[str, Role]
    declarations: Mapping[str, Direction]
    accepted_findings: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    standings: Mapping[str, Standing]
    equivocations: tuple[tuple[str, ...], ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    waiting: Mapping[str, tuple[str, ...]]
    withheld: tuple[str, ...] = ()
    numbers: frozenset[tuple[str, str, str]] = frozenset()

    @property
    def owed(self) -> dict[str, int]:
        """What the buyer owes per currency, minor units; below zero where the seller owes; zero entries left out."""
        return {code: each.owed for code, each in sorted(self.accounts.items()) if each.owed}

    @property
    def open_conflicts(self) -> tuple[Conflict, ...]:
        """Conflicts that a person still has to decide."""
        return tuple(each for each in self.conflicts if each.closed_by is None)

    def having(self, status: Status) -> tuple[str, ...]:
        """Ids of the records with this status, in linear order."""
        return tuple(each for each in self.order if self.standings[each].status is status)

    def to_json(self) -> dict[str, Any]:
        """The JSON form, the same bytes in canonical JSON for the same set of facts."""
        return {
            "sale": self.sale,
            "state": self.state,
            "agreement": self.agreement,
            "fulfilment": self.fulfilment,
            "clearance": {"export": self.clearance_export, "import": self.clearance_import},
            "payment": self.payment,
            "cancellation": self.cancellation,
            "returns": self.returns,
            "dispute": self.dispute,
            "counted": self.counted,
            "subject": self.subject,
            "buyerType": self.buyer_type,
            "orderedBy": self.ordered_by,
            "crossBorder": {True: "yes", False: "no", None: "unknown"}[self.cross_border],
            "accounts": [each.to_json(self.unsure) for _, each in sorted(self.accounts.items())],
            "roles": {str(role): list(held) for role, held in self.roles.items()},
            "order": list(self.order),
            "heads": list(self.heads),
            "standings": {key: _standing(each) for key, each in self.standings.items()},
            "equivocations": [list(each) for each in self.equivocations],
            "conflicts": [_conflict(each) for each in self.conflicts],
            "waiting": {key: list(each) for key, each in self.waiting.items()},
            "withheld": list(self.withheld),
        }


def _standing(each: Standing) -> dict[str, Any]:
    return {
        "status": str(each.status),
        "findings": [finding.to_json() | nested(finding.params) for finding in each.findings],
        "by": list(each.by),
    }


def _conflict(each: Conflict) -> dict[str, Any]:
    return {
        "records": list(each.records),
        "held": list(each.held),
        "reason": each.reason,
        "closedBy": each.closed_by,
    }
