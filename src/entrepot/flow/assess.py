"""What was checked about a record, with the outcome and the versions used: kept beside the record, never in a view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import entrepot
from entrepot.base.finding import Finding, Severity, blocking
from entrepot.base.moment import format_moment
from entrepot.base.said import nested


class Verdict(StrEnum):
    """The answer of one check. ``unknown`` is never taken for ``valid``."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One check: its stage (form, proof, right, law), its name, by which standard, and what came out."""

    stage: str
    name: str
    standard: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "stage": self.stage,
            "name": self.name,
            "standard": self.standard,
            "verdict": str(self.verdict),
            "findings": [each.to_json() | nested(each.params) for each in self.findings],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All checks of one record at one time."""

    checked: tuple[Checked, ...]
    at: datetime
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings of all checks, in order."""
        return tuple(finding for each in self.checked for finding in each.findings)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that stop issuing."""
        return blocking(self.findings)

    def to_json(self) -> dict[str, Any]:
        """The JSON form that the journal keeps."""
        return {
            "at": format_moment(self.at),
            "versions": {"entrepot": entrepot.__version__, **self.versions},
            "checks": [each.to_json() for each in self.checked],
        }


def judged(stage: str, name: str, standard: str, findings: Sequence[Finding]) -> Checked:
    """A check whose verdict follows from its findings: a blocking one makes it invalid, else it is valid."""
    verdict = Verdict.INVALID if blocking(findings) else Verdict.VALID
    return Checked(stage=stage, name=name, standard=standard, verdict=verdict, findings=tuple(findings))


def warning(id_: str, message: str, *, path: str = "$", source: str = "", remedy: str = "", **params: str) -> Finding:
    """A finding that does not stop anything."""
    return Finding(
        id=id_,
        severity=Severity.WARNING,
        message=message,
        path=path,
        source=source,
        remedy=remedy,
        params=params,
    )


def stop(id_: str, message: str, *, path: str = "$", source: str = "", remedy: str = "", **params: str) -> Finding:
    """A finding that stops issuing."""
    return Finding(
        id=id_,
        severity=Severity.BLOCKING,
        message=message,
        path=path,
        source=source,
        remedy=remedy,
        params=params,
    )
