"""A party whose key lies elsewhere orders and acts by page: it is given the exact record, and brings it back signed."""

import base64
import json
import os
import re
from datetime import UTC, datetime
from html import unescape

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from rig.sending import ORDER, say
from rig.visitor import PASSWORD, Visitor, firm, person

from entrepot.base.digest import b64url
from entrepot.base.record import read_content
from entrepot.base.shape import parse
from entrepot.cli import entrepot
from entrepot.document.control import Challenge, answer
from entrepot.document.proof import credential_of, record_of_credential, secure
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import Curve, KeyPair

OWN = {"own_name": "Firma Contoh", "own_economy": "VN"}
"""How a business of which the node knows nothing calls itself."""


class Guest:
    """A firm of elsewhere with its key, signed in at the node."""

    def __init__(self, node):
        self.node, self.key = node, KeyPair.generate(Curve.ED25519, os.urandom)
        self.did, self.method = did_key(self.key.public), key_method_id(self.key.public)
        self.browser = Visitor(node)
        self.sign_in()

    def sign_in(self, aim="/sales"):
        self.browser.go(f"/sign-in/identity?next={aim}").send(did=self.did)
        asked = {name: each for name, each in json.loads(self.given("challenge")).items() if name != "request"}
        said = answer(parse(Challenge, asked)[0], self.key, method_id=self.method, now=datetime.now(UTC))
        self.browser.send({"answer": said.decode()}, button="answer")
        assert self.browser.status == 200, self.browser.words
        return self.browser

    def given(self, name="record"):
        """What the page shows in a field that nobody types into."""
        return unescape(re.search(f'<textarea id="{name}"[^>]*>(.*?)</textarea>', self.browser.text, re.S)[1])

    def signed(self, credential=None, key=None, securing="eddsa-jcs-2022"):
        value = credential or json.loads(self.given())
        now = datetime.now(UTC).replace(microsecond=0)
        return secure(value, key or self.key, method_id=self.method, securing=securing, created=now)

    def look(self, path, **typed):
        self.browser.go(path).send(button="look", **typed)
        assert self.browser.status == 200, self.browser.words
        assert "not signed yet" in self.browser.words
        return self

    def bring(self, data):
        return self.browser.send({"signed": data.decode()}, button="bring")

    def say(self, path, **typed):
        self.look(path, **typed).bring(self.signed())
        assert self.browser.status == 200, self.browser.words
        return self.browser


@pytest.fixture
def guest(node):
    return Guest(node)


@pytest.fixture
def seller(node):
    return person(node, party=firm(node, "Kebun Contoh"))


@pytest.fixture
def offer(seller):
    return say(seller, "/offers/new", **ORDER).path.split("/")[-1]


def told(node):
    """The node's thread tells everybody what came in."""
    from entrepot.node.notice.telling import begin, read_on

    begin(node.office)
    while read_on(node.office):
        pass


def size(node):
    return len(node.office.journal.entries(0, 100_000))


def test_she_orders_from_an_offer_and_goes_on_to_the_end(node, guest, seller, offer):
    sale = guest.say(f"/offers/{offer}/order", **OWN).path.split("/")[-1]
    told(node)
    record = node.office.journal.record(sale)
    assert (record.kind, record.content.issuer) == ("order", guest.did)
    assert (record.payload["buyer"]["name"], record.payload["buyer"]["economy"]) == ("Firma Contoh", "VN")
    assert "Firma Contoh" in seller.go(f"/sales/{sale}").text
    say(seller, f"/sales/{sale}/order-response", answer="accept")
    say(seller, f"/sales/{sale}/invoice")
    told(node)
    assert "answers you" in guest.browser.go("/notices").words
    assert "Invoice" in guest.browser.go(f"/sales/{sale}").words
    about = re.search('<option value="([0-9a-f]{64})"', guest.browser.go(f"/sales/{sale}/dispute").text)[1]
    guest.say(f"/sales/{sale}/dispute", about=about, grounds="The skin is broken.", remedy="other")
    assert "The skin is broken." in json.dumps(node.office.journal.record(guest.browser.led[-64:]).payload)
    say(seller, f"/sales/{sale}/dispute-answer", agrees="yes")
    kept = SimpleUploadedFile("note.txt", b"Ripe.")
    guest.browser.go(f"/sales/{sale}/messages").send(text="See it.", files=kept, button="look")
    guest.bring(guest.signed(securing="vc+jwt"))
    seller.go(f"/sales/{sale}/messages")
    assert "See it." in seller.words
    assert "/files/" in seller.text, "the file went with it"


def test_what_is_given_is_a_file_too_and_comes_back_as_one(node, guest, offer):
    guest.look(f"/offers/{offer}/order", **OWN)
    assert "lives on no node" not in guest.browser.words, "of herself she need not be told"
    saved = re.search('download="record.json" href="data:application/json;base64,([^"]*)"', guest.browser.text)[1]
    given = json.loads(base64.b64decode(saved))
    assert given == json.loads(guest.given())
    done = guest.browser.send({"signed": SimpleUploadedFile("signed.json", guest.signed(given))}, button="bring")
    assert done.status == 200, done.words
    sale = done.path.split("/")[-1]
    assert sale == record_of_credential(given)[0].id, "exactly what was shown"
    before = size(node)
    path, fields = guest.browser._last
    file = SimpleUploadedFile("signed.json", guest.signed(given))
    again = guest.browser.post(path, {**fields, "signed": file})
    assert again.path.endswith(f"{sale}?again=1"), "a second time has no second effect"
    assert size(node) == before


def test_nothing_is_lost_when_the_session_ends_between(node, guest, offer):
    from entrepot.node.account.models import Session

    path = f"/offers/{offer}/order"
    given = guest.look(path, **OWN, note="two\nlines").given()
    fields = guest.browser.forms[-1].fields
    Session.objects.all().delete()
    refused = guest.browser.post(path, {**fields, "signed": guest.signed().decode(), "act": "bring"})
    assert refused.status == 403
    assert f"/sign-in/identity?next={path}" in refused.text
    guest.sign_in(path)
    assert guest.browser.path.endswith(path)
    assert guest.given() == given, "the same record, with its nonce and time"
    assert guest.bring(guest.signed()).status == 200
    assert guest.browser.path.startswith("/en/sales/"), guest.browser.words
    assert "not signed yet" not in guest.browser.go(path).words, "what was said is let go"


def test_a_change_makes_another_record_and_the_old_one_is_refused(node, guest, offer):
    old = guest.look(f"/offers/{offer}/order", **OWN).signed()
    guest.browser.send(button="change")
    guest.browser.send(button="look", quantity_0="2")
    before = size(node)
    refused = guest.bring(old)
    assert refused.status == 422
    assert "$.payload.lines[0].quantity.value of what was signed" in refused.words
    assert "$.nonce of what was signed" in refused.words
    assert old.decode() in guest.browser.forms[-1].fields["signed"], "what was brought is still there"
    assert size(node) == before
    assert guest.bring(guest.signed()).status == 200


def _forged(guest, what):
    """Something that is not the record as it was shown, signed by the guest."""
    value = json.loads(guest.given())
    content = json.loads(record_of_credential(value)[0].to_bytes())
    content["payload"]["note"] = "for nothing"
    other = credential_of(read_content(content)[0])
    forged = {
        "altered before signing": lambda: guest.signed(other),
        "altered after signing": lambda: {**other, "proof": json.loads(guest.signed(value))["proof"]},
        "altered without its id": lambda: guest.signed({**value, "credentialSubject": other["credentialSubject"]}),
        "another's key": lambda: guest.signed(value, KeyPair.generate(Curve.ED25519, os.urandom)),
        "not signed": lambda: value,
        "no record": lambda: b"I hereby order.",
        "nothing": lambda: b" ",
    }[what]()
    return forged if isinstance(forged, bytes) else json.dumps(forged).encode()


FORGED = {
    "altered before signing": "$.payload.note of what was signed",
    "altered after signing": "$.payload.note of what was signed",
    "altered without its id": "does not agree with the content",
    "another's key": "signature",
    "not signed": "None of the proofs can be judged",
    "no record": "Neither JSON nor a compact JWS",
    "nothing": "Fill this in.",
}


def test_what_is_not_the_record_signed_by_her_is_refused_and_told(node, guest, offer):
    guest.look(f"/offers/{offer}/order", **OWN)
    before = size(node)
    for what, words in FORGED.items():
        refused = guest.bring(_forged(guest, what))
        assert refused.status == 422, what
        assert "Something stands in the way" in refused.words, what
        told = re.sub("<[^>]*>", " ", re.search('<div class="faults".*?</div>', refused.text, re.S)[0])
        assert words in told, (what, told)
        assert size(node) == before, what
    assert guest.bring(guest.signed()).status == 200


def test_what_nobody_here_reads_is_not_taken(node, guest):
    stranger = did_key(KeyPair.generate(Curve.ED25519, os.urandom).public)
    typed = {**ORDER, "did": stranger, "seller_name": "Elsewhere", **OWN}
    refused = guest.browser.go("/sales/new").send(button="look", **typed)
    assert refused.status == 422
    assert "No party of this node is in the audience" in refused.words
    public = guest.browser.go("/offers/new").send(button="look", **ORDER)
    assert public.status == 422, "who hosts nobody's offers to all"


def test_a_party_that_lives_here_with_its_own_key_does_the_same(node, seller):
    from entrepot.node.account.models import Business, Session

    guest = Guest(node)
    node.station.keys.register("own-key-by-page", guest.did, residence=None, now=node.office.clock())
    Business.objects.create(party=guest.did, name="Eigen", economy="MY")
    offer = guest.say("/offers/new", **ORDER).path.split("/")[-1]
    assert node.office.journal.record(offer).content.issuer == guest.did
    buyer = person(node, party=firm(node, "Buyer"))
    sale = say(buyer, f"/offers/{offer}/order").path.split("/")[-1]
    clerk = person(node, party=guest.did)
    guest.browser = clerk
    signed = guest.look(f"/sales/{sale}/order-response", answer="accept").signed().decode()
    fields = clerk.forms[-1].fields
    Session.objects.filter(person=clerk.person).delete()
    clerk.post(f"/sales/{sale}/order-response", {**fields, "signed": signed, "act": "bring"})
    clerk.send(email=clerk.person.email, password=PASSWORD)
    assert clerk.forms[-1].fields["signed"].strip() == signed, "what was brought outlives the session"
    clerk.send(button="bring")
    assert "accepted" in buyer.go(f"/sales/{sale}").words.lower()


def run(command, **files):
    """A command as a page writes it, on the files of somebody's own machine."""
    words = [str(files.get(each, each)) for each in command.split()[1:]]
    done = CliRunner().invoke(entrepot, words, standalone_mode=False, input="seven wet durians\nseven wet durians\n")
    assert done.exception is None, (words, done.exception, done.output)
    assert not done.return_value, (words, done.output)
    return done.stdout


def test_the_commands_that_the_pages_name_do_it(node, offer, tmp_path):
    from entrepot.node.page.account import identity
    from entrepot.node.page.sale import signing

    data = tmp_path / "own"
    made = run("entrepot party create --name Firma --economy VN --data FOLDER --json", FOLDER=data)
    mine = json.loads(made[made.index("{") :])
    files = {"ID": mine["id"], "FOLDER": data}
    files |= {f"{name}.json": tmp_path / f"{name}.json" for name in ("challenge", "answer", "record", "signed")}
    guest = Guest.__new__(Guest)
    guest.browser = Visitor(node)
    guest.browser.go("/sign-in/identity").send(did=mine["did"])
    files["challenge.json"].write_text(guest.given("challenge"))
    run(identity.COMMAND, **files)
    guest.browser.send({"answer": files["answer.json"].read_text()}, button="answer")
    guest.look(f"/offers/{offer}/order", **OWN)
    files["record.json"].write_text(guest.given())
    assert signing.COMMAND in unescape(guest.browser.text)
    run(signing.COMMAND, **files)
    guest.bring(files["signed.json"].read_bytes())
    assert guest.browser.path.startswith("/en/sales/"), guest.browser.words


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_what_another_program_signs_is_taken(node, guest, offer):
    """As a token (VC-JOSE-COSE) that joserfc makes."""
    jws, jwk = pytest.importorskip("joserfc.jws"), pytest.importorskip("joserfc.jwk")
    guest.look(f"/offers/{offer}/order", **OWN)
    theirs = jwk.OKPKey.import_key({**guest.key.public.to_jwk(), "d": b64url(guest.key.secret)})
    header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": guest.method}
    token = jws.serialize_compact(header, guest.given().strip().encode(), theirs, algorithms=["EdDSA"])
    guest.bring(token.encode())
    assert guest.browser.path.startswith("/en/sales/"), guest.browser.words
