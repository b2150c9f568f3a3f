"""What is known of an economy in words: its name, and its facts with source, day and confidence."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from entrepot.economy import Economy, economies, source_of
from entrepot.economy.fields import rows
from entrepot.economy.shape import Backed, Source
from entrepot.node.page.language import Language, gettext_noop
from entrepot.node.page.place import AGREED

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

    CLDR names some economies in ways that APEC does not use; there APEC's name is translated.
    """
    names = found.names
    kept = names.apec or names.asean or names.short
    official = kept.name if kept else found.code
    if found.code in AGREED:
        return gettext(AGREED[found.code])
    if language.code == "en":
        return official
    return str(language.locale.territories.get(found.code, official))


def names(language: Language) -> tuple[tuple[str, str], ...]:
    """Code and name of every economy, by name."""
    return tuple(sorted(((each.code, name_of(each, language)) for each in economies()), key=lambda each: each[1]))


def facts_of(found: Economy) -> dict[str, list[Fact]]:
    """The rows of an economy's file, by the part of the file that they stand in."""
    facts: dict[str, list[Fact]] = {}
    for path, fact in _facts(found):
        facts.setdefault(path, []).append(fact)
    return facts


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
