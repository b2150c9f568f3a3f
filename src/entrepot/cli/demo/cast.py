"""Who plays in the demo: invented firms and agencies, and on which of the two nodes each of them lives."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from entrepot.document.order.model import Order
from entrepot.document.trade import Appointment, Role
from entrepot.party.party import Address, Party

EXPORT_NODE, IMPORT_NODE = "export", "import"
HOME = {
    "seller": EXPORT_NODE,
    "chamber": EXPORT_NODE,
    "carrier": EXPORT_NODE,
    "export_customs": EXPORT_NODE,
    "buyer": IMPORT_NODE,
    "import_customs": IMPORT_NODE,
    "payer_bank": IMPORT_NODE,
    "settlement": IMPORT_NODE,
    "reporter": IMPORT_NODE,
}
"""Role -> node. Seller and buyer trust neither the other's node nor a hub."""
AGENCIES = tuple(role for role in HOME if role not in ("seller", "buyer"))
CLERK = "Demo Clerk (invented)"
"""The person who accepts on record what no rule of this node knows."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The party in each role."""

    parties: dict[str, Party]

    def __getitem__(self, role: str) -> Party:
        return self.parties[role]

    def did(self, role: str) -> str:
        """DID of the party in that role."""
        did = self.parties[role].did
        assert did is not None, "every party of the cast is registered before it acts"
        return did

    def appointments(self, *roles: str) -> tuple[Appointment, ...]:
        """The agencies in those roles, as an order or its answer names them."""
        return tuple(Appointment(role=Role(each), party=self.parties[each]) for each in roles)


def gather(order: Order, dids: Mapping[str, str], known: Mapping[str, Party] | None = None) -> Cast:
    """The cast around an order: its own buyer and seller, and for every other role the agency that is ``known``, or an
    invented one."""
    exporting, importing = order.seller.economy, order.buyer.economy
    parties = {
        "seller": replace(order.seller, did=dids["seller"]),
        "buyer": replace(order.buyer, did=dids["buyer"]),
    }
    for role in AGENCIES:
        if known and role in known:
            parties[role] = replace(known[role], did=dids[role])
            continue
        economy = exporting if HOME[role] == EXPORT_NODE else importing
        town = "Export Town" if HOME[role] == EXPORT_NODE else "Import Town"
        parties[role] = Party(
            name=f"{role.replace('_', ' ').title()} of the Demo (invented)",
            economy=economy,
            did=dids[role],
            address=Address(lines=("1 Example Street",), city=town, economy=economy),
        )
    return Cast(parties)
