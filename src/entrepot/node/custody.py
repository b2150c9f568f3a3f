"""The keys of a node's folder: its own, and those it holds for its parties; and the parties that hold their own."""

import fcntl
import platform
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from entrepot.base.error import UsageError
from entrepot.flow.office import Signatory
from entrepot.node.error import NameTaken
from entrepot.node.fresh import Freshness
from entrepot.node.keysource import KeySource
from entrepot.node.ownparty import OwnParties, OwnParty
from entrepot.node.start import begin_first_start
from entrepot.party.did import did_key, did_web, document_of, key_method_id
from entrepot.party.key import Curve, KeyPair
from entrepot.party.keystore import Custody as Holding
from entrepot.party.keystore import KeyLock, KeyStore, StoredKey
from entrepot.party.residence import service_entry
from entrepot.party.wrapping import ContentKeys

NODE_KEY = "node"
NAME_PATTERN = "^[a-z0-9][a-z0-9-]{1,39}$"
"""Short name of a party, as it stands in its did:web and in the name of its key file."""


class HeldKeys:
    """Signs for the parties of one folder. Keys are unlocked once and stay in memory while the process lives."""

    def __init__(self, data: Path, lock: KeyLock, entropy: Callable[[int], bytes]) -> None:
        self._data, self._lock, self._entropy = data, lock, entropy
        self._store = KeyStore(data / "keys")
        self._guard = threading.RLock()
        self._fresh = Freshness(data / "keys", data / "own-parties")
        self._signatories: dict[str, Signatory] = {}
        self._names: dict[str, str] = {}
        self._registry = OwnParties(data)
        self._own: dict[str, OwnParty] = {}
        self._refresh()

    def _refresh(self) -> None:
        """Learn what another process of this node has put into the folder."""
        if not self._fresh.is_stale():
            return
        with self._guard:
            self._fresh.note()
            self._own = {each.did: each for each in self._registry.list()}
            known = frozenset(self._names.values())
            for name in self._store.names():
                if name not in known:
                    self._learn(self._store.describe(name))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other thread or process of this node adds a party meanwhile."""
        self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._guard, (self._data / "parties.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._refresh()
            yield

    @property
    def home(self) -> str:
        """Names the folder on this machine, as it runs now: a copy of it, or another machine, has another name."""
        found = self._data.stat()
        boot = Path("/proc/sys/kernel/random/boot_id")
        machine = boot.read_text("ascii").strip() if boot.exists() else platform.node()
        return f"{machine}/{found.st_dev}/{found.st_ino}"

    def signatory(self, did: str) -> Signatory | None:
        """The signing key of a hosted party, or None."""
        self._refresh()
        return self._signatories.get(did)

    def hosted(self) -> frozenset[str]:
        """DIDs of the parties that live here, whoever holds their keys."""
        self._refresh()
        return (frozenset(self._signatories) - {self.node.did}) | frozenset(self._own)

    def residences(self) -> Mapping[str, str]:
        """The signed statements of parties that they live here, by DID."""
        self._refresh()
        return {did: each.residence for did, each in self._own.items() if each.residence is not None}

    @property
    def wrapping(self) -> ContentKeys:
        """What wraps the keys of the journal's personal content, under the key-encryption key."""
        return ContentKeys(self._lock)

    @property
    def node(self) -> Signatory:
        """The node's own key."""
        return next(each for did, each in self._signatories.items() if self._names[did] == NODE_KEY)

    def named(self, name: str) -> Signatory | None:
        """The signing key of the party with that short name."""
        self._refresh()
        return next((each for did, each in self._signatories.items() if self._names[did] == name), None)

    def names(self) -> Mapping[str, str]:
        """Short name by DID, without the node's own."""
        self._refresh()
        held = {did: name for did, name in self._names.items() if name != NODE_KEY}
        return held | {did: each.name for did, each in self._own.items()}

    def document(self, did: str) -> Mapping[str, Any] | None:
        """The DID document of a hosted party or of the node."""
        found = self.signatory(did)
        if found is None:
            return None
        document = document_of(did, {found.method.partition("#")[2]: found.key.public})
        return document if did == self.node.did else {**document, "service": [service_entry(did, self.node.did)]}

    def create(self, name: str, *, did: Callable[[KeyPair], tuple[str, str]], curve: Curve, now: datetime) -> Signatory:
        """A new key under ``name``, durable on return; ``did`` gives DID and method id of the new key.

        The same name again gives the key that is there (so that creating is idempotent).
        """
        with self._alone():
            known = self.named(name)
            if known is not None:
                return known
            if name in self.names().values():
                raise NameTaken(f"{name} is a party that holds its own key", remedy="Take another name.")
            pair = KeyPair.generate(curve, self._entropy)
            party, method_id = did(pair)
            stored = StoredKey(
                id=name,
                did=party,
                method_id=method_id,
                curve=curve,
                public=pair.public.multikey,
                custody=Holding.HELD,
                created=now,
            )
            self._store.save(stored, pair, lock=self._lock, entropy=self._entropy)
            return self._learn(stored)

    def register(self, name: str, did: str, *, residence: str | None, now: datetime) -> OwnParty:
        """Let a party live here that holds its own key; durable on return. The same again changes nothing, and a newer
        ``residence`` takes the place of the older. Raises :class:`NameTaken`."""
        with self._alone():
            known = self._own.get(did)
            names = self.names()
            if (known.name if known else name) != name or (known is None and (did in names or name in names.values())):
                raise NameTaken(f"{name} or {did} is a party of this node already", remedy="Take another name.")
            if did == self.node.did:
                raise NameTaken(f"{did} is the node itself")
            created = known.created if known else now
            kept = residence or (known.residence if known else None)
            party = OwnParty(name=name, did=did, created=created, residence=kept)
            if party != known:
                self._registry.save(party)
                self._own = {**self._own, did: party}
            return party

    def _learn(self, stored: StoredKey) -> Signatory:
        pair = self._store.load(stored.id, self._lock)
        found = Signatory(did=stored.did, key=pair, method=stored.method_id)
        # New tables in place of the old: other threads may be reading those.
        self._names = {**self._names, stored.did: stored.id}
        self._signatories = {**self._signatories, stored.did: found}
        return found


def web_did(host: str, port: int | None, name: str) -> Callable[[KeyPair], tuple[str, str]]:
    """did:web of a party on this host: ``did:web:host:parties:name``, with one key ``#key-1``."""
    did = did_web(host, "parties", name, port=port)
    return lambda _: (did, f"{did}#key-1")


def key_did(pair: KeyPair) -> tuple[str, str]:
    """did:key of a key, and its only method."""
    return did_key(pair.public), key_method_id(pair.public)


def open_keys(
    data: Path, source: KeySource, *, entropy: Callable[[int], bytes], now: datetime, make: bool = True
) -> HeldKeys:
    """The keys of a node's folder; the node's own key and the key-encryption key are made at the first start.

    Without ``make`` nothing is: commands beside the node read a folder in which it has run. Raises ``KeyStoreError``
    where the key-encryption key is missing, :class:`UsageError` where the node has no key and none is made.
    """
    keys = HeldKeys(data, source.lock(entropy if make else None), entropy)
    if not make:
        if keys.named(NODE_KEY) is None:
            raise UsageError(f"{data} is not the folder of a node", remedy="Start one there: entrepot serve --data DIR")
        return keys
    if keys.named(NODE_KEY) is None:
        begin_first_start(data)
    keys.create(NODE_KEY, did=key_did, curve=Curve.ED25519, now=now)
    return keys


def require_name(name: str) -> str:
    """``name`` where it can be a party's short name; raises :class:`UsageError` otherwise."""
    if not re.fullmatch(NAME_PATTERN, name):
        raise UsageError(f"not a short name: {name[:60]!r}", remedy="Use 2 to 40 lower-case letters, digits, hyphens.")
    if name == NODE_KEY:
        raise UsageError(f"the name {name} is taken by the node itself")
    return name
