"""Sales of the caller's party."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema

from entrepot.base.shape import dump
from entrepot.flow.count import sale_row
from entrepot.flow.reading import has_sale, sale_ids, sale_page, sale_summary
from entrepot.flow.thread import thread
from entrepot.node.api.auth import READERS, caller
from entrepot.node.api.edge import BEHIND_TOKEN, wrongs
from entrepot.node.problem import ProblemError
from entrepot.node.running import office
from entrepot.statistic.count import count_of
from entrepot.statistic.row import row_of

router = Router(tags=["sales"], auth=READERS)
READING = wrongs(*BEHIND_TOKEN, 404, 422)
Id = Path(..., pattern="^[0-9a-f]{64}$", description="Id of the record that opened the sale.")


class SaleLine(Schema):
    """A sale in a list."""

    sale: str
    state: str
    payment: str
    fulfilment: str
    dispute: str


class SaleList(Schema):
    """The caller's sales; ``next`` is the offset of the next page, absent on the last."""

    sales: list[SaleLine]
    next: int | None = None


@router.get("", response={200: SaleList, **wrongs(*BEHIND_TOKEN, 422)}, summary="List my sales")
def list_sales(
    request: HttpRequest, offset: int = Query(0, ge=0, le=1 << 31), limit: int = Query(50, ge=1, le=200)
) -> dict[str, Any]:
    """The sales in which the caller's party holds a role, by id; each as far as that party may read its records."""
    here, readers = office(), caller(request).readers
    ids = sale_ids(here.journal, readers)
    page = [sale_summary(here.journal, each, readers, recall=here.recall) for each in ids[offset : offset + limit]]
    more = offset + limit < len(ids)
    return {"sales": [each for each in page if each], "next": offset + limit if more else None}


@router.get("/{sale}", response={200: dict[str, Any], **READING}, summary="Show one sale")
def show_sale(request: HttpRequest, sale: str = Id) -> dict[str, Any]:
    """State, accounts, roles and records of one sale, in its deterministic order, and its messages.

    All of it follows from the records that the caller's party may read; of the others it shows the ids.
    """
    here, readers = office(), _readers(request, sale)
    page = sale_page(here.journal, sale, readers, custodies=here.custodies(), recall=here.recall)
    assert page is not None, "a sale that a party holds has a row"
    return page | {"messages": thread(here.journal, sale, readers, custodies=here.custodies())}


@router.get("/{sale}/row", response={200: dict[str, Any], **READING}, summary="The sale's row in the table")
def show_row(
    request: HttpRequest,
    sale: str = Id,
    reporter: str = Query(..., pattern="^[A-Z]{2}$", description="The economy that counts."),
    persons_employed: int | None = Query(None, ge=0, le=10**7, description="From the reporter's own register."),
) -> dict[str, Any]:
    """The payload of a ``count`` record, as it follows from what the caller's party may read, and what is unknown.

    404 ``withheld`` where the party may not read the order or the invoices; 422 where the economy is on neither side
    of the sale.
    """
    here, readers = office(), _readers(request, sale)
    known = sale_row(here.journal, sale, readers=readers, recall=here.recall, persons_employed=persons_employed)
    if known is None:
        raise ProblemError(404, "withheld", "The order or the invoices of that sale are not for you to read here.")
    row, findings = row_of(known, reporter=reporter)
    if row is None:
        raise ProblemError(422, "findings", "The sale has no row for that economy.", findings)
    return {"count": dump(count_of(row)), "findings": [each.to_json() for each in findings]}


def _readers(request: HttpRequest, sale: str) -> frozenset[str]:
    """As whom the caller reads the sale; raises a 404 problem where it holds no role in it."""
    readers = caller(request).readers
    if not has_sale(office().journal, sale, readers):
        raise ProblemError(404, "not-found", "No sale of yours has that id.")
    return readers
