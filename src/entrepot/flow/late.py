"""What comes later for a record that is kept: further proofs, files that it names and that were missing.

They attach to the record's id; the record stays one. With them comes a newer assessment, and where the record is by a
party of this node, those who were sent it before are sent it again with what came.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.base.finding import Finding
from entrepot.base.record import Record
from entrepot.flow.assess import Assessment, Checked, warning
from entrepot.flow.belonging import Belonging, belonging, perhaps_stranger
from entrepot.flow.billed import check_billed
from entrepot.flow.check import check_form, check_number, check_right
from entrepot.flow.law import check_law, pack_versions
from entrepot.flow.office import Office
from entrepot.flow.post import messages_for
from entrepot.flow.presented import check_received, named_files
from entrepot.flow.prove import check_proofs
from entrepot.flow.scan import Sifted, check_sifted, hits_in
from entrepot.journal.journal import Journal
from entrepot.journal.port import Append, Appended, Idempotency, Proof

PROOFS_MAX = 8
"""Proofs of one record that are kept: as many as an envelope carries."""


@dataclass(frozen=True, slots=True)
class Completed:
    """What became of what came: ``assessment`` is None where nothing of it was new."""

    appended: Appended
    assessment: Assessment | None
    findings: tuple[Finding, ...] = ()


def complete(
    office: Office,
    record: Record,
    proofs: Sequence[Proof],
    sifted: Sifted,
    *,
    withheld: Collection[str] = (),
    idempotency: Idempotency | None = None,
) -> Completed:
    """Keep what is new of proofs and files of a record that is kept already, and judge the record anew.

    The caller has judged the proofs, none is invalid, and ``sifted`` the files. A file that the record does not name is
    left behind, and nothing is added to an erased record. What was checked of earlier proofs stays said, since they
    were judged when they came; so does what a scanner found in a file, unless it comes and is clean.
    """
    fresh, sifted, findings = _new(office.journal, record, proofs, sifted)
    files, before = sifted.files, office.journal.assessment(record.id) or {}
    told = hits_in(before)
    append = Append(
        record=record, streams={}, idempotency=idempotency, answer={"id": record.id} if idempotency else None
    )
    if not fresh and not files and sifted.hits.keys() <= told.keys():
        return Completed(office.run(lambda journal: _settled(journal, append, ())), None, findings)
    here = {*office.journal.attachments(record.id), *(each.digest for each in files)}
    hits = {digest: each for digest, each in (told | dict(sifted.hits)).items() if digest not in here}
    assessment = _judged(office, record, fresh, replace(sifted, hits=hits), withheld)
    body = _after(before, assessment, withheld)
    if not fresh and not files:
        told_now = office.run(lambda journal: _told(journal, append, body))
        return Completed(told_now, assessment, findings)
    append = replace(append, proofs=fresh, attachments=files, assessment=body)
    own = record.content.issuer in office.custody.hosted()
    parts = sha256(canonical(sorted([*(sha256(each.body) for each in fresh), *(each.digest for each in files)])))
    key = f"{record.id}/{parts[:16]}"

    def work(journal: Journal) -> Appended:
        again = [replace(each, key=key) for each in messages_for(office, record)] if own else []
        return _settled(journal, append, again)

    return Completed(office.run(work), assessment, findings)


def _told(journal: Journal, append: Append, assessment: Mapping[str, Any]) -> Appended:
    """Keep what was found, where nothing came that is kept."""
    with journal.transaction():
        journal.assess(append.record.id, assessment)
        return _settled(journal, append, ())


def _settled(journal: Journal, append: Append, again: Sequence[Any]) -> Appended:
    """Keep it, and forget in the same transaction that the record waited: it may have come by another way."""
    with journal.transaction():
        done = journal.append(append)
        journal.send(again, cause=append.record.id)
        journal.unhold(append.record.id)
    return done


def _new(
    journal: Journal, record: Record, proofs: Sequence[Proof], sifted: Sifted
) -> tuple[tuple[Proof, ...], Sifted, tuple[Finding, ...]]:
    kept = journal.record(record.id)
    if kept is None or kept.erased:
        return (), Sifted(), ()
    before, there = journal.proofs(record.id), journal.attachments(record.id)
    fresh = tuple(each for each in dict.fromkeys(proofs) if each not in before)
    room = max(0, PROOFS_MAX - len(before))
    findings = (_too_many(len(fresh) - room),) if len(fresh) > room else ()
    named = named_files(record, sifted.files, proofs)[0]
    files = tuple(each for each in named if each.digest not in there)
    return fresh[:room], replace(sifted, files=files), findings


def _judged(
    office: Office,
    record: Record,
    fresh: Sequence[Proof],
    sifted: Sifted,
    withheld: Collection[str],
) -> Assessment:
    journal, files = office.journal, sifted.files
    payload, form = check_form(record, office.clock(), journal=journal)
    right = check_right(office, record)
    if belonging(office, record, withheld) is Belonging.UNKNOWN:
        right = replace(right, findings=(*right.findings, perhaps_stranger(record)))
    there = [journal.attachment(each) for each in journal.attachments(record.id)]
    kept = [each for each in there if each is not None]
    presented = check_received(record, [*kept, *files], (), left_out=sifted.hits)
    checked: list[Checked] = [
        form,
        *presented,
        *check_sifted(sifted),
        *check_proofs(office, record, fresh, [*kept, *files])[0],
    ]
    checked += [check_number(office, record), right, *check_billed(office, record)]
    checked += check_law(office, record, payload)
    return Assessment(checked=tuple(checked), at=office.clock(), versions=pack_versions(office))


def _after(previous: Mapping[str, Any], assessment: Assessment, withheld: Collection[str]) -> dict[str, Any]:
    """The newer assessment as it is kept: what was said of earlier proofs goes with it."""
    body = assessment.to_json()
    earlier = [each for each in previous.get("checks", ()) if each["stage"] == "proof"]
    body["checks"] = [*earlier, *body["checks"]]
    if "withheld" in previous:
        body["withheld"] = sorted({*previous["withheld"], *withheld})
    return body


def _too_many(count: int) -> Finding:
    return warning(
        "ENT-CORE-PROOF-11",
        "{count} proofs are not kept: a record has {most} at most.",
        path="$.proofs",
        source="Entrepot record, version 1",
        remedy="Send the proofs that matter.",
        count=str(count),
        most=str(PROOFS_MAX),
    )
