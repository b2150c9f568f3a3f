"""The questions asked of an OpenAttestation 2.0 document: its hash answers one, what a verifier brings the others."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from entrepot.base.moment import format_moment
from entrepot.base.said import foreign, said
from entrepot.document._openattestation2.issuance import Issuance
from entrepot.document._openattestation2.wrapped import chain_of, faults, hash_fault, is_ambiguous, issuers_of
from entrepot.document.evidence.sighting import Sighting
from entrepot.document.verify.case import Case
from entrepot.document.verify.form import schema
from entrepot.document.verify.report import NOT_ASKED, Report, Result, Verdict, unanswered, worst
from entrepot.document.verify.time import time

SECURING = "openattestation-2"
_AGAIN = "Ask the issuer for the document as wrapped."
_OBSERVE = "Give with --issued what the chain and the domain say of it."


def judged(case: Case, require: Collection[str], seen: Sequence[Sighting] = ()) -> Report:
    """Everything that can be said of a wrapped document, which evidence has ``seen``; ``require`` as in
    :func:`~entrepot.document.verify.verify`."""
    document = case.secured.vc
    findings = faults(document)
    found = [] if findings else [_observed(document, each, case.given.issuances) for each in issuers_of(document)]
    results = {
        "integrity": _integrity(document, is_formed=not findings),
        "issuer": worst([_issuer(each) for each in found] or [_unnamed()]),
        "status": worst([_status(each, case.at) for each in found] or [_unnamed()]),
        "validity": Result(Verdict.VALID, "no-period", said("OpenAttestation 2.0 states no period.")),
        "schema": Result(Verdict.VALID, SECURING, said("It has the form of OpenAttestation 2.0.")),
        "mandate": NOT_ASKED,
        "anchor": NOT_ASKED,
        "time": time(case, seen, is_needed=False),
    }
    if findings:
        results["schema"] = schema({}, findings)
    results |= unanswered(results, require)
    names = [] if findings else [each["location"] for each in issuers_of(document)]
    return Report(
        is_valid=all(
            results[name].status is Verdict.VALID for name in {"integrity", "issuer", "status", "schema", *require}
        ),
        results=results,
        issuer=", ".join(names),
        securing=(SECURING,),
        findings=findings,
    )


def _integrity(document: Mapping[str, Any], *, is_formed: bool) -> Result:
    if not is_formed:
        return Result(
            Verdict.INVALID, "oa-malformed", said("The document is not of the form that its hash covers."), _AGAIN
        )
    fault = hash_fault(document)
    if fault:
        return Result(Verdict.INVALID, "oa-hash-wrong", fault, _AGAIN)
    if is_ambiguous(document["data"]):
        reason = said("An object and a list would have the same hash, so which of them was meant is not shown.")
        return Result(Verdict.UNKNOWN, "oa-ambiguous", reason, "Ask for another securing.")
    return Result(Verdict.VALID, "oa-hash-holds", said("The content has the hash that the Merkle root covers."))


def _observed(document: Mapping[str, Any], issuer: dict[str, str], given: tuple[Issuance, ...]) -> Issuance | None:
    """The newest observation of this issuer's contract and domain; None where nobody looked."""
    root, chain = document["signature"]["merkleRoot"], chain_of(document)
    fitting = [each for each in given if each.speaks_of(root, issuer, chain)]
    return max(fitting, key=lambda each: each.observed, default=None)


def _issuer(seen: Issuance | None) -> Result:
    if seen is None:
        reason = said("Its hash is issued on a chain, which is not asked here.")
        return Result(Verdict.UNKNOWN, "oa-issuer-unobserved", reason, _OBSERVE)
    if not seen.issued:
        reason = foreign(f"{seen.store} has not issued it, as observed at {format_moment(seen.observed)}.")
        return Result(Verdict.INVALID, "oa-not-issued", reason, _AGAIN)
    reason = foreign(f"{seen.store}, which {seen.location} names as its own, has issued it, as the verifier observed.")
    return Result(Verdict.VALID, "oa-issued", reason)


def _status(seen: Issuance | None, at: datetime) -> Result:
    if seen is None:
        return Result(
            Verdict.UNKNOWN, "oa-status-unobserved", said("Whether it is revoked stands on a chain."), _OBSERVE
        )
    if seen.revoked:
        return Result(Verdict.INVALID, "revoked", said("It is revoked."), "Ask the issuer.")
    if at > (seen.until or seen.observed):
        reason = foreign(f"It was not revoked at {format_moment(seen.observed)}; what came after was not observed.")
        return Result(Verdict.UNKNOWN, "status-stale", reason, _OBSERVE)
    return Result(Verdict.VALID, "status-clear", foreign(f"It was not revoked at {format_moment(seen.observed)}."))


def _unnamed() -> Result:
    return Result(Verdict.UNKNOWN, "oa-issuer-unnamed", said("It names no issuer that could be asked."), _AGAIN)
