"""What a file is, by its name and by its bytes: the few types that a sale's people send each other.

Signatures after the published formats: PDF (ISO 32000-2, 7.5.2), PNG (RFC 2083), JPEG (ITU-T T.81), WebP (RFC 9649),
Office Open XML (ISO/IEC 29500-2); texts are UTF-8 (RFC 3629).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

HEAD_BYTES = 4096
"""Bytes at the begin of a text that are looked at for what no text holds."""
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class FileType:
    """A type: its media type, and whether bytes may be such a file."""

    media_type: str
    fits: Callable[[bytes], bool]


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda body: body.startswith(marks)


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return _CONTROL.search(body[:HEAD_BYTES]) is None


def _is_webp(body: bytes) -> bool:
    return body[:4] == b"RIFF" and body[8:12] == b"WEBP"


def _is_xml(body: bytes) -> bool:
    return _is_text(body) and body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _is_package(folder: bytes) -> Callable[[bytes], bool]:
    """An Office Open XML package (a ZIP file) that holds a part in ``folder``."""
    return lambda body: body.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in body and folder in body


_OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES: Mapping[str, FileType] = {
    "pdf": FileType("application/pdf", _begins(b"%PDF-")),
    "png": FileType("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    "jpg": FileType("image/jpeg", _begins(b"\xff\xd8\xff")),
    "jpeg": FileType("image/jpeg", _begins(b"\xff\xd8\xff")),
    "webp": FileType("image/webp", _is_webp),
    "txt": FileType("text/plain", _is_text),
    "csv": FileType("text/csv", _is_text),
    "json": FileType("application/json", lambda body: _is_text(body) and body.lstrip()[:1] in (b"{", b"[")),
    "xml": FileType("application/xml", _is_xml),
    "xlsx": FileType(f"{_OFFICE}spreadsheetml.sheet", _is_package(b"xl/")),
    "docx": FileType(f"{_OFFICE}wordprocessingml.document", _is_package(b"word/")),
}
"""Ending of a name, in lower case -> its type. Nothing that a browser would run is among them."""
BY_MEDIA_TYPE: Mapping[str, FileType] = {each.media_type: each for each in TYPES.values()}


def type_of(name: str) -> FileType | None:
    """The type that the ending of a name says; None where that is none of the known ones."""
    return TYPES.get(name.rpartition(".")[2].lower()) if "." in name else None
