"""Payment in the demo: a QR code, a pacs.008, and postings in the settlement institution's book."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from entrepot.base.finding import Finding
from entrepot.base.money import Money, Rounding
from entrepot.cli.demo.cast import Cast
from entrepot.cli.demo.papers import CannotPlay, Deal
from entrepot.cli.demo.papers import invoice as bill
from entrepot.party.party import Address, Party
from entrepot.payment.account import Account, Agent, ExchangeRate, InvoiceReference, new_uetr
from entrepot.payment.instruction import PaymentInstruction
from entrepot.payment.message import check_message, issue
from entrepot.payment.qr import Merchant, png, request_code
from entrepot.payment.request import PaymentRequest
from entrepot.payment.settle import Accounts, settle
from entrepot.payment.settlement import Settlement

RATE = ExchangeRate(rate=Decimal("0.6"), source="stated answer of the demo, invented; no market rate")
"""Units of MYR for one CNY, chosen so that nobody takes it for a real rate."""
GUID = "example.entrepot.demo"


def _invoice(deal: Deal) -> InvoiceReference:
    record, number = deal.issued["invoice"]
    return InvoiceReference(number=number, record=record)


def _amount(deal: Deal) -> Money:
    return bill(deal, deal.issued["invoice"][1]).totals.payable


def request(deal: Deal, now: datetime) -> tuple[PaymentRequest, bytes]:
    """What the seller asks to be paid, as an EMV merchant-presented code, and the picture of it."""
    amount, number = _amount(deal), deal.issued["invoice"][1]
    payee = deal.cast["seller"]
    merchant = Merchant(
        name="ENTREPOT DEMO SELLER",
        city="EXPORT TOWN",
        economy=payee.economy or "ZZ",
        objects={"01": "DEMO0001"},
        guid=GUID,
    )
    code, findings = request_code(amount, number, merchant=merchant)
    if code is None:
        raise CannotPlay("; ".join(each.text for each in findings))
    asked = PaymentRequest(
        amount=amount, payee=payee, invoices=(_invoice(deal),), scheme="generic", qr=code, due=now.date()
    )
    return asked, png(code)


def _complete(party: Party, town: str) -> Party:
    """A party with at least town and economy, which payment messages demand."""
    address = party.address or Address()
    lacks = not (address.city and address.economy)
    if not lacks:
        return party
    whole = Address(lines=address.lines, city=address.city or town, economy=address.economy or party.economy or "ZZ")
    return Party(name=party.name, economy=party.economy, did=party.did, identifiers=party.identifiers, address=whole)


def _agent(cast: Cast, role: str) -> Agent:
    party = cast[role]
    town = party.address.city if party.address else None
    return Agent(name=party.name, town=town or "Town", economy=party.economy or "ZZ")


def instruction(
    deal: Deal, now: datetime, entropy: Callable[[int], bytes], *, number: str = "PI-1001"
) -> tuple[PaymentInstruction, bytes]:
    """The payer's bank sends the money on its way: the record, and the pacs.008 that says the same."""
    amount = _amount(deal)
    exchanged = (deal.order.buyer.economy, amount.currency) == ("CN", "MYR")
    instructed = _exchanged(amount) if exchanged else amount
    draft = PaymentInstruction(
        uetr=new_uetr(entropy),
        number=number,
        end_to_end=deal.issued["invoice"][1],
        created=now.replace(microsecond=0),
        debtor=_complete(deal.cast["buyer"], "Import Town"),
        debtor_account=Account(number="DEMO-BUYER-1"),
        debtor_agent=_agent(deal.cast, "payer_bank"),
        creditor=_complete(deal.cast["seller"], "Export Town"),
        creditor_account=Account(number="DEMO-SELLER-1"),
        creditor_agent=_agent(deal.cast, "settlement"),
        instructed=instructed,
        settlement=amount,
        settlement_date=now.date(),
        exchange_rate=RATE if exchanged else None,
        remittance=(_invoice(deal),),
        request=deal.issued["payment-request"][0],
    )
    issued, message, findings = issue(draft)
    if issued is None:
        raise CannotPlay("; ".join(f"{each.path}: {each.text}" for each in findings))
    return issued, message


def _exchanged(amount: Money) -> Money:
    return Money.of(amount.amount / RATE.rate, "CNY", rounding=Rounding.HALF_EVEN)


def check(instruction: PaymentInstruction, message: bytes) -> tuple[Finding, ...]:
    """Whether the message says what the record says."""
    return check_message(instruction, message)


def settlement(deal: Deal, instruction: PaymentInstruction, now: datetime) -> Settlement:
    """The institution lends the payer's side the money and moves it to the seller, in one set of postings."""
    cast = deal.cast
    accounts = Accounts(
        debtor=cast.did("buyer"),
        creditor=cast.did("seller"),
        exchange=f"{cast.did('settlement')}:exchange" if instruction.exchange_rate else None,
        issuer=cast.did("settlement"),
    )
    record, _ = deal.issued["payment-instruction"]
    return settle(record, instruction, accounts=accounts, settled=now.replace(microsecond=0))
