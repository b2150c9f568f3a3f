"""The ledger view: full rules for the books that this node keeps, a mirror of all others."""

from collections.abc import Callable

from entrepot.base.record import Record
from entrepot.journal.port import ViewTx
from entrepot.payment.ledger import mirror, post


def ledger_reducer(is_kept_here: Callable[[str], bool]) -> Callable[[ViewTx, Record], None]:
    """The rule of the ledger view; ``is_kept_here`` says of a settlement institution (a DID) whether its book is."""

    def reduce_ledger(view: ViewTx, record: Record) -> None:
        (post if is_kept_here(record.content.issuer) else mirror)(view, record)

    return reduce_ledger
