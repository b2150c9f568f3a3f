"""What a scanner finds in the files of a peer's record: the record is kept, the file is not, and that stays said."""

from dataclasses import replace

import pytest
from forge import sender_of
from test_late_parts import checks, further
from test_presented import ABSENT, attached, clerk, content_of, forged, ordered

from entrepot.base.digest import sha256
from entrepot.flow.envelope import pack
from entrepot.flow.error import ScannerAway
from entrepot.flow.issue import check_draft, issue, sign
from entrepot.flow.receive import Outcome, receive
from entrepot.flow.signed import take_signed

HIT, LEFT_OUT, UNSCANNED = (f"ENT-CORE-SCAN-{number:02}" for number in (1, 2, 3))
NAMES = {"bad": "Test.Signature", "good": ""}


@pytest.fixture
def received(script):
    """A presented order of the exporter's, its file, and the importer with a scanner whose opinion can be changed."""
    payload, file = ordered(script)
    made, envelope = forged(script, "seller", content_of(script, "seller", "order", payload, "PO-1"))
    office, opinion = script.importer, {"of": "bad"}
    office.scan = lambda bodies: tuple(NAMES[opinion["of"]] for _ in bodies)
    return script, office, made, envelope, file, opinion


def told(office, record_id):
    found = office.journal.assessment(record_id)["checks"]
    return {each["id"] for check in found for each in check["findings"]}


def test_a_hit_stays_said_until_the_file_comes_and_is_clean(received):
    script, office, made, envelope, file, opinion = received
    assert receive(office, envelope(file), sender_of(script)).outcome is Outcome.KEPT
    assert office.journal.attachments(made.id) == ()
    assert LEFT_OUT in told(office, made.id)
    assert ABSENT not in told(office, made.id), "it did come"
    assert checks(office, made.id, "form")["presented"]["verdict"] == "unknown", "it was not compared"
    again = receive(office, envelope(file), sender_of(script))
    assert (again.outcome, len(office.journal.assessments(made.id))) == (Outcome.KNOWN, 1)
    proof = further(script, made)
    more = envelope() | {"proofs": [{"securing": proof.securing, "body": proof.body.decode()}]}
    assert receive(office, more, sender_of(script)).outcome is Outcome.KNOWN
    assert len(office.journal.assessments(made.id)) == 2
    assert (LEFT_OUT in told(office, made.id), ABSENT in told(office, made.id)) == (True, False), (
        "said before, said still"
    )
    opinion["of"] = "good"
    assert receive(office, envelope(file), sender_of(script)).outcome is Outcome.KNOWN
    assert office.journal.attachments(made.id) == (file.digest,)
    assert LEFT_OUT not in told(office, made.id)
    assert checks(office, made.id, "form")["presented"]["verdict"] == "valid"
    opinion["of"] = "bad"
    assert receive(office, envelope(file), sender_of(script)).outcome is Outcome.KNOWN
    assert office.journal.attachments(made.id) == (file.digest,), "what is here is not looked at again"
    assert office.journal.verify() == ()


def test_a_hit_in_a_file_that_comes_later_is_told(received):
    script, office, made, envelope, file, _ = received
    assert receive(office, envelope(), sender_of(script)).outcome is Outcome.KEPT
    assert ABSENT in told(office, made.id)
    assert receive(office, envelope(file), sender_of(script)).outcome is Outcome.KNOWN
    assert LEFT_OUT in told(office, made.id)
    assert office.journal.attachments(made.id) == ()


def test_a_record_that_waits_lies_aside_without_the_file_and_its_hit_is_not_forgotten(script):
    payload, file = ordered(script)
    cause, first = forged(script, "seller", content_of(script, "seller", "order", payload, "PO-1"))
    payload, second = ordered(script, "PO-2")
    late, envelope = forged(script, "seller", content_of(script, "seller", "order", payload, "PO-2", after=(cause.id,)))
    office = script.importer
    office.scan = lambda bodies: tuple("Test.Signature" if sha256(each) == second.digest else "" for each in bodies)
    assert receive(office, envelope(second), sender_of(script)).outcome is Outcome.WAITING
    assert pack((second,))[0].body.encode() not in office.journal.held(late.id).body
    assert receive(office, first(file), sender_of(script)).outcome is Outcome.KEPT
    assert LEFT_OUT in told(office, late.id)
    assert (office.journal.attachments(cause.id), office.journal.attachments(late.id)) == ((file.digest,), ())


def test_without_the_scanner_what_has_a_file_is_sent_again_later_and_the_rest_is_taken(received):
    script, office, _, envelope, file, _ = received

    def away(bodies):
        raise ScannerAway("it sleeps", remedy="Wake it.")

    office.scan = away
    got = receive(office, envelope(file), sender_of(script))
    assert (got.outcome, [each.id for each in got.findings]) == (Outcome.RETRY, [UNSCANNED])
    assert receive(office, envelope(), sender_of(script)).outcome is Outcome.KEPT, "the record alone"
    office.scan = None
    assert receive(office, envelope(file), sender_of(script)).outcome is Outcome.KNOWN
    office.scan = away
    assert receive(office, envelope(file), sender_of(script)).outcome is Outcome.KNOWN, "nothing new is brought"


def test_nothing_that_a_party_signs_elsewhere_or_here_carries_a_hit(received):
    script, office, *_ = received
    payload, _ = ordered(script, "PO-9")
    file = attached(b"named by its digest, wherever that stands")
    payload = replace(payload, presented=None, payment_terms=file.digest)
    draft = clerk(script, "buyer", "order", payload, "PO-9", attachments=(file,))
    record, _ = forged(script, "buyer", content_of(script, "buyer", "order", payload, "PO-9"))
    proofs = sign(office, record, office.custody.signatory(script.dids["buyer"]))
    assert HIT in {each.id for each in check_draft(office, draft).findings}
    for said in (lambda: issue(office, draft), lambda: take_signed(office, record, proofs, (file,))):
        done = said()
        assert (done.record, [each.id for each in done.assessment.blocking]) == (None, [HIT])
    assert office.journal.entry(record.id) is None
    assert take_signed(office, record, proofs).record is not None
    done = take_signed(office, record, proofs, (file,))
    assert (done.record, [each.id for each in done.assessment.blocking]) == (None, [HIT]), (
        "kept already, nor does it then"
    )
    assert office.journal.attachments(record.id) == ()
