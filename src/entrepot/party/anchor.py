"""Trust anchors: who vouches, per economy and role, that a DID belongs to an agency or a registrar.

A list is versioned and, where it comes from somebody else, signed (compact JWS over its JSON). Absence from a list
means *no* only for a role that the list says to name completely; otherwise it means *unknown*.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from entrepot.base.error import UsageError
from entrepot.base.finding import Finding, Severity
from entrepot.base.jsontext import read_json
from entrepot.base.shape import Code, Did, Economy, Length, Name, Range, dump, parse
from entrepot.party.jws import read_jws, verify_jws
from entrepot.party.key import PublicKey

ANCHORS_TYPE = "entrepot-anchors+jwt"
"""``typ`` of a signed list."""


class Standing(StrEnum):
    """Whether a DID is anchored."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One entry: ``did`` holds ``role`` (chamber, carrier, customs ...) from ``since`` until ``until``.

    ``withdrawn``: the list takes it back; ``source``: where the publisher of the list has it from.
    """

    did: Did
    role: Code
    name: Name
    since: datetime
    until: datetime | None = None
    withdrawn: bool = False
    source: Annotated[str, Length(0, 500)] = ""

    def holds(self, at: datetime) -> bool:
        """Whether the entry is in force at that moment."""
        return not self.withdrawn and self.since <= at and (self.until is None or at <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorList:
    """The list of one economy. ``sequence`` grows with each edition; ``complete`` names the roles listed in full.

    ``signer``: Multikey of the key that signed it; None for a local file, which its owner vouches for.
    """

    version: Annotated[int, Range(1, 1)]
    economy: Economy
    sequence: Annotated[int, Range(1, None)]
    issued: datetime
    anchors: Annotated[tuple[Anchor, ...], Length(0, 10_000)]
    complete: Annotated[tuple[Code, ...], Length(0, 100)] = ()
    signer: str | None = None


@dataclass(frozen=True, slots=True)
class Anchors:
    """The lists in use, one or more per economy."""

    lists: tuple[AnchorList, ...]

    def anchored(self, did: str, role: str | None = None, economy: str | None = None, *, at: datetime) -> Standing:
        """Whether ``did`` is anchored for ``role`` in ``economy`` at that moment; None stands for any.

        *No* where a list withdraws it, or names the role completely without it; *unknown* where no list speaks.
        """
        asked = [each for each in self.lists if economy in (None, each.economy)]
        entries = [entry for each in asked for entry in each.anchors if entry.did == did and role in (None, entry.role)]
        if any(each.holds(at) for each in entries):
            return Standing.YES
        if entries or (role is not None and any(role in each.complete for each in asked)):
            return Standing.NO
        return Standing.UNKNOWN


def read_anchors(data: bytes, *, signers: Iterable[PublicKey] = ()) -> tuple[AnchorList | None, tuple[Finding, ...]]:
    """The list that ``data`` writes: TOML or JSON of the operator's own, or a compact JWS by one of ``signers``."""
    jws = read_jws(data.decode("ascii", "replace").strip())
    if jws is None:
        return _parse(_table(data))
    key = next((each for each in signers if jws.header.get("typ") == ANCHORS_TYPE and verify_jws(jws, each)), None)
    if key is None:
        return None, (_finding(2, "The list is signed by nobody who was named as its signer."),)
    listed, findings = _parse(read_json(jws.payload)[0])
    return (None if listed is None else replace(listed, signer=key.multikey)), findings


def _table(data: bytes) -> Any:
    value, findings = read_json(data)
    if not findings:
        return value
    try:
        return dump(tomllib.loads(data.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, UsageError):
        return None


def _parse(value: Any) -> tuple[AnchorList | None, tuple[Finding, ...]]:
    if value is None:
        return None, (_finding(1, "The list is neither TOML nor JSON."),)
    if isinstance(value, dict) and "signer" in value:
        return None, (_finding(3, "A list does not name its own signer."),)
    return parse(AnchorList, value)


def _finding(number: int, message: str) -> Finding:
    return Finding(
        id=f"ENT-CORE-ANCHOR-{number:02d}",
        severity=Severity.BLOCKING,
        message=message,
        source="Entrepot anchor list, version 1",
        remedy="Give the list as its publisher issued it.",
    )
