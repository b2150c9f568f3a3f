"""Passwords are kept as Argon2id (RFC 9106), in the PHC string format, with the parameters that OWASP recommends."""

import secrets

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from django.contrib.auth.hashers import BasePasswordHasher

LANES, LENGTH = 1, 32


class Argon2idHasher(BasePasswordHasher):
    """Django's interface over the primitive of the cryptography package."""

    algorithm = "argon2id"
    memory_kib, iterations = 19_456, 2
    """OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane."""

    def salt(self) -> str:
        """Sixteen random bytes, as hexadecimal digits."""
        return secrets.token_hex(16)

    def encode(self, password: str, salt: str) -> str:
        """``argon2id$<PHC string>``."""
        made = Argon2id(
            salt=bytes.fromhex(salt),
            length=LENGTH,
            iterations=self.iterations,
            lanes=LANES,
            memory_cost=self.memory_kib,
        )
        return f"{self.algorithm}${made.derive_phc_encoded(_bytes(password))}"

    def verify(self, password: str, encoded: str) -> bool:
        """Whether ``password`` is the one that was encoded."""
        try:
            Argon2id.verify_phc_encoded(_bytes(password), encoded.partition("$")[2])
        except InvalidKey:
            return False
        return True

    def must_update(self, encoded: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return f"$m={self.memory_kib},t={self.iterations},p={LANES}$" not in encoded

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing: the parameters of the encoded string say how long it takes."""


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
