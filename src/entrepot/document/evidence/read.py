"""Evidence told apart by its bytes: JSON of a receipt (or a list of them), a JWT, or DER of a time-stamp token."""

from collections.abc import Iterator
from typing import Any

from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.said import plainer
from entrepot.document.evidence.countersignature import TYPE, judge_countersignature
from entrepot.document.evidence.receipt import is_receipt, judge_receipt
from entrepot.document.evidence.sighting import UNREADABLE, Outcome, Question, Sighting
from entrepot.party.jws import read_jws

BYTES_MAX = 1 << 20
"""Bytes of one file of evidence."""
RECEIPTS_MAX = 1_000
_LIMITS = JsonLimits(bytes_max=BYTES_MAX, depth_max=8)
_SEQUENCE = b"\x30"
"""First byte of a time-stamp response or token: the tag of a SEQUENCE (X.690)."""


def sightings_in(data: bytes, question: Question) -> Iterator[Sighting]:
    """What a file of evidence says of the document: usually one sighting; of a receipt one for each who speaks."""
    if data[:1] == _SEQUENCE and len(data) <= BYTES_MAX:
        from entrepot.document._rfc3161 import judge_token  # not everybody needs to read ASN.1

        yield judge_token(data, question)
        return
    if data.lstrip()[:1] not in (b"{", b"["):
        jws = read_jws(data.decode("ascii", "replace").strip()) if len(data) <= BYTES_MAX else None
        yield _unread() if jws is None or jws.header.get("typ") != TYPE else judge_countersignature(jws, question)
        return
    value, findings = read_json(data, _LIMITS)
    receipts: list[Any] = value if isinstance(value, list) else [value]
    if findings or not receipts or len(receipts) > RECEIPTS_MAX or not all(is_receipt(each) for each in receipts):
        yield _unread()
        return
    for each in receipts:
        yield from judge_receipt(each, question)


def _unread() -> Sighting:
    reason = plainer(
        "A file is neither a receipt, nor a time-stamp token (RFC 3161), nor a counter-signature.", UNREADABLE
    )
    return Sighting(Outcome.ELSEWHERE, "evidence-unread", reason, remedy="Give the evidence as it was issued.")
