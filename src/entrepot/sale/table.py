"""The one table: which kind of record may follow in which state, and by whom.

Reading a row: *kind* may be issued by the holder of *by* when every condition in *needs* holds of the state that its
issuer had seen; a condition in *wants* that fails is a warning, because what happened in the world has happened.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from entrepot.sale.fact import Role
from entrepot.sale.state import SaleState


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that must hold of the sale. ``id``: of the finding where it does not hold."""

    id: str
    holds: Callable[[SaleState], bool]
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Step:
    """One row. ``needs`` block, ``wants`` warn; both are names in :data:`CONDITIONS`."""

    kind: str
    by: Role
    needs: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()


def _condition(number: int, holds: Callable[[SaleState], bool], message: str, remedy: str) -> Condition:
    return Condition(id=f"ENT-CORE-SALE-{number:02d}", holds=holds, message=message, remedy=remedy)


CONDITIONS: Mapping[str, Condition] = {
    "opened": _condition(
        3, lambda s: s.sale is not None, "No order opens this sale yet.", "Name the order among the heads seen."
    ),
    "unopened": _condition(
        4, lambda s: s.sale is None, "The sale has its order already.", "A second order opens a sale of its own."
    ),
    "unanswered": _condition(
        5,
        lambda s: s.agreement == "ordered",
        "The order is not waiting for an answer.",
        "Answer an order once; to change it, agree on a cancellation.",
    ),
    "accepted": _condition(
        6,
        lambda s: s.agreement == "accepted",
        "The seller has not accepted the order, or the sale has ended.",
        "Wait for the seller's acceptance.",
    ),
    "live": _condition(
        7,
        lambda s: s.agreement in ("ordered", "accepted"),
        "The sale was rejected or cancelled.",
        "Place a new order.",
    ),
    "unmoved": _condition(
        8, lambda s: not s.moved_goods, "The goods are on their way.", "Ask for a return after delivery."
    ),
    "invoiced": _condition(
        9, lambda s: any(a.invoiced for a in s.accounts.values()), "There is no invoice.", "Issue the invoice first."
    ),
    "goods": _condition(
        10,
        lambda s: s.subject != "services",
        "The sale is of services; nothing is carried or declared.",
        "Leave this record out.",
    ),
    "crossing": _condition(
        11,
        lambda s: s.cross_border is not False,
        "The sale crosses no border.",
        "A domestic sale needs no customs declaration.",
    ),
    "declared_export": _condition(
        12, lambda s: "export" in s.declarations.values(), "There is no export declaration.", "Declare the goods first."
    ),
    "declared_import": _condition(
        13, lambda s: "import" in s.declarations.values(), "There is no import declaration.", "Declare the goods first."
    ),
    "settled": _condition(
        14,
        lambda s: any(a.settled > a.refunded for a in s.accounts.values()),
        "No settled money is left to refund.",
        "Refund at most what was settled.",
    ),
    "delivered": _condition(
        15, lambda s: s.fulfilment == "delivered", "Nothing was delivered yet.", "Ask for a cancellation instead."
    ),
    "return_open": _condition(
        16, lambda s: bool(s.open_returns), "No return request waits for an answer.", "Answer a request once."
    ),
    "cancellation_open": _condition(
        17,
        lambda s: bool(s.open_cancellations),
        "No cancellation request waits for an answer.",
        "Answer a request once.",
    ),
    "dispute_open": _condition(18, lambda s: bool(s.open_disputes), "No dispute is open.", "Raise a dispute first."),
    "disputed_by_buyer": _condition(
        19,
        lambda s: Role.BUYER in s.open_disputes.values(),
        "No dispute of the buyer waits for an answer.",
        "A dispute is answered by the other side.",
    ),
    "disputed_by_seller": _condition(
        20,
        lambda s: Role.SELLER in s.open_disputes.values(),
        "No dispute of the seller waits for an answer.",
        "A dispute is answered by the other side.",
    ),
    "countable": _condition(
        21,
        lambda s: (
            s.fulfilment in ("delivered", "returned") or any(a.invoiced or a.settled for a in s.accounts.values())
        ),
        "There is nothing to count yet: no invoice, no delivery, no payment.",
        "Count the sale once it has a value.",
    ),
}
"""Conditions by name."""

STEPS: tuple[Step, ...] = (
    Step("offer", Role.SELLER, needs=("unopened",)),
    Step("order", Role.BUYER, needs=("unopened",)),
    Step("order", Role.SELLER, needs=("unopened",)),
    Step("order-response", Role.SELLER, needs=("opened", "unanswered")),
    Step("order-cancellation", Role.BUYER, needs=("opened", "live", "unmoved")),
    Step("cancellation-response", Role.SELLER, needs=("opened", "live", "cancellation_open")),
    Step("invoice", Role.SELLER, needs=("opened", "accepted")),
    Step("credit-note", Role.SELLER, needs=("opened", "invoiced")),
    Step("certificate-of-origin", Role.CHAMBER, needs=("opened", "accepted", "goods")),
    Step("transport-document", Role.CARRIER, needs=("opened", "accepted", "goods")),
    Step("packing-list", Role.SELLER, needs=("opened", "accepted", "goods")),
    Step("insurance-certificate", Role.INSURER, needs=("opened", "accepted", "goods")),
    Step("insurance-certificate", Role.SELLER, needs=("opened", "accepted", "goods")),
    Step("warehouse-receipt", Role.WAREHOUSE_KEEPER, needs=("opened", "goods"), wants=("accepted",)),
    Step("customs-declaration", Role.SELLER, needs=("opened", "accepted", "goods", "crossing")),
    Step("customs-declaration", Role.BUYER, needs=("opened", "accepted", "goods", "crossing")),
    Step("customs-declaration", Role.CARRIER, needs=("opened", "accepted", "goods", "crossing")),
    Step("customs-release", Role.EXPORT_CUSTOMS, needs=("opened", "declared_export")),
    Step("customs-release", Role.IMPORT_CUSTOMS, needs=("opened", "declared_import")),
    Step("hand-over", Role.SELLER, needs=("opened",), wants=("accepted",)),
    Step("hand-over", Role.CARRIER, needs=("opened",), wants=("accepted",)),
    Step("hand-over", Role.BUYER, needs=("opened",), wants=("accepted",)),
    Step("payment-request", Role.SELLER, needs=("opened", "live")),
    Step("payment-instruction", Role.PAYER_BANK, needs=("opened",), wants=("live",)),
    Step("settlement", Role.SETTLEMENT, needs=("opened",), wants=("live",)),
    Step("refund", Role.SETTLEMENT, needs=("opened",), wants=("settled",)),
    Step("return-request", Role.BUYER, needs=("opened", "delivered", "goods")),
    Step("return-response", Role.SELLER, needs=("opened", "return_open")),
    Step("dispute", Role.BUYER, needs=("opened",)),
    Step("dispute", Role.SELLER, needs=("opened",)),
    Step("dispute-answer", Role.BUYER, needs=("opened", "disputed_by_seller")),
    Step("dispute-answer", Role.SELLER, needs=("opened", "disputed_by_buyer")),
    Step("dispute-resolution", Role.NEUTRAL, needs=("opened", "dispute_open")),
    Step("acceptance", Role.BUYER, needs=("opened",)),
    Step("acceptance", Role.SELLER, needs=("opened",)),
    Step("acceptance", Role.CARRIER, needs=("opened",)),
    Step("count", Role.REPORTER, needs=("opened", "countable")),
)
"""The rows. The order of a kind's rows has no meaning; one row that fits is enough."""
