"""What peers cosigned as evidence of time: by the witness's clock, of those who are trusted, and of nobody else."""

import json
from datetime import timedelta

import pytest
from rig.past import Log, Witness, day, pair

from entrepot.document.evidence.sighting import Timekeepers
from entrepot.document.verify import Given, verify
from entrepot.party.anchor import Anchor, AnchorList, Anchors
from entrepot.party.compromise import Mark, Marks
from entrepot.party.did import did_key, document_of, key_method_id
from entrepot.party.resolve import DidResolver
from entrepot.party.webvh import given_log


def said(report, *names):
    return [(str(report.results[name].status), report.results[name].code) for name in names or ("issuer", "time")]


def file(value):
    return json.dumps(value).encode()


@pytest.fixture
def witness():
    return Witness()


@pytest.fixture
def ask(veteran):
    """The report as of day 90 on a receipt, with the logs and witnesses that are trusted."""

    def judge(receipt, *, logs=(), trust=(), marks=(), documents=(), data=None, **more):
        keepers = Timekeepers(dids=frozenset(trust), logs=frozenset(logs))
        resolver = DidResolver(logs=[given_log(veteran.log)], marks=marks, documents=documents, clock=lambda: day(90))
        given = Given(evidence=(file(receipt),), timekeepers=keepers, **more)
        return verify(data or veteran.signed(0), resolver=resolver, at=day(90), given=given)

    return judge


def cosigned(log, witness, record, *, sealed=4, seen=6):
    """The receipt of a record that was sealed on one day and cosigned on another."""
    log.take(record, sealed)
    witness.sees(log, seen)
    return log.journal.receipt(record.id).to_json()


def test_signed_three_rotations_ago_with_a_cosigned_head_is_valid_by_the_clock_of_the_witness(
    veteran, log, witness, ask
):
    receipt = cosigned(log, witness, veteran.record())
    report = ask(receipt, logs=[log.did], trust=[witness.did])
    assert report.is_valid, report.to_json()
    reason = report.results["time"].reason
    assert "2026-01-07T00:00:00Z" in reason
    assert witness.did in reason
    assert "clock of the latter" in reason
    assert "2026-01-05" not in reason


def test_the_word_of_the_log_alone_is_no_stronger_than_it_was(veteran, log, witness, ask):
    receipt = cosigned(log, witness, veteran.record())
    assert said(ask(receipt)) == [("unknown", "method-ceased"), ("unknown", "timekeeper-not-trusted")]
    plain = {name: each for name, each in receipt.items() if name != "cosigned"}
    for each in (receipt, plain):
        report = ask(each, logs=[log.did])
        assert said(report) == [("unknown", "method-ceased"), ("unknown", "timekeeper-not-trusted")]
        trusting = ask(each, trust=[log.did])
        assert trusting.is_valid
        assert "2026-01-05T00:00:00Z" in trusting.results["time"].reason
    both = ask(receipt, trust=[log.did, witness.did]).results["time"].reason
    assert both.index("2026-01-05T00:00:00Z") < both.index("2026-01-07T00:00:00Z")


def test_a_witness_knows_nothing_of_proofs(veteran, log, witness, ask):
    """Whoever runs a log may have logged content of which the signature is made later, with a stolen key."""
    receipt = cosigned(log, witness, veteran.record())
    report = ask(receipt, trust=[witness.did])
    assert said(report) == [("unknown", "method-ceased"), ("unknown", "log-not-trusted")]
    assert "--trust-log" in report.results["time"].remedy


@pytest.mark.parametrize(("seen", "code"), [(9, "method-listed-then"), (10, "evidence-late"), (40, "evidence-late")])
def test_back_dated_with_a_stolen_old_key_is_not_valid(veteran, log, witness, ask, seen, code):
    """Also where the thief runs the log and states an early time in its head: the witness saw it when it saw it."""
    log.take(veteran.record(), 4)
    witness.sees(log, seen)
    receipt = log.journal.receipt(veteran.record().id).to_json()
    report = ask(receipt, logs=[log.did], trust=[witness.did])
    assert report.results["issuer"].code == code
    assert report.is_valid is (seen < 10)


def test_lists_of_anchors_name_log_and_witness(veteran, log, witness, ask):
    receipt = cosigned(log, witness, veteran.record())

    def anchors(*roles):
        listed = [Anchor(did=did, role=role, name="x", since=day(since)) for did, role, since in roles]
        return Anchors((AnchorList(version=1, economy="MY", sequence=1, issued=day(0), anchors=tuple(listed)),))

    good = (witness.did, "notary", 0)
    assert ask(receipt, logs=[log.did], anchors=anchors(good)).is_valid
    assert ask(receipt, anchors=anchors(good, (log.did, "log", 0))).is_valid
    for wrong in ((witness.did, "log", 0), (witness.did, "notary", 7), (log.did, "notary", 0)):
        assert not ask(receipt, logs=[log.did], anchors=anchors(wrong)).is_valid, wrong


def lie(receipt, text, **head):
    """The receipt with another cosignature, and perhaps with another head beside it."""
    changed = json.loads(json.dumps(receipt))
    changed["cosigned"][0]["cosignatures"] = [text]
    changed["cosigned"][0]["head"] |= head
    return changed


def test_what_is_not_the_word_of_a_witness_over_this_head_is_never_evidence(veteran, log, witness, ask):
    log.take(veteran.record(number="INV-0"), 2)
    other = log.journal.head()
    receipt = cosigned(log, witness, veteran.record())
    head = log.journal.head()
    trusted = {"logs": [log.did], "trust": [witness.did, log.did + "x"]}
    assert ask(receipt, **trusted).is_valid
    says = witness.says
    lies = {
        "another root": says(head, 6, root="ab" * 32),
        "another size": says(head, 6, size=head.size + 1),
        "an old one, of the head before": says(other, 3),
        "another epoch": says(head, 6, epoch=2),
        "another log": says(head, 6, log_id=did_key(pair("other").public)),
        "another time of the head": says(head, 6, time=head.time - timedelta(days=1)),
        "seen before it was signed": says(head, 3),
        "of the future": says(head, 91),
        "by another key": says(head, 6, key=pair("thief")),
        "in the name of another": says(head, 6, witness=did_key(pair("thief").public)),
        "by the log itself": says(head, 6, witness=log.did, key=log.key),
        "another type": says(head, 6, typ="entrepot-node+jws"),
        "nonsense": "a.b.c",
        "empty": "",
        "the head's own signature": head.signature,
    }
    for name, text in lies.items():
        report = ask(lie(receipt, text), **trusted)
        assert not report.is_valid, name
        assert str(report.results["time"].status) != "valid", name
    assert ask(lie(receipt, witness.says(head, 6)), **trusted).is_valid
    for name, wrong in (("root", "ab" * 32), ("size", 7), ("time", "2026-01-03T00:00:00Z"), ("signature", "a.b.c")):
        assert not ask(lie(receipt, says(head, 6), **{name: wrong}), **trusted).is_valid, name


def test_no_log_is_its_own_witness(veteran, log, witness, ask):
    """Whoever is believed as a notary is believed over heads of others."""
    receipt = cosigned(log, witness, veteran.record())
    own = witness.says(log.journal.head(), 6, witness=log.did, key=log.key, kid=key_method_id(log.key.public))
    notary = Anchor(did=log.did, role="notary", name="x", since=day(0))
    anchors = Anchors((AnchorList(version=1, economy="MY", sequence=1, issued=day(0), anchors=(notary,)),))
    report = ask(lie(receipt, own), logs=[log.did], anchors=anchors)
    assert said(report)[1] == ("invalid", "cosignature-wrong")


def test_a_forged_head_needs_the_key_of_its_log(veteran, log, witness, ask, tmp_path):
    """A witness that signs whatever it is shown makes no log say what it did not say."""
    thief = Log(tmp_path, "thief")
    receipt = cosigned(thief, witness, veteran.record())
    assert said(ask(receipt, logs=[log.did], trust=[witness.did]))[1] == ("unknown", "log-not-trusted")
    renamed = json.loads(json.dumps(receipt).replace(thief.did, log.did))
    renamed["cosigned"][0]["cosignatures"] = [witness.says(thief.journal.head(), 6, log_id=log.did)]
    assert not ask(renamed, logs=[log.did], trust=[witness.did]).is_valid


def test_a_witness_key_that_was_stolen_is_no_evidence_and_a_second_witness_is(veteran, log, witness, ask):
    second = Witness("second")
    log.take(veteran.record(), 4)
    witness.sees(log, 5)
    second.sees(log, 6)
    receipt = log.journal.receipt(veteran.record().id).to_json()
    assert len(receipt["cosigned"]) == 1
    assert len(receipt["cosigned"][0]["cosignatures"]) == 2
    mark = Mark(method=key_method_id(witness.key.public), key=witness.key.public.multikey, since=day(8), stated=day(50))
    marks = [Marks(did=witness.did, marks=(mark,))]
    known = {"logs": [log.did], "marks": marks}
    assert said(ask(receipt, trust=[witness.did], **known))[1] == ("unknown", "timekeeper-key-ceased")
    report = ask(receipt, trust=[witness.did, second.did], **known)
    assert report.is_valid
    assert second.did in report.results["time"].reason


@pytest.mark.parametrize(("revoked", "holds"), [(7, True), (6, False), (5, False)])
def test_the_log_may_lose_its_key_after_the_witness_saw_it(veteran, log, witness, ask, revoked, holds):
    """A thief of the log's key gets no witness to have seen its heads earlier; what was seen before it stays."""
    receipt = cosigned(log, witness, veteran.record())
    mark = Mark(method=key_method_id(log.key.public), key=log.key.public.multikey, since=day(revoked), stated=day(50))
    report = ask(receipt, logs=[log.did], trust=[witness.did], marks=[Marks(did=log.did, marks=(mark,))])
    assert report.is_valid is holds
    assert said(ask(receipt, trust=[log.did], marks=[Marks(did=log.did, marks=(mark,))]))[1][0] == "unknown"


def test_a_witness_whose_keys_are_not_known_is_unknown(veteran, log, ask):
    web, receipt = "did:web:witness.example", None
    witness = Witness()
    witness.did = web
    log.take(veteran.record(), 4)
    text = witness.says(log.journal.head(), 6)
    receipt = log.journal.receipt(veteran.record().id).to_json()
    receipt["cosigned"] = [{"head": receipt["head"], "path": receipt["path"], "cosignatures": [text]}]
    trusted = {"logs": [log.did], "trust": [web]}
    assert said(ask(receipt, **trusted))[1] == ("unknown", "timekeeper-unknown")
    document = document_of(web, {"key-1": witness.key.public})
    wrong = ask(receipt, documents=[document], **trusted)
    assert not wrong.is_valid, "the header names a key of another"


@pytest.mark.parametrize("junk", [None, {}, "x", [1], [{}], [{"head": {}, "path": [], "cosignatures": []}], [[]] * 99])
def test_a_receipt_with_broken_cosignatures_has_not_the_form_of_one(veteran, log, ask, junk):
    receipt = {**log.take(veteran.record(), 5), "cosigned": junk}
    report = ask(receipt, trust=[log.did])
    assert said(report) == [("unknown", "method-ceased"), ("unknown", "evidence-unread")]


def test_what_stands_beside_the_record_nobody_has_seen(veteran, log, witness, ask):
    from entrepot.document.proof import credential_of, secure

    receipt = cosigned(log, witness, veteran.record())
    key, method = veteran.stolen[0]
    forged = secure(
        {**credential_of(veteran.record()), "validUntil": "2036-01-01T00:00:00Z"},
        key, method_id=method, securing="eddsa-jcs-2022", created=day(1),
    )  # fmt: skip
    assert not ask(receipt, logs=[log.did], trust=[witness.did], data=forged).is_valid
