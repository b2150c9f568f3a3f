"""How a party is named inside a document."""

from dataclasses import dataclass
from typing import Annotated

from entrepot.base.shape import Code, Did, Economy, Length, Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A number of a party under a scheme: ``scheme`` is the name used in the economy's file (``uen``, ``abn`` ...)
    or an ISO 6523 ICD code; ``value`` as its holder writes it."""

    scheme: Code
    value: Annotated[str, Length(1, 70)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address. ``economy`` is the ISO 3166-1 alpha-2 code, also for economies that have no file here."""

    lines: Annotated[tuple[Name, ...], Length(0, 5)] = ()
    city: Name | None = None
    region: Name | None = None
    postal_code: Code | None = None
    economy: Economy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A party as a document names it. ``did`` is what signatures are checked against; without it the name is a claim
    of whoever issued the document. ``size``: enterprise size class by persons employed, where stated."""

    name: Name
    economy: Economy | None = None
    did: Did | None = None
    identifiers: Annotated[tuple[Identifier, ...], Length(0, 20)] = ()
    address: Address | None = None
    email: Annotated[str, Length(3, 254)] | None = None
