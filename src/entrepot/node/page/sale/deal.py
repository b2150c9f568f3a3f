"""What a person recognises a sale by: number, the two sides, what, how much."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from entrepot.base.money import Money
from entrepot.document.order.model import Order
from entrepot.flow.kinds import read_record
from entrepot.flow.reading import is_readable
from entrepot.flow.sight import SALE_VIEW, facts_of_sale
from entrepot.node.account.acting import name_of
from entrepot.node.running import office
from entrepot.sale.fact import Fact

_NAMING = ("order-response", "invoice")
"""Kinds that name parties to those who may not read the order."""


@dataclass(frozen=True, slots=True)
class Deal:
    """A sale as its order describes it; ``order`` is None where ``readers`` may not read it here."""

    sale: str
    order: Order | None
    readers: Collection[str] = ()

    @property
    def number(self) -> str:
        """The order's number; the beginning of the sale's id where the order is not to be read."""
        return self.sale[:12] if self.order is None else self.order.number

    @property
    def total(self) -> Money | None:
        """What was ordered, in money."""
        return None if self.order is None else self.order.totals.payable

    @property
    def what(self) -> str:
        """The first thing that was ordered."""
        return "" if self.order is None else self.order.lines[0].name

    def other(self, party: str) -> str:
        """The name of the other side, as ``party`` sees it; of the seller for those who are neither."""
        if self.order is None:
            return ""
        return self.order.buyer.name if party == self.order.seller.did else self.order.seller.name

    def name(self, did: str) -> str:
        """How ``did`` is called: as the order names it, else as it calls itself on this node, else as the answer or an
        invoice names it, else the DID."""
        called = _named(self.order, did) or name_of(did)
        return self._told(did) if called == did else called

    def _told(self, did: str) -> str:
        journal = office().journal
        for row in facts_of_sale(journal.view(SALE_VIEW), self.sale, office().recall):
            record = journal.record(row.id) if self._names_parties(row) else None
            name = None if record is None or record.erased else _named(read_record(record)[0], did)
            if name:
                return name
        return did

    def _names_parties(self, row: Fact) -> bool:
        is_seller = self.order is None or row.issuer == self.order.seller.did
        return row.kind in _NAMING and is_seller and is_readable(office().journal, row.id, self.readers)


def deal_of(sale: str, readers: Collection[str]) -> Deal:
    """The sale as ``readers`` may know it."""
    journal = office().journal
    record = journal.record(sale) if is_readable(journal, sale, readers) else None
    payload = None if record is None or record.erased else read_record(record)[0]
    return Deal(sale, payload if isinstance(payload, Order) else None, readers)


def _named(payload: Any, did: str) -> str | None:
    """The name that a document gives to a side or to an agency; None where it names no such party."""
    sides = (getattr(payload, "buyer", None), getattr(payload, "seller", None))
    named = (*filter(None, sides), *(each.party for each in getattr(payload, "parties", ())))
    return next((each.name for each in named if each.did == did), None)
