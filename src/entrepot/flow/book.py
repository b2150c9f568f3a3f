"""The ledger view: full rules for the books that this node keeps, a mirror of all others."""

from collections.abc import Callable

from entrepot.base.finding import Finding
from entrepot.base.record import Record
from entrepot.flow.assess import stop
from entrepot.journal.port import FloorBroken, ViewTx
from entrepot.payment.ledger import LedgerRefused, mirror, post

OVERDRAWN = stop(
    "ENT-CORE-LEDGER-09",
    "An account of the book would fall below its floor.",
    path="$.payload.postings",
    source="settlement ledger: no account but the issuer's own falls below zero",
    remedy="Fund the account first, or settle less.",
)
"""An account of a book that this node keeps has not enough."""


def ledger_reducer(is_kept_here: Callable[[str], bool]) -> Callable[[ViewTx, Record], None]:
    """The rule of the ledger view; ``is_kept_here`` says of a settlement institution (a DID) whether its book is."""

    def reduce_ledger(view: ViewTx, record: Record) -> None:
        (post if is_kept_here(record.content.issuer) else mirror)(view, record)

    return reduce_ledger


def refusal(wrong: LedgerRefused | FloorBroken) -> tuple[Finding, ...]:
    """Why a book that this node keeps cannot take a record, as findings."""
    return wrong.findings if isinstance(wrong, LedgerRefused) else (OVERDRAWN,)
