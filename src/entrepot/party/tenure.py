"""How long a key was in force: which keys a method ever had, since when it was listed, and when that ended.

did:webvh tells it by its history; for other methods the one document that there is stands for all times. A signature
under a key that is out of force needs evidence that it existed before (Controlled Identifiers 1.0, ``revoked``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from entrepot.party.compromise import revoked_in
from entrepot.party.did import Method, did_of, find_method
from entrepot.party.key import PublicKey
from entrepot.party.resolution import Resolution, Resolver
from entrepot.party.webvh import History, Version


@runtime_checkable
class Historian(Protocol):
    """A resolver that knows the history of did:webvh identifiers."""

    def history(self, did: str) -> History | Resolution:
        """Every version that holds; a failed resolution where there is no history."""
        ...


@dataclass(frozen=True, slots=True)
class Tenure:
    """``method`` as it was last listed for a purpose: since ``start`` (None: no history tells), until ``ceased`` (None:
    it is in force as far as is known)."""

    method: Method
    start: datetime | None
    ceased: datetime | None


@dataclass(frozen=True, slots=True)
class Keeper:
    """One identifier with its history, where it has one, as it is known at ``now``."""

    did: str
    resolution: Resolution
    document: Mapping[str, Any]
    history: History | None
    now: datetime

    def keys(self, method_id: str) -> tuple[PublicKey, ...]:
        """Every key that was ever described under ``method_id``, the newest first."""
        method_id = _without_query(method_id)
        documents = [(self.did, self.document)]
        documents += [(each.did.text, each.document) for each in reversed(self._versions())]
        found = [find_method(document, _under(did, method_id)) for did, document in documents]
        return tuple(dict.fromkeys(each.key for each in found if each is not None and each.key is not None))

    def tenure(self, method_id: str, key: PublicKey, purpose: str) -> Tenure | None:
        """How long ``key`` was listed as ``method_id`` for ``purpose``; None where it never was."""
        method_id = _without_query(method_id)
        if self.history is None:
            method = find_method(self.document, method_id, purpose)
            return None if method is None or method.key != key else Tenure(method, None, method.ceased)
        listed = list(self._listing(method_id, key, purpose))
        if not listed:
            return None
        last, method = listed[-1]
        ends = [*self._withdrawn(method_id, key), method.ceased, self._until(last)]
        return Tenure(method, listed[0][0].time, min((each for each in ends if each is not None), default=None))

    def _versions(self) -> tuple[Version, ...]:
        """The versions that hold by now."""
        return tuple(each for each in self.history.versions if each.time <= self.now) if self.history else ()

    def _listing(self, method_id: str, key: PublicKey, purpose: str) -> Iterator[tuple[Version, Method]]:
        for version in self._versions():
            method = find_method(version.document, _under(version.did.text, method_id), purpose)
            if not version.parameters.deactivated and method is not None and method.key == key:
                yield version, method

    def _until(self, last: Version) -> datetime | None:
        """When a version listed it no more. Behind a fault of the log that is unknown, so it counts from there."""
        assert self.history is not None
        versions = self._versions()
        if last.number < len(versions):
            return versions[last.number].time
        return last.time if self.history.fault is not None else None

    def _withdrawn(self, method_id: str, key: PublicKey) -> Iterator[datetime]:
        """The moments from which some version, or a mark, says that the key is not to be relied on."""
        yield from (each.since for each in self.resolution.marks if each.key == key.multikey)
        for version in self._versions():
            named = _under(version.did.text, method_id)
            described = find_method(version.document, named)
            if described is not None and described.key == key:
                stated = revoked_in(version.document)
                yield from (stated[name] for name in (named, "#" + named.partition("#")[2]) if name in stated)


def keeper_of(resolver: Resolver, did: str, *, at: datetime, now: datetime) -> Keeper | Resolution:
    """The identifier as its document held ``at`` that moment, with all that is known of its keys by ``now``.

    A failed resolution where it has no document at that moment.
    """
    resolution = resolver.resolve(did, at)
    if resolution.document is None:
        return resolution
    history = resolver.history(did) if did.startswith("did:webvh:") and isinstance(resolver, Historian) else None
    known = history if isinstance(history, History) else None
    return Keeper(did, resolution, resolution.document, known, now)


def _without_query(method_id: str) -> str:
    """``method_id`` without the version that it may name: every version is looked at anyway (DID Resolution 0.3)."""
    if not method_id.startswith("did:webvh:"):
        return method_id
    before, mark, fragment = method_id.partition("#")
    return before.partition("?")[0] + mark + fragment


def _under(did: str, method_id: str) -> str:
    """``method_id`` under the name that its identifier has in a version: a did:webvh may have moved."""
    named = did_of(method_id)
    if named == did or not named.startswith("did:webvh:") or named.split(":")[2] != did.split(":")[2]:
        return method_id
    return did + method_id.removeprefix(named)
