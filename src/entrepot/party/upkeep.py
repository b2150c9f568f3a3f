"""The life of a kept identifier: made with a history, rotated, moved, deactivated, its keys marked as compromised.

**Order.** New keys are written first, then the entry that names or commits to them (the moment it counts), then what
follows from it: the did:web document, the description of the party, the key that documents are signed with. A crash in
between leaves a state that :meth:`Upkeep.settle` brings to its end; every act begins with it.

**Keys of a did:webvh.** ``<id>`` signs documents; ``<id>-update-...`` (Ed25519) signs entries of the log and stands in
no document; with pre-rotation its successor waits in ``next-keys`` (and in a second place that the caller names), so
that a copy of the working keys is not enough to take the identifier over. Spent keys are removed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from entrepot.base.error import UsageError
from entrepot.party._webvh10.address import parse_webvh
from entrepot.party._webvh10.entry import PLACEHOLDER, key_hash
from entrepot.party._webvh10.history import read_history
from entrepot.party._webvh10.parameter import Witnesses
from entrepot.party._webvh10.web import web_document
from entrepot.party._webvh10.write import Change, Log, append_entry, create_log, open_log
from entrepot.party.compromise import Mark, Marks
from entrepot.party.did import did_key, did_key_document, did_web, document_of, find_method, key_method_id
from entrepot.party.error import PartyError
from entrepot.party.folder import WEB_FRAGMENT, KeptParty, NewParty, PartyFolder, party_id
from entrepot.party.key import Curve, Entropy, KeyPair
from entrepot.party.keystore import KeyStore, Lock, StoredKey
from entrepot.party.residence import with_node
from entrepot.party.revision import moved, rotated, unkeyed

_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHistory:
    """What a did:webvh starts with. ``prerotate``: commit to the next update key; ``portable``: it may move later."""

    prerotate: bool = False
    portable: bool = True
    witnesses: Witnesses | None = None
    watchers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Authority:
    """Who signs the next entry, and what it must say of keys because of those before it."""

    signer: KeyPair
    change: Change


class Upkeep:
    """Acts on the parties of one folder. ``backup``: a second place for keys that are committed to."""

    def __init__(self, folder: PartyFolder, *, lock: Lock, entropy: Entropy, backup: KeyStore | None = None) -> None:
        self._folder, self._lock, self._entropy, self._backup = folder, lock, entropy, backup

    def create(self, wanted: NewParty, history: NewHistory, *, now: datetime) -> KeptParty:
        """A new party with a did:webvh, and the did:web in parallel. Raises :class:`UsageError` for a wrong domain."""
        host, _, port = wanted.domain.partition(":")
        web = did_web(host, *wanted.path, port=int(port) if port.isdigit() else None)
        did = web.replace("did:web:", f"did:webvh:{PLACEHOLDER}:", 1)
        signing = KeyPair.generate(wanted.curve, self._entropy)
        update, following = (KeyPair.generate(Curve.ED25519, self._entropy) for _ in range(2))
        change = Change(
            update_keys=(update.public.multikey,),
            next_keys=(following.public.multikey,) if history.prerotate else None,
            witnesses=history.witnesses,
            watchers=history.watchers or None,
            portable=history.portable,
        )
        state = {**document_of(did, {WEB_FRAGMENT: signing.public}), "alsoKnownAs": [web]}
        log = create_log(state, change, signer=update, now=now)
        kept = KeptParty(
            id=party_id(log.did.text),
            party=replace(wanted.party, did=log.did.text),
            method_id=f"{log.did.text}#{WEB_FRAGMENT}",
            custody=wanted.custody,
            created=now,
        )
        keys = self._folder.keys(kept.custody)
        self._save(keys, _signing_key(kept, kept.id, signing, now), signing)
        self._save(self._folder.update_keys, _update_key(kept, update, now), update)
        if history.prerotate:
            self._commit(kept, following, now)
        self._publish(kept, log)
        self._folder.write(kept)
        return kept

    def rotate(self, kept: KeptParty, *, now: datetime, prerotate: bool = False) -> KeptParty:
        """New keys for signing documents and, for a did:webvh, for the log. ``prerotate``: commit to keys from now on.

        Raises :class:`UsageError` for a did:key, which is its key, and for a deactivated identifier.
        """
        kept = self.settle(kept, now=now)
        document = self._document(kept, now)
        pair = KeyPair.generate(self._folder.keys(kept.custody).describe(kept.id).curve, self._entropy)
        changed, method_id = rotated(document, pair.public, self._folder.marks(kept).marks)
        stored = replace(_signing_key(kept, f"{kept.id}-next", pair, now), method_id=method_id)
        self._save(self._folder.next_keys, stored, pair)
        log = self._log(kept, now)
        if log is None:
            self._folder.write_document(kept.id, changed)
        else:
            authority = self._authority(kept, log, now, rotate=True, prerotate=prerotate)
            self._publish(kept, append_entry(log, changed, authority.change, signer=authority.signer, now=now))
        return self.settle(kept, now=now)

    def amend(
        self, kept: KeptParty, amended: Callable[[Mapping[str, Any]], dict[str, Any]], *, now: datetime
    ) -> KeptParty:
        """Change what the DID document says beside its keys. Raises :class:`UsageError` for a did:key, which says
        nothing beside its key, and for a deactivated identifier."""
        kept = self.settle(kept, now=now)
        document, log = amended(self._document(kept, now)), self._log(kept, now)
        if log is None:
            self._folder.write_document(kept.id, document)
        else:
            authority = self._authority(kept, log, now)
            self._publish(kept, append_entry(log, document, authority.change, signer=authority.signer, now=now))
        return self.settle(kept, now=now)

    def move(self, kept: KeptParty, domain: str, *, now: datetime) -> KeptParty:
        """The same did:webvh at another place (``host[:port][/path]``), its history and its SCID kept.

        Raises :class:`UsageError` for other methods, and where it was made not to be portable.
        """
        kept = self.settle(kept, now=now)
        log = self._log(kept, now)
        if log is None:
            raise UsageError("only a did:webvh moves", remedy="Create a new party at the new place.")
        host, *path = domain.split("/")
        name, _, port = host.partition(":")
        web = did_web(name, *path, port=int(port) if port.isdigit() else None)
        target = parse_webvh(web.replace("did:web:", f"did:webvh:{log.did.scid}:", 1))
        if target.text == log.did.text:
            raise UsageError(f"it is at {domain} already")
        state = moved(log.newest.document, log.did, target)
        authority = self._authority(kept, log, now)
        self._publish(kept, append_entry(log, state, authority.change, signer=authority.signer, now=now))
        return self.settle(kept, now=now)

    def reside(self, kept: KeptParty, node: str, *, now: datetime) -> KeptParty:
        """Name the node (a did:key) on which the party lives, in its document; a did:webvh says so in its log.

        Raises :class:`UsageError` for a did:key, which has no document to say it in.
        """
        kept = self.settle(kept, now=now)
        state = with_node(self._document(kept, now), node)
        log = self._log(kept, now)
        if log is None:
            self._folder.write_document(kept.id, state)
            return kept
        authority = self._authority(kept, log, now)
        self._publish(kept, append_entry(log, state, authority.change, signer=authority.signer, now=now))
        return self.settle(kept, now=now)

    def deactivate(self, kept: KeptParty, *, now: datetime) -> KeptParty:
        """End an identifier: its document lists no key any more; a did:webvh says so in its log, for good.

        Raises :class:`UsageError` for a did:key, which cannot be withdrawn.
        """
        kept = self.settle(kept, now=now)
        bare = unkeyed(self._document(kept, now))
        log = self._log(kept, now)
        if log is None:
            self._folder.write_document(kept.id, bare)
            return kept
        if log.newest.parameters.next_key_hashes:
            # While keys are committed to, an entry must name update keys: the first ends that, the second all else.
            signer = self._committed(kept, log.newest.parameters.next_key_hashes)
            ending = Change(update_keys=(signer.public.multikey,), next_keys=())
            log = append_entry(log, log.newest.document, ending, signer=signer, now=now - _TICK)
        else:
            signer = self._authority(kept, log, now).signer
        self._publish(kept, append_entry(log, bare, Change(update_keys=(), deactivated=True), signer=signer, now=now))
        return self.settle(kept, now=now)

    def compromise(self, kept: KeptParty, *, since: datetime, now: datetime, method: str = "") -> Marks:
        """Mark a key: the one that ``method`` (a fragment or a DID URL) names, else the one in force at ``since``.

        Nothing is published by that; rotate next, and the mark goes into the document as ``revoked``.
        """
        marks = self._folder.marks(kept)
        named, key = self._meant(kept, since, now, method)
        marks = marks.adding(Mark(method=named, key=key, since=since, stated=now))
        self._folder.write_marks(kept.id, marks)
        return marks

    def settle(self, kept: KeptParty, *, now: datetime) -> KeptParty:
        """Bring to its end what a crash interrupted: the description and the keys follow what is published."""
        log = self._log(kept, now)
        document = log.newest.document if log else self._folder.document(kept.id)
        if document is None:
            return kept
        if log is not None:
            self._folder.write_document(kept.id, web_document(log.newest.document, log.did))
            self._sort_update_keys(kept, log)
        listed = [each for each in document.get("assertionMethod", []) if isinstance(each, str)]
        method = find_method(document, listed[0], "assertionMethod") if listed else None
        did = str(document["id"])
        settled = replace(kept, party=replace(kept.party, did=did), method_id=method.id if method else kept.method_id)
        if method is not None and method.key is not None:
            self._promote(settled, method.key.multikey, now)
        if settled != kept:
            self._folder.write(settled)
        return settled

    def _promote(self, kept: KeptParty, public: str, now: datetime) -> None:
        """Make the key that the document lists the one that signs documents, under the name that the party has now."""
        keys, spare = self._folder.keys(kept.custody), f"{kept.id}-next"
        stored = keys.describe(kept.id)
        if stored.public == public and (stored.did, stored.method_id) == (kept.party.did, kept.method_id):
            self._folder.next_keys.remove(spare)
            return
        waiting = self._folder.next_keys
        if stored.public == public:
            pair = keys.load(kept.id, self._lock)
        elif waiting.holds(spare) and waiting.describe(spare).public == public:
            pair = waiting.load(spare, self._lock)
        else:
            raise PartyError(f"the key {public} of party {kept.id} is not here", remedy="Restore it from a backup.")
        keys.replace(_signing_key(kept, kept.id, pair, now), pair, lock=self._lock, entropy=self._entropy)
        waiting.remove(spare)

    def _sort_update_keys(self, kept: KeptParty, log: Log) -> None:
        """Take keys into use that the log names now, and forget those that it names no more."""
        keys, named = self._folder.update_keys, log.newest.parameters.update_keys
        for stored in _update_keys(self._folder.next_keys, kept):
            if stored.public in named:
                keys.restore(self._folder.next_keys.sealed(stored.id))
                self._folder.next_keys.remove(stored.id)
        for stored in _update_keys(keys, kept):
            if stored.public not in named:
                keys.remove(stored.id)

    def _authority(
        self, kept: KeptParty, log: Log, now: datetime, *, rotate: bool = False, prerotate: bool = False
    ) -> _Authority:
        """Who signs the next entry: the key committed to, which then commits to another; else the update key."""
        if log.newest.parameters.deactivated:
            raise UsageError("the identifier is deactivated", remedy="Create a new party.")
        if log.newest.parameters.next_key_hashes:
            signer = self._committed(kept, log.newest.parameters.next_key_hashes)
            following = self._commit(kept, KeyPair.generate(Curve.ED25519, self._entropy), now)
            return _Authority(signer, Change(update_keys=(signer.public.multikey,), next_keys=(following,)))
        keys = self._folder.update_keys
        named = [each for each in _update_keys(keys, kept) if each.public in log.newest.parameters.update_keys]
        if not named:
            raise PartyError(f"the update key of party {kept.id} is not here", remedy="Restore it from a backup.")
        signer, change = keys.load(named[0].id, self._lock), Change()
        if rotate:
            fresh = KeyPair.generate(Curve.ED25519, self._entropy)
            self._save(keys, _update_key(kept, fresh, now), fresh)
            change = Change(update_keys=(fresh.public.multikey,))
        if prerotate:
            following = self._commit(kept, KeyPair.generate(Curve.ED25519, self._entropy), now)
            change = replace(change, next_keys=(following,))
        return _Authority(signer, change)

    def _committed(self, kept: KeptParty, hashes: tuple[str, ...]) -> KeyPair:
        """The key that the log has committed to, from its place or from the second place."""
        for store in (self._folder.next_keys, *([self._backup] if self._backup else [])):
            for stored in _update_keys(store, kept):
                if key_hash(stored.public) in hashes:
                    self._folder.next_keys.restore(store.sealed(stored.id))
                    return self._folder.next_keys.load(stored.id, self._lock)
        raise PartyError(
            f"the key that party {kept.id} has committed to is not here",
            remedy="Put its file back into next-keys, or name the folder of its copy with --backup.",
        )

    def _commit(self, kept: KeptParty, pair: KeyPair, now: datetime) -> str:
        """Keep a key durably, in both places, before anything commits to it; its Multikey."""
        stored = _update_key(kept, pair, now)
        self._save(self._folder.next_keys, stored, pair)
        if self._backup is not None:
            self._save(self._backup, stored, pair)
        return pair.public.multikey

    def _save(self, store: KeyStore, stored: StoredKey, pair: KeyPair) -> None:
        store.save(stored, pair, lock=self._lock, entropy=self._entropy)

    def _publish(self, kept: KeptParty, log: Log) -> None:
        self._folder.write_log(kept.id, log.data)
        self._folder.write_document(kept.id, web_document(log.newest.document, log.did))

    def _log(self, kept: KeptParty, now: datetime) -> Log | None:
        data = self._folder.log(kept.id)
        return None if data is None else open_log(data, str(kept.party.did), now=now, approved=False)

    def _document(self, kept: KeptParty, now: datetime) -> dict[str, Any]:
        log = self._log(kept, now)
        document = log.newest.document if log else self._folder.document(kept.id)
        if document is None:
            raise UsageError("a did:key is its key, and cannot change", remedy="Create a new party.")
        if log is not None and log.newest.parameters.deactivated:
            raise UsageError("the identifier is deactivated", remedy="Create a new party.")
        return dict(document)

    def _meant(self, kept: KeptParty, since: datetime, now: datetime, method: str) -> tuple[str, str]:
        """Method id and Multikey of the key that is meant."""
        data, did = self._folder.log(kept.id), str(kept.party.did)
        if data is None:
            documents = [self._folder.document(kept.id) or did_key_document(did)]
        else:
            versions = read_history(data, parse_webvh(did), now=now, witnessed=False).versions
            held = [each for each in versions if each.time <= since] or list(versions[:1])
            documents = [dict(each.document) for each in (versions if method else held[-1:])]
        for document in reversed(documents):
            wanted = _method_id(document, method)
            found = find_method(document, wanted) if wanted else None
            if found is not None and found.key is not None:
                return found.id, found.key.multikey
        raise UsageError(f"{did} had no such key: {method or 'none at that time'}", remedy="Name it by --key.")


def _method_id(document: Mapping[str, Any], method: str) -> str:
    if method:
        return method if method.startswith("did:") else f"{document['id']}#{method.removeprefix('#')}"
    listed = document.get("assertionMethod")
    return str(listed[0]) if isinstance(listed, list) and listed else ""


def _signing_key(kept: KeptParty, key_id: str, pair: KeyPair, now: datetime) -> StoredKey:
    return StoredKey(
        id=key_id,
        did=str(kept.party.did),
        method_id=kept.method_id,
        curve=pair.curve,
        public=pair.public.multikey,
        custody=kept.custody,
        created=now,
    )


def _update_key(kept: KeptParty, pair: KeyPair, now: datetime) -> StoredKey:
    """The description of a key of the log; named after itself, so that no two are ever in each other's way."""
    name = sha256(pair.public.raw).hexdigest()[:12]
    described = _signing_key(kept, f"{kept.id}-update-{name}", pair, now)
    return replace(described, did=did_key(pair.public), method_id=key_method_id(pair.public))


def _update_keys(store: KeyStore, kept: KeptParty) -> list[StoredKey]:
    return [each for each in store.list() if each.id.startswith(f"{kept.id}-update-")]
