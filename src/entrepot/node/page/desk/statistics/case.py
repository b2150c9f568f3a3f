"""The cases of a statistics office: how each sale stands with its count, and what its row says."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext

from entrepot.base.finding import Severity
from entrepot.document.order.model import Order
from entrepot.flow.agency import decisions
from entrepot.flow.reading import sale_summary
from entrepot.node.account.acting import Acting
from entrepot.node.page.desk.desk import Case, Fact, Reading
from entrepot.node.page.desk.paper import by_sale, newest, papers, sale_fact
from entrepot.node.page.desk.statistics.row import row_for
from entrepot.node.page.desk.word import economy_words, money_words
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.sale.telling import say
from entrepot.node.page.sale.words import word
from entrepot.node.running import office
from entrepot.sale.fact import Role
from entrepot.statistic.count import Count
from entrepot.statistic.row import Row

UNKNOWN = "ENT-CORE-STAT-08"
"""Id of the finding that a member of the row is unknown, and counted so."""
WORDS = {
    "yes": gettext_noop("yes"),
    "no": gettext_noop("no"),
    "unknown": gettext_noop("unknown"),
    "export": gettext_noop("export"),
    "import": gettext_noop("import"),
    "domestic": gettext_noop("within the economy"),
    "goods": gettext_noop("goods"),
    "services": gettext_noop("services"),
    "mixed": gettext_noop("goods and services"),
    "business": gettext_noop("a business"),
    "consumer": gettext_noop("a consumer"),
    "government": gettext_noop("a government"),
    "not_applicable": gettext_noop("not applicable"),
}
"""Values of a row -> their words."""
FIELDS = {
    "flow": gettext_noop("Direction"),
    "partner": gettext_noop("Partner economy"),
    "digital_trade": gettext_noop("Digital trade"),
    "ordered": gettext_noop("Ordered digitally"),
    "delivered": gettext_noop("Delivered digitally"),
    "platform": gettext_noop("Through a platform"),
    "subject": gettext_noop("What was sold"),
    "product": gettext_noop("Product code"),
    "size": gettext_noop("Persons employed"),
    "buyer": gettext_noop("Buyer"),
    "value": gettext_noop("Value"),
    "valuation": gettext_noop("Valuation"),
    "tax": gettext_noop("The value holds consumption tax"),
    "period": gettext_noop("Month"),
}
"""Members of a row -> their names."""


def _case(sale: str, acting: Acting) -> Case | None:
    found = newest(papers(sale, acting), "order")
    if found is None or not isinstance(found[1], Order):
        return None
    text, may, is_open = _standing(sale, acting)
    order = found[1]
    return Case(
        id=sale,
        number=order.number,
        title=order.lines[0].name,
        who=f"{order.seller.name} → {order.buyer.name}",
        since=found[0].content.issued,
        word=text,
        is_open=is_open,
        may=may,
    )


def _standing(sale: str, acting: Acting) -> tuple[str, tuple[str, ...], bool]:
    """How the count stands, what may be decided, and whether it waits."""
    here = office()
    state = sale_summary(here.journal, sale, acting.readers, recall=here.recall) or {}
    row, _ = row_for(acting, sale)
    own = _own_row(acting, sale)
    if own is not None and (row is None or replace(row, size=own.size) == own):
        is_certain = row is not None and row.value is not None
        return gettext("counted") if is_certain else gettext("counted, its value uncertain"), (), False
    if row is None:
        return gettext("uncertain: what it rests on is not for you to read here"), (), False
    if not _is_countable(state):
        return gettext("not to be counted yet"), (), False
    decided = decisions(here, sale, acting.readers, desk="statistics", by=(acting.party,))
    if decided and decided[-1].says.outcome == "query":
        return gettext("queried"), ("accept", "query"), False
    text = gettext("not counted yet") if own is None else gettext("changed since it was counted")
    return text, ("accept", "query"), True


def _own_row(acting: Acting, sale: str) -> Row | None:
    """The row as the party counted it last. Whether that still holds is asked of the row alone: an office does not see
    all the records of a sale, so the sale's own state may be unknown to it."""
    found = newest(papers(sale, acting), "count", issuer=acting.party)
    return found[1].row if found and isinstance(found[1], Count) else None


def _is_countable(state: dict[str, Any]) -> bool:
    """Whether there is something to count: an invoice, a delivery, a payment."""
    moved = state.get("fulfilment") in ("delivered", "returned")
    return moved or any(each["invoiced"] != "0" or each["settled"] != "0" for each in state.get("accounts", ()))


def read(acting: Acting, case: Case) -> Reading:
    """The row, member by member."""
    row, findings = row_for(acting, case.id)
    order = newest(papers(case.id, acting), "order")
    assert order is not None, "a case is a sale whose order the party reads"
    sides = tuple(each.did for each in (order[1].seller, order[1].buyer) if each.did)
    link = sale_fact(case)
    if row is None:
        return Reading(facts=(link,), concerned=sides)
    facts = tuple(Fact(gettext(label), words_of(row, name)) for name, label in FIELDS.items())
    notes = tuple(say(each) for each in findings if each.id != UNKNOWN and each.severity is not Severity.BLOCKING)
    return Reading(facts=(*facts, link), notes=notes, concerned=sides)


def words_of(row: Row, name: str) -> str:
    """A member of a row, in words; unknown where it is."""
    value = getattr(row, name)
    if value is None:
        return gettext("unknown")
    match name:
        case "partner":
            return economy_words(value)
        case "value":
            return money_words(value)
        case "product":
            return f"{value.scheme} {value.code} ({value.vintage})"
    return word(WORDS, str(value))


cases, find = by_sale(_case, Role.REPORTER)
