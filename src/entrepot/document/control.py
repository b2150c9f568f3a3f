"""Showing control of a DID: a challenge, and the answer that only a key of that DID can give.

The answer is a verifiable presentation, with a Data Integrity proof for ``authentication`` over the challenge and the
audience: DIDAuthentication as in the Verifiable Presentation Request specification (W3C Credentials Community Group),
which UNTP names for registrars. One that is secured as a token (``vp+jwt``, W3C VC-JOSE-COSE 1.0) is taken as well: it
states them as ``nonce`` and ``aud``. The same answer signs in. A challenge is answered once: whoever asks takes it out
of its store before the answer is looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Protocol

from entrepot.base.canonical import canonical
from entrepot.base.digest import b64url
from entrepot.base.moment import format_moment, require_aware
from entrepot.base.said import UNSAID, Said, said
from entrepot.base.shape import Did, Length, Pattern
from entrepot.document.proof.context import CREDENTIALS_V2
from entrepot.document.proof.integrity import hash_data, proof_options
from entrepot.document.proof.model import check_payload, check_presentation
from entrepot.document.proof.opened import Proof, Secured, judge_proof
from entrepot.document.proof.presentation import AUTHENTICATION, open_presentation
from entrepot.document.proof.secured import holder_of
from entrepot.document.verify.report import Result, Verdict
from entrepot.document.verify.validity import validity
from entrepot.party.did import find_method
from entrepot.party.jws import Signer
from entrepot.party.key import Curve, Entropy
from entrepot.party.multibase import to_multibase
from entrepot.party.resolve import Resolver

LIFETIME = timedelta(minutes=15)
"""How long a challenge may be answered where nothing else is said."""
LEEWAY = timedelta(minutes=1)
"""How far ahead the clock of whoever answers may be (RFC 7519, 4.1.5)."""
_ASK_AGAIN = "Ask for a new challenge and answer that."
_SUITES = {Curve.ED25519: "eddsa-jcs-2022", Curve.P256: "ecdsa-jcs-2019", Curve.P384: "ecdsa-jcs-2019"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What is to be signed. ``nonce``: 128 random bits, base64url; ``audience``: who asks (a DID or URL); ``did``:
    whose control is asked for. It may be answered from ``issued`` until ``expires``."""

    nonce: Annotated[str, Pattern("[A-Za-z0-9_-]{22}")]
    audience: Annotated[str, Length(1, 500)]
    did: Did
    issued: datetime
    expires: datetime

    def request(self) -> dict[str, Any]:
        """The challenge as a Verifiable Presentation Request, for wallets that speak it."""
        method = self.did.split(":")[1]
        query = [{"type": "DIDAuthentication", "acceptedMethods": [{"method": method}]}]
        return {"query": query, "challenge": self.nonce, "domain": self.audience}


class Challenges(Protocol):
    """Where whoever asks keeps the challenges that are open."""

    def keep(self, challenge: Challenge) -> None:
        """Keep one, durably on return."""
        ...

    def take(self, nonce: str) -> Challenge | None:
        """The challenge of that nonce, once: whoever takes it second, even at the same time, gets None."""
        ...


class RunChallenges:
    """Challenges in the memory of one process."""

    def __init__(self) -> None:
        self._open: dict[str, Challenge] = {}

    def keep(self, challenge: Challenge) -> None:
        """Keep it while the process lives."""
        self._open[challenge.nonce] = challenge

    def take(self, nonce: str) -> Challenge | None:
        """The challenge of that nonce, once."""
        return self._open.pop(nonce, None)


def new_challenge(
    did: str, audience: str, *, now: datetime, entropy: Entropy, lifetime: timedelta = LIFETIME
) -> Challenge:
    """A challenge for ``did`` by ``audience``, not yet kept anywhere."""
    require_aware(now)
    return Challenge(nonce=b64url(entropy(16)), audience=audience, did=did, issued=now, expires=now + lifetime)


def answer(challenge: Challenge, signer: Signer, *, method_id: str, now: datetime) -> bytes:
    """The answer by a key of the DID, whose method is ``method_id``."""
    holder = {"@context": [CREDENTIALS_V2], "type": ["VerifiablePresentation"], "holder": challenge.did}
    suite = _SUITES[signer.public.curve]
    options = proof_options(holder, suite, method_id, format_moment(now), purpose=AUTHENTICATION)
    options |= {"challenge": challenge.nonce, "domain": challenge.audience}
    value = to_multibase(signer.sign(hash_data(holder, options, curve=signer.public.curve)))
    return canonical({**holder, "proof": {**options, "proofValue": value}})


def nonce_of(data: bytes) -> str:
    """The nonce that an answer claims to answer; empty where it claims none."""
    opened, _ = open_presentation(data)
    stated = _occasion(opened)["challenge"] if opened is not None and opened.proofs else None
    return stated if isinstance(stated, str) else ""


def check_answer(data: bytes, challenge: Challenge, *, resolver: Resolver, at: datetime) -> Result:
    """Whether ``data`` shows, at ``at``, that whoever sent it controls the DID of ``challenge``."""
    require_aware(at)
    if not challenge.issued <= at <= challenge.expires:
        reason = said("The challenge could be answered until {moment}.", moment=format_moment(challenge.expires))
        return Result(Verdict.INVALID, "challenge-expired", reason, _ASK_AGAIN)
    opened, findings = open_presentation(data)
    if opened is None:
        return Result(Verdict.INVALID, "answer-unreadable", findings[0].told, _ASK_AGAIN)
    if len(opened.proofs) != 1 or _holders(opened) != {challenge.did}:
        reason = said("The answer is not by {did} alone.", did=challenge.did)
        return Result(Verdict.INVALID, "answer-other-holder", reason, _ASK_AGAIN)
    malformed = _token_fault(opened) if opened.is_enveloped else UNSAID
    if malformed:
        remedy = "Secure a verifiable presentation as vp+jwt, and state nonce and aud beside its members."
        return Result(Verdict.INVALID, "answer-token", malformed, remedy)
    stated = _occasion(opened)
    occasion = (
        ("challenge", challenge.nonce, said("The answer is to another challenge.")),
        ("domain", challenge.audience, said("The answer is to another domain.")),
    )
    for member, wanted, other in occasion:
        if stated[member] != wanted:
            return Result(
                Verdict.INVALID,
                f"answer-{member}",
                other,
                _ASK_AGAIN,
            )
    if (period := _period(opened, at)).status is not Verdict.VALID:
        return Result(Verdict.INVALID, "answer-period", period.reason, _ASK_AGAIN)
    return _signed(opened, opened.proofs[0], challenge.did, resolver.resolve(challenge.did, at).document, at)


def _holders(opened: Secured) -> set[str]:
    """Whom the answer names as its holder; a token may say it by ``iss`` (VC-JOSE-COSE 1.0, 3.1.3), or by both."""
    if not opened.is_enveloped:
        return {holder_of(opened.vc)}
    stated = {str(opened.vc["iss"])} if "iss" in opened.vc else set()
    return stated | ({holder_of(opened.vc)} if "holder" in opened.vc else set())


def _token_fault(opened: Secured) -> Said:
    """Why a token is no presentation that was secured as ``vp+jwt``; empty where it is one."""
    if opened.proofs[0].fault:
        return said("The token cannot hold: {fault}", fault=opened.proofs[0].fault)
    broken = (*check_payload(opened.vc), *check_presentation(opened.vc, is_secured=True))
    return broken[0].told if broken else UNSAID


def _occasion(opened: Secured) -> Mapping[str, Any]:
    """What the answer says it answers, and whom; a token that is meant for several (``aud``, RFC 7519, 4.1.3) is not
    meant for who asks alone."""
    if not opened.is_enveloped:
        members = opened.proofs[0].members
        return {"challenge": members.get("challenge"), "domain": members.get("domain")}
    meant = opened.vc.get("aud")
    domain = meant[0] if isinstance(meant, list) and len(meant) == 1 else meant
    return {"challenge": opened.vc.get("nonce"), "domain": domain}


def _period(opened: Secured, at: datetime) -> Result:
    """Whether the answer itself says to hold now, by a clock that may run ahead a little."""
    found = validity(opened, at)
    return validity(opened, at + LEEWAY) if found.code == "not-yet-valid" else found


def _signed(opened: Secured, proof: Proof, did: str, document: Mapping[str, Any] | None, at: datetime) -> Result:
    if document is None:
        remedy = "Publish the DID document, or give it."
        return Result(Verdict.UNKNOWN, "did-unresolved", said("{did} does not resolve now.", did=did), remedy)
    method = find_method(document, proof.method, AUTHENTICATION)
    if method is None or method.key is None or method.controller != did:
        reason = said("{did} does not list {method} for authentication.", did=did, method=proof.method[:200])
        return Result(Verdict.INVALID, "answer-method", reason, "Sign with a key that it lists.")
    if method.ceased is not None and method.ceased <= at:
        reason = said(
            "{method} is out of force since {moment}.", method=proof.method, moment=format_moment(method.ceased)
        )
        return Result(Verdict.INVALID, "answer-method-ceased", reason, "Sign with a key that is in force.")
    outcome = judge_proof(opened, method.key, purpose=AUTHENTICATION)
    if not outcome.holds:
        return Result(Verdict.INVALID, "answer-signature", outcome.reason, _ASK_AGAIN)
    return Result(Verdict.VALID, "control-shown", said("{did} is controlled by whoever answered.", did=did))
