"""Withdrawal of an offer: its seller takes it back before its last day."""

from dataclasses import dataclass
from datetime import date

from entrepot.base.finding import Finding
from entrepot.base.shape import Code, Note
from entrepot.document.trade import RecordReference

WITHDRAWAL = "offer-withdrawal"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawal:
    """Kind ``offer-withdrawal``, version 1: the offer is open no more; orders that took it up before stay as they are.

    It has an effect where the party that issued the offer says it.
    """

    number: Code
    issue_date: date
    offer: RecordReference
    reason: Note | None = None


def check_withdrawal(_: OfferWithdrawal) -> tuple[Finding, ...]:
    """Its form says it all; whose offer it was, the journal knows."""
    return ()
