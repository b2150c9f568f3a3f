"""Resolving with what a stranger brought along, where nobody else answers.

A did:webvh log proves itself, but for its end: one that was cut off cannot be told from one that is whole, unless
something else shows that it goes on. Any other DID document proves nothing; what rests on it says so.
"""

from dataclasses import replace
from datetime import datetime

from entrepot.base.said import UNSAID, Said, foreign
from entrepot.party.resolution import Resolution
from entrepot.party.resolve import DidResolver
from entrepot.party.webvh import History

_OF_THE_MOMENT = ("webvh-time-before", "webvh-version-unknown")


class BundledResolver:
    """Asks ``first``; where it finds nothing, ``brought``. ``is_vouched``: the verifier stands for what was brought."""

    def __init__(self, first: DidResolver, brought: DidResolver, *, is_vouched: bool) -> None:
        self._first, self._brought, self._is_vouched = first, brought, is_vouched

    def resolve(self, did: str, at: datetime | None = None) -> Resolution:
        """The document of ``did`` at that moment; ``is_unvouched`` where a stranger's word is all there is."""
        found = self._first.resolve(did, at)
        if not _is_missing(found):
            return replace(found, later=found.later or self._longer(did)) if found.document is not None else found
        other = self._brought.resolve(did, at)
        if other.document is None:
            return found if _is_missing(other) else other
        proves_itself = self._is_vouched or did.startswith("did:webvh:")
        return replace(other, is_brought=not self._is_vouched, is_unvouched=not proves_itself)

    def history(self, did: str) -> History | Resolution:
        """Every version of a did:webvh."""
        found = self._first.history(did)
        return self._brought.history(did) if isinstance(found, Resolution) and _is_missing(found) else found

    def _longer(self, did: str) -> Said:
        """That the log which was brought goes on where the first one ends; empty where it does not."""
        if not did.startswith("did:webvh:"):
            return UNSAID
        known, brought = self._first.history(did), self._brought.history(did)
        if isinstance(known, Resolution) or isinstance(brought, Resolution):
            return UNSAID
        ids, more = ([each.id for each in history.versions] for history in (known, brought))
        is_longer = len(more) > len(ids) and more[: len(ids)] == ids
        return foreign(f"The bundle brings version {more[-1]}.") if is_longer else UNSAID


def _is_missing(found: Resolution) -> bool:
    """Whether nothing was found to judge."""
    return found.document is None and found.standard_error == "notFound" and found.code not in _OF_THE_MOMENT
