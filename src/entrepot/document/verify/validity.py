"""Validity: is the document in force at the moment asked for?"""

from datetime import datetime
from typing import Any

from entrepot.base.error import UsageError
from entrepot.base.moment import format_moment, from_millis, parse_moment
from entrepot.base.said import plainer, said
from entrepot.document.proof.model import PERIODS, is_v1
from entrepot.document.proof.opened import Secured
from entrepot.document.verify.report import Result, Verdict


def validity(secured: Secured, at: datetime) -> Result:
    """Whether ``at`` lies within the periods that the document and its proofs state."""
    try:
        starts, ends = _period(secured)
    except (ValueError, TypeError, OverflowError, UsageError) as wrong:
        return Result(
            Verdict.INVALID,
            "period-malformed",
            plainer(str(wrong)[:200], said("A time that it states is malformed.")),
            "Ask for a document with proper times.",
        )
    if starts and at < max(starts):
        reason = said("It holds from {moment} on.", moment=format_moment(max(starts)))
        return Result(Verdict.INVALID, "not-yet-valid", reason, "Ask again then.")
    if ends and at > min(ends):
        reason = said("It held until {moment}.", moment=format_moment(min(ends)))
        return Result(Verdict.INVALID, "expired", reason, "Ask the issuer for a new one.")
    return Result(Verdict.VALID, "in-force", said("It holds at {moment}.", moment=format_moment(at)))


def _period(secured: Secured) -> tuple[list[datetime], list[datetime]]:
    """All moments from which, and up to which, the document or one of its proofs says to hold.

    VCDM 2.0, 4.9 (1.1: 4.6, 4.8); RFC 7519 4.1.4 and 4.1.5 for claims in the payload of a vc+jwt; Data Integrity 2.1.
    """
    vc = secured.vc
    first, last = PERIODS[is_v1(vc)]
    starts = [parse_moment(vc[first])] if first in vc else []
    ends = [parse_moment(vc[last])] if last in vc else []
    if secured.is_enveloped:
        starts += [_numeric_date(vc["nbf"])] if "nbf" in vc else []
        ends += [_numeric_date(vc["exp"])] if "exp" in vc else []
    ends += [parse_moment(each.members["expires"]) for each in secured.proofs if "expires" in each.members]
    return starts, ends


def _numeric_date(value: Any) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("exp or nbf is not a number of seconds")
    return from_millis(int(value * 1000))
