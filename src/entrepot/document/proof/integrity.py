"""Data Integrity proofs over canonical JSON: ``eddsa-jcs-2022`` and ``ecdsa-jcs-2019`` with P-256.

Standards: VC Data Integrity 1.0; Data Integrity EdDSA Cryptosuites 1.0, section 3.3; Data Integrity ECDSA
Cryptosuites 1.0, section 3.3 (all W3C).
"""

from collections.abc import Mapping
from typing import Any

from entrepot.base.canonical import NotCanonicalError
from entrepot.party.integrity import hash_data, proof_signature
from entrepot.party.key import Curve, PublicKey

__all__ = ["CRYPTOSUITES", "context_fault", "hash_data", "holds", "proof_options", "proof_signature"]
CRYPTOSUITES: Mapping[str, Curve] = {"eddsa-jcs-2022": Curve.ED25519, "ecdsa-jcs-2019": Curve.P256}
"""Cryptosuite -> the key it takes."""


def proof_options(credential: Mapping[str, Any], cryptosuite: str, method_id: str, created: str) -> dict[str, Any]:
    """The members of a new proof but its value; the document's contexts stand in it (section 3.3.1, step 2)."""
    options: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": cryptosuite,
        "created": created,
        "verificationMethod": method_id,
        "proofPurpose": "assertionMethod",
    }
    if "@context" in credential:
        options["@context"] = credential["@context"]
    return options


def context_fault(credential: Mapping[str, Any], proof: Mapping[str, Any]) -> str:
    """Why the contexts of proof and document do not fit; empty where they do.

    The suite would let contexts be added behind those that were signed, and drop them before checking (3.3.2,
    step 4). The verdict given here is on the file as it lies there, so an added context makes it another file.
    """
    if "@context" in proof and proof["@context"] != credential.get("@context"):
        return "the contexts of the document are not those that were signed"
    return ""


def holds(credential: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey) -> bool:
    """Whether ``proof`` is a signature of ``key`` over ``credential``; suite and key type must agree.

    A proof that does not show the contexts may have been made with or without them: programs written before the
    suite became a Recommendation hash the document's contexts in without showing them. Both cover every member.
    """
    signature = proof_signature(proof)
    if signature is None or CRYPTOSUITES.get(str(proof.get("cryptosuite"))) is not key.curve:
        return False
    if context_fault(credential, proof):
        return False
    forms = [proof]
    if "@context" in credential and "@context" not in proof:
        forms.append({**proof, "@context": credential["@context"]})
    try:
        return any(key.verify(signature, hash_data(credential, form)) for form in forms)
    except NotCanonicalError:
        return False
