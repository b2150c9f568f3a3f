"""My sales as a board: each sale stands in the column of its state, with what the party may do next."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from entrepot.base.money import Money
from entrepot.flow.reading import sale_ids, sale_summary
from entrepot.node.account.acting import READERS, Acting, me
from entrepot.node.account.models import Draft
from entrepot.node.page.answer import page
from entrepot.node.page.entrance import acting_for
from entrepot.node.page.sale.deal import deal_of
from entrepot.node.page.sale.upcoming import upcoming
from entrepot.node.page.sale.words import COLUMNS, STATES, word
from entrepot.node.running import office

PAGE = 60


@dataclass(frozen=True, slots=True)
class Card:
    """One sale on the board."""

    sale: str
    number: str
    other: str
    what: str
    total: Money | None
    state: str
    word: str
    steps: list[tuple[str, str]]
    """What the party has not said yet and may say now: kind and word."""


@require_safe
@acting_for(READERS)
def board(request: HttpRequest) -> HttpResponseBase:
    """The sales of the party, and the drafts of the person."""
    acting = me(request)
    ids = sale_ids(office().journal, acting.readers)
    offset = page_from(request)
    cards = [_card(each, acting) for each in ids[offset : offset + PAGE]]
    columns = [(gettext(title), [each for each in cards if each.state in states]) for title, states in COLUMNS]
    more = offset + PAGE
    return page(
        request,
        "sale/board.html",
        columns=[each for each in columns if each[1]],
        drafts=Draft.objects.filter(person=acting.person, place__startswith="/sales/").order_by("-updated"),
        next=more if more < len(ids) else None,
        count=len(ids),
    )


def page_from(request: HttpRequest) -> int:
    """Where the page of a long list begins, as the address says; 0 where that is no number."""
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _card(sale: str, acting: Acting) -> Card:
    here = office()
    summary = sale_summary(here.journal, sale, acting.readers, recall=here.recall) or {"state": "unknown"}
    deal = deal_of(sale, acting.readers)
    return Card(
        sale=sale,
        number=deal.number,
        other=deal.other(acting.party),
        what=deal.what,
        total=deal.total,
        state=summary["state"],
        word=word(STATES, summary["state"]),
        steps=upcoming(sale, summary["state"], acting).now,
    )
