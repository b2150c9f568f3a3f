"""Proofs and files that come later attach to the record that is kept, with a newer assessment; it stays one record."""

from dataclasses import replace
from datetime import timedelta

from forge import sender_of
from simulated.clerk import CLERK
from test_presented import ABSENT, CONTRADICTED, TODAY, attached, content_of, forged, ordered

from entrepot.cli.demo import default
from entrepot.document import order as orders
from entrepot.document.proof import secure
from entrepot.flow.envelope import Envelope, SentProof, write_envelope
from entrepot.flow.erase import erase
from entrepot.flow.late import PROOFS_MAX
from entrepot.flow.post import deliver, envelope_for
from entrepot.flow.receive import Outcome, receive
from entrepot.flow.sight import SALE_VIEW
from entrepot.flow.signed import take_signed
from entrepot.journal.port import Proof


def checks(office, record_id, stage):
    found = office.journal.assessment(record_id)["checks"]
    return {each["name"]: each for each in found if each["stage"] == stage}


def further(script, record, days=1, role="seller", securing="eddsa-jcs-2022"):
    """Another proof of a record by its issuer, made later."""
    signatory = script.exporter.custody.signatory(script.dids[role])
    created = record.content.issued + timedelta(days=days)
    body = secure(record, signatory.key, method_id=signatory.method, securing=securing, created=created)
    return Proof(securing=securing, body=body, method=signatory.method)


def carrying(*proofs):
    sent = tuple(SentProof(securing=each.securing, body=each.body.decode()) for each in proofs)
    return write_envelope(Envelope(proofs=sent))


def test_a_file_that_was_missing_is_kept_when_it_comes(script):
    payload, file = ordered(script)
    made, envelope = forged(script, "seller", content_of(script, "seller", "order", payload, "PO-1"))
    office, sender = script.importer, sender_of(script)
    assert receive(office, envelope(), sender).outcome is Outcome.KEPT
    before = checks(office, made.id, "form")["presented"]
    assert (before["verdict"], [each["id"] for each in before["findings"]]) == ("unknown", [ABSENT])
    views, seen = office.journal.dump_view(SALE_VIEW), len(office.journal.entries())
    script.world.clock.tick(3600)
    for _ in range(2):
        assert receive(office, envelope(file, attached(b"poison")), sender).outcome is Outcome.KNOWN
        assert office.journal.attachments(made.id) == (file.digest,)
        assert len(office.journal.assessments(made.id)) == 2, "and nothing new makes no third"
    assert checks(office, made.id, "form")["presented"]["verdict"] == "valid"
    assert {"proof vc+jwt", "proof eddsa-jcs-2022"} == set(checks(office, made.id, "proof")), "said before, said still"
    first, second = office.journal.assessments(made.id)
    assert first.body["at"] < second.body["at"]
    assert (office.journal.dump_view(SALE_VIEW), len(office.journal.entries())) == (views, seen)
    assert office.journal.verify() == ()


def test_a_late_file_that_says_something_else_is_told(script):
    payload, _ = ordered(script, payment_terms="never")
    body = orders.write(replace(default.order("PO-1", TODAY), payment_terms="at once")).body
    payload = replace(payload, presented=orders.read(body).presented)
    made, envelope = forged(script, "seller", content_of(script, "seller", "order", payload, "PO-1"))
    receive(script.importer, envelope(), sender_of(script))
    got = receive(script.importer, envelope(attached(body)), sender_of(script))
    assert got.outcome is Outcome.KNOWN
    assert CONTRADICTED in {each.id for each in got.findings}
    assert checks(script.importer, made.id, "form")["presented"]["verdict"] == "invalid"


def test_a_second_proof_is_no_second_record(script):
    payload, file = ordered(script)
    made, envelope = forged(script, "seller", content_of(script, "seller", "order", payload, "PO-1"))
    whole, office, sender = envelope(file), script.importer, sender_of(script)
    first = {**whole, "proofs": [each for each in whole["proofs"] if each["securing"] == "vc+jwt"]}
    assert receive(office, first, sender).outcome is Outcome.KEPT
    assert set(checks(office, made.id, "proof")) == {"proof vc+jwt"}
    seen = len(office.journal.entries())
    assert receive(office, whole, sender).outcome is Outcome.KNOWN
    assert len(office.journal.proofs(made.id)) == 2
    found = checks(office, made.id, "proof")
    assert {name: each["verdict"] for name, each in found.items()} == {
        "proof vc+jwt": "valid",
        "proof eddsa-jcs-2022": "valid",
    }
    assert len(office.journal.entries()) == seen
    assert checks(office, made.id, "form")["presented"]["verdict"] == "valid"


def test_a_wrong_proof_changes_nothing(played):
    record = played.exporter.journal.record(played.last["invoice"])
    thief = played.exporter.custody.signatory(played.dids["carrier"])
    seller = played.exporter.custody.signatory(played.dids["seller"])
    body = secure(record, thief.key, method_id=seller.method, securing="eddsa-jcs-2022", created=record.content.issued)
    office = played.importer
    before = office.journal.proofs(record.id), office.journal.assessments(record.id)
    wrong = Proof(securing="eddsa-jcs-2022", body=body, method=seller.method)
    assert receive(office, carrying(wrong), sender_of(played)).outcome is Outcome.REFUSED
    assert (office.journal.proofs(record.id), office.journal.assessments(record.id)) == before


def test_proofs_are_bounded_so_that_the_record_can_be_passed_on(played):
    record = played.exporter.journal.record(played.last["invoice"])
    many = [further(played, record, days) for days in range(1, PROOFS_MAX + 1)]
    got = receive(played.importer, carrying(*many), sender_of(played))
    assert got.outcome is Outcome.KNOWN
    assert [each.params["count"] for each in got.findings if each.id == "ENT-CORE-PROOF-11"] == ["2"]
    assert len(played.importer.journal.proofs(record.id)) == PROOFS_MAX


def test_nothing_is_added_to_what_was_erased(played):
    record = played.exporter.journal.record(played.last["invoice"])
    later = further(played, record)
    office = played.exporter
    erase(office, record.id, by=played.dids["seller"], reason="The person asked for it.", accepting=CLERK)
    got = receive(office, carrying(later), played.peer_of(office))
    assert got.outcome is Outcome.KNOWN
    assert office.journal.proofs(record.id) == ()
    assert office.journal.verify() == ()


def test_what_the_issuer_adds_reaches_those_who_had_the_record_before(played):
    record = played.exporter.journal.record(played.last["invoice"])
    later = further(played, record)
    for office in (played.exporter, played.importer):
        assert len(office.journal.proofs(record.id)) == 2
    for _ in range(2):
        done = take_signed(played.exporter, record, [later])
        assert done.record is not None, done.findings
        while deliver(played.exporter).delivered:
            pass
        for office in (played.exporter, played.importer):
            assert later in office.journal.proofs(record.id)
            assert len(office.journal.proofs(record.id)) == 3
            assert len(office.journal.assessments(record.id)) == 2
            assert office.journal.verify() == ()
    assert not played.exporter.journal.undeliverable()
    whole = write_envelope(envelope_for(played.exporter, record, played.peer_of(played.exporter)))
    assert receive(played.importer, whole, sender_of(played)).outcome is Outcome.KNOWN
