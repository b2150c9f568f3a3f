"""Exceptions of the party room: the caller or the machine is wrong, not the data that is judged."""

from entrepot.base.error import EntrepotError
from entrepot.base.said import Said, plainer, said


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


MALFORMED = said("The identifier is malformed, or its key is of a kind that is not read here.")
"""What is told of a malformed identifier in other languages than English."""
_WHY = {
    "fetch-refused": said("Nothing may be fetched from there."),
    "fetch-status": said("What is asked for is not to be had there."),
    "fetch-too-large": said("The answer is too large."),
    "fetch-too-slow": said("The answer took too long."),
}


def unfetched(wrong: Exception) -> Said:
    """Why nothing was fetched: in English as the exception says it, else in plainer words."""
    code, words = getattr(wrong, "error_code", ""), getattr(wrong, "message", str(wrong))
    return plainer(words, _WHY.get(code, said("It could not be had.")))
