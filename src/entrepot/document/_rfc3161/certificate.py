"""Certificates of time-stamping authorities: read as they are given, and the path from a signer to one of them.

RFC 5280, 6.1, as far as it concerns a path whose end the verifier has chosen: names, signatures, periods, CA and path
length, key usage. Critical extensions beyond those end the path. Revocation is not asked for: a certificate that is no
longer relied on is not given.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from entrepot.base.error import UsageError

DEPTH_MAX = 6
_CA_EXTENSIONS = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.EXTENDED_KEY_USAGE,
    }
)
_WEAK = (hashes.SHA1, hashes.MD5)


def read_certificates(data: bytes) -> tuple[x509.Certificate, ...]:
    """Every certificate of a PEM or DER file. Raises :class:`UsageError` where it holds none."""
    try:
        if b"-----BEGIN" in data:
            return tuple(x509.load_pem_x509_certificates(data))
        return (x509.load_der_x509_certificate(data),)
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError("not a certificate in PEM or DER", remedy="Give the authority's certificate.") from None


def read_brought(certificates: Iterable[bytes]) -> list[x509.Certificate]:
    """Those of the certificates in a token that can be read."""
    found = []
    for each in certificates:
        with suppress(ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
            found.append(x509.load_der_x509_certificate(each))
    return found


def may_stamp(certificate: x509.Certificate) -> bool:
    """Whether it is for time-stamping alone, and says so critically (RFC 3161, 2.3)."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return extension.critical and list(extension.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def leads_to(
    leaf: x509.Certificate, trusted: Iterable[x509.Certificate], brought: Iterable[x509.Certificate], at: datetime
) -> bool:
    """Whether a path of certificates in force at that moment leads from ``leaf`` to one that is trusted."""
    ends = list(trusted)
    return _leads(leaf, ends, [*ends, *brought], at, depth=0)


def _leads(
    child: x509.Certificate, ends: list[x509.Certificate], known: list[x509.Certificate], at: datetime, *, depth: int
) -> bool:
    if not child.not_valid_before_utc <= at <= child.not_valid_after_utc:
        return False
    if child in ends:
        return True
    if depth >= DEPTH_MAX:
        return False
    return any(
        _issued(child, parent, depth) and _leads(parent, ends, known, at, depth=depth + 1)
        for parent in known
        if parent != child
    )


def _issued(child: x509.Certificate, parent: x509.Certificate, depth: int) -> bool:
    """Whether ``parent``, an authority that may stand ``depth`` authorities above the signer, signed ``child``."""
    if child.issuer != parent.subject or not _is_authority(parent, depth):
        return False
    try:
        if isinstance(child.signature_hash_algorithm, _WEAK):
            return False
        child.verify_directly_issued_by(parent)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True


def _is_authority(certificate: x509.Certificate, depth: int) -> bool:
    try:
        extensions = certificate.extensions
        basic = extensions.get_extension_for_class(x509.BasicConstraints).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    if not basic.ca or (basic.path_length is not None and depth > basic.path_length):
        return False
    if any(each.critical and each.oid not in _CA_EXTENSIONS for each in extensions):
        return False
    usage = next((each.value for each in extensions if each.oid == ExtensionOID.KEY_USAGE), None)
    return not isinstance(usage, x509.KeyUsage) or usage.key_cert_sign
