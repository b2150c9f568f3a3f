"""The economies: a list with a tile map, and a page of facts for each, with source, day and confidence."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from entrepot.economy import Economy, economies, economy, source_of
from entrepot.economy.fields import coverage, rows
from entrepot.economy.load import codes, sources_of
from entrepot.economy.shape import Backed, Source
from entrepot.node.page.answer import error_page, page
from entrepot.node.page.language import Language, gettext_noop, language_of
from entrepot.node.page.place import PLACES

HEADINGS = {
    "names": gettext_noop("Names"),
    "iso": gettext_noop("Codes"),
    "currency": gettext_noop("Currency"),
    "languages": gettext_noop("Languages"),
    "zones": gettext_noop("Time zones"),
    "valuation": gettext_noop("Customs value"),
    "identifiers": gettext_noop("Numbers of businesses"),
    "taxes": gettext_noop("Taxes on consumption"),
    "lowvalue": gettext_noop("Goods of low value at the border"),
    "invoices": gettext_noop("Electronic invoices"),
    "qr": gettext_noop("Payment by QR code"),
    "memberships": gettext_noop("Agreements"),
    "absent": gettext_noop("Shown not to exist"),
}
"""Part of an economy's file -> its heading, in the order of the page."""
CONFIDENCE = {
    "read": gettext_noop("read in the official text"),
    "secondary": gettext_noop("read in somebody else's account"),
    "unconfirmed": gettext_noop("not confirmed: shown, and decides nothing"),
}
_BACKING = {each.name for each in dataclasses.fields(Backed)}


@dataclass(frozen=True, slots=True)
class Tile:
    """One economy on the map."""

    code: str
    name: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of a file: its words, the part of the source, the note, and where it is from."""

    words: tuple[tuple[str, str], ...]
    what: str
    note: str
    source: Source
    confidence: str
    checked: date


def name_of(found: Economy, language: Language) -> str:
    """The name of an economy: its own in English, where APEC or ASEAN have one; CLDR's in other languages.

    CLDR names some economies in ways that APEC does not use; there the name of the file stays.
    """
    names = found.names
    kept = names.apec or names.asean or names.short
    official = kept.name if kept else found.code
    if language.code == "en" or found.code in ("HK", "TW"):
        return official
    return str(language.locale.territories.get(found.code, official))


def tiles(language: Language) -> list[Tile]:
    """Every economy with its place on the map, by row and column."""
    found = [Tile(each.code, name_of(each, language), *PLACES[each.code]) for each in economies()]
    return sorted(found, key=lambda each: (each.row, each.column))


@require_GET
def economy_list(request: HttpRequest) -> HttpResponse:
    """All economies, by name."""
    language = language_of(request)
    return page(request, "economies.html", tiles=sorted(tiles(language), key=lambda each: each.name))


@require_GET
def economy_page(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of one economy, what is unknown, and where each value is from."""
    if code.upper() not in codes():
        return error_page(request, 404)
    found = economy(code.upper())
    covered = coverage(found, sources_of(found), today=datetime.now(UTC).date())
    facts: dict[str, list[Fact]] = {}
    for path, fact in _facts(found):
        facts.setdefault(path, []).append(fact)
    return page(
        request,
        "economy.html",
        code=found.code,
        name=name_of(found, language_of(request)),
        groups=[(gettext(HEADINGS[key]), facts[key]) for key in HEADINGS if key in facts],
        unknown=sorted(found.unknown.items()),
        open=covered.open,
        stale=covered.stale,
    )


def _facts(found: Economy) -> Iterator[tuple[str, Fact]]:
    for path, row in rows(found):
        source = source_of(found, row)
        words = tuple(_words(path, row))
        confidence = gettext(CONFIDENCE[str(source.confidence)])
        head = path.split("[")[0].split(".")[0]
        yield head, Fact(words, row.what or "", row.note or "", source, confidence, source.checked)


def _words(path: str, row: Backed) -> Iterator[tuple[str, str]]:
    head, _, tail = path.partition(".")
    if head == "absent":
        yield "field", tail
    for each in dataclasses.fields(row):
        value = getattr(row, each.name)
        if each.name in _BACKING or value is None or value is False:
            continue
        label = tail if head == "names" else each.name.rstrip("_")
        yield label, "✓" if value is True else ", ".join(value) if isinstance(value, tuple) else str(value)
