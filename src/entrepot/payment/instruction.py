"""``payment-instruction`` version 1: the payer's bank orders money to the payee's bank (ISO 20022 pacs.008)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from entrepot.base.money import Money
from entrepot.base.shape import Code, Digest, Length
from entrepot.party.party import Party
from entrepot.payment.account import Account, Agent, ExchangeRate, InvoiceReference, MessageReference, Uetr


class ChargeBearer(StrEnum):
    """Who bears the charges (ISO 20022 ``ChargeBearerType1Code``)."""

    SHARED = "SHAR"
    DEBTOR = "DEBT"
    CREDITOR = "CRED"
    SERVICE_LEVEL = "SLEV"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentInstruction:
    """One credit transfer between two agents.

    ``instructed`` is what the debtor ordered, ``settlement`` what the agents settle between them; where the currencies
    differ, ``exchange_rate`` says how. ``number`` is the message id, ``end_to_end`` the debtor's own reference.
    ``remittance``: the invoices that are paid; none for a payment in advance. ``request``: record id of the payment
    request that is answered. ``message``: the pacs.008 that says the same, by the digest of its bytes; a draft has
    none yet.
    """

    uetr: Uetr
    number: Code
    end_to_end: Code
    created: datetime
    debtor: Party
    debtor_account: Account | None = None
    debtor_agent: Agent
    creditor: Party
    creditor_account: Account | None = None
    creditor_agent: Agent
    instructed: Money
    settlement: Money
    settlement_date: date
    charge_bearer: ChargeBearer = ChargeBearer.SHARED
    exchange_rate: ExchangeRate | None = None
    remittance: Annotated[tuple[InvoiceReference, ...], Length(0, 100)] = ()
    request: Digest | None = None
    message: MessageReference | None = None
