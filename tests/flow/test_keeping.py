"""What must be kept is not erased: legal holds, times of retention, and what nobody knows, which a person accepts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sale_script import Script
from simulated.clerk import CLERK
from simulated.world import World

from entrepot.base.error import UsageError
from entrepot.base.shape import dump
from entrepot.cli.demo import default, papers
from entrepot.cli.demo.cast import EXPORT_NODE, gather
from entrepot.document.trade import BuyerType
from entrepot.flow import erase as erasing
from entrepot.flow.erase import Accepting, erase
from entrepot.flow.hold import holds_of, lift, place
from entrepot.flow.issue import Draft, issue
from entrepot.flow.keeping import duties, must_keep
from entrepot.flow.ownword import own_word
from entrepot.flow.post import deliver
from entrepot.flow.reading import record_page
from entrepot.party.party import Identifier
from entrepot.rule.given import Given
from entrepot.rule.hold import LegalHold, LegalHoldLift
from entrepot.rule.retention import Days, Keeping, terms, years_after

SAID = {"name": "B. Counsel", "role": "general counsel", "reason": "A claim on the goods is near."}
WHY = "The person asked for it."
LATER = datetime(2026, 12, 1, 9, tzinfo=UTC)
"""A day on which the packs know what they say; that of the script lies before."""


def held(script, role, **about):
    office = script.office(role)
    return place(office, script.dids[role], LegalHold(instrument="Order 7 of an invented court", **about, **SAID))


def asked(script, step, role, accepting=CLERK):
    return erase(script.office(role), script.last[step], by=script.dids[role], reason=WHY, accepting=accepting)


def at(script, moment):
    script.exporter.clock = script.importer.clock = lambda: moment


def ids(findings):
    return {each.id for each in findings}


@pytest.mark.parametrize("what", ["record", "sale"])
def test_a_hold_refuses_until_it_is_lifted(played, what):
    about = {"record": played.last["invoice"]} if what == "record" else {"sale": played.last["order"]}
    hold = held(played, "seller", **about).record
    done = asked(played, "invoice", "seller")
    assert not done.tombstone
    (found,) = (each for each in done.findings if each.id == "ENT-CORE-KEEP-03")
    assert found.severity == "blocking"
    assert found.source == "Order 7 of an invented court"
    assert hold in found.remedy
    assert "A claim on the goods is near." in found.text
    assert not played.exporter.journal.record(played.last["invoice"]).erased
    lifted = lift(played.exporter, played.dids["seller"], LegalHoldLift(hold=hold, **SAID))
    assert lift(played.exporter, played.dids["seller"], LegalHoldLift(hold=hold, **SAID)) == lifted
    assert asked(played, "invoice", "seller").is_gone
    assert not played.exporter.journal.verify()


def test_a_hold_on_a_sale_covers_what_comes_later_and_the_order(script):
    order = ordered(script)
    held(script, "buyer", sale=order)
    assert asked(script, "order", "buyer").refusal
    answer = issue(script.importer, Draft(kind="order-cancellation", issuer=script.dids["buyer"], number="X-1",
                   payload={"number": "X-1", "issueDate": "2026-03-01", "order": {"record": order, "number": "PO-1"},
                            "reason": "changed our mind"}, sales=(order,)))  # fmt: skip
    script.last["later"] = answer.record.id
    assert asked(script, "later", "buyer").refusal


def test_the_refusal_answers_whoever_asked_and_is_for_the_issuer_alone(played):
    held(played, "seller", record=played.last["invoice"])
    done = asked(played, "invoice", "seller")
    journal, seller, chamber = played.exporter.journal, {played.dids["seller"]}, {played.dids["chamber"]}
    page = record_page(journal, done.refusal, seller)
    assert page["content"]["payload"]["record"] == played.last["invoice"]
    assert page["content"]["payload"]["reason"] == WHY
    assert [each["finding"] for each in page["content"]["payload"]["grounds"]] == ["ENT-CORE-KEEP-03"]
    assert record_page(journal, done.refusal, chamber) is None
    assert asked(played, "invoice", "seller").refusal == done.refusal, "the same grounds, the same answer"
    while deliver(played.exporter).delivered:
        pass
    assert played.importer.journal.entry(done.refusal) is None
    (hold,) = holds_of(journal, played.dids["seller"])
    assert record_page(journal, hold.record, chamber) is None
    with pytest.raises(UsageError):
        erase(played.exporter, hold.record, by=played.dids["seller"], reason="no trace", accepting=CLERK)


def test_the_operator_holds_for_everybody(played):
    office, node = played.exporter, played.exporter.identity.did
    hold = LegalHold(instrument="Order 8", sale=played.last["order"], **SAID)
    placed = place(office, node, hold).record
    for role in ("seller", "chamber"):
        done = asked(played, "invoice", role)
        assert ids(done.findings) >= {"ENT-CORE-KEEP-04"}
        assert "B. Counsel" not in " ".join(each.text for each in done.findings), "the hold is the operator's to read"
    with pytest.raises(UsageError):
        lift(office, played.dids["seller"], LegalHoldLift(hold=placed, **SAID))
    lift(office, node, LegalHoldLift(hold=placed, **SAID))
    assert asked(played, "invoice", "seller").is_gone


def test_a_hold_of_another_party_here_keeps_the_copy_and_tells_nobody(played):
    held(played, "chamber", record=played.last["invoice"])
    done = asked(played, "invoice", "seller")
    assert done.tombstone
    assert not done.is_gone
    assert not done.findings
    assert not played.exporter.journal.record(played.last["invoice"]).erased
    assert record_page(played.exporter.journal, played.last["invoice"], {played.dids["seller"]}) is None
    assert record_page(played.exporter.journal, played.last["invoice"], {played.dids["chamber"]})


def test_nobody_holds_what_is_not_his(played):
    with pytest.raises(UsageError):
        held(played, "chamber", record=played.last["payment-instruction"])
    with pytest.raises(UsageError):
        held(played, "chamber", sale="0" * 64)
    both = {"record": played.last["invoice"], "sale": played.last["order"]}
    for about, wanted in ((both, "ENT-CORE-HOLD-01"), ({}, "ENT-CORE-HOLD-01")):
        assert ids(held(played, "seller", **about).findings) == {wanted}
    nameless = LegalHold(record=played.last["invoice"], instrument="x", **SAID | {"name": " "})
    assert ids(place(played.exporter, played.dids["seller"], nameless).findings) == {"ENT-CORE-HOLD-02"}


def test_a_lift_by_somebody_else_lifts_nothing(played):
    """The use case refuses it; a record that comes from elsewhere and says so changes nothing either."""
    hold = held(played, "seller", record=played.last["invoice"]).record
    said = LegalHoldLift(hold=hold, **SAID)
    with pytest.raises(UsageError):
        lift(played.exporter, played.dids["chamber"], said)
    office = played.exporter
    signatory = office.custody.signatory(played.dids["chamber"])
    office.journal.append(own_word(office, signatory, "legal-hold-lift", dump(said)))
    assert asked(played, "invoice", "seller").refusal


def test_a_hold_is_not_issued_by_itself(played):
    hold = LegalHold(record=played.last["invoice"], instrument="x", **SAID)
    draft = Draft(kind="legal-hold", issuer=played.dids["seller"], number="LH-1", payload=dump(hold),
                  audience=(played.dids["buyer"],))  # fmt: skip
    assert "ENT-CORE-RIGHT-05" in ids(issue(played.exporter, draft).findings)


def test_views_built_anew_hold_the_same(played):
    held(played, "seller", record=played.last["invoice"])
    asked(played, "invoice", "seller")
    journal = played.exporter.journal
    before = journal.dump_view("hold")
    journal.rebuild()
    assert journal.dump_view("hold") == before
    assert asked(played, "invoice", "seller").refusal


def test_unknown_law_waits_for_a_person_who_accepts_it_on_record(played):
    done = asked(played, "invoice", "seller", accepting=None)
    assert not done.tombstone
    assert not done.refusal
    assert ids(done.findings) == {f"ENT-MY-RETN-0{number}" for number in (1, 2, 3)}
    assert {each.severity for each in done.findings} == {"warning"}
    nobody = Accepting(name=" ", role="clerk", reasons="because")
    assert ids(asked(played, "invoice", "seller", accepting=nobody).findings) == {"ENT-CORE-ACCEPT-02"}
    assert not played.exporter.journal.record(played.last["invoice"]).erased
    assert asked(played, "invoice", "seller").is_gone
    journal = played.exporter.journal
    (accepted,) = (each.record_id for each in journal.entries(0, 1000) if each.kind == "erasure-acceptance")
    page = record_page(journal, accepted, {played.dids["seller"]})["content"]["payload"]
    assert (page["name"], page["topic"], page["record"]) == (CLERK.name, "retention", played.last["invoice"])
    assert len(page["findings"]) == 3
    assert record_page(journal, accepted, {played.dids["chamber"]}) is None


def ordered(script, *, buyer="CN", seller="MY", **changes):
    """An order between two economies; the seller has a business number."""
    order = default.order("PO-1", script.exporter.clock().date())
    firm = replace(order.seller, economy=seller, identifiers=(Identifier(scheme="0088", value="4000001000005"),))
    order = replace(order, buyer=replace(order.buyer, economy=buyer), seller=firm, **changes)
    paper = papers.addressed(order, gather(order, script.dids))
    issued = issue(
        script.importer, Draft(kind="order", issuer=script.dids["buyer"], number="PO-1", payload=dump(paper))
    )
    assert issued.record is not None, [each.text for each in issued.findings]
    while deliver(script.importer).delivered:
        pass
    script.last["order"] = issued.record.id
    return issued.record.id


KEEPS = {
    "MY": ("seller", "Income Tax Act 1967", 7),
    "SG": ("seller", "Income Tax Act 1947", 5),
    "HK": ("seller", "Inland Revenue Ordinance", 7),
    "ID": ("seller", "KUP", 10),
    "CN": ("buyer", "Order 670", 3),
    "JP": ("buyer", "Customs Act", 5),
    "KR": ("buyer", "Customs Act", 5),
    "AU": ("buyer", "Customs Act 1901", 5),
    "TH": ("buyer", "Customs Act B.E. 2560", 5),
    "PH": ("buyer", "Republic Act 10863", 3),
}
"""Which trader of an economy must keep the order, by which instrument, for how many years."""


@pytest.mark.parametrize("economy", KEEPS)
def test_a_time_of_retention_refuses_with_instrument_and_day(script, economy):
    role, instrument, years = KEEPS[economy]
    ordered(script, **{role: economy})
    at(script, LATER)
    day = script.office(role).journal.record(script.last["order"]).content.issued.date()
    done = asked(script, "order", role)
    assert done.refusal
    assert not done.tombstone
    found = [each for each in done.findings if each.id == "ENT-CORE-KEEP-01" and instrument in each.source]
    assert found, [each.source for each in done.findings]
    until = max(each.params["until"] for each in found)
    assert until == years_after(day, years).isoformat()
    at(script, datetime.fromisoformat(until).replace(tzinfo=UTC))
    assert asked(script, "order", role).refusal, "the last day is one of them"
    at(script, datetime.fromisoformat(until).replace(tzinfo=UTC) + timedelta(days=366 * 9))
    assert asked(script, "order", role).tombstone


def test_a_consumer_has_no_duty_of_a_business(script):
    ordered(script, buyer="HK", buyer_type=BuyerType.CONSUMER)
    at(script, LATER)
    asked_of = duties(script.importer, script.importer.journal.record(script.last["order"]), script.dids["buyer"])
    assert {each.law: each.keeping for each in asked_of.terms} == {
        "customs_law": Keeping.UNKNOWN, "tax_law": Keeping.NEED_NOT, "accounting_law": Keeping.UNKNOWN,
    }  # fmt: skip


def test_what_the_seller_here_must_keep_stays_when_the_issuer_erases(world):
    script = Script(world)
    script.importer = script.exporter
    script.office = lambda _: script.exporter
    script.dids["buyer"] = world.nodes[EXPORT_NODE].keys.add("buyer-here", world.nodes[EXPORT_NODE].host)
    ordered(script, buyer="VN", seller="MY")
    at(script, LATER)
    record = script.exporter.journal.record(script.last["order"])
    assert must_keep(script.exporter, record, script.dids["seller"])
    done = asked(script, "order", "buyer")
    assert done.tombstone
    assert not done.is_gone
    assert not script.exporter.journal.record(record.id).erased


def test_the_peer_answers_what_keeps_its_copy(played):
    place(played.importer, played.dids["buyer"], LegalHold(instrument="x", sale=played.last["order"], **SAID))
    at(played, LATER)
    stone = asked(played, "invoice", "chamber")
    assert stone.tombstone
    stone = asked(played, "invoice", "seller")
    while deliver(played.exporter).delivered:
        pass
    checks = played.importer.journal.assessment(stone.tombstone)["checks"]
    (notice,) = (each for each in checks if each["name"] == "erasure notice")
    found = {each["id"]: each for each in notice["findings"]}
    assert set(found) == {"ENT-CORE-KEEP-05", "ENT-CORE-KEEP-06"}
    assert "Order 670" in found["ENT-CORE-KEEP-06"]["source"]
    assert "B. Counsel" not in str(notice), "a hold is not disclosed beyond that it stands"
    assert not played.importer.journal.record(played.last["invoice"]).erased


def test_a_hold_that_comes_while_it_is_judged_wins(played, monkeypatch):
    real, once = erasing._is_last, []

    def meanwhile(office, record, by):
        if not once:
            once.append(held(played, "seller", sale=played.last["order"]))
        return real(office, record, by)

    monkeypatch.setattr(erasing, "_is_last", meanwhile)
    assert asked(played, "invoice", "seller").refusal
    assert not played.exporter.journal.record(played.last["invoice"]).erased


MOVES = st.lists(st.sampled_from(["hold record", "hold sale", "operator", "lift", "years", "erase"]), max_size=12)


@given(moves=MOVES, economy=st.sampled_from(["MY", "HK", "NZ", "VN"]))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_is_erased_while_something_known_keeps_it(moves, economy):
    world = World(7)
    try:
        script = Script(world)
        sale = ordered(script, seller=economy)
        office, seller = script.exporter, script.dids["seller"]
        now, standing = LATER, set()
        for move in [*moves, "erase"]:
            at(script, now)
            if move == "years":
                now += timedelta(days=800)
            elif move == "lift" and standing:
                issuer, hold = standing.pop()
                lift(office, issuer, LegalHoldLift(hold=hold, **SAID))
            elif move in ("hold record", "hold sale", "operator"):
                issuer = office.identity.did if move == "operator" else seller
                about = {"record": sale} if move == "hold record" else {"sale": sale}
                standing.add((issuer, place(office, issuer, LegalHold(instrument="x", **about, **SAID)).record))
            elif move == "erase":
                years = {"MY": 7, "HK": 7, "NZ": 0, "VN": 0}[economy]  # an order is not among NZ's records of income
                runs = now.date() <= years_after(date(2026, 3, 1), years)
                done = erase(office, sale, by=seller, reason=WHY, accepting=CLERK)
                assert bool(done.tombstone) is not (bool(standing) or runs)
                if done.tombstone:
                    break
    finally:
        world.close()


@given(
    begin=st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    cleared=st.none() | st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    today=st.dates(date(2027, 1, 1), date(2099, 1, 1)),
    economy=st.sampled_from(["AU", "CN", "HK", "ID", "JP", "KR", "MY", "NZ", "PH", "SG", "TH", "VN"]),
    side=st.sampled_from(["importer", "exporter"]),
    more=st.fixed_dictionaries({}, optional=dict.fromkeys(("business", "company", "dutiable"), st.booleans())),
)
def test_until_the_day_it_must_be_kept_and_never_before_it_may_go(begin, cleared, today, economy, side, more):
    facts = {"keeper_economy": economy, "record_class": "invoice", "side": side, **more}
    for term in terms(Given(values=facts), Days(transaction=begin, clearance=cleared), today=today):
        assert (term.keeping is Keeping.MUST) is (term.until is not None and today <= term.until)
        assert term.keeping is Keeping.NEED_NOT or term.findings
        if term.until is not None:
            assert term.until > min(begin, cleared or begin)
            assert term.source


def test_a_leap_day_is_not_cut_short():
    assert years_after(date(2024, 2, 29), 7) == date(2031, 3, 1)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)
