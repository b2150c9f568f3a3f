"""What is demanded of an order, the answer to it, its cancellation, and the answer to that."""

from collections.abc import Callable

from entrepot.base.finding import Finding, Severity
from entrepot.document.demand import Demand, Findings
from entrepot.document.figures import Figures, check_figures
from entrepot.document.order.model import Answer, CancellationResponse, Order, OrderCancellation, OrderResponse
from entrepot.document.parts import (
    Economies,
    check_appointments,
    check_delivery_terms,
    check_lines,
    check_period,
    check_trading,
)
from entrepot.document.trade import BuyerType, Channel, PlatformRole, Subject

_SOURCE = "Entrepot order 1"
DIGITAL_GOODS = Demand(
    "ENT-CORE-ORDER-01",
    "Goods cannot be delivered over a network.",
    "Say physical, or that a service is sold.",
    "OECD, WTO, UN, IMF: Handbook on Measuring Digital Trade, 2nd edition",
)
QUANTITY = Demand("ENT-CORE-ORDER-02", "A quantity of {quantity} cannot be ordered.", "Order more than zero.", _SOURCE)
LATE_WISH = Demand(
    "ENT-CORE-ORDER-03",
    "Delivery is requested until {end}, before the order of {start}.",
    "Correct a date.",
    _SOURCE,
    Severity.WARNING,
)
NO_TERMS = Demand(
    "ENT-CORE-ORDER-04",
    "Goods are ordered without terms of delivery: who carries cost and risk is open.",
    "Agree on an Incoterms rule and place.",
    _SOURCE,
    Severity.WARNING,
)
RESELLER = Demand(
    "ENT-CORE-ORDER-05",
    "The platform {name} is said to sell on, but the seller is somebody else.",
    "Name the platform as seller, or as intermediary.",
    "OECD, WTO, UN, IMF: Handbook on Measuring Digital Trade, 2nd edition",
    Severity.WARNING,
)
NO_REASON = Demand("ENT-CORE-ORDER-06", "A rejection without a reason.", "State the reason.", _SOURCE)
NOT_ITSELF = Demand(
    "ENT-CORE-ORDER-07",
    "Order and cancellation are named by one and the same record.",
    "Name the record of the order and that of the cancellation.",
    _SOURCE,
)
CONSUMER_BUSINESS = Demand(
    "ENT-CORE-ORDER-08",
    "The buyer is called a consumer but has a business number ({scheme}).",
    "Check the type of the buyer: consumer protection depends on it.",
    _SOURCE,
    Severity.WARNING,
)
NEGATIVE = Demand(
    "ENT-CORE-ORDER-09",
    "{payable} cannot be ordered: the seller would owe it to the buyer.",
    "Order for zero or more; what the seller gives back is credited or refunded.",
    _SOURCE,
)
DEMANDS = (
    DIGITAL_GOODS, QUANTITY, LATE_WISH, NO_TERMS, RESELLER, NO_REASON, NOT_ITSELF, CONSUMER_BUSINESS, NEGATIVE,
)  # fmt: skip


def check(order: Order, *, economies: Economies = None) -> tuple[Finding, ...]:
    """All findings on an order; ``economies``: ISO codes of those known here.

    Figures of an order that was read from another author's file are warned of, not refused.
    """
    return tuple(found for part in _PARTS for found in part(order, economies))


def _check_sides(order: Order, economies: Economies) -> Findings:
    yield from check_trading(order.buyer, order.seller, economies)
    yield from check_appointments(order.parties)
    if order.buyer_type is BuyerType.CONSUMER and order.buyer.identifiers:
        scheme = order.buyer.identifiers[0].scheme
        yield CONSUMER_BUSINESS.broken("$.buyerType", scheme=scheme)
    platform = order.platform
    if platform is not None and platform.role is PlatformRole.RESELLER and platform.did != order.seller.did:
        yield RESELLER.broken("$.platform.role", name=platform.name)


def _check_things(order: Order, _: Economies) -> Findings:
    yield from check_lines(order.lines, order.subject)
    subjects = {line.subject or order.subject for line in order.lines}
    if subjects == {Subject.GOODS} and order.channel is Channel.DIGITAL:
        yield DIGITAL_GOODS.broken("$.channel")
    for index, line in enumerate(order.lines):
        if line.quantity.value <= 0:
            yield QUANTITY.broken(f"$.lines[{index}].quantity", quantity=line.quantity.value)


def _check_terms(order: Order, _: Economies) -> Findings:
    yield from check_delivery_terms(order.delivery_terms)
    yield from check_period(order.requested_delivery, "$.requestedDelivery")
    wish = order.requested_delivery
    if wish is not None and wish.end is not None and wish.end < order.issue_date:
        yield LATE_WISH.broken("$.requestedDelivery.end", start=order.issue_date, end=wish.end)
    if order.channel is Channel.PHYSICAL and order.subject is Subject.GOODS and order.delivery_terms is None:
        yield NO_TERMS.broken("$.deliveryTerms")


def _check_sums(order: Order, _: Economies) -> Findings:
    if order.totals.payable.minor < 0:
        yield NEGATIVE.broken("$.totals.payable", payable=order.totals.payable)
    yield from check_figures(
        Figures(
            currency=order.currency,
            lines=order.lines,
            adjustments=order.adjustments,
            tax_lines=order.tax_lines,
            totals=order.totals,
            rounding=order.rounding,
            foreign=order.presented is not None,
        )
    )


_PARTS: tuple[Callable[[Order, Economies], Findings], ...] = (_check_sides, _check_things, _check_terms, _check_sums)


def check_response(response: OrderResponse, *, economies: Economies = None) -> tuple[Finding, ...]:
    """All findings on the answer to an order."""
    del economies
    found = list(check_appointments(response.parties))
    if response.answer is Answer.REJECT and response.reason is None:
        found.append(NO_REASON.broken("$.reason"))
    return tuple(found)


def check_cancellation(cancellation: OrderCancellation, *, economies: Economies = None) -> tuple[Finding, ...]:
    """All findings on a request to cancel: its shape already asks for order and reason."""
    del cancellation, economies
    return ()


def check_cancellation_response(response: CancellationResponse, *, economies: Economies = None) -> tuple[Finding, ...]:
    """All findings on the answer to a request to cancel."""
    del economies
    found = []
    if response.answer is Answer.REJECT and response.reason is None:
        found.append(NO_REASON.broken("$.reason"))
    if response.order.record == response.cancellation.record:
        found.append(NOT_ITSELF.broken("$.cancellation.record"))
    return tuple(found)
