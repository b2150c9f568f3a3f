"""One piece of evidence after it was judged, and what all kinds are judged with.

**What is trusted.** A log, a counter-signer or a cosigner, where the verifier has named its DID, or a list of trust
anchors names it in the role :data:`LOG` or :data:`WITNESS` at the moment that it states; a time-stamping authority,
where the verifier has given its certificate or that of its root. Their keys must still be in force now: an old key of a
log in a thief's hands states any time.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from entrepot.base.canonical import NotCanonicalError, canonical
from entrepot.base.digest import is_digest, sha256
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.moment import format_moment
from entrepot.base.said import Said, plainer, said
from entrepot.party.anchor import Anchors, Standing
from entrepot.party.did import did_of
from entrepot.party.jws import read_jws, verify_jws
from entrepot.party.key import PublicKey
from entrepot.party.reach import AFTER_THE_LOG, gap, misnamed
from entrepot.party.resolution import Resolver
from entrepot.party.tenure import Keeper, keeper_of

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

LOG, WITNESS = "log", "notary"
"""Roles on a list of trust anchors: whose tree heads, and whose counter-signatures, are believed on time."""
NOT_TRUSTED = "timekeeper-not-trusted"
"""Code of evidence by somebody whose word on time the verifier did not say to count."""
ASSERTION = "assertionMethod"
UNREADABLE = said("A file of evidence cannot be read.")
ELSEWHERE = said("The evidence is of another document.")
NOT_HOLDING = said("The evidence of its time does not hold.")
DOUBTFUL = said("Whoever saw it, or the log in which it stood, is not one to rely on here.")
"""What is told in other languages than English of evidence that does not count."""
LIMITS = JsonLimits(bytes_max=3 << 20, depth_max=72)


class Outcome(StrEnum):
    """What came of a piece of evidence."""

    HOLDS = "holds"
    BROKEN = "broken"
    """It speaks of this document, and is not what it says to be."""
    UNKNOWN = "unknown"
    """It speaks of this document, and it cannot be said whether it is to be believed."""
    ELSEWHERE = "elsewhere"
    """It speaks of another document."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """That somebody saw the document at ``moment``; ``reason`` says who and how, or why it does not count.
    ``is_checked``: whoever saw it also found that its signer's key was in force then."""

    outcome: Outcome
    code: str
    reason: Said
    moment: datetime | None = None
    remedy: str = ""
    is_checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Timekeepers:
    """Whose word on time counts: ``dids`` of logs and witnesses, and lists of anchors; ``certificates`` of
    time-stamping authorities, or of the authorities above them. ``logs``: those that are believed to keep only records
    whose proofs hold, whatever their clocks say. ``anchors``: lists that name logs and witnesses, where none vouches
    for the document itself."""

    dids: frozenset[str] = frozenset()
    certificates: tuple["Certificate", ...] = ()
    logs: frozenset[str] = frozenset()
    anchors: Anchors | None = None


NOBODY = Timekeepers()
"""Nobody's word counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What evidence is judged with. ``texts``: the secured document, signatures included, in the forms in which others
    may have seen it. ``record_id``: of the record that it renders as a whole, else empty."""

    texts: tuple[bytes, ...]
    record_id: str
    timekeepers: Timekeepers
    anchors: Anchors | None
    resolver: Resolver
    now: datetime
    digests: frozenset[str] = field(default=frozenset())
    log_age_max: timedelta | None = None

    def names(self, digest: str) -> bool:
        """Whether ``digest`` (SHA-256, hexadecimal) is that of the document with its signatures."""
        return digest in self.digests

    def believes(self, did: str, role: str, moment: datetime) -> bool:
        """Whether the word of ``did`` on time counts, for what it says of that moment."""
        lists = [each for each in (self.anchors, self.timekeepers.anchors) if each is not None]
        named = (each.anchored(did, role, at=moment) is Standing.YES for each in lists)
        return did in self.timekeepers.dids or any(named)

    def relies_on(self, log: str, moment: datetime) -> bool:
        """Whether ``log`` is believed to have kept, at that moment, only records whose proofs hold."""
        return log in self.timekeepers.logs or self.believes(log, LOG, moment)


def forms_of(data: bytes) -> tuple[bytes, ...]:
    """The forms in which others may have seen the secured bytes: as they are, and as canonical JSON or bare token, out
    of its envelope (VCDM 2.0, 4.13.1)."""
    bare = data.strip()
    forms = [data, bare]
    if bare[:1] == b"{":
        value, findings = read_json(data, LIMITS)
        with suppress(NotCanonicalError):
            forms += [canonical(value)] if not findings else []
        inner = value.get("id") if isinstance(value, dict) else None
        if isinstance(inner, str) and inner.startswith("data:application/") and "proof" not in value:
            forms.append(inner.partition(",")[2].encode("utf-8", "surrogatepass"))
    return tuple(dict.fromkeys(forms))


def question_of(
    data: bytes, *, record_id: str, timekeepers: Timekeepers, anchors: Anchors | None, resolver: Resolver, now: datetime
) -> Question:
    """The question for one secured document. ``record_id``: empty where it renders no record as a whole."""
    texts = forms_of(data)
    return Question(
        texts=texts,
        record_id=record_id if is_digest(record_id) else "",
        timekeepers=timekeepers,
        anchors=anchors,
        resolver=resolver,
        now=now,
        digests=frozenset(sha256(each) for each in texts),
    )


class Speaker:
    """Whoever states a moment. ``ceased``: since when the key is out of force under which a signature was found to
    hold; None where it is in force."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self.ceased: datetime | None = None
        self._signed: tuple[str, PublicKey] | None = None

    def doubt(self, moment: datetime) -> Sighting | None:
        """Why it does not count that a signature which was found to hold states ``moment``; None where it does: its key
        is out of force, or the version of a did:webvh that it names does not fit."""
        if self.ceased is not None and self.ceased <= self._keeper.now:
            return key_ceased(self._keeper.did)
        method, key = self._signed or ("", None)
        wrong = misnamed(self._keeper, method, key=key, moment=moment) if key is not None else ""
        if not wrong:
            return None
        reason = plainer(f"The signature of {self._keeper.did[:200]} {wrong}.", NOT_HOLDING)
        if wrong == AFTER_THE_LOG:
            remedy = "Take its log anew from its host (--did-log), or go online."
            return Sighting(Outcome.UNKNOWN, "timekeeper-unknown", reason, remedy=remedy)
        return Sighting(Outcome.BROKEN, "evidence-version", reason, remedy="Ask it for the evidence again.")

    def check(self, compact: str) -> bytes | None:
        """The payload of a compact JWS by a key that was listed for assertions at some time; the header's ``kid`` names
        the method."""
        jws = read_jws(compact)
        kid = jws.header.get("kid") if jws is not None else None
        did, named = self._keeper.did, kid if isinstance(kid, str) else ""
        method = named if did_of(named) else f"{did}#{named.removeprefix('#')}"
        if jws is None or did_of(method) != did:
            return None
        for key in self._keeper.keys(method):
            tenure = self._keeper.tenure(method, key, ASSERTION)
            if tenure is not None and verify_jws(jws, key):
                self.ceased, self._signed = tenure.ceased, (method, key)
                return jws.payload
        return None


def speaker_of(question: Question, did: str) -> Speaker | Sighting:
    """Who speaks as ``did``, or that its keys are not known here."""
    keeper = keeper_of(question.resolver, did, at=question.now, now=question.now)
    missing = gap(keeper, question.now, age_max=question.log_age_max) if isinstance(keeper, Keeper) else None
    if isinstance(keeper, Keeper) and missing is None and not keeper.resolution.is_unvouched:
        return Speaker(keeper)
    reason = said("Its DID document is known from the bundle alone.") if isinstance(keeper, Keeper) else keeper.reason
    reason = missing.reason if missing is not None else reason
    remedy = f"Give the DID document or log of {did[:200]}, or go online."
    return Sighting(
        Outcome.UNKNOWN, "timekeeper-unknown", said("{did}: {reason}", did=did[:200], reason=reason), remedy=remedy
    )


def key_ceased(did: str) -> Sighting:
    """That a key is out of force, and counts no more whatever it states."""
    reason = said("The key of {did} is out of force, and whoever has it could state any time.", did=did[:200])
    return Sighting(Outcome.UNKNOWN, "timekeeper-key-ceased", reason, remedy="Ask it for evidence under its new key.")


def judged(question: Question, did: str, *, role: str, moment: datetime, how: Said, doubt: Sighting | None) -> Sighting:
    """What it counts that ``did`` states ``moment`` over a signature that holds. ``how``: who says so by what.
    ``doubt``: what speaks against it."""
    if moment > question.now:
        return Sighting(
            Outcome.BROKEN,
            "evidence-future",
            said("It states {moment}, which is to come.", moment=format_moment(moment)),
        )
    if not question.believes(did, role, moment):
        remedy = "Name it with --trust-time where you rely on it."
        reason = said("{did} is not named as trusted on time.", did=did[:200])
        return Sighting(Outcome.UNKNOWN, NOT_TRUSTED, reason, remedy=remedy)
    return doubt or Sighting(Outcome.HOLDS, "evidence-holds", how, moment)
