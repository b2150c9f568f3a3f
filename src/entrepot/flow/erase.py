"""Erasure: the payload of a record goes, its digest stays, and a signed tombstone says so to all who could read it."""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from entrepot.base.digest import b64url
from entrepot.base.error import UsageError
from entrepot.base.finding import Finding
from entrepot.base.record import Content, Record, record_of
from entrepot.base.shape import Digest, Note, dump
from entrepot.flow.error import NotHeld
from entrepot.flow.issue import TRIES_MAX, sign
from entrepot.flow.office import Office, Signatory
from entrepot.flow.post import messages_for
from entrepot.flow.reading import gone_for
from entrepot.flow.standing import ISSUED, STATUS
from entrepot.journal.journal import Journal
from entrepot.journal.port import ANY, Append, StreamConflict

KIND = "tombstone"
KEPT = frozenset({"settlement", "refund", KIND, ISSUED, STATUS})
"""Kinds that are never erased: a book would lose its balances, an erasure its trace, a revocation its effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """Kind ``tombstone``, version 1: its issuer has erased ``record``, for ``reason``, and reads it no more.

    To whoever else holds the record it is a notice: what they must do follows from their own duties.
    """

    record: Digest
    reason: Note


def check(tombstone: Tombstone) -> tuple[Finding, ...]:
    """Nothing beyond its shape."""
    del tombstone
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure did: the id of its tombstone, and whether the content is gone from this node. It is not where
    another party that lives here may read it: it is gone for the asking party alone then."""

    tombstone: str
    is_gone: bool


def erase(office: Office, record_id: str, *, by: str, reason: str) -> Erased:
    """Erase a record for the hosted party ``by``, which issued it or was sent it. Erasing again changes nothing.

    A node keeps one copy for all its parties. The issuer erases that copy; so does the last party here that may read
    it. For any other party the record is gone for itself alone, as its tombstone tells this node; nobody takes from
    others what they were sent. With the copy go content, proofs, files, stored answers and views, from the database's
    file too; entry, digest and tombstones stay. A sale whose order is erased, or gone for its reader, reads
    ``unknown`` from then on. Legal holds and times of retention are the party's to mind. Raises :class:`UsageError`
    for a record that is not here, not the party's, or never erased.
    """
    record = office.journal.record(record_id)
    signatory = office.custody.signatory(by)
    if signatory is None:
        raise NotHeld(f"this node holds no key of {by}")
    if record is None or (record.content.issuer != by and by not in record.content.audience):
        raise UsageError("no record of that party has this id", remedy="Give the id of one it issued or was sent.")
    if record.kind in KEPT:
        raise UsageError(f"a {record.kind} is never erased", remedy="Erase the records with personal data instead.")
    for _ in range(TRIES_MAX):
        found = _erased(office, record, by)
        if found is not None:
            return found
        readers = office.journal.stream(_stream(record_id))[0]
        append = _tombstone(office, record, (by, signatory, reason), readers)
        with suppress(StreamConflict):  # another party let go of it meanwhile: this one may be the last now
            office.run(partial(_bury, record, append, is_last=_is_last(office, record, by)))
    raise StreamConflict("others let go of the record all the time", remedy="Try again.")


def _stream(record_id: str) -> str:
    """The stream of the tombstones of a record: of two parties that let go of it at once, one comes after the other."""
    return f"gone/{record_id}"


def _erased(office: Office, record: Record, by: str) -> Erased | None:
    """What an earlier erasure for ``by``, or of the whole copy, did."""
    whole, own = office.journal.tombstone(record.id), gone_for(office.journal, record.id, by)
    if whole is None and own is None:
        return None
    return Erased(tombstone=own or (whole[1] if whole else ""), is_gone=whole is not None)


def _is_last(office: Office, record: Record, by: str) -> bool:
    """Whether the copy may go: ``by`` is its issuer, or nobody else here may read it any more."""
    if record.content.issuer == by:
        return True
    others = office.custody.hosted() & {record.content.issuer, *record.content.audience} - {by}
    return all(gone_for(office.journal, record.id, each) for each in others)


def _bury(record: Record, append: Append, journal: Journal, *, is_last: bool) -> None:
    if is_last:
        journal.erase(record.id, str(append.record.content.payload["reason"]), append)
    else:
        journal.append(append)


def _tombstone(office: Office, record: Record, said: tuple[str, Signatory, str], readers: int) -> Append:
    by, signatory, reason = said
    own = record.content.issuer == by
    content = Content(
        kind=KIND,
        version=1,
        issuer=by,
        number=f"ER-{record.id[:16]}",
        nonce=b64url(office.entropy(16)),
        issued=office.clock().replace(microsecond=0),
        after=(record.id,),
        audience=record.content.audience if own else (by,),
        payload=dump(Tombstone(record=record.id, reason=reason)),
    )
    tombstone = record_of(content)
    return Append(
        record=tombstone,
        streams={f"issuer/{by}": ANY, _stream(record.id): readers},
        proofs=sign(office, tombstone, signatory),
        assessment={"checks": []},
        outbox=messages_for(office, tombstone) if own and record.content.audience else (),
    )
