"""The records of a sale as a desk finds them: those that are in effect and that its party may read."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext

from entrepot.base.record import Record
from entrepot.flow.audience import roles_of_sale
from entrepot.flow.issue import Draft
from entrepot.flow.kinds import read_record
from entrepot.flow.reading import sale_ids
from entrepot.flow.told import audience_told, counting, roles_told
from entrepot.node.account.acting import Acting
from entrepot.node.page.desk.desk import Case, Fact, in_order
from entrepot.node.running import office
from entrepot.sale.fact import Role


def sales_as(acting: Acting, *roles: Role) -> Iterator[str]:
    """The sales in which the party holds one of the roles."""
    for sale in sale_ids(office().journal, acting.readers):
        if holds(acting, sale, *roles):
            yield sale


def holds(acting: Acting, sale: str, *roles: Role) -> bool:
    """Whether the party holds one of the roles in the sale; where its order is not here, whether it is told so."""
    held = roles_told(office(), sale, acting.readers)
    return any(acting.party in held.get(str(each), ()) for each in roles)


def by_sale(
    case: Callable[[str, Acting], Case | None], *roles: Role
) -> tuple[Callable[[Acting], list[Case]], Callable[[Acting, str], Case | None]]:
    """How a desk lists and finds its cases where each is a sale in which its party holds one of the roles; ``case``:
    the case that a sale makes, None where it makes none yet."""

    def cases(acting: Acting) -> list[Case]:
        return in_order([each for each in (case(sale, acting) for sale in sales_as(acting, *roles)) if each])

    def find(acting: Acting, sale: str) -> Case | None:
        return case(sale, acting) if holds(acting, sale, *roles) else None

    return cases, find


def sale_fact(case: Case) -> Fact:
    """The way to the sale that a case is."""
    return Fact(gettext("The sale"), case.number, f"/sales/{case.id}")


def papers(sale: str, acting: Acting) -> list[tuple[Record, Any]]:
    """Records of a sale with their payloads, in the sale's order: those that count for the party."""
    found = ((record, read_record(record)[0]) for record in counting(office(), sale, acting.readers))
    return [(record, payload) for record, payload in found if payload is not None]


def addressed(draft: Draft, acting: Acting) -> Draft:
    """The draft with its readers, where the order, which names the parties, is not here."""
    if draft.audience is not None or not draft.sales or roles_of_sale(office(), draft.sales[0]):
        return draft
    return replace(draft, audience=audience_told(office(), draft.kind, draft.sales[0], acting.readers))


def newest(found: list[tuple[Record, Any]], kind: str, *, issuer: str = "") -> tuple[Record, Any] | None:
    """The newest record of a kind, of one issuer where it is named."""
    own = [each for each in found if each[0].kind == kind and issuer in ("", each[0].content.issuer)]
    return own[-1] if own else None
