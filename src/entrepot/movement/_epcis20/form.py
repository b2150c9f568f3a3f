"""Forms of single values: what they must look like, and the findings when they do not."""

import re
from collections.abc import Callable
from typing import Any

from entrepot.base.finding import Finding
from entrepot.base.moment import parse_moment
from entrepot.movement._epcis20.finding import finding
from entrepot.movement._epcis20.vocabulary import CBV

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")
_CBV_URN = re.compile(r"urn:epcglobal:cbv|https?://ns\.gs1\.org/cbv/")
_GS1_VOC = re.compile(r"https?://(www\.)?gs1\.org/voc/")
_OFFSET = re.compile(r"[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)")
_SECONDS = re.compile(r"(\.\d{9})\d+")
Form = Callable[[Any, str], list[Finding]]
"""Judges one value at one path."""


def is_uri(value: Any) -> bool:
    """Whether ``value`` is an absolute URI (RFC 3986); a compact URI ``prefix:name`` has the same form."""
    return isinstance(value, str) and _URI.fullmatch(value) is not None


def uri(value: Any, path: str) -> list[Finding]:
    """An absolute URI."""
    if is_uri(value):
        return []
    remedy = "Write a URI, for instance an EPC URN or a GS1 Digital Link."
    return [finding(1, "{value} is not a URI.", path, value=_short(value), remedy=remedy)]


def time(value: Any, path: str) -> list[Finding]:
    """A moment with a zone (RFC 3339)."""
    if isinstance(value, str) and _is_moment(value):
        return []
    remedy = "Write it like 2026-11-20T08:30:00Z."
    return [finding(2, "{value} is not a time with a zone.", path, value=_short(value), remedy=remedy)]


def _is_moment(text: str) -> bool:
    try:
        parse_moment(_SECONDS.sub(r"\1", text))
    except ValueError:
        return False
    return True


def offset(value: Any, path: str) -> list[Finding]:
    """An offset from UTC, ``+08:00``."""
    if isinstance(value, str) and _OFFSET.fullmatch(value):
        return []
    return [finding(3, "{value} is not an offset from UTC.", path, value=_short(value), remedy="Write it like +08:00.")]


def number(value: Any, path: str) -> list[Finding]:
    """A JSON number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return []
    return [finding(4, "{value} is not a number.", path, value=_short(value), remedy="Write it without quotes.")]


def text(value: Any, path: str) -> list[Finding]:
    """A JSON string."""
    return [] if isinstance(value, str) else [finding(5, "{value} is not a text.", path, value=_short(value))]


def truth(value: Any, path: str) -> list[Finding]:
    """``true`` or ``false``."""
    return [] if isinstance(value, bool) else [finding(6, "{value} is not true or false.", path, value=_short(value))]


def matching(pattern: str, meaning: str) -> Form:
    """A text of the form ``pattern``, which ``meaning`` names."""
    compiled = re.compile(pattern)

    def judge(value: Any, path: str) -> list[Finding]:
        if isinstance(value, str) and compiled.fullmatch(value):
            return []
        return [finding(7, "{value} is not {meaning}.", path, value=_short(value), meaning=meaning)]

    return judge


def word(allowed: frozenset[str], *, web_vocabulary: bool = False) -> Form:
    """A standard word, or a URI of somebody else's vocabulary; never a standard value in the form that XML uses."""
    refused = _GS1_VOC if web_vocabulary else _CBV_URN

    def judge(value: Any, path: str) -> list[Finding]:
        if isinstance(value, str) and (value in allowed or (is_uri(value) and not refused.match(value))):
            return []
        remedy = "Use a word of the vocabulary, or a URI of your own."
        message = "{value} is not in the standard vocabulary."
        return [finding(8, message, path, value=_short(value), source=CBV, remedy=remedy)]

    return judge


def many(form: Form, *, least: int = 0, unique: bool = False) -> Form:
    """A list whose members have ``form``."""

    def judge(value: Any, path: str) -> list[Finding]:
        if not isinstance(value, list):
            return [finding(9, "A list is expected here.", path, remedy="Send a JSON array.")]
        found = [each for index, inner in enumerate(value) for each in form(inner, f"{path}[{index}]")]
        if len(value) < least:
            found.append(finding(10, "The list is empty.", path, remedy="Leave it out, or fill it."))
        if unique and not found and len(set(map(repr, value))) != len(value):
            found.append(finding(11, "The list repeats a member.", path, remedy="State each once."))
        return found

    return judge


def _short(value: Any) -> str:
    return repr(value)[:80]
