"""What is counted: of the whole community by economy, and of one economy in every cut."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from entrepot.base.money import Money
from entrepot.economy.load import codes
from entrepot.node.figures import figures
from entrepot.node.page.answer import error_page, page
from entrepot.node.page.language import Language, language_of
from entrepot.node.page.reading import money
from entrepot.node.page.statistic.picture import Picture, bars
from entrepot.node.page.statistic.words import MEMBERS, TITLES, economy_name, part
from entrepot.statistic.definition import HANDBOOK
from entrepot.statistic.disclosure import ENTERPRISES_MIN, PERCENT
from entrepot.statistic.publication import TOTAL, Line, Publication, publish

COLUMNS = ("reporter", "until", "table", "member", "measure", "currency", "figure", "status")
"""Columns of the file; ``status``: ``published`` or ``withheld``, and then there is no figure."""

RULES: dict[str, Any] = {"least": ENTERPRISES_MIN, "percent": PERCENT, "handbook": HANDBOOK}
"""What the pages say of how the figures are made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A line of a table as a reader sees it; empty figures are withheld. ``code``: of the economy it leads to."""

    label: str
    sales: str
    values: tuple[str, ...]
    unvalued: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its picture."""

    name: str
    title: str
    picture: Picture
    lines: tuple[Shown, ...]


@require_safe
def statistic_list(request: HttpRequest) -> HttpResponse:
    """Every economy that has counted sales on this node, beside each other."""
    language, found = language_of(request), figures()
    lines = [(each.total, economy_name(each.reporter, language), each.reporter) for each in found.economies.values()]
    title = gettext("Sales counted, by the economy that counts")
    whole = _table("economies", title, lines, language)
    return page(request, "statistic/list.html", table=whole, until=found.until, **RULES)


@require_safe
def statistic_page(request: HttpRequest, code: str) -> HttpResponse:
    """The tables of one economy."""
    if code.upper() not in codes():
        return error_page(request, 404)
    language, until, found = language_of(request), figures().until, published(code)
    return page(
        request,
        "statistic/economy.html",
        code=found.reporter,
        name=economy_name(found.reporter, language),
        total=total_of(found, language),
        tables=[_of(name, lines, language) for name, lines in found.tables.items() if lines],
        until=until,
        **RULES,
    )


@require_safe
def statistic_file(request: HttpRequest, code: str) -> HttpResponse:
    """The same figures as a file: CSV (RFC 4180), one figure a line, in UTF-8."""
    if code.upper() not in codes():
        return error_page(request, 404)
    answer = HttpResponse(_csv(published(code), figures().until.isoformat()), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="counted-{code.upper()}.csv"'
    return answer


def published(code: str) -> Publication:
    """What is published of an economy; nothing but zero sales where none is counted."""
    return figures().economies.get(code.upper()) or publish((), reporter=code.upper())


def total_of(found: Publication, language: Language) -> Shown:
    """The sum of all sales that an economy counted, in words."""
    return _shown(found.total, gettext(MEMBERS[TOTAL[1]]), language)


def figures_of(found: Publication, table: str, language: Language) -> list[Shown]:
    """The lines of one table; each leads to the partner economy that it is about, if any."""
    return [
        _shown(each, part(table, each.member, language), language, each.member.partition("/")[2])
        for each in found.tables[table]
    ]


def _of(name: str, lines: tuple[Line, ...], language: Language) -> Table:
    return _table(
        name, gettext(TITLES[name]), [(each, part(name, each.member, language), "") for each in lines], language
    )


def _table(name: str, title: str, lines: list[tuple[Line, str, str]], language: Language) -> Table:
    shown = [_shown(line, label, language, code) for line, label, code in lines]
    drawn = bars(
        (words.label, words.sales or gettext("withheld"), line.sales, line.member == "unknown")
        for words, (line, _, _) in zip(shown, lines, strict=True)
    )
    return Table(name=name, title=title, picture=drawn, lines=tuple(shown))


def _shown(line: Line, label: str, language: Language, code: str = "") -> Shown:
    return Shown(
        label=label,
        sales=_number(line.sales, language),
        values=tuple(
            gettext("%(currency)s withheld") % {"currency": currency}
            if minor is None
            else money(Money(minor, currency), language)
            for currency, minor in line.values
        ),
        unvalued=_number(line.unvalued, language),
        code=code,
    )


def _number(value: int | None, language: Language) -> str:
    return "" if value is None else str(format_decimal(value, locale=language.locale))


def _csv(found: Publication, until: str) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_rows(found, until))
    return text.getvalue()


def _rows(found: Publication, until: str) -> Iterator[tuple[str, ...]]:
    for table, line in found.lines():
        for measure, currency, figure in line.figures():
            state = "withheld" if figure is None else "published"
            yield found.reporter, until, table, line.member, measure, currency, figure or "", state
