"""One word for a sale, for lists. The composite state beside it is exact; the word is the gravest thing to know."""

from entrepot.sale.state import SaleState, Word


def word(state: SaleState) -> Word:
    """The word for ``state``: an open conflict first, then a dispute, then an ended sale, then how far it has come.

    ``paid`` means that the buyer owes nothing any more, and is said only of a sale that is delivered as well (or of
    services, which need no hand-over); ``counted`` only of a paid one. A prepaid sale whose goods are at sea reads
    ``in_transit``.
    """
    if any(each.closed_by is None for each in state.conflicts):
        return "conflict"
    if state.open_disputes:
        return "disputed"
    match state.agreement:
        case "none" | "unknown":
            return "unknown"
        case "offered" | "rejected" | "cancelled":
            return state.agreement
    if state.fulfilment == "returned":
        return "returned"
    return _progress(state)


def _progress(state: SaleState) -> Word:
    arrived = state.fulfilment == "delivered" or state.subject == "services"
    if arrived and state.payment in ("paid", "overpaid", "refunded", "nothing_due"):
        return "counted" if state.counted == "current" else "paid"
    if state.fulfilment == "delivered":
        return "delivered"
    if state.clearance_import == "released":
        return "cleared"
    if state.moved_goods:
        return "in_transit"
    if any(each.invoiced for each in state.accounts.values()):
        return "invoiced"
    return "accepted" if state.agreement == "accepted" else "ordered"
