"""The certificate of origin, made of the invoice: only what that does not say is asked."""

from typing import Any

from django.utils.translation import gettext

from entrepot.base.shape import dump
from entrepot.document.invoice.model import Invoice
from entrepot.document.order.model import OrderResponse
from entrepot.document.origin.model import Criterion
from entrepot.document.trade import HsVintage, Line
from entrepot.economy.load import codes
from entrepot.flow.issue import Draft
from entrepot.node.account.acting import Acting
from entrepot.node.page.desk.chamber.case import CERTIFICATE
from entrepot.node.page.desk.desk import Case, Ruling
from entrepot.node.page.desk.paper import newest, papers
from entrepot.node.page.desk.word import economy_words
from entrepot.node.page.entry import Entry
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.sale.context import card_of

AGREEMENTS = ("RCEP", "ATIGA", "ACFTA")
CRITERIA = {
    Criterion.WO: gettext_noop("wholly obtained there (WO)"),
    Criterion.PE: gettext_noop("made there of originating materials only (PE)"),
    Criterion.CTC: gettext_noop("change of the tariff code (CTC)"),
    Criterion.CR: gettext_noop("chemical reaction (CR)"),
}
"""Criteria that need no further figure: regional value content asks for the value free on board as well."""


def certificate_entries(acting: Acting, case: Case) -> list[Entry]:
    """The agreement and its criterion, and per line the code and the origin where the invoice says neither."""
    own = [entry for index, line in enumerate(_invoice(acting, case).lines) for entry in _missing(index, line)]
    criteria = tuple((str(each), gettext(words)) for each, words in CRITERIA.items())
    return [
        *own,
        Entry(
            name="agreement",
            label=gettext("Trade agreement"),
            help=gettext("Leave it open for a certificate without preference."),
            kind="select",
            options=tuple((each, each) for each in AGREEMENTS),
            required=False,
            path="$.agreement",
        ),
        Entry(
            name="criterion",
            label=gettext("Origin criterion"),
            help=gettext("Needed where an agreement is named; the same for all lines."),
            kind="select",
            options=criteria,
            required=False,
            path="$.items[0].criterion",
        ),
    ]


def _missing(index: int, line: Line) -> list[Entry]:
    entries = []
    if line.hs is None:
        label = gettext("HS code of: %(name)s") % {"name": line.name}
        entries.append(Entry(name=f"hs_{index}", label=label, most=12, path=f"$.items[{index}].hs"))
    if line.origin is None:
        label = gettext("Origin of: %(name)s") % {"name": line.name}
        options = tuple(sorted(((each, economy_words(each)) for each in codes()), key=lambda each: each[1]))
        path = f"$.items[{index}].origin"
        entries.append(Entry(name=f"origin_{index}", label=label, kind="select", options=options, path=path))
    return entries


def certificate(ruling: Ruling) -> Draft:
    """The chamber certifies the goods of the invoice; the seller's invoice is the exporter's declaration."""
    found = papers(ruling.case.id, ruling.acting)
    billed, asked = newest(found, "invoice"), newest(found, "order-response")
    assert billed is not None, "it is offered where there is an invoice"
    assert asked is not None, "a case is opened by an answer to an order"
    invoice, response = billed[1], asked[1]
    assert isinstance(invoice, Invoice), "it was read as one"
    assert isinstance(response, OrderResponse), "it was read as one"
    reference = {"record": billed[0].id, "number": invoice.number}
    payload = {
        "number": ruling.typed["number"],
        "issueDate": ruling.today.isoformat(),
        "issuingBody": card_of(ruling.acting.party),
        "exporter": dump(invoice.seller),
        "consignee": dump(invoice.buyer),
        "items": [_item(index, line, ruling, reference) for index, line in enumerate(invoice.lines)],
        "declaration": {"by": invoice.seller.name, "on": invoice.issue_date.isoformat()},
        "order": dump(response.order),
        "remarks": ruling.typed["reasons"],
    }
    if ruling.typed.get("agreement"):
        payload["agreement"] = ruling.typed["agreement"]
    kind, party = CERTIFICATE, ruling.acting.party
    return Draft(kind=kind, issuer=party, number=payload["number"], payload=payload, sales=(ruling.case.id,))


def _item(index: int, line: Line, ruling: Ruling, invoice: dict[str, str]) -> dict[str, Any]:
    typed = ruling.typed
    code = {"code": typed.get(f"hs_{index}", "").replace(".", "").strip(), "vintage": str(HsVintage.HS_2022)}
    item = {
        "id": line.id,
        "description": line.description or line.name,
        "hs": dump(line.hs) if line.hs else code,
        "origin": line.origin or typed.get(f"origin_{index}", ""),
        "quantity": dump(line.quantity),
        "invoice": invoice,
    }
    return item | ({"criterion": typed["criterion"]} if typed.get("criterion") else {})


def _invoice(acting: Acting, case: Case) -> Invoice:
    found = newest(papers(case.id, acting), "invoice")
    assert found is not None, "it is offered where there is an invoice"
    assert isinstance(found[1], Invoice), "it was read as one"
    return found[1]
