"""The definitions that a row follows, each with where it was read, or marked as not confirmed there yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

EDITION: Final = "handbook-2"
"""Handbook on Measuring Digital Trade, second edition (IMF, OECD, UNCTAD, WTO, 2023; ISBN 978-92-870-7360-0)."""
HANDBOOK = "Handbook on Measuring Digital Trade, 2nd edition (IMF, OECD, UNCTAD, WTO 2023)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a member of the row means, in our words. ``read``: where; ``unconfirmed`` means from memory only."""

    means: str
    status: Literal["confirmed", "unconfirmed"]
    read: str = ""


DEFINITIONS: Mapping[str, Definition] = {
    "digital_trade": Definition(
        means="trade between economies that is digitally ordered, digitally delivered, or both",
        status="confirmed",
        read="OECD, topic page on measuring digital trade, https://www.oecd.org/en/topics/measuring-digital-trade.html",
    ),
    "ordered": Definition(
        means="a sale or purchase over computer networks by methods made for placing or receiving orders; the way of "
        "ordering decides, never the way of paying or delivering",
        status="confirmed",
        read="WTO iLibrary, summary of the Handbook's chapter on digitally ordered trade",
    ),
    "ordered_exclusions": Definition(
        means="orders by telephone, fax or e-mail typed by hand are not digital orders",
        status="unconfirmed",
    ),
    "delivered": Definition(
        means="services delivered at a distance through computer networks; goods never are",
        status="unconfirmed",
    ),
    "platform": Definition(
        means="an online interface that for a fee lets many buyers and many sellers deal directly, without owning the "
        "goods or giving the service; whoever sells his own stock is none; the fee is a service of its own; "
        "a sale whose documents name no platform is counted as unknown, not as made without one",
        status="unconfirmed",
    ),
    "template": Definition(
        means="total is ordered plus delivered less both; goods and services, and through platforms, kept apart",
        status="unconfirmed",
    ),
    "valuation": Definition(
        means="goods are valued FOB for exports and CIF for imports; returns and refunds lower the value",
        status="unconfirmed",
    ),
    "size": Definition(means="persons employed: 0-9, 10-49, 50-249, 250 and more", status="unconfirmed"),
}
"""By member of the row."""
