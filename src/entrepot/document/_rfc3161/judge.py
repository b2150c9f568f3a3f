"""A time-stamp token as evidence: it speaks of the document, holds under its signer, and leads to a trusted authority.

RFC 3161, 2.2 to 2.4; RFC 5816; RFC 5652, 5.4 and 5.6. The certificates must have been in force when the token was made.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from entrepot.base.moment import format_moment
from entrepot.base.said import plainer, said
from entrepot.document._rfc3161.certificate import leads_to, may_stamp, read_brought
from entrepot.document._rfc3161.signer import signature_fault, signer_of
from entrepot.document._rfc3161.token import HASHES, Token, TokenError, read_token
from entrepot.document.evidence.sighting import ELSEWHERE, NOT_HOLDING, UNREADABLE, Outcome, Question, Sighting

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_AUTHORITY = said("The certificate of the authority that stamped it is not at hand, or not one to rely on here.")
_SKEW = timedelta(minutes=5)
"""How far an authority's clock may be ahead of the verifier's."""


def judge_token(data: bytes, question: Question) -> Sighting:
    """Whether the token shows the document with its signatures, by an authority whose certificate was given.

    A stamp over the id of a record is none over its signature, and does not count: the authority has checked nothing.
    """
    try:
        token = read_token(data)
    except TokenError as wrong:
        return Sighting(
            Outcome.ELSEWHERE,
            "evidence-unread",
            plainer(f"A time-stamp token cannot be read: {wrong}.", UNREADABLE),
        )
    digest = HASHES.get(token.hash_name)
    if digest is None:
        reason = plainer(f"A time-stamp token over a digest by {token.hash_name} is not relied on.", UNREADABLE)
        return Sighting(Outcome.ELSEWHERE, "evidence-unread", reason)
    if token.imprint not in {digest(each).digest() for each in question.texts}:
        return Sighting(
            Outcome.ELSEWHERE, "evidence-elsewhere", plainer("The time-stamp token is of another document.", ELSEWHERE)
        )
    try:
        return _judged(token, question)
    except Exception:  # noqa: BLE001 - readers of certificates raise many types, some of them late
        reason = plainer("A certificate in the time-stamp token is malformed.", NOT_HOLDING)
        return Sighting(Outcome.BROKEN, "token-wrong", reason, remedy="Give the token as the authority issued it.")


def _judged(token: Token, question: Question) -> Sighting:
    trusted = question.timekeepers.certificates
    brought = read_brought(token.certificates)
    found: list[Certificate] = signer_of(token.signer, [*brought, *trusted])
    if not found:
        remedy = "Give the certificate of the authority with --tsa."
        return Sighting(
            Outcome.UNKNOWN,
            "tsa-unknown",
            plainer("The certificate of the authority is missing.", _AUTHORITY),
            remedy=remedy,
        )
    faults = [signature_fault(token, each) for each in found]
    held = [each for each, fault in zip(found, faults, strict=True) if not fault]
    if not held:
        reason = plainer(f"The time-stamp token does not hold: {faults[0]}.", NOT_HOLDING)
        return Sighting(Outcome.BROKEN, "token-wrong", reason, remedy="Give the token as the authority issued it.")
    if token.moment > question.now + _SKEW:
        return Sighting(
            Outcome.BROKEN,
            "evidence-future",
            said("It states {moment}, which is to come.", moment=format_moment(token.moment)),
        )
    leaf = held[0]
    if not may_stamp(leaf):
        reason = plainer(f"The certificate of {_name(leaf)} is not for time-stamping alone.", _AUTHORITY)
        return Sighting(Outcome.BROKEN, "tsa-purpose", reason, remedy="Use an authority for time-stamping.")
    if not leads_to(leaf, trusted, brought, token.generated):
        reason = plainer(f"No certificate that was given leads to {_name(leaf)}, or one was not in force.", _AUTHORITY)
        remedy = "Give the authority's certificate, or its root's, with --tsa where you rely on it."
        return Sighting(Outcome.UNKNOWN, "tsa-not-trusted", reason, remedy=remedy)
    return Sighting(
        Outcome.HOLDS, "evidence-holds", said("A time-stamp token of {name} says so.", name=_name(leaf)), token.moment
    )


def _name(certificate: Any) -> str:
    return str(certificate.subject.rfc4514_string())[:200]
