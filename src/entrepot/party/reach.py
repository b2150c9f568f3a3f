"""How far a copy of a did:webvh log reaches: a key that it lists last may be gone since, in entries that it lacks.

A log states no time up to which it is whole. Until its last entry it proves everything; after that, a copy says less
the older it is, and nothing where something shows that it was cut off (did:webvh 1.0, "Read (Resolve)").
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from entrepot.base.moment import format_moment
from entrepot.base.said import UNSAID, Said, foreign, said, together
from entrepot.party._webvh10.witness import number_in
from entrepot.party.did import find_method
from entrepot.party.key import PublicKey
from entrepot.party.tenure import Keeper
from entrepot.party.webvh import History

AGE_MAX = timedelta(days=366)
"""How long after its last entry a copy that a stranger brought is relied on, unless a verifier says otherwise: keys
that sign are to be changed within one to three years (NIST SP 800-57 Part 1, 5.3.6), so a log without an entry for
longer than the lower bound is as likely old or cut off as whole."""
CUT_SHORT, AGED = "webvh-cut-short", "webvh-log-aged"


@dataclass(frozen=True, slots=True)
class Gap:
    """Why a copy of a log does not tell whether a key was still in force."""

    code: str
    reason: Said


def gap(
    keeper: Keeper,
    moment: datetime,
    *,
    later: Said = UNSAID,
    checked: datetime | None = None,
    age_max: timedelta | None = None,
) -> Gap | None:
    """Why the log does not tell what was in force at ``moment``; None where it does.

    ``later``: what else shows, in words, that the log goes on. ``checked``: when somebody who is believed found the key
    in force. ``age_max``: for every copy; None for :data:`AGE_MAX`, and for copies of strangers alone.
    """
    resolution, history = keeper.resolution, keeper.history
    if history is None or not history.versions or (not resolution.is_copy and not resolution.later):
        return None
    ends = history.versions[-1].time
    known = max(ends, checked) if checked is not None else ends
    if moment <= known:
        return None
    shown = resolution.later or later
    if shown:
        reason = said(
            "The log of {did} ends at {moment} and was cut short.",
            did=keeper.did,
            moment=format_moment(ends),
        )
        return Gap(CUT_SHORT, together(reason, shown))
    bound = age_max if age_max is not None or not resolution.is_brought else AGE_MAX
    if bound is None or moment - known <= bound:
        return None
    reason = said(
        "The log of {did} is known until {known}, and that is too long before {moment} to tell that no key was changed "
        "since.",
        did=keeper.did,
        known=format_moment(known),
        moment=format_moment(moment),
    )
    return Gap(AGED, reason)


def beyond(keeper: Keeper, method_url: str) -> Said:
    """That a DID URL names a version of its did:webvh which the log does not hold; empty where it names none.

    DID Resolution 0.3, "DID Parameters": ``versionId``. A ``versionTime`` names a moment, and any log has a version
    for it.
    """
    named, history = version_in(method_url), keeper.history
    if not number_in(named) or history is None or any(each.id == named for each in history.versions):
        return UNSAID
    return foreign(f"A signature names version {named[:120]}.")


AFTER_THE_LOG = "names a version that its log does not reach"
"""What :func:`misnamed` says of a version that may well be there: the log at hand ends before it."""


def misnamed(keeper: Keeper, method_url: str, *, key: PublicKey, moment: datetime) -> str:
    """What is wrong with the version of a did:webvh that the DID URL of ``key`` names, for a signature that states
    ``moment``; empty where nothing is, or it names none.

    It must be one of its log, list the key for assertions, and have been there at that moment.
    """
    named, history = version_in(method_url), keeper.history
    if not named or history is None:
        return ""
    version = next((each for each in history.versions if each.id == named), None)
    if version is None:
        return AFTER_THE_LOG if number_in(named) > len(history.versions) else "names a version that is not in its log"
    if version.time > moment:
        made = format_moment(version.time)
        return f"names version {version.number}, made at {made}, and states {format_moment(moment)}"
    listed = find_method(version.document, version.did.text + method_url[method_url.find("#") :], "assertionMethod")
    if listed is None or listed.key != key:
        return f"names version {version.number}, which does not list its key"
    return ""


def version_in(method_url: str) -> str:
    """The ``versionId`` that a DID URL of a did:webvh names; empty where it names none."""
    return parse_qs(urlsplit(method_url).query).get("versionId", [""])[0] if method_url[:10] == "did:webvh:" else ""


def versioned(method_id: str, history: History) -> str:
    """The DID URL of a key with the newest version of its did:webvh as parameter ``versionId``."""
    did, _, fragment = method_id.partition("#")
    return f"{did.partition('?')[0]}?versionId={history.versions[-1].id}#{fragment}"
