"""Records: what is signed, kept and exchanged. A record's id is the SHA-256 of the canonical form of its content.

The envelope members are fixed here; the payload's shape belongs to the kind, in the kind's own room.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from entrepot.base.canonical import NotCanonicalError, canonical
from entrepot.base.digest import sha256
from entrepot.base.error import LimitError, UsageError
from entrepot.base.finding import Finding, Severity
from entrepot.base.jsontext import BYTES_MAX, read_json
from entrepot.base.shape import Code, Did, Digest, Length, Pattern, Range, dump, parse

RECORD_BYTES_MAX = BYTES_MAX
"""Bytes of a record's canonical content."""
LISTS = ("sales", "after", "audience")
"""The envelope's members that are sets: written sorted and without repetition."""
Kind = Annotated[str, Length(3, 60), Pattern(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")]
Nonce = Annotated[str, Pattern("[A-Za-z0-9_-]{22}")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The signed content of a record.

    ``kind``, ``version``: which shape the payload has. ``issuer``: DID of the party that says it.
    ``number``: the issuer's business number for it, unique per issuer and kind. ``nonce``: 128 random bits, so
    that the digest of a small payload cannot be guessed after erasure. ``issued``: the issuer's claimed time.
    ``sales``: ids of the sales it belongs to; a record that opens a sale names none, its own id becomes the sale's.
    ``after``: ids of the heads that its issuer had seen. ``audience``: DIDs that may read it; empty means public.
    """

    kind: Kind
    version: Annotated[int, Range(1, 9999)]
    issuer: Did
    number: Code
    nonce: Nonce
    issued: datetime
    sales: Annotated[tuple[Digest, ...], Length(0, 1000)] = ()
    after: Annotated[tuple[Digest, ...], Length(0, 1000)] = ()
    audience: Annotated[tuple[Did, ...], Length(0, 100)] = ()
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """A content with its id. After erasure ``content.payload`` is empty; everything else stays."""

    id: str
    content: Content
    erased: bool = False
    _body: bytes | None = field(init=False, default=None, repr=False, compare=False)
    """The canonical content, where it was made to find the id."""

    @property
    def kind(self) -> str:
        """The kind, without its version."""
        return self.content.kind

    @property
    def payload(self) -> Mapping[str, Any]:
        """The payload as JSON; empty after erasure."""
        return self.content.payload

    @property
    def sales(self) -> tuple[str, ...]:
        """The sales it belongs to; its own id where it names none."""
        return self.content.sales or (self.id,)

    def to_bytes(self) -> bytes:
        """The canonical content, whose SHA-256 is the id (unless erased)."""
        return canonical(dump(self.content)) if self._body is None else self._body


def record_of(content: Content) -> Record:
    """The record that ``content`` makes, in its normal form: lists sorted, times cut to milliseconds, payload as JSON.

    What it returns, :func:`read_content` reads back. Raises :class:`UsageError` for a content that does not have the
    shape, :class:`NotCanonicalError` for a payload without canonical form, :class:`LimitError` where it is too large.
    """
    value = dump(content) | {name: sorted(set(getattr(content, name))) for name in LISTS}
    normal, findings = parse(Content, value)
    if normal is None:
        raise _not_a_content(findings)
    record = _identified(normal, dump(normal))
    _, findings = read_json(record.to_bytes())
    if findings:
        raise _not_a_content(findings)
    return record


def _not_a_content(findings: tuple[Finding, ...]) -> UsageError:
    return UsageError("not the content of a record: " + "; ".join(f"{each.path} {each.text}" for each in findings))


def _identified(content: Content, value: Any) -> Record:
    """The record of a content, whose JSON form is ``value``."""
    body = canonical(value)
    if len(body) > RECORD_BYTES_MAX:
        raise LimitError(f"the record is larger than {RECORD_BYTES_MAX} bytes", remedy="Attach large files by digest.")
    record = Record(sha256(body), content)
    object.__setattr__(record, "_body", body)
    return record


def read_content(value: Any) -> tuple[Record | None, tuple[Finding, ...]]:
    """The record that a parsed JSON content makes, or None and all findings.

    The envelope must be written exactly as :func:`~entrepot.base.shape.dump` writes it (times in UTC, lists sorted
    and without repetition), so that the same content never has two ids.
    """
    content, findings = parse(Content, value)
    if content is None:
        return None, findings
    normal = dump(content)
    found = _form_findings(content, value, normal)
    if found:
        return None, found
    try:
        return _identified(content, normal), ()
    except NotCanonicalError as wrong:
        return None, (_finding(_NOT_CANONICAL, "$.payload", reason=str(wrong)),)
    except LimitError:
        return None, (_finding(_SIZE, "$", most=str(RECORD_BYTES_MAX)),)


def _form_findings(content: Content, value: Any, normal: Any) -> tuple[Finding, ...]:
    unsorted = tuple(
        _finding(_UNSORTED, f"$.{name}")
        for name in LISTS
        if list(getattr(content, name)) != sorted(set(getattr(content, name)))
    )
    return unsorted or ((_finding(_NOT_NORMAL, "$"),) if normal != value else ())


_UNSORTED = ("ENT-CORE-RECORD-01", "The list must be sorted and free of repetition.", "Sort it.")
_NOT_NORMAL = (
    "ENT-CORE-RECORD-02",
    "The content is not written in its normal form.",
    "Write times in UTC with Z and at most milliseconds, and empty lists and an empty payload as such.",
)
_NOT_CANONICAL = (
    "ENT-CORE-RECORD-03",
    "The payload has no canonical form: {reason}.",
    "Write exact numbers as strings.",
)
_SIZE = ("ENT-CORE-RECORD-04", "The record is larger than {most} bytes.", "Attach large files by digest.")


def _finding(rule: tuple[str, str, str], path: str, **params: str) -> Finding:
    number, message, remedy = rule
    return Finding(
        id=number,
        severity=Severity.BLOCKING,
        path=path,
        message=message,
        params=params,
        source="Entrepot record, version 1",
        remedy=remedy,
    )
