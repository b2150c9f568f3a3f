"""What the form of a next step starts from: who speaks, in which sale, on which day, and what lies there already."""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from entrepot.base.shape import dump
from entrepot.flow.kinds import read_record
from entrepot.flow.reading import sale_page
from entrepot.node.account.acting import Acting
from entrepot.node.account.models import Business
from entrepot.node.page.sale.deal import Deal
from entrepot.node.running import office
from entrepot.party.party import Address, Identifier, Party

P = TypeVar("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """``deal`` is None where a sale is to be opened."""

    acting: Acting
    today: date
    deal: Deal | None = None

    @property
    def order(self) -> Any:
        """The order of the sale; a form that needs it is offered only where it can be read."""
        assert self.deal is not None, "a step is taken in a sale"
        assert self.deal.order is not None, "a step is offered to those who read the order"
        return self.deal.order

    @property
    def order_reference(self) -> dict[str, str]:
        """The order as other documents refer to it."""
        assert self.deal is not None, "a step is taken in a sale"
        return {"record": self.deal.sale, "number": self.deal.number}

    def head(self, number: str) -> dict[str, Any]:
        """The members with which documents of a sale begin."""
        return {"number": number, "issueDate": self.today.isoformat()}

    def newest(self, kind: str) -> dict[str, str]:
        """The newest record of ``kind`` in the sale, as documents refer to it."""
        assert self.deal is not None, "a step is taken in a sale"
        found = sale_page(office().journal, self.deal.sale, self.acting.readers, recall=office().recall) or {}
        lines = [each for each in found.get("records", ()) if each.get("kind") == kind]
        return {"record": lines[-1]["id"], "number": lines[-1]["number"]} if lines else {}

    def paper(self, kind: str, shape: type[P]) -> tuple[str | None, P | None]:
        """Id and content of the newest record of ``kind``; None where there is none that is to be read here."""
        found = self.newest(kind).get("record")
        record = None if found is None else office().journal.record(found)
        payload = None if record is None or record.erased else read_record(record)[0]
        return (found, payload) if isinstance(payload, shape) else (None, None)


def party_of(did: str) -> Party | None:
    """A business of this node as documents name it; None where nothing is known of it here."""
    found = Business.objects.filter(party=did).first()
    if found is None:
        return None
    numbers = (Identifier(scheme=found.scheme, value=found.number),) if found.number else ()
    address = Address(
        lines=(found.street,) if found.street else (),
        city=found.city or None,
        postal_code=found.postal_code or None,
        economy=found.economy,
    )
    return Party(name=found.name, economy=found.economy, did=did, identifiers=numbers, address=address)


def card_of(did: str) -> dict[str, Any]:
    """The same in its JSON form; the DID alone, with itself for a name, where nothing is known."""
    card: dict[str, Any] = dump(party_of(did) or Party(name=did[:200], did=did))
    return card
