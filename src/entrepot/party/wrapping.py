"""Wrapping the keys of personal content under the node's key-encryption key: AES Key Wrap (RFC 3394).

The wrapping key is derived for each record by HKDF (RFC 5869), so that a wrapped key opens for its own record alone.
Without the key-encryption key none of them opens again: what they seal is lost with it.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from entrepot.party.keystore import KeyLock

_PURPOSE = b"entrepot content key 1\0"


class ContentKeys:
    """Wraps and unwraps the keys of a journal's personal content."""

    def __init__(self, lock: KeyLock) -> None:
        self._lock = lock

    def wrap(self, secret: bytes, bound_to: str) -> bytes:
        """``secret`` wrapped for the record ``bound_to``: eight bytes longer (RFC 3394, 2.2.1)."""
        return aes_key_wrap(self._key(bound_to), secret)

    def unwrap(self, wrapped: bytes, bound_to: str) -> bytes:
        """What :meth:`wrap` was given. Raises ``ValueError`` for another key, record or text (RFC 3394, 2.2.2)."""
        try:
            return aes_key_unwrap(self._key(bound_to), wrapped)
        except InvalidUnwrap as wrong:
            raise ValueError("the wrapped key does not open") from wrong

    def _key(self, bound_to: str) -> bytes:
        info = _PURPOSE + bound_to.encode("utf-8")
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._lock.kek)
