"""Integrity and issuer: do the proofs hold, and is a key among theirs one of the issuer's own?"""

from collections.abc import Mapping
from typing import Any

from entrepot.base.finding import Finding
from entrepot.base.moment import format_moment
from entrepot.document.proof.opened import ASSERTION, Proof, judge_proof
from entrepot.document.proof.sdjwt import binding_fault
from entrepot.document.verify.case import Case
from entrepot.document.verify.report import Result, Verdict, best, worst
from entrepot.party.did import Method, did_of, find_method, is_did
from entrepot.party.resolve import Resolution

REMEMBERED = "method-remembered"
"""Code of a valid answer about the issuer that rests on a document from memory, because its host does not answer."""


class ProofJudge:
    """Integrity and issuer of one document: both need the keys that its proofs name."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._methods = [self._method_of(each) for each in case.secured.proofs]
        self._held = [self._judge(number, each) for number, each in enumerate(case.secured.proofs)]

    def _method_of(self, proof: Proof) -> tuple[Method | None, Resolution | None]:
        did = did_of(proof.method)
        if not did:
            return None, None
        resolution = self._case.resolver.resolve(did, self._case.at)
        if resolution.document is None:
            return None, resolution
        return find_method(resolution.document, proof.method), resolution

    def _judge(self, number: int, proof: Proof) -> Result:
        if proof.unsupported:
            return Result(Verdict.UNKNOWN, "securing-unsupported", proof.unsupported, "Ask for another securing.")
        if proof.fault:
            return Result(Verdict.INVALID, "proof-malformed", proof.fault, "Ask the issuer for the document as issued.")
        method, resolution = self._methods[number]
        if resolution is not None and resolution.is_refused:
            return Result(Verdict.INVALID, "method-invalid", resolution.reason, "Ask the issuer to sign again.")
        if method is None or method.key is None:
            reason = resolution.reason if resolution and resolution.reason else f"no key is known for {proof.method!r}"
            return Result(Verdict.UNKNOWN, "key-unknown", reason, "Give the signer's DID document with --did-doc.")
        outcome = judge_proof(
            self._case.secured, method.key, index=number, purpose=proof.purpose, contexts=self._case.given.contexts
        )
        if not outcome.holds:
            status = Verdict.UNKNOWN if outcome.is_unknown else Verdict.INVALID
            return Result(status, outcome.code, outcome.reason, outcome.remedy)
        return self._bound(proof) or Result(Verdict.VALID, "signature-holds", f"{proof.securing} under {proof.method}")

    def _bound(self, proof: Proof) -> Result | None:
        """What is wrong with the holder's binding to this occasion; None where nothing is."""
        if proof.sd is None:
            if self._case.given.audience is None and self._case.given.nonce is None:
                return None
            reason = f"{proof.securing} does not show who presents it"
            return Result(Verdict.UNKNOWN, "binding-missing", reason, "Ask for an SD-JWT with key binding.")
        code, reason = binding_fault(proof.sd, audience=self._case.given.audience, nonce=self._case.given.nonce)
        return Result(Verdict.INVALID, code, reason, "Ask the holder to present it again.") if code else None

    def integrity(self, wrong: tuple[Finding, ...]) -> Result:
        """Whether every proof holds, and a record's content has the digest that names it."""
        unsigned = Result(Verdict.UNKNOWN, "no-proof", "The document carries no proof.", "Ask the issuer to sign it.")
        decided = worst(self._held or [unsigned])
        if decided.status is not Verdict.INVALID and wrong:
            return Result(Verdict.INVALID, wrong[0].id, f"{wrong[0].path}: {wrong[0].text}", wrong[0].remedy)
        return decided

    def issuer(self) -> Result:
        """Whether a proof was made with a key that the issuer lists for assertions."""
        name = self._case.secured.issuer
        if not name:
            return Result(
                Verdict.INVALID, "issuer-missing", "The document names no issuer.", "Ask for another document."
            )
        if not is_did(name):
            reason = f"{name[:200]} is no decentralized identifier, so no key can be shown to be its own"
            return Result(Verdict.UNKNOWN, "issuer-not-did", reason, "Ask the issuer to sign under a DID.")
        resolution = self._case.resolver.resolve(name, self._case.at)
        if resolution.document is None:
            status = Verdict.INVALID if resolution.is_refused else Verdict.UNKNOWN
            remedy = "Give the issuer's DID document with --did-doc, or go online."
            return Result(status, resolution.code, resolution.reason, remedy)
        found = [self._binding(name, resolution.document, number) for number in range(len(self._held))]
        if resolution.remembered is not None:
            found = [_remembered(each, resolution) for each in found]
        return best(found) if found else Result(Verdict.UNKNOWN, "no-proof", "Nothing is signed by anybody.")

    def others(self) -> dict[str, Result]:
        """Who signed beside the issuer, by DID, and whether that was done with a key listed there for assertions."""
        found: dict[str, Result] = {}
        for number, proof in enumerate(self._case.secured.proofs):
            did, resolution = did_of(proof.method), self._methods[number][1]
            if not did or did == self._case.secured.issuer:
                continue
            document = resolution.document if resolution is not None else None
            result = self._held[number] if document is None else self._binding(did, document, number)
            found[did] = best([found[did], result]) if did in found else result
        return found

    def _binding(self, issuer: str, document: Mapping[str, Any], number: int) -> Result:
        proof, held = self._case.secured.proofs[number], self._held[number]
        if held.status is not Verdict.VALID:
            # A signature that does not hold says nothing of who signed.
            return Result(Verdict.UNKNOWN, held.code, held.reason, held.remedy)
        if proof.purpose != ASSERTION:
            return Result(Verdict.INVALID, "proof-purpose", f"The proof is made for {proof.purpose[:40]!r}.")
        method = find_method(document, proof.method, ASSERTION)
        if method is None or method.key is None:
            reason = f"{issuer} does not list {proof.method} for assertions"
            return Result(Verdict.INVALID, "method-not-listed", reason, "Ask the issuer to sign with a key of its own.")
        if method.controller != issuer or did_of(proof.method) != issuer:
            return Result(Verdict.INVALID, "method-controller", f"{proof.method} is controlled by somebody else.")
        if method.ceased is not None and method.ceased <= self._case.at:
            reason = f"{proof.method} is out of force since {format_moment(method.ceased)}"
            return Result(Verdict.UNKNOWN, "method-ceased", reason, "Give evidence of when it was signed.")
        return Result(Verdict.VALID, "method-listed", f"{issuer} lists {proof.method} for assertions")


def _remembered(result: Result, resolution: Resolution) -> Result:
    """A valid answer that rests on a document which could not be confirmed now says so."""
    if result.status is not Verdict.VALID:
        return result
    remedy = "Verify it again when the host of the issuer's document answers."
    return Result(Verdict.VALID, REMEMBERED, f"{result.reason}, {resolution.reason}", remedy)
