"""Sets of places in rows: what was put in is there, in every size, and what is empty leaves no row."""

from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.shape import dump
from entrepot.document.trade import RecordReference
from entrepot.flow.issue import Draft, issue
from entrepot.flow.offerindex import BLOCK, SPARSE, exclude, include, newest_first, places
from entrepot.flow.offersearch import Wanted, _listed, search
from entrepot.journal.view import MemoryView
from entrepot.sale.withdrawal import OfferWithdrawal

PLACES = st.integers(0, 3 * BLOCK)


@given(st.lists(PLACES, max_size=3 * SPARSE), st.lists(PLACES, max_size=40))
def test_a_set_holds_what_was_put_in_and_not_taken_out(put, taken):
    view = MemoryView()
    for each in put:
        include(view, "term/x", each)
    for each in taken:
        exclude(view, "term/x", each)
    left = set(put) - set(taken)
    assert list(newest_first(places(view, "term/x/"))) == sorted(left, reverse=True)
    assert bool(view.dump()) == bool(left)


def test_many_places_are_kept_as_bits_and_sets_are_joined_by_name():
    view = MemoryView()
    for each in range(SPARSE + 1):
        include(view, "term/xa", 2 * each)
    include(view, "term/xb", 5 * BLOCK)
    assert isinstance(view.get("term/xa/000000")["places"], str)
    assert places(view, "term/x").bit_count() == SPARSE + 2
    assert places(view, "term/x", where=lambda name: name == "term/xb") == 1 << (5 * BLOCK)
    assert places(view, "term/y") == 0


def test_the_list_is_made_anew_when_offers_change_and_not_for_other_records(replay):
    script = replay(offered=True)
    office, seller, offer = script.exporter, script.dids["seller"], script.last["offer"]

    def said(kind, payload, **more):
        issued = issue(office, Draft(kind=kind, issuer=seller, number=f"N-{kind}", payload=payload, **more))
        assert issued.record is not None, issued.findings
        return search(office, Wanted(seller=seller)).count

    assert search(office, Wanted(seller=seller)).count == 1
    made = _listed.cache_info().misses
    assert said("message", {"text": "Thanks.", "language": "en"}, sales=(script.last["order"],)) == 1
    assert _listed.cache_info().misses == made
    named = RecordReference(number=office.journal.record(offer).content.number, record=offer)
    back = OfferWithdrawal(number="N-offer-withdrawal", issue_date=office.clock().date(), offer=named)
    assert said("offer-withdrawal", dump(back), after=(offer,)) == 0
    office.journal.rebuild("offer")
    assert search(office, Wanted(seller=seller)).count == 0
