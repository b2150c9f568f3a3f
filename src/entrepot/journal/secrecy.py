"""Personal content lies encrypted under a key of its own (AES-256-GCM), so that dropping the key drops the content.

The key lies beside it: wrapped by what the journal is handed (:class:`~entrepot.journal.port.Wrapping`), which makes
it longer than :data:`KEY_BYTES`; as it is where nothing is handed in.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from entrepot.journal.port import Entropy, JournalDamaged, KeysWrapped, Wrapping

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


def kept_key(secret: bytes, record_id: str, wrapping: Wrapping | None) -> bytes:
    """The key as the table keeps it; one that is wrapped already stays as it is."""
    return secret if wrapping is None or len(secret) != KEY_BYTES else wrapping.wrap(secret, record_id)


def opened_key(kept: bytes, record_id: str, wrapping: Wrapping | None) -> bytes:
    """The key itself. Raises :class:`KeysWrapped` where it does not open."""
    if len(kept) == KEY_BYTES:
        return kept
    if wrapping is None:
        raise KeysWrapped(
            f"the key of the content of {record_id} is wrapped", remedy="Open the journal as its node does."
        )
    try:
        return wrapping.unwrap(kept, record_id)
    except ValueError as wrong:
        raise KeysWrapped(
            f"the key of the content of {record_id} does not open: it was changed, or wrapped under another key",
            remedy="Bring back the key-encryption key of this node.",
        ) from wrong


def opened(body: bytes, kept: bytes | None, record_id: str, wrapping: Wrapping | None) -> bytes:
    """A kept body in the clear; ``kept``: its key as the table keeps it, None where it lies in the clear."""
    return (
        bytes(body)
        if kept is None
        else unseal(opened_key(bytes(kept), record_id, wrapping), bytes(body), bound_to=record_id)
    )
