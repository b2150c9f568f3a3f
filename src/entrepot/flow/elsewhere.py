"""Agencies of other nodes: whom an admitted peer lets keep a desk, among the parties that are known to live on it.

Three words are needed, and each speaker says only what is its own: the peer's signed record that the party keeps a
desk of it; the party's own document that it lives there (ADR 0009); and this node's operator, who admitted the peer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from entrepot.flow.agencyview import AGENCY_VIEW
from entrepot.flow.office import Office
from entrepot.flow.peer import ADMITTED, Peer, peers


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """An agency that keeps a desk of another node: its DID, name and economy as that node states them (the DID and
    nothing where it states none), and the address of the node."""

    agency: str
    name: str
    economy: str
    node: str


def keepers_elsewhere(office: Office, desk: str) -> tuple[Elsewhere, ...]:
    """The parties that keep a desk of an admitted peer, by name; each once, though it lives on two of them."""
    found = {each.agency: each for peer in peers(office) for each in _stated(office, peer, desk)}
    return tuple(sorted(found.values(), key=lambda each: (each.name, each.agency)))


def ever_kept(office: Office, desk: str) -> frozenset[str]:
    """The parties that keep a desk here or at an admitted peer, or kept it once: what they decided stays."""
    own = {row["agency"] for _, row in office.journal.view(AGENCY_VIEW).scan(f"desk/{office.identity.did}/{desk}/")}
    return frozenset(own.union(row["agency"] for peer in peers(office) for row in _rows(office, peer, desk)))


def _stated(office: Office, peer: Peer, desk: str) -> Iterator[Elsewhere]:
    for row in _rows(office, peer, desk):
        if not row["ended"]:
            name, economy = row["name"] or row["agency"], row["economy"] or ""
            yield Elsewhere(agency=row["agency"], name=name, economy=economy, node=peer.url)


def _rows(office: Office, peer: Peer, desk: str) -> Iterator[dict[str, Any]]:
    """What an admitted peer says of the desk and of parties that live on it."""
    rows = office.journal.view(AGENCY_VIEW).scan(f"desk/{peer.id}/{desk}/") if peer.status == ADMITTED else ()
    return (row for _, row in rows if row["agency"] in peer.parties)
