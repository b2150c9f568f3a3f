"""``ecdsa-sd-2023``: an issuer signs every statement, a holder shows some of them, a verifier checks those.

Standard: Data Integrity ECDSA Cryptosuites 1.0, sections 3.4 to 3.6 (W3C). A *base* proof is for the holder, for it
holds the key that hides the names of nodes; a *derived* proof is for everybody. Nothing derived here holds a blank
node identifier: what is shown is taken from the document as the issuer wrote it.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from entrepot.base.digest import b64url, from_b64url
from entrepot.base.error import UsageError
from entrepot.document.proof.cbor import from_cbor, to_cbor
from entrepot.document.proof.jsonld import blank_nodes_of, quads_of
from entrepot.document.proof.meaning import CARRIED, Contexts
from entrepot.document.proof.pointer import copied, select
from entrepot.document.proof.rdf import Quad, canonical_labels, canonical_lines, relabelled
from entrepot.party.error import KeyFormError
from entrepot.party.jws import Signer
from entrepot.party.key import Curve, KeyPair, PublicKey

BASE, DERIVED = b"\xd9\x5d\x00", b"\xd9\x5d\x01"
_POINT = b"\x80\x24"
_SIGNATURE, _KEY, _SECRET = 64, 35, 32


@dataclass(frozen=True, slots=True)
class BaseProof:
    """What a base proof's value holds (3.5.3). ``pointers``: what every derived document shows."""

    signature: bytes
    key: bytes
    hmac_key: bytes
    signatures: tuple[bytes, ...]
    pointers: tuple[str, ...]

    def to_text(self) -> str:
        """The value as multibase base64url (3.5.2)."""
        parts = [self.signature, self.key, self.hmac_key, list(self.signatures), list(self.pointers)]
        return "u" + b64url(BASE + to_cbor(parts))


@dataclass(frozen=True, slots=True)
class DerivedProof:
    """What a derived proof's value holds (3.5.8). ``labels``: number of a canonical label -> hidden label's bytes."""

    signature: bytes
    key: bytes
    signatures: tuple[bytes, ...]
    labels: Mapping[int, bytes]
    mandatory: tuple[int, ...]

    def to_text(self) -> str:
        """The value as multibase base64url (3.5.7)."""
        parts = [self.signature, self.key, list(self.signatures), dict(self.labels), list(self.mandatory)]
        return "u" + b64url(DERIVED + to_cbor(parts))


@dataclass(frozen=True, slots=True)
class Statements:
    """A document's statements under hidden labels, in their order, and the way from its objects to these labels."""

    lines: list[str]
    document: Mapping[str, Any]
    contexts: Contexts
    blank: Mapping[int, str]
    hidden: Mapping[str, str]

    def selected(self, pointers: Iterable[str]) -> tuple[set[str], list[Quad], dict[str, Any]]:
        """The lines that ``pointers`` select, their statements, and the part of the document that makes them."""
        given = list(pointers)
        if not given:
            return set(), [], {}
        part, labels = select(self.document, given, self.blank)
        quads = quads_of(part, self.contexts, labels=labels)
        lines = set(relabelled(quads, self.hidden))
        if not lines <= set(self.lines):
            raise UsageError(
                "a part of this document does not mean the same without the rest", remedy="Name a larger part."
            )
        return lines, quads, part


def statements_of(document: Mapping[str, Any], hmac_key: bytes, contexts: Contexts = CARRIED) -> Statements:
    """The statements of ``document`` (without ``proof``), each node without id hidden by ``hmac_key`` (3.4.2).

    Raises :class:`~entrepot.document.proof.rdf.NotRdfError`.
    """
    own = copied({name: each for name, each in document.items() if name != "proof"})
    quads, blank = blank_nodes_of(own, contexts)
    hidden = {node: hidden_label(hmac_key, label) for node, label in canonical_labels(quads).items()}
    return Statements(relabelled(quads, hidden), own, contexts, blank, hidden)


def hidden_label(hmac_key: bytes, label: str) -> str:
    """The label that stands for the canonical ``_:c14nN`` (3.4.2, step 2)."""
    return "_:u" + b64url(hmac.digest(hmac_key, label.removeprefix("_:").encode(), "sha256"))


def proof_hash(document: Mapping[str, Any], options: Mapping[str, Any], contexts: Contexts = CARRIED) -> bytes:
    """SHA-256 of the canonical proof configuration (3.6.4), with the contexts of the document."""
    bare = {name: each for name, each in options.items() if name != "proofValue"}
    bare["@context"] = document.get("@context")
    return hashlib.sha256("".join(canonical_lines(quads_of(bare, contexts))).encode()).digest()


def base_proof(
    document: Mapping[str, Any],
    options: Mapping[str, Any],
    signer: Signer,
    *,
    pointers: Sequence[str],
    secrets: tuple[KeyPair, bytes],
    contexts: Contexts = CARRIED,
) -> BaseProof:
    """The base proof of ``document`` (3.6.5). ``secrets``: a P-256 key for this document alone, and 32 random bytes.

    Raises :class:`UsageError` for a pointer that leads nowhere and for blank node identifiers in the document, and
    :class:`~entrepot.document.proof.rdf.NotRdfError`.
    """
    if _names_blank(document):
        raise UsageError(
            "the document names a blank node", remedy="Remove the identifiers that begin with _:.", code="blank-node"
        )
    once, hmac_key = secrets
    statements = statements_of(document, hmac_key, contexts)
    mandatory = statements.selected(pointers)[0]
    point = _POINT + once.public.raw
    shown = _hash(each for each in statements.lines if each in mandatory)
    return BaseProof(
        signer.sign(proof_hash(document, options, contexts) + point + shown),
        point,
        hmac_key,
        tuple(once.sign(each.encode()) for each in statements.lines if each not in mandatory),
        tuple(pointers),
    )


def derive(
    document: Mapping[str, Any], proof: Mapping[str, Any], reveal: Sequence[str], contexts: Contexts = CARRIED
) -> dict[str, Any]:
    """The part of ``document`` that its issuer made mandatory and ``reveal`` names, with the derived proof (3.6.6).

    Raises :class:`UsageError` where ``proof`` is no base proof, does not belong to this document, a pointer leads
    nowhere, or nothing is left to show.
    """
    base = read_base(proof)
    if base is None:
        raise UsageError("the document has no base proof of ecdsa-sd-2023", remedy="Derive from what the issuer gave.")
    if _names_blank(document):
        raise UsageError("the document names a blank node", remedy="Ask the issuer for one without.", code="blank-node")
    statements = statements_of(document, base.hmac_key, contexts)
    mandatory = statements.selected(base.pointers)[0]
    wanted = [*base.pointers, *reveal]
    if not wanted:
        raise UsageError("nothing is to be shown", remedy="Name a part with --reveal.")
    shown, quads, part = statements.selected(wanted)
    signed = [each for each in statements.lines if each not in mandatory]
    if len(signed) != len(base.signatures):
        raise UsageError("the proof does not belong to this document", remedy="Derive from what the issuer gave.")
    order = [each for each in statements.lines if each in shown]
    derived = DerivedProof(
        base.signature,
        base.key,
        tuple(signature for line, signature in zip(signed, base.signatures, strict=True) if line in shown),
        {
            int(label.removeprefix("_:c14n")): _bytes_of(statements.hidden[node])
            for node, label in canonical_labels(quads).items()
        },
        tuple(number for number, line in enumerate(order) if line in mandatory),
    )
    return {**part, "proof": {**proof, "proofValue": derived.to_text()}}


def verify_derived(
    document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, contexts: Contexts = CARRIED
) -> bool:
    """Whether a derived proof holds under the issuer's ``key`` (3.6.7). Raises ``NotRdfError``."""
    derived = read_derived(proof)
    if derived is None or key.curve is not Curve.P256:
        return False
    bare = {name: each for name, each in document.items() if name != "proof"}
    quads = quads_of(bare, contexts)
    labels = canonical_labels(quads)
    names = {label: derived.labels.get(int(label.removeprefix("_:c14n"))) for label in labels.values()}
    if len(names) != len(derived.labels) or None in names.values() or len(set(names.values())) != len(names):
        return False
    lines = relabelled(quads, {node: "_:u" + b64url(names[label] or b"") for node, label in labels.items()})
    chosen = set(derived.mandatory)
    if len(chosen) != len(derived.mandatory) or not chosen <= set(range(len(lines))):
        return False
    mandatory = [line for number, line in enumerate(lines) if number in chosen]
    signed = [line for number, line in enumerate(lines) if number not in chosen]
    data = proof_hash(document, proof, contexts) + derived.key + _hash(mandatory)
    return key.verify(derived.signature, data) and _all_hold(derived.key, signed, derived.signatures)


def verify_base(
    document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, contexts: Contexts = CARRIED
) -> bool:
    """Whether a base proof holds under the issuer's ``key``, for every statement of the whole document."""
    base = read_base(proof)
    if base is None or key.curve is not Curve.P256:
        return False
    statements = statements_of(document, base.hmac_key, contexts)
    try:
        mandatory = statements.selected(base.pointers)[0]
    except UsageError:
        return False
    shown = [each for each in statements.lines if each in mandatory]
    signed = [each for each in statements.lines if each not in mandatory]
    data = proof_hash(document, proof, contexts) + base.key + _hash(shown)
    return key.verify(base.signature, data) and _all_hold(base.key, signed, base.signatures)


def _all_hold(point: bytes, lines: Sequence[str], signatures: Sequence[bytes]) -> bool:
    if len(lines) != len(signatures):
        return False
    try:
        once = PublicKey(Curve.P256, point[len(_POINT) :])
    except KeyFormError:
        return False
    return all(once.verify(signature, line.encode()) for line, signature in zip(lines, signatures, strict=True))


def read_base(proof: Mapping[str, Any]) -> BaseProof | None:
    """The base proof that ``proofValue`` writes; None where it writes none (3.5.3)."""
    parts = _parts(proof, BASE)
    if parts is None or not _are_bytes(parts[:3], (_SIGNATURE, _KEY, _SECRET)):
        return None
    signature, key, hmac_key, signatures, pointers = parts
    if not _is_list_of(signatures, bytes) or not _is_list_of(pointers, str) or not key.startswith(_POINT):
        return None
    return BaseProof(signature, key, hmac_key, tuple(signatures), tuple(pointers))


def read_derived(proof: Mapping[str, Any]) -> DerivedProof | None:
    """The derived proof that ``proofValue`` writes; None where it writes none (3.5.8)."""
    parts = _parts(proof, DERIVED)
    if parts is None or not _are_bytes(parts[:2], (_SIGNATURE, _KEY)) or not parts[1].startswith(_POINT):
        return None
    signature, key, signatures, labels, mandatory = parts
    if not _is_list_of(signatures, bytes) or not _is_list_of(mandatory, int) or not isinstance(labels, dict):
        return None
    if not all(isinstance(number, int) and _are_bytes([label], (32,)) for number, label in labels.items()):
        return None
    return DerivedProof(signature, key, tuple(signatures), labels, tuple(mandatory))


def _parts(proof: Mapping[str, Any], header: bytes) -> list[Any] | None:
    value = proof.get("proofValue")
    data = from_b64url(value[1:]) if isinstance(value, str) and value.startswith("u") else None
    if data is None or not data.startswith(header):
        return None
    try:
        parts = from_cbor(data[len(header) :])
    except (ValueError, TypeError):
        return None
    return parts if isinstance(parts, list) and len(parts) == 5 else None


def _are_bytes(parts: Sequence[Any], lengths: Sequence[int]) -> bool:
    return all(isinstance(each, bytes) and len(each) == length for each, length in zip(parts, lengths, strict=True))


def _is_list_of(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(each, kind) for each in value)


def _bytes_of(label: str) -> bytes:
    data = from_b64url(label.removeprefix("_:u"))
    assert data is not None
    return data


def _hash(lines: Iterable[str]) -> bytes:
    return hashlib.sha256("".join(lines).encode()).digest()


def _names_blank(value: Any) -> bool:
    """Whether an identifier or reference anywhere in ``value`` is a blank node's."""
    if isinstance(value, Mapping):
        return any(_names_blank(each) for each in value.values())
    if isinstance(value, list):
        return any(map(_names_blank, value))
    return isinstance(value, str) and value.startswith("_:")
