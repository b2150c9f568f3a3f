"""A DID document in its next version: with a new key, under a new name, without keys."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from entrepot.base.moment import format_moment
from entrepot.party._webvh10.address import WebvhDid
from entrepot.party.compromise import Mark
from entrepot.party.did import PURPOSES, did_of
from entrepot.party.key import PublicKey

_NUMBERED = re.compile(r".*#key-([0-9]{1,6})")


def rotated(document: Mapping[str, Any], key: PublicKey, marks: Sequence[Mark]) -> tuple[dict[str, Any], str]:
    """``document`` with ``key`` for every purpose in place of its keys, and the id of the new method.

    Keys that are marked as compromised are described, for no purpose and with ``revoked``, so that everybody learns of
    it; others leave: the history remembers them. Numbers of methods are not used twice.
    """
    did, described = str(document["id"]), _methods(document)
    marked = [_revoked(each) for each in marks]
    named = {(each["id"], each["publicKeyMultibase"]) for each in marked}
    before = [
        dict(each)
        for each in described
        if "revoked" in each and (each.get("id"), each.get("publicKeyMultibase")) not in named
    ]
    numbers = [int(found[1]) for each in described if (found := _NUMBERED.fullmatch(str(each.get("id"))))]
    method_id = f"{did}#key-{max(numbers, default=0) + 1}"
    new = {"id": method_id, "type": "Multikey", "controller": did, "publicKeyMultibase": key.multikey}
    purposes = {purpose: [method_id] for purpose in PURPOSES}
    return {**document, "verificationMethod": [new, *marked, *before], **purposes}, method_id


def moved(document: Mapping[str, Any], old: WebvhDid, new: WebvhDid) -> dict[str, Any]:
    """``document`` under its new name; ``alsoKnownAs`` names the old one and the did:web of the new place."""
    stated = document.get("alsoKnownAs")
    aliases = [new.web if each == old.web else each for each in (stated if isinstance(stated, list) else [])]
    renamed: dict[str, Any] = _renamed({**document, "alsoKnownAs": []}, old.text, new.text)
    return {**renamed, "alsoKnownAs": list(dict.fromkeys([*aliases, old.text]))}


def unkeyed(document: Mapping[str, Any]) -> dict[str, Any]:
    """``document`` without any key but those that it says to be revoked."""
    revoked = [dict(each) for each in _methods(document) if "revoked" in each]
    return {**document, "verificationMethod": revoked, **{purpose: [] for purpose in PURPOSES}}


def _revoked(mark: Mark) -> dict[str, Any]:
    return {
        "id": mark.method,
        "type": "Multikey",
        "controller": did_of(mark.method),
        "publicKeyMultibase": mark.key,
        "revoked": format_moment(mark.since),
    }


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _renamed(each, old, new) for name, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, old, new) for each in value]
    if isinstance(value, str) and (value == old or value.startswith((f"{old}#", f"{old}?", f"{old}/"))):
        return new + value.removeprefix(old)
    return value


def _methods(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = document.get("verificationMethod")
    return [each for each in (listed if isinstance(listed, list) else []) if isinstance(each, Mapping)]
