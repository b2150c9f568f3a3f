"""Data Integrity proofs that stand in a document: one, a set, or a chain (VC Data Integrity 1.0, 2.1 and 4.5)."""

from collections.abc import Mapping
from typing import Any

from entrepot.base.said import UNSAID, Said, plainer, said
from entrepot.document.proof.integrity import CRYPTOSUITES, SELECTIVE, context_fault, proof_bytes
from entrepot.document.proof.secured import ENCODING, MISWRITTEN, PROOFS_MAX, Proof
from entrepot.document.proof.selective import read_base, read_derived
from entrepot.party.signature import signature_fault


def embedded_proofs(vc: Mapping[str, Any]) -> tuple[Proof, ...]:
    """Every proof in the member ``proof``, taken apart; a proof that builds upon others is given them."""
    if "proof" not in vc:
        return ()
    stated = vc["proof"] if isinstance(vc["proof"], list) else [vc["proof"]]
    return tuple(_proof(vc, each, stated) for each in stated)


def _proof(vc: Mapping[str, Any], members: Any, all_proofs: list[Any]) -> Proof:
    if not isinstance(members, Mapping):
        return Proof(securing="", method="", purpose="", members={}, fault=said("The proof is not an object."))
    names = ("type", "cryptosuite", "verificationMethod", "proofPurpose")
    kind, suite, method, purpose = (_text(members.get(name)) for name in names)
    unsupported, code, fault = UNSAID, "", UNSAID
    previous: tuple[Mapping[str, Any], ...] = ()
    if members.get("type") != "DataIntegrityProof" or suite not in CRYPTOSUITES:
        unsupported = said(
            "Proofs of type {type}, suite {suite}, are not judged here.",
            type=repr(str(members.get("type"))[:40]),
            suite=repr(str(suite)[:40]),
        )
    else:
        fault = context_fault(vc, members)
        code, fault = ("", fault) if fault else _value_fault(suite, members)
    if not unsupported and "previousProof" in members:
        previous, chain_fault = _previous(members, all_proofs)
        fault = fault or plainer(chain_fault, said("The chain of its proofs does not hold."))
    curves = CRYPTOSUITES.get(suite, ())
    return Proof(
        securing=suite or kind,
        method=method,
        purpose=purpose,
        members=members,
        curve=curves[0] if len(curves) == 1 else None,
        fault=fault,
        fault_code=code or "proof-malformed",
        unsupported=unsupported,
        previous=previous,
        is_partial=suite == SELECTIVE and read_derived(members) is not None,
    )


def _value_fault(suite: str, members: Mapping[str, Any]) -> tuple[str, Said]:
    """Code and reason why ``proofValue`` is no value of this suite; empty texts where nothing is seen."""
    if suite == SELECTIVE:
        if read_derived(members) is None and read_base(members) is None:
            words = "proofValue is no base or derived proof of ecdsa-sd-2023 in base64url multibase"
            return ENCODING, plainer(words, MISWRITTEN)
        is_chained = "previousProof" in members
        return "", said("A selective proof cannot build upon others.") if is_chained else UNSAID
    signature = proof_bytes(members)
    if signature is None:
        return ENCODING, plainer("proofValue is not base58btc multibase", MISWRITTEN)
    code, words = signature_fault(signature, CRYPTOSUITES[suite])
    return code, plainer(words, MISWRITTEN)


def _previous(members: Mapping[str, Any], all_proofs: list[Any]) -> tuple[tuple[Mapping[str, Any], ...], str]:
    """The proofs that ``previousProof`` names, in its order, or why they are not what is meant (4.5, step 2)."""
    if len(all_proofs) > PROOFS_MAX:
        return (), "there are too many proofs"
    by_id: dict[str, list[Mapping[str, Any]]] = {}
    for each in all_proofs:
        if isinstance(each, Mapping) and isinstance(each.get("id"), str):
            by_id.setdefault(each["id"], []).append(each)
    wanted = _names(members)
    if not wanted:
        return (), "previousProof names no proof"
    if any(len(by_id.get(name, ())) != 1 for name in wanted):
        return (), "previousProof names a proof that is not there, or is there twice"
    if _leads_back(members, by_id):
        return (), "the chain of proofs leads back to itself"
    return tuple(by_id[name][0] for name in wanted), ""


def _names(members: Mapping[str, Any]) -> list[str]:
    named = members.get("previousProof")
    stated = named if isinstance(named, list) else [named]
    names = [each for each in stated if isinstance(each, str)]
    return names if len(names) == len(stated) else []


def _leads_back(members: Mapping[str, Any], by_id: Mapping[str, list[Mapping[str, Any]]]) -> bool:
    seen: set[str] = set()
    ahead = _names(members)
    while ahead:
        name = ahead.pop()
        if name == members.get("id"):
            return True
        if name not in seen:
            seen.add(name)
            ahead += [each for found in by_id.get(name, ()) if "previousProof" in found for each in _names(found)]
    return False


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
