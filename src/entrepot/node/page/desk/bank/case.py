"""The cases of a bank: sales whose buyer named it, and how far the money is."""

from django.utils.translation import gettext

from entrepot.document.invoice.model import Invoice
from entrepot.document.order.model import OrderResponse
from entrepot.flow.agency import decisions
from entrepot.node.account.acting import Acting
from entrepot.node.page.desk.bank.due import Papers, unplaced, unsent, unsettled
from entrepot.node.page.desk.desk import Case, Fact, Reading
from entrepot.node.page.desk.paper import by_sale, holds, newest, papers, sale_fact
from entrepot.node.page.desk.word import day_words, money_words
from entrepot.node.page.sale.words import KINDS, word
from entrepot.node.running import office
from entrepot.sale.fact import Role

ROLES = (Role.PAYER_BANK, Role.SETTLEMENT)


def _case(sale: str, acting: Acting) -> Case | None:
    """A bank reads the answer to the order and what is billed, not the order itself."""
    found = papers(sale, acting)
    answered, due = newest(found, "order-response"), unsent(found)
    if answered is None or not isinstance(answered[1], OrderResponse):
        return None
    billed = newest(found, "invoice")
    invoice = due.invoice if due else billed[1] if billed and isinstance(billed[1], Invoice) else None
    amount = due.amount if due else invoice.totals.payable if invoice else None
    standing, may = _standing(sale, acting, found)
    return Case(
        id=sale,
        number=answered[1].order.number,
        title=money_words(amount) if amount else gettext("Nothing is billed yet"),
        who=f"{invoice.buyer.name} → {invoice.seller.name}" if invoice else "",
        since=answered[0].content.issued,
        word=standing,
        is_open=len(may) > 1,
        may=may,
    )


def _standing(sale: str, acting: Acting, found: Papers) -> tuple[str, tuple[str, ...]]:
    """How the case stands, and what may be decided; what was refused may still be sent."""
    if unsettled(found) is not None:
        may = ("settle", "refuse") if holds(acting, sale, Role.SETTLEMENT) else ()
        return gettext("sent, not settled yet"), may
    if newest(found, "invoice") is None:
        return gettext("waits for the invoice"), ("refuse",)
    if unsent(found) is None:
        return gettext("settled") if newest(found, "settlement") else gettext("nothing is to be paid"), ()
    if unplaced(found):
        return gettext("a credit note names no single invoice"), ("refuse",)
    if not holds(acting, sale, Role.PAYER_BANK):
        return gettext("not sent yet"), ()
    decided = decisions(office(), sale, acting.readers, desk="bank")
    if decided and decided[-1].says.outcome == "refuse":
        return gettext("refused"), ("send",)
    return gettext("waits for you"), ("send", "refuse")


def read(acting: Acting, case: Case) -> Reading:
    """Who pays whom, what was billed, and how the seller asks to be paid."""
    found = papers(case.id, acting)
    link, due, billed = sale_fact(case), unsent(found), newest(found, "invoice")
    if billed is None or not isinstance(billed[1], Invoice):
        return Reading(facts=(link,), concerned=(found[0][0].content.issuer,) if found else ())
    invoice = due.invoice if due else billed[1]
    credited = [*(due.credited if due else ()), *unplaced(found)]
    facts = [
        Fact(gettext("Buyer"), invoice.buyer.name),
        Fact(gettext("Seller"), invoice.seller.name),
        Fact(gettext("Invoice"), f"{invoice.number} · {day_words(invoice.issue_date)}"),
        *(Fact(word(KINDS, "credit-note"), f"{each.number} · {money_words(each.totals.payable)}") for each in credited),
        Fact(gettext("To be paid"), money_words(due.amount if due else invoice.totals.payable)),
    ]
    if due and due.asked and due.asked[1].account:
        facts.append(Fact(gettext("Account of the seller"), due.asked[1].account.number))
    sides = tuple(each.did for each in (invoice.seller, invoice.buyer) if each.did)
    return Reading(facts=(*facts, link), concerned=sides)


cases, find = by_sale(_case, *ROLES)
