"""Data Integrity proofs over the whole document: the ``jcs`` suites sign its canonical JSON, the ``rdfc`` its meaning.

Standards: VC Data Integrity 1.0; Data Integrity EdDSA Cryptosuites 1.0, sections 3.2 and 3.3; Data Integrity ECDSA
Cryptosuites 1.0, sections 3.2 and 3.3 (all W3C). The selective suite is in ``selective``.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from entrepot.base.canonical import NotCanonicalError, canonical
from entrepot.base.said import UNSAID, Said, said
from entrepot.document.proof.jsonld import quads_of
from entrepot.document.proof.meaning import CARRIED, Contexts
from entrepot.document.proof.rdf import canonical_lines
from entrepot.party.error import KeyFormError
from entrepot.party.key import SIGNATURE_LENGTH, Curve, PublicKey
from entrepot.party.multibase import from_multibase

_ECDSA = (Curve.P256, Curve.P384)
SELECTIVE = "ecdsa-sd-2023"
CRYPTOSUITES: Mapping[str, tuple[Curve, ...]] = {
    "eddsa-jcs-2022": (Curve.ED25519,),
    "ecdsa-jcs-2019": _ECDSA,
    "eddsa-rdfc-2022": (Curve.ED25519,),
    "ecdsa-rdfc-2019": _ECDSA,
    SELECTIVE: (Curve.P256,),
}
"""Cryptosuite -> the keys it takes."""
_RDFC = ("eddsa-rdfc-2022", "ecdsa-rdfc-2019")
_LENGTHS = frozenset(SIGNATURE_LENGTH.values())
_TEXT_MAX = 2 * max(_LENGTHS)


def proof_options(
    credential: Mapping[str, Any],
    cryptosuite: str,
    method_id: str,
    created: str,
    *,
    purpose: str = "assertionMethod",
) -> dict[str, Any]:
    """The members of a new proof but its value. The document's contexts stand in that of a ``jcs`` suite
    (section 3.3.1, step 2); in the others they are put there before it is hashed."""
    options: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": cryptosuite,
        "created": created,
        "verificationMethod": method_id,
        "proofPurpose": purpose,
    }
    if "@context" in credential and "-jcs-" in cryptosuite:
        options["@context"] = credential["@context"]
    return options


def hash_data(
    credential: Mapping[str, Any],
    options: Mapping[str, Any],
    *,
    curve: Curve = Curve.ED25519,
    contexts: Contexts = CARRIED,
    previous: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """What is signed: the hash of the canonical options, then that of the canonical document (3.2.4, 3.3.4).

    ``proof`` and ``proofValue`` are left out of them; ``previous``, the proofs that this one builds upon, take the
    place of ``proof`` (Data Integrity 1.0, 4.3). SHA-256, for P-384 SHA-384. Raises :class:`NotCanonicalError`,
    and for ``rdfc`` suites :class:`~entrepot.document.proof.rdf.NotRdfError`.
    """
    document = {name: value for name, value in credential.items() if name != "proof"}
    if previous:
        document["proof"] = list(previous)
    bare = {name: value for name, value in options.items() if name != "proofValue"}
    name = "sha384" if curve is Curve.P384 else "sha256"
    digest = getattr(hashlib, name)
    if options.get("cryptosuite") not in _RDFC:
        return jcs_hash(bare, canonical(document), curve)
    if "@context" in credential:
        bare["@context"] = credential["@context"]
    return b"".join(digest(canonical_text(each, contexts, name).encode()).digest() for each in (bare, document))


def jcs_hash(options: Mapping[str, Any], document: bytes, curve: Curve) -> bytes:
    """What a ``jcs`` suite signs, of options without ``proofValue`` and a document in canonical form."""
    digest = hashlib.sha384 if curve is Curve.P384 else hashlib.sha256
    return digest(canonical(options)).digest() + digest(document).digest()


def canonical_text(document: Mapping[str, Any], contexts: Contexts = CARRIED, hash_name: str = "sha256") -> str:
    """The canonical N-Quads of a JSON-LD document. Raises :class:`~entrepot.document.proof.rdf.NotRdfError`."""
    return "".join(canonical_lines(quads_of(document, contexts), hash_name))


def proof_bytes(proof: Mapping[str, Any]) -> bytes | None:
    """The bytes that ``proofValue`` writes after multibase ``z``; None where it does not."""
    value = proof.get("proofValue")
    if not isinstance(value, str) or len(value) > _TEXT_MAX:
        return None
    try:
        return from_multibase(value)
    except KeyFormError:
        return None


def proof_signature(proof: Mapping[str, Any]) -> bytes | None:
    """The signature that ``proofValue`` writes: 64 or 96 bytes; None where it does not."""
    signature = proof_bytes(proof)
    return signature if signature is not None and len(signature) in _LENGTHS else None


def context_fault(credential: Mapping[str, Any], proof: Mapping[str, Any]) -> Said:
    """Why the contexts of proof and document do not fit; empty where they do.

    The suite would let contexts be added behind those that were signed, and drop them before checking (3.3.2,
    step 4). The verdict given here is on the file as it lies there, so an added context makes it another file.
    """
    if "@context" in proof and proof["@context"] != credential.get("@context"):
        return said("The contexts of the document are not those that were signed.")
    return UNSAID


def holds(
    credential: Mapping[str, Any],
    proof: Mapping[str, Any],
    key: PublicKey,
    *,
    contexts: Contexts = CARRIED,
    previous: Sequence[Mapping[str, Any]] = (),
) -> bool:
    """Whether ``proof`` is a signature of ``key`` over ``credential``; suite and key type must agree.

    A ``jcs`` proof that does not show the contexts may have been made with or without them: programs written before
    the suite became a Recommendation hash the document's contexts in without showing them. Both cover every member.
    Raises :class:`~entrepot.document.proof.rdf.NotRdfError` for a document without canonical statements.
    """
    signature, suite = proof_signature(proof), str(proof.get("cryptosuite"))
    if signature is None or key.curve not in CRYPTOSUITES.get(suite, ()) or suite == SELECTIVE:
        return False
    if len(signature) != SIGNATURE_LENGTH[key.curve] or context_fault(credential, proof):
        return False
    forms = [proof]
    if "@context" in credential and "@context" not in proof and suite not in _RDFC:
        forms.append({**proof, "@context": credential["@context"]})
    try:
        return any(
            key.verify(signature, hash_data(credential, form, curve=key.curve, contexts=contexts, previous=previous))
            for form in forms
        )
    except NotCanonicalError:
        return False
