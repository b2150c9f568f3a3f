"""Who signed a token, and whether the signature holds: CMS SignerInfo (RFC 5652, 5.3 to 5.6; RFC 5035; RFC 5816)."""

import hashlib
from collections.abc import Iterable
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from entrepot.document._rfc3161.token import HASHES, Token

_DER = Encoding.DER
_HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}


def signer_of(signer: Any, known: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """The certificates that the SignerInfo may mean, each once."""
    sid = signer["sid"]
    if sid.name == "issuer_and_serial_number":
        issuer, serial = sid.chosen["issuer"].dump(), sid.chosen["serial_number"].native
        found = [each for each in known if each.serial_number == serial and each.issuer.public_bytes() == issuer]
    else:
        found = [each for each in known if _key_id(each) == sid.chosen.native]
    return list(dict.fromkeys(found))


def signature_fault(token: Token, certificate: x509.Certificate) -> str:
    """Why the signature of the token is none under ``certificate``; empty where it is."""
    name = token.signer["digest_algorithm"]["algorithm"].native
    try:
        attributes = {each["type"].native: each["values"] for each in token.signer["signed_attrs"]}
        is_plain = len(attributes) == len(token.signer["signed_attrs"])
        if name not in HASHES or not is_plain or any(len(each) != 1 for each in attributes.values()):
            return "its digest is not relied on, or an attribute has not one value"
        if attributes["content_type"][0].native != "tst_info":
            return "the signature is over something else"
        if attributes["message_digest"][0].native != HASHES[name](token.content).digest():
            return "its content was changed"
        if not _is_meant(attributes, certificate):
            return "it names another certificate as its signer's"
        data = token.signer["signed_attrs"].untag().dump()
    except (KeyError, ValueError, TypeError) as wrong:
        return f"a signed attribute is missing or malformed ({str(wrong)[:80]})"
    return "" if _holds(token.signer, certificate, data, name) else "the signature is wrong"


def _is_meant(attributes: dict[str, Any], certificate: x509.Certificate) -> bool:
    """Whether the signed attributes name this certificate by its digest (RFC 5816; the older ESSCertID by SHA-1)."""
    der = certificate.public_bytes(_DER)
    if "signing_certificate_v2" in attributes:
        first = attributes["signing_certificate_v2"][0]["certs"][0]
        name = first["hash_algorithm"]["algorithm"].native
        return name in HASHES and first["cert_hash"].native == HASHES[name](der).digest()
    first = attributes["signing_certificate"][0]["certs"][0]
    return bool(first["cert_hash"].native == hashlib.sha1(der, usedforsecurity=False).digest())


def _holds(signer: Any, certificate: x509.Certificate, data: bytes, digest_name: str) -> bool:
    algorithm, signature = signer["signature_algorithm"], signer["signature"].native
    key = certificate.public_key()
    try:
        name = algorithm.hash_algo if algorithm.signature_algo not in ("ed25519",) else ""
    except ValueError:  # rsaEncryption alone leaves the digest to digestAlgorithm (RFC 3370, 3.2)
        name = digest_name
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm.signature_algo in ("rsassa_pkcs1v15", "rsassa_pss"):
            scheme: Any = padding.PKCS1v15()
            if algorithm.signature_algo == "rsassa_pss":
                length = algorithm["parameters"]["salt_length"].native
                scheme = padding.PSS(padding.MGF1(_HASHES[name]), length)
            key.verify(signature, data, scheme, _HASHES[name])
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm.signature_algo == "ecdsa":
            key.verify(signature, data, ec.ECDSA(_HASHES[name]))
        elif isinstance(key, ed25519.Ed25519PublicKey) and algorithm.signature_algo == "ed25519":
            key.verify(signature, data)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, KeyError, ValueError):
        return False
    return True


def _key_id(certificate: x509.Certificate) -> bytes | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except (x509.ExtensionNotFound, ValueError):
        return None
