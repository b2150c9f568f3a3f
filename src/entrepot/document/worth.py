"""The amount of a record: what its signer commits the issuer to, where it states one."""

from collections.abc import Mapping
from typing import Any

from entrepot.base.money import Money
from entrepot.base.record import Record

PLACES = (("totals", "payable"), ("instructed",), ("amount",), ("customsValue",))
"""Where the payload of a record writes the one amount that it is about."""
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
                return Money.from_json(dict(value)), True
            except ValueError:
                return None, False
    return None, record.kind in WITHOUT
