"""A record of a party, signed by somebody under a mandate: the issuing node, the one that receives it and whoever
verifies the file give the same answer, and each trick has a finding of its own."""

import base64
from datetime import timedelta

import pytest
from test_presented import content_of, ordered

from entrepot.base.digest import sha256
from entrepot.base.money import Money
from entrepot.base.record import record_of
from entrepot.document.mandate import Grant, mandate_credential, named_mandates
from entrepot.document.proof import open_secured, secure
from entrepot.document.status import StatusLists, entry_of, new_list, with_status
from entrepot.document.verify import Given, verify
from entrepot.flow.envelope import Envelope, SentProof, pack, write_envelope
from entrepot.flow.mandated import attached, check_mandates, credential_under
from entrepot.flow.post import deliver
from entrepot.flow.receive import Outcome, receive
from entrepot.flow.reprove import prover
from entrepot.flow.signed import take_signed
from entrepot.journal.port import Proof
from entrepot.party.did import did_key, key_method_id
from entrepot.party.error import FetchError
from entrepot.party.key import Curve, KeyPair
from entrepot.party.mandate import Mandate

DAY = timedelta(days=1)
LIST = "https://lists.example/revocation"
KEYS = {name: KeyPair(Curve.ED25519, bytes([number]) * 32) for number, name in enumerate(("ann", "bob", "mal"), 1)}
DID = {name: did_key(pair.public) for name, pair in KEYS.items()}


class Desk:
    """The buyer of a sale, those who sign for it, and the lists on which it takes mandates back."""

    def __init__(self, script):
        self.script, self.office, self.peer = script, script.importer, script.exporter
        self.firm = self.office.custody.signatory(script.dids["buyer"])
        self.now = self.office.clock().replace(microsecond=0)
        self.lists = {}
        for office in (self.office, self.peer):
            office.fetch = self.fetch

    def fetch(self, url):
        if url.partition("?")[0] not in self.lists:
            raise FetchError("nobody answers", code="fetch-failed")
        return self.lists[url.partition("?")[0]]

    def publish(self, purpose, value):
        made = new_list(url=LIST, issuer=self.firm.did, purpose=purpose, issued=self.now - DAY)
        self.lists[LIST] = self.secure(with_status(made, 7, value, issued=self.now - DAY), "firm")
        return [entry_of(made, 7)]

    def secure(self, credential, by, securing="vc+jwt"):
        key, method = (self.firm.key, self.firm.method) if by == "firm" else (KEYS[by], key_method_id(KEYS[by].public))
        return secure(credential, key, method_id=method, securing=securing, created=self.now)

    def mandate(self, to="ann", *, by="firm", signer=None, name="urn:uuid:1", status=(), **changes):
        period = {each: changes.pop(each, self.now + days * DAY) for each, days in (("since", -1), ("until", 1))}
        fields = {"id": DID[to], "principal": self.firm.did, "kinds": ("order",), "limit": None}
        granted = Mandate(**fields | changes)
        issuer = self.firm.did if by == "firm" else DID[by]
        grant = Grant(id=name, issuer=issuer, mandate=granted, status=status, **period)
        return self.secure(mandate_credential(grant), signer or by)

    def order(self):
        payload, file = ordered(self.script)
        made = content_of(self.script, "buyer", "order", payload, "PO-1", issued=self.now)
        return record_of(made), file

    def signed(self, record, mandates, by="ann"):
        """Its proofs under ``mandates``."""
        made = credential_under(record, mandates)
        method = key_method_id(KEYS[by].public)
        return tuple(
            Proof(securing=each, body=self.secure(made, by, each), method=method)
            for each in ("vc+jwt", "eddsa-jcs-2022")
        )

    def files(self, file, mandates):
        return (file, *(attached(each) for each in mandates))


@pytest.fixture
def desk(script):
    return Desk(script)


def ids(findings):
    return {each.id for each in findings}


def envelope(proofs, files):
    sent = tuple(SentProof(securing=each.securing, body=each.body.decode()) for each in proofs)
    return write_envelope(Envelope(proofs=sent, attachments=pack(files)))


def test_a_mandated_person_says_it_for_the_party_and_the_mandate_goes_along(desk):
    mandates = [desk.mandate(limit=Money.of("100000.00", "MYR"), status=desk.publish("revocation", 0))]
    record, file = desk.order()
    proofs = desk.signed(record, mandates)
    done = take_signed(desk.office, record, proofs, desk.files(file, mandates))
    assert done.record is not None, done.findings
    assert desk.office.journal.attachments(record.id) == tuple(sorted((file.digest, sha256(mandates[0]))))
    while deliver(desk.office).delivered:
        pass
    for office in (desk.office, desk.peer):
        assert office.journal.attachment(sha256(mandates[0])).body == mandates[0]
        checks = [each for each in office.journal.assessment(record.id)["checks"] if each["stage"] == "proof"]
        assert [each["verdict"] for each in checks] == ["valid", "valid"]
        told = [finding for each in checks for finding in each["findings"]]
        assert {each["id"] for each in told} == {"ENT-CORE-MANDATE-22"}
        assert all(DID["ann"] in each["text"] and desk.firm.did in each["text"] for each in told)
        kept = office.journal.proofs(record.id)
        report = verify(
            kept[0].body,
            resolver=office.resolver,
            at=desk.now,
            given=Given(mandates=tuple(mandates), lists=StatusLists(desk.lists.values())),
            require=("mandate",),
        )
        assert report.is_valid, report.to_json()
        assert office.journal.verify() == ()


def passed_on(desk, delegations):
    above = desk.mandate(delegations=delegations)
    return [desk.mandate("bob", by="ann", name="urn:uuid:2", parent="urn:uuid:1"), above]


def test_a_mandate_that_was_passed_on_brings_those_above(desk):
    mandates = passed_on(desk, 1)
    record, file = desk.order()
    done = take_signed(desk.office, record, desk.signed(record, mandates, "bob"), desk.files(file, mandates))
    assert done.record is not None, done.findings
    while deliver(desk.office).delivered:
        pass
    assert set(desk.peer.journal.attachments(record.id)) == {file.digest, *map(sha256, mandates)}
    for office in (desk.office, desk.peer):
        found = office.journal.reprove(prover(office.resolver, office.journal))
        assert (found.unknown, found.findings) == (0, ())
        assert found.valid >= 2


def _expired(desk):
    return [desk.mandate(until=desk.now - timedelta(seconds=1))]


WRONG = {
    "amount": (lambda desk: [desk.mandate(limit=Money.of("1.00", "MYR"))], "08", "ann"),
    "currency": (lambda desk: [desk.mandate(limit=Money.of("100000.00", "SGD"))], "10", "ann"),
    "kind": (lambda desk: [desk.mandate(kinds=("invoice",))], "07", "ann"),
    "expired": (_expired, "11", "ann"),
    "not yet": (lambda desk: [desk.mandate(since=desk.now + DAY / 2)], "12", "ann"),
    "revoked": (lambda desk: [desk.mandate(status=desk.publish("revocation", 1))], "13", "ann"),
    "suspended": (lambda desk: [desk.mandate(status=desk.publish("suspension", 1))], "14", "ann"),
    "list out of reach": (
        lambda desk: [(desk.mandate(status=desk.publish("revocation", 0)), desk.lists.clear())[0]],
        "15",
        "ann",
    ),
    "somebody else's": (lambda desk: [desk.mandate("bob")], "05", "ann"),
    "of another firm": (lambda desk: [desk.mandate(principal=DID["mal"], by="mal")], "06", "ann"),
    "forged": (lambda desk: [desk.mandate(signer="mal")], "21", "ann"),
    "not to be passed on": (lambda desk: passed_on(desk, 0), "17", "bob"),
    "without those above": (lambda desk: passed_on(desk, 1)[:1], "04", "bob"),
    "passed on for more": (
        lambda desk: [
            desk.mandate("bob", by="ann", name="urn:uuid:2", parent="urn:uuid:1", kinds=("order", "invoice")),
            desk.mandate(delegations=1),
        ],
        "17",
        "bob",
    ),
}
UNKNOWN = {"currency", "list out of reach", "without those above"}


@pytest.mark.parametrize("wrong", WRONG)
def test_each_wrong_mandate_has_its_own_finding_wherever_it_is_judged(desk, wrong):
    make, number, signer = WRONG[wrong]
    mandates = make(desk)
    record, file = desk.order()
    proofs = desk.signed(record, mandates, signer)
    files = desk.files(file, mandates)
    expected = f"ENT-CORE-MANDATE-{number}"
    before = len(desk.office.journal.entries()), len(desk.peer.journal.entries())
    done = take_signed(desk.office, record, proofs, files)
    assert done.record is None
    assert expected in ids(done.findings), done.findings
    assert ("ENT-CORE-PROOF-10" in ids(done.findings)) is (wrong in UNKNOWN)
    got = receive(desk.peer, envelope(proofs, files), sender_of_buyer(desk))
    assert got.outcome is (Outcome.RETRY if wrong in UNKNOWN else Outcome.REFUSED)
    assert expected in ids(got.findings)
    if signer == "ann" and wrong != "somebody else's":
        foreseen = check_mandates(desk.office, record, mandates)
        assert expected in ids(foreseen.findings)
    given = Given(mandates=tuple(mandates), lists=StatusLists(desk.lists.values()))
    report = verify(proofs[0].body, resolver=desk.office.resolver, at=desk.now, given=given)
    assert not report.is_valid
    assert str(report.results["mandate"].status) == ("unknown" if wrong in UNKNOWN else "invalid")
    assert (len(desk.office.journal.entries()), len(desk.peer.journal.entries())) == before


def sender_of_buyer(desk):
    from entrepot.flow.peer import peers

    return peers(desk.peer)[0]


def test_only_the_very_bytes_that_are_signed_are_kept_beside_it(desk):
    """Whoever delivers first can put no other mandate there: not one under the same id, not one that nobody names."""
    mandates = [desk.mandate()]
    record, file = desk.order()
    proofs = desk.signed(record, mandates)
    others = [desk.mandate(signer="mal"), desk.mandate(name="urn:uuid:9"), b"no mandate"]
    got = receive(desk.peer, envelope(proofs, desk.files(file, [*others, *mandates])), sender_of_buyer(desk))
    assert got.outcome is Outcome.KEPT, got.findings
    assert "ENT-CORE-PRESENTED-01" in ids(got.findings)
    assert set(desk.peer.journal.attachments(record.id)) == {file.digest, sha256(mandates[0])}


def test_a_proof_that_comes_later_brings_its_mandate(desk):
    record, file = desk.order()
    own = take_signed(
        desk.office,
        record,
        [Proof(securing="vc+jwt", body=desk.secure(credential_under(record, []), "firm"), method=desk.firm.method)],
        [file],
    )
    assert own.record is not None, own.findings
    mandates = [desk.mandate()]
    take_signed(desk.office, record, desk.signed(record, mandates), desk.files(file, mandates))
    assert len(desk.office.journal.proofs(record.id)) == 3
    while deliver(desk.office).delivered:
        pass
    assert set(desk.peer.journal.attachments(record.id)) == {file.digest, sha256(mandates[0])}
    assert len(desk.peer.journal.proofs(record.id)) == 3


def test_the_signed_form_states_the_digest_in_the_standards_way(desk):
    mandate = desk.mandate()
    opened, _ = open_secured(desk.signed(desk.order()[0], [mandate])[1].body)
    (term,) = opened.vc["termsOfUse"]
    assert term["digestSRI"] == "sha256-" + base64.b64encode(bytes.fromhex(sha256(mandate))).decode()
    assert named_mandates(opened.vc)[0].digest == sha256(mandate)
    assert named_mandates({"termsOfUse": {**term, "digestSRI": "sha256-!"}})[0].digest == ""
