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
REGISTRAR = "registrar"
"""The role of whoever keeps a register of businesses."""
SCHEMES = "https://entrepot.example/ns/scheme/"
"""Where the URIs of the schemes in the economies' files begin. They name, and lead nowhere."""


class Standing(StrEnum):
    """Whether a DID is anchored."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One entry: ``did`` holds ``role`` (chamber, carrier, customs ...) from ``since`` until ``until``.

    ``withdrawn``: the list takes it back; ``source``: where the publisher of the list has it from. ``schemes``: URIs
    of the identifier schemes for which a registrar is anchored; none stands for those of the list's own economy.
    """

    did: Did
    role: Code
    name: Name
    since: datetime
    until: datetime | None = None
    withdrawn: bool = False
    source: Annotated[str, Length(0, 500)] = ""
    schemes: Annotated[tuple[Annotated[str, Length(1, 500)], ...], Length(0, 100)] = ()

    def holds(self, at: datetime) -> bool:
        """Whether the entry is in force at that moment."""
        return not self.withdrawn and self.since <= at and (self.until is None or at <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorList:
    """The list of one economy. ``sequence`` grows with each edition; ``complete`` names the roles listed in full.

    ``next_update``: when the next edition is there at the latest; after that this one vouches for nobody any more.
    ``signer``: Multikey of the key that signed it; None for a local file, which its owner vouches for.
    """

    version: Annotated[int, Range(1, 1)]
    economy: Economy
    sequence: Annotated[int, Range(1, None)]
    issued: datetime
    anchors: Annotated[tuple[Anchor, ...], Length(0, 10_000)]
    complete: Annotated[tuple[Code, ...], Length(0, 100)] = ()
    next_update: datetime | None = None
    signer: str | None = None

    def is_overdue(self, at: datetime) -> bool:
        """Whether the next edition should be there at that moment."""
        return self.next_update is not None and at > self.next_update


@dataclass(frozen=True, slots=True)
class Anchors:
    """The lists in use, one or more per economy; ``refused``: why others that were given are not relied on."""

    lists: tuple[AnchorList, ...]
    refused: tuple[Finding, ...] = ()

    def anchored(self, did: str, role: str | None = None, economy: str | None = None, *, at: datetime) -> Standing:
        """Whether ``did`` is anchored for ``role`` in ``economy`` at that moment; None stands for any.

        *No* where a list withdraws it, or names the role completely without it; *unknown* where no list speaks. A
        list that is overdue can still take back, but no longer vouch.
        """
        asked = [each for each in self.lists if economy in (None, each.economy)]
        entries = [(entry, each) for each in asked for entry in each.anchors if _is_meant(entry, did, role)]
        holding = [each for entry, each in entries if entry.holds(at)]
        if any(not each.is_overdue(at) for each in holding):
            return Standing.YES
        if holding:
            return Standing.UNKNOWN
        if entries or (role is not None and any(role in each.complete and not each.is_overdue(at) for each in asked)):
            return Standing.NO
        return Standing.UNKNOWN

    def overdue(self, did: str, role: str | None = None, *, at: datetime) -> AnchorList | None:
        """A list that would vouch for ``did``, were its next edition not due."""
        speaking = (each for each in self.lists for entry in each.anchors if _is_meant(entry, did, role))
        return next((each for each in speaking if each.is_overdue(at)), None)

    def registrar_of(self, did: str, scheme: str, *, at: datetime) -> Standing:
        """Whether ``did`` is anchored as registrar of the identifier scheme that the URI ``scheme`` names.

        By an entry that names the scheme, or, for a scheme of an economy, by an entry of that economy's list that
        names none.
        """
        economy = economy_of_scheme(scheme)
        named = tuple(_narrowed(each, scheme, is_own=each.economy == economy) for each in self.lists)
        return Anchors(named).anchored(did, REGISTRAR, at=at)


def scheme_uri(scheme: str, economy: str = "") -> str:
    """The URI by which a scheme of business numbers is named: that of an economy, or one that holds everywhere."""
    return f"{SCHEMES}{economy}/{scheme.lower()}" if economy else f"{SCHEMES}{scheme.lower()}"


def economy_of_scheme(uri: str) -> str:
    """The economy whose scheme ``uri`` names; empty for every other URI."""
    economy, mark, _ = uri.removeprefix(SCHEMES).partition("/")
    return economy if uri.startswith(SCHEMES) and mark and len(economy) == 2 else ""


def _is_meant(entry: Anchor, did: str, role: str | None) -> bool:
    return entry.did == did and role in (None, entry.role)


def _narrowed(listed: AnchorList, scheme: str, *, is_own: bool) -> AnchorList:
    """The list with those entries alone that may speak of ``scheme``; complete for it only where it is its own."""
    entries = tuple(each for each in listed.anchors if (scheme in each.schemes if each.schemes else is_own))
    return replace(listed, anchors=entries, complete=listed.complete if is_own else ())


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
