"""Records as W3C Verifiable Credentials 2.0: rendering, securing, opening.

``credential`` renders and reads back; ``securing`` signs; ``opened`` takes signed bytes apart; ``integrity`` holds the
Data Integrity suites; ``model`` the rules of the data model. Verdicts are composed in ``entrepot.document.verify``.
"""

from entrepot.document.proof.credential import credential_of, record_of_credential
from entrepot.document.proof.opened import Proof, Secured, open_secured, verify_proof
from entrepot.document.proof.securing import SECURINGS, secure, secure_record

__all__ = [
    "SECURINGS",
    "Proof",
    "Secured",
    "credential_of",
    "open_secured",
    "record_of_credential",
    "secure",
    "secure_record",
    "verify_proof",
]
