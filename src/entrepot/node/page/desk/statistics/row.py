"""The row of a sale as its reporter may know it, and the count that accepts it."""

from collections.abc import Mapping

from django.utils.translation import gettext

from entrepot.base.finding import Finding
from entrepot.base.shape import dump
from entrepot.flow.count import sale_row
from entrepot.flow.issue import Draft
from entrepot.node.account.acting import Acting
from entrepot.node.account.models import Business
from entrepot.node.page.desk.desk import Case, Ruling
from entrepot.node.page.entry import Entry
from entrepot.node.running import office
from entrepot.statistic.count import count_of
from entrepot.statistic.row import Row, row_of

PERSONS = "persons"


def row_for(acting: Acting, sale: str, typed: Mapping[str, str] | None = None) -> tuple[Row | None, list[Finding]]:
    """The row for the economy of the party, and what is unknown about it; None where it cannot be made of what the
    party may read, or the economy is on neither side."""
    own = Business.objects.filter(party=acting.party).first()
    persons = (typed or {}).get(PERSONS, "").strip()
    employed = int(persons) if persons.isascii() and persons.isdigit() and len(persons) < 8 else None
    here = office()
    known = sale_row(here.journal, sale, readers=acting.readers, recall=here.recall, persons_employed=employed)
    if own is None or known is None:
        return None, []
    row, findings = row_of(known, reporter=own.economy)
    return row, list(findings)


def count_entries(acting: Acting, case: Case) -> list[Entry]:
    """What only the office's own register knows."""
    del acting, case
    return [
        Entry(
            name=PERSONS,
            label=gettext("Persons employed"),
            help=gettext("Of the enterprise on your side, from your own register."),
            kind="number",
            required=False,
            most=7,
        )
    ]


def count(ruling: Ruling) -> Draft:
    """The row is counted."""
    row, _ = row_for(ruling.acting, ruling.case.id, ruling.typed)
    assert row is not None, "it is offered where there is a row"
    party, number = ruling.acting.party, ruling.typed["number"]
    return Draft(kind="count", issuer=party, number=number, payload=dump(count_of(row)), sales=(ruling.case.id,))
