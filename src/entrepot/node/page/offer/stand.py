"""The public page of an offer: what, from whom, how it stands, what was checked, and the link to share."""

import segno
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from entrepot.document.offer.model import Offer
from entrepot.economy import economy
from entrepot.economy.load import codes
from entrepot.flow.agency import OVERSEER, Decided, decisions, keepers
from entrepot.flow.elsewhere import ever_kept
from entrepot.flow.kinds import read_record
from entrepot.flow.offersearch import Standing, read_offer
from entrepot.flow.reading import record_line
from entrepot.node.account.acting import acting_of
from entrepot.node.page.answer import error_page, onward, page
from entrepot.node.page.desk.listing import DESKS
from entrepot.node.page.desk.queue import outcome
from entrepot.node.page.economy import name_of
from entrepot.node.page.language import gettext_noop, language_of
from entrepot.node.page.offer.photograph import plate
from entrepot.node.page.offer.tongue import names_of
from entrepot.node.page.sale.timeline import check_of
from entrepot.node.page.sale.words import CUSTODIES, word
from entrepot.node.running import office
from entrepot.sale.withdrawal import OfferWithdrawal

STANDINGS = {
    Standing.OPEN: gettext_noop("This offer is open."),
    Standing.ENDED: gettext_noop("This offer has ended. Its last day is over."),
    Standing.WITHDRAWN: gettext_noop("The seller has withdrawn this offer."),
    Standing.PRIVATE: gettext_noop("This offer is for one buyer."),
    Standing.UNREACHED: gettext_noop(
        "The seller's node is not connected with this one now. You cannot order from here."
    ),
    Standing.HIDDEN: gettext_noop(
        "The market overseer has hidden this offer on this node. You cannot order from here."
    ),
}


@require_safe
def offer_page(request: HttpRequest, offer: str) -> HttpResponseBase:
    """The offer, also after it ended; of what is no offer, or for somebody else, there is no such page."""
    acting, here = acting_of(request), office()
    readers = acting.readers if acting else frozenset()
    found = read_offer(here, offer, readers)
    if found is None:
        return _of_withdrawal(request, offer)
    line = record_line(here.journal, offer, None, custodies=here.custodies())
    said, standing = found
    link = f"{here.url}/offers/{offer}"
    is_own = bool(acting) and acting.party == line["issuer"]  # type: ignore[union-attr]
    custodies = dict.fromkeys(each.get("custody", "") for each in line["proofs"])
    return page(
        request,
        "offer/offer.html",
        offer=said,
        id=offer,
        economies=_economies(said, request),
        plates=[plate(offer, each) for each in said.pictures],
        written_in=names_of(said.languages, language_of(request)),
        answers_in=names_of(said.service_languages, language_of(request)),
        standing=gettext(STANDINGS[standing]),
        is_open=standing is Standing.OPEN,
        is_own=is_own,
        decided=_decided(offer, readers) if is_own else (),
        can_report=bool(keepers(here, OVERSEER)),
        issuer=line["issuer"],
        custody=" · ".join(word(CUSTODIES, each) for each in custodies if each),
        checks=[check_of(each) for each in line["checks"]],
        link=link,
        picture=segno.make(link, error="m").svg_data_uri(scale=4, light="#fff", dark="#000"),
    )


def _decided(offer: str, readers: frozenset[str]) -> list[tuple[str, Decided, str]]:
    """What overseers decided about it, as far as the seller is told."""
    found = decisions(office(), offer, readers, desk=OVERSEER, by=ever_kept(office(), OVERSEER))
    return [(outcome(DESKS[OVERSEER], each.says.outcome), each, "") for each in found]


def _of_withdrawal(request: HttpRequest, record_id: str) -> HttpResponseBase:
    """On to the offer that a withdrawal names."""
    record = office().journal.record(record_id)
    payload = None if record is None or record.erased else read_record(record)[0]
    if isinstance(payload, OfferWithdrawal) and read_offer(office(), payload.offer.record) is not None:
        return onward(request, f"/offers/{payload.offer.record}")
    return error_page(request, 404)


def _economies(offer: Offer, request: HttpRequest) -> dict[str, str]:
    """The names of the economies that the offer names, by code."""
    named = {offer.seller.economy, *(each.origin for each in offer.lines)} - {None}
    return {code: name_of(economy(code), language_of(request)) if code in codes() else code for code in named if code}
