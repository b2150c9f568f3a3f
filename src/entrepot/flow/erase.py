"""Erasure: the payload of a record goes, its digest stays, and a signed tombstone says so to all who could read it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from entrepot.base.digest import b64url
from entrepot.base.error import UsageError
from entrepot.base.finding import Finding
from entrepot.base.record import Content, Record, record_of
from entrepot.base.shape import Digest, Note, dump
from entrepot.flow.error import NotHeld
from entrepot.flow.hold import abouts, keep_stream
from entrepot.flow.holdview import ACCEPTANCE, HOLD, LIFT, REFUSAL
from entrepot.flow.issue import TRIES_MAX, require_whole_past, sign
from entrepot.flow.keeping import duties, must_keep
from entrepot.flow.office import Office, Signatory
from entrepot.flow.ownword import own_word
from entrepot.flow.post import messages_for
from entrepot.flow.reading import gone_for
from entrepot.flow.refusal import refuse
from entrepot.flow.standing import ISSUED, STATUS
from entrepot.journal.journal import Journal
from entrepot.journal.port import ANY, Append, StreamConflict
from entrepot.rule.acceptance import Acceptance
from entrepot.rule.acceptance import check as check_acceptance
from entrepot.rule.load import digest
from entrepot.rule.retention import TOPIC

KIND = "tombstone"
KEPT = frozenset({"settlement", "refund", KIND, ISSUED, STATUS, HOLD, LIFT, REFUSAL, ACCEPTANCE})
"""Kinds that are never erased: a book would lose its balances, an erasure or what was said of it its trace, a
revocation or a hold its effect."""


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
class Accepting:
    """A named person who accepts that it is unknown whether a record must still be kept: who, as what, and why."""

    name: str
    role: str
    reasons: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure did: the id of its tombstone, and whether the content is gone from this node. It is not where
    another party that lives here may read it: it is gone for the asking party alone then.

    Where ``findings`` stopped it, the tombstone is empty; ``refusal`` is the record that answers whoever asked, where a
    hold or a time of retention refuses.
    """

    tombstone: str
    is_gone: bool
    findings: tuple[Finding, ...] = ()
    refusal: str = ""


def erase(office: Office, record_id: str, *, by: str, reason: str, accepting: Accepting | None = None) -> Erased:
    """Erase a record for the hosted party ``by``, which issued it or was sent it. Erasing again changes nothing.

    Asked first: a legal hold of the party or of the node's operator, and a time of retention that runs in the party's
    economy, refuse it; where the law is unknown, a named person must accept that (``accepting``), on record.

    A node keeps one copy for all its parties. The issuer erases that copy, unless another party here must keep it; so
    does the last party here that may read it. For any other party the record is gone for itself alone, as its
    tombstone tells this node; nobody takes from others what they were sent. With the copy go content, proofs, files,
    stored answers and views, from the database's file too; entry, digest and tombstones stay. A sale whose order is
    erased, or gone for its reader, reads ``unknown`` from then on. Raises :class:`UsageError` for a record that is not
    here, not the party's, or never erased, and :class:`~entrepot.journal.port.CatchUpNeeded` after a restore.
    """
    require_whole_past(office)
    record, signatory = _asked(office, record_id, by)
    for _ in range(TRIES_MAX):
        found = _erased(office, record, by)
        if found is not None:
            return found
        streams = {each: office.journal.stream(each)[0] for each in _streams(record)}
        accepted = _judged(office, record, signatory, (reason, accepting))
        if isinstance(accepted, Erased):
            return accepted
        append = _tombstone(office, record, (by, signatory, reason), streams)
        with suppress(StreamConflict):  # another party let go of it meanwhile, or a hold was placed: look again
            office.run(partial(_bury, record, (accepted, append), is_last=_is_last(office, record, by)))
    raise StreamConflict("others let go of the record all the time", remedy="Try again.")


def _asked(office: Office, record_id: str, by: str) -> tuple[Record, Signatory]:
    record = office.journal.record(record_id)
    signatory = office.custody.signatory(by)
    if signatory is None:
        raise NotHeld(f"this node holds no key of {by}")
    if record is None or (record.content.issuer != by and by not in record.content.audience):
        raise UsageError("no record of that party has this id", remedy="Give the id of one it issued or was sent.")
    if record.kind in KEPT:
        raise UsageError(f"a {record.kind} is never erased", remedy="Erase the records with personal data instead.")
    return record, signatory


def _judged(
    office: Office, record: Record, signatory: Signatory, said: tuple[str, Accepting | None]
) -> Append | Erased | None:
    """What stops the erasure; else the acceptance of what is unknown, or None where nothing is."""
    reason, accepting = said
    asked = duties(office, record, signatory.did)
    if asked.forbid:
        refusal = refuse(office, record, (signatory, reason), asked.forbid)
        return Erased(tombstone="", is_gone=False, findings=(*asked.forbid, *asked.unknown), refusal=refusal)
    if not asked.unknown:
        return None
    if accepting is None:
        return Erased(tombstone="", is_gone=False, findings=asked.unknown)
    accepted = Acceptance(
        findings=tuple(sorted({each.id for each in asked.unknown})),
        name=accepting.name,
        role=accepting.role,
        reasons=accepting.reasons,
        at=office.clock().replace(microsecond=0),
        record=record.id,
        topic=TOPIC,
        pack_digest=digest(TOPIC),
    )
    wrong = check_acceptance(accepted)
    if wrong:
        return Erased(tombstone="", is_gone=False, findings=wrong)
    return own_word(office, signatory, ACCEPTANCE, dump(accepted), after=(record.id,))


def _stream(record_id: str) -> str:
    """The stream of the tombstones of a record: of two parties that let go of it at once, one comes after the other."""
    return f"gone/{record_id}"


def _streams(record: Record) -> tuple[str, ...]:
    """What must not move while it is judged whether a record may go: its tombstones, and the holds that concern it."""
    return _stream(record.id), *(keep_stream(each) for each in abouts(record))


def _erased(office: Office, record: Record, by: str) -> Erased | None:
    """What an earlier erasure for ``by``, or of the whole copy, did."""
    whole, own = office.journal.tombstone(record.id), gone_for(office.journal, record.id, by)
    if whole is None and own is None:
        return None
    return Erased(tombstone=own or (whole[1] if whole else ""), is_gone=whole is not None)


def _is_last(office: Office, record: Record, by: str) -> bool:
    """Whether the copy may go: nobody else here may read it any more, or ``by`` is its issuer and nobody else here must
    keep it."""
    others = office.custody.hosted() & {record.content.issuer, *record.content.audience} - {by}
    readers = [each for each in sorted(others) if gone_for(office.journal, record.id, each) is None]
    if record.content.issuer == by:
        return not any(must_keep(office, record, each) for each in readers)
    return not readers


def _bury(record: Record, said: tuple[Append | None, Append], journal: Journal, *, is_last: bool) -> None:
    accepted, tombstone = said
    with journal.transaction():
        if accepted is not None:
            journal.append(accepted)
        if is_last:
            journal.erase(record.id, str(tombstone.record.content.payload["reason"]), tombstone)
        else:
            journal.append(tombstone)
    if is_last and not journal.in_transaction:
        journal.scrub()


def _tombstone(office: Office, record: Record, said: tuple[str, Signatory, str], streams: Mapping[str, int]) -> Append:
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
        streams={f"issuer/{by}": ANY, **streams},
        proofs=sign(office, tombstone, signatory),
        assessment={"checks": []},
        outbox=messages_for(office, tombstone) if own and record.content.audience else (),
    )
