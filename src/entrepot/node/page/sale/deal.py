"""What a person recognises a sale by: number, the two sides, what, how much."""

from collections.abc import Collection
from dataclasses import dataclass

from entrepot.base.money import Money
from entrepot.document.order.model import Order
from entrepot.flow.kinds import read_record
from entrepot.flow.reading import is_readable
from entrepot.node.account.acting import name_of
from entrepot.node.running import office


@dataclass(frozen=True, slots=True)
class Deal:
    """A sale as its order describes it; ``order`` is None where the reader may not read it here."""

    sale: str
    order: Order | None

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
        """How ``did`` is called: as the order names it, else as it calls itself on this node, else the DID."""
        if self.order is not None:
            sides = (self.order.buyer, self.order.seller, *(each.party for each in self.order.parties))
            found = next((each.name for each in sides if each.did == did), None)
            if found is not None:
                return found
        return name_of(did)


def deal_of(sale: str, readers: Collection[str]) -> Deal:
    """The sale as ``readers`` may know it."""
    journal = office().journal
    record = journal.record(sale) if is_readable(journal, sale, readers) else None
    payload = None if record is None or record.erased else read_record(record)[0]
    return Deal(sale, payload if isinstance(payload, Order) else None)
