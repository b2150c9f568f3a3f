"""The kinds of record that this room defines."""

from collections.abc import Callable, Mapping
from typing import Any

from entrepot.base.finding import Finding
from entrepot.sale import claim, message, withdrawal

Check = Callable[[Any], tuple[Finding, ...]]


def kinds() -> Mapping[tuple[str, int], tuple[type[Any], Check]]:
    """Payload class and check of every (kind, version) of this room."""
    return {
        ("return-request", 1): (claim.ReturnRequest, claim.check_return_request),
        ("return-response", 1): (claim.ReturnResponse, claim.check_return_response),
        ("dispute", 1): (claim.Dispute, claim.check_dispute),
        ("dispute-answer", 1): (claim.DisputeAnswer, claim.check_dispute_answer),
        ("dispute-resolution", 1): (claim.DisputeResolution, claim.check_dispute_resolution),
        (message.MESSAGE, 1): (message.Message, message.check_message),
        (withdrawal.WITHDRAWAL, 1): (withdrawal.OfferWithdrawal, withdrawal.check_withdrawal),
    }
