"""Time: is there evidence that the document existed, signatures and all, at a moment, and at which?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from entrepot.base.moment import format_moment, parse_moment
from entrepot.base.record import Record
from entrepot.base.said import Said, said, together
from entrepot.document.evidence.read import sightings_in
from entrepot.document.evidence.sighting import WITNESS, Outcome, Question, Sighting, judged, key_ceased, question_of
from entrepot.document.proof.credential import says_no_more
from entrepot.document.proof.opened import ASSERTION, Proof
from entrepot.document.verify.case import Case
from entrepot.document.verify.report import NOT_ASKED, Result, Verdict
from entrepot.party.did import did_of
from entrepot.party.tenure import Tenure

ALSO_MAX = 4
"""Further witnesses that the reason names."""


def sightings(case: Case, data: bytes, record: Record | None) -> tuple[Sighting, ...]:
    """What every piece of evidence that was given says of the secured bytes ``data``, which render ``record``.

    A document of which a holder shows a part renders no record: nobody has seen its issuer sign this part. A receipt of
    the record stands for the document only where this states nothing beside the record.
    """
    if not case.given.evidence:
        return ()
    # The log has seen the record, not what a credential states beside it: its end, its status, its terms.
    question = _question(case, data, record if says_no_more(case.secured.vc) else None)
    return tuple(each for file in case.given.evidence for each in sightings_in(file, question))


def chained(case: Case, number: int, tenure: Tenure | None) -> Sighting | None:
    """What proof ``number``, whose signature holds, says of the time, where a witness made it over the issuer's proofs.

    ``tenure``: of the key that made it. Data Integrity 1.0, 2.1.2: a proof that builds upon others signs them too.
    """
    proof, issuer = case.secured.proofs[number], case.secured.issuer
    witness = did_of(proof.method)
    if not proof.previous or tenure is None or witness in ("", issuer):
        return None
    if proof.purpose != ASSERTION or not _covers(proof, case.secured.proofs, issuer):
        return None
    try:
        moment = parse_moment(str(proof.members.get("created")))
    except ValueError:
        return None
    doubt = key_ceased(witness) if tenure.ceased is not None and tenure.ceased <= case.now else None
    how = said("A proof of {did} over the issuer's says so, by its clock.", did=witness[:200])
    return judged(_question(case, b"", None), witness, role=WITNESS, moment=moment, how=how, doubt=doubt)


def time(case: Case, found: Sequence[Sighting], *, is_needed: bool) -> Result:
    """The answer that the sightings give. ``is_needed``: whether a key that signed is out of force."""
    first = earliest(found)
    if first is not None and first <= case.at:
        sighting = next(each for each in found if each.outcome is Outcome.HOLDS and each.moment == first)
        reason = said("It existed at {moment}: {reason}", moment=format_moment(first), reason=sighting.reason)
        return Result(Verdict.VALID, sighting.code, _also(reason, found, sighting))
    for outcome, status in ((Outcome.BROKEN, Verdict.INVALID), (Outcome.UNKNOWN, Verdict.UNKNOWN)):
        each = next((each for each in found if each.outcome is outcome), None)
        if each is not None:
            return Result(status, each.code, each.reason, each.remedy)
    if first is not None:
        reason = said(
            "It is shown to have existed at {moment}, after the moment asked for.", moment=format_moment(first)
        )
        return Result(Verdict.UNKNOWN, "evidence-later", reason, "Give evidence of an earlier time.")
    if found:
        return Result(Verdict.UNKNOWN, found[0].code, found[0].reason, found[0].remedy or _REMEDY)
    if is_needed:
        reason = said("A key that signed it is out of force, and nothing shows that it existed before.")
        return Result(Verdict.UNKNOWN, "evidence-missing", reason, _REMEDY)
    return NOT_ASKED


def _also(reason: Said, found: Sequence[Sighting], first: Sighting) -> Said:
    """``reason``, and who else says so, and since when by their clocks, in the order of time."""
    others = {(each.moment, each.reason) for each in found if each.outcome is Outcome.HOLDS and each.moment}
    for moment, other in sorted(others - {(first.moment, first.reason)})[:ALSO_MAX]:
        also = said("Also at {moment}: {reason}", moment=format_moment(moment), reason=other)
        reason = together(reason, also)
    return reason


def earliest(found: Sequence[Sighting]) -> datetime | None:
    """The first moment at which the document is shown to have existed."""
    return min((each.moment for each in found if each.outcome is Outcome.HOLDS and each.moment), default=None)


_REMEDY = "Give the receipt, time-stamp token or counter-signature of this document with --evidence."


def checked(found: Sequence[Sighting]) -> datetime | None:
    """The last moment at which somebody who is believed found the signer's key in force."""
    held = [each.moment for each in found if each.outcome is Outcome.HOLDS and each.is_checked and each.moment]
    return max(held, default=None)


def _question(case: Case, data: bytes, record: Record | None) -> Question:
    question = question_of(
        data,
        record_id=record.id if record is not None else "",
        timekeepers=case.given.timekeepers,
        anchors=case.given.anchors,
        resolver=case.resolver,
        now=case.now,
    )
    return replace(question, log_age_max=case.given.log_age_max)


def _covers(proof: Proof, proofs: Sequence[Proof], issuer: str) -> bool:
    """Whether ``proof`` builds upon every proof of the issuer."""
    own = [each.members for each in proofs if did_of(each.method) == issuer]
    return bool(own) and all(each in proof.previous for each in own)
