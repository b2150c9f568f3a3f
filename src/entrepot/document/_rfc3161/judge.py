"""A time-stamp token as evidence: it speaks of the document, holds under its signer, and leads to a trusted authority.

RFC 3161, 2.2 to 2.4; RFC 5816; RFC 5652, 5.4 and 5.6. The certificates must have been in force when the token was made.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from entrepot.document._rfc3161.certificate import leads_to, may_stamp, read_brought
from entrepot.document._rfc3161.signer import signature_fault, signer_of
from entrepot.document._rfc3161.token import HASHES, Token, TokenError, read_token
from entrepot.document.evidence.sighting import Outcome, Question, Sighting

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_SKEW = timedelta(minutes=5)
"""How far an authority's clock may be ahead of the verifier's."""


def judge_token(data: bytes, question: Question) -> Sighting:
    """Whether the token shows the document with its signatures, by an authority whose certificate was given.

    A stamp over the id of a record is none over its signature, and does not count: the authority has checked nothing.
    """
    try:
        token = read_token(data)
    except TokenError as wrong:
        return Sighting(Outcome.ELSEWHERE, "evidence-unread", f"A time-stamp token cannot be read: {wrong}.")
    digest = HASHES.get(token.hash_name)
    if digest is None:
        reason = f"A time-stamp token over a digest by {token.hash_name} is not relied on."
        return Sighting(Outcome.ELSEWHERE, "evidence-unread", reason)
    if token.imprint not in {digest(each).digest() for each in question.texts}:
        return Sighting(Outcome.ELSEWHERE, "evidence-elsewhere", "The time-stamp token is of another document.")
    try:
        return _judged(token, question)
    except Exception as wrong:  # noqa: BLE001 - readers of certificates raise many types, some of them late
        reason = f"A certificate in the time-stamp token is malformed ({type(wrong).__name__})."
        return Sighting(Outcome.BROKEN, "token-wrong", reason, remedy="Give the token as the authority issued it.")


def _judged(token: Token, question: Question) -> Sighting:
    trusted = question.timekeepers.certificates
    brought = read_brought(token.certificates)
    found: list[Certificate] = signer_of(token.signer, [*brought, *trusted])
    if not found:
        remedy = "Give the certificate of the authority with --tsa."
        return Sighting(Outcome.UNKNOWN, "tsa-unknown", "The certificate of the authority is missing.", remedy=remedy)
    faults = [signature_fault(token, each) for each in found]
    held = [each for each, fault in zip(found, faults, strict=True) if not fault]
    if not held:
        reason = f"The time-stamp token does not hold: {faults[0]}."
        return Sighting(Outcome.BROKEN, "token-wrong", reason, remedy="Give the token as the authority issued it.")
    if token.moment > question.now + _SKEW:
        return Sighting(Outcome.BROKEN, "evidence-future", f"The token states {token.moment}, which is to come.")
    leaf = held[0]
    if not may_stamp(leaf):
        reason = f"The certificate of {_name(leaf)} is not for time-stamping alone."
        return Sighting(Outcome.BROKEN, "tsa-purpose", reason, remedy="Use an authority for time-stamping.")
    if not leads_to(leaf, trusted, brought, token.generated):
        reason = f"No certificate that was given leads to {_name(leaf)}, or one was not in force."
        remedy = "Give the authority's certificate, or its root's, with --tsa where you rely on it."
        return Sighting(Outcome.UNKNOWN, "tsa-not-trusted", reason, remedy=remedy)
    return Sighting(Outcome.HOLDS, "evidence-holds", f"a time-stamp token of {_name(leaf)}", token.moment)


def _name(certificate: Any) -> str:
    return str(certificate.subject.rfc4514_string())[:200]
