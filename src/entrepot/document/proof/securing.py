"""Securing: a record, or any credential, signed as ``vc+jwt``, ``dc+sd-jwt`` or with Data Integrity proofs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entrepot.base.canonical import canonical, canonical_object
from entrepot.base.error import UsageError
from entrepot.base.moment import format_moment, parse_moment, to_millis
from entrepot.base.record import Record
from entrepot.document.proof import sdjwt
from entrepot.document.proof.context import RECORD_V1
from entrepot.document.proof.credential import credential_of, is_record_credential
from entrepot.document.proof.integrity import CRYPTOSUITES, SELECTIVE, hash_data, jcs_hash, proof_options
from entrepot.document.proof.meaning import CARRIED, Contexts
from entrepot.document.proof.model import inline_fault
from entrepot.document.proof.pointer import child_of, tokens_of
from entrepot.document.proof.secured import ASSERTION
from entrepot.document.proof.selective import base_proof
from entrepot.party.did import key_of_did_key
from entrepot.party.error import KeyFormError
from entrepot.party.jws import ALGORITHMS, Signer, sign_jws
from entrepot.party.key import Curve, KeyPair, PublicKey
from entrepot.party.multibase import to_multibase

SD_JWT = "dc+sd-jwt"
SECURINGS = ("vc+jwt", *CRYPTOSUITES, SD_JWT)
"""The names of the securings that are issued."""
ENDINGS = {"vc+jwt": "jwt", SD_JWT: "sd-jwt"}
"""How the name of a file ends, ``<id>.<securing>.json`` where nothing else is said; ``+`` is written ``-``."""
ALWAYS_SHOWN = ("/issuer", "/validFrom", "/validUntil", "/credentialStatus", "/credentialSchema")
"""What a holder cannot leave out where nothing else is asked for: a verifier needs it to judge the rest."""
NEVER_HIDDEN = ("/validUntil", "/credentialStatus")
"""What a holder cannot leave out whatever is asked for: without it an ended document would pass for a good one."""
_OPEN = frozenset({"@context", "id", "type", "issuer", "validFrom", "validUntil", "credentialStatus"}) | {
    "credentialSchema",
    "iss",
    "vct",
    "iat",
    "nbf",
    "exp",
    "cnf",
    "status",
}
"""Members that an SD-JWT VC never hides (SD-JWT VC, 3.2.2.2), and those of a credential that mean the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a document is secured, beside the key.

    ``mandatory``: JSON Pointers of what a holder cannot leave out (``""``: all of it), beside :data:`NEVER_HIDDEN`;
    None for :data:`ALWAYS_SHOWN`. ``holder``: the key to which an SD-JWT is bound. ``entropy``: random bytes, needed by
    the selective securings. ``contexts``: what the ``rdfc`` and selective suites may read. ``inline``: whether contexts
    may stand in the document's own ``@context`` beside those named there; some verifiers refuse such a document.
    """

    purpose: str = ASSERTION
    mandatory: Sequence[str] | None = None
    holder: PublicKey | None = None
    entropy: Callable[[int], bytes] | None = None
    contexts: Contexts = CARRIED
    inline: bool = False


def secure(
    document: Record | Mapping[str, Any],
    signer: Signer,
    *,
    method_id: str,
    securing: str,
    created: datetime,
    terms: Terms = Terms(),
) -> bytes:
    """``document`` signed by ``signer`` under the DID URL ``method_id``: the bytes to send and to keep.

    ``vc+jwt``: compact JWS of the canonical credential (VC-JOSE-COSE 1.0, 3.1); ``created`` does not appear in it.
    ``dc+sd-jwt``: SD-JWT VC of the credential's members. Data Integrity suites: canonical JSON with the proof inside.
    Raises :class:`UsageError` for a securing that does not exist or does not fit the key, and for a context that
    stands in the document instead of being named; :class:`~entrepot.document.proof.rdf.NotRdfError` where a suite
    over statements cannot read it.
    """
    credential = signable(document, terms)
    if securing == "vc+jwt":
        header = {"typ": "vc+jwt", "cty": "vc", "kid": method_id}
        return sign_jws(header, canonical(credential), _jose(signer)).encode("ascii")
    if securing == SD_JWT:
        return _sd_jwt(credential, _jose(signer), method_id, created, terms).encode("ascii")
    return canonical(
        {
            **credential,
            "proof": proof_of(credential, signer, method_id=method_id, securing=securing, created=created, terms=terms),
        }
    )


def secure_record(
    record: Record, signer: Signer, *, method_id: str, securings: Sequence[str], created: datetime
) -> tuple[bytes, ...]:
    """``record`` in several securings, each as :func:`secure` makes it; what ``vc+jwt`` and the suites over canonical
    JSON share is rendered and written once. Raises as :func:`secure`."""
    credential = signable(record)
    members = {name: canonical(each) for name, each in credential.items()}
    document = canonical_object(members)

    def secured(securing: str) -> bytes:
        if securing == "vc+jwt":
            header = {"typ": "vc+jwt", "cty": "vc", "kid": method_id}
            return sign_jws(header, document, _jose(signer)).encode("ascii")
        if "-jcs-" not in securing:
            return secure(credential, signer, method_id=method_id, securing=securing, created=created)
        _require_curve(signer, securing)
        options = proof_options(credential, securing, method_id, format_moment(created))
        value = to_multibase(signer.sign(jcs_hash(options, document, signer.public.curve)))
        return canonical_object({**members, "proof": canonical({**options, "proofValue": value})})

    return tuple(map(secured, securings))


def secure_together(
    document: Record | Mapping[str, Any],
    signatories: Sequence[tuple[Signer, str, str]],
    *,
    created: datetime,
    terms: Terms = Terms(),
) -> bytes:
    """``document`` with a set of Data Integrity proofs in one file (VC Data Integrity 1.0, 2.1.1).

    ``signatories``: key, DID URL of its method, cryptosuite. Raises as :func:`secure`.
    """
    credential = signable(document, terms)
    proofs = [
        proof_of(credential, signer, method_id=method_id, securing=securing, created=created, terms=terms)
        for signer, method_id, securing in signatories
    ]
    return canonical({**credential, "proof": proofs})


def proof_of(
    credential: Mapping[str, Any],
    signer: Signer,
    *,
    method_id: str,
    securing: str,
    created: datetime,
    terms: Terms = Terms(),
) -> dict[str, Any]:
    """One Data Integrity proof of ``credential``, with its value. Raises as :func:`secure`."""
    _require_curve(signer, securing)
    options = proof_options(credential, securing, method_id, format_moment(created), purpose=terms.purpose)
    if securing == SELECTIVE:
        return {**options, "proofValue": _selective(credential, options, signer, terms)}
    data = hash_data(credential, options, curve=signer.public.curve, contexts=terms.contexts)
    return {**options, "proofValue": to_multibase(signer.sign(data))}


def _require_curve(signer: Signer, securing: str) -> None:
    if securing not in CRYPTOSUITES:
        raise UsageError(f"there is no cryptosuite {securing[:60]!r}", remedy=f"One of {', '.join(CRYPTOSUITES)}.")
    if signer.public.curve not in CRYPTOSUITES[securing]:
        fitting = [name for name, curves in CRYPTOSUITES.items() if signer.public.curve in curves]
        remedy = f"For such a key: {', '.join(fitting)}, or a token."
        raise UsageError(f"{securing} does not take a key of {signer.public.curve}", remedy=remedy)


def signable(document: Record | Mapping[str, Any], terms: Terms = Terms()) -> dict[str, Any]:
    """The credential to sign. Raises :class:`UsageError` where a context stands in it instead of being named."""
    credential = credential_of(document) if isinstance(document, Record) else dict(document)
    contexts = credential.get("@context")
    taken = (str, dict) if terms.inline else (str,)
    if not isinstance(contexts, list) or not all(isinstance(each, taken) for each in contexts):
        raise UsageError(
            "contexts must be a list of URLs", remedy="Name the context by its URL.", code="context-inline"
        )
    # A payload without terms is JSON, whatever it looks like: no context inside it means anything.
    fault = "" if RECORD_V1 in contexts and is_record_credential(credential) else inline_fault(credential)
    if fault:
        raise UsageError(fault, remedy="Name the context by its URL.", code="context-inline")
    return credential


def _jose(signer: Signer) -> Signer:
    if signer.public.curve not in ALGORITHMS.values():
        raise UsageError(f"a token does not take a key of {signer.public.curve}", remedy="Use Ed25519, P-256 or P-384.")
    return signer


def _random(terms: Terms) -> Callable[[int], bytes]:
    if terms.entropy is None:
        raise UsageError("a selective securing needs random bytes")
    return terms.entropy


def _selective(credential: Mapping[str, Any], options: Mapping[str, Any], signer: Signer, terms: Terms) -> str:
    entropy = _random(terms)
    secrets = (KeyPair.generate(Curve.P256, entropy), entropy(32))
    pointers = _mandatory(credential, terms)
    made = base_proof(credential, options, signer, pointers=pointers, secrets=secrets, contexts=terms.contexts)
    return made.to_text()


def _mandatory(credential: Mapping[str, Any], terms: Terms) -> list[str]:
    if terms.mandatory is None:
        return [each for each in ALWAYS_SHOWN if each[1:] in credential]
    asked = list(terms.mandatory)
    # The empty pointer is all of it.
    added = () if "" in asked else NEVER_HIDDEN
    return asked + [each for each in added if each[1:] in credential and each not in asked]


def _sd_jwt(credential: Mapping[str, Any], signer: Signer, method_id: str, created: datetime, terms: Terms) -> str:
    """SD-JWT VC: the credential's members beside the claims that say the same (SD-JWT VC, 3.2.2.2)."""
    issuer = credential.get("issuer")
    named = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    claims: dict[str, Any] = {**credential, "vct": credential.get("vct") or _vct(credential)}
    claims["iat"] = to_millis(created) // 1000
    if isinstance(named, str):
        claims["iss"] = named
    for name, claim in (("validFrom", "nbf"), ("validUntil", "exp")):
        if name in credential:
            claims[claim] = _seconds(credential[name], name)
    holder = terms.holder or _holder_of(credential)
    if holder is not None:
        claims["cnf"] = {"jwk": holder.to_jwk()}
    kept = [_path(claims, each) for each in _mandatory(credential, terms)]
    return sdjwt.issue(
        claims, {"typ": SD_JWT, "kid": method_id}, signer, hide=lambda path: _hides(path, kept), entropy=_random(terms)
    )


def _hides(path: sdjwt.Path, kept: Sequence[sdjwt.Path]) -> bool:
    if path[0] in _OPEN or path[-1] in ("id", "type", "@context", "@value", "@language", "@direction"):
        return False
    if path[0] == "credentialSubject" and all(isinstance(each, int) for each in path[1:]):
        # The subject stays, its statements are hidden one by one: a credential without a subject is none.
        return False
    return not any(path[: len(each)] == each or each[: len(path)] == path for each in kept)


def _path(claims: Mapping[str, Any], pointer: str) -> sdjwt.Path:
    path: list[str | int] = []
    value: Any = claims
    for token in tokens_of(pointer):
        key, value = child_of(value, token, pointer)
        path.append(key)
    return tuple(path)


def _vct(credential: Mapping[str, Any]) -> str:
    """The most special type: the last that is not the one of every credential."""
    types = credential.get("type")
    named = [each for each in (types if isinstance(types, list) else [types]) if isinstance(each, str)]
    special = [each for each in named if each != "VerifiableCredential"]
    return (special or named or ["VerifiableCredential"])[-1]


def _seconds(text: Any, name: str) -> int:
    try:
        return to_millis(parse_moment(text)) // 1000
    except (ValueError, TypeError) as wrong:
        raise UsageError(f"{name} is not a time with a zone") from wrong


def _holder_of(credential: Mapping[str, Any]) -> PublicKey | None:
    """The key of the one subject, where its id writes it."""
    subject = credential.get("credentialSubject")
    name = subject.get("id") if isinstance(subject, Mapping) else None
    try:
        return key_of_did_key(name) if isinstance(name, str) else None
    except KeyFormError:
        return None
