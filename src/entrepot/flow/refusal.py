"""Kind ``erasure-refusal``: the answer, on record, to a request for erasure that a hold or a law refuses."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from entrepot.base.finding import Finding
from entrepot.base.record import Record
from entrepot.base.shape import Digest, Length, Note, dump
from entrepot.flow.holdview import HOLD_VIEW, REFUSAL, grounds_digest
from entrepot.flow.office import Office, Signatory
from entrepot.flow.ownword import own_word
from entrepot.rule.acceptance import FindingId

SOURCE_CHARS_MAX = 1000
"""Characters of a source that are told; the address of the rule's text comes last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Why it was refused: the finding, its source (instrument and article), and until when, where that is known."""

    finding: FindingId
    source: Note
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRefusal:
    """Kind ``erasure-refusal``, version 1: its issuer was asked to erase ``record`` for ``reason``, and may not.

    Its issuer alone reads it, and shows it to whoever asked.
    """

    record: Digest
    reason: Note
    grounds: Annotated[tuple[Ground, ...], Length(1, 200)]


def check(refusal: ErasureRefusal) -> tuple[Finding, ...]:
    """Nothing beyond its shape."""
    del refusal
    return ()


def refuse(office: Office, record: Record, said: tuple[Signatory, str], findings: tuple[Finding, ...]) -> str:
    """Put the refusal on record for the party of the signatory; the id of that record. The same grounds again are
    answered with the record that told them before."""
    signatory, reason = said
    grounds = tuple(_ground(each) for each in findings)
    payload = dump(ErasureRefusal(record=record.id, reason=reason, grounds=grounds))
    known = office.journal.view(HOLD_VIEW).get(f"refused/{signatory.did}/{record.id}")
    if known is not None and known["grounds"] == grounds_digest(payload["grounds"]):
        return str(known["refusal"])
    refused = own_word(office, signatory, REFUSAL, payload, after=(record.id,))
    office.run(lambda journal: journal.append(refused))
    return refused.record.id


def _ground(found: Finding) -> Ground:
    until = found.params.get("until")
    source = found.source if len(found.source) <= SOURCE_CHARS_MAX else found.source[: SOURCE_CHARS_MAX - 1] + "…"
    return Ground(finding=found.id, source=source, until=None if until is None else date.fromisoformat(until))
