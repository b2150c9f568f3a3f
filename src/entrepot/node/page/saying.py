"""Sentences of the rooms in the reader's language; what has no words in it is left to the code beside it."""

import re
from collections.abc import Mapping
from datetime import date

from babel.dates import format_date, format_datetime
from django.utils.translation import get_language, gettext

from entrepot.base.moment import parse_moment
from entrepot.base.said import Said, fill, has_words
from entrepot.economy.load import codes, economy
from entrepot.node.page.economy import name_of
from entrepot.node.page.language import BY_CODE, gettext_noop
from entrepot.node.page.sale.words import KINDS, word

ONLY_CODE = gettext_noop("The exact reason is told by its code alone.")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_KINDS = ("granted", "asked")
"""Places that hold kinds of records."""


def spoken(text: str) -> str:
    """``text`` in the reader's language. A sentence without a translation, and words of other programs, are told in
    English to its readers alone; to all others is said that they are not told. What is no sentence is data, and stays.
    """
    if not isinstance(text, Said) or get_language() == "en" or not text:
        return text
    return _spoken(text) or gettext(ONLY_CODE)


def filled(text: str, params: Mapping[str, str]) -> str:
    """The translation of ``text`` with its places filled, the sentences and moments among them in that language too."""
    return fill(gettext(text), {name: _part(name, each) for name, each in params.items()})


def is_translated(text: str) -> bool:
    """Whether the reader's language has words for ``text``."""
    return gettext(text) != text


def _spoken(text: Said) -> str:
    """Empty where it has no words in the reader's language."""
    if has_words(text.template):
        return filled(text.template, text.params) if is_translated(text.template) else ""
    parts = {name: _spoken(each) if isinstance(each, Said) else each for name, each in text.params.items()}
    return fill(text.template, parts).strip() if any(parts.values()) else ""


def _part(name: str, value: str) -> str:
    if isinstance(value, Said):
        return spoken(value)
    if name == "economy":
        return _economy(value)
    if name in _KINDS:
        return ", ".join(word(KINDS, each) for each in value.split(", "))
    return _moment(value) if _MOMENT.fullmatch(value) or _DAY.fullmatch(value) else value


def _economy(code: str) -> str:
    """The name of an economy in the reader's language; the code of one that has no file."""
    return name_of(economy(code), BY_CODE[get_language() or "en"]) if code in codes() else code


def _moment(value: str) -> str:
    """A moment, or a day, as the reader's language writes it."""
    language = get_language() or "en"
    if language == "en":
        return value
    if _DAY.fullmatch(value):
        return format_date(date.fromisoformat(value), format="long", locale=BY_CODE[language].locale)
    return f"{format_datetime(parse_moment(value), format='medium', locale=BY_CODE[language].locale)} UTC"
