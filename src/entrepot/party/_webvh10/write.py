"""Writing a log: the first entry with its SCID, and the entries after it. Nothing is written that would not resolve.

did:webvh 1.0, "Create (Register)", "Update (Rotate)", "Deactivate (Revoke)", "DID Portability", "Pre-Rotation".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entrepot.base.error import UsageError
from entrepot.base.moment import format_moment
from entrepot.party._webvh10.address import WebvhDid, parse_webvh
from entrepot.party._webvh10.entry import PLACEHOLDER, entry_hash, key_hash, proved, scid_of
from entrepot.party._webvh10.fault import Fault, Refused
from entrepot.party._webvh10.history import Version, read_history
from entrepot.party._webvh10.parameter import METHOD, Witnesses
from entrepot.party.jws import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an entry changes; None leaves as it is. ``update_keys``: Multikeys; ``next_keys``: Multikeys committed to
    (an empty tuple ends pre-rotation); ``witnesses``: False ends witnessing; ``portable`` counts in the first entry."""

    update_keys: tuple[str, ...] | None = None
    next_keys: tuple[str, ...] | None = None
    witnesses: Witnesses | bool | None = None
    watchers: tuple[str, ...] | None = None
    portable: bool = False
    deactivated: bool = False
    ttl_s: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As the entry's parameters."""
        stated: dict[str, Any] = {}
        if self.update_keys is not None:
            stated["updateKeys"] = list(self.update_keys)
        if self.next_keys is not None:
            stated["nextKeyHashes"] = [key_hash(each) for each in self.next_keys]
        if self.witnesses is not None:
            stated["witness"] = self.witnesses.to_json() if isinstance(self.witnesses, Witnesses) else {}
        if self.watchers is not None:
            stated["watchers"] = list(self.watchers)
        if self.ttl_s is not None:
            stated["ttl"] = self.ttl_s
        flags = {"portable": self.portable, "deactivated": self.deactivated}
        return stated | {name: True for name, value in flags.items() if value}


@dataclass(frozen=True, slots=True)
class Log:
    """A log that was checked from its first entry to its last: its bytes, its identifier, its newest version."""

    data: bytes
    did: WebvhDid
    newest: Version


def create_log(state: Mapping[str, Any], change: Change, *, signer: Signer, now: datetime) -> Log:
    """A new log. In ``state`` (the document) ``{SCID}`` stands wherever the SCID belongs, first of all in its ``id``.

    Raises :class:`UsageError` where no log comes of it that resolves.
    """
    parameters = {"method": METHOD, "scid": PLACEHOLDER, **change.to_json()}
    draft: dict[str, Any] = {
        "versionId": PLACEHOLDER,
        "versionTime": format_moment(now),
        "parameters": parameters,
        "state": dict(state),
    }
    scid = scid_of(draft, PLACEHOLDER)
    entry: dict[str, Any] = json.loads(json.dumps(draft).replace(PLACEHOLDER, scid))
    entry["versionId"] = f"1-{entry_hash(entry, scid)}"
    entry["proof"] = [proved(entry, signer, now)]
    return open_log(_line(entry), str(entry["state"].get("id")), now=now, approved=False)


def append_entry(log: Log, state: Mapping[str, Any], change: Change, *, signer: Signer, now: datetime) -> Log:
    """``log`` with one more entry. Raises :class:`UsageError` where it would not resolve: a key that may not sign, a
    moment that is not after the newest entry's, a move of what is not portable, and so on."""
    entry: dict[str, Any] = {
        "versionId": log.newest.id,
        "versionTime": format_moment(now),
        "parameters": change.to_json(),
        "state": dict(state),
    }
    entry["versionId"] = f"{log.newest.number + 1}-{entry_hash(entry, log.newest.id)}"
    entry["proof"] = [proved(entry, signer, now)]
    return open_log(log.data + _line(entry), str(state.get("id")), now=now, approved=False)


def open_log(data: bytes, did: str, *, now: datetime, witness: bytes | None = None, approved: bool = True) -> Log:
    """A log of one's own, to be continued. ``approved``: whether its witnesses must have approved it by now.

    Raises :class:`UsageError` where it does not resolve.
    """
    try:
        asked = parse_webvh(did)
    except Refused as refused:
        raise _unusable(refused.fault) from None
    history = read_history(data, asked, witness=lambda: witness, now=now, witnessed=approved)
    newest = history.newest()
    if isinstance(newest, Fault):
        raise _unusable(newest)
    return Log(data, newest.did, newest)


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _unusable(fault: Fault) -> UsageError:
    return UsageError(f"no log comes of it that resolves: {fault.reason}", code=fault.code)
