"""What a verifier brings along to say who issued a wrapped document: what a chain and a domain answered.

The hash of a document is issued by a contract on a chain, and a domain (a TXT record of its name service) or a DID
names that contract as its own. Neither is asked here: no chain's node is needed, and none is trusted unseen. Whoever
verifies hands in what was found, and vouches for it as for a DID document given with ``--did-doc``.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from entrepot.base.finding import Finding
from entrepot.base.jsontext import read_json
from entrepot.base.shape import Length, Pattern, Range, parse

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuance:
    """One observation. ``merkle_root``: of the document. ``store``: address of the document store or token registry
    that answers for it, or the DID that signed it. ``location``: the domain (or DID) that names this store as its own.

    ``observed``: when both were asked; what they said holds until ``until`` (``observed`` where it is not given).
    ``issued``, ``revoked``: what the contract said of the root. ``chain_id``: the chain asked (EIP-155).
    """

    version: Annotated[int, Range(1, 1)]
    merkle_root: Annotated[str, Pattern("[0-9a-f]{64}")]
    store: Annotated[str, Length(3, 500)]
    location: Annotated[str, Length(3, 500)]
    observed: datetime
    until: datetime | None = None
    issued: bool = True
    revoked: bool = False
    chain_id: int | None = None
    source: Annotated[str, Length(0, 500)] = ""

    def speaks_of(self, root: str, issuer: dict[str, str], chain: str) -> bool:
        """Whether it is of this root, store, location and, where the document names one, chain."""
        if self.merkle_root != root or self.location.lower() != issuer["location"].lower():
            return False
        return _same(self.store, issuer["store"]) and (not chain or str(self.chain_id) == chain)


def read_issuance(data: bytes) -> tuple[Issuance | None, tuple[Finding, ...]]:
    """The observation that ``data`` writes in JSON, or None with findings."""
    value, findings = read_json(data)
    return (None, findings) if findings else parse(Issuance, value)


def _same(one: str, other: str) -> bool:
    """Addresses are compared as numbers: their capitals are a checksum (EIP-55)."""
    if _ADDRESS.fullmatch(one) and _ADDRESS.fullmatch(other):
        return one.lower() == other.lower()
    return one == other
