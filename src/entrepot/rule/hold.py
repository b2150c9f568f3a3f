"""Kinds ``legal-hold`` and ``legal-hold-lift``: a named person orders that a record be kept, and takes that back."""

from collections.abc import Iterator
from dataclasses import dataclass

from entrepot.base.finding import Finding, Severity
from entrepot.base.shape import Digest, Name, Note

SOURCE = "Entrepot legal hold 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """Kind ``legal-hold``, version 1: its issuer keeps ``record``, or every record of ``sale``, until it is lifted.

    ``name``, ``role``: the natural person who orders it, and as what. ``instrument``: by which order, proceeding or
    law.
    """

    name: Name
    role: Name
    reason: Note
    instrument: Note
    record: Digest | None = None
    sale: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHoldLift:
    """Kind ``legal-hold-lift``, version 1: its issuer lifts its own record ``hold``, for good."""

    hold: Digest
    name: Name
    role: Name
    reason: Note


def check_hold(hold: LegalHold) -> tuple[Finding, ...]:
    """One thing that is held, and somebody in particular who says why."""
    return tuple(_check_hold(hold))


def check_lift(lift: LegalHoldLift) -> tuple[Finding, ...]:
    """Somebody in particular who says why."""
    return tuple(_said(lift, ("name", "role", "reason")))


def _check_hold(hold: LegalHold) -> Iterator[Finding]:
    if (hold.record is None) == (hold.sale is None):
        yield _found(1, "$", "It holds a record or a sale, and one of them.", "Name either.")
    yield from _said(hold, ("name", "role", "reason", "instrument"))


def _said(said: LegalHold | LegalHoldLift, members: tuple[str, ...]) -> Iterator[Finding]:
    for name in members:
        if not getattr(said, name).strip():
            yield _found(2, f"$.{name}", "Nobody in particular orders it, or for no reason.", "Say who, as what, why.")


def _found(number: int, path: str, message: str, remedy: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-HOLD-{number:02d}",
        severity=Severity.BLOCKING,
        path=path,
        message=message,
        source=SOURCE,
        remedy=remedy,
    )
