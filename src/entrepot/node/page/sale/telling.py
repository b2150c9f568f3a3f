"""Findings beside the fields: each goes to the field that its path names, in the reader's language where it has one."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext

from entrepot.base.finding import Finding, blocking, fill
from entrepot.node.page.entry import Entry
from entrepot.node.page.sale.course import COURSE
from entrepot.node.page.sale.finding import WORDS

PAYLOAD = "$.payload"
CONSEQUENCE = "ENT-CORE-AUDIENCE-01"
"""Nobody can say who reads a document whose form is wrong: told only where nothing else is."""


def tell(findings: Iterable[Finding], entries: list[Entry]) -> list[tuple[str, bool]]:
    """Put blocking findings beside their fields; those without a field come back, each with whether it is English."""
    rest = []
    stopping = blocking(findings)
    for each in stopping:
        if each.id == CONSEQUENCE and len(stopping) > 1:
            continue
        words, is_english = say(each)
        entry = _entry_for(each.path, entries)
        if entry is None:
            rest.append((words, is_english))
        elif words not in (*entry.problems, *entry.english):
            (entry.english if is_english else entry.problems).append(words)
    return list(dict.fromkeys(rest))


def say(finding: Finding) -> tuple[str, bool]:
    """What was found and what fixes it, and whether that is English for want of a translation."""
    is_known = {finding.message, finding.remedy} <= {*WORDS, ""}
    parts = [gettext(each) if is_known else each for each in (finding.message, finding.remedy) if each]
    words = " ".join(fill(each, finding.params) for each in parts)
    return words, not is_known and get_language() != "en"


def kept_words(row: Mapping[str, Any]) -> tuple[tuple[str, bool], ...]:
    """A finding as the journal keeps it, its remedy filled already: each sentence, and whether it is English for want
    of a translation."""
    message, remedy = (_in_language(row[each], row["params"]) for each in ("message", "remedy"))
    return tuple(each for each in (message, remedy) if each[0])


def _in_language(text: str, params: Mapping[str, str]) -> tuple[str, bool]:
    words = gettext(text) if text in (*WORDS, *COURSE) else text
    return fill(words, params), words == text and get_language() != "en"


def _entry_for(path: str, entries: list[Entry]) -> Entry | None:
    """The field whose member is the one of ``path``, holds it, or lies in it; the most exact of them."""
    inner = "$" + path.removeprefix(PAYLOAD) if path.startswith(PAYLOAD) else path
    own = [each for each in entries if each.path and (_holds(each.path, inner) or _holds(inner, each.path))]
    return max(own, key=lambda each: _common(each.path, inner), default=None)


def _holds(outer: str, inner: str) -> bool:
    return outer != "$" and (inner == outer or inner.startswith((f"{outer}.", f"{outer}[")))


def _common(one: str, other: str) -> int:
    return sum(a == b for a, b in zip(one, other, strict=False))
