"""Why bytes can be no signature, whatever they are said to sign: form, length and range, each with its own code."""

from collections.abc import Collection

from entrepot.party.key import ED25519_ORDER, GROUP_ORDER, SIGNATURE_LENGTH, Curve

_DER_SEQUENCE = 0x30


def signature_fault(signature: bytes, curves: Collection[Curve]) -> tuple[str, str]:
    """Code and reason why ``signature`` is none under a key of ``curves``; empty texts where nothing is seen.

    ``signature-der``: ASN.1 instead of r || s. ``signature-length``. ``signature-range``: r or s outside the group
    (FIPS 186-5, 6.4.2), or S of Ed25519 beyond its order (RFC 8032, 5.1.7). A high s of ECDSA is correct.
    """
    curve = next((each for each in curves if SIGNATURE_LENGTH[each] == len(signature)), None)
    if curve is None:
        if len(signature) > 2 and signature[0] == _DER_SEQUENCE and signature[1] == len(signature) - 2:
            return "signature-der", "the signature is written in ASN.1 (DER), not as r and s one after the other"
        lengths = " or ".join(str(SIGNATURE_LENGTH[each]) for each in sorted(curves, key=SIGNATURE_LENGTH.__getitem__))
        return "signature-length", f"the signature has {len(signature)} bytes, not {lengths}"
    if _is_outside(signature, curve):
        return "signature-range", f"the numbers of the signature lie outside the group of {curve}"
    return "", ""


def _is_outside(signature: bytes, curve: Curve) -> bool:
    half = len(signature) // 2
    if curve is Curve.ED25519:
        return int.from_bytes(signature[half:], "little") >= ED25519_ORDER
    numbers = (int.from_bytes(each, "big") for each in (signature[:half], signature[half:]))
    return not all(0 < each < GROUP_ORDER[curve] for each in numbers)
