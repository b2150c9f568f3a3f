"""Whatever a payload holds, reading what was written gives it back."""

import os
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from entrepot.base.money import Money, Rounding
from entrepot.base.quantity import Quantity
from entrepot.document._ubl21 import (
    read_credit_note,
    read_invoice,
    read_order,
    write_credit_note,
    write_invoice,
    write_order,
)
from entrepot.document.invoice import CreditNote, Invoice, PaymentMeans
from entrepot.document.invoice import check as check_invoice
from entrepot.document.order import Order
from entrepot.document.order import check as check_order
from entrepot.document.trade import (
    Adjustment,
    AdjustmentKind,
    Appointment,
    BuyerType,
    Channel,
    DeliveryTerms,
    DocumentReference,
    HsCode,
    HsVintage,
    ItemId,
    Line,
    OrderedBy,
    Period,
    Platform,
    PlatformRole,
    Presented,
    Price,
    Role,
    Subject,
    TaxCategory,
    TaxLine,
    Totals,
)
from entrepot.party.party import Address, Identifier, Party

XSD = os.environ.get("ENTREPOT_TEST_DATA")


@cache
def schema(name):
    folder = Path(XSD, "invoice/oasis-ubl-2.1/xsdrt/maindoc")
    return etree.XMLSchema(etree.parse(folder / f"UBL-{name}-2.1.xsd"))


def replace_line(line, order):
    return replace(line, order_line=order)


def maybe(strategy):
    return st.none() | strategy


# Every character that XML 1.0 can hold, line ends and tabs among them.
CHARACTERS = st.characters(
    codec="utf-8", exclude_characters="".join(map(chr, [*range(9), 11, 12, *range(14, 32)])) + "\ufffe\uffff"
)
TEXT = st.text(CHARACTERS, min_size=1, max_size=30)
WORD = st.text("ABCxyz019-._ ", min_size=1, max_size=12).map(lambda text: "W" + text + "w")
DAY = st.dates(date(1900, 1, 1))
NUMBER = st.decimals(-(10**12), 10**12, places=4) | st.integers(0, 10**20).map(Decimal)
RATE = st.decimals(0, 100, places=2)
ECONOMY = st.sampled_from(["MY", "CN", "SG", "XX"])
DIGEST = st.text("0123456789abcdef", min_size=64, max_size=64)
UNIT = st.sampled_from(["KGM", "C62", "XBX", "EA"])
CURRENCY = st.sampled_from(["MYR", "JPY", "KWD"])
QUANTITY = st.builds(Quantity, NUMBER, UNIT)


def money(currency):
    return st.integers(-(10**15), 10**15).map(lambda minor: Money(minor, currency))


CATEGORY = st.builds(TaxCategory, code=WORD, scheme=WORD, rate=maybe(RATE))
ADJUSTMENT = st.builds(
    Adjustment, kind=st.sampled_from(AdjustmentKind), amount=NUMBER, reason=maybe(TEXT), reason_code=maybe(WORD),
    percent=maybe(RATE), base=maybe(NUMBER), tax=maybe(CATEGORY),
)  # fmt: skip
ADJUSTMENTS = st.lists(ADJUSTMENT, max_size=2).map(tuple)
HS = st.builds(
    HsCode,
    code=st.text("0123456789", min_size=4, max_size=12),
    vintage=maybe(st.sampled_from(HsVintage)),
    economy=maybe(ECONOMY),
)
# Item numbers and identifiers come back in the order of the standard, so that is the order they are made in.
ITEM_IDS = st.tuples(
    *(
        maybe(st.builds(ItemId, scheme=st.just(scheme), value=TEXT))
        for scheme in ("buyer", "seller", "gtin", "standard")
    )
).map(lambda found: tuple(each for each in found if each is not None))
IDENTIFIERS = st.tuples(
    *(
        maybe(st.builds(Identifier, scheme=st.just(scheme), value=TEXT))
        for scheme in ("endpoint:0088", "uen", "unstated", "tax:GST", "tax", "legal", "legal:0160")
    )
).map(lambda found: tuple(each for each in found if each is not None))
ADDRESS = st.builds(
    Address, lines=st.lists(TEXT, max_size=5).map(tuple), city=maybe(TEXT), region=maybe(TEXT), postal_code=maybe(WORD),
    economy=ECONOMY,
)  # fmt: skip
PARTY = st.builds(
    Party, name=TEXT, economy=ECONOMY, did=maybe(st.just("did:web:a.example")), identifiers=IDENTIFIERS,
    address=maybe(ADDRESS), email=maybe(st.just("a@b.example")),
)  # fmt: skip
REFERENCE = st.builds(DocumentReference, number=WORD, record=maybe(DIGEST), issue_date=maybe(DAY))
ROUNDING = maybe(st.sampled_from(Rounding))
PERIOD = st.builds(Period, start=DAY, end=maybe(DAY))
TERMS = st.builds(
    DeliveryTerms, incoterm=st.just("FOB"), edition=maybe(st.just(2020)), place=maybe(TEXT), note=maybe(TEXT)
)
LINE = st.builds(
    Line, id=WORD, name=TEXT, quantity=QUANTITY, price=st.builds(Price, amount=NUMBER, per=maybe(QUANTITY)),
    amount=NUMBER, description=maybe(TEXT), subject=maybe(st.sampled_from(Subject)), hs=maybe(HS),
    origin=maybe(ECONOMY), item_ids=ITEM_IDS, adjustments=ADJUSTMENTS, tax=maybe(CATEGORY), note=maybe(TEXT),
)  # fmt: skip
BILLED = st.builds(replace_line, LINE, maybe(WORD))
TAX_LINES = st.lists(
    st.builds(
        TaxLine,
        category=CATEGORY,
        taxable=NUMBER,
        amount=NUMBER,
        exemption_reason=maybe(TEXT),
        exemption_code=maybe(WORD),
    ),
    max_size=2,
).map(tuple)
PRESENTED = st.builds(Presented, syntax=WORD, digest=DIGEST, media_type=st.just("text/xml"), received_as=maybe(TEXT))
PLATFORM = st.builds(Platform, name=TEXT, role=st.sampled_from(PlatformRole), fee=maybe(money("CNY")))
APPOINTMENTS = st.lists(st.builds(Appointment, role=st.sampled_from(Role), party=PARTY), max_size=2).map(tuple)


def totals(currency):
    return st.builds(
        Totals, lines=NUMBER, payable=money(currency), allowances=maybe(NUMBER), charges=maybe(NUMBER),
        without_tax=maybe(NUMBER), tax=NUMBER, with_tax=maybe(NUMBER), prepaid=maybe(NUMBER), rounding=maybe(NUMBER),
    )  # fmt: skip


ORDERS = CURRENCY.flatmap(
    lambda currency: st.builds(
        Order, number=WORD, issue_date=DAY, buyer=PARTY, seller=PARTY, buyer_type=st.sampled_from(BuyerType),
        subject=st.sampled_from(Subject), ordered_by=st.sampled_from(OrderedBy), channel=st.sampled_from(Channel),
        currency=st.just(currency), lines=st.lists(LINE, min_size=1, max_size=2).map(tuple), totals=totals(currency),
        adjustments=ADJUSTMENTS, tax_lines=TAX_LINES, rounding=ROUNDING, platform=maybe(PLATFORM),
        delivery_terms=maybe(TERMS), delivery_address=maybe(ADDRESS), requested_delivery=maybe(PERIOD),
        payment_terms=maybe(TEXT), offer=maybe(REFERENCE), parties=APPOINTMENTS, presented=maybe(PRESENTED),
        note=maybe(TEXT),
    )
)  # fmt: skip
PAYMENT = st.builds(PaymentMeans, code=WORD, account=maybe(TEXT), reference=maybe(TEXT))


def billing(shape, currency, **more):
    return st.builds(
        shape, number=WORD, issue_date=DAY, type_code=maybe(st.sampled_from(["380", "381"])), seller=PARTY, buyer=PARTY,
        currency=st.just(currency), lines=st.lists(BILLED, min_size=1, max_size=2).map(tuple), totals=totals(currency),
        adjustments=ADJUSTMENTS, tax_lines=TAX_LINES, tax_in_tax_currency=maybe(money("SGD")),
        rounding=ROUNDING, order=maybe(REFERENCE), period=maybe(PERIOD),
        delivery_date=maybe(DAY), delivery_terms=maybe(TERMS), payment=maybe(PAYMENT), payment_terms=maybe(TEXT),
        buyer_reference=maybe(TEXT), presented=maybe(PRESENTED), notes=st.lists(TEXT, max_size=2).map(tuple), **more,
    )  # fmt: skip


INVOICES = CURRENCY.flatmap(lambda currency: billing(Invoice, currency, due_date=maybe(DAY)))
CREDIT_NOTES = CURRENCY.flatmap(
    lambda currency: billing(
        CreditNote, currency, invoices=st.lists(REFERENCE, max_size=2).map(tuple), reason=maybe(TEXT)
    )
)


def same_again(payload, writer, reader):
    written = writer(payload)
    assert written.findings == ()
    result = reader(written.body)
    assert (result.findings, result.losses) == ((), ())
    assert result.payload == payload
    if XSD:
        name = type(payload).__name__
        assert schema(name).validate(etree.fromstring(written.body)), schema(name).error_log


@settings(max_examples=25)
@given(ORDERS)
def test_orders(payload):
    check_order(payload)
    same_again(payload, write_order, read_order)


@settings(max_examples=25)
@given(INVOICES)
def test_invoices(payload):
    check_invoice(payload)
    same_again(payload, write_invoice, read_invoice)


@settings(max_examples=15)
@given(CREDIT_NOTES)
def test_credit_notes(payload):
    same_again(payload, write_credit_note, read_credit_note)
