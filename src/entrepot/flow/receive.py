"""Receiving: bytes from a peer become a record that is kept, with its findings, or a refusal that is signed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.base.error import LimitError
from entrepot.base.finding import Finding, blocking
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.record import Record
from entrepot.flow import nodemail
from entrepot.flow.assess import Assessment, Checked, stop
from entrepot.flow.belonging import Belonging, belonging, perhaps_stranger, stranger
from entrepot.flow.billed import check_billed
from entrepot.flow.book import refusal
from entrepot.flow.check import OPENS_NOTHING, check_form, check_number, check_right, kind_of
from entrepot.flow.envelope import Envelope, pack, read_envelope, unpack, write_envelope
from entrepot.flow.error import ScannerAway
from entrepot.flow.evidenced import RECEIPT_TYPE, form_streams, lasting
from entrepot.flow.headwatch import head_body
from entrepot.flow.issue import TRIES_MAX, stream_versions
from entrepot.flow.keeping import check_notice
from entrepot.flow.late import complete
from entrepot.flow.law import check_law, pack_versions
from entrepot.flow.office import Office
from entrepot.flow.owed import check_owed
from entrepot.flow.peer import Peer, admitted, heard_from
from entrepot.flow.post import DELIVERY, RECEIPT
from entrepot.flow.presented import check_received, named_files
from entrepot.flow.prove import EVIDENCED, check_proofs, open_proofs
from entrepot.flow.reading import gone_for
from entrepot.flow.scan import Sifted, check_sifted, sift, unscanned
from entrepot.journal.journal import Journal
from entrepot.journal.port import Append, Attachment, FloorBroken, Proof, StreamConflict
from entrepot.journal.waiting import Waiting
from entrepot.payment.ledger import LedgerRefused

T = TypeVar("T")


class Outcome(StrEnum):
    """What became of a received record."""

    KEPT = "kept"
    KNOWN = "known"
    WAITING = "waiting"
    """Its causes are missing; it lies aside until they come."""
    REFUSED = "refused"
    """Broken, or by a stranger to the sale: not kept."""
    RETRY = "retry"
    """It cannot be judged now (its issuer cannot be resolved, its files not be scanned); send it again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The outcome for one envelope, with all findings."""

    outcome: Outcome
    record_id: str = ""
    findings: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The JSON form that the sender gets, signed."""
        return {
            "outcome": str(self.outcome),
            "record": self.record_id,
            "findings": [each.to_json() for each in self.findings],
            "missing": list(self.missing),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """An envelope taken apart: one record, its proofs and the files that it names; ``receipts``: evidence that is kept
    where the record is judged by it; ``strays``: what was found of other files, which are left behind; ``sifted``: what
    a scanner found in its files."""

    record: Record
    proofs: tuple[Proof, ...]
    attachments: tuple[Attachment, ...]
    receipts: tuple[Attachment, ...]
    strays: tuple[Finding, ...]
    withheld: frozenset[str]
    sifted: Sifted = field(default_factory=Sifted)


def receive_delivery(office: Office, message: bytes) -> bytes:
    """Answer a delivery of an admitted peer: a signed receipt with the outcome of each envelope, after the commit.

    Raises :class:`BadNodeMessage` and :class:`NotAdmitted`, which the edge answers with a problem document.
    """
    mail = nodemail.read(office, message, DELIVERY)
    sender = admitted(office, mail.sender)
    envelopes = mail.body.get("envelopes")
    if not isinstance(envelopes, list) or len(envelopes) > 100:
        envelopes = []
    results = [receive(office, each, sender).to_json() for each in envelopes]
    heard_from(office, sender.id)
    body = {"re": sha256(message), "results": results, **head_body(office, mail.body.get("known"))}
    return nodemail.write(office, RECEIPT, mail.sender, body)


def receive(office: Office, value: Any, sender: Peer) -> Received:
    """Take one envelope (parsed JSON) from an admitted peer."""
    envelope, findings = read_envelope(value)
    if envelope is None:
        return Received(outcome=Outcome.REFUSED, findings=findings)
    opened, findings = _open(envelope)
    if opened is None:
        return Received(outcome=Outcome.REFUSED, findings=findings)
    received = _take(office, opened, envelope, sender.id)
    if received.outcome in (Outcome.KEPT, Outcome.KNOWN):
        # Also for a known one: a crash may have fallen between keeping it and taking what waited for it.
        _release(office, received.record_id)
    return received


def _open(envelope: Envelope) -> tuple[_Opened | None, tuple[Finding, ...]]:
    record, proofs, found = open_proofs([each.body for each in envelope.proofs], "$.proofs[{}].body")
    attachments, wrong = unpack(envelope.attachments)
    if record is None or wrong:
        return None, (*found, *wrong)
    withheld = frozenset(envelope.withheld) & set(record.content.after)
    named, strays = named_files(record, attachments, proofs)
    kept, receipts = lasting(named), tuple(each for each in named if each.media_type == RECEIPT_TYPE)
    opened = _Opened(
        record=record, proofs=proofs, attachments=kept, receipts=receipts, strays=strays, withheld=withheld
    )
    return opened, ()


def _take(office: Office, opened: _Opened, envelope: Envelope, sender: str) -> Received:
    record = opened.record
    proven, unresolved = check_proofs(office, record, opened.proofs, (*opened.attachments, *opened.receipts))
    refused = blocking(finding for each in proven for finding in each.findings)
    if refused:
        return Received(outcome=Outcome.REFUSED, record_id=record.id, findings=refused)
    if unresolved:
        findings = tuple(finding for each in proven for finding in each.findings)
        return Received(outcome=Outcome.RETRY, record_id=record.id, findings=findings)
    try:
        opened = _sifted(office, opened)
    except ScannerAway as wrong:
        return Received(outcome=Outcome.RETRY, record_id=record.id, findings=(unscanned(wrong),))
    if office.journal.entry(record.id) is not None:
        sifted = replace(opened.sifted, files=opened.attachments)
        done = complete(office, record, opened.proofs, sifted, withheld=opened.withheld)
        found = () if done.assessment is None else done.assessment.findings
        return Received(outcome=Outcome.KNOWN, record_id=record.id, findings=(*done.findings, *found))
    payload, form = check_form(record, office.clock(), journal=office.journal)
    if any(each.id.startswith("ENT-CORE-SHAPE-") or each.id == OPENS_NOTHING for each in blocking(form.findings)):
        return Received(outcome=Outcome.REFUSED, record_id=record.id, findings=form.findings)
    audience = set(record.content.audience)
    if (
        audience
        and audience.isdisjoint(office.custody.hosted())
        and record.content.issuer not in office.custody.hosted()
    ):
        return Received(outcome=Outcome.REFUSED, record_id=record.id, findings=(NOT_FOR_US,))
    missing = _missing(office, opened)
    if missing:
        # What the record does not name is not kept aside either.
        named = replace(envelope, attachments=pack((*opened.attachments, *opened.receipts)))
        return _hold(office, named, sender, (opened, missing))
    if any(finding.id == EVIDENCED for each in proven for finding in each.findings):
        # Whoever gets the record from here needs them as well.
        opened = replace(opened, attachments=(*opened.attachments, *opened.receipts))
    presented = check_received(record, opened.attachments, opened.strays, left_out=opened.sifted.hits)
    return _keep(office, opened, payload, [form, *presented, *check_sifted(opened.sifted), *proven])


def _sifted(office: Office, opened: _Opened) -> _Opened:
    """The same without the files in which the scanner finds something. Those that lie beside the record already are not
    looked at again, and what was found before it was laid aside stays found. Raises :class:`ScannerAway`."""
    came = (*opened.attachments, *opened.receipts)
    sifted = sift(office, came, known=office.journal.attachments(opened.record.id))
    kept, hits = {each.digest for each in sifted.files}, {**opened.sifted.hits, **sifted.hits}
    return replace(
        opened,
        attachments=tuple(each for each in opened.attachments if each.digest in kept),
        receipts=tuple(each for each in opened.receipts if each.digest in kept),
        sifted=replace(sifted, hits=hits),
    )


def _missing(office: Office, opened: _Opened) -> tuple[str, ...]:
    causes = set(opened.record.content.after) - opened.withheld
    return tuple(sorted(each for each in causes if office.journal.entry(each) is None))


def _hold(office: Office, envelope: Envelope, sender: str, about: tuple[_Opened, tuple[str, ...]]) -> Received:
    (opened, missing), record = about, about[0].record
    hits = {"hits": dict(opened.sifted.hits)} if opened.sifted.hits else {}
    body = canonical({"peer": sender, "envelope": write_envelope(envelope), **hits})

    def hold(journal: Journal) -> bool:
        if gone_for(journal, record.id, record.content.issuer) is not None:
            return False
        journal.hold(body, missing, key=record.id)
        return True

    try:
        is_held = office.run(hold)
    except LimitError:
        return Received(outcome=Outcome.RETRY, record_id=record.id, missing=missing)
    if not is_held:
        return Received(outcome=Outcome.REFUSED, record_id=record.id, findings=(_ERASED,))
    return Received(outcome=Outcome.WAITING, record_id=record.id, missing=missing)


def _settled(journal: Journal, record: Record, work: Callable[[], T]) -> T:
    """Do ``work`` and forget in the same transaction that the record waited: it may have come by another way, told
    this time that the peer keeps back what it waited for. Where its issuer erased a record that waits, that one goes
    too: the erased causes of an erased record never come, and nobody here has read it."""
    with journal.transaction():
        done = work()
        journal.unhold(record.id)
        if record.kind == "tombstone":
            held = journal.held(str(record.payload.get("record")))
            if held is not None and _issuer_of(held) == record.content.issuer:
                journal.unhold(held.key)
    return done


def _issuer_of(waiting: Waiting) -> str:
    _, opened, _ = _laid_aside(waiting)
    return "" if opened is None else opened.record.content.issuer


def _laid_aside(waiting: Waiting) -> tuple[Envelope | None, _Opened | None, str]:
    """The envelope that waits, opened, and the peer that sent it; None where it cannot be read any more."""
    value, _ = read_json(waiting.body, JsonLimits(bytes_max=1 << 26))
    envelope, _ = read_envelope(value["envelope"])
    opened, _ = _open(envelope) if envelope is not None else (None, ())
    if opened is not None:
        opened = replace(opened, sifted=Sifted(hits=value.get("hits", {})))
    return envelope, opened, value["peer"]


def _keep(office: Office, opened: _Opened, payload: Any, so_far: Sequence[Checked]) -> Received:
    record = opened.record
    for attempt in range(TRIES_MAX):
        streams = stream_versions(office, record)
        right, belongs = check_right(office, record), belonging(office, record, opened.withheld)
        if belongs is Belonging.NO:
            return Received(outcome=Outcome.REFUSED, record_id=record.id, findings=(stranger(record), *right.findings))
        if belongs is Belonging.UNKNOWN:
            right = replace(right, findings=(*right.findings, perhaps_stranger(record)))
        number = check_number(office, record)
        billed = (*check_billed(office, record), *check_owed(office, record))
        checked = [*so_far, number, right, *billed, *check_law(office, record, payload), *check_notice(office, record)]
        assessment = Assessment(checked=tuple(checked), at=office.clock(), versions=pack_versions(office))
        kind = kind_of(record)
        append = Append(
            record=record,
            streams={**streams, **form_streams(opened.proofs)},
            proofs=opened.proofs,
            attachments=opened.attachments,
            assessment={**assessment.to_json(), "withheld": sorted(opened.withheld)},
            personal=kind.personal if kind else True,
            recovered=True,  # whatever a peer holds is welcome while this node catches up after a restore
        )
        try:
            office.run(lambda journal, item=append: _settled(journal, record, lambda: journal.append(item)))  # type: ignore[misc]
        except StreamConflict:
            if attempt == TRIES_MAX - 1:
                raise
            continue
        except (LedgerRefused, FloorBroken) as wrong:
            # A record of an institution that lives here, signed elsewhere: its own book comes first.
            return Received(outcome=Outcome.REFUSED, record_id=record.id, findings=refusal(wrong))
        return Received(outcome=Outcome.KEPT, record_id=record.id, findings=assessment.findings)
    raise AssertionError("unreachable: the loop returns or raises")


_ERASED = stop(
    "ENT-CORE-RIGHT-07",
    "The issuer has erased the record, and this node lacks what it followed: it is not kept aside for that.",
    remedy="Nothing is to be done; the notice of its erasure is here.",
)
NOT_FOR_US = stop(
    "ENT-CORE-RIGHT-02",
    "No party of this node is in the audience of the record.",
    path="$.audience",
    remedy="Send it to the nodes of those who may read it.",
)
"""Nobody who lives here reads a record: whoever brings it is told so."""


def resume(office: Office) -> int:
    """Take what waits though it lacks nothing any more, and count it: a crash may have fallen between a cause and
    what waited for it, or an issuer could not be resolved then. To be called from time to time."""
    taken = 0
    for waiting in office.journal.ready():
        received = _retake(office, waiting)
        taken += received is not None
        if received is not None and received.outcome is Outcome.KEPT:
            _release(office, received.record_id)
    return taken


def _release(office: Office, record_id: str) -> None:
    """Take what waited for this record, and what waited for that, until nothing is left."""
    ready = [record_id]
    while ready:
        for waiting in office.journal.release(ready.pop()):
            received = _retake(office, waiting)
            if received is not None and received.outcome is Outcome.KEPT:
                ready.append(received.record_id)


def _retake(office: Office, waiting: Waiting) -> Received | None:
    """Take an envelope that lay aside; None where it goes on waiting, because it still cannot be judged."""
    envelope, opened, sender = _laid_aside(waiting)
    received = Received(outcome=Outcome.REFUSED)
    if envelope is not None and opened is not None:
        received = _take(office, opened, envelope, sender)
    if received.outcome in (Outcome.RETRY, Outcome.WAITING):
        return None
    office.run(lambda journal: journal.unhold(waiting.key))
    return received
