"""Who reads a record, and which peers hold those readers."""

from collections.abc import Iterable, Mapping
from typing import Any

from entrepot.flow.kinds import READERS, TRADERS
from entrepot.flow.office import Office
from entrepot.flow.sight import SALE_VIEW


def roles_of_sale(office: Office, sale: str) -> Mapping[str, tuple[str, ...]]:
    """DIDs by role as the sale's view names them; empty for a sale that is not here."""
    row = office.journal.view(SALE_VIEW).get(f"sale/{sale}")
    return {} if row is None else {role: tuple(held) for role, held in row["roles"].items()}


def default_audience(office: Office, kind: str, sales: Iterable[str], payload: Any) -> tuple[str, ...] | None:
    """The DIDs that read a record of ``kind`` where its issuer does not say otherwise; empty: public.

    For an order, which opens the sale, the roles are those that its own payload names. None where this node cannot
    know: it may not read the order of one of ``sales``, or nobody is found for a kind that is not public.
    """
    readers = READERS.get(kind, TRADERS)
    named: list[str] = []
    of_sales = [roles_of_sale(office, sale) for sale in sales]
    for roles in [_roles_in(payload), *of_sales]:
        named += [did for role, held in roles.items() if role in readers for did in held]
    if readers and not (named and all(of_sales)):
        return None
    return tuple(sorted(set(named)))


def _roles_in(payload: Any) -> dict[str, tuple[str, ...]]:
    roles: dict[str, list[str]] = {}
    for role in ("buyer", "seller"):
        did = getattr(getattr(payload, role, None), "did", None)
        if did:
            roles.setdefault(role, []).append(did)
    for each in getattr(payload, "parties", ()):
        if each.party.did:
            roles.setdefault(str(each.role), []).append(each.party.did)
    registrar = getattr(payload, "registrar", None)
    if registrar:
        roles.setdefault("registrar", []).append(registrar)
    office = getattr(getattr(payload, "office", None), "did", None)
    if office:
        direction = getattr(payload, "direction", "import")
        roles.setdefault(f"{direction}_customs", []).append(office)
    return {role: tuple(held) for role, held in roles.items()}


def may_read(audience: Iterable[str], issuer: str, readers: Iterable[str]) -> bool:
    """Whether one of ``readers`` is the issuer, in the audience, or the record is public."""
    allowed = set(audience)
    return not allowed or not allowed.isdisjoint(readers) or issuer in set(readers)
