"""The kinds of record that this room defines."""

from collections.abc import Callable, Mapping
from typing import Any

from entrepot.base.finding import Finding
from entrepot.payment.check import check_instruction, check_refund, check_request, check_settlement
from entrepot.payment.instruction import PaymentInstruction
from entrepot.payment.request import PaymentRequest
from entrepot.payment.settlement import Refund, Settlement

Check = Callable[[Any], tuple[Finding, ...]]


def kinds() -> Mapping[tuple[str, int], tuple[type[Any], Check]]:
    """Payload class and check of every (kind, version) of this room."""
    return {
        ("payment-request", 1): (PaymentRequest, check_request),
        ("payment-instruction", 1): (PaymentInstruction, check_instruction),
        ("settlement", 1): (Settlement, check_settlement),
        ("refund", 1): (Refund, check_refund),
    }
