"""Shapes that several kinds of trade document share: lines, prices, tax, totals, goods, places, references."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from entrepot.base.money import Money
from entrepot.base.quantity import Quantity
from entrepot.base.shape import Code, Did, Digest, Economy, Length, Name, Note, Pattern, Range
from entrepot.party.party import Party

Currency = Annotated[str, Pattern("[A-Z]{3}")]
"""ISO 4217 alphabetic code."""
Locode = Annotated[str, Pattern("[A-Z]{2}[A-Z2-9]{3}")]
"""UN/LOCODE: economy and place, five characters (UN/ECE Recommendation 16)."""
Percent = Annotated[Decimal, Range(Decimal(0), Decimal(1000))]
"""A rate in percent, 0 to 1000."""
Weight = Annotated[Decimal, Range(Decimal(0), Decimal(10) ** 12)]
"""A mass in kilograms."""
Volume = Annotated[Decimal, Range(Decimal(0), Decimal(10) ** 9)]
"""A volume in cubic metres."""


class Role(StrEnum):
    """What an agency does in one sale; it is named by the records of that sale."""

    CARRIER = "carrier"
    CHAMBER = "chamber"
    EXPORT_CUSTOMS = "export_customs"
    IMPORT_CUSTOMS = "import_customs"
    PAYER_BANK = "payer_bank"
    SETTLEMENT = "settlement"
    REPORTER = "reporter"
    NEUTRAL = "neutral"
    INSURER = "insurer"
    WAREHOUSE_KEEPER = "warehouse_keeper"


class Subject(StrEnum):
    """What is sold."""

    GOODS = "goods"
    SERVICE = "service"


class BuyerType(StrEnum):
    """Whether the buyer acts for a business or as a consumer."""

    BUSINESS = "business"
    CONSUMER = "consumer"


class OrderedBy(StrEnum):
    """How the order was placed (OECD, WTO, UN, IMF: Handbook on Measuring Digital Trade, 2nd edition).

    ``web``: on a page or app, or by a structured message between programs that takes orders; ``message``: a message
    typed by a person (e-mail, chat), which the Handbook does not count as digitally ordered; ``outside``: telephone,
    paper, in person.
    """

    WEB = "web"
    MESSAGE = "message"
    OUTSIDE = "outside"


class Channel(StrEnum):
    """How the thing sold reaches the buyer: over a network, or not."""

    DIGITAL = "digital"
    PHYSICAL = "physical"


class HsVintage(StrEnum):
    """Edition of the Harmonized System (World Customs Organization) that a code belongs to."""

    HS_1988 = "1988"
    HS_1996 = "1996"
    HS_2002 = "2002"
    HS_2007 = "2007"
    HS_2012 = "2012"
    HS_2017 = "2017"
    HS_2022 = "2022"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A party named for a role in this sale. Rights in the sale follow from it, never from local settings."""

    role: Role
    party: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReference:
    """Another record: its id, and its business number for people."""

    record: Digest
    number: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReference:
    """Another document: its business number, and the id of its record where there is one."""

    number: Code
    record: Digest | None = None
    issue_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """Where a payload was read from a file of another author, kept as received.

    ``syntax``: ``ubl-2.1``, ``dcsa-ebl-3.0`` ...; ``digest``: SHA-256 of the received bytes; ``received_as``: name or
    channel under which the file came.
    """

    syntax: Code
    digest: Digest
    media_type: Annotated[str, Length(3, 100)]
    received_as: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HsCode:
    """A commodity code. Six digits are international; further digits belong to ``economy`` and compare there only.

    ``vintage``: the edition that the code is of; without it the code cannot be compared safely.
    """

    code: Annotated[str, Pattern("[0-9]{4,12}")]
    vintage: HsVintage | None = None
    economy: Economy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemId:
    """A number of the thing sold: ``scheme`` is ``seller``, ``buyer``, or that of the number (``gtin``, ``0160``)."""

    scheme: Code
    value: Annotated[str, Length(1, 70)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Net price of ``per`` (one unit of the line's quantity where it is left out), in the document's currency."""

    amount: Decimal
    per: Quantity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxCategory:
    """A category of a consumption tax: ``code`` of the economy's list, ``rate`` in percent (none where the category
    has none), ``scheme`` (``VAT``, ``GST`` ...)."""

    code: Code
    scheme: Code
    rate: Percent | None = None


class AdjustmentKind(StrEnum):
    """Whether an adjustment lowers or raises the amount."""

    ALLOWANCE = "allowance"
    CHARGE = "charge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """An allowance or a charge; ``amount`` is written without sign. ``percent`` of ``base`` where it was so made."""

    kind: AdjustmentKind
    amount: Decimal
    reason: Note | None = None
    reason_code: Code | None = None
    percent: Percent | None = None
    base: Decimal | None = None
    tax: TaxCategory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an offer, order, invoice or credit note.

    ``amount``: net of the line = quantity x price / per + charges - allowances, without tax, in the document's
    currency. ``subject``: where it differs from the document's. ``order_line``: the line of the order it bills.
    """

    id: Code
    name: Name
    quantity: Quantity
    price: Price
    amount: Decimal
    description: Note | None = None
    subject: Subject | None = None
    hs: HsCode | None = None
    origin: Economy | None = None
    item_ids: Annotated[tuple[ItemId, ...], Length(0, 10)] = ()
    adjustments: Annotated[tuple[Adjustment, ...], Length(0, 100)] = ()
    tax: TaxCategory | None = None
    order_line: Code | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLine:
    """The tax of one category and rate: what is taxed, and the tax."""

    category: TaxCategory
    taxable: Decimal
    amount: Decimal
    exemption_reason: Note | None = None
    exemption_code: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums of a document in its currency (UBL MonetaryTotal): figures are exact; ``payable`` is what is settled.

    ``lines``: sum of line amounts. ``without_tax`` = lines - allowances + charges. ``with_tax`` = without_tax + tax.
    ``payable`` = with_tax - prepaid + rounding. What a document does not state is left out.
    """

    lines: Decimal
    payable: Money
    allowances: Decimal | None = None
    charges: Decimal | None = None
    without_tax: Decimal | None = None
    tax: Decimal | None = None
    with_tax: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTerms:
    """Terms of delivery: rule (``FOB``), edition (2020) and named place (Incoterms of the International Chamber of
    Commerce), or words of the parties in ``note``."""

    incoterm: Annotated[str, Pattern("[A-Z]{3}")] | None = None
    edition: Annotated[int, Range(1936, 2100)] | None = None
    place: Name | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From ``start`` to ``end``, both included; one of them may be open."""

    start: date | None = None
    end: date | None = None


class PlatformRole(StrEnum):
    """What a platform does in a sale: it brings buyer and seller together, or it sells on."""

    INTERMEDIARY = "intermediary"
    RESELLER = "reseller"


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A platform through which a sale was made, and what it charges for it."""

    name: Name
    role: PlatformRole
    did: Did | None = None
    economy: Economy | None = None
    fee: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place by UN/LOCODE, by name, or both."""

    locode: Locode | None = None
    name: Annotated[str, Length(1, 100)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """How many packages of which kind (UN/ECE Recommendation 21 code, two characters)."""

    count: Annotated[int, Range(1, 10**8)]
    code: Annotated[str, Pattern("[A-Z0-9]{2}")] | None = None
    description: Annotated[str, Length(1, 100)] | None = None
    marks: Annotated[tuple[Annotated[str, Length(1, 500)], ...], Length(0, 50)] = ()
