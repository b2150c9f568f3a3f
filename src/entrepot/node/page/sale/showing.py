"""What was typed, as it will be read: words of choices, days and numbers as the reader's language writes them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from babel.dates import format_date
from babel.numbers import format_decimal
from django.http import HttpRequest

from entrepot.node.page.entry import Entry
from entrepot.node.page.language import Language, language_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A label and what stands beside it; ``name`` and ``value`` as they are sent again; ``shown``: a picture."""

    label: str
    words: str
    name: str
    value: str
    shown: str = ""


def shown(request: HttpRequest, entries: list[Entry]) -> list[Shown]:
    """All that was filled in."""
    language = language_of(request)
    return [Shown(each.label, _words(each, language), each.name, each.value, each.shown) for each in entries]


def _words(entry: Entry, language: Language) -> str:
    text = entry.value.strip()
    if entry.kind == "choices":
        words = dict(entry.options)
        return " · ".join(words.get(each, each) for each in entry.chosen)
    if entry.kind == "files":
        return " · ".join(name for _, name in entry.options)
    if entry.kind in ("select", "told"):
        return dict(entry.options).get(text, text)
    try:
        if entry.kind == "date" and text:
            return format_date(date.fromisoformat(text), format="long", locale=language.locale)
        if entry.kind == "number" and text:
            return format_decimal(Decimal(text), locale=language.locale, decimal_quantization=False)
    except (ValueError, InvalidOperation):
        return text
    return text
