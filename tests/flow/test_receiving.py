"""What a node does with records that are early, late, doubled, wrong, or not meant for it."""

from datetime import timedelta

import pytest
from forge import content_of, forged, sender_of

from entrepot.flow.envelope import write_envelope
from entrepot.flow.issue import Draft, issue
from entrepot.flow.post import envelope_for
from entrepot.flow.receive import Outcome, receive
from entrepot.flow.sight import SALE_VIEW


def state(office, sale):
    return office.journal.view(SALE_VIEW).get(f"sale/{sale}")["state"]


def test_a_whole_sale_gives_the_same_state_on_both_nodes(played):
    sale = played.last["order"]
    assert state(played.exporter, sale) == state(played.importer, sale) == "paid"
    assert not played.exporter.journal.undeliverable()


def test_the_same_envelope_again_changes_nothing(played):
    record = played.exporter.journal.record(played.last["invoice"])
    envelope = write_envelope(envelope_for(played.exporter, record, sender_of(played)))
    before = played.importer.journal.dump_view(SALE_VIEW)
    assert receive(played.importer, envelope, sender_of(played)).outcome is Outcome.KNOWN
    assert played.importer.journal.dump_view(SALE_VIEW) == before


def test_a_record_from_the_future_is_kept_with_its_finding(played):
    content = content_of(played, played.last["invoice"], number="IN-F", after=())
    ahead = played.importer.clock().replace(microsecond=0) + timedelta(days=2)
    content = type(content)(**{**{f: getattr(content, f) for f in content.__slots__}, "issued": ahead})
    content.payload["number"] = "IN-F"
    signatory = played.exporter.custody.signatory(played.dids["seller"])
    _, envelope = forged(played.exporter, content, signatory)
    got = receive(played.importer, envelope, sender_of(played))
    assert got.outcome is Outcome.KEPT
    assert "ENT-CORE-FORM-03" in {each.id for each in got.findings}


def test_one_number_for_two_contents_is_kept_and_shown(played):
    payload = {**played.exporter.journal.record(played.last["invoice"]).payload, "paymentTerms": "another text"}
    content = content_of(played, played.last["invoice"], payload=payload)
    signatory = played.exporter.custody.signatory(played.dids["seller"])
    record, envelope = forged(played.exporter, content, signatory)
    got = receive(played.importer, envelope, sender_of(played))
    assert got.outcome is Outcome.KEPT
    assert "ENT-CORE-NUMBER-01" in {each.id for each in got.findings}
    shown = played.importer.journal.equivocations()
    assert any(record.id in str(each) for each in shown)


def test_the_own_node_does_not_issue_a_number_twice(played):
    record = played.exporter.journal.record(played.last["invoice"])
    draft = Draft(kind="invoice", issuer=record.content.issuer, number=record.content.number,
                  payload=record.payload, sales=record.content.sales)  # fmt: skip
    done = issue(played.exporter, draft)
    assert done.record is None
    assert "ENT-CORE-NUMBER-01" in {each.id for each in done.findings}


def test_a_record_waits_for_its_causes_and_follows_them(played):
    sale = played.last["order"]
    first = content_of(played, played.last["invoice"], number="IN-A", after=(sale,))
    first.payload["number"] = "IN-A"
    signatory = played.exporter.custody.signatory(played.dids["seller"])
    cause, cause_envelope = forged(played.exporter, first, signatory)
    second = content_of(played, played.last["invoice"], number="IN-B", after=(cause.id,))
    second.payload["number"] = "IN-B"
    late, late_envelope = forged(played.exporter, second, signatory)
    got = receive(played.importer, late_envelope, sender_of(played))
    assert (got.outcome, got.missing) == (Outcome.WAITING, (cause.id,))
    assert played.importer.journal.entry(late.id) is None
    assert receive(played.importer, cause_envelope, sender_of(played)).outcome is Outcome.KEPT
    assert played.importer.journal.entry(late.id) is not None
    assert not played.importer.journal.waiting()


def test_what_is_not_meant_for_a_party_here_is_refused(played):
    audience = (played.dids["seller"],)
    content = content_of(played, played.last["invoice"], number="IN-S", audience=audience, after=())
    signatory = played.exporter.custody.signatory(played.dids["seller"])
    _, envelope = forged(played.exporter, content, signatory)
    got = receive(played.importer, envelope, sender_of(played))
    assert got.outcome is Outcome.REFUSED
    assert [each.id for each in got.findings] == ["ENT-CORE-RIGHT-02"]


def test_a_stranger_to_the_sale_is_refused(played):
    stranger = played.world.nodes["export"].keys.add("stranger", played.world.nodes["export"].host)
    content = content_of(played, played.last["invoice"], issuer=stranger, number="IN-X", after=())
    signatory = played.exporter.custody.signatory(stranger)
    record, envelope = forged(played.exporter, content, signatory)
    assert receive(played.importer, envelope, sender_of(played)).outcome is Outcome.REFUSED
    assert played.importer.journal.entry(record.id) is None


@pytest.mark.parametrize("change", ["other-key", "altered", "two-records", "no-proof", "not-an-envelope"])
def test_what_is_broken_is_refused_with_its_findings(played, change):
    record = played.exporter.journal.record(played.last["invoice"])
    envelope = write_envelope(envelope_for(played.exporter, record, sender_of(played)))
    if change == "other-key":
        thief = played.exporter.custody.signatory(played.dids["carrier"])
        _, envelope = forged(played.exporter, record.content, thief)
    elif change == "altered":
        plain = next(each for each in envelope["proofs"] if each["securing"] != "vc+jwt")
        plain["body"] = plain["body"].replace("30000.00", "10000.00")
    elif change == "two-records":
        other = played.exporter.journal.record(played.last["order"])
        envelope["proofs"] += write_envelope(envelope_for(played.exporter, other, sender_of(played)))["proofs"]
    elif change == "no-proof":
        envelope["proofs"] = []
    else:
        envelope = ["nonsense"]
    got = receive(played.importer, envelope, sender_of(played))
    assert got.outcome is Outcome.REFUSED
    assert got.findings
    assert all(each.id and each.remedy for each in got.findings)


def test_unknown_law_is_a_finding_and_never_stops(played):
    checks = played.importer.journal.assessment(played.last["import-declaration"])["checks"]
    law = [each for each in checks if each["stage"] == "law"]
    assert law
    assert {each["verdict"] for each in law} <= {"unknown", "valid"}
    assert any(each["verdict"] == "unknown" for each in law)


def test_the_books_of_the_institution_sum_to_zero(played):
    view = played.importer.journal.view("ledger")
    sums: dict[str, int] = {}
    for account, value, floor in view.balances():
        _, asset, holder = account.split("|")
        sums[asset] = sums.get(asset, 0) + value
        assert floor == 0 or holder == played.dids["settlement"]
    assert sums
    assert set(sums.values()) == {0}
