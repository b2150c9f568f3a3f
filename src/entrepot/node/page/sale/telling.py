"""Findings beside the fields: each goes to the field that its path names, in the reader's language where it has one."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext

from entrepot.base.finding import Finding, Severity, blocking
from entrepot.base.said import Said, fill, has_words, put_together
from entrepot.flow.prove import NUMBERS
from entrepot.node.page.entry import Entry
from entrepot.node.page.remedy import REMEDIES
from entrepot.node.page.saying import filled, is_translated

PAYLOAD = "$.payload"
QUESTION = "asks"
"""The place of a finding that holds the question of a rule."""
_PROOFS = {f"ENT-CORE-PROOF-{number:02d}": name for name, number in NUMBERS.items()}
"""Id of a finding on a proof -> the question that it answers."""
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


def hint(findings: Iterable[Finding], entries: list[Entry]) -> None:
    """Put what does not stop anything beside the field that it is about; what is about none is told with the look."""
    for each in findings:
        entry = None if each.severity is Severity.BLOCKING else _entry_for(each.path, entries)
        if entry is not None and (words := say(each)) not in entry.hints:
            entry.hints.append(words)


def say(finding: Finding) -> tuple[str, bool]:
    """What was found and what fixes it, and whether that is English for want of a translation."""
    parts = [each for each in (finding.message, finding.remedy) if each]
    is_known = all(_is_told(each, finding.params) for each in parts)
    words = [_told(each, finding.params) if is_known else fill(each, finding.params) for each in parts]
    return " ".join(words), not is_known and get_language() != "en"


def kept_words(row: Mapping[str, Any]) -> tuple[tuple[str, bool], ...]:
    """A finding as the journal keeps it: each sentence, and whether it is English for want of a translation."""
    params = put_together(row)
    texts = [each for each in (row["message"], _remedy(row, params)) if each]
    return tuple((_told(each, params), not _is_told(each, params) and get_language() != "en") for each in texts)


def _remedy(row: Mapping[str, Any], params: Mapping[str, str]) -> str:
    """What helps; of a proof in the words for persons, because what helps a program there are its options."""
    name = _PROOFS.get(row["id"])
    return _template(row["remedy"], params) if name is None else REMEDIES[name] if row["remedy"] else ""


def _told(text: str, params: Mapping[str, str]) -> str:
    """``text`` in the reader's language, and in it the question of a rule, which is in the catalogues too."""
    asked = {QUESTION: gettext(params[QUESTION])} if params.get(QUESTION) else {}
    return filled(text, {**params, **asked})


def _is_told(text: str, params: Mapping[str, str]) -> bool:
    asked = params.get(QUESTION, "") if f"{{{QUESTION}}}" in text else ""
    is_told = is_translated(text) or (not has_words(text) and any(isinstance(each, Said) for each in params.values()))
    return is_told and (not asked or is_translated(asked))


def _template(remedy: str, params: Mapping[str, str]) -> str:
    """The key of the translations of a remedy, which the journal keeps with its places filled."""
    for name, value in params.items():
        remedy = remedy.replace(value, f"{{{name}}}") if value else remedy
    return remedy


def _entry_for(path: str, entries: list[Entry]) -> Entry | None:
    """The field whose member is the one of ``path``, holds it, or lies in it; the most exact of them."""
    inner = "$" + path.removeprefix(PAYLOAD) if path.startswith(PAYLOAD) else path
    own = [each for each in entries if each.path and (_holds(each.path, inner) or _holds(inner, each.path))]
    return max(own, key=lambda each: _common(each.path, inner), default=None)


def _holds(outer: str, inner: str) -> bool:
    return outer != "$" and (inner == outer or inner.startswith((f"{outer}.", f"{outer}[")))


def _common(one: str, other: str) -> int:
    return sum(a == b for a, b in zip(one, other, strict=False))
