"""Exceptions of the party room: the caller or the machine is wrong, not the data that is judged."""

from entrepot.base.error import EntrepotError


class PartyError(EntrepotError):
    """Root of this room's exceptions."""

    code = "party"


class KeyFormError(PartyError):
    """Bytes or text that should be a key are not one: wrong length, curve, prefix, alphabet, or a weak point."""

    code = "key-form"


class KeyStoreError(PartyError):
    """A stored key cannot be used: absent, damaged, of another version, or locked with another secret."""

    code = "key-store"


class SignatureFailed(PartyError):
    """A key did not sign as it should: the key and its public half do not fit, or the machine is at fault."""

    code = "signature-failed"


class FetchError(PartyError):
    """Nothing was fetched; ``error_code`` says whether it was refused, too large, too slow, or failed."""

    code = "fetch-failed"
