"""One entry: its hash, the SCID, and its proofs.

did:webvh 1.0, "SCID Generation and Verification", "Entry Hash Generation and Verification", "Authorized Keys".
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import base58

from entrepot.base.canonical import NotCanonicalError, canonical
from entrepot.base.moment import format_moment
from entrepot.party._webvh10.fault import Refused
from entrepot.party.did import key_method_id
from entrepot.party.error import KeyFormError
from entrepot.party.integrity import hash_data, proof_signature
from entrepot.party.jws import Signer
from entrepot.party.key import Curve, PublicKey
from entrepot.party.multibase import to_multibase

PLACEHOLDER = "{SCID}"
SUITE = "eddsa-jcs-2022"
PROOFS_MAX = 20
"""Proofs of one entry."""
_MULTIHASH = re.compile(r"Qm[1-9A-HJ-NP-Za-km-z]{44}")


def multihash(data: bytes) -> str:
    """The SHA-256 multihash of ``data`` in base58btc, 46 characters."""
    return base58.b58encode(b"\x12\x20" + sha256(data).digest()).decode("ascii")


def key_hash(multikey: str) -> str:
    """What ``nextKeyHashes`` lists for a key."""
    return multihash(multikey.encode("ascii"))


def is_multihash(text: str) -> bool:
    """Whether ``text`` is a SHA-256 multihash in base58btc."""
    return _MULTIHASH.fullmatch(text) is not None and base58.b58decode(text)[:2] == b"\x12\x20"


def entry_hash(entry: Mapping[str, Any], predecessor: str) -> str:
    """The hash of ``entry`` after the versionId ``predecessor`` (for the first, the SCID)."""
    bare = {name: value for name, value in entry.items() if name != "proof"}
    return multihash(canonical({**bare, "versionId": predecessor}))


def scid_of(first: Mapping[str, Any], scid: str) -> str:
    """The SCID that follows from the first entry, in which ``scid`` stands wherever it belongs."""
    bare = {name: value for name, value in first.items() if name != "proof"}
    text = canonical({**bare, "versionId": PLACEHOLDER}).decode()
    return multihash(canonical(json.loads(text.replace(scid, PLACEHOLDER))))


def proved(document: Mapping[str, Any], signer: Signer, created: datetime) -> dict[str, Any]:
    """A proof of ``document`` by an Ed25519 key, named as a did:key."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": format_moment(created),
        "verificationMethod": key_method_id(signer.public),
        "proofPurpose": "assertionMethod",
    }
    return {**options, "proofValue": to_multibase(signer.sign(hash_data(document, options)))}


def check_proofs(entry: Mapping[str, Any], authorized: Iterable[str], number: int) -> tuple[str, ...]:
    """The Multikeys that signed ``entry``: every proof must hold under one of ``authorized``.

    Raises :class:`Refused`.
    """
    stated = entry.get("proof")
    proofs: list[Any] = stated if isinstance(stated, list) else [stated]
    if not proofs or len(proofs) > PROOFS_MAX or not all(isinstance(each, dict) for each in proofs):
        raise Refused("webvh-proof-form", number, what="it carries no proof, or too many")
    allowed = frozenset(authorized)
    return tuple(_check_proof(entry, each, allowed, number) for each in proofs)


def _check_proof(entry: Mapping[str, Any], proof: Mapping[str, Any], allowed: frozenset[str], number: int) -> str:
    key = proof_key(proof, number)
    if key.multikey not in allowed:
        raise Refused("webvh-key-not-authorized", number, what=key.multikey)
    if not proof_holds(entry, proof, key):
        raise Refused("webvh-signature", number, what=key.multikey)
    return key.multikey


def proof_key(proof: Mapping[str, Any], number: int) -> PublicKey:
    """The Ed25519 key that a proof names as did:key, its members having been checked. Raises :class:`Refused`."""
    if proof.get("type") != "DataIntegrityProof":
        raise Refused("webvh-proof-form", number, what=f"a proof of type {str(proof.get('type'))[:40]!r}")
    if proof.get("cryptosuite") != SUITE:
        raise Refused("webvh-cryptosuite", number, what=proof.get("cryptosuite"))
    if proof.get("proofPurpose") != "assertionMethod":
        raise Refused("webvh-proof-purpose", number, what=proof.get("proofPurpose"))
    method = proof.get("verificationMethod")
    did, _, fragment = method.partition("#") if isinstance(method, str) else ("", "", "")
    if not did.startswith("did:key:") or did.removeprefix("did:key:") != fragment:
        raise Refused("webvh-key-fragment", number, what=method)
    try:
        key = PublicKey.from_multikey(fragment)
    except KeyFormError as wrong:
        raise Refused("webvh-proof-form", number, what=wrong.message) from None
    if key.curve is not Curve.ED25519:
        raise Refused("webvh-proof-form", number, what=f"{SUITE} takes no key of {key.curve}")
    return key


def proof_holds(document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey) -> bool:
    """Whether ``proof`` is a signature of ``key`` over ``document``."""
    signature = proof_signature(proof)
    try:
        return signature is not None and key.verify(signature, hash_data(document, proof))
    except NotCanonicalError:
        return False
