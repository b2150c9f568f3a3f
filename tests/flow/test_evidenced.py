"""Evidence of time goes along with a record that is signed under a mandate: a node that gets it after the mandate has
ended, or was taken back, takes it where somebody whose word counts there saw the signed form before."""

import json
import shutil
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from rig.past import Authority
from test_mandated import DAY, LIST, Desk, envelope, ids, sender_of_buyer

from entrepot.base.digest import sha256
from entrepot.base.moment import parse_moment
from entrepot.document._rfc3161 import read_certificates
from entrepot.document.evidence.countersignature import countersign
from entrepot.document.evidence.receipt import form_stream
from entrepot.flow import evidenced
from entrepot.flow.cosigning import show_heads
from entrepot.flow.post import deliver, envelope_for
from entrepot.flow.receive import Outcome, receive
from entrepot.flow.signed import take_signed
from entrepot.journal.port import Attachment
from entrepot.party.anchor import Anchor, AnchorList, Anchors
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import Curve, KeyPair

EVIDENCED, ENDED, TAKEN_BACK = "ENT-CORE-PROOF-13", "ENT-CORE-MANDATE-11", "ENT-CORE-MANDATE-13"


class Late(Desk):
    """A mandated record lies in the log of its issuer's node, and nothing of it was sent yet."""

    def __init__(self, script):
        self.clock, self.editions = script.world.clock, []
        super().__init__(script)
        self.mandates = [self.mandate(status=self.publish("revocation", 0))]
        self.record, self.file = self.order()
        self.proofs = self.signed(self.record, self.mandates)
        self.taken = take_signed(self.office, self.record, self.proofs, self.files(self.file, self.mandates))
        assert self.taken.record is not None, self.taken.findings

    def publish(self, purpose, value):
        made = super().publish(purpose, value)
        self.editions.append((self.clock.now, self.lists[LIST]))
        return made

    def fetch(self, url):
        """Its host gives the list as of any moment (Bitstring Status List 1.0, ``timestamp``)."""
        asked = parse_moment(parse_qs(urlsplit(url).query)["timestamp"][0])
        return next(each for moment, each in reversed(self.editions) if moment <= asked + DAY / 24)

    def seen(self):
        """The peer cosigns the head that covers the record."""
        self.office.run(lambda journal: journal.seal())
        assert all(each.is_kept for each in show_heads(self.office))

    def later(self, days=3):
        self.clock.tick(days * DAY.total_seconds())
        self.now += days * DAY
        self.publish("revocation", 0)

    def here(self):
        return self.peer.journal.entry(self.record.id) is not None

    def told(self):
        checks = [each for each in self.peer.journal.assessment(self.record.id)["checks"] if each["stage"] == "proof"]
        return [(each["verdict"], {finding["id"] for finding in each["findings"]}) for each in checks]

    def brings(self, *evidence):
        """What the peer answers when the record comes with its files and that evidence."""
        return receive(
            self.peer,
            envelope(self.proofs, (*self.files(self.file, self.mandates), *evidence)),
            sender_of_buyer(self),
        )


@pytest.fixture
def late(script):
    return Late(script)


def anchors(did, role):
    since = datetime(2026, 1, 1, tzinfo=UTC)
    named = (Anchor(did=did, role=role, name="A", since=since),)
    return Anchors((AnchorList(version=1, economy="MY", sequence=1, issued=since, anchors=named),))


def piece(body, media_type=evidenced.SEEN_TYPE):
    return Attachment(digest=sha256(body), media_type=media_type, body=body)


def test_a_peer_takes_it_after_the_mandate_has_ended_by_its_own_clock(late):
    late.seen()
    late.later()
    while deliver(late.office).delivered:
        pass
    assert late.told() == [("valid", {EVIDENCED, "ENT-CORE-MANDATE-22"})] * 2
    kept = [late.peer.journal.attachment(each) for each in late.peer.journal.attachments(late.record.id)]
    (receipt,) = [each for each in kept if each.media_type == evidenced.RECEIPT_TYPE]
    streams = [name for name, _, _ in json.loads(json.loads(receipt.body)["entry"])["streams"]]
    assert {form_stream(each.body) for each in late.proofs} <= set(streams)
    assert late.office.journal.verify() == late.peer.journal.verify() == ()


def test_nothing_that_nobody_saw_in_time_is_taken(late):
    late.later()
    late.office.run(lambda journal: journal.seal())
    assert all(each.is_kept for each in show_heads(late.office))
    while deliver(late.office).delivered:
        pass
    assert not late.here()


def test_the_word_of_the_sender_on_its_own_clock_is_none(late):
    late.office.run(lambda journal: journal.seal())
    late.later()
    while deliver(late.office).delivered:
        pass
    assert not late.here()
    got = late.brings(*evidenced.receipt_with(late.office, late.record, late.proofs))
    assert got.outcome is Outcome.REFUSED
    assert ENDED in ids(got.findings)
    late.peer.anchors = anchors(late.office.identity.did, "log")
    assert late.brings(*evidenced.receipt_with(late.office, late.record, late.proofs)).outcome is Outcome.KEPT


def test_a_form_that_is_made_afterwards_is_not_covered_by_the_receipt_of_its_record(late):
    """Who was mandated once, and kept the key, signs what was said then anew: nobody saw that."""
    late.seen()
    late.later()
    sent = envelope_for(late.office, late.record, sender_of_buyer(late))
    forged = late.signed(late.record, late.mandates)
    assert forged[1].body != late.proofs[1].body
    (receipt,) = evidenced.receipt_with(late.office, late.record, late.proofs)
    got = receive(
        late.peer,
        envelope(forged[1:], (*late.files(late.file, late.mandates), receipt)),
        sender_of_buyer(late),
    )
    assert got.outcome is Outcome.REFUSED
    assert ENDED in ids(got.findings)
    assert len(sent.attachments) == 3


def test_a_mandate_that_was_taken_back_after_it_was_used_does_no_harm(late):
    late.seen()
    late.later(0.25)
    late.publish("revocation", 1)
    got = late.brings()
    assert got.outcome is Outcome.REFUSED
    assert TAKEN_BACK in ids(got.findings)
    while deliver(late.office).delivered:
        pass
    assert late.told() == [("valid", {EVIDENCED, "ENT-CORE-MANDATE-22"})] * 2


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make tokens with")
def test_a_stamp_goes_along_to_whoever_relies_on_its_authority(script, tmp_path):
    script.world.clock.now = datetime.now(UTC)
    late, authority = Late(script), Authority(tmp_path / "tsa")
    tokens = [piece(authority.stamp(each.body, "-cert"), evidenced.TOKEN_TYPE) for each in late.proofs]
    taken = take_signed(late.office, late.record, late.proofs, (*late.files(late.file, late.mandates), *tokens))
    assert taken.record is not None, taken.findings
    assert {each.digest for each in tokens} <= set(late.office.journal.attachments(late.record.id))
    late.later()
    assert late.brings(*tokens).outcome is Outcome.REFUSED
    late.peer.authorities = tuple(read_certificates(authority.certificate()))
    while deliver(late.office).delivered:
        pass
    assert late.told() == [("valid", {EVIDENCED, "ENT-CORE-MANDATE-22"})] * 2
    assert {each.digest for each in tokens} <= set(late.peer.journal.attachments(late.record.id))


def test_a_notary_that_the_lists_of_the_node_name_is_believed(late):
    notary = KeyPair(Curve.ED25519, b"\x07" * 32)
    words = [
        piece(countersign(each.body, notary, method_id=key_method_id(notary.public), now=late.now).encode())
        for each in late.proofs
    ]
    late.later()
    assert late.brings(*words).outcome is Outcome.REFUSED
    late.peer.anchors = anchors(did_key(notary.public), "notary")
    assert late.brings(*words).outcome is Outcome.KEPT
    assert {each.digest for each in words} <= set(late.peer.journal.attachments(late.record.id))


def test_evidence_of_another_document_is_left_behind(late):
    stray = piece(countersign(b"another", late.firm.key, method_id=late.firm.method, now=late.now).encode())
    got = late.brings(stray)
    assert got.outcome is Outcome.KEPT
    assert "ENT-CORE-PRESENTED-01" in ids(got.findings)
    assert stray.digest not in late.peer.journal.attachments(late.record.id)
