"""Doubts on histories made at random: they only ever weaken, and no order of arrival matters."""

import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from entrepot.sale.doubt import BEARING
from entrepot.sale.fact import SAYS, Role, Unread
from entrepot.sale.reduction import reduce
from entrepot.sale.specimen import DIDS, history

sys.path.insert(0, str(Path(__file__).resolve().parent))
from test_random_histories import SEEDS, random_sale

CLEARED = history("order", "order-response/accept", "customs-declaration", "customs-release/released")


def sale_of(seed):
    """A history at random with one order, as every sale has: an order that names a sale is refused."""
    facts = random_sale(seed)
    assume(sum(each.kind == "order" for each in facts) == 1)
    return facts


def axes(state):
    return {name: getattr(state, name) for name in BEARING}


def blind(facts):
    """The facts as somebody has them who may not read the order."""
    rest = [each for each in facts if each.kind != "order"]
    known = frozenset(cause for each in rest for cause in each.after)
    return rest, known


def order_id(facts):
    return next(each.id for each in facts if each.kind == "order")


def test_the_kinds_that_bear_on_an_axis_are_kinds():
    assert {kind for kinds in BEARING.values() for kind in kinds} <= set(SAYS)


def test_the_office_that_released_sees_the_release_and_others_do_not():
    rest, known = blind(CLEARED)
    own = reduce(rest, known=known, sale=order_id(CLEARED), own=frozenset({DIDS[Role.IMPORT_CUSTOMS]}))
    assert (own.clearance_import, own.clearance_export) == ("released", "unknown")
    for role in (Role.CHAMBER, Role.CARRIER, Role.SELLER):
        assert reduce(rest, known=known, sale=order_id(CLEARED), own=frozenset({DIDS[role]})).clearance_import == (
            "unknown"
        )


def test_a_strangers_release_moves_no_axis_where_the_order_cannot_be_read():
    rest, known = blind(CLEARED)
    forged = [replace(each, issuer="did:web:stranger.example") for each in rest]
    for own in (frozenset(), frozenset({DIDS[Role.CARRIER]})):
        assert set(axes(reduce(forged, known=known, sale=order_id(CLEARED), own=own)).values()) == {"unknown"}


def test_own_words_that_others_gainsay_are_unknown():
    facts = history("order", "order-response/accept", "hand-over/dispatch")
    more = history("order", "order-response/accept", "hand-over/dispatch", "hand-over/delivery")[-1:]
    more = [replace(each, issuer=DIDS[Role.BUYER]) for each in more]
    carrier = frozenset({DIDS[Role.CARRIER]})
    rest, known = blind(facts)
    assert reduce(rest, known=known, own=carrier).fulfilment == "dispatched"
    rest, known = blind([*facts, *more])
    assert reduce(rest, known=known, own=carrier).fulfilment == "unknown"


def test_an_offer_alone_is_offered_and_an_offer_of_a_sale_whose_order_is_hidden_is_not():
    (offer,) = history("offer")
    assert reduce([offer]).agreement == "offered"
    hidden = reduce([offer], sale=order_id(CLEARED))
    assert (hidden.agreement, hidden.state) == ("unknown", "unknown")


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_a_whole_sale_holds_no_doubt(seed):
    facts = sale_of(seed)
    state = reduce(facts, sale=order_id(facts))
    assert "unknown" not in axes(state).values()
    assert state == reduce(facts)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(0, 10**6))
@example(1810, 3)
@example(2253, 1)
def test_erasing_only_weakens_and_the_order_of_arrival_does_not_matter(seed, pick):
    """Of what was known before, an erased record leaves an axis as it was, or unknown."""
    facts = sale_of(seed)
    before = axes(reduce(facts))
    gone = facts[pick % len(facts)]
    left = [replace(each, says=Unread(why="erased")) if each.id == gone.id else each for each in facts]
    after = reduce(left, sale=order_id(facts))
    for name, value in axes(after).items():
        assert value in (before[name], "unknown"), (gone.kind, name)
    Random(seed).shuffle(left)
    assert reduce(left, sale=order_id(facts)) == after
    if gone.kind == "order":
        assert (after.agreement, after.payment, after.state) == ("unknown",) * 3


@pytest.mark.parametrize("own", [frozenset(), frozenset(DIDS.values())])
@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_without_the_order_no_axis_reads_none(own, seed):
    facts = sale_of(seed)
    rest, known = blind(facts)
    state = reduce(rest, known=known, sale=order_id(facts), own=own)
    assert not {"none", "offered", "not_applicable"} & set(axes(state).values())


COUNTED = history("order", "order-response/accept", "invoice", "payment-request", "payment-instruction", "count")


@pytest.mark.parametrize("gone", ["payment-request", "payment-instruction"])
def test_a_count_is_not_called_stale_by_who_cannot_tell_what_it_saw(gone):
    """What is absent stands between the count and the invoice: the office may have seen it, or not."""
    rest = [each for each in COUNTED if each.kind != gone]
    known = frozenset(cause for each in rest for cause in each.after)
    assert reduce(COUNTED).counted == "current"
    assert reduce(rest, known=known, own=frozenset({DIDS[Role.REPORTER]})).counted == "unknown"


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(0, 10**6))
def test_a_record_that_is_known_to_be_withheld_makes_no_count_stale(seed, pick):
    """Of one that nothing follows nobody knows: then the sale reads as if it had not been said."""
    facts = sale_of(seed)
    gone = facts[pick % len(facts)]
    rest = [each for each in facts if each.id != gone.id]
    known = frozenset(cause for each in rest for cause in each.after)
    assume(gone.kind != "order" and gone.id in known)
    if reduce(facts).counted == "current" and gone.kind != "count":
        own = frozenset(DIDS.values())
        assert reduce(rest, known=known, own=own).counted in ("current", "unknown")
