"""Resolving with memory: answers of a node's own parties at once, others' for a while, failures for a moment.

Where the host of a did:web does not answer at all, the document that was confirmed when its node last greeted serves,
so that what was signed by it can be judged although the host is down, or gone from that address. An answer is an
answer: another document, none (404, 410), a redirect, or one that cannot be read is what whoever controls the name
says now, and may be a party that was withdrawn or a key that was replaced; memory never overrules it. Nor does it last:
whoever silences a host must not keep a withdrawn key in force, so a document serves for a bounded time after it was
confirmed, and whoever is told of it is told when that was. A did:webvh is judged by its whole history, which one
remembered document is not.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from entrepot.base.moment import format_moment
from entrepot.base.said import foreign, said
from entrepot.party.error import FetchError
from entrepot.party.resolve import DidResolver, Fetch, Resolution
from entrepot.party.webvh import History

KEPT = timedelta(minutes=5)
FAILED = timedelta(seconds=2)
RECALLED = timedelta(seconds=30)
"""How long a remembered document serves before its host is asked again."""
ENTRIES_MAX = 10_000
REMEMBERED_MAX = timedelta(days=7)
"""How long after it was confirmed a document serves while its host is silent, unless a setting says otherwise."""
SILENT = frozenset({"fetch-failed", "fetch-too-slow", "fetch-unavailable"})
"""Codes of a :class:`FetchError` that say nothing about the document: no answer, or that there is none at present."""
TOO_OLD = "remembered-too-old"
"""Code of a resolution whose host is silent, and whose remembered document was confirmed too long ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A document as it was confirmed ``at`` that moment."""

    document: Mapping[str, Any]
    at: datetime


def _nothing(did: str) -> Remembered | None:
    del did
    return None


@dataclass(frozen=True, slots=True)
class _Kept:
    until: datetime
    known: DidResolver
    recalled: Resolution | None


class NodeResolver:
    """A resolver for a running node. ``own`` gives the documents of hosted parties by DID; ``fetch`` gets others';
    ``remembered`` gives what is kept of a DID whose host does not answer; it serves until ``age_max`` after it was
    confirmed, and after that nothing is known of the DID."""

    def __init__(
        self,
        *,
        own: Callable[[str], Mapping[str, Any] | None],
        fetch: Fetch,
        clock: Callable[[], datetime],
        remembered: Callable[[str], Remembered | None] = _nothing,
        age_max: timedelta = REMEMBERED_MAX,
    ) -> None:
        self._own, self._fetch, self._clock, self._remembered = own, fetch, clock, remembered
        self._age_max = age_max
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def resolve(self, did: str, at: datetime | None = None) -> Resolution:
        """The document of ``did`` at that moment: one fetch of a did:webvh serves every moment of its history; did:web
        keeps none, so ``at`` changes nothing for it. Where it comes from memory, ``remembered`` says from when, and
        ``reason`` why."""
        own = self._own(did)
        if own is not None:
            return Resolution(own)
        now = self._clock()
        with self._lock:
            kept = self._kept.get(did)
        if kept is not None and now < kept.until:
            return kept.recalled or kept.known.resolve(did, at)
        wrong: list[FetchError] = []
        # It remembers what it fetched, be it a document, a log or a failure.
        fresh = DidResolver(fetch=_noting(self._fetch, wrong), clock=self._clock)
        found = fresh.resolve(did, at)
        recalled = self._recall(did, found, wrong)
        until = now + (FAILED if found.is_out_of_reach else KEPT)
        if recalled is not None and recalled.remembered is not None:
            until = min(now + RECALLED, recalled.remembered + self._age_max)
        with self._lock:
            if len(self._kept) >= ENTRIES_MAX:
                self._kept.clear()
            self._kept[did] = _Kept(until, fresh, recalled)
        return recalled or found

    def history(self, did: str) -> History | Resolution:
        """Every version of a did:webvh that :meth:`resolve` has answered for; a failed resolution for all others."""
        with self._lock:
            kept = self._kept.get(did)
        if kept is None:
            return Resolution(None, "methodNotSupported", foreign(f"No history of {did[:80]} is at hand."))
        return kept.known.history(did)

    def forget(self, did: str) -> None:
        """Fetch it anew the next time, for instance after its host announced a change."""
        with self._lock:
            self._kept.pop(did, None)

    def _recall(self, did: str, found: Resolution, wrong: list[FetchError]) -> Resolution | None:
        """What memory says where the host said nothing; None where it did, or nothing is remembered."""
        silent = bool(wrong) and all(each.error_code in SILENT for each in wrong)
        if found.document is not None or not silent or not did.startswith("did:web:"):
            return None
        kept = self._remembered(did)
        if kept is None:
            return None
        confirmed = format_moment(kept.at)
        silence = said("Its host does not answer: {reason}", reason=found.reason)
        if self._clock() - kept.at >= self._age_max:
            reason = said(
                "What is remembered of {did} was confirmed at {confirmed}, too long ago to serve. {silence}",
                did=did,
                confirmed=confirmed,
                silence=silence,
            )
            return Resolution(None, TOO_OLD, reason, "notFound")
        reason = said("It is from memory, as confirmed at {confirmed}. {silence}", confirmed=confirmed, silence=silence)
        return Resolution(kept.document, reason=reason, remembered=kept.at)


def _noting(fetch: Fetch, wrong: list[FetchError]) -> Fetch:
    """``fetch``, which also notes why it got nothing: a resolution tells that in words alone."""

    def noting(url: str) -> bytes:
        try:
            return fetch(url)
        except FetchError as each:
            wrong.append(each)
            raise

    return noting
