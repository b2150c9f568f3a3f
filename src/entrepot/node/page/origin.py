"""Origins: what was asked for in public, and the page, command and test that answers it here, from one file."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from entrepot.node.page.answer import page
from entrepot.node.page.language import gettext_noop

STATES = {
    "real": gettext_noop("real"),
    "simulated": gettext_noop("simulated"),
    "begun": gettext_noop("begun"),
    "not yet": gettext_noop("not yet"),
}
"""How far the program answers: for real, with an invented counterpart, in part, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One row: where it was asked for (letters of :attr:`Origins.articles`; none: inferred), and what answers it."""

    id: str
    asked: str
    articles: str = ""
    state: str
    does: str = ""
    pages: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Origins:
    """The whole file."""

    articles: dict[str, str]
    rows: tuple[Origin, ...]


@cache
def origins() -> Origins:
    """The file, read once."""
    value = tomllib.loads((resources.files("entrepot.node.page") / "origins.toml").read_text("utf-8"))
    return Origins(value["articles"], tuple(_origin(each) for each in value["row"]))


def _origin(row: dict[str, Any]) -> Origin:
    values: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in row.items()}
    return Origin(**values)


@require_GET
def origins_page(request: HttpRequest) -> HttpResponse:
    """The table, and the articles it goes back to."""
    found = origins()
    lines = [
        (each, gettext(each.asked), gettext(STATES[each.state]), gettext(each.does) if each.does else "")
        for each in found.rows
    ]
    return page(request, "origins.html", lines=lines, articles=sorted(found.articles.items()))
