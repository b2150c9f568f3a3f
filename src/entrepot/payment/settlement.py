"""``settlement`` and ``refund`` version 1: money moved, as postings that sum to zero for every asset."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from entrepot.base.money import Money
from entrepot.base.shape import Digest, Length, Note, Pattern, Range

MOVED_MINOR_MAX = 10**15
"""Minor units that one record may move for one account: exact in JSON (below 2**53), and balances stay in 64 bits."""
AccountName = Annotated[str, Length(1, 200), Pattern(r"[A-Za-z0-9][A-Za-z0-9._:%-]*")]
"""Name of an account in the settlement institution's book, often the DID of its holder. The institution's own DID
names its issue account, the only one that may fall below zero."""
Asset = Annotated[str, Pattern(r"[A-Z]{3}|(title|cbdc):[A-Za-z0-9._:%-]{1,180}")]
"""What is moved: an ISO 4217 currency, ``title:<record id>`` (always one piece), ``cbdc:<issuer>``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """``minor`` units of ``asset`` added to (or, below zero, taken from) ``account``; never zero."""

    account: AccountName
    asset: Asset
    minor: Annotated[int, Range(-MOVED_MINOR_MAX, MOVED_MINOR_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The settlement of one instruction in the book of the record's issuer.

    ``instruction``: record id of the payment instruction. ``creditor``: the account that was paid, which ``postings``
    raise by exactly ``amount``. ``settled``: when it became final.
    """

    instruction: Digest
    creditor: AccountName
    amount: Money
    settled: datetime
    postings: Annotated[tuple[Posting, ...], Length(2, 1000)]


class RefundReason(StrEnum):
    """Why money goes back."""

    REQUESTED = "requested"
    """The creditor agreed to a request, for instance after goods came back."""
    DUPLICATE = "duplicate"
    """The same thing had been paid twice."""
    WRONG_AMOUNT = "wrong_amount"
    """More had been paid than was owed."""
    RESOLUTION = "resolution"
    """A dispute was decided so; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money that goes back out of a settlement, all of it or a part.

    ``settlement``: record id. ``debited``: the account that gives it back, which ``postings`` lower by exactly
    ``amount``; ``amount`` is in the currency that was settled.
    """

    settlement: Digest
    debited: AccountName
    amount: Money
    reason: RefundReason
    text: Note | None = None
    refunded: datetime
    postings: Annotated[tuple[Posting, ...], Length(2, 1000)]
