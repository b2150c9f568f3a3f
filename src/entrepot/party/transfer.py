"""A kept party as one file: for a backup, and to take it to another machine.

The file holds what is published, the marks of compromised keys, and the key files, which stay sealed: under the lock of
the folder they come from, or, for another machine, under a passphrase.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from entrepot.base.error import UsageError
from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.shape import dump, parse
from entrepot.party.compromise import read_marks
from entrepot.party.error import PartyError
from entrepot.party.folder import KeptParty, PartyFolder
from entrepot.party.key import Entropy
from entrepot.party.keystore import KeyStore, Lock, reseal

FORMAT = "entrepot-party"
VERSION = 1
LIMITS = JsonLimits(bytes_max=8 << 20, depth_max=24)


@dataclass(frozen=True, slots=True)
class Relock:
    """Seals keys anew on the way: ``old`` opens them, ``new`` locks them."""

    old: Lock
    new: Lock
    entropy: Entropy


def export_party(folder: PartyFolder, kept: KeptParty, relock: Relock | None = None) -> bytes:
    """The file. With ``relock`` keys are sealed under its new lock; without, they stay sealed as they are."""
    keys = {}
    for place, store in _stores(folder, kept).items():
        for stored in store.list():
            if stored.id == kept.id or stored.id.startswith(f"{kept.id}-"):
                keys[f"{place}/{stored.id}"] = _resealed(store.sealed(stored.id), relock)
    log, witness = folder.log(kept.id), folder.witness(kept.id)
    marks = folder.marks(kept)
    value = {
        "format": FORMAT,
        "version": VERSION,
        "party": dump(kept),
        "document": folder.document(kept.id),
        "log": None if log is None else log.decode(),
        "witness": None if witness is None else witness.decode(),
        "compromised": dump(marks) if marks.marks else None,
        "keys": keys,
    }
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def import_party(folder: PartyFolder, data: bytes, *, lock: Lock, relock: Relock | None = None) -> KeptParty:
    """Keep the party that the file holds. Its keys must open with ``lock``, after ``relock`` where that is given.

    Raises :class:`PartyError` where the file is damaged, :class:`UsageError` where the party is here already.
    """
    value, kept = _taken_apart(data)
    if folder.has(kept.id):
        raise UsageError(f"party {kept.id} is here already")
    keys = {name: _resealed(each, relock) for name, each in value["keys"].items()}
    _restore_keys(folder, kept, keys, lock)
    log, witness = value.get("log"), value.get("witness")
    if log is not None:
        folder.write_log(kept.id, log.encode())
    if witness is not None:
        folder.write_witness(kept.id, witness.encode())
    if isinstance(value.get("document"), dict):
        folder.write_document(kept.id, value["document"])
    if value.get("compromised") is not None:
        folder.write_marks(kept.id, read_marks(json.dumps(value["compromised"]).encode()))
    folder.write(kept)
    return kept


def party_in(data: bytes) -> KeptParty:
    """The party that an exported file holds. Raises :class:`PartyError`."""
    return _taken_apart(data)[1]


def _taken_apart(data: bytes) -> tuple[dict[str, Any], KeptParty]:
    value, findings = read_json(data, LIMITS)
    if findings or not isinstance(value, dict) or (value.get("format"), value.get("version")) != (FORMAT, VERSION):
        raise PartyError("not a file that this program exported", remedy="Give a file of: entrepot party export")
    kept, wrong = parse(KeptParty, value.get("party"))
    texts = [value.get(name) for name in ("log", "witness")]
    whole = isinstance(value.get("keys"), dict) and all(each is None or isinstance(each, str) for each in texts)
    if kept is None or not whole:
        raise PartyError(f"the exported file is damaged{f': {wrong[0].text}' if wrong else ''}", remedy="Export again.")
    return value, kept


def _restore_keys(folder: PartyFolder, kept: KeptParty, keys: Mapping[str, Any], lock: Lock) -> None:
    stores = _stores(folder, kept)
    for name, sealed in keys.items():
        place, _, key_id = name.partition("/")
        if place not in stores or not (key_id == kept.id or key_id.startswith(f"{kept.id}-")):
            raise PartyError(f"the exported file holds a key of somebody else: {name[:80]}", remedy="Export again.")
        if stores[place].restore(sealed) != key_id:
            raise PartyError(f"the exported file holds a key under another name: {name[:80]}", remedy="Export again.")
        stores[place].load(key_id, lock)


def _stores(folder: PartyFolder, kept: KeptParty) -> dict[str, KeyStore]:
    return {
        "keys": folder.keys(kept.custody),
        "update-keys": folder.update_keys,
        "next-keys": folder.next_keys,
    }


def _resealed(sealed: Any, relock: Relock | None) -> Any:
    if relock is None:
        return sealed
    if not isinstance(sealed, dict):
        raise PartyError("the exported file holds something else in place of a key", remedy="Export again.")
    return reseal(sealed, lock=relock.old, to=relock.new, entropy=relock.entropy)
