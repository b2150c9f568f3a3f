"""What an order takes up of an offer: more of a thing than was offered is told, and stops nothing.

An offer states how much there is when it is made; it may be for each shipment, and more may have come since. Where the
two cannot be compared (another line, another unit, several offers and none named) nothing is said.
"""

from collections.abc import Iterable, Iterator

from entrepot.base.amount import format_decimal
from entrepot.base.finding import Finding, Severity
from entrepot.document.demand import Demand
from entrepot.document.offer.model import Offer
from entrepot.document.order.model import Order

MORE = Demand(
    "ENT-CORE-ORDER-10",
    "{ordered} is ordered of {name}; offer {number} has {offered}.",
    "Order no more than is offered, or ask the seller first whether there is more.",
    "Entrepot order 1",
    Severity.WARNING,
)


def beyond(order: Order, offers: Iterable[Offer]) -> Iterator[Finding]:
    """A warning for each line of ``order`` that asks for more than the same line of the offer it takes up."""
    taken = list(offers)
    if len(taken) != 1:
        return
    offered = {(line.id, line.quantity.unit): line.quantity.value for line in taken[0].lines}
    for index, line in enumerate(order.lines):
        most = offered.get((line.id, line.quantity.unit))
        if most is not None and line.quantity.value > most:
            yield MORE.broken(
                f"$.payload.lines[{index}].quantity",
                ordered=format_decimal(line.quantity.value),
                name=line.name,
                number=taken[0].number,
                offered=format_decimal(most),
            )
