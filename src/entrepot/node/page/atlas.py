"""The economies: a tile map with what this node counts of each, their list, and a page for each of them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from entrepot.economy import economies, economy
from entrepot.economy.fields import coverage
from entrepot.economy.load import codes, sources_of
from entrepot.flow.offersearch import offers_by_economy
from entrepot.node.figures import figures
from entrepot.node.page.answer import error_page, page
from entrepot.node.page.claim import claims
from entrepot.node.page.economy import HEADINGS, facts_of, name_of
from entrepot.node.page.language import Language, language_of
from entrepot.node.page.place import PLACES
from entrepot.node.page.statistic.tables import figures_of, published, total_of
from entrepot.node.running import office


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One economy on the map. ``offers``: open ones that this node knows; ``sales``: counted, where published."""

    code: str
    name: str
    row: int
    column: int
    offers: int
    sales: int


def tiles(language: Language) -> list[Tile]:
    """Every economy with its place on the map, by row and column."""
    offers, counted = offers_by_economy(office()), figures().economies
    found = []
    for each in economies():
        row, column = PLACES[each.code]
        sales = counted[each.code].total.sales if each.code in counted else 0
        named = name_of(each, language)
        found.append(
            Tile(code=each.code, name=named, row=row, column=column, offers=offers.get(each.code, 0), sales=sales or 0)
        )
    return sorted(found, key=lambda each: (each.row, each.column))


@require_GET
def economy_list(request: HttpRequest) -> HttpResponse:
    """All economies, by name."""
    language = language_of(request)
    return page(request, "economies.html", tiles=sorted(tiles(language), key=lambda each: each.name))


@require_GET
def economy_page(request: HttpRequest, code: str) -> HttpResponse:
    """What this community measures of one economy, what others claim, what is known and what is unknown."""
    if code.upper() not in codes():
        return error_page(request, 404)
    found, language, counted = economy(code.upper()), language_of(request), published(code)
    covered = coverage(found, sources_of(found), today=datetime.now(UTC).date())
    facts = facts_of(found)
    return page(
        request,
        "economy.html",
        code=found.code,
        name=name_of(found, language),
        counted=total_of(counted, language),
        is_counted=found.code in figures().economies,
        partners=figures_of(counted, "partner", language),
        offers=offers_by_economy(office()).get(found.code, 0),
        claims=[each for each in claims() if each.economy == found.code],
        groups=[(gettext(HEADINGS[key]), facts[key]) for key in HEADINGS if key in facts],
        unknown=sorted(found.unknown.items()),
        open=covered.open,
        stale=covered.stale,
    )
