"""Taking a record that a party of this node signed with its own key, or somebody for it under a mandate that comes
with the record: the same checks as for everything it says.

The node prepares what is to be signed (:func:`entrepot.flow.issue.check_draft` keeps nothing), the party signs where
its key lies, and hands the secured record over here.
"""

from collections.abc import Sequence

from entrepot.base.finding import blocking
from entrepot.base.record import Record
from entrepot.flow.assess import Assessment, Checked, judged, stop
from entrepot.flow.check import FUTURE_MAX
from entrepot.flow.erase import KIND as TOMBSTONE
from entrepot.flow.evidenced import form_streams
from entrepot.flow.issue import (
    Issued,
    Said,
    judge,
    keep,
    proven,
    require_whole_past,
    stopped,
    stream_versions,
    until_kept,
)
from entrepot.flow.late import complete
from entrepot.flow.office import Office
from entrepot.flow.presented import check_presented
from entrepot.journal.port import Attachment, Idempotency, Proof

_STANDARD = "Entrepot record, version 1"


def take_signed(
    office: Office,
    record: Record,
    proofs: Sequence[Proof],
    attachments: Sequence[Attachment] = (),
    *,
    idempotency: Idempotency | None = None,
) -> Issued:
    """Keep and send a record that its issuer, a party of this node, has signed, or whoever it gave a mandate; nothing
    where a finding is blocking.

    Proofs are judged as anybody would judge them: one that is wrong stops it, and so does it where none can be judged
    now. A record that is kept already gets the proofs and files that are new. Raises
    :class:`~entrepot.journal.port.CatchUpNeeded` after a restore.
    """
    require_whole_past(office)
    said = tuple(proofs), tuple(attachments)
    return until_kept(lambda: _take(office, record, said, idempotency))


def _take(
    office: Office,
    record: Record,
    given: tuple[tuple[Proof, ...], tuple[Attachment, ...]],
    idempotency: Idempotency | None,
) -> Issued:
    proofs, attachments = given
    if office.journal.entry(record.id) is not None:
        return _again(office, record, given, idempotency)
    streams = stream_versions(office, record) | form_streams(proofs)
    checked = [_envelope(office, record), *judge(office, record), *check_presented(record, attachments, proofs)]
    checked += proven(office, record, proofs, attachments)
    return keep(office, Said(record, streams, proofs, attachments), checked, idempotency)


def _again(
    office: Office,
    record: Record,
    given: tuple[tuple[Proof, ...], tuple[Attachment, ...]],
    idempotency: Idempotency | None,
) -> Issued:
    """The record is kept: what is new of its proofs and files is added; whether it might be said was judged then."""
    proofs, attachments = given
    checked = [_envelope(office, record), *check_presented(record, attachments, proofs)]
    checked += proven(office, record, proofs, attachments)
    if blocking(finding for each in checked for finding in each.findings if each.name != "presented"):
        return stopped(office, checked)
    done = complete(office, record, proofs, attachments, idempotency=idempotency)
    told = Assessment(checked=tuple(checked), at=office.clock())
    return Issued(record=record, appended=done.appended, assessment=done.assessment or told)


def _envelope(office: Office, record: Record) -> Checked:
    """What composing a draft here would have seen to."""
    found = []
    if record.content.issuer not in office.custody.hosted():
        found.append(
            stop(
                "ENT-CORE-SIGNED-01",
                "{issuer} does not live on this node.",
                path="$.issuer",
                source=_STANDARD,
                remedy="Hand it over where its issuer lives.",
                issuer=record.content.issuer,
            )
        )
    if record.content.issued > office.clock() + FUTURE_MAX:
        found.append(
            stop(
                "ENT-CORE-SIGNED-02",
                "The record claims to be issued in the future.",
                path="$.issued",
                source=_STANDARD,
                remedy="Set the clock, prepare it again and sign that.",
            )
        )
    if record.kind == TOMBSTONE:
        found.append(
            stop(
                "ENT-CORE-SIGNED-03",
                "A tombstone is made where something is erased.",
                path="$.kind",
                source=_STANDARD,
                remedy="Ask for the erasure: POST /api/v1/erasures.",
            )
        )
    return judged("form", "envelope", _STANDARD, found)
