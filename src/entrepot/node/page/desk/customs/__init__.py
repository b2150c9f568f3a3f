"""The customs desk: declarations that are addressed to the office, which lets the goods go, or not."""

from django.utils.translation import gettext

from entrepot.base.record import Record
from entrepot.base.shape import dump
from entrepot.document.customs.model import CustomsDeclaration, CustomsRelease, Direction
from entrepot.flow.issue import Draft
from entrepot.flow.reading import is_readable
from entrepot.node.account.acting import Acting
from entrepot.node.page.desk.desk import Case, Decision, Desk, Fact, Reading, Ruling, in_order
from entrepot.node.page.desk.paper import holds, papers, sales_as
from entrepot.node.page.desk.word import day_words, economy_words, money_words, quantity_words
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.sale.words import word
from entrepot.node.running import office
from entrepot.sale.fact import Role

OFFICES = {Direction.EXPORT: Role.EXPORT_CUSTOMS, Direction.IMPORT: Role.IMPORT_CUSTOMS}
DECIDED = {
    "released": gettext_noop("released"),
    "refused": gettext_noop("refused"),
    "inspect": gettext_noop("to be inspected"),
}
OUTCOMES = {"release": "released", "refuse": "refused", "inspect": "inspect"}
"""Decision of the desk -> what the record says."""


def _cases(acting: Acting) -> list[Case]:
    found = [each for sale in sales_as(acting, *OFFICES.values()) for each in _of_sale(acting, sale)]
    return in_order(found)


def _of_sale(acting: Acting, sale: str) -> list[Case]:
    said = papers(sale, acting)
    own = [(record, paper) for record, paper in said if isinstance(paper, CustomsDeclaration)]
    mine = [each for each in own if holds(acting, sale, OFFICES[each[1].direction])]
    releases = [paper for _, paper in said if isinstance(paper, CustomsRelease)]
    return [_case(record, paper, releases) for record, paper in mine]


def _case(record: Record, said: CustomsDeclaration, releases: list[CustomsRelease]) -> Case:
    outcome = next((str(each.decision) for each in releases[::-1] if each.declaration.record == record.id), "")
    is_over = outcome in ("released", "refused")
    return Case(
        id=record.id,
        number=said.number,
        title=said.goods[0].description,
        who=said.declarant.name,
        since=record.content.issued,
        word=word(DECIDED, outcome) if outcome else gettext("waits for you"),
        is_open=not is_over,
        may=() if is_over else tuple(each for each, says in OUTCOMES.items() if says != outcome),
    )


def _declaration(acting: Acting, case: str) -> tuple[Record, CustomsDeclaration] | None:
    journal = office().journal
    record = journal.record(case) if is_readable(journal, case, acting.readers) else None
    for sale in record.sales if record else ():
        for each, paper in papers(sale, acting):
            if each.id == case and isinstance(paper, CustomsDeclaration):
                return each, paper
    return None


def _find(acting: Acting, case: str) -> Case | None:
    found = _declaration(acting, case)
    cases = _of_sale(acting, found[0].sales[0]) if found else []
    return next((each for each in cases if each.id == case), None)


def _read(acting: Acting, case: Case) -> Reading:
    found = _declaration(acting, case.id)
    assert found is not None, "a case is a declaration that the party reads"
    said = found[1]
    directions = {Direction.EXPORT: gettext("Export"), Direction.IMPORT: gettext("Import")}
    goods = tuple(
        Fact(
            gettext("Goods"),
            f"{each.description} · HS {each.hs.code} · {quantity_words(each.quantity)} · "
            f"{economy_words(each.origin)} · {money_words(each.customs_value)}",
        )
        for each in said.goods
    )
    facts = (
        Fact(gettext("Direction"), directions[said.direction]),
        Fact(gettext("Exporter"), said.exporter.name),
        Fact(gettext("Importer"), said.importer.name),
        *goods,
        Fact(gettext("Customs value"), f"{money_words(said.customs_value)} · {said.valuation.upper()}"),
        Fact(gettext("Day"), day_words(said.issue_date)),
        Fact(gettext("The sale"), said.invoice.number, f"/sales/{found[0].sales[0]}"),
    )
    sides = tuple(dict.fromkeys(each.did for each in (said.declarant, said.exporter, said.importer) if each.did))
    return Reading(facts=facts, concerned=sides)


def _release(name: str, ruling: Ruling) -> Draft:
    found = _declaration(ruling.acting, ruling.case.id)
    assert found is not None, "a case is a declaration that the party reads"
    record, said = found
    payload = {
        "number": ruling.typed["number"],
        "issueDate": ruling.today.isoformat(),
        "office": dump(said.office),
        "declaration": {"record": record.id, "number": said.number},
        "direction": str(said.direction),
        "decision": OUTCOMES[name],
        "conditions" if name == "inspect" else "reasons": [ruling.typed["reasons"]],
    }
    party = ruling.acting.party
    return Draft(kind="customs-release", issuer=party, number=payload["number"], payload=payload, sales=record.sales)


CUSTOMS = Desk(
    name="customs",
    title=gettext_noop("Customs"),
    explains=gettext_noop("Traders and carriers declare goods to you; you let them go, or not."),
    cases=_cases,
    find=_find,
    read=_read,
    decisions=(
        Decision(
            name="release",
            title=gettext_noop("Release the goods"),
            explains=gettext_noop("The goods may go. Both sides, the carrier and the chamber are told."),
            prefix="CR",
            draft=lambda ruling: _release("release", ruling),
        ),
        Decision(
            name="inspect",
            title=gettext_noop("Inspect the goods first"),
            explains=gettext_noop(
                "The goods wait until you have looked at them. Your reasons say what is to be looked at."
            ),
            prefix="CR",
            draft=lambda ruling: _release("inspect", ruling),
        ),
        Decision(
            name="refuse",
            title=gettext_noop("Refuse the goods"),
            explains=gettext_noop("The goods may not go, and you say why."),
            prefix="CR",
            draft=lambda ruling: _release("refuse", ruling),
        ),
    ),
)
