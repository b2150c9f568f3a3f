"""The cases of a chamber: sales whose seller named it, with the invoice that lists the goods."""

from typing import Any

from django.utils.translation import gettext

from entrepot.base.record import Record
from entrepot.document.invoice.model import Invoice
from entrepot.document.order.model import OrderResponse
from entrepot.document.trade import Line
from entrepot.flow.agency import decisions
from entrepot.node.account.acting import Acting
from entrepot.node.page.desk.desk import Case, Fact, Reading
from entrepot.node.page.desk.paper import by_sale, newest, papers, sale_fact
from entrepot.node.page.desk.word import day_words, economy_words, quantity_words
from entrepot.node.running import office
from entrepot.party.party import Party
from entrepot.sale.fact import Role

CERTIFICATE = "certificate-of-origin"


def _case(sale: str, acting: Acting) -> Case | None:
    found = papers(sale, acting)
    asked = newest(found, "order-response")
    if asked is None or not isinstance(asked[1], OrderResponse):
        return None
    billed = newest(found, "invoice")
    invoice = billed[1] if billed and isinstance(billed[1], Invoice) else None
    word, may = _standing(sale, acting, found, is_billed=invoice is not None)
    return Case(
        id=sale,
        number=asked[1].order.number,
        title=invoice.lines[0].name if invoice else gettext("Goods that are not invoiced yet"),
        who=invoice.seller.name if invoice else "",
        since=asked[0].content.issued,
        word=word,
        is_open=len(may) == 2,
        may=may,
    )


def _standing(
    sale: str, acting: Acting, found: list[tuple[Record, Any]], *, is_billed: bool
) -> tuple[str, tuple[str, ...]]:
    """How the case stands, and what may be decided; a certificate that was refused may still be issued."""
    if newest(found, CERTIFICATE, issuer=acting.party) is not None:
        return gettext("certified"), ()
    decided = decisions(office(), sale, acting.readers, desk="chamber", by=(acting.party,))
    if decided and decided[-1].says.outcome == "refuse":
        return gettext("refused"), ("certify",) if is_billed else ()
    if not is_billed:
        return gettext("waits for the invoice"), ("refuse",)
    return gettext("waits for you"), ("certify", "refuse")


def read(acting: Acting, case: Case) -> Reading:
    """What seller and buyer said of the goods."""
    found = papers(case.id, acting)
    billed = newest(found, "invoice")
    if billed is None or not isinstance(billed[1], Invoice):
        return Reading(facts=(sale_fact(case),), concerned=(found[0][0].content.issuer,) if found else ())
    invoice = billed[1]
    lines = tuple(Fact(gettext("Goods"), goods(each)) for each in invoice.lines)
    facts = (
        Fact(gettext("Exporter"), party_words(invoice.seller)),
        Fact(gettext("Consignee"), party_words(invoice.buyer)),
        *lines,
        Fact(gettext("Invoice"), f"{invoice.number} · {day_words(invoice.issue_date)}"),
        sale_fact(case),
    )
    sides = tuple(each.did for each in (invoice.seller, invoice.buyer) if each.did)
    missing = [each.name for each in invoice.lines if each.origin is None]
    notes = [gettext("The seller does not say where this comes from: %(name)s.") % {"name": each} for each in missing]
    return Reading(facts=facts, notes=tuple((each, False) for each in notes), concerned=sides)


def party_words(party: Party) -> str:
    """Name and address of a party."""
    address = party.address
    where = [*address.lines, address.postal_code, address.city] if address else []
    return " · ".join(each for each in (party.name, *where, economy_words(party.economy)) if each)


def goods(line: Line) -> str:
    """A line of goods: what, how much, commodity code, origin."""
    quantity = quantity_words(line.quantity)
    code = f"HS {line.hs.code}" if line.hs else ""
    return " · ".join(each for each in (line.name, quantity, code, economy_words(line.origin)) if each)


cases, find = by_sale(_case, Role.CHAMBER)
