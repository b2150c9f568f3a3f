"""Verifying a presentation: its holder's proof, the occasion it was made for, and every credential inside.

Standards: VCDM 2.0, 4.13 and 7.1; VC Data Integrity 1.0, 4.4 (domain and challenge); VC-JOSE-COSE 1.0 (vp+jwt).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from entrepot.base.canonical import NotCanonicalError, canonical
from entrepot.base.finding import Finding
from entrepot.base.moment import require_aware
from entrepot.base.said import foreign
from entrepot.document.proof.model import check_payload, check_presentation, items_of
from entrepot.document.proof.opened import Proof, Secured, issuer_of
from entrepot.document.proof.presentation import AUTHENTICATION, open_presentation
from entrepot.document.proof.secured import holder_of
from entrepot.document.verify.case import NOTHING, Case, Given
from entrepot.document.verify.form import schema
from entrepot.document.verify.proofs import ProofJudge
from entrepot.document.verify.report import NOT_ASKED, Report, Result, Verdict, worst
from entrepot.document.verify.validity import validity
from entrepot.document.verify.whole import verify
from entrepot.party.did import did_of, find_method
from entrepot.party.resolve import Resolver

CREDENTIALS_MAX = 50
"""Credentials that one presentation may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """The answers on a presentation: ``results`` of its own (``integrity``, ``holder``, ``occasion``, ``validity``,
    ``schema``), and a report for each credential inside, in its order."""

    is_valid: bool
    results: Mapping[str, Result]
    credentials: tuple[Report, ...] = ()
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """``valid``, ``results`` and ``credentials``, each as its own report says it."""
        return {
            "valid": self.is_valid,
            "results": {name: each.to_json() for name, each in self.results.items()},
            "credentials": [each.to_json() for each in self.credentials],
        }


def verify_presentation(data: bytes, *, resolver: Resolver, at: datetime, given: Given = NOTHING) -> Presented:
    """Everything that can be said of a presentation as of ``at``.

    ``given.audience`` and ``given.nonce`` are the domain and the challenge that the holder was asked to sign; what is
    not given is not asked. Valid means: integrity, holder, form and every credential are valid, nothing is invalid.
    A credential without a proof is a claim of the holder, and counts only where the holder is its issuer (4.13.3).
    """
    require_aware(at)
    secured, findings = open_presentation(data)
    if secured is None:
        unread = Result(Verdict.UNKNOWN, findings[0].id, findings[0].told, findings[0].to_json()["remedy"])
        return Presented(is_valid=False, results={"integrity": unread}, findings=findings)
    own = Case(secured, resolver, at, replace(given, audience=None, nonce=None))
    broken = check_presentation(secured.vc) + (check_payload(secured.vc) if secured.is_enveloped else ())
    results = {
        "integrity": ProofJudge(own).integrity(()),
        "holder": worst([_holder(own, each) for each in secured.proofs] or [_nobody()]),
        "occasion": _occasion(secured, given),
        "validity": validity(secured, at),
        "schema": schema(secured.vc, broken),
    }
    held = items_of(secured.vc.get("verifiableCredential", []))
    inside = tuple(_inside(own, each) for each in held[:CREDENTIALS_MAX])
    if len(held) > CREDENTIALS_MAX:
        reason = foreign(f"It holds more than {CREDENTIALS_MAX} credentials.")
        results["schema"] = Result(Verdict.UNKNOWN, "too-many-credentials", reason, "Present fewer at a time.")
    good = all(results[name].status is Verdict.VALID for name in ("integrity", "holder", "schema", "validity"))
    good = good and results["occasion"].status in (Verdict.VALID, Verdict.NOT_ASKED)
    return Presented(
        is_valid=good and all(each.is_valid for each in inside), results=results, credentials=inside, findings=broken
    )


def _nobody() -> Result:
    return Result(Verdict.UNKNOWN, "no-proof", foreign("Nobody signed the presentation."), "Ask the holder to sign it.")


def _holder(case: Case, proof: Proof) -> Result:
    """Whether one proof was made by the holder that is named, with a key that it lists for authentication."""
    did, named = did_of(proof.method), holder_of(case.secured.vc)
    if proof.purpose != AUTHENTICATION:
        return Result(Verdict.INVALID, "proof-purpose", foreign(f"The proof is made for {proof.purpose[:40]!r}."))
    if not did:
        return Result(Verdict.UNKNOWN, "key-unknown", foreign(f"No key is known for {proof.method[:200]!r}."))
    if named and named != did:
        reason = foreign(f"{proof.method} is not a key of the holder that the presentation names.")
        return Result(Verdict.INVALID, "holder-other", reason, "Ask the holder itself to present it.")
    resolution = case.resolver.resolve(did, case.at)
    if resolution.document is None:
        status = Verdict.INVALID if resolution.is_refused else Verdict.UNKNOWN
        return Result(status, resolution.code, resolution.reason)
    method = find_method(resolution.document, proof.method, AUTHENTICATION)
    if method is None or method.key is None or method.controller != did:
        reason = foreign(f"{did} does not list {proof.method} for authentication.")
        return Result(Verdict.INVALID, "method-not-listed", reason, "Ask the holder to sign with a key of its own.")
    if method.ceased is not None and method.ceased <= case.at:
        return Result(Verdict.INVALID, "method-ceased", foreign(f"{proof.method} is out of force."))
    return Result(Verdict.VALID, "method-listed", foreign(f"{did} lists {proof.method} for authentication."))


_OTHER_OCCASION = {
    "domain": foreign("The proof was not made for the domain that was asked for."),
    "challenge": foreign("The proof was not made for the challenge that was asked for."),
}


def _occasion(secured: Secured, given: Given) -> Result:
    """Whether every proof was made for the domain and the challenge that the verifier gave."""
    asked = {"domain": given.audience, "challenge": given.nonce}
    claims = {"domain": "aud", "challenge": "nonce"}
    if all(each is None for each in asked.values()):
        return NOT_ASKED
    for name, wanted in asked.items():
        for proof in secured.proofs if wanted is not None else ():
            stated = secured.vc.get(claims[name]) if proof.jws is not None else proof.members.get(name)
            if wanted not in (items_of(stated) if name == "domain" else [stated]):
                reason = _OTHER_OCCASION[name]
                return Result(Verdict.INVALID, f"{name}-other", reason, "Ask the holder to present it anew.")
    return Result(Verdict.VALID, "occasion-meant", foreign("It was made for this occasion."))


def _inside(case: Case, credential: Any) -> Report:
    try:
        data = canonical(credential)
    except NotCanonicalError:
        data = b""
    report = verify(data, resolver=case.resolver, at=case.at, given=case.given)
    if not isinstance(credential, Mapping) or "proof" in credential or report.results["integrity"].code != "no-proof":
        return report
    signers = {did_of(each.method) for each in case.secured.proofs}
    if signers != {issuer_of(credential)} or not report.is_readable:
        return report
    held = Result(Verdict.VALID, "holder-claims", foreign("The holder claims it itself, under its own proof."))
    results = {**report.results, "integrity": held, "issuer": held}
    holds = not any(each.status is Verdict.INVALID for each in results.values())
    return replace(report, results=results, is_valid=holds and "credentialStatus" not in credential)
