"""Secured bytes taken apart: the credential inside, and each proof with what it says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from entrepot.base.finding import Finding, Severity
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.document.proof.integrity import CRYPTOSUITES, context_fault, holds, proof_signature
from entrepot.party.did import did_of
from entrepot.party.jws import ALGORITHMS, Jws, header_fault, read_jws, verify_jws
from entrepot.party.key import Curve, PublicKey

LIMITS = JsonLimits(bytes_max=3 << 20, depth_max=72)
"""Room for a record of the largest size, in base64url, with a proof around it."""
PROOFS_MAX = 20
"""Proofs that one document may carry."""
ASSERTION = "assertionMethod"
"""The purpose of a proof by which an issuer states something (Data Integrity 1.0, 2.1)."""
_TYPES = ("vc+jwt", "application/vc+jwt")
_ENVELOPE = "data:application/vc+jwt,"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One proof. ``securing``: ``vc+jwt`` or the cryptosuite's name. ``method``: DID URL of the key, as claimed.

    ``fault``: why it cannot hold, empty if nothing is seen yet; ``unsupported``: why it cannot be judged here.
    ``members``: the JOSE header, or the Data Integrity proof.
    """

    securing: str
    method: str
    purpose: str
    members: Mapping[str, Any]
    curve: Curve | None = None
    fault: str = ""
    unsupported: str = ""
    jws: Jws | None = None


@dataclass(frozen=True, slots=True)
class Secured:
    """A credential (or whatever object stood in its place) and its proofs; none where it is not secured."""

    vc: Mapping[str, Any]
    proofs: tuple[Proof, ...]

    @property
    def securing(self) -> str:
        """Name of the first proof's securing; empty where there is none."""
        return self.proofs[0].securing if self.proofs else ""

    @property
    def method(self) -> str:
        """DID URL of the first proof's key, as claimed; empty where there is none."""
        return self.proofs[0].method if self.proofs else ""

    @property
    def is_enveloped(self) -> bool:
        """Whether it came as the payload of a JWS."""
        return any(each.jws is not None for each in self.proofs)

    @property
    def issuer(self) -> str:
        """The id of the issuer that the credential names; empty where it names none."""
        return issuer_of(self.vc)


def issuer_of(vc: Mapping[str, Any]) -> str:
    """The id of a credential's issuer (VCDM 2.0, 4.7), or an empty text."""
    issuer = vc.get("issuer")
    name = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    return name if isinstance(name, str) else ""


def open_secured(data: bytes) -> tuple[Secured | None, tuple[Finding, ...]]:
    """``data`` taken apart: a compact JWS, a JSON credential with ``proof``, or an envelope of a JWS in JSON.

    None with findings where it is none of them; nothing is verified yet.
    """
    if len(data) <= LIMITS.bytes_max and data.lstrip()[:1] not in (b"{", b"["):
        return _open_jws(data)
    value, findings = read_json(data, LIMITS)
    if findings:
        return None, findings
    if not isinstance(value, dict):
        return None, (_finding(1, "A credential is a JSON object."),)
    inner = value.get("id")
    types = value.get("type")
    enveloped = types in ("EnvelopedVerifiableCredential", ["EnvelopedVerifiableCredential"])
    if enveloped and isinstance(inner, str) and inner.startswith(_ENVELOPE):
        return _open_jws(inner.removeprefix(_ENVELOPE).encode())
    return _bounded(Secured(value, _embedded(value)))


def verify_proof(secured: Secured, key: PublicKey, *, index: int = 0, purpose: str = ASSERTION) -> bool:
    """Whether proof number ``index`` was made for ``purpose`` and holds under ``key``.

    Says nothing of whose key it is, of time, or of the other proofs.
    """
    if index >= len(secured.proofs):
        return False
    proof = secured.proofs[index]
    if proof.fault or proof.unsupported or proof.purpose != purpose:
        return False
    return verify_jws(proof.jws, key) if proof.jws else holds(secured.vc, proof.members, key)


def _open_jws(data: bytes) -> tuple[Secured | None, tuple[Finding, ...]]:
    try:
        jws = read_jws(data.decode("ascii").strip())
    except UnicodeDecodeError:
        jws = None
    if jws is None:
        return None, (_finding(2, "Neither JSON nor a compact JWS."),)
    value, findings = read_json(jws.payload, LIMITS)
    if findings:
        return None, findings
    if not isinstance(value, dict):
        return None, (_finding(1, "A credential is a JSON object."),)
    return _bounded(Secured(value, (_enveloping(jws, value), *_embedded(value))))


def _bounded(secured: Secured) -> tuple[Secured | None, tuple[Finding, ...]]:
    if len(secured.proofs) > PROOFS_MAX:
        return None, (_finding(3, f"More than {PROOFS_MAX} proofs."),)
    return secured, ()


def _enveloping(jws: Jws, vc: Mapping[str, Any]) -> Proof:
    fault, unsupported = "", header_fault(jws.header)
    if jws.header.get("alg") in (None, "none", ""):
        fault, unsupported = "the header names no algorithm, so nothing is signed", ""
    elif jws.signature is None or len(jws.signature) != 64:
        fault = "the signature is not 64 bytes in base64url"
    elif jws.header.get("typ") not in _TYPES:
        fault = f"typ is {str(jws.header.get('typ'))[:40]!r}, not vc+jwt"
    return Proof(
        securing="vc+jwt",
        method=_method_of_kid(jws.header.get("kid"), issuer_of(vc)),
        purpose=ASSERTION,
        members=jws.header,
        curve=ALGORITHMS.get(str(jws.header.get("alg"))),
        fault=fault,
        unsupported=unsupported,
        jws=jws,
    )


def _method_of_kid(kid: Any, issuer: str) -> str:
    """The DID URL that a ``kid`` names: itself, or a fragment of the issuer; a did:key has one method only."""
    name = kid if isinstance(kid, str) else ""
    if not name or did_of(name) == name:
        did = name or issuer
        return f"{did}#{did.removeprefix('did:key:')}" if did.startswith("did:key:") else did
    if did_of(name):
        return name
    return f"{issuer}#{name.removeprefix('#')}"


def _embedded(vc: Mapping[str, Any]) -> tuple[Proof, ...]:
    if "proof" not in vc:
        return ()
    stated = vc["proof"] if isinstance(vc["proof"], list) else [vc["proof"]]
    return tuple(_integrity_proof(vc, each) for each in stated)


def _integrity_proof(vc: Mapping[str, Any], members: Any) -> Proof:
    if not isinstance(members, Mapping):
        return Proof(securing="", method="", purpose="", members={}, fault="the proof is not an object")
    names = ("type", "cryptosuite", "verificationMethod", "proofPurpose")
    kind, suite, method, purpose = (_text(members.get(name)) for name in names)
    unsupported = ""
    if members.get("type") != "DataIntegrityProof" or suite not in CRYPTOSUITES:
        unsupported = (
            f"proofs of type {str(members.get('type'))[:40]!r}, suite {str(suite)[:40]!r}, are not judged here"
        )
    elif "previousProof" in members:
        unsupported = "proof chains are not judged here"
    fault = ""
    if not unsupported:
        fault = context_fault(vc, members)
        if proof_signature(members) is None:
            fault = "proofValue is not 64 bytes in base58btc multibase"
    return Proof(
        securing=suite or kind,
        method=method,
        purpose=purpose,
        members=members,
        curve=CRYPTOSUITES.get(suite),
        fault=fault,
        unsupported=unsupported,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _finding(number: int, message: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-SECURED-{number:02d}",
        severity=Severity.BLOCKING,
        message=message,
        source="VCDM 2.0; VC-JOSE-COSE 1.0; VC Data Integrity 1.0",
        remedy="Give a credential in JSON with a proof, or as vc+jwt.",
    )
