"""The answers to one document: eight questions, each with its own verdict."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from entrepot.base.finding import Finding
from entrepot.base.record import Record
from entrepot.base.said import UNSAID, Said, foreign

RESULTS = ("integrity", "issuer", "status", "validity", "schema", "mandate", "anchor", "time")
"""The results, in the order in which they are shown."""


class Verdict(StrEnum):
    """An answer; *unknown* is never taken for one of the others."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Result:
    """One answer: a stable ``code``, the ``reason`` in a sentence, and the ``remedy`` where there is one."""

    status: Verdict
    code: str = ""
    reason: Said = UNSAID
    remedy: str = ""

    def to_json(self) -> dict[str, str]:
        """The four members."""
        return {"status": str(self.status), "code": self.code, "reason": self.reason, "remedy": self.remedy}


NOT_ASKED = Result(Verdict.NOT_ASKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All answers on one document. ``is_readable``: whether it could be examined at all.

    ``record``: the record that a valid or invalid credential renders, where it renders one. ``findings``: everything
    that the form breaks, in full.
    """

    is_valid: bool
    results: Mapping[str, Result]
    is_readable: bool = True
    issuer: str = ""
    securing: tuple[str, ...] = ()
    record: Record | None = None
    findings: tuple[Finding, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """``valid`` and ``results``, as the command prints them."""
        return {"valid": self.is_valid, "results": {name: self.results[name].to_json() for name in RESULTS}}


_A_FILE = "Give a file that can be read."


def unread(reason: Said, code: str = "unreadable", remedy: str = _A_FILE) -> Report:
    """The report on something that could not be examined: integrity unknown, nothing else asked."""
    result = Result(Verdict.UNKNOWN, code, reason, remedy)
    return Report(is_valid=False, results=dict.fromkeys(RESULTS, NOT_ASKED) | {"integrity": result}, is_readable=False)


def unanswered(results: Mapping[str, Result], require: Collection[str]) -> dict[str, Result]:
    """For each result that ``require`` names and nobody asked for: that it is unknown."""
    return {name: _unanswered(name) for name in require if results[name].status is Verdict.NOT_ASKED}


def _unanswered(name: str) -> Result:
    reason = foreign(f"{name} was required, and nothing was given that could answer it.")
    return Result(Verdict.UNKNOWN, f"{name}-unanswered", reason, "Give what it needs, or do not require it.")


def worst(results: list[Result]) -> Result:
    """The answer that decides where all must hold."""
    return min(results, key=lambda each: _RANK[each.status])


def best(results: list[Result]) -> Result:
    """The answer that decides where one is enough."""
    return max(results, key=lambda each: _RANK[each.status])


_RANK = {Verdict.INVALID: 0, Verdict.UNKNOWN: 1, Verdict.NOT_ASKED: 2, Verdict.VALID: 3}
