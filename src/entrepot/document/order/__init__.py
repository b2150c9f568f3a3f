"""Orders, the answers to them, their cancellation, and the answers to that."""

from typing import TYPE_CHECKING

from entrepot.document.order.check import check, check_cancellation, check_cancellation_response, check_response
from entrepot.document.order.model import Answer, CancellationResponse, Order, OrderCancellation, OrderResponse

if TYPE_CHECKING:
    from entrepot.document.reading import ReadResult, WriteResult


def read(data: bytes) -> "ReadResult[Order]":
    """The order in a UBL 2 file; see :class:`~entrepot.document.reading.ReadResult`."""
    from entrepot.document._ubl21 import read_order

    return read_order(data)


def write(order: Order) -> "WriteResult":
    """``order`` as a UBL 2.1 file."""
    from entrepot.document._ubl21 import write_order

    return write_order(order)


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
    "read",
    "write",
]
