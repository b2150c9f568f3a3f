"""What carries a bank's decision out: the instruction with its pacs.008, and the postings of the settlement."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext

from entrepot.base.digest import sha256
from entrepot.base.shape import dump
from entrepot.flow.audience import roles_of_sale
from entrepot.flow.issue import Draft
from entrepot.journal.port import Attachment
from entrepot.node.account.acting import Acting
from entrepot.node.page.desk.bank.due import unsent, unsettled
from entrepot.node.page.desk.desk import Case, Ruling
from entrepot.node.page.desk.paper import papers
from entrepot.node.page.entry import Entry
from entrepot.node.page.once import KEY
from entrepot.node.page.sale.context import party_of
from entrepot.node.page.sale.paying import ACCOUNT_MOST
from entrepot.node.running import office
from entrepot.party.party import Address, Party
from entrepot.payment.account import Account, Agent, InvoiceReference, new_uetr
from entrepot.payment.instruction import PaymentInstruction
from entrepot.payment.message import issue
from entrepot.payment.settle import Accounts, settle
from entrepot.sale.fact import Role


def instruction_entries(acting: Acting, case: Case) -> list[Entry]:
    """From which account to which; the amount is what is left of the first invoice that is not paid."""
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
            value=_asked(acting, case)[:ACCOUNT_MOST],
            most=ACCOUNT_MOST,
            path="$.creditorAccount.number",
        ),
        *_towns(acting, case),
    ]


def _towns(acting: Acting, case: Case) -> list[Entry]:
    """The towns that nobody has stated, without which a payment message cannot be written."""
    due = unsent(papers(case.id, acting))
    if due is None:
        return []
    asked = (
        ("buyer_town", gettext("Town of the buyer"), due.invoice.buyer),
        ("seller_town", gettext("Town of the seller"), due.invoice.seller),
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
    due = unsent(papers(case.id, acting))
    if due and due.asked and due.asked[1].account:
        return due.asked[1].account.number
    return due.invoice.payment.account or "" if due and due.invoice.payment else ""


def instruction(ruling: Ruling) -> Draft:
    """The payment instruction and its message; where none can be written, the checks say why."""
    made = _instruction(ruling)
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


def _instruction(ruling: Ruling) -> PaymentInstruction:
    due, typed = unsent(papers(ruling.case.id, ruling.acting)), ruling.typed
    assert due is not None, "nothing is sent where nothing is due"
    invoice = due.invoice
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
        instructed=due.amount,
        settlement=due.amount,
        settlement_date=ruling.today,
        remittance=(InvoiceReference(number=invoice.number, record=due.record),),
        request=due.asked[0].id if due.asked else None,
    )


def _uetr(typed: Mapping[str, str]) -> str:
    """The same for each sending of one form, so that what is signed is what was looked at."""
    seed = bytes.fromhex(sha256(f"uetr/{typed[KEY]}".encode()))
    return new_uetr(lambda count: seed[:count])


def _account(text: str) -> Account | None:
    return Account(number=text.strip()) if text.strip() else None


def _settler(ruling: Ruling) -> Party | None:
    """The institution that settles, as far as this node knows it."""
    named = sorted(roles_of_sale(office(), ruling.case.id).get(str(Role.SETTLEMENT), ()))
    return party_of(named[0]) if named else None


def _agent(party: Party | None, ruling: Ruling) -> Agent:
    """An institution as messages name it."""
    if party is None:
        return Agent()
    own = ruling.typed.get("bank_town", "").strip() if party.did == ruling.acting.party else ""
    return Agent(name=party.name, town=_town(party) or own or None, economy=party.economy)


def settlement(ruling: Ruling) -> Draft:
    """The postings of the first instruction that is not settled, over the accounts of the two sides in this
    institution's book, which lends the payer what it pays out."""
    sent = unsettled(papers(ruling.case.id, ruling.acting))
    assert sent is not None, "nothing is settled that was not sent"
    ordered = sent[1]
    accounts = Accounts(
        debtor=ordered.debtor.did or ordered.debtor.name,
        creditor=ordered.creditor.did or ordered.creditor.name,
        issuer=ruling.acting.party,
    )
    settled = settle(sent[0].id, ordered, accounts=accounts, settled=office().clock().replace(microsecond=0))
    return Draft(
        kind="settlement",
        issuer=ruling.acting.party,
        number=ruling.typed["number"].strip(),
        payload=dump(settled),
        sales=(ruling.case.id,),
    )
