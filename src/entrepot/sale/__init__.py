"""One sale: its state, and which record may follow which, over facts that ``flow`` projects from records.

Pure: the same set of facts gives the same state, in whatever order and however often they arrive. The room knows
nothing of how records are written, signed or kept.
"""

from entrepot.sale.fact import ROLES, Fact, Role
from entrepot.sale.reduction import reduce
from entrepot.sale.right import allows, next_steps
from entrepot.sale.state import Account, Conflict, SaleState, Standing, Status

__all__ = [
    "ROLES",
    "Account",
    "Conflict",
    "Fact",
    "Role",
    "SaleState",
    "Standing",
    "Status",
    "allows",
    "next_steps",
    "reduce",
]
