"""Messages: what the parties of a sale tell each other in words. A message changes nothing in the sale."""

from dataclasses import dataclass
from typing import Annotated

from entrepot.base.finding import Finding
from entrepot.base.shape import Digest, Length, Note, Pattern, Range
from entrepot.document.demand import Demand

MESSAGE = "message"
STANDARD = "Entrepot message 1"
FILES_MAX = 5
FILE_BYTES_MAX = 3 << 20
Language = Annotated[str, Length(2, 35), Pattern("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")]
"""A language tag (BCP 47, RFC 5646), by its form."""
BLANK = Demand("ENT-CORE-MESSAGE-01", "The message says nothing.", "Write something.", STANDARD)


FileName = Annotated[str, Length(1, 150), Pattern("[^\\u0000-\\u001f\\u007f/\\\\\\u202a-\\u202e\\u2066-\\u2069]+")]
"""The name of a file: no folder, no control character, nothing that turns the direction of writing around."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnclosedFile:
    """A file that goes with a message: its digest (SHA-256), its name, its media type, its size in bytes."""

    digest: Digest
    name: FileName
    media_type: Annotated[str, Length(3, 100)]
    size: Annotated[int, Range(0, FILE_BYTES_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Kind ``message``, version 1: what its issuer tells others of the sale in words.

    ``text`` is plain text in ``language``, nothing in it is markup; ``re``: the record of the sale that it is about;
    ``files`` go with it, and every reader gets them.
    """

    text: Note
    language: Language
    re: Digest | None = None
    files: Annotated[tuple[EnclosedFile, ...], Length(0, FILES_MAX)] = ()


def check_message(message: Message) -> tuple[Finding, ...]:
    """It says something."""
    return () if message.text.strip() else (BLANK.broken("$.text"),)
