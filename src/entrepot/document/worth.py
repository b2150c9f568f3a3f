"""The amount of a record: what its signer commits the issuer to, where it states one."""

from collections.abc import Mapping
from typing import Any

from entrepot.base.error import UsageError
from entrepot.base.money import Money, Rounding
from entrepot.base.record import Record

PLACES = (("totals", "payable"), ("instructed",), ("amount",), ("customsValue",))
"""Where the payload of a record writes the one amount that it is about. With totals it is that before prepayments."""
WITHOUT = frozenset(
    {
        "order-response",
        "order-cancellation",
        "cancellation-response",
        "certificate-of-origin",
        "transport-document",
        "customs-release",
        "hand-over",
    }
)
"""Kinds that are about no amount: a bound on amounts does not touch them."""


def worth(record: Record) -> tuple[Money | None, bool]:
    """The amount, and whether that is known: None and True where the kind is about none."""
    for place in PLACES:
        value: Any = record.payload
        for step in place:
            value = value.get(step) if isinstance(value, Mapping) else None
        if isinstance(value, Mapping):
            try:
                stated = Money.from_json(dict(value))
                return (_committed(stated, record.payload["totals"]) if place[0] == "totals" else stated), True
            except (ValueError, UsageError):
                return None, False
    return None, record.kind in WITHOUT


def _committed(payable: Money, totals: Mapping[str, Any]) -> Money:
    """What the totals commit to: the largest of the amount payable, that with what was prepaid, and the total with tax.

    Raises ``ValueError`` where one cannot be read, :class:`UsageError` where a sum is too large. Credits are
    compared by their size.
    """
    amounts = [payable]
    if "prepaid" in totals:
        amounts.append(payable + _figure(totals["prepaid"], payable.currency))
    if "withTax" in totals:
        amounts.append(_figure(totals["withTax"], payable.currency))
    return max(amounts, key=lambda each: abs(each.minor))


def _figure(text: Any, currency: str) -> Money:
    if not isinstance(text, str):
        raise ValueError("a figure is a text")
    return Money.of(text, currency, rounding=Rounding.UP)
