"""What resolving a DID answers, in the form of DID Resolution, and what a caller may ask for.

Standard: DID Resolution 0.3 (W3C); DID 1.0, section 7.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from entrepot.base.error import UsageError
from entrepot.base.said import UNSAID, Said
from entrepot.base.shape import dump
from entrepot.party.compromise import Mark

Fetch = Callable[[str], bytes]
"""The body that an https URL answers with; raises :class:`~entrepot.party.error.FetchError`."""
CONTENT_TYPE = "application/did+ld+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which version is wanted; the newest where nothing is named. At most one member may be given."""

    at: datetime | None = None
    version_id: str = ""
    version_number: int | None = None

    def __post_init__(self) -> None:
        if sum((self.at is not None, bool(self.version_id), self.version_number is not None)) > 1:
            raise UsageError("a version is named by its time, its id or its number, not by several")

    @property
    def is_newest(self) -> bool:
        """Whether the newest version is wanted."""
        return self.at is None and not self.version_id and self.version_number is None


NEWEST = Query()
"""No version is named."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is known of a DID: its document, or why there is none.

    ``code``: empty with a document, else ``invalidDid``, ``invalidDidDocument``, ``notFound`` or
    ``methodNotSupported`` (DID Resolution 0.3), ``unsupportedPublicKeyType`` (did:key 0.9), ``offline`` where
    nothing may be fetched, or a code of the method (``webvh-...``). ``error``: the standard's code where it differs.
    ``metadata``: of the document. ``marks``: compromised keys of the DID that are known here. ``is_unreadable``:
    nothing at all could be read of what should hold the document. ``remembered``: when the document was last confirmed,
    where it comes from memory because its host does not answer; ``reason`` says so in words. ``is_unvouched``:
    nobody but whoever brought the document along says that it is that of the DID. ``is_brought``: its history came with
    the document, and may have been cut off at the end. ``is_copy``: its history comes from a copy, not from its host.
    ``later``: what shows that the history goes on after its end, in words; empty where nothing does.
    """

    document: Mapping[str, Any] | None
    code: str = ""
    reason: Said = UNSAID
    error: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()
    is_unreadable: bool = False
    remembered: datetime | None = None
    is_unvouched: bool = False
    is_brought: bool = False
    is_copy: bool = False
    later: Said = UNSAID

    @property
    def standard_error(self) -> str:
        """The code of DID Resolution; empty with a document."""
        # The standard has no code for "not asked, because offline"; its notFound comes nearest.
        return self.error or {"offline": "notFound"}.get(self.code, self.code)

    @property
    def is_refused(self) -> bool:
        """Whether the DID itself is wrong, rather than its document out of reach."""
        return self.standard_error == "invalidDid"

    @property
    def is_out_of_reach(self) -> bool:
        """Whether asking again may help: there is no document, and not because of the moment that was asked for."""
        return self.document is None and self.code not in ("webvh-time-before", "webvh-version-unknown")

    @property
    def is_deactivated(self) -> bool:
        """Whether the DID was deactivated as of the version that is given."""
        return self.metadata.get("deactivated") is True

    def to_json(self) -> dict[str, Any]:
        """The result in the standard's shape; on failure ``error`` is its code, beside it ours and the reason."""
        told: dict[str, Any] = {"contentType": CONTENT_TYPE}
        if self.document is None:
            told = {"error": self.standard_error, "code": self.code, "reason": self.reason}
        if self.marks:
            told["compromised"] = dump(self.marks)
        return {
            "didDocument": self.document,
            "didDocumentMetadata": dict(self.metadata),
            "didResolutionMetadata": told,
        }


class Resolver(Protocol):
    """Whatever resolves DIDs."""

    def resolve(self, did: str, at: datetime | None = None) -> Resolution:
        """The document of ``did`` as it held ``at`` that moment; now where none is given."""
        ...
