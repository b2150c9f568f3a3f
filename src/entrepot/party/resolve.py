"""From a DID to its document: given documents first, did:key and did:jwk by computing, did:web and did:webvh by an
injected fetch, did:webvh also from given logs."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.said import foreign, plainer, said
from entrepot.party.compromise import Mark, Marks, out_of_force
from entrepot.party.did import did_key_document, did_web_url, is_did
from entrepot.party.error import MALFORMED, FetchError, KeyFormError, unfetched
from entrepot.party.jwk import did_jwk_document
from entrepot.party.key import UNSUPPORTED
from entrepot.party.resolution import NEWEST, Fetch, Query, Resolution, Resolver
from entrepot.party.webvh import GivenLog, History, WebvhResolver

__all__ = ["DOCUMENT_LIMITS", "DidResolver", "Fetch", "Query", "Resolution", "Resolver", "read_document"]
DOCUMENT_LIMITS = JsonLimits(bytes_max=256 * 1024, depth_max=16)


class DidResolver:
    """Resolves did:key, did:jwk, did:web and did:webvh; other methods from given documents alone.

    ``fetch`` None: did:web and did:webvh from what is given alone. did:web keeps no history: what is fetched or given
    is taken to hold at every moment asked for. ``marks``: compromised keys, by whoever knows of them.
    """

    def __init__(
        self,
        *,
        fetch: Fetch | None = None,
        documents: Iterable[Mapping[str, Any]] = (),
        logs: Iterable[GivenLog] = (),
        marks: Iterable[Marks] = (),
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._fetch = fetch
        self._given = {str(each.get("id")): each for each in documents}
        self._marks = {_subject(each.did): each.marks for each in marks}
        self._webvh = WebvhResolver(fetch=fetch, logs=logs, clock=clock)
        self._seen: dict[str, Resolution] = {}

    def resolve(self, did: str, at: datetime | None = None) -> Resolution:
        """The document of ``did`` at that moment, as a source of keys; each did:web and each log is fetched once.

        Methods that are out of force although the document lists them say so by ``revoked``: those of compromised
        keys, and all of a deactivated did:webvh.
        """
        marks = self._marks.get(_subject(did), ())
        if did.startswith("did:webvh:") and did not in self._given:
            return self._webvh.keys(did, at, marks)
        return _marked(self._plain(did), marks)

    def lookup(self, did: str, query: Query = NEWEST) -> Resolution:
        """The version of ``did`` that ``query`` names, as published, in the form of DID Resolution.

        A method without history has one version, which no number and no id names.
        """
        if did.startswith("did:webvh:") and did not in self._given:
            found = self._webvh.resolve(did, query)
        elif query.version_id or query.version_number is not None:
            return Resolution(None, "version-unknown", foreign(f"{did[:80]} keeps no versions."), "notFound")
        else:
            found = self._plain(did)
        return Resolution(
            found.document,
            found.code,
            found.reason,
            found.error,
            found.metadata,
            self._marks.get(_subject(did), ()),
            found.is_unreadable,
        )

    def history(self, did: str) -> History | Resolution:
        """Every version of a did:webvh; a failed resolution for other methods and where there is no log."""
        if not did.startswith("did:webvh:"):
            return Resolution(None, "methodNotSupported", foreign(f"{did[:80]} keeps no history."))
        return self._webvh.history(did)

    def _plain(self, did: str) -> Resolution:
        if did.startswith("did:jwk:"):
            return _computed(did, did_jwk_document)
        if not is_did(did):
            return Resolution(None, "invalidDid", said("{did} is not a DID.", did=repr(did[:80])))
        if did.startswith("did:key:"):
            return _computed(did, did_key_document)
        if did in self._given:
            return Resolution(self._given[did])
        if did not in self._seen:
            self._seen[did] = self._resolve_web(did)
        return self._seen[did]

    def _resolve_web(self, did: str) -> Resolution:
        if not did.startswith("did:web:"):
            return Resolution(
                None,
                "methodNotSupported",
                said("Identifiers of {method} are not resolved here.", method=":".join(did.split(":")[:2])),
            )
        try:
            url = did_web_url(did)
        except KeyFormError as wrong:
            return Resolution(None, "invalidDid", plainer(wrong.message, MALFORMED))
        if self._fetch is None:
            return Resolution(None, "offline", said("{did} was not given, and nothing may be fetched.", did=did))
        try:
            return read_document(self._fetch(url), did)
        except FetchError as wrong:
            return Resolution(None, "notFound", said("{url}: {message}", url=url, message=unfetched(wrong)))


def _subject(did: str) -> str:
    """What stays of an identifier when it moves: the SCID of a did:webvh, else the whole."""
    return did.split(":")[2] if did.startswith("did:webvh:") else did


def _marked(found: Resolution, marks: tuple[Mark, ...]) -> Resolution:
    if found.document is None or not marks:
        return found
    return Resolution(out_of_force(found.document, {}, marks), metadata=found.metadata, marks=marks)


def _computed(did: str, document: Callable[[str], dict[str, Any]]) -> Resolution:
    try:
        return Resolution(document(did))
    except KeyFormError as wrong:
        code = "unsupportedPublicKeyType" if wrong.error_code == UNSUPPORTED else "invalidDid"
        return Resolution(None, code, plainer(wrong.message, MALFORMED))


def read_document(body: bytes, did: str = "") -> Resolution:
    """The DID document that ``body`` writes; with ``did``, it must be that DID's."""
    value, findings = read_json(body, DOCUMENT_LIMITS)
    if findings:
        return Resolution(None, "invalidDidDocument", findings[0].told)
    if not isinstance(value, dict) or not isinstance(value.get("id"), str) or not is_did(value["id"]):
        return Resolution(None, "invalidDidDocument", said("The document is no object with a DID as its id."))
    if did and value["id"] != did:
        return Resolution(None, "invalidDidDocument", said("The document is that of {did}.", did=value["id"][:80]))
    return Resolution(value)
