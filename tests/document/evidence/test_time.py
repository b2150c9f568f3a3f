"""A signature by a key that is out of force: valid with evidence of an earlier time, otherwise unknown."""

import json
import secrets

import pytest
from rig.past import Log, day, pair

from entrepot.base.canonical import canonical
from entrepot.document.evidence.countersignature import countersign
from entrepot.document.proof import credential_of, secure
from entrepot.document.proof.integrity import hash_data, proof_options
from entrepot.document.proof.securing import Terms
from entrepot.document.verify import verify
from entrepot.flow.resolving import NodeResolver
from entrepot.party.anchor import Anchor, AnchorList, Anchors
from entrepot.party.compromise import Mark, Marks
from entrepot.party.did import did_key, key_method_id
from entrepot.party.multibase import to_multibase
from entrepot.party.resolve import DidResolver
from entrepot.party.webvh import given_log


def said(report, *names):
    return [(str(report.results[name].status), report.results[name].code) for name in names or ("issuer", "time")]


def file(value):
    return json.dumps(value).encode()


@pytest.mark.parametrize("securing", ["eddsa-jcs-2022", "vc+jwt"])
def test_signed_three_rotations_ago_with_a_receipt_is_valid(veteran, log, judged, securing):
    data = veteran.signed(0, securing)
    receipt = file(log.take(veteran.record(), 5))
    report = judged(data, receipt, trust=[log.did], require=["time"])
    assert report.is_valid, report.to_json()
    assert said(report) == [("valid", "method-listed-then"), ("valid", "evidence-holds")]
    assert "2026-01-06T00:00:00Z" in report.results["time"].reason


def test_the_receipt_may_be_asked_for_years_later(veteran, log, judged):
    log.take(veteran.record(), 5)
    log.take(veteran.record(number="INV-2"), 60)
    log.journal.seal(renew=True)
    assert judged(veteran.signed(0), file(log.journal.receipt(veteran.record().id).to_json()), trust=[log.did]).is_valid


def test_back_dated_with_a_stolen_old_key_is_not_valid(veteran, log, judged):
    stolen = veteran.signed(0, created=1)
    report = judged(stolen)
    assert not report.is_valid
    assert said(report, "integrity", "issuer", "time") == [
        ("valid", "signature-holds"),
        ("unknown", "method-ceased"),
        ("unknown", "evidence-missing"),
    ]
    late = file(log.take(veteran.record(), 40))
    report = judged(stolen, late, trust=[log.did])
    assert not report.is_valid
    assert said(report) == [("unknown", "evidence-late"), ("valid", "evidence-holds")]


def test_asking_about_an_earlier_day_does_not_make_a_stolen_key_honest(veteran, log, judged):
    stolen = veteran.signed(0, created=1)
    assert said(judged(stolen, at=5, now=day(90)))[0] == ("unknown", "method-ceased")
    receipt = file(log.take(veteran.record(), 4))
    assert judged(stolen, receipt, trust=[log.did], at=5, now=day(90)).is_valid
    early = judged(stolen, receipt, trust=[log.did], at=3, now=day(90))
    assert said(early) == [("valid", "method-listed-then"), ("unknown", "evidence-later")]


@pytest.mark.parametrize(("seen", "holds"), [(9, True), (10, False)])
def test_a_key_ceases_at_the_very_moment_of_the_next_version(veteran, log, judged, seen, holds):
    receipt = file(log.take(veteran.record(), seen))
    assert judged(veteran.signed(0), receipt, trust=[log.did]).is_valid is holds


def test_a_node_tells_a_key_that_is_gone_from_one_that_never_was(veteran):
    resolver = NodeResolver(own=lambda _: None, fetch=lambda _: veteran.log, clock=lambda: day(90))
    report = verify(veteran.signed(0), resolver=resolver, at=day(90))
    assert said(report)[0] == ("unknown", "method-ceased")
    assert verify(veteran.signed(), resolver=resolver, at=day(90)).is_valid


def test_the_key_in_force_needs_no_evidence(veteran, judged):
    report = judged(veteran.signed())
    assert report.is_valid
    assert said(report) == [("valid", "method-listed"), ("not_asked", "")]


def test_a_key_that_was_never_listed_stays_invalid(veteran, log, judged):
    stranger = secure(
        veteran.record(), pair("x"), method_id=veteran.stolen[0][1], securing="eddsa-jcs-2022", created=day(1)
    )
    receipt = file(log.take(veteran.record(), 5))
    report = judged(stranger, receipt, trust=[log.did])
    assert (str(report.results["integrity"].status), report.is_valid) == ("invalid", False)
    own = secure(
        veteran.record(),
        pair("x"),
        method_id=key_method_id(pair("x").public),
        securing="eddsa-jcs-2022",
        created=day(1),
    )
    assert said(judged(own, receipt, trust=[log.did]))[0] == ("invalid", "method-not-listed")


@pytest.mark.parametrize(("seen", "holds"), [(4, True), (5, False), (7, False)])
def test_a_compromised_key_is_judged_by_the_mark(exporter, log, judged, seen, holds):
    key, method = exporter.stolen[0]
    mark = Mark(method=method, key=key.public.multikey, since=day(5), stated=day(50))
    marks = Marks(did=exporter.did, marks=(mark,))
    data = exporter.signed()
    assert judged(data).is_valid
    assert said(judged(data, marks=[marks]))[0] == ("unknown", "method-ceased")
    receipt = file(log.take(exporter.record(), seen))
    assert judged(data, receipt, trust=[log.did], marks=[marks]).is_valid is holds


def test_a_key_that_the_log_says_to_be_revoked_is_judged_by_that(exporter, log, judged, tmp_path):
    exporter.upkeep.compromise(exporter.kept, since=day(5), now=day(8))
    exporter.rotate(8)
    data = exporter.signed(0)
    assert said(judged(data))[0] == ("unknown", "method-ceased")
    assert judged(data, file(log.take(exporter.record(), 4)), trust=[log.did]).is_valid
    other = Log(tmp_path, "other")
    assert not judged(data, file(other.take(exporter.record(), 6)), trust=[other.did]).is_valid


def test_a_moved_identifier_keeps_its_keys(exporter, judged):
    data = exporter.signed()
    exporter.kept = exporter.upkeep.move(exporter.kept, "other.example", now=day(12))
    assert judged(data).is_valid
    exporter.rotate(13)
    assert said(judged(data))[0] == ("unknown", "method-ceased")


def test_after_deactivation_evidence_is_needed(exporter, log, judged):
    data = exporter.signed()
    receipt = file(log.take(exporter.record(), 4))
    exporter.upkeep.deactivate(exporter.kept, now=day(50))
    assert said(judged(data))[0] == ("unknown", "method-ceased")
    assert judged(data, receipt, trust=[log.did]).is_valid


def test_only_a_log_that_is_trusted_counts(veteran, log, judged):
    data, receipt = veteran.signed(0), file(log.take(veteran.record(), 5))
    report = judged(data, receipt)
    assert said(report) == [("unknown", "method-ceased"), ("unknown", "timekeeper-not-trusted")]
    assert not judged(data, receipt, trust=[did_key(pair("other").public)]).is_valid
    entry = {"did": log.did, "role": "log", "name": "Log", "since": day(0)}

    def anchors(**changes):
        anchor = Anchor(**entry | changes)
        return Anchors((AnchorList(version=1, economy="MY", sequence=1, issued=day(0), anchors=(anchor,)),))

    assert judged(data, receipt, anchors=anchors()).results["issuer"].code == "method-listed-then"
    for wrong in ({"role": "notary"}, {"since": day(6)}, {"until": day(4)}, {"withdrawn": True}):
        assert judged(data, receipt, anchors=anchors(**wrong)).results["issuer"].code == "method-ceased", wrong


def test_a_receipt_that_was_changed_is_told(veteran, log, judged):
    log.take(veteran.record(number="INV-0"), 3)
    receipt, data = log.take(veteran.record(), 5), veteran.signed(0)
    assert judged(data, file(receipt), trust=[log.did]).is_valid
    earlier = {**receipt, "head": {**receipt["head"], "time": "2026-01-02T00:00:00Z"}}
    for wrong in (
        earlier,
        {**receipt, "leaf": 0},
        {**receipt, "path": ["0" * 64]},
        {**receipt, "head": {**receipt["head"], "logId": did_key(pair("other").public)}},
        {**receipt, "head": {**receipt["head"], "signature": "a.b.c"}},
    ):
        report = judged(data, file(wrong), trust=[log.did, did_key(pair("other").public)])
        assert said(report) == [("unknown", "method-ceased"), ("invalid", "receipt-wrong")], wrong
    assert judged(data, file(earlier), file(receipt), trust=[log.did]).is_valid, "one that holds is enough"


def test_evidence_of_another_document_says_nothing(veteran, log, judged):
    other = file(log.take(veteran.record(number="INV-9"), 5))
    for junk in (other, b"", b"{}", b"[]", b"[1]", b"a.b.c", b"\x30", b"\x30\x82\xff\xff", b"\xff" * 9, b"{" * 99):
        report = judged(veteran.signed(0), junk, trust=[log.did])
        assert said(report)[0] == ("unknown", "method-ceased"), junk
        assert said(report)[1][0] == "unknown"
        assert judged(veteran.signed(), junk, trust=[log.did]).is_valid, "what needs no evidence is not spoilt by it"


def test_the_id_of_a_record_is_computed_never_believed(veteran, log, judged):
    """A thief forges another content under the name of a record that was logged."""
    receipt = file(log.take(veteran.record(), 5))
    forged = json.loads(veteran.signed(0, record=veteran.record(payload={"total": "9999.00"})))
    forged.pop("proof")
    forged["id"] = json.loads(veteran.signed(0))["id"]
    key, method = veteran.stolen[0]
    data = secure(forged, key, method_id=method, securing="eddsa-jcs-2022", created=day(1))
    assert not judged(data, receipt, trust=[log.did]).is_valid
    forged["type"] = ["VerifiableCredential"]
    forged["credentialSubject"] = {"id": "urn:x:1"}
    data = secure(forged, key, method_id=method, securing="eddsa-jcs-2022", created=day(1))
    assert said(judged(data, receipt, trust=[log.did]))[0] == ("unknown", "method-ceased")


def test_a_part_of_a_record_is_not_what_the_log_has_seen(veteran, log, judged):
    receipt = file(log.take(veteran.record(), 5))
    key, method = veteran.stolen[0]
    token = secure(veteran.record(), key, method_id=method, securing="dc+sd-jwt", created=day(1),
                   terms=Terms(entropy=secrets.token_bytes))  # fmt: skip
    assert judged(token, receipt, trust=[log.did]).results["issuer"].code == "method-listed-then"
    shown = token.split(b"~")[0] + b"~"
    assert said(judged(shown, receipt, trust=[log.did]))[0] == ("unknown", "method-ceased")


@pytest.mark.parametrize(
    "beside",
    [
        {"validUntil": "2036-01-01T00:00:00Z"},
        {"credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation",
                              "statusListIndex": "8", "statusListCredential": "https://x.example/1"}},
        {"credentialSchema": {"id": "https://x.example/s", "type": "JsonSchema"}},
    ],
    ids=lambda each: next(iter(each)),
)  # fmt: skip
@pytest.mark.parametrize("securing", ["eddsa-jcs-2022", "vc+jwt"])
def test_what_a_thief_puts_beside_a_record_the_log_has_not_seen(veteran, log, judged, securing, beside):
    """The log has seen the record, years ago; the end and the status of this credential are of today."""
    receipt = file(log.take(veteran.record(), 5))
    key, method = veteran.stolen[0]
    forged = secure(
        {**credential_of(veteran.record()), **beside}, key, method_id=method, securing=securing, created=day(1)
    )
    report = judged(forged, receipt, trust=[log.did])
    assert not report.is_valid
    assert said(report)[0] == ("unknown", "method-ceased")


def test_the_order_of_logs_does_not_decide(veteran, exporter):
    cut = b"\n".join(veteran.log.splitlines()[:1]) + b"\n"
    for logs in ([veteran.log, cut], [cut, veteran.log], [cut, veteran.log, cut]):
        resolver = DidResolver(logs=list(map(given_log, logs)), clock=lambda: day(90))
        assert said(verify(veteran.signed(0), resolver=resolver, at=day(90)))[0] == ("unknown", "method-ceased")
    lines = veteran.log.splitlines()
    forked = b"\n".join([lines[0], lines[2]])
    resolver = DidResolver(logs=[given_log(veteran.log), given_log(forked)], clock=lambda: day(90))
    assert resolver.resolve(veteran.did).code == "webvh-forked"
    assert not verify(veteran.signed(), resolver=resolver, at=day(90)).is_valid


# ---- counter-signatures ------------------------------------------------------------------------------------------


def seen(data, number, name="witness", **more):
    key = pair(name)
    text = countersign(data, key, method_id=more.get("method_id") or key_method_id(key.public), now=day(number))
    return text.encode(), did_key(key.public)


@pytest.mark.parametrize(("number", "holds"), [(9, True), (10, False)])
def test_a_counter_signature_of_a_trusted_witness_counts(veteran, judged, number, holds):
    data = veteran.signed(0)
    token, witness = seen(data, number)
    assert judged(data, token, trust=[witness]).is_valid is holds
    assert said(judged(data, token))[1] == ("unknown", "timekeeper-not-trusted")
    assert not judged(veteran.signed(0, created=2), token, trust=[witness]).is_valid, "it names these very bytes"


def test_a_counter_signature_survives_another_writing_of_the_same_json(veteran, judged):
    data = veteran.signed(0)
    token, witness = seen(data, 5)
    pretty = json.dumps(json.loads(data), indent=2).encode()
    assert judged(pretty, token, trust=[witness]).is_valid
    jwt = veteran.signed(0, "vc+jwt")
    token, witness = seen(jwt, 5)
    assert judged(jwt + b"\n", token, trust=[witness]).is_valid


def test_a_counter_signature_by_somebody_else_is_broken(veteran, judged):
    data = veteran.signed(0)
    _, witness = seen(data, 5)
    forged, _ = seen(data, 5, "thief", method_id=key_method_id(pair("witness").public))
    assert said(judged(data, forged, trust=[witness]))[1] == ("invalid", "countersignature-wrong")
    future, _ = seen(data, 99)
    assert said(judged(data, future, trust=[witness]))[1] == ("invalid", "evidence-future")


def test_a_witness_whose_key_is_gone_could_state_any_time(veteran, judged):
    data = veteran.signed(0)
    token, witness = seen(data, 5)
    method, key = key_method_id(pair("witness").public), pair("witness").public.multikey
    marks = Marks(did=witness, marks=(Mark(method=method, key=key, since=day(70), stated=day(70)),))
    assert said(judged(data, token, trust=[witness], marks=[marks]))[1] == ("unknown", "timekeeper-key-ceased")


def chain(veteran, number, *, previous=True, created=None):
    """The document with a proof of a witness, over the issuer's or beside it."""
    document = json.loads(veteran.signed(0))
    first = document.pop("proof")
    key, method = veteran.stolen[0]
    options = {**proof_options(document, "eddsa-jcs-2022", method, first["created"]), "id": "urn:proof:1"}
    first = {**options, "proofValue": to_multibase(key.sign(hash_data(document, options)))}
    witness = pair("witness")
    stated = created or f"2026-01-{number + 1:02d}T00:00:00Z"
    options = proof_options(document, "eddsa-jcs-2022", key_method_id(witness.public), stated)
    before = [first] if previous else []
    options |= {"previousProof": "urn:proof:1"} if previous else {}
    second = {**options, "proofValue": to_multibase(witness.sign(hash_data(document, options, previous=before)))}
    return canonical({**document, "proof": [first, second]}), did_key(witness.public)


@pytest.mark.parametrize(("number", "holds"), [(9, True), (10, False)])
def test_a_witness_may_add_a_proof_to_the_document(veteran, judged, number, holds):
    data, witness = chain(veteran, number)
    report = judged(data, trust=[witness])
    assert report.is_valid is holds, report.to_json()
    assert str(report.results["integrity"].status) == "valid"
    assert said(judged(data))[1] == ("unknown", "timekeeper-not-trusted")


def test_a_proof_beside_the_issuers_has_not_seen_it(veteran, judged):
    data, witness = chain(veteran, 5, previous=False)
    report = judged(data, trust=[witness])
    assert (report.is_valid, str(report.results["integrity"].status)) == (False, "valid")
    assert said(report) == [("unknown", "method-ceased"), ("unknown", "evidence-missing")]


def test_a_chain_of_the_witness_alone_has_not_seen_the_issuers_proof(veteran, judged):
    """A thief adds the issuer's proof later, beside a chain that an honest witness made over something else."""
    document = json.loads(veteran.signed(0))
    stolen, witness = document.pop("proof"), pair("witness")
    method, proofs = key_method_id(witness.public), []
    for members in ({"id": "urn:proof:1"}, {"previousProof": "urn:proof:1"}):
        options = {**proof_options(document, "eddsa-jcs-2022", method, "2026-01-06T00:00:00Z"), **members}
        data = hash_data(document, options, previous=proofs)
        proofs.append({**options, "proofValue": to_multibase(witness.sign(data))})
    report = judged(canonical({**document, "proof": [*proofs, stolen]}), trust=[did_key(witness.public)])
    assert said(report, "integrity", "issuer") == [("valid", "signature-holds"), ("unknown", "method-ceased")]
