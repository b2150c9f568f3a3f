"""Verifying a document, whoever issued it: eight questions, each answered whatever the others say."""

from entrepot.document.verify.case import NOTHING, Case, Check, Given
from entrepot.document.verify.proofs import REMEMBERED
from entrepot.document.verify.report import RESULTS, Report, Result, Verdict, unread
from entrepot.document.verify.whole import verify, would_bind

__all__ = [
    "NOTHING",
    "REMEMBERED",
    "RESULTS",
    "Case",
    "Check",
    "Given",
    "Report",
    "Result",
    "Verdict",
    "unread",
    "verify",
    "would_bind",
]
