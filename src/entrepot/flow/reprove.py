"""Judging kept proofs again, for who verifies a log: does the signature hold, and over this very record?

What was judged when the record came in stands in its assessment; this finds proofs that are no longer what they were.
"""

from entrepot.base.record import Record
from entrepot.document.verify import NOTHING, Given, Verdict, verify
from entrepot.flow.mandated import mandates_with
from entrepot.journal.journal import Journal
from entrepot.journal.port import Proof
from entrepot.journal.reproving import Prove
from entrepot.party.resolve import Resolver

_FORGED = frozenset({"method-controller", "proof-purpose", "issuer-missing"})
"""What is said of an issuer's key that no later change of its document explains."""
_REFUSED = "method-invalid"
"""What is said of a signature where the document of its signer is refused: nothing of the signature itself."""


def prover(resolver: Resolver, journal: Journal) -> Prove:
    """Judges a proof by the keys that ``resolver`` gives and the mandates that ``journal`` keeps beside its record, as
    of the record's own claimed time.

    A key that is out of reach, or that the issuer does not list (any more), leaves it unknown. What time has changed
    since - an expiry, a revocation - is no fault of the log and is not asked.
    """

    def prove(record: Record, proof: Proof) -> bool | None:
        files = (journal.attachment(each) for each in journal.attachments(record.id))
        mandates = mandates_with((proof,), [each for each in files if each is not None])
        given = Given(mandates=mandates) if mandates else NOTHING
        report = verify(proof.body, resolver=resolver, at=record.content.issued, given=given)
        integrity, issuer = report.results["integrity"], report.results["issuer"]
        if not report.is_readable or report.record is None or report.record.id != record.id:
            return False
        if issuer.code in _FORGED or (integrity.status is Verdict.INVALID and integrity.code != _REFUSED):
            return False
        return True if integrity.status is issuer.status is Verdict.VALID else None

    return prove
