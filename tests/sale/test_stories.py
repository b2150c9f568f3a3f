"""Sales told step by step: goods and services, business and consumer, cancelled, returned, disputed, cheated."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from entrepot.base.error import UsageError
from entrepot.base.finding import blocking
from entrepot.base.money import Money
from entrepot.sale import Fact, Role, SaleState, Status, allows, next_steps, reduce
from entrepot.sale import fact as says
from entrepot.sale.specimen import DIDS, chain, history, specimen

HAPPY = (
    "offer",
    "order",
    "order-response/accept",
    "payment-request",
    "invoice",
    "certificate-of-origin",
    "customs-declaration",
    "transport-document",
    "hand-over/dispatch",
    "customs-release/released",
    "hand-over/delivery",
    "payment-instruction",
    "settlement",
    "count",
)
WORDS = (
    "offered",
    "ordered",
    "accepted",
    "accepted",
    "invoiced",
    "invoiced",
    "invoiced",
    "in_transit",
    "in_transit",
    "cleared",
    "delivered",
    "delivered",
    "paid",
    "counted",
)


def test_the_whole_sale_word_by_word() -> None:
    facts = history(*HAPPY)
    assert tuple(reduce(facts[: cut + 1]).state for cut in range(len(facts))) == WORDS
    state = reduce(facts)
    assert state.having(Status.EFFECTIVE) == tuple(each.id for each in facts)
    assert (state.clearance_import, state.clearance_export) == ("released", "none")
    assert (state.payment, state.owed, state.counted) == ("paid", {}, "current")
    assert state.heads == (facts[-1].id,)
    assert state.sale == facts[1].id


def test_next_steps_follow_the_table() -> None:
    assert next_steps(reduce([]), Role.SELLER) == ("offer",)
    assert next_steps(reduce([]), Role.BUYER) == ("order",)
    ordered = reduce(chain("order"))
    assert "order-response" in next_steps(ordered, Role.SELLER)
    assert "invoice" not in next_steps(ordered, Role.SELLER)
    accepted = reduce(chain("order-response/accept"))
    assert next_steps(accepted, Role.CHAMBER) == ("certificate-of-origin",)
    assert "order-response" not in next_steps(accepted, Role.SELLER)
    without = told(chain("order"), parties=())
    assert next_steps(reduce(without), Role.CHAMBER) == ()


def told(facts: tuple[Fact, ...], **changes: object) -> list[Fact]:
    """The history with another order at its beginning, the rest following it."""
    order = replace(facts[0], says=replace(facts[0].says, **changes))  # type: ignore[type-var]
    return [order, *facts[1:]]


def service(**changes: object) -> list[Fact]:
    facts = history("order", "order-response/accept", "invoice", "settlement", "count")
    return told(facts, subject="services", cross_border=True, **changes)


def test_a_service_is_paid_and_counted_without_transport() -> None:
    state = reduce(service(buyer_type="consumer"))
    assert (state.state, state.fulfilment, state.buyer_type) == ("counted", "none", "consumer")
    assert not {"customs-declaration", "transport-document"} & {
        each for role in Role for each in next_steps(state, role)
    }


@pytest.mark.parametrize(
    "act", ["certificate-of-origin", "transport-document", "customs-declaration", "hand-over/transit"]
)
def test_a_service_is_not_carried_or_declared(act: str) -> None:
    facts = service()
    ids = {each.id for each in blocking(allows(reduce(facts), specimen(act, facts)))}
    assert ids & {"ENT-CORE-SALE-10", "ENT-CORE-SALE-25"}


def test_a_domestic_sale_has_no_customs() -> None:
    facts = told(chain("order-response/accept"), cross_border=False)
    state = reduce(facts)
    assert state.clearance_import == "not_applicable"
    found = blocking(allows(state, specimen("customs-declaration", facts)))
    assert [each.id for each in found] == ["ENT-CORE-SALE-11"]


@pytest.mark.parametrize("method", ["web", "message", "outside", "unknown"])
def test_the_order_method_is_kept_for_the_statistician(method: str) -> None:
    assert reduce(told(chain("order"), ordered_by=method)).ordered_by == method


def test_an_order_presented_by_the_seller_is_only_his_word() -> None:
    order = chain("order")[0]
    presented = replace(order, issuer=DIDS[Role.SELLER], says=replace(order.says, presented=True))
    state = reduce([presented])
    assert state.sale == presented.id
    assert {each.id for each in state.standings[presented.id].findings} == {"ENT-CORE-SALE-31"}
    unpresented = replace(order, issuer=DIDS[Role.SELLER])
    assert reduce([unpresented]).sale is None


@pytest.mark.parametrize(
    "act", ["invoice", "settlement", "customs-release/released", "order-cancellation", "dispute-resolution"]
)
def test_a_stranger_changes_nothing(act: str) -> None:
    facts = list(history("order", "order-response/accept", "customs-declaration", "dispute"))
    before = reduce(facts)
    stranger = replace(specimen(act, facts), issuer="did:web:stranger.example")
    state = reduce([*facts, stranger])
    assert [each.id for each in blocking(state.standings[stranger.id].findings)] == ["ENT-CORE-SALE-01"]
    assert state.standings[stranger.id].status is Status.INEFFECTIVE
    assert (state.agreement, state.owed, state.dispute) == (before.agreement, before.owed, before.dispute)


def test_an_office_releases_only_at_its_own_border() -> None:
    facts = history("order", "order-response/accept", "customs-declaration")
    exports = replace(facts[2], says=says.Declared(direction="export"), id="e" * 64, number="E")
    known = [*facts, exports]
    wrong = replace(
        specimen("customs-release/released", known), says=says.Released(declaration=exports.id, outcome="released")
    )
    assert [each.id for each in blocking(allows(reduce(known), wrong))] == ["ENT-CORE-SALE-24"]
    right = replace(wrong, issuer=DIDS[Role.EXPORT_CUSTOMS])
    state = reduce([*known, right])
    assert (state.clearance_export, state.clearance_import) == ("released", "declared")


def test_nobody_certifies_settles_or_judges_his_own_sale() -> None:
    own = tuple((role, DIDS[Role.SELLER]) for role in (Role.SETTLEMENT, Role.NEUTRAL, Role.IMPORT_CUSTOMS))
    state = reduce(told(chain("order"), parties=(*own, (Role.CARRIER, DIDS[Role.SELLER]))))
    assert set(state.roles) == {Role.BUYER, Role.SELLER, Role.CARRIER}
    assert {each.id for each in state.standings[state.order[0]].findings} == {"ENT-CORE-SALE-35"}


def test_the_response_fills_open_roles_but_never_names_the_neutral() -> None:
    facts = told(chain("order"), parties=((Role.CARRIER, "did:web:first.example"),))
    named = (
        (Role.CARRIER, "did:web:second.example"),
        (Role.NEUTRAL, "did:web:friend.example"),
        (Role.CHAMBER, "did:web:c.example"),
    )
    answer = replace(specimen("order-response/accept", facts), says=says.Answered(accepted=True, parties=named))
    state = reduce([*facts, answer])
    assert state.roles[Role.CARRIER] == ("did:web:first.example",)
    assert state.roles[Role.CHAMBER] == ("did:web:c.example",)
    assert Role.NEUTRAL not in state.roles
    assert [each.params["role"] for each in state.standings[answer.id].findings] == ["carrier", "neutral"]


def test_the_response_may_say_again_whom_the_order_names_and_that_changes_nothing() -> None:
    named = ((Role.CARRIER, "did:web:first.example"), (Role.NEUTRAL, "did:web:judge.example"))
    facts = told(chain("order"), parties=named)
    both = (*named, (Role.CHAMBER, "did:web:c.example"))
    answer = replace(specimen("order-response/accept", facts), says=says.Answered(accepted=True, parties=both))
    state = reduce([*facts, answer])
    assert state.standings[answer.id].findings == ()
    assert {role: state.roles[role] for role, _ in named} == {role: (did,) for role, did in named}
    assert state.roles[Role.CHAMBER] == ("did:web:c.example",)


def test_cancelled_before_anything_moved() -> None:
    state = reduce(
        history("order", "order-response/accept", "invoice", "order-cancellation", "cancellation-response/accept")
    )
    assert (state.state, state.owed, state.cancellation) == ("cancelled", {}, "accepted")


def test_cancelled_after_prepayment_owes_the_buyer() -> None:
    state = reduce(history("order", "settlement", "order-cancellation", "cancellation-response/accept"))
    assert (state.state, state.owed) == ("cancelled", {"MYR": -10_000})
    back = reduce(history("order", "settlement", "order-cancellation", "cancellation-response/accept", "refund"))
    assert (back.owed, back.payment) == ({}, "refunded")


def test_a_cancellation_that_had_not_seen_the_goods_leave_is_for_a_person() -> None:
    shared = list(history("order", "order-response/accept", "order-cancellation"))
    granted = specimen("cancellation-response/accept", shared)
    left = specimen("hand-over/dispatch", shared)
    state = reduce([*shared, granted, left])
    assert (state.state, state.agreement) == ("conflict", "accepted")
    assert state.standings[granted.id].status is Status.CONTESTED
    assert state.open_conflicts[0].held == (granted.id,)
    both = [*shared, granted, left]
    elsewhere = [*both, specimen("dispute", both)]
    elsewhere.append(specimen("dispute-resolution", elsewhere))
    assert reduce(elsewhere).state == "conflict"  # it was about something else
    dispute = specimen("dispute", both)
    both.append(replace(dispute, says=replace(dispute.says, about=(granted.id,))))
    both.append(specimen("dispute-resolution", both))
    settled = reduce(both)
    assert settled.open_conflicts == ()
    assert settled.conflicts[0].closed_by == both[-1].id
    assert (settled.state, settled.agreement) == ("in_transit", "accepted")


def test_a_refusal_after_seeing_both_closes_the_conflict_too() -> None:
    shared = list(history("order", "order-response/accept", "order-cancellation"))
    both = [*shared, specimen("cancellation-response/accept", shared), specimen("hand-over/dispatch", shared)]
    both.append(specimen("cancellation-response/refuse", both))
    state = reduce(both)
    assert (state.open_conflicts, state.cancellation, state.state) == ((), "refused", "in_transit")


def test_returned_credited_and_refunded() -> None:
    acts = ("return-request", "return-response/accept", "hand-over/return", "credit-note", "refund")
    facts = history(*HAPPY[1:], *acts)
    state = reduce(facts)
    assert (state.state, state.returns, state.owed, state.counted) == ("returned", "accepted", {}, "stale")
    again = reduce([*facts, specimen("count", facts, mark="again")])
    assert again.counted == "current"


def test_answers_to_two_requests_do_not_race() -> None:
    facts = list(history("order", "hand-over", "return-request", "return-request"))
    yes = replace(
        specimen("return-response/accept", facts), says=says.ReturnAnswered(request=facts[2].id, accepted=True)
    )
    no = specimen("return-response/refuse", facts)
    state = reduce([*facts, yes, no])
    assert (state.conflicts, state.open_returns, state.returns) == ((), (), "accepted")


def test_an_award_comes_on_top_of_the_price() -> None:
    facts = list(history(*HAPPY[1:], "dispute"))
    award = says.DisputeResolved(dispute=facts[-1].id, outcome="stands", award=Money(2_500, "MYR"))
    facts.append(replace(specimen("dispute-resolution", facts), says=award))
    state = reduce(facts)
    assert (state.owed, state.payment, state.dispute) == ({"MYR": -2_500}, "overpaid", "resolved")


def test_a_granted_claim_is_owed() -> None:
    state = reduce(history(*HAPPY[1:], "dispute", "dispute-answer/agree"))
    assert (state.owed, state.dispute, state.counted) == ({"MYR": -10_000}, "agreed", "stale")


def test_whoever_raised_a_dispute_does_not_answer_it() -> None:
    facts = list(history("order", "dispute"))
    own = replace(specimen("dispute-answer/agree", facts), issuer=DIDS[Role.BUYER])
    found = {each.id for each in blocking(allows(reduce(facts), own))}
    assert found == {"ENT-CORE-SALE-19", "ENT-CORE-SALE-26"} or "ENT-CORE-SALE-26" in found


def test_same_number_twice_is_equivocation_and_does_not_add_up() -> None:
    facts = list(history("order", "order-response/accept", "invoice"))
    later = replace(specimen("invoice", facts, mark="x"), number=facts[-1].number)
    state = reduce([*facts, later])
    assert state.equivocations == (tuple(sorted((facts[-1].id, later.id))),)
    assert [each.id for each in state.standings[later.id].findings] == ["ENT-CORE-SALE-22"]
    assert state.owed == {"MYR": 10_000}
    beside = replace(specimen("invoice", facts[:-1], mark="y"), number=facts[-1].number)
    concurrent = reduce([*facts, beside])
    assert concurrent.state == "conflict"
    assert concurrent.owed == {"MYR": 10_000}


def test_of_two_orders_one_holds_and_what_follows_the_other_does_not() -> None:
    first, second = chain("order")[0], specimen("order", mark="again")
    winner, loser = sorted((first, second), key=lambda each: each.id)
    after_loser = specimen("order-response/accept", [loser])
    state = reduce([first, second, after_loser])
    assert (state.sale, state.agreement) == (winner.id, "ordered")
    assert state.standings[after_loser.id].by == (winner.id,)
    after_winner = specimen("order-response/accept", [winner], mark="w")
    both = reduce([first, second, after_loser, after_winner])
    assert (both.sale, both.agreement) == (winner.id, "accepted")
    assert both.standings[after_winner.id].status is Status.EFFECTIVE


def test_a_stale_count_does_not_beat_a_good_one() -> None:
    facts = list(history("order", "order-response/accept", "invoice"))
    more = specimen("invoice", facts, mark="more")
    good = specimen("count", [*facts, more], mark="good")
    stale = next(each for each in (specimen("count", facts, mark=str(n)) for n in range(99)) if each.id < good.id)
    state = reduce([*facts, more, stale, good])
    assert (state.having(Status.INEFFECTIVE), state.counted) == ((stale.id,), "current")


def test_missing_causes_wait_and_withheld_ones_do_not() -> None:
    facts = history("order", "order-response/accept", "invoice")
    state = reduce([facts[0], facts[2]])
    assert state.waiting == {facts[2].id: (facts[1].id,)}
    partial = reduce([facts[0], facts[2]], known=frozenset({facts[1].id}))
    assert partial.standings[facts[2].id].status is Status.UNKNOWN
    assert (partial.withheld, partial.waiting, partial.owed) == ((facts[1].id,), {}, {})


def test_unread_records_make_unknown_never_no() -> None:
    facts = list(history("order", "order-response/accept", "invoice"))
    erased = [facts[0], replace(facts[1], says=says.Unread(why="erased")), facts[2]]
    state = reduce(erased)
    assert [state.standings[each.id].status for each in erased] == [Status.EFFECTIVE, Status.UNKNOWN, Status.UNKNOWN]
    newer = Fact(
        id="f" * 64,
        kind="loyalty-points",
        issuer="did:web:x.example",
        number="1",
        issued=datetime(2026, 1, 1, tzinfo=UTC),
        after=frozenset(),
        says=says.Unread(why="unknown-kind"),
    )
    assert reduce([*facts, newer]).agreement == "accepted"


def test_a_circle_of_causes_waits_for_ever_and_harms_nobody() -> None:
    order = chain("order")[0]
    one, two = (hashlib.sha256(each).hexdigest() for each in (b"1", b"2"))
    circle = [
        replace(specimen("invoice", [order]), id=own, after=frozenset({other}))
        for own, other in ((one, two), (two, one))
    ]
    state = reduce([order, *circle])
    assert set(state.waiting) == {one, two}
    assert state.state == "ordered"


def test_wrong_callers_are_told() -> None:
    order = chain("order")[0]
    with pytest.raises(UsageError, match="two different facts"):
        reduce([order, replace(order, number="other")])
    with pytest.raises(UsageError, match="cannot say"):
        replace(order, kind="invoice")
    with pytest.raises(UsageError, match="follow itself"):
        replace(order, after=frozenset({order.id}))


@pytest.mark.parametrize("minor", [0, -5])
def test_amounts_are_positive(minor: int) -> None:
    facts = chain("order")
    found = blocking(allows(reduce(facts), specimen("settlement", facts, amount=Money(minor, "MYR"))))
    assert [each.id for each in found] == ["ENT-CORE-SALE-28"]


def test_another_currency_warns_and_is_kept_apart() -> None:
    facts = chain("invoice")
    paid = specimen("settlement", facts, amount=Money(700, "CNY"))
    state = reduce([*facts, paid])
    assert [each.id for each in state.standings[paid.id].findings] == ["ENT-CORE-SALE-29"]
    assert state.owed == {"CNY": -700, "MYR": 10_000}
    assert state.payment == "part_paid"


def test_huge_sums_do_not_overflow() -> None:
    facts = list(chain("order-response/accept"))
    for number in range(3):
        facts.append(specimen("invoice", facts, mark=str(number), amount=Money(10**18 - 1, "MYR")))
    state: SaleState = reduce(facts)
    assert state.owed == {"MYR": 3 * (10**18 - 1)}
    assert state.to_json()["accounts"][0]["owed"] == "2999999999999999997"
