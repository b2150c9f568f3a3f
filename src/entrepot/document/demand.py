"""What a check demands of a payload: one rule each, with a stable id. A table of demands is the rule list of a kind."""

from collections.abc import Iterator
from dataclasses import dataclass

from entrepot.base.finding import Finding, Severity
from entrepot.base.said import given

Findings = Iterator[Finding]
"""What the parts of a check yield."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One rule: ``id`` never changes its meaning; ``message`` and ``remedy`` may hold ``{name}`` places."""

    id: str
    message: str
    remedy: str
    source: str
    severity: Severity = Severity.BLOCKING

    def broken(self, path: str, /, *, severity: Severity | None = None, **params: object) -> Finding:
        """The finding that the demand is not met at ``path``; ``severity`` where the place softens it."""
        return Finding(
            id=self.id,
            severity=severity or self.severity,
            path=path,
            message=self.message,
            params=given(params),
            source=self.source,
            remedy=self.remedy,
        )
