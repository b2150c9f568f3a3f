"""The four functions of a corporate identity, by the local provider: what is done, and what is refused."""

import hashlib
import inspect
import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from entrepot.base.error import UsageError
from entrepot.base.money import Money
from entrepot.base.record import Content, record_of
from entrepot.document.control import check_answer, new_challenge
from entrepot.document.identity_anchor import Anchoring, RegisteredIdentity, identity_anchor
from entrepot.document.mandate import Grant, mandate_credential
from entrepot.document.proof import credential_of, secure
from entrepot.document.proof.context import CREDENTIALS_V2
from entrepot.document.status import StatusLists, entry_of, new_list, with_status
from entrepot.document.verify import Given, verify
from entrepot.flow.corporate import Accepting, Consent, CorporateIdentity, Form, SigningRequest
from entrepot.flow.local_identity import LocalIdentity
from entrepot.flow.office import Signatory
from entrepot.flow.paper_folder import PaperFolder
from entrepot.party.did import did_key, document_of, key_method_id
from entrepot.party.key import Curve, KeyPair
from entrepot.party.mandate import Mandate
from entrepot.party.party import Address, Identifier, Party
from entrepot.party.resolve import DidResolver

AT = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)
ANN, FIRM, REG = (KeyPair(Curve.ED25519, bytes([each]) * 32) for each in (1, 2, 3))
REG_DID = "did:web:register.example"
DOCUMENTS = [document_of(REG_DID, {"key-1": REG.public})]
PARTY = Party(
    name="Ann's own words",
    economy="SG",
    identifiers=(Identifier(scheme="uen", value="00192200M"),),
    address=Address(lines=("1 Quay",), city="Singapore", economy="SG"),
)
BANK = "https://bank.example"


@pytest.fixture
def ann(tmp_path):
    made = LocalIdentity(
        PARTY,
        Signatory(did=did_key(ANN.public), key=ANN, method=key_method_id(ANN.public)),
        PaperFolder(tmp_path, "p000000000000"),
        resolver=DidResolver(documents=DOCUMENTS),
        clock=lambda: AT,
        entropy=lambda count: b"\x05" * count,
    )
    made.folder = tmp_path
    return made


def test_the_local_provider_offers_every_function(ann):
    for name, wanted in inspect.getmembers(CorporateIdentity, inspect.isfunction):
        if not name.startswith("_"):
            assert inspect.signature(getattr(LocalIdentity, name)) == inspect.signature(wanted), name


# ---- signing in ------------------------------------------------------------------------------------------------------
def asked(did=None, **more):
    return new_challenge(did or did_key(ANN.public), BANK, **{"now": AT, "entropy": lambda n: b"\x07" * n} | more)


def test_signing_in_answers_the_challenge(ann):
    found = check_answer(ann.sign_in(asked()), asked(), resolver=DidResolver(), at=AT)
    assert found.code == "control-shown"


@pytest.mark.parametrize("challenge", [asked(did_key(FIRM.public)), asked(now=AT - DAY), asked(now=AT + DAY)])
def test_nothing_is_answered_for_others_or_out_of_time(ann, challenge):
    with pytest.raises(UsageError):
        ann.sign_in(challenge)


# ---- signing ---------------------------------------------------------------------------------------------------------
def mandate(limit="1000.00", *, until=AT + DAY, status=(), to=ANN):
    granted = Mandate(
        id=did_key(to.public), principal=did_key(FIRM.public), kinds=("invoice",), limit=Money.of(limit, "SGD")
    )
    wanted = Grant(
        id="urn:uuid:1", issuer=did_key(FIRM.public), mandate=granted, since=AT - DAY, until=until, status=status
    )
    return signed(mandate_credential(wanted), FIRM)


def signed(credential, key, method=None):
    return secure(credential, key, method_id=method or key_method_id(key.public), securing="vc+jwt", created=AT)


def invoice(amount="500.00", by=FIRM, currency="SGD"):
    content = Content(
        kind="invoice",
        version=1,
        issuer=did_key(by.public),
        number="INV-1",
        nonce="n" * 22,
        issued=AT,
        payload={"totals": {"payable": {"amount": amount, "currency": currency}}},
    )
    return credential_of(record_of(content))


def test_a_document_is_signed_under_a_mandate(ann):
    done = ann.sign(SigningRequest(document=invoice(), mandates=(mandate(),)))
    assert done.mandate.code == "mandated"
    report = verify(done.data, resolver=DidResolver(), at=AT, given=Given(mandates=(mandate(),)))
    assert report.is_valid
    assert report.issuer == did_key(FIRM.public)


def test_what_no_context_defines_is_not_signed(ann):
    document = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiableCredential"],
        "credentialSubject": {"id": "urn:x:1", "color": "green"},
    }
    with pytest.raises(UsageError) as wrong:
        ann.sign(SigningRequest(document=document))
    assert wrong.value.error_code == "ENT-CORE-TERM-01"


def test_a_document_is_signed_in_the_partys_own_name(ann):
    document = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiableCredential"],
        "credentialSubject": {"id": "urn:x:1"},
    }
    done = ann.sign(SigningRequest(document=document))
    assert str(done.mandate.status) == "not_asked"
    report = verify(done.data, resolver=DidResolver(), at=AT)
    assert report.is_valid
    assert report.issuer == did_key(ANN.public)


@pytest.mark.parametrize(
    ("document", "mandates", "code"),
    [
        (invoice("1000.01"), (mandate(),), "mandate-amount"),
        (invoice(), (mandate(until=AT - timedelta(seconds=1)),), "mandate-expired"),
        (invoice(), (mandate(to=REG),), "mandate-other-signer"),
    ],
)
def test_what_a_mandate_forbids_is_not_handed_out(ann, document, mandates, code):
    done = ann.sign(SigningRequest(document=document, mandates=mandates))
    assert (done.data, done.mandate.code) == (None, code)


def unlisted():
    fresh = new_list(url="https://firm.example/l", issuer=did_key(FIRM.public), purpose="revocation", issued=AT - DAY)
    return fresh, mandate(status=(entry_of(fresh, 1),))


@pytest.mark.parametrize("what", ["status", "currency"])
def test_what_a_mandate_is_not_known_to_allow_is_handed_out_where_somebody_accepts_that(ann, what):
    document, given, code = {
        "status": (invoice(), unlisted()[1], "mandate-status"),
        "currency": (invoice("1.00", currency="USD"), mandate(), "mandate-currency"),
    }[what]
    done = ann.sign(SigningRequest(document=document, mandates=(given,)))
    assert (done.data, done.mandate.code) == (None, code)
    by = Accepting(person="Mei Lin", reason="The rate of the day is far within it.")
    done = ann.sign(SigningRequest(document=document, mandates=(given,), accepted=by))
    assert (done.data is not None, done.mandate.code) == (True, code)
    (kept,) = (ann.folder / "acceptance" / "p000000000000").iterdir()
    told = json.loads(kept.read_text())
    assert told["by"] == {"person": "Mei Lin", "reason": "The rate of the day is far within it."}
    assert (told["code"], told["digest"]) == (code, hashlib.sha256(done.data).hexdigest())
    assert told["unknown"] == done.mandate.reason


def test_what_is_forbidden_nobody_can_accept(ann):
    fresh, given = unlisted()
    by = Accepting(person="Mei Lin", reason="because")
    ann.lists = StatusLists([signed(with_status(fresh, 1, 1, issued=AT - DAY), FIRM)])
    done = ann.sign(SigningRequest(document=invoice(), mandates=(given,), accepted=by))
    assert (done.data, done.mandate.code) == (None, "mandate-revoked")
    assert not (ann.folder / "acceptance").exists()


def test_nobody_signs_for_an_issuer_without_its_mandate(ann):
    for request in (
        SigningRequest(document=invoice()),
        SigningRequest(document=invoice(by=REG), mandates=(mandate(),)),
    ):
        with pytest.raises(UsageError):
            ann.sign(request)
    with pytest.raises(UsageError):
        ann.sign(SigningRequest(document=invoice(), mandates=(b"{}",)))


# ---- filling in ------------------------------------------------------------------------------------------------------
def form(*fields, audience=BANK, purpose="account"):
    return Form(audience=audience, purpose=purpose, fields=fields)


def consent(*fields, audience=BANK, purpose="account", given=AT, until=AT + DAY):
    return Consent(audience=audience, purpose=purpose, fields=fields, given=given, until=until)


def anchor(did=None, *, name="The registered name", since=AT - DAY, until=None, by=REG, status=()):
    who = RegisteredIdentity(
        did=did or did_key(ANN.public),
        name=name,
        number="200012345A",
        scheme="urn:s",
        scheme_name="S",
        scopes=("urn:x",),
    )
    wanted = Anchoring(
        id="https://register.example/1", registrar=REG_DID, registrar_name="R", since=since, until=until, status=status
    )
    return signed(identity_anchor(who, wanted), by, f"{REG_DID}#key-1")


def values(told):
    return {each.field: (each.value, each.source) for each in told.filled}


def test_only_what_was_consented_to_is_told(ann):
    told = ann.prefill(form("name", "number", "email", "address"), consent("name", "email", "did"))
    assert values(told) == {"name": ("Ann's own words", "kept")}
    assert (told.withheld, told.unknown) == (("number", "address"), ("email",))
    assert json.loads(next((ann.folder / "consent").rglob("*.json")).read_text())["fields"] == ["name", "email", "did"]


@pytest.mark.parametrize(
    "given",
    [
        consent("name", audience="https://other.example"),
        consent("name", purpose="marketing"),
        consent("name", until=AT - timedelta(seconds=1)),
        consent("name", given=AT + timedelta(seconds=1)),
        consent(),
    ],
)
def test_a_consent_is_for_one_audience_one_purpose_and_a_time(ann, given):
    told = ann.prefill(form("name"), given)
    assert (told.filled, told.withheld) == ((), ("name",))


def test_what_a_registrar_states_comes_before_the_partys_own_words(ann):
    ann.keep_licence(anchor())
    told = ann.prefill(form("name", "number", "address"), consent("name", "number", "address"))
    assert values(told) == {
        "name": ("The registered name", "registrar"),
        "number": ("200012345A", "registrar"),
        "address": ("1 Quay, Singapore, SG", "kept"),
    }
    assert told.filled[0].by == REG_DID


def test_of_several_anchors_the_newest_counts(ann):
    ann.keep_licence(anchor(name="Newer", since=AT - timedelta(hours=1)))
    ann.keep_licence(anchor(name="Older", since=AT - 2 * DAY))
    assert values(ann.prefill(form("name"), consent("name"))) == {"name": ("Newer", "registrar")}


@pytest.mark.parametrize(
    "data",
    [
        anchor(did=did_key(FIRM.public)),
        anchor(until=AT - timedelta(seconds=1)),
        anchor(by=FIRM),
        anchor(status=(entry_of(new_list(url="https://r/l", issuer=REG_DID, purpose="revocation", issued=AT), 1),)),
    ],
)
def test_an_anchor_that_does_not_hold_fills_in_nothing(ann, data):
    ann.keep_licence(data)
    assert values(ann.prefill(form("name"), consent("name"))) == {"name": ("Ann's own words", "kept")}


# ---- licences --------------------------------------------------------------------------------------------------------
def test_licences_are_kept_listed_with_their_end_and_shown(ann):
    late, soon, ended = mandate(), mandate("5.00", until=AT + timedelta(hours=1)), mandate("6.00", until=AT - DAY / 2)
    endless, coming = anchor(), anchor(since=AT + DAY)
    kept = [ann.keep_licence(each) for each in (late, endless, soon, ended, coming)]
    assert ann.keep_licence(late) == kept[0]
    listed = ann.licences()
    assert [each.until for each in listed[:3]] == [AT - DAY / 2, AT + timedelta(hours=1), AT + DAY]
    assert {each.state for each in listed} == {"in_force", "expired", "not_yet"}
    assert [each.state for each in listed[:3]] == ["expired", "in_force", "in_force"]
    assert {each.id for each in listed[3:]} == {kept[1].id, kept[4].id}
    assert ann.show_licence(kept[2].id) == soon
    assert (kept[0].types, kept[0].subject) == (("MandateCredential",), did_key(ANN.public))
    with pytest.raises(UsageError):
        ann.show_licence("../../keys/x")


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"credentialSubject": []}'])
def test_what_is_no_credential_is_not_kept(ann, data):
    with pytest.raises(UsageError):
        ann.keep_licence(data)
    assert ann.licences() == ()


# ---- the commands ----------------------------------------------------------------------------------------------------
def run(*words, code=0):
    from entrepot.cli import entrepot

    done = CliRunner().invoke(entrepot, [*map(str, words)], standalone_mode=False)
    assert done.exception is None, (words, done.exception, done.output)
    assert (done.return_value or 0) == code, (words, done.output)
    return done.stdout


def party(name, data, *more):
    return json.loads(run("party", "create", "--name", name, "--economy", "SG", *more, "--data", data, "--json"))


def test_the_commands_do_what_the_functions_do(tmp_path):
    data = tmp_path / "data"
    web = ("--method", "web", "--domain", "register.example")
    firm, person, reg = party("A firm", data), party("Ann", data), party("A register", data, *web)
    me = ("--party", person["id"], "--data", data)
    challenge, answered = tmp_path / "challenge.json", tmp_path / "answer.json"
    run("registrar", "challenge", person["did"], "--by", reg["id"], "--data", data, "--out", challenge)
    assert json.loads(run("identity", "sign-in", challenge, *me, "--json"))["holder"] == person["did"]
    assert json.loads(run("identity", "sign-in", challenge, *me, "--out", answered, "--json"))["file"] == str(answered)
    assert json.loads(run("identity", "check", challenge, answered, "--offline", "--json"))["signedIn"]
    answered.write_text(answered.read_text().replace("VerifiablePresentation", "Verifiable"))
    run("identity", "check", challenge, answered, "--offline", code=1)

    token, paper, signed = (tmp_path / name for name in ("mandate.jwt", "paper.json", "signed.jwt"))
    give = ("--by", firm["id"], "--to", person["did"], "--kind", "PackingList", "--data", data)
    run("party", "mandate", "give", *give, "--out", token)
    document = {
        "@context": [CREDENTIALS_V2, "https://example.org/x"],
        "type": ["VerifiableCredential", "PackingList"],
        "credentialSubject": {"id": "urn:x:1"},
    }
    paper.write_text(json.dumps(document))
    run("identity", "sign", paper, "--mandate", token, *me, "--offline", "--out", signed)
    told = json.loads(run("document", "verify", signed, "--mandate", token, "--offline", "--json"))
    assert (told["valid"], told["results"]["issuer"]["code"]) == (True, "mandated")
    assert json.loads(run("document", "verify", signed, "--offline", "--json", code=1))["results"]["mandate"] == {
        **told["results"]["mandate"],
        "status": "unknown",
        "code": "mandate-missing",
        "reason": json.loads(token_claims(token))["id"].join(["The mandate ", " is not at hand."]),
        "remedy": "Give the mandate with --mandate, or go online.",
    }
    paper.write_text(json.dumps(document | {"type": ["VerifiableCredential", "Other"]}))
    run("identity", "sign", paper, "--mandate", token, *me, "--offline", code=1)
    paper.write_text(json.dumps(document))
    bounded, unsure = tmp_path / "bounded.jwt", tmp_path / "unsure.jwt"
    run("party", "mandate", "give", *give, "--limit", "10.00 SGD", "--out", bounded)
    words = ("identity", "sign", paper, "--mandate", bounded, *me, "--offline", "--out", unsure)
    run(*words, code=1)
    assert not unsure.exists()
    run(*words, "--accept-unknown", "Mei Lin", "--reason", "A packing list is about no amount.")
    assert unsure.exists()
    (kept,) = (data / "acceptance" / person["id"]).iterdir()
    assert json.loads(kept.read_text())["by"]["person"] == "Mei Lin"

    kept = json.loads(run("identity", "licence", "add", token, *me, "--json"))
    assert json.loads(run("identity", "licence", "list", *me, "--json"))["id"] == kept["id"]
    assert run("identity", "licence", "show", kept["id"], *me).strip() == token.read_text()
    shown = json.loads(run("identity", "licence", "show", kept["id"], *me, "--json"))
    assert (shown["data"], shown["state"]) == (token.read_text(), "in_force")
    copy = tmp_path / "copy.jwt"
    assert json.loads(run("identity", "licence", "show", kept["id"], *me, "--out", copy, "--json")) == {
        "file": str(copy)
    }
    assert copy.read_bytes() == token.read_bytes()
    fill = ("identity", "prefill", "--field", "name", "--field", "did", "--for", BANK, "--purpose", "account", *me)
    assert json.loads(run(*fill, "--consent", "name", "--json", code=1))["withheld"] == ["did"]
    assert len(json.loads(run(*fill, "--consent", "name", "--consent", "did", "--json"))["filled"]) == 2


def token_claims(file):
    from entrepot.base.digest import from_b64url

    return from_b64url(file.read_text().split(".")[1])
