"""Accounts, agents and references that every kind of payment record uses."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from entrepot.base.shape import Code, Digest, Economy, Length, Name, Note, Pattern

Bic = Annotated[str, Pattern("[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")]
"""Business identifier code (ISO 9362) in the form of ISO 20022 ``BICFIDec2014Identifier``."""
Lei = Annotated[str, Pattern("[A-Z0-9]{18}[0-9]{2}")]
"""Legal entity identifier (ISO 17442); only its form is held here."""
Uetr = Annotated[str, Pattern("[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}")]
"""Unique end-to-end transaction reference: a UUID of version 4 in lower case (ISO 20022 ``UUIDv4Identifier``)."""


def new_uetr(entropy: Callable[[int], bytes]) -> str:
    """A fresh UETR from 16 random bytes of ``entropy`` (RFC 9562 section 5.4)."""
    return str(uuid.UUID(bytes=entropy(16), version=4))


class AccountScheme(StrEnum):
    """How an account is named."""

    IBAN = "iban"
    """ISO 13616, without spaces."""
    OTHER = "other"
    """The agent's own number, or a proxy that its scheme resolves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account at an agent: ``number`` has at most 34 characters (ISO 20022 Max34Text)."""

    number: Annotated[str, Length(1, 34), Pattern("[!-~]([ -~]*[!-~])?")]
    scheme: AccountScheme = AccountScheme.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A bank or other payment service provider, by BIC, or by name with its town and economy."""

    bic: Bic | None = None
    lei: Lei | None = None
    name: Name | None = None
    town: Name | None = None
    economy: Economy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceReference:
    """An invoice that is paid: its business ``number``, and the ``record`` id where it is a record."""

    number: Code
    record: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRate:
    """Units of the settlement currency for one unit of the instructed currency, exactly as quoted.

    ``source``: who stated it, for people. ``quote``: the provider's id of the quote.
    """

    rate: Decimal
    source: Note
    quote: Code | None = None
    quoted: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReference:
    """The foreign message that a record stands for: ``syntax`` is the message version (``pacs.008.001.08``),
    ``digest`` the SHA-256 of its bytes."""

    syntax: Code
    digest: Digest
    media_type: Annotated[str, Length(3, 100)] = "application/xml"
