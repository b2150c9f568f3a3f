"""A receipt of a log as evidence: the record's id stands under a signed head, and the head states a moment.

RFC 9162, 2.1.3 and 4.10, in JSON. A log of Entrepot keeps only records whose proofs held when they came, so that the
id of a record stands for the signature too; who names a log as trusted trusts it in this.

A credential that is no record is in no log; that it was issued is, by a record that states the digest of it. A receipt
with the ``content`` of that record shows that the credential existed then.

A form that states more than the record (an end, a status, under which mandate it is signed) is covered where the
entry names its digest too, as the name of a stream (:func:`form_stream`): what the leaf holds was there when the head
was signed.

The head's own time is the log's word. Where peers cosigned a head that covers the record
(:mod:`entrepot.base.cosignature`), each says by its own clock when it saw it. A witness knows nothing of proofs: its
word counts for a record only in a log that is believed in this, though its clock need not be; for a form that the
entry names, in any log.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from entrepot.base.digest import sha256
from entrepot.base.head import Receipt, receipt_from_json, verify_receipt
from entrepot.base.record import read_content
from entrepot.base.said import plainer, said
from entrepot.document.evidence.cosigned import Shown, witnessed
from entrepot.document.evidence.sighting import (
    ELSEWHERE,
    LOG,
    NOT_HOLDING,
    NOT_TRUSTED,
    UNREADABLE,
    Outcome,
    Question,
    Sighting,
    forms_of,
    judged,
    speaker_of,
)

CREDENTIAL_ISSUED = "credential-issued"
"""Kind of the record that a credential was issued; its payload has the member ``digest``."""

FORM = "form/"
"""Begins the name of the stream by which an entry names a secured form of its record."""


def form_stream(secured: bytes) -> str:
    """The stream by which an entry names the secured bytes: by the digest of their canonical form."""
    return FORM + sha256(forms_of(secured)[-1])


def is_receipt(value: Any) -> bool:
    """Whether parsed JSON is meant as a receipt."""
    return isinstance(value, Mapping) and {"entry", "leaf", "path", "head"} <= set(value)


def judge_receipt(value: Any, question: Question) -> Iterator[Sighting]:
    """Whether the receipt shows the document, and when: by the log's own clock, if it is trusted, and by the clocks of
    those who cosigned. First what speaks of witnesses who are trusted."""
    receipt = receipt_from_json(value)
    if receipt is None:
        yield Sighting(Outcome.ELSEWHERE, "evidence-unread", plainer("A receipt has not the form of one.", UNREADABLE))
        return
    named, is_listed = _record_of(receipt), _lists_form(receipt, question)
    is_meant = named == question.record_id or question.names(named) or is_listed
    if not named or not (is_meant or _states(value, named, question)):
        yield Sighting(
            Outcome.ELSEWHERE,
            "evidence-elsewhere",
            plainer(f"The receipt is that of {named[:64]}.", ELSEWHERE)
            if named
            else plainer("The receipt is that of nothing.", ELSEWHERE),
        )
        return
    shown = Shown(receipt, named, is_listed=is_listed)
    words = [word for each in receipt.cosigned for word in witnessed(shown, each, question)]
    yield from (each for each in words if each.code != NOT_TRUSTED)
    yield _own_word(shown, question)
    yield from (each for each in words if each.code == NOT_TRUSTED)


def _states(value: Mapping[str, Any], named: str, question: Question) -> bool:
    """Whether the entry is a record that a credential was issued, and states the digest of the document: the content
    that comes with the receipt has the id that the entry names, so what it states was written by then."""
    record, _ = read_content(value.get("content"))
    if record is None or record.id != named or record.kind != CREDENTIAL_ISSUED:
        return False
    digest = record.payload.get("digest")
    return isinstance(digest, str) and question.names(digest)


def _own_word(shown: Shown, question: Question) -> Sighting:
    receipt, named = shown.receipt, shown.named
    log = speaker_of(question, receipt.head.log_id)
    if isinstance(log, Sighting):
        return log
    if not verify_receipt(receipt, named, log.check):
        reason = plainer(
            f"The receipt does not lead to a head that {receipt.head.log_id[:200]} has signed.", NOT_HOLDING
        )
        return Sighting(Outcome.BROKEN, "receipt-wrong", reason, remedy="Ask the log for the receipt again.")
    head = receipt.head
    found = judged(
        question,
        head.log_id,
        role=LOG,
        moment=head.time,
        how=said("A receipt of {did} says so, by its clock.", did=head.log_id[:200]),
        doubt=log.doubt(head.time),
    )
    # A log keeps a record whose proofs held when it came; of a file that it was handed it knows nothing.
    return replace(found, is_checked=named == question.record_id or shown.is_listed)


def _record_of(receipt: Receipt) -> str:
    """The digest that the entry names; empty where it names none."""
    named = _entry(receipt).get("recordId")
    return named if isinstance(named, str) else ""


def _lists_form(receipt: Receipt, question: Question) -> bool:
    """Whether the entry names the document with its signatures among its streams."""
    streams = _entry(receipt).get("streams")
    names = (each[0] for each in (streams if isinstance(streams, list) else ()) if isinstance(each, list) and each)
    return any(isinstance(each, str) and each[:5] == FORM and question.names(each[5:]) for each in names)


def _entry(receipt: Receipt) -> Mapping[str, Any]:
    try:
        entry = json.loads(receipt.entry)
    except (ValueError, RecursionError):
        return {}
    return entry if isinstance(entry, dict) else {}
