"""What those say who cosigned a head under which a record stands: each by its own clock.

For the moment of a witness to count, three things must hold. The path leads from the record to that head, which its log
signed with a key that was in force when the witness saw it. The witness, another than the log, signed the cosignature
and is believed on time. And the log is believed to keep only records whose proofs hold: a witness sees hashes, and
content can be logged before the key is stolen with which it is signed later. Where the entry names the signed form
itself, the log need not be believed in anything: what a witness saw the hash of was there. When the log checked the
proof is not shown by when the witness saw its head, so that the end of a copied DID log is not moved by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from entrepot.base.cosignature import Cosignature, read_cosignature, verify_cosignature
from entrepot.base.head import CosignedHead, Receipt, TreeHead, verify_receipt
from entrepot.base.moment import format_moment
from entrepot.base.said import Said, plainer, said
from entrepot.document.evidence.sighting import (
    DOUBTFUL,
    NOT_HOLDING,
    WITNESS,
    Outcome,
    Question,
    Sighting,
    Speaker,
    judged,
    speaker_of,
)

LOG_NOT_TRUSTED = "log-not-trusted"


@dataclass(frozen=True, slots=True)
class Shown:
    """A receipt, the record that it is of, and whether its entry names the document with its signatures."""

    receipt: Receipt
    named: str
    is_listed: bool


def witnessed(shown: Shown, cosigned: CosignedHead, question: Question) -> Iterator[Sighting]:
    """What each cosignature of one head says of what is shown."""
    receipt, named = shown.receipt, shown.named
    log_id = receipt.head.log_id
    log = speaker_of(question, log_id)
    if isinstance(log, Sighting):
        yield log
        return
    if cosigned.head.log_id != log_id or not verify_receipt(receipt.under(cosigned), named, log.check):
        yield _broken(
            plainer(f"A receipt does not lead to a cosigned head that {log_id[:200]} has signed.", NOT_HOLDING),
            "receipt-wrong",
        )
        return
    for each in cosigned.cosignatures:
        yield _judged(read_cosignature(each), cosigned.head, None if shown.is_listed else log, question)


def _judged(made: Cosignature | None, head: TreeHead, log: Speaker | None, question: Question) -> Sighting:
    """``log``: None where what it is believed in does not matter."""
    if made is None or not made.covers(head) or made.witness == head.log_id:
        return _broken(
            plainer("A cosignature is not one of the head that it comes with, by another than its log.", NOT_HOLDING)
        )
    if made.is_back_dated:
        return _broken(plainer(f"{made.witness[:200]} states to have seen a head before it was signed.", NOT_HOLDING))
    witness = speaker_of(question, made.witness)
    if isinstance(witness, Sighting):
        return witness
    if not verify_cosignature(made, witness.check):
        return _broken(plainer(f"A cosignature is not by a key of {made.witness[:200]}.", NOT_HOLDING))
    found = judged(
        question,
        made.witness,
        role=WITNESS,
        moment=made.seen,
        how=said("A cosignature of {did} says so, by its clock.", did=made.witness[:200]),
        doubt=witness.doubt(made.seen),
    )
    if found.outcome is not Outcome.HOLDS:
        return found
    return _in(found, made) if log is None else _of_log(found, made, log, question)


def _of_log(found: Sighting, made: Cosignature, log: Speaker, question: Question) -> Sighting:
    """What the word of a trusted witness counts, by what is known of the log."""
    name, moment = made.log_id[:200], format_moment(made.seen)
    if log.ceased is not None and log.ceased <= made.seen:
        reason = plainer(
            f"{made.witness[:200]} saw at {moment} a head under a key of {name} that was out of force.", DOUBTFUL
        )
        return Sighting(Outcome.UNKNOWN, "timekeeper-key-ceased", reason)
    if not question.relies_on(made.log_id, made.seen):
        reason = plainer(
            f"{made.witness[:200]} saw it at {moment} in the log of {name}, which is not trusted to check proofs.",
            DOUBTFUL,
        )
        return Sighting(Outcome.UNKNOWN, LOG_NOT_TRUSTED, reason, remedy="Name the log with --trust-log.")
    return _in(found, made)


def _in(found: Sighting, made: Cosignature) -> Sighting:
    reason = said(
        "It stands in the log of {log_id}, whose head {witness} cosigned, by the clock of the latter.",
        log_id=made.log_id[:200],
        witness=made.witness[:200],
    )
    return replace(found, reason=reason)


def _broken(reason: Said, code: str = "cosignature-wrong") -> Sighting:
    return Sighting(Outcome.BROKEN, code, reason, remedy="Ask the log for the receipt again.")
