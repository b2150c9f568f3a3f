"""Evidence of time beside a record that is signed under a mandate, and on its way with it.

A mandate ends, or is taken back. Who gets the record only then takes it where somebody whose word on time counts saw
the signed form before: the receipt of the log that it comes from, with what peers cosigned, a time-stamp token, a
counter-signature. So that a receipt covers the form and not the record alone, the log's entry names the digest of each
form that states more than its record. Whose word counts each node says itself: its own (it cosigned the head), the logs
and notaries of its lists of trust anchors, the stamping authorities that its operator named.

Evidence only ever helps: a record that holds without it is judged without it, and what is wrong with a piece of
evidence is no fault of the record.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from entrepot.base.canonical import canonical
from entrepot.base.digest import sha256
from entrepot.base.record import Record
from entrepot.document.evidence.read import BYTES_MAX, sightings_in
from entrepot.document.evidence.receipt import form_stream
from entrepot.document.evidence.sighting import NOBODY, Outcome, Question, Timekeepers, question_of
from entrepot.document.proof import open_secured
from entrepot.document.proof.credential import says_no_more
from entrepot.flow.mandated import references
from entrepot.flow.office import Office
from entrepot.journal.port import ANY, Attachment, Proof
from entrepot.party.resolve import DidResolver

RECEIPT_TYPE = "application/vnd.entrepot.receipt+json"
SEEN_TYPE = "application/vnd.entrepot.seen+jwt"
TOKEN_TYPE = "application/timestamp-reply"  # noqa: S105 - RFC 3161, 3.4
TYPES = frozenset({RECEIPT_TYPE, SEEN_TYPE, TOKEN_TYPE})
"""Media types under which evidence travels beside a record."""
PIECES_MAX = 8
"""Pieces of evidence that are kept beside one record."""
_END = datetime(9999, 12, 31, tzinfo=UTC)


def form_streams(proofs: Iterable[Proof]) -> dict[str, int]:
    """The streams by which an entry names the forms that state more than their record, for an append."""
    opened = ((each.body, open_secured(each.body)[0]) for each in proofs)
    return {form_stream(body): ANY for body, found in opened if found is not None and not says_no_more(found.vc)}


def evidence_among(proofs: Sequence[Proof], files: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """Those of ``files`` that speak of a form signed under a mandate and are whole, as far as can be told without
    asking anybody; whose word counts is not asked."""
    offered = [each for each in files if each.media_type in TYPES and len(each.body) <= BYTES_MAX]
    if not offered or not references(proofs):
        return ()
    questions = [_question(each) for each in proofs]
    return tuple(each for each in offered if any(_speaks(each.body, asked) for asked in questions))[:PIECES_MAX]


def lasting(files: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """What is kept of evidence in any case; receipts are had again from the log that gave them."""
    return tuple(each for each in files if each.media_type != RECEIPT_TYPE)


def receipt_with(office: Office, record: Record, proofs: Sequence[Proof]) -> tuple[Attachment, ...]:
    """This log's receipt of a record that is signed under a mandate, as a file beside it; none before it is sealed."""
    receipt = office.journal.receipt(record.id) if references(proofs) else None
    if receipt is None:
        return ()
    body = canonical(receipt.to_json())
    return evidence_among(proofs, [Attachment(digest=sha256(body), media_type=RECEIPT_TYPE, body=body)])


def timekeepers(office: Office) -> Timekeepers:
    """Whose word on time counts here: the node's own, that of its lists, and of the authorities its operator named."""
    own = frozenset({office.identity.did})
    return Timekeepers(dids=own, certificates=office.authorities, anchors=office.anchors)


def _question(proof: Proof) -> Question:
    return question_of(proof.body, record_id="", timekeepers=NOBODY, anchors=None, resolver=DidResolver(), now=_END)


def _speaks(body: bytes, question: Question) -> bool:
    found = list(sightings_in(body, question))
    return bool(found) and all(each.outcome in (Outcome.HOLDS, Outcome.UNKNOWN) for each in found)
