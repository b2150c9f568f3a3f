"""A counter-signature as evidence: another party signs the digest of the document, and states when.

It is a JWT (RFC 7519) of the type :data:`TYPE` (RFC 8725, 3.11): ``iss`` the DID of the witness, ``iat`` the moment,
``sub`` the digest of the secured document as an ``ni`` URI (RFC 6920). A witness may also add a proof to the document
itself that builds upon the issuer's (Data Integrity 1.0, 2.1.2): ``entrepot.document.verify.time`` judges that.
"""

from datetime import datetime

from entrepot.base.canonical import canonical
from entrepot.base.digest import from_ni_uri, ni_uri, sha256
from entrepot.base.jsontext import read_json
from entrepot.base.moment import from_millis, to_millis
from entrepot.base.said import plainer, said
from entrepot.document.evidence.sighting import (
    ELSEWHERE,
    NOT_HOLDING,
    UNREADABLE,
    WITNESS,
    Outcome,
    Question,
    Sighting,
    judged,
    speaker_of,
)
from entrepot.party.did import did_of, is_did
from entrepot.party.jws import Jws, Signer, sign_jws

TYPE = "entrepot-seen+jwt"
"""``typ`` of a counter-signature."""
_SECONDS_MAX = 253_402_300_799
"""The last second of the year 9999."""


def countersign(data: bytes, signer: Signer, *, method_id: str, now: datetime) -> str:
    """That the owner of ``method_id`` saw the secured bytes ``data`` now; to be kept beside them.

    ``method_id`` of a did:webvh names, by the parameter ``versionId``, the version that lists the key
    (:func:`~entrepot.party.reach.versioned`): a witness that was robbed cannot name one that it made later.
    """
    claims = {"iss": did_of(method_id), "iat": to_millis(now) // 1000, "sub": ni_uri(sha256(data))}
    return sign_jws({"kid": method_id, "typ": TYPE}, canonical(claims), signer)


def judge_countersignature(jws: Jws, question: Question) -> Sighting:
    """Whether the JWT is of a witness that is trusted, speaks of the document, and when it was made."""
    claims, findings = read_json(jws.payload)
    if findings or not isinstance(claims, dict):
        return Sighting(
            Outcome.ELSEWHERE, "evidence-unread", plainer("A counter-signature has no claims in JSON.", UNREADABLE)
        )
    witness, second, subject = (claims.get(name) for name in ("iss", "iat", "sub"))
    digest = from_ni_uri(subject) if isinstance(subject, str) else None
    if digest is None or not question.names(digest):
        return Sighting(
            Outcome.ELSEWHERE, "evidence-elsewhere", plainer("The counter-signature is of another document.", ELSEWHERE)
        )
    if not isinstance(witness, str) or not is_did(witness) or type(second) is not int or not 0 < second <= _SECONDS_MAX:
        return Sighting(
            Outcome.BROKEN,
            "countersignature-form",
            plainer("The counter-signature names no witness or no moment.", NOT_HOLDING),
        )
    speaker = speaker_of(question, witness)
    if isinstance(speaker, Sighting):
        return speaker
    if speaker.check(jws.text) is None:
        reason = plainer(f"The counter-signature is not by a key of {witness[:200]}.", NOT_HOLDING)
        return Sighting(Outcome.BROKEN, "countersignature-wrong", reason, remedy="Ask the witness for it again.")
    moment = from_millis(second * 1000)
    doubt = speaker.doubt(moment)
    return judged(
        question,
        witness,
        role=WITNESS,
        moment=moment,
        how=said("A counter-signature of {did} says so, by its clock.", did=witness[:200]),
        doubt=doubt,
    )
