"""Findings: what is wrong, missing or remarkable in data. Values, never exceptions.

A check returns all its findings, not the first. ``blocking`` stops issuing; it does not stop keeping
what an admitted peer sent, because refusing it would let two honest copies drift apart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from entrepot.base.said import Said, fill, said


class Severity(StrEnum):
    """How much a finding weighs, gravest first."""

    BLOCKING = "blocking"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found.

    ``id``: stable rule id (``ENT-<CORE|XX>-<SUBJECT>-<nn>`` or the official id of a standard), never reused.
    ``path``: JSON path (``$.lines[0].price``) or XPath into the judged data.
    ``message``: an English sentence with ``{name}`` places, the key of its translations.
    ``params``: what fills the places. ``source``: standard and clause, or instrument and article.
    ``remedy``: what would fix it, in the same form as ``message``.
    """

    id: str
    severity: Severity
    message: str
    path: str = "$"
    params: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    remedy: str = ""

    @property
    def text(self) -> str:
        """The message in English, with its places filled."""
        return fill(self.message, self.params)

    @property
    def told(self) -> Said:
        """The message, for whoever passes it on."""
        return said(self.message, **self.params)

    def at(self, prefix: str) -> "Finding":
        """The same finding seen from an outer document: ``prefix`` replaces the leading ``$``."""
        return replace(self, path=prefix + self.path.removeprefix("$"))

    def to_json(self) -> dict[str, Any]:
        """All members and the filled text, as JSON."""
        return {
            "id": self.id,
            "severity": str(self.severity),
            "path": self.path,
            "message": self.message,
            "params": dict(self.params),
            "text": self.text,
            "source": self.source,
            "remedy": fill(self.remedy, self.params),
        }


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that stop issuing, in their order."""
    return tuple(each for each in findings if each.severity is Severity.BLOCKING)
