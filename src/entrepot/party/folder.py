"""The parties that a machine keeps: for each its description, its sealed key, and the DID document to publish.

Files under ``DATA``: ``party/<id>.party.json``, ``party/<id>.did.json`` (did:web only), ``keys/<id>.key.json`` for
keys that the node holds, ``own-keys/<id>.key.json`` for those that it cannot open.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

from entrepot.base.jsontext import read_json
from entrepot.base.shape import Length, Pattern, dump, parse
from entrepot.party.did import did_key, did_web, document_of, key_method_id
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
            write_durably(self.document_path(kept.id), _json(document_of(did, {WEB_FRAGMENT: pair.public})))
        write_durably(self._path(kept.id), _json(dump(kept)))
        return kept

    def show(self, party_id: str) -> KeptParty:
        """The party of that id. Raises :class:`PartyError` where there is none, or its file is damaged."""
        path = self._path(party_id)
        if "/" in party_id or not path.is_file():
            raise PartyError(f"there is no party {party_id[:60]!r}", remedy="List them with: entrepot party list")
        value, _ = read_json(path.read_bytes())
        kept, findings = parse(KeptParty, value)
        if kept is None:
            raise PartyError(f"{path} is damaged: {findings[0].path} {findings[0].text}", remedy="Restore it.")
        return kept

    def list(self) -> tuple[KeptParty, ...]:
        """All parties, by id."""
        return tuple(self.show(each.name.split(".")[0]) for each in sorted(self._directory.glob("*.party.json")))

    def keys(self, custody: Custody) -> KeyStore:
        """The key files of that custody."""
        return self._keys[custody]

    def document_path(self, party_id: str) -> Path:
        """Where the DID document of a did:web lies, ready to be published."""
        return self._directory / f"{party_id}.did.json"

    def _path(self, party_id: str) -> Path:
        return self._directory / f"{party_id}.party.json"


def party_id(did: str) -> str:
    """The local id of a party: ``p`` and twelve hexadecimal digits that follow from its DID."""
    return "p" + sha256(did.encode()).hexdigest()[:12]


def _named(party: Party, did: str) -> Party:
    from dataclasses import replace

    return replace(party, did=did)


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"
