"""The arithmetic of Data Integrity proofs over canonical JSON: what is hashed, and what a proof value writes.

Standards: VC Data Integrity 1.0; Data Integrity EdDSA Cryptosuites 1.0, section 3.3 (``eddsa-jcs-2022``); Data
Integrity ECDSA Cryptosuites 1.0, section 3.3 (``ecdsa-jcs-2019``). Whose key it is, and for what, is said elsewhere.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from entrepot.base.canonical import canonical
from entrepot.party.error import KeyFormError
from entrepot.party.key import SIGNATURE_BYTES
from entrepot.party.multibase import from_multibase


def hash_data(document: Mapping[str, Any], options: Mapping[str, Any], digest: Callable[..., Any] = sha256) -> bytes:
    """What is signed: the digest of the canonical options, then that of the canonical document (3.3.4).

    ``proof`` and ``proofValue`` are left out of them. Raises :class:`~entrepot.base.canonical.NotCanonicalError`.
    """
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    bare = {name: value for name, value in options.items() if name != "proofValue"}
    both: bytes = digest(canonical(bare)).digest() + digest(canonical(unsecured)).digest()
    return both


def proof_signature(proof: Mapping[str, Any], length: int = SIGNATURE_BYTES) -> bytes | None:
    """The signature that ``proofValue`` writes: ``length`` bytes after multibase ``z``; None where it does not."""
    value = proof.get("proofValue")
    if not isinstance(value, str) or len(value) > 2 * length:
        return None
    try:
        signature = from_multibase(value)
    except KeyFormError:
        return None
    return signature if len(signature) == length else None
