"""Resolving with memory: answers of a node's own parties at once, others' for a while, failures for a moment."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from entrepot.party.resolve import DidResolver, Fetch, Resolution

KEPT = timedelta(minutes=5)
FAILED = timedelta(seconds=2)
ENTRIES_MAX = 10_000


class NodeResolver:
    """A resolver for a running node. ``own`` gives the documents of hosted parties by DID; ``fetch`` gets others'."""

    def __init__(
        self, *, own: Callable[[str], Mapping[str, Any] | None], fetch: Fetch, clock: Callable[[], datetime]
    ) -> None:
        self._own, self._fetch, self._clock = own, fetch, clock
        self._kept: dict[str, tuple[datetime, DidResolver]] = {}
        self._lock = threading.Lock()

    def resolve(self, did: str, at: datetime | None = None) -> Resolution:
        """The document of ``did`` at that moment: one fetch of a did:webvh serves every moment of its history; did:web
        keeps none, so ``at`` changes nothing for it."""
        own = self._own(did)
        if own is not None:
            return Resolution(own)
        now = self._clock()
        with self._lock:
            until, known = self._kept.get(did, (now, None))
        if known is not None and now < until:
            return known.resolve(did, at)
        # It remembers what it fetched, be it a document, a log or a failure.
        fresh = DidResolver(fetch=self._fetch, clock=self._clock)
        found = fresh.resolve(did, at)
        with self._lock:
            if len(self._kept) >= ENTRIES_MAX:
                self._kept.clear()
            self._kept[did] = (now + (FAILED if found.is_out_of_reach else KEPT), fresh)
        return found

    def forget(self, did: str) -> None:
        """Fetch it anew the next time, for instance after its host announced a change."""
        with self._lock:
            self._kept.pop(did, None)
