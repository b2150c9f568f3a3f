"""The forms by which a sale is paid: the seller asks with a code, the payer's bank sends, the institution settles."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from entrepot.base.digest import sha256
from entrepot.base.shape import dump
from entrepot.document.invoice.model import Invoice
from entrepot.document.trade import Role
from entrepot.journal.port import Attachment
from entrepot.node.page.entry import Entry
from entrepot.node.page.once import KEY
from entrepot.node.page.sale.context import Context, card_of, party_of
from entrepot.node.running import office
from entrepot.party.party import Party
from entrepot.payment.account import Account, Agent, InvoiceReference, new_uetr
from entrepot.payment.instruction import PaymentInstruction
from entrepot.payment.message import issue
from entrepot.payment.qr import Merchant, request_code
from entrepot.payment.request import PaymentRequest
from entrepot.payment.settle import Accounts, settle

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


def instruction_entries(context: Context) -> list[Entry]:
    """From which account to which; the amount is what was asked for."""
    _, asked = context.paper("payment-request", PaymentRequest)
    _, invoice = context.paper("invoice", Invoice)
    known = asked.account.number if asked and asked.account else ""
    if not known and invoice and invoice.payment:
        known = invoice.payment.account or ""
    return [
        Entry(
            name="from",
            label=gettext("Account of the buyer at this bank"),
            most=ACCOUNT_MOST,
            path="$.debtorAccount.number",
        ),
        Entry(
            name="to",
            label=gettext("Account of the seller"),
            value=known[:ACCOUNT_MOST],
            most=ACCOUNT_MOST,
            path="$.creditorAccount.number",
        ),
    ]


def instruction_payload(context: Context, typed: Typed) -> dict[str, Any]:
    """The instruction; without its message where none can be written, which the checks then say."""
    made = _instruction(context, typed)
    return {} if made is None else dump(issue(made)[0] or made)


def instruction_files(context: Context, typed: Typed) -> tuple[Attachment, ...]:
    """The pacs.008 that says the same, where it can be written."""
    made = _instruction(context, typed)
    issued, message, _ = (None, b"", ()) if made is None else issue(made)
    return () if issued is None else (Attachment(digest=sha256(message), media_type="application/xml", body=message),)


def _instruction(context: Context, typed: Typed) -> PaymentInstruction | None:
    """The draft, over what the newest invoice asks for."""
    invoice_id, invoice = context.paper("invoice", Invoice)
    request_id, _ = context.paper("payment-request", PaymentRequest)
    if invoice is None:
        return None
    payable, now = invoice.totals.payable, office().clock().replace(microsecond=0)
    key = typed.get(KEY, "")
    return PaymentInstruction(
        uetr=new_uetr(lambda count: bytes.fromhex(sha256(f"uetr/{key}".encode()))[:count]),
        number=typed["number"].strip(),
        end_to_end=invoice.number,
        created=now,
        debtor=context.order.buyer,
        debtor_account=_account(typed["from"]),
        debtor_agent=_agent(party_of(context.acting.party)),
        creditor=context.order.seller,
        creditor_account=_account(typed["to"]),
        creditor_agent=_agent(context.appointed(Role.SETTLEMENT) or party_of(context.acting.party)),
        instructed=payable,
        settlement=payable,
        settlement_date=context.today,
        remittance=(InvoiceReference(number=invoice.number, record=invoice_id),),
        request=request_id,
    )


def _account(text: str) -> Account | None:
    return Account(number=text.strip()) if text.strip() else None


def _agent(party: Party | None) -> Agent:
    if party is None:
        return Agent()
    return Agent(name=party.name, town=party.address.city if party.address else None, economy=party.economy)


def settlement_payload(context: Context, _: Typed) -> dict[str, Any]:
    """The postings of the newest instruction, over the accounts of the two sides in this institution's book."""
    found, instruction = context.paper("payment-instruction", PaymentInstruction)
    if found is None or instruction is None:
        return {}
    order = context.order
    accounts = Accounts(debtor=order.buyer.did, creditor=order.seller.did, issuer=context.acting.party)
    now = office().clock().replace(microsecond=0)
    made: dict[str, Any] = dump(settle(found, instruction, accounts=accounts, settled=now))
    return made
