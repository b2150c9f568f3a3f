"""Parties that live on a node and keep their keys themselves: what the node knows of them is public.

One file per party, ``DATA/own-parties/<name>.json``; the keys of such a party are nowhere on the node.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from entrepot.base.jsontext import read_json
from entrepot.base.shape import Did, Length, Pattern, dump, parse
from entrepot.party.error import PartyError
from entrepot.party.keystore import write_durably
from entrepot.party.residence import TEXT_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnParty:
    """A party as its operator registered it. ``residence``: its signed statement that it lives here, for a did:key."""

    version: Literal[1] = 1
    name: Annotated[str, Pattern("[a-z0-9][a-z0-9-]{1,39}")]
    did: Did
    created: datetime
    residence: Annotated[str, Length(1, TEXT_MAX)] | None = None


class OwnParties:
    """The registered parties of one folder."""

    def __init__(self, data: Path) -> None:
        self._directory = data / "own-parties"

    def list(self) -> tuple[OwnParty, ...]:
        """All of them, by name. Raises :class:`PartyError` for a file that is damaged."""
        return tuple(_read(each) for each in sorted(self._directory.glob("*.json")))

    def save(self, party: OwnParty) -> None:
        """Keep a party, durably, in place of what was kept under its name."""
        text = json.dumps(dump(party), indent=2).encode() + b"\n"
        write_durably(self._directory / f"{party.name}.json", text, replace=True)


def _read(path: Path) -> OwnParty:
    value, findings = read_json(path.read_bytes())
    party, wrong = parse(OwnParty, value)
    if party is None or f"{party.name}.json" != path.name:
        reason = (*findings, *wrong)[0].text if findings or wrong else "it names another party"
        raise PartyError(f"{path} is damaged: {reason}", remedy="Restore it, or register the party again.")
    return party
