"""What this community measures: published figures, for everybody."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Path, Router, Schema

from entrepot.economy.load import codes
from entrepot.node.api.edge import wrongs
from entrepot.node.figures import figures
from entrepot.node.problem import ProblemError
from entrepot.statistic.definition import EDITION
from entrepot.statistic.publication import Line, Publication, publish

router = Router(tags=["statistics"])


class FigureLine(Schema):
    """Figures of one part. ``null``: withheld, because it would tell of one firm. Money in major units, as text."""

    member: str
    sales: int | None
    unvalued: int | None
    values: dict[str, str | None]


class Figures(Schema):
    """The figures of one economy: counts received before ``until``, after the definitions of ``edition``."""

    reporter: str
    edition: str
    until: datetime
    total: FigureLine
    tables: dict[str, list[FigureLine]]


@router.get("", response={200: list[Figures], **wrongs()}, summary="What is counted", auth=None)
def list_figures(request: HttpRequest) -> list[dict[str, Any]]:
    """The figures of every economy that has counted sales on this node."""
    found = figures()
    return [_figures(each, found.until) for each in found.economies.values()]


@router.get("/{code}", response={200: Figures, **wrongs(404, 422)}, summary="What one economy counted", auth=None)
def show_figures(request: HttpRequest, code: str = Path(..., pattern="^[A-Z]{2}$")) -> dict[str, Any]:
    """Its digital-trade tables; each cut of the same sales."""
    if code not in codes():
        raise ProblemError(404, "not-found", "There is no file for that economy.")
    found = figures()
    return _figures(found.economies.get(code) or publish((), reporter=code), found.until)


def _figures(found: Publication, until: datetime) -> dict[str, Any]:
    return {
        "reporter": found.reporter,
        "edition": EDITION,
        "until": until,
        "total": _line(found.total),
        "tables": {name: [_line(each) for each in lines] for name, lines in found.tables.items()},
    }


def _line(line: Line) -> dict[str, Any]:
    values = {currency: text for measure, currency, text in line.figures() if measure == "value"}
    return {"member": line.member, "sales": line.sales, "unvalued": line.unvalued, "values": values}
