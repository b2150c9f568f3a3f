"""Kind ``acceptance``: a named person accepts that the law is unknown, so that the sale may go on, on record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from entrepot.base.finding import Finding, Severity
from entrepot.base.shape import Code, Digest, Length, Name, Note, Pattern

FindingId = Annotated[str, Length(3, 60), Pattern("[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Kind ``acceptance``, version 1.

    ``findings``: ids of the findings of unknown law. ``record``: of which record, None for the sale as a whole.
    ``name``, ``role``: the natural person who answers for it, and as what. ``at``: when. ``pack_digest``: of the rules
    that were asked.
    """

    findings: Annotated[tuple[FindingId, ...], Length(1, 200)]
    name: Name
    role: Name
    reasons: Note
    at: datetime
    record: Digest | None = None
    topic: Code | None = None
    pack_digest: Digest | None = None


def check(acceptance: Acceptance) -> tuple[Finding, ...]:
    """No finding twice, and reasons that are reasons."""
    return tuple(_check(acceptance))


def _check(acceptance: Acceptance) -> Iterator[Finding]:
    if len(set(acceptance.findings)) != len(acceptance.findings):
        yield _found(1, "$.findings", "A finding is named twice.", "Name it once.")
    for name in ("name", "role", "reasons"):
        if not getattr(acceptance, name).strip():
            yield _found(2, f"$.{name}", "Nobody in particular accepts it.", "Say who, as what, and why.")


def _found(number: int, path: str, message: str, remedy: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-ACCEPT-{number:02d}",
        severity=Severity.BLOCKING,
        path=path,
        message=message,
        source="Entrepot acceptance 1",
        remedy=remedy,
    )
