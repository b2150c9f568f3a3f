"""A bundle: a document and all that its verification needs, in one JSON file, for where there is no network.

Each part names the SHA-256 of its bytes, so that damage is told. Nothing is trusted for being in a bundle: its parts
are what a stranger says. Logs, lists, evidence and credentials are judged by their own signatures; a DID document, a
context that is not pinned, a schema, an unsigned list of anchors counts only where the verifier vouches for the bundle.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from entrepot.base.digest import sha256
from entrepot.base.error import UsageError
from entrepot.base.finding import Finding
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.shape import Digest, Length, dump, parse
from entrepot.document.demand import Demand

LIMITS = JsonLimits(bytes_max=48 << 20, depth_max=4)
PARTS_MAX = 200
PART_BYTES_MAX = 4 << 20
"""Bounds: those of the largest log of a did:webvh, and of all parts together."""
SOURCE = "Entrepot bundle, version 1"
_AGAIN = "Ask for the bundle again."
UNWRITTEN = Demand(
    "ENT-CORE-BUNDLE-01", "The part {role} {name} is written neither as text nor in base64, or as both.", _AGAIN, SOURCE
)
LARGE = Demand("ENT-CORE-BUNDLE-02", "The part {role} {name} is larger than is read.", _AGAIN, SOURCE)
CHANGED = Demand(
    "ENT-CORE-BUNDLE-03", "The part {role} {name} has not the digest that the bundle states.", _AGAIN, SOURCE
)
DOCUMENTS = Demand("ENT-CORE-BUNDLE-04", "A bundle holds one document.", _AGAIN, SOURCE)


class Role(StrEnum):
    """What a part is for; each is what the option of that name of ``document verify`` takes."""

    DOCUMENT = "document"
    DID_DOCUMENT = "did-document"
    DID_LOG = "did-log"
    WITNESS = "did-witness"
    COMPROMISED = "compromised"
    CONTEXT = "context"
    SCHEMA = "schema"
    STATUS_LIST = "status-list"
    ANCHORS = "anchors"
    MANDATE = "mandate"
    IDENTITY = "identity"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Part:
    """``data`` for ``role``; ``name``: the URL that it has, the SCID of a log, or nothing."""

    role: Role
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Bundle:
    """The parts, and when they were gathered, as whoever did so says."""

    made: datetime
    parts: tuple[Part, ...]

    def of(self, role: Role) -> tuple[Part, ...]:
        """The parts for ``role``, in their order."""
        return tuple(each for each in self.parts if each.role is role)

    @property
    def document(self) -> bytes:
        """The document; there is one."""
        return self.of(Role.DOCUMENT)[0].data

    def to_bytes(self) -> bytes:
        """The file. Raises :class:`UsageError` where a bound is passed."""
        large = [each for each in self.parts if len(each.data) > PART_BYTES_MAX]
        if large or len(self.parts) > PARTS_MAX:
            what = f"the part {large[0].role} {large[0].name}" if large else f"more than {PARTS_MAX} parts"
            raise UsageError(f"{what} is too much for a bundle", remedy="Give the files beside each other.")
        file = _File(made=self.made, parts=tuple(_written(each) for each in self.parts))
        data = json.dumps(dump(file), ensure_ascii=False, indent=1).encode() + b"\n"
        if len(data) > LIMITS.bytes_max:
            raise UsageError(f"a bundle has at most {LIMITS.bytes_max} bytes", remedy="Give the files by themselves.")
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class _FilePart:
    role: Role
    name: Annotated[str, Length(0, 2000)]
    sha256: Digest
    text: Annotated[str, Length(0, PART_BYTES_MAX)] | None = None
    base64: Annotated[str, Length(0, 2 * PART_BYTES_MAX)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    type: Literal["EntrepotBundle"] = "EntrepotBundle"
    version: Literal[1] = 1
    made: datetime
    parts: Annotated[tuple[_FilePart, ...], Length(1, PARTS_MAX)]


def gathered(parts: Iterable[Part], *, made: datetime) -> Bundle:
    """A bundle of ``parts``, each once."""
    return Bundle(made, tuple(dict.fromkeys(parts)))


def read_bundle(data: bytes) -> tuple[Bundle | None, tuple[Finding, ...]]:
    """The bundle that ``data`` writes, or None with everything that is wrong with it: each damaged part by its name."""
    value, findings = read_json(data, LIMITS)
    file, findings = (None, findings) if findings else parse(_File, value)
    if file is None:
        return None, findings
    parts, wrong = list[Part](), list[Finding]()
    for number, each in enumerate(file.parts):
        content = _content(each)
        fault = _fault(number, each, content)
        wrong += [fault] if fault else []
        parts.append(Part(each.role, each.name, content or b""))
    if len([each for each in parts if each.role is Role.DOCUMENT]) != 1:
        wrong.append(DOCUMENTS.broken("$.parts"))
    return (None, tuple(wrong)) if wrong else (Bundle(file.made, tuple(parts)), ())


def _written(part: Part) -> _FilePart:
    try:
        text, coded = part.data.decode("utf-8"), None
        if "\0" in text:
            raise ValueError("U+0000 has no place in a record's JSON")
    except ValueError:
        text, coded = None, base64.b64encode(part.data).decode("ascii")
    return _FilePart(role=part.role, name=part.name, sha256=sha256(part.data), text=text, base64=coded)


def _content(part: _FilePart) -> bytes | None:
    if (part.text is None) == (part.base64 is None):
        return None
    if part.text is not None:
        return part.text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(part.base64 or "", validate=True)
    except (binascii.Error, ValueError):
        return None


def _fault(number: int, part: _FilePart, content: bytes | None) -> Finding | None:
    """What is wrong with a part, or None."""
    broken = None
    if content is None:
        broken = UNWRITTEN
    elif len(content) > PART_BYTES_MAX:
        broken = LARGE
    elif sha256(content) != part.sha256:
        broken = CHANGED
    if broken is None:
        return None
    return broken.broken(f"$.parts[{number}]", role=str(part.role), name=part.name)
