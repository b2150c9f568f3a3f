"""The cases of a bank: sales whose buyer named it, and how far the money is."""

from typing import Any

from django.utils.translation import gettext

from entrepot.base.record import Record
from entrepot.document.invoice.model import Invoice
from entrepot.document.order.model import OrderResponse
from entrepot.flow.agency import decisions
from entrepot.node.account.acting import Acting
from entrepot.node.page.desk.desk import Case, Fact, Reading
from entrepot.node.page.desk.paper import by_sale, holds, newest, papers, sale_fact
from entrepot.node.page.desk.word import day_words, money_words
from entrepot.node.running import office
from entrepot.payment.request import PaymentRequest
from entrepot.sale.fact import Role

ROLES = (Role.PAYER_BANK, Role.SETTLEMENT)
Papers = list[tuple[Record, Any]]


def _case(sale: str, acting: Acting) -> Case | None:
    """A bank reads the answer to the order and what is billed, not the order itself."""
    found = papers(sale, acting)
    answered, billed = newest(found, "order-response"), newest(found, "invoice")
    if answered is None or not isinstance(answered[1], OrderResponse):
        return None
    invoice = billed[1] if billed and isinstance(billed[1], Invoice) else None
    word, may = _standing(sale, acting, found)
    return Case(
        id=sale,
        number=answered[1].order.number,
        title=money_words(invoice.totals.payable) if invoice else gettext("Nothing is billed yet"),
        who=f"{invoice.buyer.name} → {invoice.seller.name}" if invoice else "",
        since=answered[0].content.issued,
        word=word,
        is_open=len(may) > 1,
        may=may,
    )


def _standing(sale: str, acting: Acting, found: Papers) -> tuple[str, tuple[str, ...]]:
    """How the case stands, and what may be decided; what was refused may still be sent."""
    sent, billed = newest(found, "payment-instruction"), newest(found, "invoice")
    if newest(found, "settlement") is not None:
        return gettext("settled"), ()
    if sent is not None:
        may = ("settle", "refuse") if holds(acting, sale, Role.SETTLEMENT) else ()
        return gettext("sent, not settled yet"), may
    if billed is None:
        return gettext("waits for the invoice"), ("refuse",)
    if not holds(acting, sale, Role.PAYER_BANK):
        return gettext("not sent yet"), ()
    decided = decisions(office(), sale, acting.readers, desk="bank")
    if decided and decided[-1].says.outcome == "refuse":
        return gettext("refused"), ("send",)
    return gettext("waits for you"), ("send", "refuse")


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
        Fact(gettext("Invoice"), f"{invoice.number} · {day_words(invoice.issue_date)}"),
        Fact(gettext("To be paid"), money_words(invoice.totals.payable)),
    ]
    if asked and isinstance(asked[1], PaymentRequest) and asked[1].account:
        facts.append(Fact(gettext("Account of the seller"), asked[1].account.number))
    sides = tuple(each.did for each in (invoice.seller, invoice.buyer) if each.did)
    return Reading(facts=(*facts, link), concerned=sides)


cases, find = by_sale(_case, *ROLES)
