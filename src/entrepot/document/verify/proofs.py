"""Integrity and issuer: do the proofs hold, and is a key among theirs one of the issuer's own?

A key that is out of force is still the issuer's where there is evidence that the signature existed before it went.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from entrepot.base.finding import Finding
from entrepot.base.moment import format_moment, to_millis
from entrepot.base.said import UNSAID, foreign, said, together
from entrepot.document.evidence.sighting import Sighting
from entrepot.document.proof.opened import ASSERTION, Proof, judge_proof
from entrepot.document.proof.sdjwt import binding_fault
from entrepot.document.verify.case import Case
from entrepot.document.verify.later import later_shown
from entrepot.document.verify.report import Result, Verdict, best, worst
from entrepot.document.verify.time import chained
from entrepot.party.did import did_of, find_method, is_did
from entrepot.party.key import PublicKey
from entrepot.party.reach import gap
from entrepot.party.resolution import Resolution
from entrepot.party.tenure import Keeper, Tenure, keeper_of


@dataclass(frozen=True, slots=True)
class _Held:
    """What came of one proof, and the key under which its signature holds."""

    result: Result
    key: PublicKey | None = None


REMEMBERED = "method-remembered"
"""Code of a valid answer about the issuer that rests on a document from memory, because its host does not answer."""


class ProofJudge:
    """Integrity and issuer of one document: both need the keys that its proofs name.

    ``checked``: when somebody who is believed found the signers' keys in force.
    """

    def __init__(self, case: Case, *, checked: datetime | None = None) -> None:
        self._case, self._checked = case, checked
        self._known: dict[str, Keeper | Resolution] = {}
        self._held = [self._judge(number, each) for number, each in enumerate(case.secured.proofs)]

    def _keeper(self, did: str) -> Keeper | Resolution:
        if did not in self._known:
            self._known[did] = keeper_of(self._case.resolver, did, at=self._case.at, now=self._case.now)
        return self._known[did]

    def _judge(self, number: int, proof: Proof) -> _Held:
        if proof.unsupported:
            return _Held(
                Result(Verdict.UNKNOWN, "securing-unsupported", proof.unsupported, "Ask for another securing.")
            )
        if proof.fault:
            remedy = "Ask the issuer for the document as issued."
            return _Held(Result(Verdict.INVALID, proof.fault_code, proof.fault, remedy))
        did = did_of(proof.method)
        keeper = self._keeper(did) if did else None
        if isinstance(keeper, Resolution) and keeper.is_refused:
            return _Held(Result(Verdict.INVALID, "method-invalid", keeper.reason, "Ask the issuer to sign again."))
        keys = keeper.keys(proof.method) if isinstance(keeper, Keeper) else ()
        if not keys:
            reason = keeper.reason if isinstance(keeper, Resolution) and keeper.reason else UNSAID
            reason = reason or said("No key is known for {method}.", method=repr(proof.method))
            remedy = "Give the signer's DID document with --did-doc, or its log with --did-log."
            return _Held(Result(Verdict.UNKNOWN, "key-unknown", reason, remedy))
        found = [self._under(number, proof, key) for key in keys]
        return next((each for each in found if each.result.status is Verdict.VALID), found[0])

    def _under(self, number: int, proof: Proof, key: PublicKey) -> _Held:
        contexts = self._case.given.contexts
        outcome = judge_proof(self._case.secured, key, index=number, purpose=proof.purpose, contexts=contexts)
        if not outcome.holds:
            status = Verdict.UNKNOWN if outcome.is_unknown else Verdict.INVALID
            return _Held(Result(status, outcome.code, outcome.reason, outcome.remedy))
        bound = self._bound(proof)
        return _Held(
            bound
            or Result(
                Verdict.VALID,
                "signature-holds",
                said("It is signed by {securing} under {method}.", securing=proof.securing, method=proof.method),
            ),
            key,
        )

    def _bound(self, proof: Proof) -> Result | None:
        """What is wrong with the holder's binding to this occasion; None where nothing is."""
        if proof.sd is None:
            if self._case.given.audience is None and self._case.given.nonce is None:
                return None
            reason = said("{securing} does not show who presents it.", securing=proof.securing)
            return Result(Verdict.UNKNOWN, "binding-missing", reason, "Ask for an SD-JWT with key binding.")
        code, reason = binding_fault(
            proof.sd,
            audience=self._case.given.audience,
            nonce=self._case.given.nonce,
            seconds=to_millis(self._case.now) // 1000,
        )
        return Result(Verdict.INVALID, code, reason, "Ask the holder to present it again.") if code else None

    def integrity(self, wrong: tuple[Finding, ...]) -> Result:
        """Whether every proof holds, and a record's content has the digest that names it."""
        unsigned = Result(
            Verdict.UNKNOWN, "no-proof", said("The document carries no proof."), "Ask the issuer to sign it."
        )
        decided = worst([each.result for each in self._held] or [unsigned])
        if decided.status is not Verdict.INVALID and wrong:
            return Result(
                Verdict.INVALID,
                wrong[0].id,
                said("{path}: {told}", path=wrong[0].path, told=wrong[0].told),
                wrong[0].to_json()["remedy"],
            )
        return decided

    def witnesses(self) -> tuple[Sighting, ...]:
        """What proofs of others over the issuer's say of the time."""
        found = [chained(self._case, number, self._tenure(number)) for number in range(len(self._held))]
        return tuple(each for each in found if each is not None)

    def needs_evidence(self) -> bool:
        """Whether a key that signed for the issuer is out of force."""
        own = [number for number, each in enumerate(self._case.secured.proofs) if self._is_own(each)]
        found = [self._tenure(number) for number in own]
        return any(each is not None and each.ceased is not None and each.ceased <= self._case.now for each in found)

    def issuer(self, seen: datetime | None) -> Result:
        """Whether a proof was made with a key that the issuer lists for assertions, or listed when the signature
        existed already: it was ``seen`` at that moment."""
        name = self._case.secured.issuer
        if not name:
            return Result(
                Verdict.INVALID,
                "issuer-missing",
                said("The document names no issuer."),
                "Ask for another document.",
            )
        if not is_did(name):
            reason = said(
                "{name} is no decentralized identifier, so no key can be shown to be its own.", name=name[:200]
            )
            return Result(Verdict.UNKNOWN, "issuer-not-did", reason, "Ask the issuer to sign under a DID.")
        keeper = self._keeper(name)
        if isinstance(keeper, Resolution):
            status = Verdict.INVALID if keeper.is_refused else Verdict.UNKNOWN
            remedy = "Give the issuer's DID document with --did-doc, or its log with --did-log, or go online."
            return Result(status, keeper.code, keeper.reason, remedy)
        found = [self._binding(name, keeper, number, seen) for number in range(len(self._held))]
        if keeper.resolution.remembered is not None:
            found = [_remembered(each, keeper.resolution) for each in found]
        return best(found) if found else Result(Verdict.UNKNOWN, "no-proof", said("Nothing is signed by anybody."))

    def others(self, seen: datetime | None) -> dict[str, Result]:
        """Who signed beside the issuer, by DID, and whether that was done with a key listed there for assertions, as in
        :meth:`issuer`."""
        found: dict[str, Result] = {}
        for number, proof in enumerate(self._case.secured.proofs):
            did = did_of(proof.method)
            if not did or did == self._case.secured.issuer:
                continue
            keeper = self._keeper(did)
            result = self._held[number].result
            if isinstance(keeper, Keeper):
                result = self._binding(did, keeper, number, seen)
            found[did] = best([found[did], result]) if did in found else result
        return found

    def _is_own(self, proof: Proof) -> bool:
        return proof.purpose == ASSERTION and did_of(proof.method) == self._case.secured.issuer

    def _tenure(self, number: int) -> Tenure | None:
        """How long the key of a proof that holds was listed for assertions by its own identifier."""
        proof, held = self._case.secured.proofs[number], self._held[number]
        keeper = self._known.get(did_of(proof.method))
        if held.result.status is not Verdict.VALID or held.key is None or not isinstance(keeper, Keeper):
            return None
        return keeper.tenure(proof.method, held.key, ASSERTION)

    def _binding(self, issuer: str, keeper: Keeper, number: int, seen: datetime | None) -> Result:
        proof, held = self._case.secured.proofs[number], self._held[number]
        if held.result.status is not Verdict.VALID or held.key is None:
            # A signature that does not hold says nothing of who signed.
            return Result(Verdict.UNKNOWN, held.result.code, held.result.reason, held.result.remedy)
        if proof.purpose != ASSERTION:
            return Result(
                Verdict.INVALID,
                "proof-purpose",
                said("The proof is made for {purpose}.", purpose=repr(proof.purpose[:40])),
            )
        tenure = keeper.tenure(proof.method, held.key, ASSERTION)
        if tenure is None:
            return _unlisted(issuer, keeper, proof.method)
        if tenure.method.controller != did_of(tenure.method.id) or did_of(proof.method) != issuer:
            return Result(
                Verdict.INVALID,
                "method-controller",
                said("{method} is controlled by somebody else.", method=proof.method),
            )
        if tenure.start is not None and tenure.start > self._case.at:
            reason = said(
                "{issuer} lists {method} from {moment} on.",
                issuer=issuer,
                method=proof.method,
                moment=format_moment(tenure.start),
            )
            return Result(Verdict.INVALID, "method-not-listed", reason, "Ask the issuer when it was signed.")
        if keeper.resolution.is_unvouched:
            reason = foreign(f"The document of {issuer} is known from the bundle alone, and proves nothing by itself.")
            return Result(Verdict.UNKNOWN, "document-unvouched", reason, "Go online, or give it with --did-doc.")
        found = self._in_force(issuer, proof.method, tenure, seen)
        if found.status is not Verdict.VALID:
            return found
        return self._reached(keeper, tenure, seen) or _as_far_as_told(found, keeper.resolution)

    def _reached(self, keeper: Keeper, tenure: Tenure, seen: datetime | None) -> Result | None:
        """Why the copy of a log that is at hand does not tell whether a key was in force; None where it does."""
        if tenure.ceased is not None and tenure.ceased <= self._case.now:
            return None  # the log goes on after the end of the key, and the document is older than that
        shown = later_shown(self._case, keeper) if keeper.resolution.is_copy else UNSAID
        moment, bound = seen or self._case.now, self._case.given.log_age_max
        found = gap(keeper, moment, later=shown, checked=self._checked, age_max=bound)
        return None if found is None else Result(Verdict.UNKNOWN, found.code, found.reason, _ANEW)

    def _in_force(self, issuer: str, method: str, tenure: Tenure, seen: datetime | None) -> Result:
        ceased = tenure.ceased
        if ceased is None or ceased > self._case.now:
            return Result(
                Verdict.VALID,
                "method-listed",
                said("{issuer} lists {method} for assertions.", issuer=issuer, method=method),
            )
        reason = said("{method} is out of force since {moment}.", method=method, moment=format_moment(ceased))
        if seen is None:
            return Result(Verdict.UNKNOWN, "method-ceased", reason, "Give evidence of when it was signed.")
        if seen < ceased:
            reason = said(
                "{issuer} listed {method} until {until}; it existed at {seen}.",
                issuer=issuer,
                method=method,
                until=format_moment(ceased),
                seen=format_moment(seen),
            )
            return Result(Verdict.VALID, "method-listed-then", reason)
        reason = said(
            "{method} is out of force since {ceased}, and the document is shown to have existed at {seen} only.",
            method=method,
            ceased=format_moment(ceased),
            seen=format_moment(seen),
        )
        return Result(Verdict.UNKNOWN, "evidence-late", reason, "Give evidence of an earlier time.")


_ANEW = (
    "Take the log anew from its host (--did-log), go online, or give a receipt of the document with --evidence; "
    "--log-max-age says how old a log may be."
)


def _as_far_as_told(result: Result, resolution: Resolution) -> Result:
    """A valid answer that rests on a log which a stranger brought says where that ends."""
    if not resolution.is_brought:
        return result
    ends = foreign("So far tells the log in the bundle, whose end is not known.")
    if "updated" in resolution.metadata:
        ends = foreign(f"So far tells the log in the bundle, which ends at {resolution.metadata['updated']}.")
    return replace(result, reason=together(result.reason, ends))


def _remembered(result: Result, resolution: Resolution) -> Result:
    """A valid answer that rests on a document which could not be confirmed now says so."""
    if result.status is not Verdict.VALID:
        return result
    remedy = "Verify it again when the host of the issuer's document answers."
    return Result(Verdict.VALID, REMEMBERED, together(result.reason, resolution.reason), remedy)


def _unlisted(issuer: str, keeper: Keeper, method_id: str) -> Result:
    """A key that is described for no assertion: never listed, or withdrawn where no history tells what it was for."""
    described = find_method(keeper.document, method_id)
    if keeper.history is None and described is not None and described.ceased is not None:
        reason = said(
            "{method_id} is out of force since {moment}, and it is unknown what it was for.",
            method_id=method_id,
            moment=format_moment(described.ceased),
        )
        return Result(Verdict.UNKNOWN, "method-ceased", reason, "Ask the issuer to sign again.")
    reason = said("{issuer} does not list {method_id} for assertions.", issuer=issuer, method_id=method_id)
    return Result(Verdict.INVALID, "method-not-listed", reason, "Ask the issuer to sign with a key of its own.")
