"""Personal content lies encrypted under a key of its own (AES-256-GCM), so that dropping the key drops the content."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from entrepot.journal.port import Entropy, JournalDamaged

KEY_BYTES = 32
NONCE_BYTES = 12
"""96 bits, random per message (NIST SP 800-38D 8.2.2); a key seals one record's few parts only."""


def seal(secret: bytes, body: bytes, *, bound_to: str, entropy: Entropy) -> bytes:
    """``body`` encrypted: nonce, then ciphertext and tag. ``bound_to`` names where it lies, so it cannot be moved."""
    nonce = entropy(NONCE_BYTES)
    return nonce + AESGCM(secret).encrypt(nonce, body, bound_to.encode("utf-8"))


def unseal(secret: bytes, sealed: bytes, *, bound_to: str) -> bytes:
    """What :func:`seal` was given. Raises :class:`JournalDamaged` where a bit or the place has changed."""
    try:
        return AESGCM(secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode("utf-8"))
    except (InvalidTag, ValueError) as wrong:
        raise JournalDamaged(f"the encrypted content of {bound_to} was changed") from wrong
