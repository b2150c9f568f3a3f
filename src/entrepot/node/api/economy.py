"""Dated facts of the economies: public."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Router, Schema

from entrepot.base.shape import dump
from entrepot.economy import economies, economy
from entrepot.economy.load import EconomyError
from entrepot.node.api.edge import wrongs
from entrepot.node.problem import ProblemError

router = Router(tags=["economies"])


class EconomyLine(Schema):
    """An economy in the list."""

    code: str
    name: str


@router.get("", response={200: list[EconomyLine], **wrongs()}, summary="List the economies", auth=None)
def list_economies(request: HttpRequest) -> list[dict[str, str]]:
    """All economies with a file, by code."""
    return [
        {"code": each.code, "name": each.names.short.name if each.names.short else each.code} for each in economies()
    ]


@router.get("/{code}", response={200: dict[str, Any], **wrongs(404, 422)}, summary="Show one economy", auth=None)
def show_economy(request: HttpRequest, code: str = Path(..., pattern="^[A-Z]{2}$")) -> dict[str, Any]:
    """Every fact with its source and date."""
    try:
        found: dict[str, Any] = dump(economy(code))
    except EconomyError:
        raise ProblemError(404, "not-found", "There is no file for that economy.") from None
    return found
