"""The registrar's desk: through its functions where time and chance matter, and through its commands."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from entrepot.base.error import UsageError
from entrepot.document.control import answer
from entrepot.document.identity_anchor import read_identity_anchor
from entrepot.document.proof.opened import open_secured
from entrepot.document.status import StatusLists
from entrepot.document.verify import Given, verify
from entrepot.flow.office import Signatory
from entrepot.flow.register_folder import OPEN_MAX, RegisterError, RegisterFolder
from entrepot.flow.registrar import Application, Registrar, challenge, change, identity_of, register, status_lists
from entrepot.party.anchor import Anchor, AnchorList, Anchors
from entrepot.party.did import document_of
from entrepot.party.key import Curve, KeyPair
from entrepot.party.resolve import DidResolver

AT = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
REG, FIRM = KeyPair(Curve.ED25519, b"\x01" * 32), KeyPair(Curve.P256, b"\x02" * 32)
REG_DID, FIRM_DID = "did:web:register.example", "did:web:firm.example"
DOCUMENTS = [document_of(REG_DID, {"key-1": REG.public}), document_of(FIRM_DID, {"key-1": FIRM.public})]
NUMBER = "00192200M"


class Desk:
    """A registrar whose clock stands where it is put."""

    def __init__(self, folder):
        self.now, self._count = AT, 0
        self.register = RegisterFolder(folder, "p000000000000", now=AT)
        self.registrar = Registrar(
            signatory=Signatory(did=REG_DID, key=REG, method=f"{REG_DID}#key-1"),
            name="A register",
            url="https://register.example",
            register=self.register,
            resolver=DidResolver(documents=DOCUMENTS),
            clock=lambda: self.now,
            entropy=self.entropy,
        )

    def entropy(self, count):
        self._count += 1
        return (self._count * 7919).to_bytes(count)

    def answered(self, pair=FIRM, did=FIRM_DID):
        return answer(challenge(self.registrar, did), pair, method_id=f"{did}#key-1", now=self.now)

    def apply(self, data=None, **changes):
        fields = {"did": FIRM_DID, "name": "A firm", "economy": "SG", "scheme": "uen", "number": NUMBER}
        return register(self.registrar, Application(**fields | changes), self.answered() if data is None else data)

    def states(self):
        return StatusLists(status_lists(self.registrar).values())

    def judged(self, entry):
        given = Given(lists=self.states())
        return verify(entry.anchor.encode(), resolver=DidResolver(documents=DOCUMENTS), at=self.now, given=given)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def ids(done):
    return [each.id for each in done.findings]


def test_a_member_that_answers_gets_an_anchor_that_verifies(desk):
    done = desk.apply()
    assert done.findings == ()
    assert desk.judged(done.entry).is_valid
    identity, _ = read_identity_anchor(open_secured(done.entry.anchor.encode())[0].vc)
    assert (identity.did, identity.number) == (FIRM_DID, NUMBER)
    assert identity.scheme == "https://entrepot.example/ns/scheme/SG/uen"
    assert desk.register.entries() == (done.entry,)


def test_suspended_reinstated_revoked(desk):
    entry = desk.apply().entry
    for act, state, code in (
        ("suspend", "suspended", "suspended"),
        ("reinstate", "in_force", "status-clear"),
        ("revoke", "revoked", "revoked"),
    ):
        desk.now += timedelta(hours=1)
        assert change(desk.registrar, entry.id, act).state == state
        assert desk.judged(entry).results["status"].code == code
    with pytest.raises(UsageError):
        change(desk.registrar, entry.id, "reinstate")
    with pytest.raises(UsageError):
        change(desk.registrar, "r0000000000000000", "suspend")


def test_an_answer_is_good_once(desk):
    data = desk.answered()
    assert desk.apply(data).entry is not None
    assert ids(desk.apply(data, number="53333333X", scheme="other")) == [
        "ENT-CORE-IDENTIFIER-01",
        "ENT-CORE-REGISTRAR-01",
    ]


def test_a_wrong_answer_spends_its_challenge(desk):
    asked = challenge(desk.registrar, FIRM_DID)
    wrong = answer(asked, KeyPair(Curve.P256, b"\x09" * 32), method_id=f"{FIRM_DID}#key-1", now=AT)
    assert ids(desk.apply(wrong)) == ["ENT-CORE-REGISTRAR-02"]
    right = answer(asked, FIRM, method_id=f"{FIRM_DID}#key-1", now=AT)
    assert ids(desk.apply(right)) == ["ENT-CORE-REGISTRAR-01"]


def test_a_challenge_is_answered_in_time_and_for_its_did(desk):
    data = desk.answered()
    desk.now += timedelta(minutes=16)
    assert ids(desk.apply(data)) == ["ENT-CORE-REGISTRAR-02"]
    assert ids(desk.apply(desk.answered(), did=REG_DID)) == ["ENT-CORE-REGISTRAR-01"]
    assert ids(desk.apply(b"nonsense")) == ["ENT-CORE-REGISTRAR-01"]


def test_a_number_that_cannot_be_stops_it_and_spends_nothing(desk):
    data = desk.answered()
    assert ids(desk.apply(data, number="00192200N")) == ["ENT-CORE-IDENTIFIER-04"]
    assert desk.apply(data).entry is not None


def test_a_scheme_that_is_not_known_is_the_registrars_to_know(desk):
    done = desk.apply(scheme="charity", number="7")
    assert done.entry is not None
    assert ids(done) == ["ENT-CORE-IDENTIFIER-01"]
    assert identity_of(done.entry.application).scheme == "https://entrepot.example/ns/scheme/SG/charity"


def test_one_did_once_and_several_dids_under_one_number(desk):
    first = desk.apply().entry
    assert ids(desk.apply()) == ["ENT-CORE-REGISTRAR-03"]
    second = desk.apply(desk.answered(REG, REG_DID), did=REG_DID)
    assert (ids(second), second.entry is not None) == (["ENT-CORE-REGISTRAR-04"], True)
    change(desk.registrar, first.id, "revoke")
    assert desk.apply().entry is not None


def test_a_registrar_hears_where_nobody_will_rely_on_it(desk):
    entry = Anchor(did=REG_DID, role="registrar", name="A register", since=AT)
    listed = AnchorList(version=1, economy="SG", sequence=1, issued=AT, anchors=(entry,))
    desk.registrar = replace(desk.registrar, anchors=Anchors((listed,)))
    assert ids(desk.apply()) == []
    done = desk.apply(scheme="lei", number="213800KUD8LAJWSQ9D15")
    assert (ids(done), done.entry is not None) == (["ENT-CORE-REGISTRAR-05"], True)


def test_only_one_of_many_takes_a_challenge(desk):
    asked = challenge(desk.registrar, FIRM_DID)
    taken, start = [], threading.Barrier(8)

    def take():
        start.wait()
        try:
            taken.append(desk.register.challenges.take(asked.nonce))
        except FileNotFoundError:
            taken.append("lost")

    threads = [threading.Thread(target=take) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(taken, key=str) == sorted([asked, *[None] * 7], key=str)


def test_open_challenges_are_bounded_and_expired_ones_make_room(desk, monkeypatch):
    monkeypatch.setattr("entrepot.flow.register_folder.OPEN_MAX", 3)
    assert OPEN_MAX > 3
    for _ in range(3):
        challenge(desk.registrar, FIRM_DID)
    with pytest.raises(RegisterError):
        challenge(desk.registrar, FIRM_DID)
    later = RegisterFolder(desk.register._folder.parent.parent, "p000000000000", now=AT + timedelta(hours=1))
    later.challenges.keep(challenge_of(desk))
    assert len(list((desk.register._folder / "challenge").glob("*.json"))) == 1


def challenge_of(desk):
    from entrepot.document.control import new_challenge

    return new_challenge(FIRM_DID, REG_DID, now=AT, entropy=desk.entropy)


def test_a_nonce_is_no_way_into_other_files(desk):
    for nonce in ("../entry/r00", "", "x", "a" * 23, "." * 22):
        assert desk.register.challenges.take(nonce) is None


# ---- the commands, from the register to a document that a stranger verifies ------------------------------------------
def run(*words, code=0):
    from entrepot.cli import entrepot

    done = CliRunner().invoke(entrepot, [*map(str, words)], standalone_mode=False)
    assert done.exception is None, (words, done.exception, done.output)
    assert (done.return_value or 0) == code, (words, done.output)
    return done.stdout


def party(name, data, domain=None):
    more = ("--method", "web", "--domain", domain) if domain else ()
    return json.loads(run("party", "create", "--name", name, "--economy", "SG", *more, "--data", data, "--json"))


def test_a_stranger_verifies_what_an_employee_signed(tmp_path):
    data = tmp_path / "data"
    reg, firm = party("A register", data, "register.example"), party("A firm", data, "firm.example")
    asked, answered, anchor = (tmp_path / name for name in ("challenge.json", "answer.json", "anchor.jwt"))
    made = run("registrar", "challenge", firm["did"], "--by", reg["id"], "--data", data, "--out", asked, "--json")
    assert json.loads(made)["challenge"] == json.loads(asked.read_text())["nonce"]
    run("party", "answer", reg["id"], asked, "--data", data, code=1)
    run("party", "answer", firm["id"], asked, "--for", "did:web:mal.example", "--data", data, code=1)
    made = run("party", "answer", firm["id"], asked, "--for", reg["did"], "--data", data, "--out", answered, "--json")
    assert json.loads(made)["did"] == firm["did"]
    docs = [word for each in (reg, firm) for word in ("--did-doc", each["files"]["didDocument"])]
    apply = ("registrar", "register", answered, "--did", firm["did"], "--name", "A firm", "--scheme", "uen")
    desk = ("--url", "https://register.example", "--by", reg["id"], "--data", data, "--offline", *docs)
    run(*apply, "--number", "00192200N", *desk, code=1)
    entry = json.loads(run(*apply, "--number", NUMBER, *desk, "--out", anchor, "--json"))
    run(*apply, "--number", NUMBER, *desk, code=1)
    assert json.loads(run("registrar", "list", "--by", reg["id"], "--data", data, "--json"))["state"] == "in_force"
    lists = tmp_path / "status"
    written = run("registrar", "status-lists", "--by", reg["id"], "--data", data, "--out", lists, "--json")
    assert set(json.loads(written)) == {"revocation", "suspension"}

    published = json.loads(run("party", "publish-anchor", firm["id"], anchor, "--data", data, "--json"))
    document = json.loads((data / "party" / f"{firm['id']}.did.json").read_text())
    assert document["service"][0]["serviceEndpoint"]["href"] == published["anchor"]
    assert document["service"][0]["type"] == "untp:dia"

    anchors = tmp_path / "sg.json"
    entries = [{"did": reg["did"], "role": "registrar", "name": "A register", "since": "2026-01-01T00:00:00Z"}]
    listed = {"version": 1, "economy": "SG", "sequence": 1, "issued": "2026-01-01T00:00:00Z", "anchors": entries}
    anchors.write_text(json.dumps(listed))
    states = [word for each in sorted(lists.glob("*.jwt")) for word in ("--status-list", each)]
    trust = (*docs, *states, "--anchors", anchors, "--offline", "--json")
    signed = run("party", "mandate", "give", "--by", firm["id"], "--to", firm["did"], "--kind", "x", "--data", data)
    paper = tmp_path / "paper.jwt"
    paper.write_text(signed.strip())
    verify = ("document", "verify", paper, *trust, "--require", "anchor")
    assert json.loads(run(*verify, code=1))["results"]["anchor"]["code"] == "dia-missing"
    told = json.loads(run(*verify, "--identity", anchor))
    assert told["results"]["anchor"]["code"] == "anchored-by-registrar"

    run("registrar", "suspend", entry["id"], "--by", reg["id"], "--data", data)
    run("registrar", "status-lists", "--by", reg["id"], "--data", data, "--out", lists)
    told = json.loads(run(*verify, "--identity", anchor, code=1))
    assert told["results"]["anchor"]["code"] == "dia-suspended"
    run("registrar", "reinstate", entry["id"], "--by", reg["id"], "--data", data)
    run("registrar", "status-lists", "--by", reg["id"], "--data", data, "--out", lists)
    run(*verify, "--identity", anchor)


def test_mandates_are_given_and_passed_on_by_commands(tmp_path):
    data = tmp_path / "data"
    firm, ann, bob = party("A firm", data), party("Ann", data), party("Bob", data)
    top, below = tmp_path / "top.jwt", tmp_path / "below.jwt"
    give = ("party", "mandate", "give", "--data", data)
    limit = ("--kind", "invoice", "--limit", "1000.00 SGD", "--delegations", "1")
    run(*give, "--by", firm["id"], "--to", ann["did"], *limit, "--out", top)
    wide = ("--limit", "1000.01 SGD", "--parent", top)
    past = ("--until", "2020-01-01T00:00:00Z", "--since", "2019-01-01T00:00:00Z")
    run(*give, "--by", ann["id"], "--to", bob["did"], *wide, code=1)
    run(*give, "--by", ann["id"], "--to", bob["did"], "--parent", top, "--out", below)
    told = json.loads(run("party", "mandate", "check", below, "--json"))
    assert told["valid"]
    assert told["mandate"]["principal"] == firm["did"]
    assert told["mandate"]["limit"] == {"amount": "1000.00", "currency": "SGD"}
    old = tmp_path / "old.jwt"
    run(*give, "--by", ann["id"], "--to", bob["did"], *past, "--parent", top, code=1)
    run(*give, "--by", firm["id"], "--to", bob["did"], "--kind", "invoice", *past, "--out", old)
    assert "does not hold" in run("party", "mandate", "check", old, code=1)
    run("party", "mandate", "check", data / "party" / f"{ann['id']}.party.json", code=2)
