"""Facts: what the sale needs to know of a record, and nothing more."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from entrepot.base.error import UsageError
from entrepot.base.money import Money


class Role(StrEnum):
    """What a party does in one sale. All but buyer and seller are agencies that records appoint."""

    BUYER = "buyer"
    SELLER = "seller"
    CARRIER = "carrier"
    CHAMBER = "chamber"
    EXPORT_CUSTOMS = "export_customs"
    IMPORT_CUSTOMS = "import_customs"
    PAYER_BANK = "payer_bank"
    SETTLEMENT = "settlement"
    REPORTER = "reporter"
    NEUTRAL = "neutral"
    INSURER = "insurer"
    WAREHOUSE_KEEPER = "warehouse_keeper"


ROLES: tuple[Role, ...] = tuple(Role)
"""Every role, in the order in which they are shown."""
IMPARTIAL = frozenset({Role.CHAMBER, Role.EXPORT_CUSTOMS, Role.IMPORT_CUSTOMS, Role.SETTLEMENT, Role.NEUTRAL})
"""Roles that neither buyer nor seller may hold: nobody certifies, clears, settles or judges his own sale."""

Subject = Literal["goods", "services", "mixed", "unknown"]
BuyerType = Literal["business", "consumer", "government", "unknown"]
OrderMethod = Literal["web", "message", "outside", "unknown"]
Direction = Literal["export", "import"]
Leg = Literal["dispatch", "transit", "delivery", "return"]
Decision = Literal["released", "refused", "inspection"]
Appointments = tuple[tuple[Role, str], ...]
"""Pairs of role and DID."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """``offer``: the DID of the ``seller`` that it names."""

    seller: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """``order``: opens the sale. DIDs are None where the order names no such identifier.

    ``ordered_by``: how the order was placed (``outside``: telephone, fax, hand-typed mail, paper), which statistics
    need. ``cross_border``: whether buyer and seller sit in different economies, None where that is unknown.
    ``presented``: a foreign file brought in by either party. ``offer``: record id of the offer it takes up.
    """

    buyer: str | None
    seller: str | None
    buyer_type: BuyerType = "unknown"
    subject: Subject = "unknown"
    ordered_by: OrderMethod = "unknown"
    parties: Appointments = ()
    total: Money | None = None
    cross_border: bool | None = None
    presented: bool = False
    offer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """``order-response``: the seller takes the order or not, and may appoint agencies."""

    accepted: bool
    parties: Appointments = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationRequested:
    """``order-cancellation``: the buyer asks to end the sale before goods moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationAnswered:
    """``cancellation-response``: the seller's answer to the record ``request``."""

    request: str
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoiced:
    """``invoice``: ``total`` to pay, tax included."""

    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Credited:
    """``credit-note``: ``total`` that is no longer to be paid."""

    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateIssued:
    """``certificate-of-origin``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportIssued:
    """``transport-document``: the carrier has the goods, or has bound itself to carry them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingListed:
    """``packing-list``: which goods lie in which packages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insured:
    """``insurance-certificate``: the goods are insured on their way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """``warehouse-receipt``: the keeper has the goods in store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """``customs-declaration``: for which border; ``office`` is the DID it is addressed to, where it names one."""

    direction: Direction
    office: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """``customs-release``: the office's decision on the record ``declaration``."""

    declaration: str
    outcome: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """``hand-over``: goods changed hands on this ``leg`` (a service: its ``delivery``)."""

    leg: Leg


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequested:
    """``payment-request``: the seller asks for ``amount``, or for whatever is owed."""

    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentInstructed:
    """``payment-instruction``: the payer's bank has sent ``amount`` on its way."""

    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """``settlement``: ``amount`` of this sale has reached the seller, in the currency it discharges."""

    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """``refund``: ``amount`` of this sale has gone back to the buyer."""

    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequested:
    """``return-request``: the buyer asks to send delivered goods back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAnswered:
    """``return-response``: the seller's answer to the record ``request``."""

    request: str
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """``dispute``: buyer or seller claims something; ``claim`` is the money wanted by whoever raises it."""

    remedy: Literal["refund", "replacement", "payment", "cancellation", "other"]
    about: tuple[str, ...] = ()
    claim: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeAnswered:
    """``dispute-answer``: the other side grants the record ``dispute`` or contests it."""

    dispute: str
    agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeResolved:
    """``dispute-resolution``: the appointed neutral decides. ``outcome``: the sale stands, or ends (its price is no
    longer due). ``award`` comes on top: money that the other side owes to ``award_to``."""

    dispute: str
    outcome: Literal["stands", "ends"]
    award: Money | None = None
    award_to: Role = Role.BUYER


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """``acceptance``: a named person accepts unknown law: the ids of the findings."""

    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """``count``: the reporter's row of the digital-trade table, by its digest."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A record whose content this node cannot read: erased, of a newer version, of an unknown kind."""

    why: Literal["erased", "newer", "unknown-kind"]


Says = (
    Offered
    | Ordered
    | Answered
    | CancellationRequested
    | CancellationAnswered
    | Invoiced
    | Credited
    | CertificateIssued
    | TransportIssued
    | PackingListed
    | Insured
    | Stored
    | Declared
    | Released
    | HandedOver
    | PaymentRequested
    | PaymentInstructed
    | Settled
    | Refunded
    | ReturnRequested
    | ReturnAnswered
    | Disputed
    | DisputeAnswered
    | DisputeResolved
    | Accepted
    | Counted
    | Unread
)
SAYS: dict[str, type] = {
    "offer": Offered,
    "order": Ordered,
    "order-response": Answered,
    "order-cancellation": CancellationRequested,
    "cancellation-response": CancellationAnswered,
    "invoice": Invoiced,
    "credit-note": Credited,
    "certificate-of-origin": CertificateIssued,
    "transport-document": TransportIssued,
    "packing-list": PackingListed,
    "insurance-certificate": Insured,
    "warehouse-receipt": Stored,
    "customs-declaration": Declared,
    "customs-release": Released,
    "hand-over": HandedOver,
    "payment-request": PaymentRequested,
    "payment-instruction": PaymentInstructed,
    "settlement": Settled,
    "refund": Refunded,
    "return-request": ReturnRequested,
    "return-response": ReturnAnswered,
    "dispute": Disputed,
    "dispute-answer": DisputeAnswered,
    "dispute-resolution": DisputeResolved,
    "acceptance": Accepted,
    "count": Counted,
}
"""What a fact of each kind says. The order of kinds is also the tie rule between concurrent facts."""
RANK = {kind: place for place, kind in enumerate(SAYS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One record as the sale sees it.

    ``id``: the record id. ``issuer``: DID. ``number``: the issuer's business number. ``issued``: the issuer's claimed
    time, shown but never used to order (a signer could choose it). ``after``: ids of the heads the issuer had seen.
    """

    id: str
    kind: str
    issuer: str
    number: str
    issued: datetime
    after: frozenset[str]
    says: Says

    def __post_init__(self) -> None:
        if not isinstance(self.says, Unread) and SAYS.get(self.kind) is not type(self.says):
            raise UsageError(f"a fact of kind {self.kind!r} cannot say {type(self.says).__name__}")
        if self.id in self.after:
            raise UsageError("a record cannot follow itself")


def act(fact: Fact) -> str:
    """The kind, refined by what was decided: ``order-response/accept``, ``customs-release/refused``."""
    match fact.says:
        case Answered(accepted=yes):
            return f"{fact.kind}/{'accept' if yes else 'reject'}"
        case CancellationAnswered(accepted=yes) | ReturnAnswered(accepted=yes):
            return f"{fact.kind}/{'accept' if yes else 'refuse'}"
        case Released(outcome=outcome):
            return f"{fact.kind}/{outcome}"
        case DisputeAnswered(agrees=yes):
            return f"{fact.kind}/{'agree' if yes else 'contest'}"
        case _:
            return fact.kind


def topic(fact: Fact) -> str:
    """The record that an answer answers; the empty text for an answer to the order and for all that answers nothing."""
    match fact.says:
        case CancellationAnswered(request=ref) | ReturnAnswered(request=ref):
            return ref
        case Released(declaration=ref):
            return ref
        case DisputeAnswered(dispute=ref) | DisputeResolved(dispute=ref):
            return ref
        case _:
            return ""


ACTS = (
    "offer",
    "order",
    "order-response/accept",
    "order-response/reject",
    "order-cancellation",
    "cancellation-response/accept",
    "cancellation-response/refuse",
    "invoice",
    "credit-note",
    "certificate-of-origin",
    "transport-document",
    "packing-list",
    "insurance-certificate",
    "warehouse-receipt",
    "customs-declaration",
    "customs-release/released",
    "customs-release/refused",
    "customs-release/inspection",
    "hand-over",
    "payment-request",
    "payment-instruction",
    "settlement",
    "refund",
    "return-request",
    "return-response/accept",
    "return-response/refuse",
    "dispute",
    "dispute-answer/agree",
    "dispute-answer/contest",
    "dispute-resolution",
    "acceptance",
    "count",
)
"""Every act there is: the kinds, refined where the decision matters for what happens concurrently."""
