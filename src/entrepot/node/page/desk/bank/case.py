"""The cases of a bank: sales whose buyer named it, and how far the money is."""

from django.utils.translation import gettext

from entrepot.document.invoice.model import CreditNote, Invoice
from entrepot.document.order.model import OrderResponse
from entrepot.flow.agency import decisions
from entrepot.flow.owing import Owing, changing, one_currency, overpaid, owing, to_send
from entrepot.node.account.acting import Acting
from entrepot.node.page.desk.desk import Case, Fact, Reading
from entrepot.node.page.desk.paper import by_sale, holds, newest, papers, sale_fact
from entrepot.node.page.desk.word import day_words, money_words, owed_words
from entrepot.node.page.sale.telling import say
from entrepot.node.page.sale.words import KINDS, word
from entrepot.node.running import office
from entrepot.payment.request import PaymentRequest
from entrepot.sale.fact import Role

ROLES = (Role.PAYER_BANK, Role.SETTLEMENT)


def _case(sale: str, acting: Acting) -> Case | None:
    """A bank reads the answer to the order and what is billed, not the order itself."""
    found = papers(sale, acting)
    answered, billed = newest(found, "order-response"), newest(found, "invoice")
    if answered is None or not isinstance(answered[1], OrderResponse):
        return None
    invoice = billed[1] if billed and isinstance(billed[1], Invoice) else None
    owed = owing(found)
    standing, may = _standing(sale, acting, owed)
    waiting = to_send(owed)
    amount = waiting[0].unsent if waiting else invoice.totals.payable if invoice else None
    return Case(
        id=sale,
        number=answered[1].order.number,
        title=money_words(amount) if amount else gettext("Nothing is billed yet"),
        who=f"{invoice.buyer.name} → {invoice.seller.name}" if invoice else "",
        since=answered[0].content.issued,
        word=standing,
        is_open=len(may) > 1 or "refund" in may,
        may=may,
    )


def _standing(sale: str, acting: Acting, owed: Owing) -> tuple[str, tuple[str, ...]]:
    """How the case stands, and what may be decided; what was refused may still be sent."""
    settles, sends = holds(acting, sale, Role.SETTLEMENT), holds(acting, sale, Role.PAYER_BANK)
    may = [
        *(["settle"] if settles and one_currency(owed) else []),
        *(["refund"] if settles and overpaid(owed) else []),
        *(["send"] if sends and to_send(owed) and not owed.unplaced else []),
    ]
    if owed.unsettled:
        return gettext("sent, not settled yet"), (*may, "refuse") if may else ()
    if not owed.bills:
        done = bool(owed.settled)
        return gettext("settled") if done else gettext("waits for the invoice"), () if done else ("refuse",)
    if not to_send(owed):
        return gettext("waits for you") if may else gettext("settled"), tuple(may)
    if owed.unplaced:
        is_credit = any(each.params.get("kind") == "credit-note" for each in owed.unplaced)
        loose = gettext("a credit note names no single invoice") if is_credit else gettext("not sent yet")
        return loose, (*(each for each in may if each != "send"), "refuse")
    if not may:
        return gettext("not sent yet"), ()
    decided = decisions(office(), sale, acting.readers, desk="bank", by=(acting.party,))
    if decided and decided[-1].says.outcome == "refuse":
        return gettext("refused"), tuple(may)
    return gettext("waits for you"), (*may, "refuse")


def read(acting: Acting, case: Case) -> Reading:
    """Who pays whom, what was billed, and how the seller asks to be paid."""
    found = papers(case.id, acting)
    link = sale_fact(case)
    billed, asked = newest(found, "invoice"), newest(found, "payment-request")
    if billed is None or not isinstance(billed[1], Invoice):
        return Reading(facts=(link,), concerned=(found[0][0].content.issuer,) if found else ())
    invoice = billed[1]
    facts = [
        Fact(gettext("Buyer"), invoice.buyer.name),
        Fact(gettext("Seller"), invoice.seller.name),
    ]
    owed = owing(found)
    for bill in owed.bills:
        facts.append(Fact(gettext("Invoice"), f"{bill.invoice.number} · {day_words(bill.invoice.issue_date)}"))
        facts.append(Fact(gettext("To be paid"), owed_words(bill.due, bill.owed)))
    if asked and isinstance(asked[1], PaymentRequest) and asked[1].account:
        facts.append(Fact(gettext("Account of the seller"), asked[1].account.number))
    for _, note in found:
        if isinstance(note, CreditNote):
            facts.append(Fact(word(KINDS, "credit-note"), f"{note.number} · {money_words(note.totals.payable)}"))
    sides = tuple(each.did for each in (invoice.seller, invoice.buyer) if each.did)
    return Reading(
        facts=(*facts, link), notes=tuple(say(each) for each in (*owed.unplaced, *changing(owed))), concerned=sides
    )


cases, find = by_sale(_case, *ROLES)
