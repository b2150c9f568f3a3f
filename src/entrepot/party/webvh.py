"""did:webvh resolved: from logs that were given, else through the guarded fetcher, with the whole history.

Method: did:webvh 1.0 (Decentralized Identity Foundation), in ``_webvh10``; its codes are listed there (``fault``).
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entrepot.base.said import UNSAID, foreign, said
from entrepot.party._webvh10.address import WebvhDid, parse_webvh
from entrepot.party._webvh10.fault import Fault, Refused
from entrepot.party._webvh10.history import LOG_BYTES_MAX, History, Version, read_history
from entrepot.party._webvh10.web import with_services
from entrepot.party.compromise import Mark, out_of_force, revoked_in
from entrepot.party.did import did_web_url, find_method
from entrepot.party.error import FetchError, unfetched
from entrepot.party.resolution import NEWEST, Fetch, Query, Resolution

__all__ = ["LOG_BYTES_MAX", "GivenLog", "History", "Period", "Version", "WebvhResolver", "given_log", "periods"]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class GivenLog:
    """A log at hand, with the witness proofs beside it, for the identifier with that SCID."""

    scid: str
    log: bytes
    witness: bytes | None = None


def given_log(log: bytes, witness: bytes | None = None) -> GivenLog:
    """A log for the identifier that its first entry names; the SCID is empty where it names none."""
    first = log.lstrip().partition(b"\n")[0]
    try:
        scid = json.loads(first[:1_000_000])["parameters"]["scid"]
    except (ValueError, KeyError, TypeError, RecursionError):
        scid = ""
    return GivenLog(scid if isinstance(scid, str) else "", log, witness)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of a history in which a method was listed: from ``start`` on, before ``end`` (None: still)."""

    start: datetime
    end: datetime | None


class WebvhResolver:
    """Resolves did:webvh. Each log is read once in the life of this resolver.

    ``clock``: entries of the future are refused against it. Without it nothing newer than the moment asked for is ever
    served, but whether the rest of the log lies in the future stays unjudged. ``seen``: SCID -> a versionId seen
    before; a log that lacks it was cut back and is refused.
    """

    def __init__(
        self,
        *,
        fetch: Fetch | None = None,
        logs: Iterable[GivenLog] = (),
        clock: Clock | None = None,
        seen: Mapping[str, str] | None = None,
    ) -> None:
        self._fetch, self._clock, self._seen = fetch, clock, seen or {}
        self._given: dict[str, list[GivenLog]] = {}
        for each in logs:
            self._given.setdefault(each.scid, []).append(each)
        self._known: dict[str, History | Resolution] = {}

    def history(self, did: str) -> History | Resolution:
        """Every version of ``did`` that holds; a failed resolution where there is no log to read."""
        if did not in self._known:
            try:
                self._known[did] = self._read(parse_webvh(did))
            except Refused as refused:
                self._known[did] = failed(refused.fault)
        return self._known[did]

    def resolve(self, did: str, query: Query = NEWEST) -> Resolution:
        """The version of ``did`` that ``query`` names, as its log states it, in the form of DID Resolution."""
        history = self.history(did)
        if isinstance(history, Resolution):
            return history
        found = _chosen(history, query)
        if isinstance(found, Fault):
            return failed(found)
        return Resolution(with_services(found.document, found.did), metadata=_metadata(history, found))

    def keys(self, did: str, at: datetime | None, marks: tuple[Mark, ...] = ()) -> Resolution:
        """The document of ``did`` at that moment as a source of keys: methods that are out of force say so.

        Out of force are the methods of a deactivated identifier, those that any version says to be revoked (what was
        said once is not taken back: Controlled Identifiers 1.0, ``revoked``), and those that ``marks`` name.
        """
        found = self.resolve(did, Query(at=at))
        history = self.history(did)
        if found.document is None or isinstance(history, Resolution):
            return found
        since: dict[str, datetime] = {}
        for version in history.versions:
            for method, moment in revoked_in(version.document).items():
                since[method] = min(moment, since.get(method, moment))
        if found.is_deactivated:
            ended = history.versions[-1].time
            since |= {str(each): ended for each in _method_ids(found.document)}
        is_copy = parse_webvh(did).scid in self._given
        return Resolution(
            out_of_force(found.document, since, marks),
            metadata=found.metadata,
            marks=marks,
            is_copy=is_copy,
            # Witnesses approve a version before it is published: from its host, that it is not there yet is no fault.
            later=foreign(f"Witnesses have approved version {history.later}.") if is_copy and history.later else UNSAID,
        )

    def _read(self, did: WebvhDid) -> History | Resolution:
        given = _longest(self._given.get(did.scid, ()))
        seen = self._seen.get(did.scid, "")
        now = self._clock() if self._clock else None
        if isinstance(given, Fault):
            return failed(given)
        if given is not None:
            return read_history(given.log, did, witness=lambda: given.witness, now=now, seen=seen)
        fetch = self._fetch
        if fetch is None:
            return Resolution(
                None, "offline", said("No log of {text} was given, and nothing may be fetched.", text=did.text)
            )
        try:
            log = fetch(did.log_url)
        except FetchError as wrong:
            return Resolution(
                None,
                wrong.error_code,
                said("{log_url}: {message}", log_url=did.log_url, message=unfetched(wrong)),
                "notFound",
            )
        return read_history(log, did, witness=lambda: _proofs(fetch, did), now=now, seen=seen)


def _longest(given: Sequence[GivenLog]) -> GivenLog | Fault | None:
    """Of several logs of one identifier the one that goes on where the others end; a fault where they part."""
    if not given:
        return None
    lines = {id(each): each.log.strip().splitlines() for each in given}
    longest = max(given, key=lambda each: (len(lines[id(each)]), each.witness is not None))
    whole = lines[id(longest)]
    if all(whole[: len(part)] == part for part in lines.values()):
        return longest
    return Refused("webvh-forked").fault


def published_at(did: str) -> dict[str, str]:
    """Member -> URL: where the files of a did:web or did:webvh are to be published; nothing for other methods."""
    if did.startswith("did:web:"):
        return {"publishAt": did_web_url(did)}
    if not did.startswith("did:webvh:"):
        return {}
    try:
        parsed = parse_webvh(did)
    except Refused:
        return {}
    return {
        "publishAt": parsed.log_url,
        "publishWitnessAt": parsed.witness_url,
        "publishWebAt": did_web_url(parsed.web),
    }


def failed(fault: Fault) -> Resolution:
    """The resolution that a fault makes."""
    return Resolution(None, fault.code, fault.told, fault.error, is_unreadable=fault.is_unreadable)


def periods(history: History, method_id: str, purpose: str) -> tuple[Period, ...]:
    """When ``history`` lists ``method_id`` for ``purpose``, oldest first: for whoever holds evidence of a moment."""
    found: list[Period] = []
    for version in history.versions:
        listed = not version.parameters.deactivated and find_method(version.document, method_id, purpose) is not None
        if listed and found and found[-1].end == version.time:
            found[-1] = Period(found[-1].start, history.until(version))
        elif listed:
            found.append(Period(version.time, history.until(version)))
    return tuple(found)


def _proofs(fetch: Fetch, did: WebvhDid) -> bytes:
    try:
        return fetch(did.witness_url)
    except FetchError as wrong:
        raise Refused("webvh-witness-absent", 1, what=f"{did.witness_url}: {wrong.message}") from None


def _chosen(history: History, query: Query) -> Version | Fault:
    if query.at is not None:
        return history.at(query.at)
    if query.version_id:
        return history.named(query.version_id)
    return history.newest() if query.version_number is None else history.numbered(query.version_number)


def _metadata(history: History, version: Version) -> dict[str, Any]:
    """What the method tells of a version; ``updated``, ``portable``, ``witness``, ``watchers`` are those of the newest.

    Whole numbers are written as text where the method asks for it, but ``versionNumber`` as other programs write it.
    """
    newest = history.versions[-1]
    now, last = version.parameters, newest.parameters
    told = {
        "versionId": version.id,
        "versionNumber": version.number,
        "versionTime": version.stated_time,
        "created": history.versions[0].stated_time,
        "updated": newest.stated_time,
        "scid": now.scid,
        "portable": last.portable,
        "deactivated": now.deactivated,
        "ttl": str(last.ttl_s),
        "watchers": list(last.watchers) or None,
        "witness": None,
    }
    if last.witnesses is not None:
        told["witness"] = {**last.witnesses.to_json(), "threshold": str(last.witnesses.threshold)}
    if version.number < len(history.versions):
        following = history.versions[version.number]
        told |= {"nextUpdate": following.stated_time, "nextVersionId": following.id}
    return told


def _method_ids(document: Mapping[str, Any]) -> list[Any]:
    listed = document.get("verificationMethod")
    return [each.get("id") for each in (listed if isinstance(listed, list) else []) if isinstance(each, Mapping)]
