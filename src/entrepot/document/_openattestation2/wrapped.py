"""A wrapped document and its hash: keccak-256 of every leaf, of all leaves together, and up a Merkle tree."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from entrepot.base.finding import Finding
from entrepot.base.said import UNSAID, Said, said
from entrepot.document.demand import Demand

VERSION = "https://schema.openattestation.com/2.0/schema.json"
SIGNATURE = "SHA3MerkleProof"
_SOURCE = "OpenAttestation 2.0"
_HASH = re.compile(r"[0-9a-f]{64}")
_SALTED = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}:(string|number|boolean|null|undefined):(.*)",
    re.DOTALL | re.IGNORECASE,
)
_MEMBERS = frozenset({"version", "schema", "data", "privacy", "signature", "proof"})
_STEPS_MAX = 64
_OBFUSCATED_MAX = 100_000
SIGNED = Demand(
    "ENT-CORE-OA2-01",
    "The signature names no target hash, Merkle root and path of 64 hexadecimal digits each.",
    "Ask the issuer for the document as wrapped.",
    _SOURCE,
)
SALTED = Demand(
    "ENT-CORE-OA2-02",
    "The value is not a salt, a type and a text.",
    "Ask the issuer for the document as wrapped.",
    _SOURCE,
)
NAMED = Demand(
    "ENT-CORE-OA2-03",
    "The name {name} holds a full stop, so that its place could be read in two ways.",
    "Ask for another securing.",
    _SOURCE,
)
OBFUSCATED = Demand(
    "ENT-CORE-OA2-04",
    "What was left out is not listed by its hashes.",
    "Ask for the document as its holder cut it.",
    _SOURCE,
)
UNPROTECTED = Demand(
    "ENT-CORE-OA2-05",
    "The member {name} stands outside what the hash covers.",
    "Remove it.",
    _SOURCE,
)
ISSUED = Demand(
    "ENT-CORE-OA2-06",
    "No issuer is named with a document store, a token registry or a DID, and a way to prove its name.",
    "Ask the issuer for the document as wrapped.",
    _SOURCE,
)
DEMANDS = (SIGNED, SALTED, NAMED, OBFUSCATED, UNPROTECTED, ISSUED)
"""What is demanded of the form of a wrapped document."""


def is_wrapped(document: Mapping[str, Any]) -> bool:
    """Whether ``document`` presents itself as wrapped by OpenAttestation 2.0."""
    signature = document.get("signature")
    return (document.get("version") == VERSION or "@context" not in document) and (
        isinstance(signature, Mapping) and signature.get("type") == SIGNATURE
    )


def faults(document: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Everything in which the form of a wrapped document is broken."""
    return tuple(_faults(document))


def _faults(document: Mapping[str, Any]) -> Iterator[Finding]:
    yield from (UNPROTECTED.broken(f"$.{name}", name=name) for name in sorted(set(document) - _MEMBERS))
    signature = document["signature"]
    steps = signature.get("proof", [])
    stated = (signature.get("targetHash"), signature.get("merkleRoot"), *(steps if isinstance(steps, list) else [None]))
    if len(stated) > _STEPS_MAX or not all(isinstance(each, str) and _HASH.fullmatch(each) for each in stated):
        yield SIGNED.broken("$.signature")
    hidden = _obfuscated(document)
    if hidden is None:
        yield OBFUSCATED.broken("$.privacy.obfuscatedData")
    data = document.get("data")
    if not isinstance(data, Mapping) or not data:
        yield SALTED.broken("$.data")
        return
    yield from _leaf_faults(data, "$.data")
    if not issuers_of(document):
        yield ISSUED.broken("$.data.issuers")


def _leaf_faults(value: Any, path: str) -> Iterator[Finding]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            if "." in name:
                yield NAMED.broken(f"{path}[{name!r}]", name=name[:60])
            yield from _leaf_faults(each, f"{path}.{name}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _leaf_faults(each, f"{path}[{number}]")
    elif not isinstance(value, str) or not _SALTED.fullmatch(value):
        yield SALTED.broken(path)


def hash_fault(document: Mapping[str, Any]) -> Said:
    """Why the hashes of a document without :func:`faults` do not hold; empty where they do."""
    signature = document["signature"]
    if target_hash(document) != signature["targetHash"]:
        return said("The content does not have the hash that the document states.")
    found = bytes.fromhex(signature["targetHash"])
    for step in signature.get("proof", []):
        found = keccak256(b"".join(sorted((found, bytes.fromhex(step)))))
    return (
        UNSAID
        if found.hex() == signature["merkleRoot"]
        else said("The path does not lead from the hash to the Merkle root.")
    )


def target_hash(document: Mapping[str, Any]) -> str:
    """The hash of all leaves, those left out among them: 64 hexadecimal digits."""
    leaves = [_leaf_hash(path, value) for path, value in _leaves(document["data"], "")]
    together = sorted([*leaves, *(_obfuscated(document) or [])])
    return keccak256(_json(together)).hex()


def is_ambiguous(value: Any) -> bool:
    """Whether an object inside names its members 0, 1, 2 ...: a list of the same values would have the same hash."""
    if isinstance(value, Mapping):
        numbered = bool(value) and set(value) == {str(number) for number in range(len(value))}
        return numbered or any(map(is_ambiguous, value.values()))
    return isinstance(value, list) and any(map(is_ambiguous, value))


def unsalted(value: Any) -> Any:
    """The content without salts, numbers as they are written. For a document without :func:`faults`."""
    if isinstance(value, Mapping):
        return {name: unsalted(each) for name, each in value.items()}
    if isinstance(value, list):
        return [unsalted(each) for each in value]
    found = _SALTED.fullmatch(value)
    assert found is not None
    kind, text = found.groups()
    return {"boolean": text == "true", "null": None, "undefined": None}.get(kind, text)


def issuers_of(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """For each issuer the members ``name``, ``store`` (address, or DID) and ``location`` (domain, or DID).

    Empty where one of them lacks a store or a location: then nobody can show who issued the document.
    """
    data = document.get("data")
    stated = data.get("issuers") if isinstance(data, Mapping) else None
    found = [_issuer(each) for each in stated] if isinstance(stated, list) else []
    return found if all(each["store"] and each["location"] for each in found) else []


def _issuer(stated: Any) -> dict[str, str]:
    known = stated if isinstance(stated, Mapping) else {}
    proof = known.get("identityProof")
    shown = proof if isinstance(proof, Mapping) else {}
    names = ("documentStore", "tokenRegistry", "certificateStore", "id")
    store = next((text for name in names if (text := _text(known.get(name)))), "")
    location = _text(shown.get("location")) or (store if _text(shown.get("type")) == "DID" else "")
    return {"name": _text(known.get("name")), "store": store, "location": location}


def chain_of(document: Mapping[str, Any]) -> str:
    """The chain that the document names, as a number in text; empty where it names none."""
    network = document["data"].get("network")
    return _text(network.get("chainId")) if isinstance(network, Mapping) else ""


def _text(value: Any) -> str:
    found = _SALTED.fullmatch(value) if isinstance(value, str) else None
    return found.group(2) if found is not None and found.group(1) in ("string", "number") else ""


def _obfuscated(document: Mapping[str, Any]) -> list[str] | None:
    privacy = document.get("privacy", {})
    listed = privacy.get("obfuscatedData", []) if isinstance(privacy, Mapping) else None
    if not isinstance(listed, list) or len(listed) > _OBFUSCATED_MAX:
        return None
    return listed if all(isinstance(each, str) and _HASH.fullmatch(each) for each in listed) else None


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping | list) and value:
        inner = value.items() if isinstance(value, Mapping) else enumerate(value)
        for name, each in inner:
            yield from _leaves(each, f"{path}.{name}" if path else str(name))
    else:
        yield path, value


def _leaf_hash(path: str, value: Any) -> str:
    return keccak256(_json({path: value})).hex()


def _json(value: Any) -> bytes:
    """As ``JSON.stringify`` writes texts, and objects and lists of them."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def keccak256(data: bytes) -> bytes:
    """Keccak-256 with the padding of the competition (not that of SHA3-256), as Ethereum uses it."""
    from Crypto.Hash import keccak

    return keccak.new(digest_bits=256, data=data).digest()
