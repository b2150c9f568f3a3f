"""The line of the log: its canonical form, its digest, and the texts the tables keep."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from entrepot.base.digest import sha256
from entrepot.base.error import UsageError
from entrepot.base.moment import format_moment, from_millis
from entrepot.base.record import Content, Record
from entrepot.base.shape import parse
from entrepot.journal._dialect import Row
from entrepot.journal.port import Entry, JournalDamaged

FIRST = "0" * 64
"""What the first entry of a stream names as the digest before it."""
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True).encode
_quoted = json.encoder.encode_basestring
"""A text as JSON writes it outside ASCII, too."""


def json_text(value: Any) -> str:
    """Compact JSON with sorted members. It is canonical (RFC 8785) where names are ASCII and numbers integers."""
    try:
        return _encode(value)
    except (TypeError, ValueError) as wrong:
        raise UsageError(f"not JSON: {wrong}") from wrong


def entry_bytes(row: Row, streams: Iterable[tuple[str, int, str]]) -> bytes:
    """The canonical entry. ``row``: record id, kind, version, received (ms), epoch; ``streams``: name, version,
    digest of the entry before it there (:data:`FIRST` for none), in any order.

    This is what the leaf of the tree hashes and what a receipt shows; the place in the log is the leaf's number.
    """
    record_id, kind, version, received_ms, epoch = row
    told = ",".join([f'[{_quoted(name)},{at},"{before}"]' for name, at, before in sorted(streams)])
    return (
        f'{{"epoch":{epoch},"kind":{_quoted(kind)},"received":"{_moment_text(received_ms)}",'
        f'"recordId":{_quoted(record_id)},"streams":[{told}],"version":{version}}}'
    ).encode()


def _moment_text(millis: int) -> str:
    second, rest = divmod(millis, 1000)
    text = _second_text(second)
    return f"{text}.{rest:03d}Z" if rest else f"{text}Z"


@lru_cache(maxsize=64)
def _second_text(second: int) -> str:
    """The second as text, kept because many entries of a batch share it."""
    return format_moment(from_millis(second * 1000)).removesuffix("Z")


def entry_digest(data: bytes) -> str:
    """The digest by which the next entry of a stream names this one."""
    return sha256(data)


def proof_digest(securing: str, method: str, body: bytes) -> str:
    """The digest of a proof with what is said about it, by which it is known and judged (texts hold no U+0000)."""
    return sha256(b"\0".join((securing.encode("utf-8"), method.encode("utf-8"), body)))


def entry_of(row: Row, streams: Iterable[Row]) -> Entry:
    """``row``: seq, record id, kind, version, received, digest, epoch, leaf; ``streams``: name, version, previous."""
    seq, record_id, kind, version, received_ms, digest, epoch, leaf = row
    prev: Mapping[str, tuple[int, str]] = {name: (at, before) for name, at, before in streams}
    return Entry(
        seq=seq,
        record_id=record_id,
        kind=kind,
        version=version,
        received=from_millis(received_ms),
        digest=digest,
        prev=prev,
        leaf=leaf,
        epoch=epoch,
    )


def record_from(record_id: str, body: bytes, *, erased: bool) -> Record:
    """The record that the kept ``body`` writes. It was checked when it came in, so its id is not computed again."""
    try:
        value = json.loads(body)
    except ValueError as wrong:
        raise JournalDamaged(f"the content of {record_id} is not JSON") from wrong
    content, findings = parse(Content, value)
    if content is None:
        raise JournalDamaged(f"the content of {record_id} does not have the shape of a record: {findings[0].text}")
    return Record(record_id, content, erased)
