"""Showing control of a DID: a challenge, and the answer that only a key of that DID can give.

The answer is a verifiable presentation without credentials, with a Data Integrity proof for ``authentication`` over the
challenge and the audience: DIDAuthentication as in the Verifiable Presentation Request specification (W3C Credentials
Community Group), which UNTP names for registrars. The same answer signs in. A challenge is answered once: whoever asks
takes it out of its store before the answer is looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Protocol

from entrepot.base.canonical import canonical
from entrepot.base.digest import b64url
from entrepot.base.moment import format_moment, require_aware
from entrepot.base.shape import Did, Length, Pattern
from entrepot.document.proof.context import CREDENTIALS_V2
from entrepot.document.proof.integrity import hash_data, proof_options
from entrepot.document.proof.opened import Proof, Secured, judge_proof, open_secured
from entrepot.document.verify.report import Result, Verdict
from entrepot.party.did import find_method
from entrepot.party.jws import Signer
from entrepot.party.key import Curve, Entropy
from entrepot.party.multibase import to_multibase
from entrepot.party.resolve import Resolver

PURPOSE = "authentication"
LIFETIME = timedelta(minutes=15)
"""How long a challenge may be answered where nothing else is said."""
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
    options = proof_options(holder, suite, method_id, format_moment(now), purpose=PURPOSE)
    options |= {"challenge": challenge.nonce, "domain": challenge.audience}
    value = to_multibase(signer.sign(hash_data(holder, options, curve=signer.public.curve)))
    return canonical({**holder, "proof": {**options, "proofValue": value}})


def nonce_of(data: bytes) -> str:
    """The nonce that an answer claims to answer; empty where it claims none."""
    opened, _ = open_secured(data)
    stated = opened.proofs[0].members.get("challenge") if opened is not None and opened.proofs else None
    return stated if isinstance(stated, str) else ""


def check_answer(data: bytes, challenge: Challenge, *, resolver: Resolver, at: datetime) -> Result:
    """Whether ``data`` shows, at ``at``, that whoever sent it controls the DID of ``challenge``."""
    require_aware(at)
    if not challenge.issued <= at <= challenge.expires:
        reason = f"The challenge could be answered until {format_moment(challenge.expires)}."
        return Result(Verdict.INVALID, "challenge-expired", reason, _ASK_AGAIN)
    opened, findings = open_secured(data)
    if opened is None:
        return Result(Verdict.INVALID, "answer-unreadable", findings[0].text, _ASK_AGAIN)
    if len(opened.proofs) != 1 or opened.vc.get("holder") != challenge.did:
        reason = f"The answer is not by {challenge.did} alone."
        return Result(Verdict.INVALID, "answer-other-holder", reason, _ASK_AGAIN)
    proof = opened.proofs[0]
    for member, wanted in (("challenge", challenge.nonce), ("domain", challenge.audience)):
        if proof.members.get(member) != wanted:
            return Result(Verdict.INVALID, f"answer-{member}", f"The answer is to another {member}.", _ASK_AGAIN)
    return _signed(opened, proof, challenge.did, resolver.resolve(challenge.did, at).document, at)


def _signed(opened: Secured, proof: Proof, did: str, document: Mapping[str, Any] | None, at: datetime) -> Result:
    if document is None:
        remedy = "Publish the DID document, or give it."
        return Result(Verdict.UNKNOWN, "did-unresolved", f"{did} does not resolve now.", remedy)
    method = find_method(document, proof.method, PURPOSE)
    if method is None or method.key is None or method.controller != did:
        reason = f"{did} does not list {proof.method[:200]} for authentication."
        return Result(Verdict.INVALID, "answer-method", reason, "Sign with a key that it lists.")
    if method.ceased is not None and method.ceased <= at:
        reason = f"{proof.method} is out of force since {format_moment(method.ceased)}."
        return Result(Verdict.INVALID, "answer-method-ceased", reason, "Sign with a key that is in force.")
    outcome = judge_proof(opened, method.key, purpose=PURPOSE)
    if not outcome.holds:
        return Result(Verdict.INVALID, "answer-signature", outcome.reason, _ASK_AGAIN)
    return Result(Verdict.VALID, "control-shown", f"{did} is controlled by whoever answered.")
