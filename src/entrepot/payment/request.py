"""``payment-request`` version 1: what the seller asks to be paid, with the QR code that carries it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from entrepot.base.money import Money
from entrepot.base.shape import Code, Length
from entrepot.party.party import Party
from entrepot.payment.account import Account, InvoiceReference


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """A request to pay ``amount`` for ``invoices`` (one or more) to ``payee``.

    ``qr``: payload of an EMV merchant-presented QR code (EMVCo MPM 1.1), as text. ``scheme``: the national profile of
    the code (``generic``, ``my-duitnow`` ...). ``account``: where the payee is paid, when it is not in the code alone.
    ``due``: last day to pay, in the payee's time zone. ``expires``: after it the code must not be paid any more.
    """

    amount: Money
    payee: Party
    invoices: Annotated[tuple[InvoiceReference, ...], Length(1, 100)]
    scheme: Code
    qr: Annotated[str, Length(1, 512)]
    account: Account | None = None
    due: date | None = None
    expires: datetime | None = None
