"""The form by which a seller asks to be paid: a code that banks and wallets read."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from entrepot.base.shape import dump
from entrepot.document.invoice.model import Invoice
from entrepot.node.page.entry import Entry
from entrepot.node.page.sale.context import Context, card_of, party_of
from entrepot.payment.account import InvoiceReference
from entrepot.payment.qr import Merchant, request_code

Typed = Mapping[str, str]
NAME_MOST, CITY_MOST, ACCOUNT_MOST = 25, 15, 34
"""Characters of a merchant's name and city (EMVCo merchant-presented QR 1.1, 59 and 60), of an account (ISO 20022)."""


def _ascii(text: str, most: int) -> str:
    """What is proposed of a name; empty where it is not in Latin letters."""
    return text[:most].strip() if text.isascii() and text.isprintable() else ""


def request_entries(context: Context) -> list[Entry]:
    """How the payment network knows the seller; the amount is that of the newest invoice."""
    own = party_of(context.acting.party)
    city = own.address.city if own and own.address and own.address.city else ""
    return [
        Entry(
            name="network",
            label=gettext("Payment network"),
            help=gettext("Its name in the code, as the network gave it to you, for example com.example.pay."),
            most=32,
            path="$.qr",
        ),
        Entry(
            name="account",
            label=gettext("Your number in that network"),
            most=ACCOUNT_MOST,
            path="$.account.number",
        ),
        Entry(
            name="merchant",
            label=gettext("Your name in Latin letters"),
            value=_ascii(own.name if own else "", NAME_MOST),
            most=NAME_MOST,
        ),
        Entry(name="city", label=gettext("Your town in Latin letters"), value=_ascii(city, CITY_MOST), most=CITY_MOST),
        Entry(name="due", label=gettext("To be paid until"), kind="date", required=False, most=10, path="$.due"),
    ]


def request_payload(context: Context, typed: Typed) -> dict[str, Any]:
    """The request, with an EMV merchant-presented code over what the newest invoice asks for."""
    reference, invoice = context.paper("invoice", Invoice)
    if invoice is None:
        return {}
    payee, account = card_of(context.acting.party), typed["account"].strip()
    merchant = Merchant(
        name=typed["merchant"].strip(),
        city=typed["city"].strip(),
        economy=payee.get("economy", "ZZ"),
        objects={"01": account},
        guid=typed["network"].strip(),
    )
    payable = invoice.totals.payable
    code, _ = request_code(payable, invoice.number[:25], merchant=merchant)
    made = {
        "amount": dump(payable),
        "payee": payee,
        "invoices": [dump(InvoiceReference(number=invoice.number, record=reference))],
        "scheme": "generic",
        "qr": code or "",
        "account": {"number": account, "scheme": "other"},
    }
    return made | ({"due": typed["due"]} if typed.get("due") else {})
