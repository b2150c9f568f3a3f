"""A document signed for an organisation by somebody else: under a mandate it is bound, and by every trick it is not."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.error import UsageError
from entrepot.base.money import Money
from entrepot.base.record import Content, record_of
from entrepot.document.evidence.countersignature import countersign
from entrepot.document.evidence.sighting import Timekeepers
from entrepot.document.mandate import Grant, Reference, mandate_credential, read_mandate, under
from entrepot.document.proof import credential_of, secure
from entrepot.document.proof.context import CREDENTIALS_V2
from entrepot.document.proof.securing import secure_together
from entrepot.document.status import StatusLists, entry_of, new_list, with_status
from entrepot.document.verify import Given, verify
from entrepot.party.did import did_key, document_of, key_method_id
from entrepot.party.error import FetchError
from entrepot.party.key import Curve, KeyPair
from entrepot.party.mandate import LINKS_MAX, Mandate, widened
from entrepot.party.resolve import DidResolver

AT = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)
KEYS = {
    name: KeyPair(Curve.ED25519, bytes([number]) * 32)
    for number, name in enumerate(["firm", "ann", "bob", "cat", "mal"], 1)
}
DID = {name: did_key(pair.public) for name, pair in KEYS.items()}


def signed(credential, by, securing="vc+jwt"):
    key = KEYS[by]
    return secure(credential, key, method_id=key_method_id(key.public), securing=securing, created=AT)


def mandate(to="ann", principal="firm", **changes):
    fields = {"id": DID[to], "principal": DID[principal], "kinds": ("invoice",), "limit": Money.of("1000.00", "SGD")}
    return Mandate(**fields | changes)


def grant(granted=None, *, by="firm", name="urn:uuid:1", since=AT - DAY, until=AT + DAY, signer=None, status=()):
    wanted = Grant(id=name, issuer=DID[by], mandate=granted or mandate(), since=since, until=until, status=status)
    return signed(mandate_credential(wanted), signer or by)


def invoice(amount="999.99", currency="SGD", *, kind="invoice", issued=AT, issuer="firm"):
    payable = {"totals": {"payable": {"amount": amount, "currency": currency}}}
    return record_of(
        Content(
            kind=kind,
            version=1,
            issuer=DID[issuer],
            number="INV-1",
            nonce="n" * 22,
            issued=issued,
            payload=payable if amount else {},
        )
    )


def named(*ids):
    return tuple(Reference(each) for each in ids)


def document(record=None, *, by="ann", names=("urn:uuid:1",), securing="vc+jwt"):
    credential = credential_of(record or invoice())
    return signed(under(credential, named(*names)) if names else credential, by, securing)


def report(data, *mandates, at=AT, lists=None, fetch=None, require=()):
    with_ = Given(mandates=mandates, lists=lists, fetch=fetch)
    return verify(data, resolver=DidResolver(), at=at, given=with_, require=require)


def answer(data, *mandates, **more):
    found = report(data, *mandates, **more)
    result = found.results["mandate"]
    assert result.code
    if str(result.status) != "valid":
        assert not found.is_valid
        assert found.results["issuer"].status != "valid"
        assert result.reason
    return str(result.status), result.code


@pytest.mark.parametrize("securing", ["vc+jwt", "eddsa-jcs-2022", "eddsa-rdfc-2022"])
def test_a_mandated_person_binds_the_organisation(securing):
    found = report(document(securing=securing), grant())
    assert found.is_valid, found.to_json()
    assert (found.results["mandate"].code, found.results["issuer"].code) == ("mandated", "mandated")
    assert found.record == invoice()
    assert found.findings == ()


@pytest.mark.parametrize("securing", ["vc+jwt", "eddsa-jcs-2022", "eddsa-rdfc-2022"])
def test_a_mandate_itself_verifies_like_any_credential(securing):
    wanted = Grant(id="urn:uuid:1", issuer=DID["firm"], mandate=mandate(), since=AT - DAY, until=AT + DAY)
    assert report(signed(mandate_credential(wanted), "firm", securing)).is_valid


def test_a_mandate_that_the_verifier_holds_need_not_be_named():
    assert report(document(names=()), grant()).is_valid
    assert report(document(names=()), grant(mandate("bob"))).results["mandate"].status == "not_asked"
    assert not report(document(names=()), grant(mandate("bob"))).is_valid


def test_nothing_is_asked_where_the_organisation_signs_itself():
    for names in ((), ("urn:uuid:1",)):
        found = report(document(by="firm", names=names), grant())
        assert found.is_valid
        assert found.results["mandate"].status == "not_asked"
    assert report(document(by="firm", names=())).results["mandate"].code == ""


def test_a_stranger_without_a_mandate_stays_a_stranger():
    found = report(document(names=()))
    assert (found.results["mandate"].status, found.results["issuer"].code) == ("not_asked", "method-not-listed")
    required = report(document(names=()), require=["mandate"])
    assert required.results["mandate"].status == "unknown"


@pytest.mark.parametrize(
    ("given_mandate", "record", "expected"),
    [
        (grant(until=AT - timedelta(seconds=1)), None, ("invalid", "mandate-expired")),
        (grant(since=AT + timedelta(seconds=1)), None, ("invalid", "mandate-not-yet")),
        (grant(), invoice(issued=AT - 2 * DAY), ("invalid", "mandate-other-time")),
        (
            grant(since=AT - DAY / 2),
            invoice(issued=AT - DAY / 2 - timedelta(seconds=1)),
            ("invalid", "mandate-other-time"),
        ),
        (
            grant(since=AT - timedelta(milliseconds=200)),
            invoice(issued=AT - timedelta(seconds=1)),
            ("valid", "mandated"),
        ),
        (grant(), invoice(kind="order"), ("invalid", "mandate-kind")),
        (grant(), invoice("1000.01"), ("invalid", "mandate-amount")),
        (grant(), invoice("1000.00"), ("valid", "mandated")),
        (grant(), invoice("-1000.01"), ("invalid", "mandate-amount")),
        (grant(), invoice("1.00", "USD"), ("unknown", "mandate-currency")),
        (grant(), invoice(""), ("unknown", "mandate-amount-unknown")),
        (grant(mandate(limit=None)), invoice("99999.00", "USD"), ("valid", "mandated")),
        (grant(mandate(kinds=("*",))), invoice(kind="order"), ("valid", "mandated")),
        (grant(mandate(kinds=("hand-over",))), invoice("", kind="hand-over"), ("valid", "mandated")),
        (grant(mandate(principal="mal"), by="mal"), None, ("invalid", "mandate-other-principal")),
        (grant(mandate("bob")), None, ("invalid", "mandate-other-signer")),
        (grant(signer="mal"), None, ("invalid", "mandate-issuer")),
        (grant(mandate(parent="urn:uuid:9"), by="mal"), None, ("unknown", "mandate-missing")),
        (grant(name="urn:uuid:2"), None, ("unknown", "mandate-missing")),
    ],
)
def test_each_limit_of_a_mandate_is_held(given_mandate, record, expected):
    assert answer(document(record), given_mandate) == expected


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"withTax": "900000.00", "prepaid": "899500.00"}, "mandate-amount"),
        ({"withTax": "900000.00"}, "mandate-amount"),
        ({"prepaid": "899500.00"}, "mandate-amount"),
        ({"withTax": "-900000.00"}, "mandate-amount"),
        ({"withTax": "1000.001", "prepaid": "500.001"}, "mandate-amount"),
        ({"withTax": "1000.00", "prepaid": "500.00"}, "mandated"),
        ({"withTax": 1, "prepaid": "1.00"}, "mandate-amount-unknown"),
        ({"prepaid": None}, "mandate-amount-unknown"),
        ({"prepaid": "9999999999999999.99"}, "mandate-amount-unknown"),
    ],
)
def test_what_was_prepaid_counts_against_the_limit(figures, expected):
    content = invoice("500.00").content
    totals = {**content.payload["totals"], **figures}
    assert answer(document(record_of(replace(content, payload={"totals": totals}))), grant())[1] == expected


def test_what_was_never_granted_cannot_be_given():
    with pytest.raises(UsageError):
        grant(by="mal")
    credential = mandate_credential(
        Grant(id="urn:uuid:1", issuer=DID["firm"], mandate=mandate(), since=AT - DAY, until=AT + DAY)
    )
    forged = signed({**credential, "issuer": DID["mal"]}, "mal")
    assert answer(document(), forged) == ("invalid", "mandate-not-granted")


def test_swapped_subjects_and_altered_grants_do_not_verify():
    whole = json.loads(grant_json())
    for name, value in (("id", DID["bob"]), ("limit", {"amount": "9000.00", "currency": "SGD"}), ("kinds", ["order"])):
        changed = {**whole, "credentialSubject": {**whole["credentialSubject"], name: value}}
        by = "bob" if name == "id" else "ann"
        record = invoice(kind="order") if name == "kinds" else invoice("5000.00") if name == "limit" else None
        assert answer(document(record, by=by), json.dumps(changed).encode()) == ("invalid", "mandate-integrity")
    two = {**whole, "credentialSubject": [whole["credentialSubject"], {**whole["credentialSubject"], "id": DID["bob"]}]}
    assert answer(document(by="bob"), json.dumps(two).encode()) == ("invalid", "mandate-malformed")


def grant_json():
    wanted = Grant(id="urn:uuid:1", issuer=DID["firm"], mandate=mandate(), since=AT - DAY, until=AT + DAY)
    return signed(mandate_credential(wanted), "firm", "eddsa-jcs-2022")


def test_the_reference_cannot_be_taken_away_or_swapped_in():
    data = json.loads(document(securing="eddsa-jcs-2022"))
    data["termsOfUse"] = [{"type": "MandateReference", "id": "urn:uuid:2"}]
    found = report(json.dumps(data).encode(), grant(name="urn:uuid:2"))
    assert found.results["integrity"].status == "invalid"
    assert not found.is_valid


def test_a_record_keeps_its_id_and_names_nothing_else():
    credential = under(credential_of(invoice()), named("urn:uuid:1"))
    credential["termsOfUse"].append({"type": "Licence", "id": "urn:x:1"})
    found = report(signed(credential, "ann"), grant())
    assert found.record is None
    assert [each.id for each in found.findings] == ["ENT-CORE-CREDENTIAL-01"]


# ---- taken back ------------------------------------------------------------------------------------------------------
URL = "https://firm.example/mandates"


@pytest.mark.parametrize(("purpose", "code"), [("revocation", "mandate-revoked"), ("suspension", "mandate-suspended")])
def test_a_mandate_that_was_taken_back_binds_nobody(purpose, code):
    fresh = new_list(url=URL, issuer=DID["firm"], purpose=purpose, issued=AT - DAY)
    data = grant(status=(entry_of(fresh, 7),))
    assert answer(document(), data) == ("unknown", "mandate-status")
    assert answer(document(), data, lists=StatusLists([signed(fresh, "firm")])) == ("valid", "mandated")
    taken = with_status(fresh, 7, 1, issued=AT - DAY)
    assert answer(document(), data, lists=StatusLists([signed(taken, "firm")])) == ("invalid", code)
    by_another = signed({**taken, "issuer": DID["mal"]}, "mal")
    assert answer(document(), data, lists=StatusLists([by_another])) == ("unknown", "mandate-status")


# ---- long ago --------------------------------------------------------------------------------------------------------
def seen(data, when):
    key = KEYS["cat"]
    return countersign(data, key, method_id=key_method_id(key.public), now=when).encode()


def later(data, *mandates, evidence=(), lists=None, at=AT + 300 * DAY):
    keepers = Timekeepers(dids=frozenset({DID["cat"]}))
    with_ = Given(mandates=mandates, lists=lists, evidence=evidence, timekeepers=keepers)
    found = verify(data, resolver=DidResolver(), at=at, given=with_)
    return found.is_valid, found.results["mandate"].code


def test_a_mandate_that_has_ended_counts_for_what_is_shown_to_be_older():
    data, ended = document(), grant()
    assert later(data, ended) == (False, "mandate-expired")
    assert later(data, ended, evidence=(seen(data, AT + timedelta(hours=1)),)) == (True, "mandated")
    assert later(data, ended, evidence=(seen(data, AT + 2 * DAY),)) == (False, "mandate-expired")
    assert later(data, ended, evidence=(seen(document(invoice("1.00")), AT),)) == (False, "mandate-expired")


def test_a_mandate_taken_back_later_is_judged_by_the_list_of_that_time():
    fresh = new_list(url=URL, issuer=DID["firm"], purpose="revocation", issued=AT)
    granted = grant(status=(entry_of(fresh, 7),), until=AT + 900 * DAY)
    data = document()
    old, new = signed(fresh, "firm"), signed(with_status(fresh, 7, 1, issued=AT + 100 * DAY), "firm")
    evidence = (seen(data, AT + timedelta(hours=1)),)
    assert later(data, granted, lists=StatusLists([new])) == (False, "mandate-revoked")
    assert later(data, granted, lists=StatusLists([new]), evidence=evidence) == (False, "mandate-status")
    assert later(data, granted, lists=StatusLists([old]), evidence=evidence) == (True, "mandated")


def test_a_named_mandate_that_is_unknown_leaves_the_document_not_valid():
    plain = under(credential_of(invoice()), named("urn:uuid:1"))
    signers = [(KEYS[name], key_method_id(KEYS[name].public), "eddsa-jcs-2022") for name in ("firm", "ann")]
    both = secure_together(plain, signers, created=AT)
    found = report(both)
    assert (found.results["issuer"].code, found.results["mandate"].code) == ("method-listed", "mandate-missing")
    assert not found.is_valid
    assert report(both, grant()).is_valid
    assert not report(both, grant(until=AT - timedelta(seconds=1))).is_valid


# ---- passed on -------------------------------------------------------------------------------------------------------
def passed_on(*changes, top=None):
    """A chain firm -> ann -> bob ...: the first mandate may be passed on, each next one names the one before."""
    names = ["firm", "ann", "bob", "cat", "mal"]
    top = top or mandate(delegations=2)
    links = [grant(top)]
    for number, change in enumerate(changes):
        giver, taker = names[number + 1], names[(number + 2) % 5]
        last = mandate(taker, delegations=max(0, top.delegations - 1 - number), parent=f"urn:uuid:{number + 1}")
        period = {key: change[key] for key in ("since", "until", "by") if key in change}
        fields = {key: value for key, value in change.items() if key not in period}
        links.append(grant(replace(last, **fields), **{"by": giver, "name": f"urn:uuid:{number + 2}"} | period))
    return links


def test_a_mandate_may_be_passed_on_within_itself():
    assert answer(document(by="bob", names=("urn:uuid:2",)), *passed_on({})) == ("valid", "mandated")
    assert answer(document(by="cat", names=("urn:uuid:3",)), *passed_on({}, {})) == ("valid", "mandated")
    narrower = passed_on({"limit": Money.of("10.00", "SGD"), "until": AT + timedelta(hours=1)})
    assert answer(document(invoice("9.00"), by="bob", names=("urn:uuid:2",)), *narrower) == ("valid", "mandated")
    assert answer(document(by="bob", names=("urn:uuid:2",)), *narrower) == ("invalid", "mandate-amount")


@pytest.mark.parametrize(
    ("change", "top", "code"),
    [
        ({"limit": Money.of("1000.01", "SGD")}, None, "mandate-wider"),
        ({"limit": Money.of("1.00", "USD")}, None, "mandate-wider"),
        ({"limit": None}, None, "mandate-wider"),
        ({"kinds": ("invoice", "order")}, None, "mandate-wider"),
        ({"kinds": ("*",)}, None, "mandate-wider"),
        ({"delegations": 2}, None, "mandate-wider"),
        ({"until": AT + 2 * DAY}, None, "mandate-wider"),
        ({"since": AT - 2 * DAY}, None, "mandate-wider"),
        ({}, mandate(delegations=0), "mandate-wider"),
        ({"by": "mal"}, None, "mandate-other-giver"),
    ],
)
def test_nobody_passes_on_more_than_was_granted(change, top, code):
    status, found = answer(document(by="bob", names=("urn:uuid:2",)), *passed_on(change, top=top))
    assert (status, found) == ("invalid", code)


def test_a_link_that_is_missing_leaves_it_unknown_and_one_that_fails_breaks_the_chain():
    top, second = passed_on({})
    data = document(by="bob", names=("urn:uuid:2",))
    assert answer(data, second) == ("unknown", "mandate-missing")
    expired = grant(mandate(delegations=2), until=AT - timedelta(seconds=1))
    assert answer(data, expired, second)[0] == "invalid"
    assert answer(data, top, second) == ("valid", "mandated")


def test_every_mandate_above_must_hold_by_itself():
    data, (_, second) = document(by="bob", names=("urn:uuid:2",)), passed_on({})
    forged = grant(mandate(delegations=2), signer="mal")
    assert answer(data, forged, second) == ("invalid", "mandate-issuer")
    fresh = new_list(url=URL, issuer=DID["firm"], purpose="revocation", issued=AT - DAY)
    top = grant(mandate(delegations=2), status=(entry_of(fresh, 7),))
    assert answer(data, top, second) == ("unknown", "mandate-status")
    taken = StatusLists([signed(with_status(fresh, 7, 1, issued=AT - DAY), "firm")])
    assert answer(data, top, second, lists=taken) == ("invalid", "mandate-revoked")


def test_what_another_organisation_granted_is_not_passed_on_for_this_one():
    other = grant(mandate(principal="mal", delegations=2), by="mal")
    second = grant(mandate("bob", delegations=1, parent="urn:uuid:1"), by="ann", name="urn:uuid:2")
    assert answer(document(by="bob", names=("urn:uuid:2",)), other, second) == ("invalid", "mandate-wider")


def test_the_signers_own_document_must_list_the_key_for_assertions():
    did = "did:web:ann.example"
    whole = document_of(did, {"key-1": KEYS["ann"].public})
    data = secure(
        under(credential_of(invoice()), named("urn:uuid:1")),
        KEYS["ann"],
        method_id=f"{did}#key-1",
        securing="vc+jwt",
        created=AT,
    )
    given_mandate = grant(replace(mandate(), id=did))
    for listed, code in ((whole, "mandated"), ({**whole, "assertionMethod": []}, "method-not-listed")):
        resolver = DidResolver(documents=[listed])
        found = verify(data, resolver=resolver, at=AT, given=Given(mandates=(given_mandate,)))
        assert (found.is_valid, found.results["mandate"].code) == (code == "mandated", code)
    lost = verify(data, resolver=DidResolver(), at=AT, given=Given(mandates=(given_mandate,)))
    assert (lost.is_valid, lost.results["mandate"].status) == (False, "unknown")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=5)
    | st.sampled_from(["MandateReference", "Mandate"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "href", "x"]), inner),
    max_leaves=8,
)


@given(JSON, JSON, JSON)
def test_nothing_that_a_document_or_a_mandate_says_breaks_the_judge(terms, subject, issuer):
    credential = json.loads(document(securing="eddsa-jcs-2022"))
    odd = json.dumps({**json.loads(grant_json()), "credentialSubject": subject, "issuer": issuer}).encode()
    for data in (json.dumps({**credential, "termsOfUse": terms}).encode(), document(names=())):
        for backing in ((odd,), (odd, b"\xff", b"[]", grant())):
            found = verify(data, resolver=DidResolver(), at=AT, given=Given(mandates=backing, identities=backing))
            assert set(found.results) >= {"mandate", "issuer", "anchor"}


def test_a_chain_that_never_ends_is_cut():
    ring = []
    for number in range(LINKS_MAX + 1):
        granted = mandate("ann", limit=None, delegations=4 - min(4, number), parent=f"urn:uuid:{number + 2}")
        granted = replace(granted, id=DID["ann"])
        ring.append(grant(granted, by="ann", name=f"urn:uuid:{number + 1}"))
    status, _ = answer(document(), *ring)
    assert status == "invalid"


# ---- fetched, and other kinds of document ----------------------------------------------------------------------------
def test_a_mandate_is_fetched_by_its_id_where_fetching_is_allowed():
    url = "https://firm.example/mandates/1"
    data = grant(name=url)
    asked = []

    def fetch(where):
        asked.append(where)
        return data

    assert answer(document(names=(url,)), fetch=fetch) == ("valid", "mandated")
    assert asked == [url]
    assert answer(document(names=(url,))) == ("unknown", "mandate-missing")

    def fail(where):
        raise FetchError("out of reach")

    assert answer(document(names=(url,)), fetch=fail) == ("unknown", "mandate-missing")
    assert answer(document(names=(url,)), fetch=lambda _: b"{}") == ("unknown", "mandate-missing")


def test_a_credential_of_another_kind_is_covered_by_its_type():
    credential = {
        "@context": [CREDENTIALS_V2, "https://example.org/packing"],
        "type": ["VerifiableCredential", "PackingList"],
        "issuer": DID["firm"],
        "credentialSubject": {"id": "urn:x:1"},
    }
    data = signed(under(credential, named("urn:uuid:1")), "ann")
    assert answer(data, grant(mandate(kinds=("PackingList",), limit=None))) == ("valid", "mandated")
    assert answer(data, grant(mandate(kinds=("PackingList",)))) == ("unknown", "mandate-amount-unknown")
    assert answer(data, grant(mandate(kinds=("Invoice",), limit=None))) == ("invalid", "mandate-kind")


# ---- the shape -------------------------------------------------------------------------------------------------------
def test_every_member_of_a_mandate_has_a_term_in_the_shipped_context():
    from entrepot.base.shape import members
    from entrepot.document.proof.context import MANDATE_TYPES, MANDATE_V1, carried

    terms = carried(MANDATE_V1)["@context"]
    inner = terms[MANDATE_TYPES[1]]["@context"]
    assert {each.json for each in members(Mandate)} - {"id", "type"} == set(inner) - {"@protected"}


@pytest.mark.parametrize("missing", ["id", "validFrom", "validUntil", "credentialSubject", "type"])
def test_a_mandate_without_a_member_is_none(missing):
    whole = json.loads(grant_json())
    del whole[missing]
    found, findings = read_mandate(whole)
    assert found is None
    assert findings


MONEY = st.none() | st.builds(Money, st.integers(0, 9), st.sampled_from(["SGD", "USD"]))
MANDATES = st.builds(
    mandate,
    kinds=st.lists(st.sampled_from(["order", "invoice", "*"]), min_size=1, unique=True).map(tuple),
    limit=MONEY,
    delegations=st.integers(0, 4),
)


@given(MANDATES, MANDATES, MANDATES)
def test_what_is_passed_on_twice_is_within_the_first(first, second, third):
    """Passing on is transitive, and nothing can be done under the child that the parent forbids."""
    if widened(second, first) or widened(third, second):
        return
    assert third.delegations < first.delegations
    assert not widened(replace(third, delegations=0), first)
    for kind in ("order", "invoice"):
        assert not third.covers(frozenset({kind})) or first.covers(frozenset({kind}))
    if first.limit is not None:
        assert third.limit is not None
        assert (third.limit.currency, third.limit.minor <= first.limit.minor) == (first.limit.currency, True)
