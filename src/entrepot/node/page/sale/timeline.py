"""One sale as a timeline: each record with who, when, what was checked, by which standard, and how that came out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import segno
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from entrepot.base.moment import parse_moment
from entrepot.base.money import Money
from entrepot.flow.agency import Decided, decisions
from entrepot.flow.kinds import read_record
from entrepot.flow.owing import owing
from entrepot.flow.reading import has_sale, sale_page
from entrepot.flow.thread import thread, woven
from entrepot.flow.told import roles_told
from entrepot.node.account.acting import READERS, Acting, me
from entrepot.node.account.models import Deed
from entrepot.node.notice.unread import mark_read
from entrepot.node.page.answer import error_page, page
from entrepot.node.page.desk.listing import DESKS
from entrepot.node.page.desk.paper import papers
from entrepot.node.page.desk.queue import outcome
from entrepot.node.page.desk.word import owed_words
from entrepot.node.page.entrance import acting_for
from entrepot.node.page.sale.deal import Deal, deal_of
from entrepot.node.page.sale.message import Written, written
from entrepot.node.page.sale.telling import kept_words
from entrepot.node.page.sale.upcoming import upcoming
from entrepot.node.page.sale.words import CUSTODIES, KINDS, SIGNS, STAGES, STANDINGS, STATES, VERDICTS, YARDSTICKS, word
from entrepot.node.running import office
from entrepot.payment.request import PaymentRequest
from entrepot.sale.message import MESSAGE

DECLARATION = "customs-declaration"
LATE = timedelta(minutes=1)
"""Between issue and arrival: what takes longer is shown."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked, by which ``standard``: its name, or words for it. ``findings``: sentences, and
    whether each is English for want of a translation."""

    stage: str
    standard: str
    is_name: bool
    verdict: str
    sign: str
    kind: str
    findings: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One record on the timeline; ``title`` is empty where it is withheld from the reader."""

    id: str
    title: str
    number: str = ""
    issuer: str = ""
    person: str = ""
    custody: str = ""
    issued: datetime | None = None
    received: datetime | None = None
    standing: str = ""
    status: str = ""
    reasons: tuple[tuple[str, bool], ...] = ()
    checks: tuple[Check, ...] = ()
    code: str = ""
    """The code of a payment request, as a picture."""
    message: Written | None = None

    @property
    def is_late(self) -> bool:
        """Whether it came here more than a minute after it says it was issued; or before, by another's clock."""
        return bool(self.issued and self.received and abs(self.received - self.issued) > LATE)

    @property
    def tally(self) -> list[tuple[str, str, int]]:
        """Sign and word of each verdict, and how many checks came out so."""
        counted = Counter((each.kind, each.sign, each.verdict) for each in self.checks)
        return [(sign, word, counted[kind, sign, word]) for kind, sign, word in sorted(counted, key=_weight)]


def _weight(verdict: tuple[str, str, str]) -> int:
    return [*VERDICTS].index(verdict[0]) if verdict[0] in VERDICTS else len(VERDICTS)


@require_safe
@acting_for(READERS)
def timeline(request: HttpRequest, sale: str) -> HttpResponseBase:
    """The sale; for whoever has no part in it there is no such page."""
    here, acting = office(), me(request)
    if not has_sale(here.journal, sale, acting.readers):
        return error_page(request, 404)
    found = sale_page(here.journal, sale, acting.readers, custodies=here.custodies(), recall=here.recall)
    assert found is not None, "a sale that a party holds has a row"
    mark_read(acting, sale)
    deal = deal_of(sale, acting.readers)
    messages = thread(here.journal, sale, acting.readers, custodies=here.custodies())
    return page(
        request,
        "sale/timeline.html",
        deal=deal,
        other=deal.other(acting.party),
        state=word(STATES, found["state"]),
        accounts=[words for row in found["accounts"] if (words := _account(row))],
        bills=_bills(sale, found, acting),
        steps=[step_of(each, found, deal, acting) for each in woven(found["records"], messages)],
        messages=len(messages),
        next=upcoming(sale, found["state"], acting),
        decided=_decided(deal, found, acting),
    )


def _decided(deal: Deal, found: Mapping[str, Any], acting: Acting) -> list[tuple[str, Decided, str]]:
    """What those who take part in the sale told the party that they decided about it, or about a declaration in it,
    with the name of the agency; whoever else claims to decide about it is none of it."""
    about = [deal.sale, *(each["id"] for each in found["records"] if each.get("kind") == DECLARATION)]
    part = {acting.party}.union(*roles_told(office(), deal.sale, acting.readers).values())
    told = [each for one in about for each in decisions(office(), one, acting.readers, by=part)]
    told.sort(key=lambda each: each.place)
    words = [outcome(DESKS.get(each.says.desk), each.says.outcome) for each in told]
    return [(says, each, deal.name(each.issuer)) for says, each in zip(words, told, strict=True)]


def _account(row: Mapping[str, str]) -> str:
    """What is due and owed, in words; none where a record bears on it that cannot be read here, and before any bill."""
    if "unknown" in (row["due"], row["owed"]) or row["due"] == row["owed"] == "0":
        return ""
    return owed_words(Money(int(row["due"]), row["currency"]), Money(int(row["owed"]), row["currency"]))


def _bills(sale: str, found: Mapping[str, Any], acting: Acting) -> list[tuple[str, str]]:
    """Number of each invoice, and what is due and owed of it; only where there are several, and nothing is unknown."""
    several = sum(each.get("kind") == "invoice" for each in found["records"]) > 1
    if not several or any("unknown" in (row["due"], row["owed"]) for row in found["accounts"]):
        return []
    owed = owing(papers(sale, acting))
    return [] if owed.unplaced else [(each.invoice.number, owed_words(each.due, each.owed)) for each in owed.bills]


def step_of(line: Mapping[str, Any], found: Mapping[str, Any], deal: Deal, acting: Acting) -> Step:
    """One record, as whoever reads the sale may know it."""
    if line.get("withheld"):
        return Step(line["id"], "")
    unjudged: dict[str, Any] = {"status": "effective" if line["kind"] == MESSAGE else "unknown", "findings": []}
    standing = found["standings"].get(line["id"], unjudged)
    # Who signed for the other side is that side's own affair, also where it lives on the same node.
    deed = Deed.objects.filter(what="signed", party=acting.party, about=line["id"]).select_related("person").first()
    custodies = dict.fromkeys(each.get("custody", "") for each in line["proofs"])
    return Step(
        id=line["id"],
        title=word(KINDS, line["kind"]),
        number=line["number"],
        issuer=deal.name(line["issuer"]),
        person=deed.person.name if deed and deed.person else "",
        custody=" · ".join(word(CUSTODIES, each) for each in custodies if each),
        issued=parse_moment(line["issued"]),
        received=parse_moment(line["received"]),
        standing=word(STANDINGS, standing["status"]),
        status=standing["status"],
        reasons=tuple(kept_words(each)[0] for each in standing["findings"]),
        checks=tuple(check_of(each) for each in line["checks"]),
        code=_code(line["id"]) if line["kind"] == "payment-request" else "",
        message=written(line["id"]) if line["kind"] == MESSAGE else None,
    )


def _code(record_id: str) -> str:
    record = office().journal.record(record_id)
    asked = None if record is None or record.erased else read_record(record)[0]
    if not isinstance(asked, PaymentRequest):
        return ""
    return str(segno.make_qr(asked.qr, error="m").svg_data_uri(scale=4, light="#fff", dark="#000"))


def check_of(row: Mapping[str, Any]) -> Check:
    """One check, in words."""
    return Check(
        stage=word(STAGES, row["stage"]),
        standard=word(YARDSTICKS, row["standard"]),
        is_name=row["standard"] not in YARDSTICKS,
        verdict=word(VERDICTS, row["verdict"]),
        sign=SIGNS.get(row["verdict"], "?"),
        kind=row["verdict"],
        findings=tuple(words for each in row["findings"] for words in kept_words(each)),
    )
