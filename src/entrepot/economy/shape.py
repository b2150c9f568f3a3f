"""The fixed field list of an economy's file, as frozen dataclasses; what is not named here is refused.

Every row names the key of a source. A source says what was read, where, when, and how good it is. A field that has
no value stands under ``unknown`` (it was sought in vain) or ``absent`` (a source shows that there is none).
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from entrepot.base.shape import Code, Length, Name, Note, Pattern, Range

Key = Annotated[str, Length(1, 40), Pattern("[a-z0-9][a-z0-9.-]*")]
"""Key of a source within a file, or of a scheme: lower case, digits, dots, hyphens."""
Currency = Annotated[str, Pattern("[A-Z]{3}")]
"""ISO 4217 alphabetic code."""
Tag = Annotated[str, Length(2, 35), Pattern("[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")]
"""Language tag: language, script, region (BCP 47)."""
Percent = Annotated[Decimal, Range(Decimal(0), Decimal(100))]
"""A tax rate in percent, written as a string (``"8"``, ``"12.5"``)."""


class Confidence(StrEnum):
    """How a value was established, best first."""

    READ = "read"
    """Read in the official text or in the standard's own list, or computed from it."""
    SECONDARY = "secondary"
    """Read in somebody else's account: an article, a guide, program code of others."""
    UNCONFIRMED = "unconfirmed"
    """Stated, but no text was at hand; good for showing, not for deciding."""


Agreement = Literal[
    "APEC", "ASEAN", "ATIGA", "RCEP", "CPTPP", "ACFTA", "AANZFTA", "AHKFTA", "DEPA", "GCBPR", "CPTA", "WTO"
]
"""Forums and agreements that every file answers for; their full titles stand in ``agreement.py``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source: its title, where it lies (address, package, file), when it was checked, how good it is."""

    title: Note
    where: Note
    checked: date
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Backed:
    """What every row has: its source, what in it says so, and, where they differ from the source's, confidence and
    the day of checking. ``note`` is for the reader."""

    source: Key
    what: Note | None = None
    confidence: Confidence | None = None
    checked: date | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Backed):
    """A name of the economy."""

    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of the economy: ``short`` in English, and as APEC and as ASEAN write it (members only)."""

    short: Named | None = None
    apec: Named | None = None
    asean: Named | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Iso(Backed):
    """ISO 3166-1 codes."""

    alpha2: Annotated[str, Pattern("[A-Z]{2}")]
    alpha3: Annotated[str, Pattern("[A-Z]{3}")]
    numeric: Annotated[str, Pattern("[0-9]{3}")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender(Backed):
    """A currency in legal use: ISO 4217 code."""

    code: Currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Language(Backed):
    """A language: official, or used in business without being official."""

    tag: Tag
    role: Literal["official", "business"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones(Backed):
    """IANA time zones, the one of the seat of government or main port first."""

    zones: Annotated[tuple[Name, ...], Length(1, 40)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation(Backed):
    """What the customs value of imported goods includes: carriage to the place of import (CIF) or not (FOB)."""

    basis: Literal["CIF", "FOB"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Backed):
    """Standing in a forum or agreement. ``party``: bound or a member from ``from`` to ``to`` (both days included);
    ``associate``, ``signatory``: linked, not bound; ``outside``: not in it, and, where ``to`` is given, not known to be
    outside after that day."""

    agreement: Agreement
    status: Literal["party", "associate", "signatory", "outside"] = "party"
    from_: date | None = None
    to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme(Backed):
    """A number that registers or tax offices give to businesses.

    ``check``: ``stdnum:<module>`` (a module of python-stdnum), ``own:ubn`` (:mod:`entrepot.economy.ubn`), ``pattern``
    (the regular expression in ``pattern``, over the number without spaces, dots, hyphens and slashes, upper case), or
    ``unknown``. ``doubt``: a failed check is a warning, because numbers in use fail it. ``icd``: code of the scheme in
    ISO 6523 or the Peppol list of participant schemes. ``prefix``: what some write before the number (``SGUEN`` on
    Peppol); it is taken off before the check.
    """

    scheme: Key
    name: Name
    authority: Name
    check: Annotated[str, Length(1, 40), Pattern("stdnum:[a-z_]+(\\.[a-z_]+)?|own:ubn|pattern|unknown")]
    pattern: Annotated[str, Length(1, 300)] | None = None
    doubt: bool = False
    icd: Annotated[str, Pattern("[0-9]{4}")] | None = None
    prefix: Annotated[str, Pattern("[A-Z]{1,10}")] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate(Backed):
    """One rate of a general tax on consumption, in force from ``from`` to ``to`` (both days included).

    ``tax``: name of the tax; ``type``: its family; ``category``: which supplies; ``rate`` in percent of the value
    without tax; ``base``: the share of that value that is taxed, where it is not the whole (``11/12``); ``applies``:
    what the category covers where the word is not enough.
    """

    tax: Name
    type: Literal["VAT", "GST", "sales", "service", "consumption", "other"]
    category: Literal["standard", "reduced", "increased", "zero", "special"]
    rate: Percent
    base: Annotated[str, Pattern("[1-9][0-9]{0,2}/[1-9][0-9]{0,2}")] | None = None
    from_: date | None = None
    to: date | None = None
    applies: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LowValue(Backed):
    """A rule for imported goods of low value.

    ``effect``: ``no_duty``, ``no_tax`` (consumption tax), ``no_duty_no_tax``: relief up to ``threshold``;
    ``seller_collects``: the seller or platform charges the tax on goods up to it; ``no_relief``: taxed from the first
    unit; ``flat_rate``: a simplified rate. ``threshold``: highest value that falls under it, as a decimal string in
    ``currency``; absent where there is none.
    """

    effect: Literal["no_duty", "no_tax", "no_duty_no_tax", "seller_collects", "no_relief", "flat_rate"]
    threshold: Decimal | None = None
    currency: Currency | None = None
    basis: Name | None = None
    from_: date | None = None
    to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceProfile(Backed):
    """An electronic invoice in use: name, syntax, identifier of the profile (UBL CustomizationID or namespace),
    and whether businesses must use it (``mandatory``: all, some, none)."""

    name: Name
    authority: Name
    syntax: Name
    profile: Name | None = None
    mandatory: Literal["all", "some", "none", "unknown"] = "unknown"
    from_: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QrScheme(Backed):
    """A payment QR scheme after EMVCo merchant-presented mode: ``tag`` of the merchant account template, the globally
    unique identifier ``guid`` in its sub-tag 00. Both absent for a scheme in another form."""

    name: Name
    operator: Name
    tag: Annotated[str, Pattern("[0-9]{2}")] | None = None
    guid: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A field sought in vain: which official source was searched, when, and what was found instead."""

    sought: Note
    checked: date
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Economy:
    """One economy's file, as it stands. ``complete``: it claims that every field is answered (the checker holds it
    to that). Fields that are empty stand in ``unknown`` or ``absent``, by the names of ``fields.py``; a part that is
    missing beside known rows stands in ``unknown`` as ``<field>/<part>``."""

    format: Literal[1]
    complete: bool = False
    names: Names
    iso: Iso
    currency: tuple[Tender, ...] = ()
    languages: tuple[Language, ...] = ()
    zones: Zones | None = None
    valuation: Valuation | None = None
    memberships: tuple[Membership, ...] = ()
    identifiers: tuple[Scheme, ...] = ()
    taxes: tuple[TaxRate, ...] = ()
    lowvalue: tuple[LowValue, ...] = ()
    invoices: tuple[InvoiceProfile, ...] = ()
    qr: tuple[QrScheme, ...] = ()
    unknown: dict[str, Unknown] = field(default_factory=dict)
    absent: dict[str, Backed] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """ISO 3166-1 alpha-2 code."""
        return self.iso.alpha2
