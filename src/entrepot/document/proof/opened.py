"""Secured bytes taken apart, and each proof judged under a key that somebody else has found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from entrepot.base.canonical import NotCanonicalError, canonical
from entrepot.base.finding import Finding, Severity
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.said import UNSAID, Said, plainer, said
from entrepot.document.proof.context import CREDENTIALS_V2
from entrepot.document.proof.embedded import embedded_proofs
from entrepot.document.proof.integrity import CRYPTOSUITES, SELECTIVE, holds, proof_bytes
from entrepot.document.proof.meaning import CARRIED, Contexts
from entrepot.document.proof.model import items_of
from entrepot.document.proof.rdf import NotRdfError
from entrepot.document.proof.sdjwt import SdJwt, read_json_form, read_sd_jwt
from entrepot.document.proof.secured import (
    ASSERTION,
    ENCODING,
    MISWRITTEN,
    PROOFS_MAX,
    Outcome,
    Proof,
    Secured,
    holder_of,
    issuer_of,
)
from entrepot.document.proof.selective import read_base, verify_base, verify_derived
from entrepot.party.did import did_of
from entrepot.party.jws import ALGORITHMS, Jws, header_fault, read_jws, verify_jws
from entrepot.party.key import PublicKey
from entrepot.party.signature import signature_fault

__all__ = [
    "ASSERTION",
    "LIMITS",
    "PROOFS_MAX",
    "Outcome",
    "Proof",
    "Secured",
    "issuer_of",
    "judge_proof",
    "open_secured",
    "verify_proof",
]
LIMITS = JsonLimits(bytes_max=3 << 20, depth_max=72)
"""Room for a record of the largest size, in base64url, with a proof around it."""


@dataclass(frozen=True, slots=True)
class TokenForm:
    """A kind of enveloping token: its ``name``, the values of ``typ`` that say so, and what its signature is for."""

    name: str
    types: tuple[str, ...]
    purpose: str


VC_JWT = TokenForm("vc+jwt", ("vc+jwt", "application/vc+jwt"), ASSERTION)
_SD_TYPES = ("dc+sd-jwt", "vc+sd-jwt")
"""``typ`` of an SD-JWT VC; the second is the name it had in older drafts (SD-JWT VC, 3.1)."""
_ENVELOPES = ("data:application/vc+jwt,", "data:application/dc+sd-jwt,", "data:application/vc+sd-jwt,")


def open_secured(data: bytes) -> tuple[Secured | None, tuple[Finding, ...]]:
    """``data`` taken apart: a compact JWS or SD-JWT, a JSON credential with ``proof``, an envelope of a token in JSON,
    or an SD-JWT in JSON.

    None with findings where it is none of them; nothing is verified yet.
    """
    if len(data) <= LIMITS.bytes_max and data.lstrip()[:1] not in (b"{", b"["):
        return _open_token(data)
    value, findings = read_json(data, LIMITS)
    if findings:
        return None, findings
    if not isinstance(value, dict):
        return None, (finding(1, "A credential is a JSON object."),)
    inner = value.get("id")
    types = value.get("type")
    enveloped = types in ("EnvelopedVerifiableCredential", ["EnvelopedVerifiableCredential"])
    if enveloped and isinstance(inner, str) and inner.startswith(_ENVELOPES):
        if items_of(value.get("@context"))[:1] != [CREDENTIALS_V2]:
            return None, (finding(4, "The envelope names no context that defines it (VCDM 2.0, 4.13.1)."),)
        return _open_token(inner.partition(",")[2].encode())
    if "payload" in value and ("signature" in value or "signatures" in value):
        return _open_sd(read_json_form(value))
    return _bounded(Secured(value, embedded_proofs(value)))


def verify_proof(secured: Secured, key: PublicKey, *, index: int = 0, purpose: str = ASSERTION) -> bool:
    """Whether proof number ``index`` was made for ``purpose`` and holds under ``key``.

    Says nothing of whose key it is, of time, or of the other proofs.
    """
    return judge_proof(secured, key, index=index, purpose=purpose).holds


def judge_proof(
    secured: Secured, key: PublicKey, *, index: int = 0, purpose: str = ASSERTION, contexts: Contexts = CARRIED
) -> Outcome:
    """As :func:`verify_proof`, with the reason where it does not hold or nothing can be said."""
    if index >= len(secured.proofs):
        return Outcome(holds=False, code="no-proof", reason=said("There is no such proof."))
    proof = secured.proofs[index]
    if proof.fault or proof.unsupported or proof.purpose != purpose:
        reason = (
            proof.fault
            or proof.unsupported
            or said("The proof is made for {purpose}.", purpose=repr(proof.purpose[:40]))
        )
        return Outcome(
            holds=False, code=proof.fault_code, reason=reason, is_unknown=not proof.fault and bool(proof.unsupported)
        )
    fault = _key_fault(proof, key)
    if fault[0]:
        return Outcome(holds=False, code=fault[0], reason=fault[1], remedy="Ask the issuer to sign again.")
    try:
        found = verify_jws(proof.jws, key) if proof.jws else _embedded_holds(secured.vc, proof, key, contexts)
    except NotRdfError as wrong:
        return Outcome(
            holds=False,
            code=wrong.error_code,
            reason=wrong.told,
            remedy=wrong.remedy,
            is_unknown=not wrong.is_wrong,
        )
    if found:
        return Outcome(holds=True)
    if proof.jws is None and "-jcs-" in proof.securing and not _is_canonical(secured.vc):
        reason = said("The document holds a number that has no canonical form here.")
        return Outcome(
            holds=False,
            code="not-canonical",
            reason=reason,
            remedy="Ask the issuer to write it as a string.",
            is_unknown=True,
        )
    reason = said(
        "The {securing} signature does not hold under {method}.", securing=proof.securing, method=proof.method
    )
    return Outcome(
        holds=False, code="signature-wrong", reason=reason, remedy="Ask the issuer for the document as issued."
    )


def _key_fault(proof: Proof, key: PublicKey) -> tuple[str, Said]:
    """Code and reason why a proof cannot be this key's, before anything is computed."""
    alg = ALGORITHMS.get(str(proof.members.get("alg")))
    curves = CRYPTOSUITES[proof.securing] if proof.jws is None else (alg,)
    if key.curve not in curves:
        return "key-curve", said(
            "{securing} does not take a key of {curve} here.", securing=proof.securing, curve=key.curve
        )
    signature = proof_bytes(proof.members) if proof.jws is None else proof.jws.signature
    if proof.securing == SELECTIVE or signature is None:
        return "", UNSAID
    code, words = signature_fault(signature, (key.curve,))
    return code, plainer(words, MISWRITTEN)


def _embedded_holds(vc: Mapping[str, Any], proof: Proof, key: PublicKey, contexts: Contexts) -> bool:
    if proof.securing != SELECTIVE:
        return holds(vc, proof.members, key, contexts=contexts, previous=proof.previous)
    check = verify_base if read_base(proof.members) is not None else verify_derived
    return check(vc, proof.members, key, contexts)


def _is_canonical(value: Any) -> bool:
    try:
        canonical(value)
    except NotCanonicalError:
        return False
    return True


def _open_token(data: bytes) -> tuple[Secured | None, tuple[Finding, ...]]:
    if b"~" not in data:
        return open_jws(data)
    try:
        return _open_sd(read_sd_jwt(data.decode("ascii").strip()))
    except UnicodeDecodeError:
        return _open_sd(None)


def _open_sd(sd_jwt: SdJwt | None) -> tuple[Secured | None, tuple[Finding, ...]]:
    if sd_jwt is None:
        return None, (finding(2, "Neither JSON nor a compact JWS or SD-JWT."),)
    proofs = tuple(_disclosing(each, sd_jwt) for each in (sd_jwt.jws, *sd_jwt.others))
    return _bounded(Secured(sd_jwt.claims, proofs))


def _disclosing(jws: Jws, sd_jwt: SdJwt) -> Proof:
    code, fault, unsupported = _jose_faults(jws)
    if not fault and jws.header.get("typ") not in _SD_TYPES:
        fault = said(
            "The token is of the type {typ}, not {wanted}.",
            typ=repr(str(jws.header.get("typ"))[:40]),
            wanted="dc+sd-jwt",
        )
    return Proof(
        securing="dc+sd-jwt",
        method=_method_of_kid(jws.header.get("kid"), issuer_of(sd_jwt.claims)),
        purpose=ASSERTION,
        members=jws.header,
        curve=ALGORITHMS.get(str(jws.header.get("alg"))),
        fault=fault or sd_jwt.fault,
        fault_code=code or "proof-malformed",
        unsupported=unsupported,
        jws=jws,
        sd=sd_jwt,
        is_partial=sd_jwt.hidden > 0,
    )


def _jose_faults(jws: Jws) -> tuple[str, Said, Said]:
    """Code and text of what is wrong with a token's header or signature; and what of it is not supported here."""
    if jws.header.get("alg") in (None, "none", ""):
        return "", said("The header names no algorithm, so nothing is signed."), UNSAID
    unsupported = header_fault(jws.header)
    if jws.signature is None:
        return ENCODING, plainer("the signature is not canonical base64url", MISWRITTEN), UNSAID
    if unsupported:
        return "", UNSAID, unsupported
    code, words = signature_fault(jws.signature, (ALGORITHMS[jws.header["alg"]],))
    return code, plainer(words, MISWRITTEN), UNSAID


def open_jws(data: bytes, form: TokenForm = VC_JWT) -> tuple[Secured | None, tuple[Finding, ...]]:
    """A compact JWS of that form taken apart; None with findings where it is none."""
    try:
        jws = read_jws(data.decode("ascii").strip())
    except UnicodeDecodeError:
        jws = None
    if jws is None:
        return None, (finding(2, "Neither JSON nor a compact JWS."),)
    value, findings = read_json(jws.payload, LIMITS)
    if findings:
        return None, findings
    if not isinstance(value, dict):
        return None, (finding(1, "A credential is a JSON object."),)
    return _bounded(Secured(value, (_enveloping(jws, value, form), *embedded_proofs(value))))


def _bounded(secured: Secured) -> tuple[Secured | None, tuple[Finding, ...]]:
    if len(secured.proofs) > PROOFS_MAX:
        return None, (finding(3, f"More than {PROOFS_MAX} proofs."),)
    return secured, ()


def _enveloping(jws: Jws, vc: Mapping[str, Any], form: TokenForm) -> Proof:
    code, fault, unsupported = _jose_faults(jws)
    if not fault and jws.header.get("typ") not in form.types:
        fault = said(
            "The token is of the type {typ}, not {wanted}.", typ=repr(str(jws.header.get("typ"))[:40]), wanted=form.name
        )
    return Proof(
        securing=form.name,
        method=_method_of_kid(jws.header.get("kid"), issuer_of(vc) or holder_of(vc)),
        purpose=form.purpose,
        members=jws.header,
        curve=ALGORITHMS.get(str(jws.header.get("alg"))),
        fault=fault,
        fault_code=code or "proof-malformed",
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


def finding(number: int, message: str) -> Finding:
    """What keeps bytes from being taken apart, as a finding."""
    return Finding(
        id=f"ENT-CORE-SECURED-{number:02d}",
        severity=Severity.BLOCKING,
        message=message,
        source="VCDM 2.0; VC-JOSE-COSE 1.0; VC Data Integrity 1.0",
        remedy="Give a credential in JSON with a proof, or as vc+jwt.",
    )
