"""What carries a bank's decision out: the instruction with its pacs.008, and the postings of settlement and refund."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext

from entrepot.base.digest import sha256
from entrepot.base.finding import Finding
from entrepot.base.shape import dump
from entrepot.document.invoice.model import Invoice
from entrepot.flow.issue import Draft
from entrepot.flow.owing import Bill, one_currency, overpaid, owing, part_of, to_send
from entrepot.flow.told import roles_told
from entrepot.journal.port import Attachment
from entrepot.node.account.acting import Acting
from entrepot.node.page.desk.desk import Case, Ruling
from entrepot.node.page.desk.paper import newest, papers
from entrepot.node.page.desk.word import money_words
from entrepot.node.page.entry import Entry
from entrepot.node.page.once import KEY
from entrepot.node.page.sale.context import party_of
from entrepot.node.page.sale.paying import ACCOUNT_MOST
from entrepot.node.running import office
from entrepot.party.party import Address, Party
from entrepot.payment.account import Account, Agent, InvoiceReference, new_uetr
from entrepot.payment.instruction import PaymentInstruction
from entrepot.payment.message import issue
from entrepot.payment.request import PaymentRequest
from entrepot.payment.settle import Accounts, give_back, settle
from entrepot.payment.settlement import RefundReason
from entrepot.sale.fact import Role


def instruction_entries(acting: Acting, case: Case) -> list[Entry]:
    """For which invoice, how much of it, and from which account to which."""
    return [
        *_bills(acting, case),
        Entry(
            name="amount",
            label=gettext("Amount"),
            help=gettext("Leave it empty to send all that is open of the invoice."),
            required=False,
            most=20,
            path="$.instructed",
        ),
        Entry(
            name="from",
            label=gettext("Account of the buyer at this bank"),
            most=ACCOUNT_MOST,
            path="$.debtorAccount.number",
        ),
        Entry(
            name="to",
            label=gettext("Account of the seller"),
            value=_asked(acting, case)[:ACCOUNT_MOST],
            most=ACCOUNT_MOST,
            path="$.creditorAccount.number",
        ),
        *_towns(acting, case),
    ]


def _bills(acting: Acting, case: Case) -> list[Entry]:
    """Which invoice is paid, where several are open."""
    bills = to_send(owing(papers(case.id, acting)))
    options = tuple((each.record, f"{each.invoice.number} · {money_words(each.unsent)}") for each in bills)
    if len(options) < 2:
        return []
    return [Entry(name="bill", label=gettext("Invoice"), kind="select", options=options, value=options[0][0])]


def _chosen(ruling: Ruling) -> Bill | None:
    """The invoice that is paid: the one that was chosen, else the first that is open."""
    bills = to_send(owing(papers(ruling.case.id, ruling.acting)))
    named = ruling.typed.get("bill")
    return next((each for each in bills if named in (None, "", each.record)), None)


def no_amount(ruling: Ruling) -> tuple[Finding, ...]:
    """What stands against the amount that was typed."""
    bill = _chosen(ruling)
    return part_of(bill, ruling.typed.get("amount", ""))[1] if bill else ()


def _towns(acting: Acting, case: Case) -> list[Entry]:
    """The towns that nobody has stated, without which a payment message cannot be written."""
    billed = newest(papers(case.id, acting), "invoice")
    if billed is None:
        return []
    asked = (
        ("buyer_town", gettext("Town of the buyer"), billed[1].buyer),
        ("seller_town", gettext("Town of the seller"), billed[1].seller),
        ("bank_town", gettext("Town of this bank"), party_of(acting.party)),
    )
    return [Entry(name=name, label=label, most=35) for name, label, party in asked if not _town(party)]


def _town(party: Party | None) -> str:
    return party.address.city or "" if party and party.address else ""


def _placed(party: Party, typed_town: str) -> Party:
    """The party with town and economy, as payment messages demand."""
    known = party.address or Address()
    economy = known.economy or party.economy
    return replace(party, address=replace(known, city=known.city or typed_town.strip() or None, economy=economy))


def _asked(acting: Acting, case: Case) -> str:
    """The account that the seller named: in the newest request, else in the invoice."""
    found = papers(case.id, acting)
    asked, billed = newest(found, "payment-request"), newest(found, "invoice")
    if asked and isinstance(asked[1], PaymentRequest) and asked[1].account:
        return asked[1].account.number
    if billed and isinstance(billed[1], Invoice) and billed[1].payment:
        return billed[1].payment.account or ""
    return ""


def instruction(ruling: Ruling) -> Draft | None:
    """The payment instruction and its message; where none can be written, the checks say why."""
    bill = _chosen(ruling)
    if bill is None:
        return None
    made = _instruction(ruling, bill)
    issued, message, _ = issue(made)
    file = Attachment(digest=sha256(message), media_type="application/xml", body=message)
    return Draft(
        kind="payment-instruction",
        issuer=ruling.acting.party,
        number=made.number,
        payload=dump(issued or made),
        sales=(ruling.case.id,),
        attachments=(file,) if issued else (),
    )


def _instruction(ruling: Ruling, bill: Bill) -> PaymentInstruction:
    found, typed = papers(ruling.case.id, ruling.acting), ruling.typed
    asked = newest(found, "payment-request")
    invoice = bill.invoice
    amount, _ = part_of(bill, typed.get("amount", ""))
    return PaymentInstruction(
        uetr=_uetr(typed),
        number=typed["number"].strip(),
        end_to_end=invoice.number,
        created=office().clock().replace(microsecond=0),
        debtor=_placed(invoice.buyer, typed.get("buyer_town", "")),
        debtor_account=_account(typed["from"]),
        debtor_agent=_agent(party_of(ruling.acting.party), ruling),
        creditor=_placed(invoice.seller, typed.get("seller_town", "")),
        creditor_account=_account(typed["to"]),
        creditor_agent=_agent(_settler(ruling), ruling),
        instructed=amount,
        settlement=amount,
        settlement_date=ruling.today,
        remittance=(InvoiceReference(number=invoice.number, record=bill.record),),
        request=asked[0].id if asked and _is_for(asked[1], bill) else None,
    )


def _is_for(asked: PaymentRequest, bill: Bill) -> bool:
    return any(each.record == bill.record for each in asked.invoices)


def _uetr(typed: Mapping[str, str]) -> str:
    """The same for each sending of one form, so that what is signed is what was looked at."""
    seed = bytes.fromhex(sha256(f"uetr/{typed[KEY]}".encode()))
    return new_uetr(lambda count: seed[:count])


def _account(text: str) -> Account | None:
    return Account(number=text.strip()) if text.strip() else None


def _settler(ruling: Ruling) -> Party | None:
    """The institution that settles, as far as this node knows it."""
    named = sorted(roles_told(office(), ruling.case.id, ruling.acting.readers).get(str(Role.SETTLEMENT), ()))
    return party_of(named[0]) if named else None


def _agent(party: Party | None, ruling: Ruling) -> Agent:
    """An institution as messages name it."""
    if party is None:
        return Agent()
    own = ruling.typed.get("bank_town", "").strip() if party.did == ruling.acting.party else ""
    return Agent(name=party.name, town=_town(party) or own or None, economy=party.economy)


def settlement(ruling: Ruling) -> Draft | None:
    """The postings of the oldest instruction that is not settled, over the accounts of the two sides in this
    institution's book, which lends the payer what it pays out."""
    waiting = one_currency(owing(papers(ruling.case.id, ruling.acting)))
    if not waiting:
        return None
    sent, ordered = waiting[0]
    accounts = Accounts(debtor=_holder(ordered.debtor), creditor=_holder(ordered.creditor), issuer=ruling.acting.party)
    settled = settle(sent.id, ordered, accounts=accounts, settled=office().clock().replace(microsecond=0))
    return _entered(ruling, "settlement", dump(settled))


def _holder(party: Party) -> str:
    return party.did or party.name


def _entered(ruling: Ruling, kind: str, payload: dict[str, Any]) -> Draft:
    number = ruling.typed["number"].strip()
    return Draft(kind=kind, issuer=ruling.acting.party, number=number, payload=payload, sales=(ruling.case.id,))


def refund(ruling: Ruling) -> Draft | None:
    """The postings that give back what was paid above what is due."""
    over = overpaid(owing(papers(ruling.case.id, ruling.acting)))
    if over is None:
        return None
    amount, (settled, paid, ordered) = over
    taker, moment = _holder(ordered.debtor), office().clock().replace(microsecond=0)
    reason = RefundReason.WRONG_AMOUNT
    made = give_back(settled.id, paid, amount=amount, taker=taker, reason=reason, refunded=moment)
    return _entered(ruling, "refund", dump(made))
