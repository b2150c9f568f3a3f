"""The form by which a seller asks to be paid: a code that banks and wallets read."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from entrepot.base.shape import dump
from entrepot.document.invoice.model import Invoice
from entrepot.flow.kinds import read_record
from entrepot.node.account.acting import Acting
from entrepot.node.account.models import Deed
from entrepot.node.page.entry import Entry
from entrepot.node.page.sale.context import Context, card_of, party_of
from entrepot.node.running import office
from entrepot.payment.account import InvoiceReference
from entrepot.payment.qr import Merchant, network_of, request_code
from entrepot.payment.request import PaymentRequest

Typed = Mapping[str, str]
LATE = 100
"""How many of the newest signed records are looked through for the last request."""
NAME_MOST, CITY_MOST, ACCOUNT_MOST = 25, 15, 34
"""Characters of a merchant's name and city (EMVCo merchant-presented QR 1.1, 59 and 60), of an account (ISO 20022)."""


def _ascii(text: str, most: int) -> str:
    """What is proposed of a name; empty where it is not in Latin letters."""
    return text[:most].strip() if text.isascii() and text.isprintable() else ""


def request_entries(context: Context) -> list[Entry]:
    """How the payment network knows the seller, as it stood in the newest request of this seller; the amount is that
    of the newest invoice."""
    own, before = party_of(context.acting.party), _newest_request(context.acting)
    city = own.address.city if own and own.address and own.address.city else ""
    return [
        Entry(
            name="network",
            label=gettext("Payment network"),
            help=gettext("Its name in the code, as the network gave it to you, for example com.example.pay."),
            value=network_of(before) if before else "",
            most=32,
            path="$.qr",
        ),
        Entry(
            name="account",
            label=gettext("Your number in that network"),
            value=before.account.number if before and before.account else "",
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


def _newest_request(acting: Acting) -> PaymentRequest | None:
    """What the party asked for last, among what its people signed of late."""
    signed = (
        Deed.objects.filter(what="signed", party=acting.party).order_by("-at", "-pk").values_list("about", flat=True)
    )
    for each in signed[:LATE]:
        record = office().journal.record(each)
        found = None if record is None or record.erased else read_record(record)[0]
        if isinstance(found, PaymentRequest):
            return found
    return None


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
