"""Orders, the answers to them, their cancellation, and the answers to that."""

from entrepot.document.order.check import check, check_cancellation, check_cancellation_response, check_response
from entrepot.document.order.model import Answer, CancellationResponse, Order, OrderCancellation, OrderResponse

__all__ = [
    "Answer",
    "CancellationResponse",
    "Order",
    "OrderCancellation",
    "OrderResponse",
    "check",
    "check_cancellation",
    "check_cancellation_response",
    "check_response",
]
