"""May this record follow now, and may this party issue it? Answered from the table; all findings, not the first."""

from collections.abc import Iterator, Mapping

from entrepot.base.finding import Finding, Severity
from entrepot.base.money import Money
from entrepot.sale import fact as says
from entrepot.sale.fact import IMPARTIAL, SAYS, Fact, Role, act
from entrepot.sale.state import SaleState
from entrepot.sale.table import CONDITIONS, STEPS, Condition, Step

SOURCE = "Entrepot sale, version 1"
UNJUDGED = "ENT-CORE-SALE-02"
"""Id of the finding that a record cannot be judged, because records of its past are not here."""
Held = Mapping[Role, tuple[str, ...]]
"""DIDs per role."""
UNREAD = "ENT-CORE-SALE-33"


def allows(state: SaleState, fact: Fact) -> tuple[Finding, ...]:
    """Whether ``fact`` may follow in ``state``, which must be the state that its issuer had seen.

    A blocking finding: it may not. Where records of that past are withheld, what cannot be judged warns
    (``ENT-CORE-SALE-02``) instead.
    """
    if isinstance(fact.says, says.Unread):
        return (_warn(33, "The content of this record cannot be read here ({why}).", why=fact.says.why),)
    if fact.kind not in SAYS:
        return (_block(32, "{kind} is no kind of record that a sale knows.", kind=fact.kind),)
    findings = [*_entitled(state, fact), *_numbered(state, fact), *_answers(state, fact), *_fits(state, fact)]
    if state.withheld:
        return tuple(_unjudged(each) if each.severity is Severity.BLOCKING else each for each in findings)
    return tuple(findings)


def next_steps(state: SaleState, role: Role) -> tuple[str, ...]:
    """The kinds that the holder of ``role`` may issue now, in the table's order; none where nobody holds the role."""
    if state.sale is not None and not state.roles.get(role):
        return ()
    steps = (each for each in STEPS if each.by is role and not (each.kind == "order" and role is Role.SELLER))
    return tuple(dict.fromkeys(each.kind for each in steps if not _failing(state, each.needs + each.wants)))


def roles_of(state: SaleState, did: str) -> tuple[Role, ...]:
    """The roles that ``did`` holds in the sale."""
    return tuple(role for role, held in state.roles.items() if did in held)


def _failing(state: SaleState, names: tuple[str, ...]) -> list[Condition]:
    return [CONDITIONS[name] for name in names if not CONDITIONS[name].holds(state)]


def _entitled(state: SaleState, fact: Fact) -> list[Finding]:
    """Findings of the row that fits best: an issuer with two roles needs only one of them to be right."""
    rows = [each for each in STEPS if each.kind == fact.kind]
    own = [each for each in rows if _holds_role(state, fact, each.by)]
    if not own:
        wanted = ", ".join(dict.fromkeys(str(each.by) for each in rows))
        blocked = [_named(condition, Severity.BLOCKING) for condition in _failing(state, ("opened",))]
        if fact.kind not in ("offer", "order") and blocked:
            return blocked
        return [_block(1, "{kind} is for {roles} to issue.", "Appoint the issuer.", kind=fact.kind, roles=wanted)]
    return min((_row_findings(state, each) for each in own), key=_weight)


def _holds_role(state: SaleState, fact: Fact, role: Role) -> bool:
    match fact.says:
        case says.Offered(seller=seller):
            return fact.issuer == seller
        case says.Ordered() as order:
            named = order.buyer if role is Role.BUYER else order.seller
            return fact.issuer == named and (role is Role.BUYER or order.presented)
    return fact.issuer in state.roles.get(role, ())


def _row_findings(state: SaleState, step: Step) -> list[Finding]:
    return [_named(each, Severity.BLOCKING) for each in _failing(state, step.needs)] + [
        _named(each, Severity.WARNING) for each in _failing(state, step.wants)
    ]


def _weight(findings: list[Finding]) -> tuple[int, int]:
    return sum(each.severity is Severity.BLOCKING for each in findings), len(findings)


def _numbered(state: SaleState, fact: Fact) -> Iterator[Finding]:
    if (fact.kind, fact.issuer, fact.number) in state.numbers:
        yield _block(
            22, "The issuer has used the number {used} for this kind before.", "Use a new number.", used=fact.number
        )


def _answers(state: SaleState, fact: Fact) -> Iterator[Finding]:
    """An answer names a request that is open in what its issuer had seen."""
    ends = act(fact) in ("order-response/reject", "cancellation-response/accept")
    if ends and state.moved_goods:
        yield _block(27, "The goods are on their way; the sale cannot be called off.", "Agree on a return.")
    match fact.says:
        case says.CancellationAnswered(request=ref):
            known = ref in state.open_cancellations
        case says.ReturnAnswered(request=ref):
            known = ref in state.open_returns
        case says.Released(declaration=ref):
            known = ref in state.declarations
            offices = {role for role in roles_of(state, fact.issuer) if role.endswith("_customs")}
            if known and offices and Role(f"{state.declarations[ref]}_customs") not in offices:
                yield _block(24, "This office does not guard the border of that declaration.")
        case says.DisputeAnswered(dispute=ref):
            known = ref in state.open_disputes
            if known and fact.issuer in state.roles.get(state.open_disputes[ref], ()):
                yield _block(26, "Whoever raised a dispute cannot answer it.", "The other side answers.")
        case says.DisputeResolved(dispute=ref):
            known = ref in state.open_disputes
        case _:
            return
    if not known:
        yield _block(23, "It answers {ref}, which is not open.", "Name a request that waits for an answer.", ref=ref)


def _fits(state: SaleState, fact: Fact) -> Iterator[Finding]:
    match fact.says:
        case says.Ordered() as order:
            yield from _order_fits(state, fact, order)
        case says.Answered(parties=parties):
            yield from _appointments_fit(state.roles, parties, response=True)
        case says.HandedOver(leg=leg) if state.subject == "services" and leg != "delivery":
            yield _block(25, "A service is delivered; it is not carried.", "Use the leg delivery.")
        case says.Invoiced(total=money) | says.Credited(total=money):
            yield from _amount_fits(state, money, may_be_zero=True)
        case says.PaymentInstructed(amount=money) | says.Settled(amount=money) | says.Refunded(amount=money):
            yield from _amount_fits(state, money, may_be_zero=False)
        case says.PaymentRequested(amount=Money() as money):
            yield from _amount_fits(state, money, may_be_zero=False)
        case says.Disputed(claim=Money() as money) | says.DisputeResolved(award=Money() as money):
            yield from _amount_fits(state, money, may_be_zero=False)


def _amount_fits(state: SaleState, money: Money, *, may_be_zero: bool) -> Iterator[Finding]:
    if money.minor < 0 or (money.minor == 0 and not may_be_zero):
        yield _block(28, "{money} is no amount for this record.", "State a positive amount.", money=str(money))
    if state.accounts and money.currency not in state.accounts:
        yield _warn(29, "{currency} is not a currency of this sale.", currency=money.currency)


def _order_fits(state: SaleState, fact: Fact, order: says.Ordered) -> Iterator[Finding]:
    if order.buyer is None or order.seller is None:
        yield _warn(30, "The order does not name both parties by DID; nobody can act for the one left out.")
    elif order.buyer == order.seller:
        yield _block(30, "Buyer and seller are the same party.")
    if fact.issuer == order.seller != order.buyer:
        yield _warn(31, "The seller presents the order; the buyer has not signed it.")
    if order.offer is not None and order.offer not in fact.after and order.offer not in state.order:
        yield _warn(34, "The order takes up an offer that it does not follow.")
    held = {Role.BUYER: (order.buyer or "",), Role.SELLER: (order.seller or "",)}
    yield from _appointments_fit(held, order.parties, response=False)


def _appointments_fit(held: Held, parties: says.Appointments, *, response: bool) -> Iterator[Finding]:
    for role, did in parties:
        is_repeated = response and did in held.get(role, ())
        if not is_repeated and not appointable(held, role, did, response=response):
            yield _warn(35, "{did} cannot be appointed {role}; the appointment has no effect.", did=did, role=role)


def appointable(held: Held, role: Role, did: str, *, response: bool) -> bool:
    """Whether an appointment takes effect.

    Buyer and seller are never appointed; an impartial agency is neither of them. A response fills only roles that the
    order left open, and never the neutral's: the buyer would not have agreed to him.
    """
    if role in (Role.BUYER, Role.SELLER):
        return False
    if role in IMPARTIAL and did in (*held.get(Role.BUYER, ()), *held.get(Role.SELLER, ())):
        return False
    return not (response and (role is Role.NEUTRAL or held.get(role)))


def _named(condition: Condition, severity: Severity) -> Finding:
    return Finding(
        id=condition.id, severity=severity, message=condition.message, source=SOURCE, remedy=condition.remedy
    )


def _block(number: int, message: str, remedy: str = "", **params: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-SALE-{number:02d}",
        severity=Severity.BLOCKING,
        message=message,
        params=params,
        source=SOURCE,
        remedy=remedy,
    )


def _warn(number: int, message: str, **params: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-SALE-{number:02d}", severity=Severity.WARNING, message=message, params=params, source=SOURCE
    )


def _unjudged(finding: Finding) -> Finding:
    return Finding(
        id=UNJUDGED,
        severity=Severity.WARNING,
        message="Records of its past are withheld here, so this cannot be judged: {reason}",
        params={"reason": finding.told},
        source=SOURCE,
        remedy="Ask whoever holds the whole sale.",
    )
