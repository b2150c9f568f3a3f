"""Who takes part in a sale whose order is not here, as the seller's answer and invoice tell an agency that reads these.

Nothing of it is known to be in effect: that is judged where the order is. It opens a case at a desk, and says to whom
the desk speaks. Where two parties answer one order, nobody can tell here which of them is its seller, and nothing is
told.
"""

from collections.abc import Collection, Iterator, Mapping

from entrepot.base.record import Record
from entrepot.document.invoice.model import Invoice
from entrepot.flow.audience import roles_of_sale
from entrepot.flow.kinds import BUYER, READERS, SELLER, TRADERS, read_record
from entrepot.flow.office import Office
from entrepot.flow.reading import is_readable
from entrepot.flow.sight import SALE_VIEW, facts_of_sale
from entrepot.sale.fact import Answered, Fact
from entrepot.sale.state import Status
from entrepot.sale.table import STEPS

Roles = Mapping[str, tuple[str, ...]]
"""DIDs by role."""


def roles_told(office: Office, sale: str, readers: Collection[str]) -> Roles:
    """DIDs by role: of the whole sale where its order is here, else as ``readers`` are told; empty: by nobody."""
    return roles_of_sale(office, sale) or _answered(office, sale, readers)


def audience_told(office: Office, kind: str, sale: str, readers: Collection[str]) -> tuple[str, ...] | None:
    """Who reads a record of ``kind`` in the sale by its roles; None where both sides are not known."""
    roles = roles_told(office, sale, readers)
    if not (roles.get(BUYER) and roles.get(SELLER)):
        return None
    named = {did for role in READERS.get(kind, TRADERS) for did in roles.get(role, ())}
    return tuple(sorted(named))


def counting(office: Office, sale: str, readers: Collection[str]) -> Iterator[Record]:
    """The records of a sale that ``readers`` may read and that count, in the sale's order: those in effect.

    Where the order is not here, nothing can be known to be in effect; then what may be counts, of those who are told to
    take part.
    """
    row = office.journal.view(SALE_VIEW).get(f"sale/{sale}") or {"order": (), "standings": {}}
    told = {} if roles_of_sale(office, sale) else _answered(office, sale, readers)
    for each in row["order"]:
        record = office.journal.record(each) if is_readable(office.journal, each, readers) else None
        status = row["standings"][each]["status"]
        may_count = status == Status.UNKNOWN and record is not None and _may_say(told, record)
        if record is not None and not record.erased and (status == Status.EFFECTIVE or may_count):
            yield record


def _may_say(roles: Roles, record: Record) -> bool:
    """Whether the issuer of a record holds a role that may issue its kind at all."""
    return any(each.kind == record.kind and record.content.issuer in roles.get(str(each.by), ()) for each in STEPS)


def _answered(office: Office, sale: str, readers: Collection[str]) -> Roles:
    facts = facts_of_sale(office.journal.view(SALE_VIEW), sale, office.recall)
    seen = [each for each in facts if is_readable(office.journal, each.id, readers)]
    answers = [each for each in seen if isinstance(each.says, Answered) and each.says.accepted]
    sellers = {each.issuer for each in answers}
    if len(sellers) != 1:
        return {}
    roles: dict[str, set[str]] = {SELLER: sellers, BUYER: _buyers(office, seen, sellers)}
    for each in answers:
        for role, did in each.says.parties if isinstance(each.says, Answered) else ():
            if role not in TRADERS:
                roles.setdefault(str(role), set()).add(did)
    return {role: tuple(sorted(held)) for role, held in roles.items() if held}


def _buyers(office: Office, facts: Collection[Fact], sellers: set[str]) -> set[str]:
    """Whom the seller bills, where it is always the same party."""
    found: set[str] = set()
    for each in facts:
        record = office.journal.record(each.id) if each.kind == "invoice" and each.issuer in sellers else None
        says = None if record is None or record.erased else read_record(record)[0]
        if isinstance(says, Invoice) and says.buyer.did:
            found.add(says.buyer.did)
    return found if len(found) == 1 else set()
