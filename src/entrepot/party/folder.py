"""The parties that a machine keeps: for each its description, its sealed key, and the DID document to publish.

Files under ``DATA``: ``party/<id>.party.json``; to be published ``party/<id>.did.json`` (did:web) and
``party/<id>.did.jsonl`` with ``party/<id>.did-witness.json`` (did:webvh); ``party/<id>.compromised.json``, marks of
compromised keys; ``keys/<id>.key.json`` for keys that the node holds, ``own-keys/<id>.key.json`` for those that it
cannot open; ``update-keys/`` for keys that sign entries of a log; ``next-keys/`` for keys that are not in use yet.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

from entrepot.base.error import UsageError
from entrepot.base.jsontext import read_json
from entrepot.base.shape import Length, Pattern, dump, parse
from entrepot.party.compromise import Marks, read_marks
from entrepot.party.did import did_key, did_key_document, did_web, document_of, find_method, key_method_id
from entrepot.party.error import PartyError
from entrepot.party.key import Curve, Entropy, KeyPair
from entrepot.party.keystore import Custody, KeyStore, Lock, StoredKey, write_durably
from entrepot.party.party import Party

WEB_FRAGMENT = "key-1"
"""Fragment of the first verification method of a did:web."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptParty:
    """A party with a key on this machine. ``id`` follows from the DID; ``method_id`` is what its proofs name."""

    version: Literal[1] = 1
    id: Annotated[str, Pattern("p[0-9a-f]{12}")]
    party: Party
    method_id: Annotated[str, Length(8, 600)]
    custody: Custody
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewParty:
    """What is wanted: ``domain`` and ``path`` make a did:web, without them the party becomes a did:key."""

    party: Party
    domain: str = ""
    path: tuple[str, ...] = ()
    curve: Curve = Curve.ED25519
    custody: Custody = Custody.HELD


class PartyFolder:
    """The parties under one data directory."""

    def __init__(self, data: Path) -> None:
        self._directory = data / "party"
        self._keys = {Custody.HELD: KeyStore(data / "keys"), Custody.OWN: KeyStore(data / "own-keys")}
        self.update_keys, self.next_keys = KeyStore(data / "update-keys"), KeyStore(data / "next-keys")

    def create(self, wanted: NewParty, *, lock: Lock, now: datetime, entropy: Entropy) -> KeptParty:
        """A new party with a new key. Raises ``KeyFormError`` for a domain that makes no did:web."""
        pair = KeyPair.generate(wanted.curve, entropy)
        did, method_id = did_key(pair.public), key_method_id(pair.public)
        if wanted.domain:
            host, _, port = wanted.domain.partition(":")
            did = did_web(host, *wanted.path, port=int(port) if port.isdigit() else None)
            method_id = f"{did}#{WEB_FRAGMENT}"
        return self._keep(wanted, pair, _named(wanted.party, did), method_id, (lock, now, entropy))

    def _keep(
        self, wanted: NewParty, pair: KeyPair, party: Party, method_id: str, given: tuple[Lock, datetime, Entropy]
    ) -> KeptParty:
        lock, now, entropy = given
        did = str(party.did)
        kept = KeptParty(id=party_id(did), party=party, method_id=method_id, custody=wanted.custody, created=now)
        stored = StoredKey(
            id=kept.id,
            did=did,
            method_id=method_id,
            curve=pair.curve,
            public=pair.public.multikey,
            custody=wanted.custody,
            created=now,
        )
        self.keys(wanted.custody).save(stored, pair, lock=lock, entropy=entropy)
        if wanted.domain:
            self.write_document(kept.id, document_of(did, {WEB_FRAGMENT: pair.public}))
        self.write(kept)
        return kept

    def write(self, kept: KeptParty) -> None:
        """Keep the description of a party, in place of an older one."""
        write_durably(self._path(kept.id), _json(dump(kept)), replace=True)

    def write_document(self, party_id: str, document: Mapping[str, Any]) -> None:
        """Put a DID document where it is published from."""
        write_durably(self.document_path(party_id), _json(document), replace=True)

    def write_log(self, party_id: str, log: bytes) -> None:
        """Put a log where it is published from."""
        write_durably(self.log_path(party_id), log, replace=True)

    def write_witness(self, party_id: str, proofs: bytes) -> None:
        """Put witness proofs where they are published from."""
        write_durably(self.witness_path(party_id), proofs, replace=True)

    def write_marks(self, party_id: str, marks: Marks) -> None:
        """Keep the marks of a party's compromised keys."""
        write_durably(self.marks_path(party_id), marks.to_bytes(), replace=True)

    def document(self, party_id: str) -> dict[str, Any] | None:
        """The DID document as it is published, None where there is none."""
        data = _read(self.document_path(party_id))
        value, _ = read_json(data) if data is not None else (None, ())
        return value if isinstance(value, dict) else None

    def log(self, party_id: str) -> bytes | None:
        """The log of a did:webvh, None for other parties."""
        return _read(self.log_path(party_id))

    def witness(self, party_id: str) -> bytes | None:
        """The witness proofs beside the log, None where there are none."""
        return _read(self.witness_path(party_id))

    def marks(self, kept: KeptParty) -> Marks:
        """The marks of a party's compromised keys."""
        data = _read(self.marks_path(kept.id))
        return read_marks(data) if data is not None else Marks(did=str(kept.party.did))

    def show(self, party_id: str) -> KeptParty:
        """The party of that id. Raises :class:`PartyError` where there is none, or its file is damaged."""
        path = self._path(party_id)
        if not self.has(party_id):
            raise PartyError(f"there is no party {party_id[:60]!r}", remedy="List them with: entrepot party list")
        value, _ = read_json(path.read_bytes())
        kept, findings = parse(KeptParty, value)
        if kept is None:
            raise PartyError(f"{path} is damaged: {findings[0].path} {findings[0].text}", remedy="Restore it.")
        return kept

    def list(self) -> tuple[KeptParty, ...]:
        """All parties, by id."""
        return tuple(self.show(each.name.split(".")[0]) for each in sorted(self._directory.glob("*.party.json")))

    def has(self, party_id: str) -> bool:
        """Whether there is a party of that id."""
        return "/" not in party_id and self._path(party_id).is_file()

    def keys(self, custody: Custody) -> KeyStore:
        """The key files of that custody."""
        return self._keys[custody]

    def signing_key(self, kept: KeptParty, lock: Lock) -> KeyPair:
        """The key with which a party signs what others shall verify. Raises :class:`UsageError` where nobody would
        believe it: the identifier lists it no more (it is deactivated), or it is marked as compromised."""
        reason = self._out_of_force(kept)
        if reason:
            remedy = "Give it a new key (entrepot party rotate), or create a new party."
            raise UsageError(reason, remedy=remedy, code="key-out-of-force")
        return self._keys[kept.custody].load(kept.id, lock)

    def _out_of_force(self, kept: KeptParty) -> str:
        log = self.log(kept.id)
        document = json.loads(log.strip().splitlines()[-1])["state"] if log else self.document(kept.id)
        if document is None:
            document = did_key_document(str(kept.party.did))  # a did:key is its document
        listed = find_method(document, kept.method_id, "assertionMethod")
        if listed is None:
            return f"{kept.party.did} does not list the key any more: whoever verifies would refuse what it signs"
        key = listed.key.multikey if listed.key is not None else ""
        marked = any(each.key == key for each in self.marks(kept).marks)
        return f"the key {kept.method_id} is marked as compromised" if marked else ""

    def document_path(self, party_id: str) -> Path:
        """Where the DID document of a did:web lies, ready to be published."""
        return self._directory / f"{party_id}.did.json"

    def log_path(self, party_id: str) -> Path:
        """Where the log of a did:webvh lies, ready to be published."""
        return self._directory / f"{party_id}.did.jsonl"

    def witness_path(self, party_id: str) -> Path:
        """Where the witness proofs of a did:webvh lie, ready to be published."""
        return self._directory / f"{party_id}.did-witness.json"

    def marks_path(self, party_id: str) -> Path:
        """Where the marks of compromised keys lie; they are not published from here."""
        return self._directory / f"{party_id}.compromised.json"

    def _path(self, party_id: str) -> Path:
        return self._directory / f"{party_id}.party.json"


def party_id(did: str) -> str:
    """The local id of a party: ``p`` and twelve hexadecimal digits that follow from its DID."""
    return "p" + sha256(did.encode()).hexdigest()[:12]


def _named(party: Party, did: str) -> Party:
    from dataclasses import replace

    return replace(party, did=did)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"
