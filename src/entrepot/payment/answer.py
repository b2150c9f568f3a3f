"""What must hold between a payment record and the one it answers."""

from collections.abc import Iterable

from entrepot.base.finding import Finding
from entrepot.base.money import Money
from entrepot.payment.finding import finding
from entrepot.payment.instruction import PaymentInstruction
from entrepot.payment.request import PaymentRequest
from entrepot.payment.settlement import Refund, Settlement


def check_instruction_of(instruction: PaymentInstruction, request: PaymentRequest) -> tuple[Finding, ...]:
    """Whether ``instruction`` pays what ``request`` asks: amount, currency, payee, invoices."""
    found = []
    if request.amount not in (instruction.settlement, instruction.instructed):
        found.append(
            finding(
                "PAY",
                10,
                "{paid} is settled where {asked} was asked for.",
                path="$.settlement",
                severity="warning",
                remedy="Pay the amount asked for, or agree on the difference.",
                paid=str(instruction.settlement),
                asked=str(request.amount),
            )
        )
    if None not in (instruction.creditor.did, request.payee.did) and instruction.creditor.did != request.payee.did:
        found.append(
            finding(
                "PAY",
                11,
                "The creditor is not the payee of the request.",
                path="$.creditor.did",
                remedy="Pay {payee}.",
                payee=str(request.payee.did),
            )
        )
    named = {each.number for each in instruction.remittance}
    for each in request.invoices:
        if each.number not in named:
            found.append(
                finding(
                    "PAY",
                    12,
                    "Invoice {number} is not named.",
                    path="$.remittance",
                    severity="warning",
                    remedy="Add it.",
                    number=each.number,
                )
            )
    return tuple(found)


def check_settlement_of(settlement: Settlement, instruction: PaymentInstruction) -> tuple[Finding, ...]:
    """Whether ``settlement`` settles what ``instruction`` ordered."""
    if settlement.amount == instruction.settlement:
        return ()
    return (
        finding(
            "PAY",
            13,
            "{settled} was settled, {ordered} was ordered.",
            path="$.amount",
            remedy="Settle the amount of the instruction.",
            settled=str(settlement.amount),
            ordered=str(instruction.settlement),
        ),
    )


def check_refund_of(refund: Refund, settlement: Settlement, *, before: Iterable[Money] = ()) -> tuple[Finding, ...]:
    """Whether ``refund`` stays within ``settlement``, given the amounts refunded ``before`` it."""
    found = []
    if refund.amount.currency != settlement.amount.currency:
        found.append(
            finding(
                "PAY",
                14,
                "A refund is paid in the currency that was settled.",
                path="$.amount.currency",
                remedy="Use {currency}.",
                currency=settlement.amount.currency,
            )
        )
        return tuple(found)
    left = settlement.amount.minor - sum(each.minor for each in before)
    if refund.amount.minor > left:
        found.append(
            finding(
                "PAY",
                15,
                "{amount} is more than what is left of the settlement, {left}.",
                path="$.amount",
                remedy="Refund at most what is left.",
                amount=str(refund.amount),
                left=str(Money(left, refund.amount.currency)),
            )
        )
    if refund.debited != settlement.creditor:
        found.append(
            finding(
                "PAY",
                16,
                "The refund does not come from the account that was paid.",
                path="$.debited",
                severity="warning",
                remedy="Say in the text why.",
            )
        )
    return tuple(found)
