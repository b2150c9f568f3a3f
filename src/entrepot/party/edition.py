"""Editions of anchor lists: signing one, and not being led back to an older one.

Whoever relies on lists remembers, per economy and signer, the highest sequence that was seen and what it said. An older
edition is refused; another text under the same sequence shows that the signer tells different verifiers different
things (equivocation), and is refused and shown.
"""

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal, Protocol

from entrepot.base.canonical import canonical
from entrepot.base.finding import Finding, Severity
from entrepot.base.jsontext import read_json
from entrepot.base.shape import Digest, Economy, Length, Range, dump, parse
from entrepot.party.anchor import ANCHORS_TYPE, AnchorList
from entrepot.party.did import key_method_id
from entrepot.party.error import PartyError
from entrepot.party.jws import Signer, sign_jws
from entrepot.party.keystore import write_durably

_SOURCE = "Entrepot anchor list, version 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An edition that was seen: ``signer`` (Multikey; empty for an unsigned local list) and the digest of its text."""

    economy: Economy
    signer: Annotated[str, Length(0, 400)] = ""
    sequence: Annotated[int, Range(1, None)]
    digest: Digest

    @property
    def key(self) -> tuple[str, str, int]:
        """What can have one text only."""
        return self.economy, self.signer, self.sequence


class EditionMemory(Protocol):
    """Where a verifier keeps what it has seen."""

    def highest(self, economy: str, signer: str) -> Edition | None:
        """The highest edition seen of that list, None before the first."""
        ...

    def remember(self, edition: Edition) -> None:
        """Keep an edition in place of a lower one, durably on return."""
        ...


class RunMemory:
    """What one run has seen: two lists that it is given are held against each other, and nothing lasts."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], Edition] = {}

    def highest(self, economy: str, signer: str) -> Edition | None:
        """The highest edition seen in this run."""
        return self._seen.get((economy, signer))

    def remember(self, edition: Edition) -> None:
        """Keep it while the run lasts."""
        self._seen[edition.economy, edition.signer] = edition


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    version: Literal[1] = 1
    editions: Annotated[tuple[Edition, ...], Length(0, 10_000)] = ()


class FileMemory:
    """Editions in one JSON file, which is made when the first is remembered."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def highest(self, economy: str, signer: str) -> Edition | None:
        """The highest edition seen. Raises :class:`PartyError` where the file is damaged: it must not be passed over,
        for whoever can damage it could lead back to an old list."""
        found = [each for each in self._read().editions if (each.economy, each.signer) == (economy, signer)]
        return max(found, key=lambda each: each.sequence, default=None)

    def remember(self, edition: Edition) -> None:
        """Keep it durably; a higher one that another process has kept meanwhile stays."""
        known = self.highest(edition.economy, edition.signer)
        if known is not None and known.sequence >= edition.sequence:
            return
        kept = self._read()
        others = tuple(each for each in kept.editions if each != known)
        text = json.dumps(dump(replace(kept, editions=(*others, edition))), indent=1)
        write_durably(self._path, text.encode() + b"\n", replace=True)

    def _read(self) -> _Kept:
        if not self._path.exists():
            return _Kept()
        value, findings = read_json(self._path.read_bytes())
        kept, more = parse(_Kept, value) if not findings else (None, findings)
        if kept is None:
            remedy = "Restore it; without it an older list would not be noticed."
            raise PartyError(f"{self._path}: {more[0].path} {more[0].text}", remedy=remedy, code="anchor-memory")
        return kept


def edition_of(listed: AnchorList) -> Edition:
    """What is remembered of a list."""
    text = canonical(dump(replace(listed, signer=None)))
    signer, digest = listed.signer or "", sha256(text).hexdigest()
    return Edition(economy=listed.economy, signer=signer, sequence=listed.sequence, digest=digest)


def admit(listed: AnchorList, memory: EditionMemory) -> tuple[Finding, ...]:
    """Why this edition must not be relied on, by what ``memory`` holds; empty, and remembered, where nothing speaks
    against it."""
    edition = edition_of(listed)
    known = memory.highest(edition.economy, edition.signer)
    params = {"economy": edition.economy, "sequence": str(edition.sequence), "signer": edition.signer or "its owner"}
    if known is not None and edition.sequence < known.sequence:
        return (_older(params | {"known": str(known.sequence)}),)
    if known is not None and edition.sequence == known.sequence:
        return () if edition.digest == known.digest else (_two(params, known.digest, edition.digest),)
    memory.remember(edition)
    return ()


def sign_list(listed: AnchorList, signer: Signer) -> str:
    """The list as its publisher gives it out: a compact JWS (RFC 7515) over its canonical JSON."""
    header = {"typ": ANCHORS_TYPE, "kid": key_method_id(signer.public)}
    return sign_jws(header, canonical(dump(replace(listed, signer=None))), signer)


def _older(params: dict[str, str]) -> Finding:
    return Finding(
        id="ENT-CORE-ANCHOR-04",
        severity=Severity.BLOCKING,
        message="The list of {economy} by {signer} is edition {sequence}; edition {known} was seen before.",
        params=params,
        source=_SOURCE,
        remedy="Give the newest edition. An older one may still name whom a newer one has withdrawn.",
    )


def _two(params: dict[str, str], known: str, given: str) -> Finding:
    return Finding(
        id="ENT-CORE-ANCHOR-05",
        severity=Severity.BLOCKING,
        message="Two texts of edition {sequence} of the list of {economy} by {signer}: {known} and {given}.",
        params=params | {"known": known, "given": given},
        source=_SOURCE,
        remedy="Rely on neither. Show both to others: the signer says different things to different people.",
    )
