"""Erasure: the payload of a record goes, its digest stays, and a signed tombstone says so to all who could read it."""

from dataclasses import dataclass

from entrepot.base.digest import b64url
from entrepot.base.error import UsageError
from entrepot.base.finding import Finding
from entrepot.base.record import Content, record_of
from entrepot.base.shape import Digest, Note, dump
from entrepot.flow.error import NotHeld
from entrepot.flow.issue import sign
from entrepot.flow.office import Office
from entrepot.flow.post import messages_for
from entrepot.journal.port import ANY, Append

KIND = "tombstone"
KEPT = frozenset({"settlement", "refund", KIND})
"""Kinds that are never erased: a book would lose its balances, and an erasure its trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """Kind ``tombstone``, version 1: its issuer has erased its copy of ``record``, for ``reason``.

    To whoever else holds the record it is a notice: what they must do follows from their own duties.
    """

    record: Digest
    reason: Note


def check(tombstone: Tombstone) -> tuple[Finding, ...]:
    """Nothing beyond its shape."""
    del tombstone
    return ()


def erase(office: Office, record_id: str, *, by: str, reason: str) -> str:
    """Erase this node's copy of a record in the name of the hosted party ``by``, which issued it or was sent it; the id
    of the tombstone. Erasing again changes nothing.

    Content, proofs, files, stored answers and views go, from the database's file too; entry, digest and a tombstone
    stay. A sale whose order is erased reads ``unknown`` here from then on. Legal holds and times of retention are the
    party's to mind. Raises :class:`UsageError` for a record that is not here, not the party's, or never erased.
    """
    record = office.journal.record(record_id)
    signatory = office.custody.signatory(by)
    if signatory is None:
        raise NotHeld(f"this node holds no key of {by}")
    if record is None or (record.content.issuer != by and by not in record.content.audience):
        raise UsageError("no record of that party has this id", remedy="Give the id of one it issued or was sent.")
    if record.kind in KEPT:
        raise UsageError(f"a {record.kind} is never erased", remedy="Erase the records with personal data instead.")
    known = office.journal.tombstone(record_id)
    if known is not None:
        return known[1]
    own = record.content.issuer == by
    content = Content(
        kind=KIND,
        version=1,
        issuer=by,
        number=f"ER-{record_id[:16]}",
        nonce=b64url(office.entropy(16)),
        issued=office.clock().replace(microsecond=0),
        after=(record_id,),
        audience=record.content.audience if own else (by,),
        payload=dump(Tombstone(record=record_id, reason=reason)),
    )
    tombstone = record_of(content)
    append = Append(
        record=tombstone,
        streams={f"issuer/{by}": ANY},
        proofs=sign(office, tombstone, signatory),
        assessment={"checks": []},
        outbox=messages_for(office, tombstone) if own and record.content.audience else (),
    )
    return office.run(lambda journal: journal.erase(record_id, reason, append)).record_id
