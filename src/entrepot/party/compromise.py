"""Marks of compromised keys: since when a key may have been in other hands.

A mark is kept in a file of its own beside what is published. Whoever resolves with it sees the method out of force
since then, in every version of the document, whatever the log says: what was signed under it later needs evidence, and
what was signed before needs evidence that it was (Controlled Identifiers 1.0, ``revoked``).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from entrepot.base.jsontext import JsonLimits, read_json
from entrepot.base.moment import EPOCH, format_moment, parse_moment
from entrepot.base.shape import Did, Length, dump, parse
from entrepot.party.did import PURPOSES
from entrepot.party.error import PartyError

_LIMITS = JsonLimits(bytes_max=256 * 1024, depth_max=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """``key`` (Multikey) of ``method`` (DID URL) is not to be relied on from ``since`` on; ``stated``: when that was
    said."""

    method: Annotated[str, Length(8, 600)]
    key: Annotated[str, Length(10, 400)]
    since: datetime
    stated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The marks of one identifier's keys: what the file holds."""

    version: Literal[1] = 1
    did: Did
    marks: Annotated[tuple[Mark, ...], Length(0, 1000)] = ()

    def adding(self, mark: Mark) -> "Marks":
        """With one more mark; of two for one key the earlier moment counts."""
        same = [each for each in self.marks if (each.method, each.key) == (mark.method, mark.key)]
        if same and same[0].since <= mark.since:
            return self
        return Marks(did=self.did, marks=(*(each for each in self.marks if each not in same), mark))

    def to_bytes(self) -> bytes:
        """The file."""
        return json.dumps(dump(self), indent=2, ensure_ascii=False).encode() + b"\n"


def read_marks(data: bytes) -> Marks:
    """The marks that a file holds. Raises :class:`PartyError` where it is none."""
    value, findings = read_json(data, _LIMITS)
    marks, more = parse(Marks, value) if not findings else (None, findings)
    if marks is None:
        raise PartyError(f"not a file of compromised keys: {more[0].path} {more[0].text}", remedy="Restore it.")
    return marks


def revoked_in(document: Mapping[str, Any]) -> dict[str, datetime]:
    """Method id -> ``revoked``, of the methods that a document itself says to be revoked."""
    stated = [(str(each.get("id")), _revoked(each)) for each in _methods(document)]
    return {method: moment for method, moment in stated if moment is not None}


def out_of_force(
    document: Mapping[str, Any], since: Mapping[str, datetime], marks: Sequence[Mark] = ()
) -> dict[str, Any]:
    """``document`` with ``revoked`` on each method that is out of force: by its id, or because its key is marked."""
    named = [(each.method, each.since) for each in marks] + [(each.key, each.since) for each in marks]
    earliest, base = dict[str, datetime](), str(document.get("id"))
    for name, moment in (*since.items(), *named):
        earliest[name] = min(moment, earliest.get(name, moment))

    def marked(entry: Any) -> Any:
        if not isinstance(entry, Mapping):
            return entry
        stated = str(entry.get("id"))
        whole = base + stated if stated.startswith("#") else stated
        names = (stated, whole, str(entry.get("publicKeyMultibase")))
        moments = [earliest[each] for each in names if each in earliest]
        own = _revoked(entry)
        moments += [own] if own is not None else []
        return {**entry, "revoked": format_moment(min(moments))} if moments else entry

    changed = {
        name: [marked(each) for each in document[name]]
        for name in ("verificationMethod", *PURPOSES)
        if isinstance(document.get(name), list)
    }
    return {**document, **changed}


def _revoked(entry: Mapping[str, Any]) -> datetime | None:
    """When a method was revoked, as it says itself; from the beginning where it says so unreadably."""
    if "revoked" not in entry:
        return None
    try:
        return parse_moment(entry["revoked"])
    except (ValueError, TypeError):
        return EPOCH


def _methods(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = [document.get(name) for name in ("verificationMethod", *PURPOSES)]
    return [each for some in listed if isinstance(some, list) for each in some if isinstance(each, Mapping)]
