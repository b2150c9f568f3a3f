"""The parameters of a log: what an entry may state, and what is in force after it.

did:webvh 1.0, "did:webvh DID Method Parameters" and "The witness Parameter".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from entrepot.party._webvh10.fault import Refused

METHOD = "did:webvh:1.0"
ITEMS_MAX = 100
"""Keys, hashes, witnesses or watchers in one list."""
_TTL_MAX = 2**31
_HASH = re.compile(r"[1-9A-HJ-NP-Za-km-z]{1,200}")
_MULTIKEY = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{20,400}")
_ED25519 = re.compile(r"z6Mk[1-9A-HJ-NP-Za-km-z]{44}")
"""Every Ed25519 Multikey has this form."""


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Who must approve an entry: ``threshold`` of ``dids`` (did:key, each once)."""

    threshold: int
    dids: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As it stands in the parameters."""
        return {"threshold": self.threshold, "witnesses": [{"id": each} for each in self.dids]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What is in force after an entry. ``update_keys``: Multikeys; ``next_key_hashes`` not empty: keys are committed
    to; ``ttl_s``: how long a resolver may keep the document, in seconds."""

    scid: str
    update_keys: tuple[str, ...]
    next_key_hashes: tuple[str, ...] = ()
    witnesses: Witnesses | None = None
    watchers: tuple[str, ...] = ()
    portable: bool = False
    deactivated: bool = False
    ttl_s: int = 3600


def first_parameters(stated: Mapping[str, Any]) -> Parameters:
    """What the first entry puts in force. Raises :class:`Refused`."""
    if stated.get("method") != METHOD:
        raise Refused("webvh-method-version", 1, what=stated.get("method"))
    scid, keys = stated.get("scid"), stated.get("updateKeys")
    if not isinstance(scid, str):
        raise Refused("webvh-parameter-form", 1, what="scid")
    if not keys:
        raise Refused("webvh-parameter-form", 1, what="updateKeys")
    portable = _flag(stated, "portable", 1, default=False)
    return _applied(Parameters(scid=scid, update_keys=(), portable=portable), stated, 1)


def next_parameters(before: Parameters, stated: Mapping[str, Any], number: int) -> Parameters:
    """What is in force after entry ``number``, which follows ``before``. Raises :class:`Refused`."""
    if before.deactivated:
        raise Refused("webvh-after-deactivation", number)
    if stated.get("method", METHOD) != METHOD:
        raise Refused("webvh-method-version", number, what=stated.get("method"))
    if "scid" in stated:
        raise Refused("webvh-scid-repeated", number)
    if before.next_key_hashes:
        if not stated.get("updateKeys"):
            raise Refused("webvh-prerotation-keys", number)
        if stated.get("nextKeyHashes") is None:
            raise Refused("webvh-prerotation-next", number)
    portable = _flag(stated, "portable", number, default=before.portable)
    if portable and not before.portable:
        raise Refused("webvh-portable-late", number)
    return _applied(replace(before, portable=portable), stated, number)


def _applied(base: Parameters, stated: Mapping[str, Any], number: int) -> Parameters:
    for name in stated:
        if name not in _READERS and name not in ("method", "scid", "portable"):
            raise Refused("webvh-parameter-unknown", number, what=name)
    changes = {field: read(stated, number) for name, (field, read) in _READERS.items() if name in stated}
    return replace(base, **changes)


def _flag(stated: Mapping[str, Any], name: str, number: int, *, default: bool) -> bool:
    value = stated.get(name, default)
    # Early programs wrote null for the default; the method asks to take it as such.
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Refused("webvh-parameter-form", number, what=name)
    return value


def _texts(stated: Mapping[str, Any], name: str, number: int) -> tuple[str, ...]:
    value = stated[name]
    listed = [] if value is None else value
    if not isinstance(listed, list) or len(listed) > ITEMS_MAX or not all(isinstance(each, str) for each in listed):
        raise Refused("webvh-parameter-form", number, what=name)
    if len(set(listed)) != len(listed):
        raise Refused("webvh-parameter-form", number, what=name)
    return tuple(listed)


def _update_keys(stated: Mapping[str, Any], number: int) -> tuple[str, ...]:
    """Multikeys by their form: whether one is a good key is asked when it signs, for that takes time."""
    keys = _texts(stated, "updateKeys", number)
    if not all(_MULTIKEY.fullmatch(each) for each in keys):
        raise Refused("webvh-parameter-form", number, what="updateKeys")
    return keys


def _next_key_hashes(stated: Mapping[str, Any], number: int) -> tuple[str, ...]:
    hashes = _texts(stated, "nextKeyHashes", number)
    if not all(_HASH.fullmatch(each) for each in hashes):
        raise Refused("webvh-parameter-form", number, what="nextKeyHashes")
    return hashes


def _ttl_s(stated: Mapping[str, Any], number: int) -> int:
    value = 3600 if stated["ttl"] is None else stated["ttl"]
    if type(value) is not int or not 0 <= value <= _TTL_MAX:
        raise Refused("webvh-parameter-form", number, what="ttl")
    return value


def _witnesses(stated: Mapping[str, Any], number: int) -> Witnesses | None:
    value = stated["witness"]
    if value is None or value == {}:
        return None
    listed = value.get("witnesses") if isinstance(value, dict) else None
    threshold = value.get("threshold") if isinstance(value, dict) else None
    if type(threshold) is not int or not isinstance(listed, list) or len(listed) > ITEMS_MAX:
        raise Refused("webvh-witness-form", number, what="witness has no threshold, or no list of witnesses")
    if not 1 <= threshold <= len(listed):
        raise Refused("webvh-witness-threshold", number, what=threshold)
    dids = tuple(_witness(each, number) for each in listed)
    for place, each in enumerate(dids):
        if each in dids[:place]:
            raise Refused("webvh-witness-duplicate", number, what=each)
    return Witnesses(threshold, dids)


def _witness(entry: Any, number: int) -> str:
    """The did:key of a listed witness; a bare Multikey, as one other program writes it, names the same key."""
    named = entry.get("id") if isinstance(entry, dict) else None
    key = named.removeprefix("did:key:") if isinstance(named, str) else ""
    if not _ED25519.fullmatch(key):
        raise Refused("webvh-witness-form", number, what="a witness is not the did:key of an Ed25519 key")
    return f"did:key:{key}"


_READERS: dict[str, tuple[str, Any]] = {
    "updateKeys": ("update_keys", _update_keys),
    "nextKeyHashes": ("next_key_hashes", _next_key_hashes),
    "witness": ("witnesses", _witnesses),
    "watchers": ("watchers", lambda stated, number: _texts(stated, "watchers", number)),
    "deactivated": ("deactivated", lambda stated, number: _flag(stated, "deactivated", number, default=False)),
    "ttl": ("ttl_s", _ttl_s),
}
