"""Versions of pacs.008 that are written and read, and what differs between them for us.

The elements that we use stand in the same order in all of them; the longest texts differ.
"""

from dataclasses import dataclass

DID_SCHEME, LEI_SCHEME = "did", "lei"
"""Schemes of identifiers that get a place of their own, or a member of their own."""
METHOD = "CLRG"
"""Settlement method that is written: over a clearing system, here the settlement institution's book."""
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"


@dataclass(frozen=True, slots=True)
class Version:
    """One version: ``id`` as in its namespace; longest town, other identifier; whether it has ``AgrdRate``."""

    id: str
    town: int
    identifier: int
    agreed_rate: bool

    @property
    def namespace(self) -> str:
        """The namespace of its ``Document``."""
        return NAMESPACE + self.id


OLDEST = "pacs.008.001.08"
VERSIONS = {
    each.id: each
    for each in (
        Version(OLDEST, town=35, identifier=35, agreed_rate=False),
        Version("pacs.008.001.10", town=35, identifier=35, agreed_rate=False),
        Version("pacs.008.001.13", town=140, identifier=256, agreed_rate=True),
    )
}
"""By id. The schemas themselves are not part of Entrepot; the tests judge by them."""
