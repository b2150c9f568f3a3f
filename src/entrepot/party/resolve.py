"""From a DID to its document: given documents first, did:key by computing, did:web by an injected fetch."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.party.did import did_key_document, did_web_url, is_did
from entrepot.party.error import FetchError, KeyFormError
from entrepot.party.key import UNSUPPORTED

Fetch = Callable[[str], bytes]
"""The body that an https URL answers with; raises :class:`FetchError`."""
DOCUMENT_LIMITS = JsonLimits(bytes_max=256 * 1024, depth_max=16)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is known of a DID: its document, or why there is none.

    ``code``: empty with a document, else ``invalidDid``, ``invalidDidDocument``, ``notFound`` or
    ``methodNotSupported`` (DID Resolution 0.3), ``unsupportedPublicKeyType`` (did:key 0.9), or ``offline`` where
    nothing may be fetched.
    """

    document: Mapping[str, Any] | None
    code: str = ""
    reason: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether the DID itself is wrong, rather than its document out of reach."""
        return self.code == "invalidDid"


class Resolver(Protocol):
    """Whatever resolves DIDs."""

    def resolve(self, did: str, at: datetime | None = None) -> Resolution:
        """The document of ``did`` as it held ``at`` that moment; now where none is given."""
        ...


class DidResolver:
    """Resolves did:key and did:web; other methods, and did:web without ``fetch``, from given documents alone.

    did:web keeps no history: what is fetched or given is taken to hold at every moment asked for.
    """

    def __init__(self, *, fetch: Fetch | None = None, documents: Iterable[Mapping[str, Any]] = ()) -> None:
        self._fetch = fetch
        self._given = {str(each.get("id")): each for each in documents}
        self._seen: dict[str, Resolution] = {}

    def resolve(self, did: str, at: datetime | None = None) -> Resolution:  # noqa: ARG002 - methods without history
        """The document of ``did``; each did:web is fetched once in the life of this resolver."""
        if not is_did(did):
            return Resolution(None, "invalidDid", f"{did[:80]!r} is not a DID")
        if did.startswith("did:key:"):
            return _resolve_key(did)
        if did in self._given:
            return Resolution(self._given[did])
        if did not in self._seen:
            self._seen[did] = self._resolve_web(did)
        return self._seen[did]

    def _resolve_web(self, did: str) -> Resolution:
        if not did.startswith("did:web:"):
            return Resolution(None, "methodNotSupported", f"{':'.join(did.split(':')[:2])} is not resolved here")
        try:
            url = did_web_url(did)
        except KeyFormError as wrong:
            return Resolution(None, "invalidDid", wrong.message)
        if self._fetch is None:
            return Resolution(None, "offline", f"{did} was not given, and nothing may be fetched")
        try:
            return read_document(self._fetch(url), did)
        except FetchError as wrong:
            return Resolution(None, "notFound", f"{url}: {wrong.message}")


def _resolve_key(did: str) -> Resolution:
    try:
        return Resolution(did_key_document(did))
    except KeyFormError as wrong:
        code = "unsupportedPublicKeyType" if wrong.error_code == UNSUPPORTED else "invalidDid"
        return Resolution(None, code, wrong.message)


def read_document(body: bytes, did: str = "") -> Resolution:
    """The DID document that ``body`` writes; with ``did``, it must be that DID's."""
    value, findings = read_json(body, DOCUMENT_LIMITS)
    if findings:
        return Resolution(None, "invalidDidDocument", findings[0].text)
    if not isinstance(value, dict) or not isinstance(value.get("id"), str) or not is_did(value["id"]):
        return Resolution(None, "invalidDidDocument", "the document is no object with a DID as its id")
    if did and value["id"] != did:
        return Resolution(None, "invalidDidDocument", f"the document is that of {value['id'][:80]}")
    return Resolution(value)
