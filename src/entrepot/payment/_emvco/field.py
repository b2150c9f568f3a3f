"""Data objects of an EMV code: two digits of id, two digits of length, the value."""

import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass

from entrepot.base.finding import Finding
from entrepot.payment.finding import finding

SOURCE = "EMVCo QR Code Specification, Merchant-Presented Mode 1.1"
VALUE_LENGTH_MAX = 99
_HEAD = re.compile(r"[0-9]{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """One data object. ``value`` is as it stands; its length counts characters, not bytes."""

    tag: str
    value: str

    def __str__(self) -> str:
        return f"{self.tag}{len(self.value):02d}{self.value}"


def join(fields: Iterable[Field]) -> str:
    """The text that ``fields`` make, in their order."""
    return "".join(map(str, fields))


def split(text: str, *, path: str = "$") -> tuple[tuple[Field, ...], tuple[Finding, ...]]:
    """The data objects of ``text``; where it breaks off, those before it and one blocking finding."""
    fields: list[Field] = []
    place = 0
    while place < len(text):
        head = text[place : place + 4]
        if not _HEAD.fullmatch(head):
            return tuple(fields), (_broken(1, "Character {place} does not begin a data object.", path, place),)
        end = place + 4 + int(head[2:])
        if end > len(text):
            return tuple(fields), (_broken(2, "The data object at character {place} is cut off.", path, place),)
        fields.append(Field(head[:2], text[place + 4 : end]))
        place = end
    return tuple(fields), ()


def _broken(number: int, message: str, path: str, place: int) -> Finding:
    remedy = "Scan the code again, or ask for a new one."
    return finding("EMVQR", number, message, path=path, source=SOURCE, remedy=remedy, place=str(place))


def checksum(text: str) -> str:
    """CRC (data object 63) over ``text`` up to and including ``6304``: four upper-case hexadecimal digits.

    CRC-16 of ISO/IEC 13239 with polynomial 1021 and initial value FFFF, over the UTF-8 bytes. It reveals every change
    of up to 16 bits, so of any one ASCII character; of longer changes it misses 1 in 65,536.
    """
    return f"{binascii.crc_hqx(text.encode('utf-8'), 0xFFFF):04X}"
