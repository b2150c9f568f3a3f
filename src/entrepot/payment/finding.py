"""How the payment room writes its findings."""

from entrepot.base.finding import Finding, Severity

SOURCES = {
    "EMVQR": "EMVCo QR Code Specification, Merchant-Presented Mode 1.1",
    "LEDGER": "settlement ledger: each instruction once, each book its own",
    "OWING": "each invoice: asked for, less credited and settled, plus refunded",
    "PACS008": "ISO 20022 pacs.008",
    "PAY": "Entrepot payment records, version 1",
    "POSTING": "double entry: what one account gains, others lose",
}
"""What a subject's findings rest on where a finding names nothing narrower."""


def finding(subject: str, number: int, message: str, /, **given: str) -> Finding:
    """A blocking finding ``ENT-CORE-<subject>-<number>``.

    ``path``, ``source``, ``remedy`` and ``severity`` in ``given`` are the finding's own (``source`` is that of
    the subject where none is given); the rest are its parameters.
    """
    severity = Severity(given.pop("severity", "blocking"))
    return Finding(
        id=f"ENT-CORE-{subject}-{number:02d}",
        severity=severity,
        message=message,
        path=given.pop("path", "$"),
        source=given.pop("source", SOURCES[subject]),
        remedy=given.pop("remedy", ""),
        params=given,
    )
