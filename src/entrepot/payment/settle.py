"""Making settlements and refunds: the postings that carry out an instruction, and those that take it back."""

from dataclasses import dataclass
from datetime import datetime

from entrepot.base.error import UsageError
from entrepot.base.money import Money
from entrepot.payment.instruction import PaymentInstruction
from entrepot.payment.posting import transfer
from entrepot.payment.settlement import Posting, Refund, RefundReason, Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The accounts of one payment in the settlement institution's book.

    ``debtor`` and ``creditor``: of the agents (or of the parties, where they bank with the institution itself).
    ``exchange``: of the provider that changes one currency into the other. ``issuer``: the institution's own account
    (its DID), from which it lends debtor and provider what they pay out; without it they must have it.
    """

    debtor: str
    creditor: str
    exchange: str | None = None
    issuer: str | None = None


def settle(
    instruction_id: str, instruction: PaymentInstruction, *, accounts: Accounts, settled: datetime
) -> Settlement:
    """The settlement of an instruction: one leg in one currency, two legs over the provider's accounts in two.

    Raises :class:`UsageError` where two currencies are to be settled without a provider.
    """
    paid, received = instruction.instructed, instruction.settlement
    postings: list[Posting] = []
    if paid.currency == received.currency:
        legs = [(received, accounts.debtor, accounts.creditor)]
    elif accounts.exchange is None:
        raise UsageError("two currencies are settled over a provider's accounts", remedy="Name its account.")
    else:
        legs = [(paid, accounts.debtor, accounts.exchange), (received, accounts.exchange, accounts.creditor)]
    for amount, giver, taker in legs:
        if accounts.issuer not in (None, giver):
            postings += transfer(amount, giver=str(accounts.issuer), taker=giver)
        postings += transfer(amount, giver=giver, taker=taker)
    return Settlement(
        instruction=instruction_id,
        creditor=accounts.creditor,
        amount=received,
        settled=settled,
        postings=tuple(postings),
    )


def give_back(
    settlement_id: str, settlement: Settlement, *, amount: Money, taker: str, reason: RefundReason, refunded: datetime
) -> Refund:
    """The refund of ``amount`` out of a settlement, in the currency that was settled, to the account ``taker``."""
    return Refund(
        settlement=settlement_id,
        debited=settlement.creditor,
        amount=amount,
        reason=reason,
        refunded=refunded,
        postings=transfer(amount, giver=settlement.creditor, taker=taker),
    )
