"""A receipt of a log as evidence: the record's id stands under a signed head, and the head states a moment.

RFC 9162, 2.1.3 and 4.10, in JSON. A log of Entrepot keeps only records whose proofs held when they came, so that the
id of a record stands for the signature too; who names a log as trusted trusts it in this.

A credential that is no record is in no log; that it was issued is, by a record that states the digest of it. A receipt
with the ``content`` of that record shows that the credential existed then.

The head's own time is the log's word. Where peers cosigned a head that covers the record
(:mod:`entrepot.base.cosignature`), each says by its own clock when it saw it. A witness knows nothing of proofs: its
word counts for a record only in a log that is believed in this, though its clock need not be.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from entrepot.base.head import Receipt, receipt_from_json, verify_receipt
from entrepot.base.record import read_content
from entrepot.document.evidence.cosigned import witnessed
from entrepot.document.evidence.sighting import LOG, NOT_TRUSTED, Outcome, Question, Sighting, judged, speaker_of

CREDENTIAL_ISSUED = "credential-issued"
"""Kind of the record that a credential was issued; its payload has the member ``digest``."""


def is_receipt(value: Any) -> bool:
    """Whether parsed JSON is meant as a receipt."""
    return isinstance(value, Mapping) and {"entry", "leaf", "path", "head"} <= set(value)


def judge_receipt(value: Any, question: Question) -> Iterator[Sighting]:
    """Whether the receipt shows the document, and when: by the log's own clock, if it is trusted, and by the clocks of
    those who cosigned. First what speaks of witnesses who are trusted."""
    receipt = receipt_from_json(value)
    if receipt is None:
        yield Sighting(Outcome.ELSEWHERE, "evidence-unread", "A receipt has not the form of one.")
        return
    named = _record_of(receipt)
    if not named or not (named == question.record_id or question.names(named) or _states(value, named, question)):
        yield Sighting(Outcome.ELSEWHERE, "evidence-elsewhere", f"The receipt is that of {named[:64] or 'nothing'}.")
        return
    words = [word for each in receipt.cosigned for word in witnessed(receipt, each, named, question)]
    yield from (each for each in words if each.code != NOT_TRUSTED)
    yield _own_word(receipt, named, question)
    yield from (each for each in words if each.code == NOT_TRUSTED)


def _states(value: Mapping[str, Any], named: str, question: Question) -> bool:
    """Whether the entry is a record that a credential was issued, and states the digest of the document: the content
    that comes with the receipt has the id that the entry names, so what it states was written by then."""
    record, _ = read_content(value.get("content"))
    if record is None or record.id != named or record.kind != CREDENTIAL_ISSUED:
        return False
    digest = record.payload.get("digest")
    return isinstance(digest, str) and question.names(digest)


def _own_word(receipt: Receipt, named: str, question: Question) -> Sighting:
    log = speaker_of(question, receipt.head.log_id)
    if isinstance(log, Sighting):
        return log
    if not verify_receipt(receipt, named, log.check):
        reason = f"The receipt does not lead to a head that {receipt.head.log_id[:200]} has signed."
        return Sighting(Outcome.BROKEN, "receipt-wrong", reason, remedy="Ask the log for the receipt again.")
    head, ceased = receipt.head, log.is_out_of_force
    found = judged(question, head.log_id, role=LOG, moment=head.time, how="a receipt", is_out_of_force=ceased)
    # A log keeps a record whose proof held when it came; of a file that it was handed it knows nothing.
    return replace(found, is_checked=named == question.record_id)


def _record_of(receipt: Receipt) -> str:
    """The digest that the entry names; empty where it names none."""
    try:
        entry = json.loads(receipt.entry)
    except (ValueError, RecursionError):
        return ""
    named = entry.get("recordId") if isinstance(entry, dict) else None
    return named if isinstance(named, str) else ""
