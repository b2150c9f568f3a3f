"""Sales of the caller's party."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema

from entrepot.flow.reading import sale_ids, sale_page, sale_summary
from entrepot.node.api.auth import READERS, caller
from entrepot.node.api.edge import ERRORS
from entrepot.node.problem import ProblemError
from entrepot.node.running import office

router = Router(tags=["sales"], auth=READERS)
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


@router.get("", response={200: SaleList, **ERRORS}, summary="List my sales")
def list_sales(
    request: HttpRequest, offset: int = Query(0, ge=0, le=1 << 31), limit: int = Query(50, ge=1, le=200)
) -> dict[str, Any]:
    """The sales in which the caller's party holds a role, by id."""
    ids = sale_ids(office().journal, caller(request).readers)
    page = [sale_summary(office().journal, each) for each in ids[offset : offset + limit]]
    more = offset + limit < len(ids)
    return {"sales": [each for each in page if each], "next": offset + limit if more else None}


@router.get("/{sale}", response={200: dict[str, Any], **ERRORS}, summary="Show one sale")
def show_sale(request: HttpRequest, sale: str = Id) -> dict[str, Any]:
    """State, accounts, roles and records of one sale, in its deterministic order."""
    readers = caller(request).readers
    if sale not in sale_ids(office().journal, readers):
        raise ProblemError(404, "not-found", "No sale of yours has that id.")
    page = sale_page(office().journal, sale, readers)
    assert page is not None, "a sale that a party holds has a row"
    return page
