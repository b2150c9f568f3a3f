"""The cases of an overseer: an offer that is shown here, with the complaints about it."""

from datetime import datetime

from django.utils.translation import gettext

from entrepot.base.record import Record
from entrepot.document.agency.model import COMPLAINT, Complaint, Grounds
from entrepot.document.offer.model import Offer
from entrepot.document.trade import Line
from entrepot.flow.agency import OVERSEER, Decided, brought, decisions, hidden_offers, keepers
from entrepot.flow.kinds import read_record
from entrepot.flow.offersearch import Standing, Wanted, read_offer, search
from entrepot.node.account.acting import Acting
from entrepot.node.page.desk.desk import Case, Fact, Reading, in_order
from entrepot.node.page.desk.word import day_words, economy_words, moment_words, price_words, quantity_words
from entrepot.node.page.language import gettext_noop
from entrepot.node.page.sale.words import word
from entrepot.node.running import office

SHOWN = 100
"""Offers without a complaint that the queue shows, the newest first."""
ALSO_MAX = 19
"""Complaints that one decision names."""
GROUNDS = {
    Grounds.COUNTERFEIT: gettext_noop("It is a counterfeit"),
    Grounds.UNSAFE: gettext_noop("It is not safe"),
    Grounds.MISLEADING: gettext_noop("What is said of it is not true"),
    Grounds.FORBIDDEN: gettext_noop("It may not be sold"),
    Grounds.FRAUD: gettext_noop("The seller takes money and sends nothing"),
    Grounds.OTHER: gettext_noop("Something else"),
}
Complaints = list[tuple[Record, Complaint]]


def cases(acting: Acting) -> list[Case]:
    """Offers with complaints, and the newest of the others."""
    about = [row["about"] for row in brought(office(), COMPLAINT, acting.party)]
    others = [row["id"] for row in search(office(), Wanted(), limit=SHOWN).rows]
    hidden = sorted(hidden_offers(office()))
    found = [find(acting, each) for each in dict.fromkeys([*about, *hidden, *others])]
    return in_order([each for each in found if each])


def find(acting: Acting, case: str) -> Case | None:
    """An offer to everybody, whether somebody complained of it or not."""
    found = read_offer(office(), case)
    record = office().journal.record(case) if found else None
    if found is None or record is None:
        return None
    offer, standing = found
    decided = decisions(office(), case, acting.readers, desk=OVERSEER, by=keepers(office(), OVERSEER))
    waiting = _waiting(_complaints(acting, case), decided)
    return Case(
        id=case,
        number=offer.number,
        title=offer.lines[0].name,
        who=offer.seller.name,
        since=waiting[0][0].content.issued if waiting else record.content.issued,
        word=_word(standing, decided, waiting),
        is_open=bool(waiting),
        may=_may(standing, is_waiting=bool(waiting)),
    )


def _complaints(acting: Acting, offer: str) -> Complaints:
    """What the party was told about an offer, the oldest first."""
    found = []
    for row in reversed(brought(office(), COMPLAINT, acting.party)):
        record = office().journal.record(row["record"]) if row["about"] == offer else None
        said = None if record is None or record.erased else read_record(record)[0]
        if record is not None and isinstance(said, Complaint):
            found.append((record, said))
    return found


def _waiting(complaints: Complaints, decided: list[Decided]) -> Complaints:
    """The complaints that no decision names."""
    named = {each.record for one in decided for each in one.says.about}
    return [each for each in complaints if each[0].id not in named]


def _word(standing: Standing, decided: list[Decided], waiting: Complaints) -> str:
    if waiting:
        return gettext("complained of")
    if standing is Standing.HIDDEN:
        return gettext("hidden here")
    if standing is Standing.WITHDRAWN:
        return gettext("withdrawn by the seller")
    done = {"dismiss": gettext("complaint dismissed"), "warn": gettext("seller warned")}
    done["ask"] = gettext("seller asked to withdraw it")
    return done.get(decided[-1].says.outcome if decided else "", gettext("no complaint"))


def _may(standing: Standing, *, is_waiting: bool) -> tuple[str, ...]:
    first = ("dismiss",) if is_waiting else ()
    if standing is Standing.HIDDEN:
        return (*first, "show")
    if standing in (Standing.WITHDRAWN, Standing.ENDED):
        return (*first, "warn")
    return (*first, "warn", "ask", "hide")


def read(acting: Acting, case: Case) -> Reading:
    """What the seller offers, and what was said against it."""
    found = read_offer(office(), case.id)
    record = office().journal.record(case.id)
    assert found is not None, "a case is an offer"
    assert record is not None, "and so a record"
    offer, complaints = found[0], _complaints(acting, case.id)
    decided = decisions(office(), case.id, acting.readers, desk=OVERSEER, by=keepers(office(), OVERSEER))
    waiting = _waiting(complaints, decided)
    return Reading(
        facts=(*_offer_facts(offer, case), *(_complaint_fact(*each) for each in complaints)),
        also={each.id: said.number for each, said in waiting[:ALSO_MAX]},
        concerned=(record.content.issuer,),
    )


def _offer_facts(offer: Offer, case: Case) -> tuple[Fact, ...]:
    seller = (offer.seller.name, economy_words(offer.seller.economy))
    return (
        Fact(gettext("Seller"), " · ".join(each for each in seller if each)),
        *(Fact(gettext("Offered"), _line(each, offer.currency)) for each in offer.lines),
        Fact(gettext("Last day of the offer"), day_words(offer.valid_until)),
        Fact(gettext("The offer as everybody sees it"), offer.number, f"/offers/{case.id}"),
    )


def _line(line: Line, currency: str) -> str:
    price = price_words(line.price.amount, currency)
    quantity = quantity_words(line.quantity)
    parts = (line.name, quantity, price, economy_words(line.origin))
    return "\n".join(each for each in (" · ".join(part for part in parts if part), line.description or "") if each)


def _complaint_fact(record: Record, said: Complaint) -> Fact:
    issued: datetime = record.content.issued
    head = f"{word({str(key): text for key, text in GROUNDS.items()}, str(said.grounds))} · {moment_words(issued)}"
    return Fact(gettext("Complaint"), "\n".join(each for each in (head, said.text, said.reply_to or "") if each))
