"""Taking a record that a party of this node signed with its own key, or somebody for it under a mandate that comes
with the record: the same checks as for everything it says.

The node prepares what is to be signed (:func:`entrepot.flow.issue.check_draft` keeps nothing), the party signs where
its key lies, and hands the secured record over here.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from entrepot.base.canonical import canonical
from entrepot.base.finding import Finding, blocking
from entrepot.base.record import Record
from entrepot.base.shape import dump
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
from entrepot.flow.receive import NOT_FOR_US
from entrepot.flow.scan import Sifted, check_scanned
from entrepot.journal.port import Attachment, Idempotency, Proof

_STANDARD = "Entrepot record, version 1"
_NONE = object()
MEMBERS_MAX = 50
"""Members that are named of all in which two records differ."""


def take_signed(
    office: Office,
    record: Record,
    proofs: Sequence[Proof],
    attachments: Sequence[Attachment] = (),
    *,
    idempotency: Idempotency | None = None,
    is_guest: bool = False,
) -> Issued:
    """Keep and send a record that its issuer, a party of this node, has signed, or whoever it gave a mandate; nothing
    where a finding is blocking. ``is_guest``: its issuer need not live here, where somebody who lives here reads it.

    Proofs are judged as anybody would judge them: one that is wrong stops it, and so does it where none can be judged
    now. A record that is kept already gets the proofs and files that are new. Raises
    :class:`~entrepot.journal.port.CatchUpNeeded` after a restore, and :class:`~entrepot.flow.error.ScannerAway` where
    its files cannot be looked at.
    """
    require_whole_past(office)
    said = tuple(proofs), tuple(attachments)
    envelope = _envelope(office, record, is_guest=is_guest)
    return until_kept(lambda: _take(office, record, said, envelope, idempotency))


def check_prepared(
    office: Office, record: Record, attachments: Sequence[Attachment] = (), *, is_guest: bool = False
) -> tuple[Finding, ...]:
    """What handing over ``record`` would find now, whatever its proofs will be: before anything is signed."""
    checked = [_envelope(office, record, is_guest=is_guest), *judge(office, record)]
    checked += check_presented(record, attachments) + check_scanned(office, attachments)
    return tuple(finding for each in checked for finding in each.findings)


def check_same(wanted: Record, signed: Record) -> tuple[Finding, ...]:
    """One finding for each member in which what was signed is not what was to be signed."""
    paths = sorted(_differing(dump(wanted.content), dump(signed.content), "$"))
    return tuple(
        stop(
            "ENT-CORE-SIGNED-04",
            "{member} of what was signed is not what was to be signed.",
            path=path,
            source=_STANDARD,
            remedy="Sign the record as it was given, or change it first and sign that.",
            member=path,
        )
        for path in paths[:MEMBERS_MAX]
    )


def _differing(one: Any, other: Any, path: str) -> Iterator[str]:
    """Paths of the innermost members that differ; by their bytes, as for Python true equals 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in one.keys() | other.keys():
            yield from _differing(one.get(name, _NONE), other.get(name, _NONE), f"{path}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from _differing(*pair, f"{path}[{index}]")
    elif one is _NONE or other is _NONE or canonical(one) != canonical(other):
        yield path


def _take(
    office: Office,
    record: Record,
    given: tuple[tuple[Proof, ...], tuple[Attachment, ...]],
    envelope: Checked,
    idempotency: Idempotency | None,
) -> Issued:
    proofs, attachments = given
    if office.journal.entry(record.id) is not None:
        return _again(office, record, given, envelope, idempotency)
    streams = stream_versions(office, record) | form_streams(proofs)
    checked = [envelope, *judge(office, record), *check_presented(record, attachments, proofs)]
    checked += check_scanned(office, attachments)
    checked += proven(office, record, proofs, attachments)
    return keep(office, Said(record, streams, proofs, attachments), checked, idempotency)


def _again(
    office: Office,
    record: Record,
    given: tuple[tuple[Proof, ...], tuple[Attachment, ...]],
    envelope: Checked,
    idempotency: Idempotency | None,
) -> Issued:
    """The record is kept: what is new of its proofs and files is added; whether it might be said was judged then."""
    proofs, attachments = given
    checked = [envelope, *check_presented(record, attachments, proofs)]
    checked += check_scanned(office, attachments)
    checked += proven(office, record, proofs, attachments)
    if blocking(finding for each in checked for finding in each.findings if each.name != "presented"):
        return stopped(office, checked)
    done = complete(office, record, proofs, Sifted(files=tuple(attachments)), idempotency=idempotency)
    told = Assessment(checked=tuple(checked), at=office.clock())
    return Issued(record=record, appended=done.appended, assessment=done.assessment or told)


def _envelope(office: Office, record: Record, *, is_guest: bool) -> Checked:
    """What composing a draft here would have seen to; of a guest, what a peer that brings a record is asked."""
    found, hosted = [], office.custody.hosted()
    if is_guest and record.content.issuer not in hosted and hosted.isdisjoint(record.content.audience):
        found.append(NOT_FOR_US)
    if not is_guest and record.content.issuer not in hosted:
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
