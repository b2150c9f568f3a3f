"""How the EPCIS package writes its findings."""

from entrepot.base.finding import Finding, Severity
from entrepot.movement._epcis20.vocabulary import SOURCE


def finding(number: int, message: str, path: str, /, **given: str) -> Finding:
    """A finding ``ENT-CORE-EPCIS-<number>``, blocking unless ``severity`` says otherwise. ``source`` and ``remedy`` in
    ``given`` are the finding's own; the rest are its parameters."""
    return Finding(
        id=f"ENT-CORE-EPCIS-{number:02d}",
        severity=Severity(given.pop("severity", "blocking")),
        message=message,
        path=path,
        source=given.pop("source", SOURCE),
        remedy=given.pop("remedy", "Correct it."),
        params=given,
    )
