"""What the journal offers, free of any database: the values that go in and come out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from entrepot.base.error import EntrepotError
from entrepot.base.record import Record

ANY = -1
"""As an expected stream version: whatever it is now (for account streams, whose floors the database holds)."""
NONE = 0
"""As an expected stream version: the stream has no entry yet. Versions count entries from 1."""


class JournalError(EntrepotError):
    """Root of the journal's exceptions."""

    code = "journal"


class StreamConflict(JournalError):
    """A stream has another version than expected; check again against the new state, then append again."""

    code = "stream-conflict"


class FloorBroken(JournalError):
    """A balance would fall below its floor; nothing of the append was kept."""

    code = "floor-broken"


class KeyReused(JournalError):
    """The idempotency key was used with another request."""

    code = "idempotency-key-reused"


class JournalLocked(JournalError):
    """Another process writes this journal."""

    code = "journal-locked"


class JournalTooNew(JournalError):
    """The database was written by a newer program."""

    code = "journal-too-new"


class JournalFull(JournalError):
    """The disk is full or read-only; nothing of the append was kept."""

    code = "journal-full"


class JournalTooOld(JournalError):
    """The database was written by an older program; ``migrate`` moves it forward."""

    code = "journal-too-old"


class OtherLog(JournalError):
    """The database, backup or export holds the log of another node than the one that opens it."""

    code = "journal-other-log"


class JournalDamaged(JournalError):
    """The database cannot be read, or a write ended in an unknown state; ``verify`` and ``restore`` help."""

    code = "journal-damaged"


class JournalUnavailable(JournalError):
    """The database server cannot be reached, or ended the connection; try again. Whether a commit that was under way
    was kept shows when the same is asked again: a record and an idempotency key have one effect for ever."""

    code = "journal-unavailable"


class JournalMissing(JournalError):
    """There is no log where one is looked for: it is lost, or its place is named wrongly. None is made for it."""

    code = "journal-missing"


class KeysWrapped(JournalError):
    """The keys of personal content are wrapped, and what was handed in (or nothing) does not open them."""

    code = "journal-keys"


class JournalBusy(JournalError):
    """The writer's queue is full; try again later (back-pressure, HTTP 503)."""

    code = "journal-busy"


class CatchUpNeeded(JournalError):
    """The journal was restored: peers must be asked for what it lost before it writes anything new."""

    code = "journal-catch-up"


class ViewTx(Protocol):
    """What a reducer may do: keyed JSON rows and balances of its own view, inside the append's transaction."""

    def get(self, key: str) -> dict[str, Any] | None:
        """The row under ``key``, or None."""
        ...

    def put(self, key: str, row: Mapping[str, Any]) -> None:
        """Write the row under ``key``, in place of what was there."""
        ...

    def drop(self, key: str) -> None:
        """Remove the row under ``key``; nothing happens where there is none."""
        ...

    def scan(self, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Rows whose key starts with ``prefix``, sorted by key."""
        ...

    def add(self, account: str, delta: int, *, floor: int | None = None) -> None:
        """Add ``delta`` to a balance of this view; ``floor`` (when given) becomes the account's floor, held by a CHECK
        of the database. Raises :class:`FloorBroken`."""
        ...

    def balance(self, account: str) -> int | None:
        """The balance of ``account``, or None where nothing was ever added."""
        ...


@dataclass(frozen=True, slots=True)
class Reducer:
    """A view: its ``name``, the ``version`` of its rule, and the pure rule itself.

    ``apply`` sees (view, record) only; an erased record has ``record.erased`` and an empty payload, and must be
    accepted. ``kinds`` empty means every kind. Rows must not depend on anything else: a rebuild gives the same bytes.
    """

    name: str
    version: int
    apply: Callable[[ViewTx, Record], None]
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One proof of a record, as received: ``securing`` (``vc+jwt``, ``eddsa-jcs-2022``), the bytes, the key used."""

    securing: str
    body: bytes
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Foreign bytes that belong to a record by their digest (a received UBL file, a photograph)."""

    digest: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing to deliver to a peer. Order is kept per (peer, ``lane``); ``key`` makes it once per peer for ever."""

    peer: str
    lane: str
    key: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotency:
    """A client's key: ``scope`` is party, client and operation; ``digest`` is of the request's canonical form."""

    scope: str
    key: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """One append, all or nothing.

    ``streams``: names with the version each must have (:data:`ANY`, :data:`NONE` or a count).
    ``assessment``: findings and versions used, JSON. ``personal``: keep the content encrypted under a key of its own.
    ``outbox``: messages that leave because of it. ``note``: JSON kept beside the entry for the operator (who, how).
    ``body``: the canonical content where the caller has it already (its SHA-256 must be the record's id).
    ``recovered``: the record comes back from a peer after a restore; allowed while the journal must catch up.
    """

    record: Record
    streams: Mapping[str, int]
    proofs: Sequence[Proof] = ()
    attachments: Sequence[Attachment] = ()
    assessment: Mapping[str, Any] = field(default_factory=dict)
    personal: bool = False
    outbox: Sequence[Message] = ()
    idempotency: Idempotency | None = None
    answer: Mapping[str, Any] | None = None
    note: Mapping[str, Any] | None = None
    body: bytes | None = None
    recovered: bool = False


class Outcome(StrEnum):
    """What an append did."""

    APPENDED = "appended"
    KNOWN = "known"
    """The record was there already (proofs and files that were new are added, with a newer assessment); no effect was
    repeated."""
    REPLAYED = "replayed"
    """The idempotency key was used before with the same request: its stored answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """The durable result. ``sign_promise`` makes the signed promise; it is None where the log does not sign."""

    outcome: Outcome
    record_id: str
    seq: int
    received: datetime
    answer: Mapping[str, Any] | None
    sign_promise: Callable[[], str] | None = field(default=None, repr=False, compare=False)

    @property
    def promise(self) -> str | None:
        """The signed promise to seal, with its deadline (compact JWS, or None).

        It is signed here, when it is asked for: in the caller's thread, and only after the append is durable.
        """
        return None if self.sign_promise is None else self.sign_promise()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log. ``prev`` maps each stream to (version, digest of the previous entry there)."""

    seq: int
    record_id: str
    kind: str
    version: int
    received: datetime
    digest: str
    prev: Mapping[str, tuple[int, str]]
    leaf: int | None
    epoch: int


class Wrapping(Protocol):
    """Wraps the keys of personal content, so that whoever has the log's files alone cannot read it.

    ``bound_to`` names the record, so that a wrapped key cannot be moved to another one.
    """

    def wrap(self, secret: bytes, bound_to: str) -> bytes:
        """``secret`` (32 bytes) wrapped: longer than it."""
        ...

    def unwrap(self, wrapped: bytes, bound_to: str) -> bytes:
        """What :meth:`wrap` was given. Raises ``ValueError`` where it does not open."""
        ...


Clock = Callable[[], datetime]
Entropy = Callable[[int], bytes]
"""That many random bytes."""
Signer = Callable[[bytes], str]
"""Makes a compact JWS of the given payload with the node's key."""
