"""One specimen of every act with what must come before it: for the drawn diagram and for the tests of the table."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.base.error import UsageError
from entrepot.base.money import Money
from entrepot.sale import fact as says
from entrepot.sale.fact import ROLES, Appointments, Fact, Role

DIDS: Mapping[Role, str] = {role: f"did:web:{role.replace('_', '-')}.example" for role in ROLES}
"""A made-up party per role."""
PRICE = Money(10_000, "MYR")
_AGENCIES: Appointments = tuple((role, DIDS[role]) for role in ROLES if role not in (Role.BUYER, Role.SELLER))
_ISSUED = datetime(2026, 1, 1, tzinfo=UTC)
_ORDER = ("order",)
_ACCEPTED = ("order", "order-response/accept")
BEFORE: Mapping[str, tuple[str, ...]] = {
    "offer": (),
    "order": (),
    "order-response/accept": _ORDER,
    "order-response/reject": _ORDER,
    "order-cancellation": _ORDER,
    "cancellation-response/accept": ("order", "order-cancellation"),
    "cancellation-response/refuse": ("order", "order-cancellation"),
    "invoice": _ACCEPTED,
    "credit-note": (*_ACCEPTED, "invoice"),
    "certificate-of-origin": _ACCEPTED,
    "transport-document": _ACCEPTED,
    "packing-list": _ACCEPTED,
    "insurance-certificate": _ACCEPTED,
    "warehouse-receipt": _ACCEPTED,
    "customs-declaration": _ACCEPTED,
    "customs-release/released": (*_ACCEPTED, "customs-declaration"),
    "customs-release/refused": (*_ACCEPTED, "customs-declaration"),
    "customs-release/inspection": (*_ACCEPTED, "customs-declaration"),
    "hand-over": _ORDER,
    "payment-request": _ORDER,
    "payment-instruction": _ORDER,
    "settlement": _ORDER,
    "refund": ("order", "settlement"),
    "return-request": ("order", "hand-over"),
    "return-response/accept": ("order", "hand-over", "return-request"),
    "return-response/refuse": ("order", "hand-over", "return-request"),
    "dispute": _ORDER,
    "dispute-answer/agree": ("order", "dispute"),
    "dispute-answer/contest": ("order", "dispute"),
    "dispute-resolution": ("order", "dispute"),
    "acceptance": _ORDER,
    "count": (*_ACCEPTED, "invoice"),
}
"""Per act, the shortest chain of acts after which its issuer has the right to it."""
_ANSWERS = {
    "cancellation-response": "order-cancellation",
    "customs-release": "customs-declaration",
    "return-response": "return-request",
    "dispute-answer": "dispute",
    "dispute-resolution": "dispute",
}
_ISSUERS = {
    "order": Role.BUYER,
    "order-cancellation": Role.BUYER,
    "certificate-of-origin": Role.CHAMBER,
    "transport-document": Role.CARRIER,
    "insurance-certificate": Role.INSURER,
    "warehouse-receipt": Role.WAREHOUSE_KEEPER,
    "customs-release": Role.IMPORT_CUSTOMS,
    "hand-over": Role.CARRIER,
    "payment-instruction": Role.PAYER_BANK,
    "settlement": Role.SETTLEMENT,
    "refund": Role.SETTLEMENT,
    "return-request": Role.BUYER,
    "dispute": Role.BUYER,
    "dispute-resolution": Role.NEUTRAL,
    "acceptance": Role.BUYER,
    "count": Role.REPORTER,
}


def specimen(act: str, seen: Iterable[Fact] = (), *, mark: str = "", amount: Money = PRICE) -> Fact:
    """A fact of this ``act`` whose issuer has seen ``seen``; their heads become its causes.

    ``mark`` makes it differ from others of the same act; ``hand-over/dispatch`` and the like name the leg (else the
    delivery). An answer answers the last request seen. Raises :class:`UsageError` for an answer to nothing.
    """
    seen = tuple(seen)
    followed = {cause for each in seen for cause in each.after}
    kind, _, verdict = act.partition("/")
    wanted = _ANSWERS.get(kind)
    answered = next((each.id for each in reversed(seen) if each.kind == wanted), "")
    if wanted and not answered:
        raise UsageError(f"{act} answers nothing")
    after = sorted({each.id for each in seen} - followed)
    return Fact(
        id=sha256(canonical([act, mark, after, str(amount)])),
        kind=kind,
        issuer=DIDS[_ISSUERS.get(kind, Role.SELLER)],
        number=f"{act}{mark}",
        issued=_ISSUED,
        after=frozenset(after),
        says=_said(kind, verdict, answered, amount),
    )


def chain(act: str) -> tuple[Fact, ...]:
    """The shortest valid history that ends with ``act``."""
    return history(*BEFORE[act], act)


def history(*acts: str) -> tuple[Fact, ...]:
    """Facts of these ``acts``, each issued by somebody who had seen all before it."""
    facts: tuple[Fact, ...] = ()
    for place, each in enumerate(acts):
        facts = (*facts, specimen(each, facts, mark=f"-{place}" if each in acts[:place] else ""))
    return facts


def _said(kind: str, verdict: str, answered: str, amount: Money) -> says.Says:
    yes = verdict in ("accept", "agree")
    made: dict[str, says.Says] = {
        "offer": says.Offered(seller=DIDS[Role.SELLER]),
        "order": says.Ordered(
            buyer=DIDS[Role.BUYER],
            seller=DIDS[Role.SELLER],
            buyer_type="business",
            subject="goods",
            ordered_by="web",
            parties=_AGENCIES,
            total=amount,
            cross_border=True,
        ),
        "order-response": says.Answered(accepted=yes),
        "order-cancellation": says.CancellationRequested(),
        "cancellation-response": says.CancellationAnswered(request=answered, accepted=yes),
        "invoice": says.Invoiced(total=amount),
        "credit-note": says.Credited(total=amount),
        "certificate-of-origin": says.CertificateIssued(),
        "transport-document": says.TransportIssued(),
        "packing-list": says.PackingListed(),
        "insurance-certificate": says.Insured(),
        "warehouse-receipt": says.Stored(),
        "customs-declaration": says.Declared(direction="import"),
        "hand-over": says.HandedOver(leg="delivery"),
        "payment-request": says.PaymentRequested(amount=amount),
        "payment-instruction": says.PaymentInstructed(amount=amount),
        "settlement": says.Settled(amount=amount),
        "refund": says.Refunded(amount=amount),
        "return-request": says.ReturnRequested(),
        "return-response": says.ReturnAnswered(request=answered, accepted=yes),
        "dispute": says.Disputed(remedy="refund", claim=amount),
        "dispute-answer": says.DisputeAnswered(dispute=answered, agrees=yes),
        "dispute-resolution": says.DisputeResolved(dispute=answered, outcome="stands"),
        "acceptance": says.Accepted(findings=("ENT-CORE-RULE-01",)),
        "count": says.Counted(digest=sha256(b"row")),
    }
    if kind == "hand-over" and verdict:
        return says.HandedOver(leg=_LEGS[verdict])
    if kind == "customs-release":
        return says.Released(declaration=answered, outcome=_RELEASES[verdict])
    return made[kind]


_LEGS: Mapping[str, says.Leg] = {each: each for each in ("dispatch", "transit", "delivery", "return")}
_RELEASES: Mapping[str, says.Decision] = {"released": "released", "refused": "refused", "inspection": "inspection"}
