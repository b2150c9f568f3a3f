"""A document is judged: every question gets its answer, none hides another."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from entrepot.base.canonical import canonical
from entrepot.base.error import UsageError
from entrepot.base.finding import Finding, Severity
from entrepot.document.verify import Given, Verdict
from entrepot.party.anchor import AnchorList, Anchors
from entrepot.party.did import did_key, document_of, key_method_id
from entrepot.party.key import Curve, KeyPair

AT = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
CASES = [
    ("vc+jwt", Curve.ED25519),
    ("vc+jwt", Curve.P256),
    ("eddsa-jcs-2022", Curve.ED25519),
    ("ecdsa-jcs-2019", Curve.P256),
]


@pytest.mark.parametrize(("securing", "curve"), CASES)
def test_secured_record_is_valid_and_comes_back_whole(desk, securing, curve):
    report = desk.judged(desk.secured(securing, curve))
    assert report.is_valid
    assert report.record == desk.record(curve)
    assert report.securing == (securing,)
    assert desk.status(report) == {
        "integrity": "valid",
        "issuer": "valid",
        "status": "not_asked",
        "validity": "valid",
        "schema": "valid",
        "mandate": "not_asked",
        "anchor": "not_asked",
        "time": "not_asked",
    }


@pytest.mark.parametrize("securing", ["vc+jwt", "eddsa-jcs-2022"])
def test_credential_of_others_is_valid_too(desk, securing):
    report = desk.judged(desk.signed(desk.foreign(), securing=securing))
    assert report.is_valid
    assert report.record is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"validFrom": "2026-05-01T08:30:00Z"}, "in-force"),
        ({"validFrom": "2026-05-01T08:30:00.001Z"}, "not-yet-valid"),
        ({"validUntil": "2026-05-01T08:30:00Z"}, "in-force"),
        ({"validUntil": "2026-05-01T16:29:59+08:00"}, "expired"),
        ({"validUntil": "2026-05-01"}, "period-malformed"),
        ({"validFrom": 5}, "period-malformed"),
        ({"exp": int(AT.timestamp()) - 1}, "expired"),
        ({"exp": int(AT.timestamp()) + 1}, "in-force"),
        ({"nbf": int(AT.timestamp()) + 1}, "not-yet-valid"),
        ({"exp": "soon"}, "period-malformed"),
        ({"exp": True}, "period-malformed"),
        ({"exp": 2**53 - 1}, "period-malformed"),
    ],
)
def test_validity_is_judged_at_the_moment_asked_for(desk, changes, expected):
    report = desk.judged(desk.signed(desk.foreign(**changes)))
    assert report.results["validity"].code == expected
    assert report.is_valid is (expected == "in-force")
    assert report.results["integrity"].status is Verdict.VALID, "expiry must not hide that the signature holds"


def test_failures_do_not_hide_each_other(desk):
    data = desk.signed(
        desk.foreign(validUntil="2020-01-01T00:00:00Z", issuer="did:web:other.example", credentialStatus={})
    )
    broken = desk.joined(data, [desk.parts(data)[0], {**desk.parts(data)[1], "name": "altered"}])
    assert desk.status(desk.judged(broken, require=("mandate", "anchor"))) == {
        "integrity": "invalid",
        "issuer": "unknown",
        "status": "unknown",
        "validity": "invalid",
        "schema": "invalid",
        "mandate": "unknown",
        "anchor": "unknown",
        "time": "not_asked",
    }


def test_named_status_and_schema_are_unknown_and_so_not_valid(desk):
    entry = {"type": "BitstringStatusListEntry", "statusListCredential": "https://chamber.example/1"}
    report = desk.judged(desk.signed(desk.foreign(credentialStatus=entry)))
    assert (report.is_valid, str(report.results["status"].status)) == (False, "unknown")
    schema = {"type": "JsonSchema", "id": "https://chamber.example/schema"}
    report = desk.judged(desk.signed(desk.foreign(credentialSchema=schema)))
    assert (report.is_valid, str(report.results["schema"].status)) == (False, "unknown")


@pytest.mark.parametrize("name", ["status", "mandate", "anchor"])
def test_required_answer_that_nobody_gives_is_unknown(desk, name):
    report = desk.judged(desk.signed(desk.foreign()), require=(name,))
    assert (report.is_valid, str(report.results[name].status)) == (False, "unknown")
    assert desk.judged(desk.signed(desk.foreign()), require=("integrity", "issuer", "validity", "schema")).is_valid


WEB = "did:web:chamber.example"


def test_web_issuer_needs_its_document_and_its_listing(desk):
    data = desk.signed(desk.foreign(issuer=WEB), method_id=f"{WEB}#key-1")
    key = desk.KEYS[Curve.ED25519].public
    report = desk.judged(data)
    assert (str(report.results["integrity"].status), str(report.results["issuer"].status)) == ("unknown", "unknown")
    assert desk.judged(data, documents=[document_of(WEB, {"key-1": key})]).is_valid
    unlisted = {**document_of(WEB, {"key-1": key}), "assertionMethod": []}
    report = desk.judged(data, documents=[unlisted])
    assert (report.results["integrity"].status, report.results["issuer"].code) == (Verdict.VALID, "method-not-listed")
    other = document_of(WEB, {"key-1": KeyPair(Curve.ED25519, b"\x01" * 32).public})
    assert desk.judged(data, documents=[other]).results["integrity"].code == "signature-wrong"
    wrong_curve = document_of(WEB, {"key-1": desk.KEYS[Curve.P256].public})
    assert not desk.judged(data, documents=[wrong_curve]).is_valid
    gone = document_of(WEB, {"key-1": key})
    gone["verificationMethod"][0]["revoked"] = "2026-04-01T00:00:00Z"
    report = desk.judged(data, documents=[gone])
    assert (str(report.results["issuer"].status), report.results["issuer"].code) == ("unknown", "method-ceased")
    assert desk.judged(data, documents=[gone], at=AT - timedelta(days=60)).is_valid
    lent = document_of(WEB, {"key-1": key})
    lent["verificationMethod"][0]["controller"] = "did:web:other.example"
    assert desk.judged(data, documents=[lent]).results["issuer"].code == "method-controller"


def test_stranger_cannot_sign_for_the_issuer(desk):
    """The signature holds under the stranger's own key; the issuer does not list it."""
    for issuer in (did_key(desk.KEYS[Curve.P256].public), WEB):
        documents = [document_of(WEB, {"key-1": desk.KEYS[Curve.P256].public})]
        report = desk.judged(desk.signed(desk.foreign(issuer=issuer)), documents=documents)
        assert report.results["integrity"].status is Verdict.VALID
        assert report.results["issuer"].code == "method-not-listed"
        assert not report.is_valid


def test_issuer_may_be_an_object_and_must_be_somebody(desk):
    did = did_key(desk.KEYS[Curve.ED25519].public)
    assert desk.judged(desk.signed(desk.foreign(issuer={"id": did, "name": "Chamber"}))).is_valid
    report = desk.judged(desk.signed(desk.foreign(issuer={"name": "Chamber"})))
    assert report.results["issuer"].code == "issuer-missing"
    report = desk.judged(
        desk.signed(
            desk.foreign(issuer="https://chamber.example"), method_id=key_method_id(desk.KEYS[Curve.ED25519].public)
        )
    )
    assert (str(report.results["integrity"].status), str(report.results["issuer"].status)) == ("valid", "unknown")


def test_unsecured_document_is_unknown_not_valid(desk):
    report = desk.judged(canonical(desk.vc_of()))
    assert report.results["integrity"].code == "no-proof"
    assert not report.is_valid


def test_kind_of_record_may_be_checked_too(desk):
    wrong = Finding(id="ENT-CORE-INVOICE-01", severity=Severity.BLOCKING, message="No lines.")
    assert desk.judged(desk.secured("vc+jwt", Curve.ED25519), given=Given(check=lambda _: ())).is_valid
    report = desk.judged(desk.secured("vc+jwt", Curve.ED25519), given=Given(check=lambda _: (wrong,)))
    assert report.results["schema"].code == "ENT-CORE-INVOICE-01"
    assert not report.is_valid


def test_anchors_answer_for_the_issuer(desk):
    did = did_key(desk.KEYS[Curve.ED25519].public)
    data = desk.signed(desk.foreign())

    def anchors(**changes):
        return Anchors(
            (AnchorList(version=1, economy="MY", sequence=1, issued=AT, anchors=(desk.anchor(did, **changes),)),)
        )

    assert (
        str(desk.judged(data, given=Given(anchors=anchors()), require=("anchor",)).results["anchor"].status) == "valid"
    )
    assert desk.judged(data, given=Given(anchors=anchors()), require=("anchor",)).is_valid
    report = desk.judged(data, given=Given(anchors=anchors(withdrawn=True)))
    assert (report.is_valid, report.results["anchor"].code) == (False, "not-anchored")
    report = desk.judged(data, given=Given(anchors=Anchors(())))
    assert (report.is_valid, str(report.results["anchor"].status)) == (True, "unknown")
    assert not desk.judged(data, given=Given(anchors=Anchors(())), require=("anchor",)).is_valid


def test_time_without_a_zone_is_a_wrong_call(desk):
    with pytest.raises(UsageError):
        desk.judged(b"{}", at=AT.replace(tzinfo=None))


@pytest.mark.parametrize("number", [2**60, 1e20])
def test_number_without_canonical_form_is_unknown_not_wrong(desk, number):
    document = json.loads(desk.signed(desk.foreign(), securing="eddsa-jcs-2022"))
    document["credentialSubject"]["weight"] = number
    report = desk.judged(json.dumps(document).encode())
    assert (str(report.results["integrity"].status), report.results["integrity"].code) == ("unknown", "not-canonical")
    assert not report.is_valid
