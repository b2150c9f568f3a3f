"""A signer that looks at each signature before it is given away.

A signature that a fault of the machine spoiled is not only useless: of two Ed25519 signatures of the same bytes, one of
them spoiled, the key can be computed (the attack that RFC 8032, section 8.2, and FIPS 186-5 leave to the signer).
"""

from dataclasses import dataclass

from entrepot.party.error import SignatureFailed
from entrepot.party.jws import Signer
from entrepot.party.key import PublicKey


@dataclass(frozen=True, slots=True)
class CarefulSigner:
    """Signs as ``signer`` does; each signature holds under its public key."""

    signer: Signer

    @property
    def public(self) -> PublicKey:
        """The key that checks what it signs."""
        return self.signer.public

    def sign(self, data: bytes) -> bytes:
        """The signature. Raises :class:`~entrepot.party.error.SignatureFailed` where it does not hold."""
        signature = self.signer.sign(data)
        if not self.public.verify(signature, data):
            raise SignatureFailed("a signature that was made here does not hold", remedy="Look at the machine.")
        return signature
