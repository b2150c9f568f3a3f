"""How the payment room writes its findings."""

from entrepot.base.finding import Finding, Severity


def finding(subject: str, number: int, message: str, /, **given: str) -> Finding:
    """A blocking finding ``ENT-CORE-<subject>-<number>``.

    ``path``, ``source``, ``remedy`` and ``severity`` in ``given`` are the finding's own; the rest are its parameters.
    """
    severity = Severity(given.pop("severity", "blocking"))
    return Finding(
        id=f"ENT-CORE-{subject}-{number:02d}",
        severity=severity,
        message=message,
        path=given.pop("path", "$"),
        source=given.pop("source", ""),
        remedy=given.pop("remedy", ""),
        params=given,
    )
