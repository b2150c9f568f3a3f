"""What is demanded of an offer."""

from entrepot.base.finding import Finding
from entrepot.document.demand import Demand, Findings
from entrepot.document.figures import Figures, check_figures
from entrepot.document.offer.model import Offer
from entrepot.document.parts import (
    Economies,
    check_appointments,
    check_delivery_terms,
    check_lines,
    check_trading,
)

EXPIRED = Demand(
    "ENT-CORE-OFFER-01", "The offer ends ({end}) before it is made ({start}).", "Correct a date.", "Entrepot offer 1"
)
DEMANDS = (EXPIRED,)


def check(offer: Offer, *, economies: Economies = None) -> tuple[Finding, ...]:
    """All findings on an offer; ``economies``: ISO codes of those known here."""
    return tuple(_check(offer, economies))


def _check(offer: Offer, economies: Economies) -> Findings:
    yield from check_trading(offer.buyer, offer.seller, economies)
    yield from check_appointments(offer.parties)
    yield from check_lines(offer.lines, offer.subject)
    yield from check_delivery_terms(offer.delivery_terms)
    yield from check_figures(
        Figures(
            currency=offer.currency,
            lines=offer.lines,
            adjustments=offer.adjustments,
            totals=offer.totals,
            rounding=offer.rounding,
        )
    )
    if offer.valid_until < offer.issue_date:
        yield EXPIRED.broken("$.validUntil", start=offer.issue_date, end=offer.valid_until)
