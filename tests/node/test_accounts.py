"""Accounts: made by letter, entered by password and code, several people per party; nobody learns who has one."""

import re
from datetime import timedelta

import pytest
from rig.visitor import PASSWORD, Visitor, firm, letters, person, sign_in

from entrepot.node.account import totp


@pytest.fixture(autouse=True)
def nothing_failed_yet(node):
    from django.core.cache import cache

    from entrepot.node.account.models import Failure

    Failure.objects.all().delete()
    cache.clear()


def test_an_account_is_made_by_letter_and_a_business_registered(node):
    visitor = Visitor(node).go("/sign-up").send(email="Aminah@Example.org")
    assert "letter" in visitor.words
    visitor.follow(letters(node, "aminah@example.org")[-1])
    visitor.send(name="Aminah", password="short")
    assert visitor.first_status == 422
    assert "too short" in visitor.words
    assert 'value="short"' not in visitor.text
    visitor.send(name="Aminah", password=PASSWORD)
    assert visitor.path == "/en/businesses"
    visitor.go("/businesses/new").send(economy="SG")
    sent = {"name": "Kedai Contoh", "scheme": "uen", "number": "201900000Z"}
    visitor.send(sent)
    assert visitor.first_status == 422
    assert "number-wrong" in visitor.forms[-1].described["number"]
    visitor.send(number="", scheme="")
    assert visitor.path == "/en/sales"
    assert "Kedai Contoh" in visitor.heading
    visitor.again()
    visitor.go("/businesses")
    assert visitor.text.count("did:web:") == 1
    did = re.search("did:web:[^<]*", visitor.text).group()
    assert did in node.office.custody.hosted()
    assert "registered the business" in visitor.go("/audit").words


def test_the_answer_does_not_tell_who_has_an_account(node):
    known = person(node).person.email
    for path in ("/sign-up", "/reset"):
        pages = [Visitor(node).go(path).send(email=each) for each in (known, "nobody@example.org")]
        texts = [re.sub('(value|nonce)="[^"]*"', "", each.text) for each in pages]
        assert pages[0].status == pages[1].status == 200
        assert texts[0] == texts[1]
    assert "have an account here already" in letters(node, known)[0]
    assert len(letters(node, "nobody@example.org")) == 1
    wrong = [Visitor(node).go("/sign-in").send(email=e, password="x" * 12) for e in (known, "nobody@example.org")]
    assert [each.first_status for each in wrong] == [422, 422]
    assert wrong[0].words.replace(known, "") == wrong[1].words.replace("nobody@example.org", "")


def test_who_guesses_is_locked_out_and_the_person_comes_in_later(node):
    who = person(node).person
    visitor = Visitor(node)
    for _ in range(5):
        visitor.go("/sign-in").send(email=who.email, password="wrong wrong wrong")
    assert visitor.go("/sign-in").send(email=who.email, password=PASSWORD).first_status == 422
    from entrepot.node.account.models import Failure

    for each in Failure.objects.all():
        each.last -= timedelta(minutes=16)
        each.save()
    assert visitor.go("/sign-in").send(email=who.email, password=PASSWORD).status == 200


def test_a_session_begins_under_a_new_name_and_ends_with_the_password(node):
    visitor = person(node)
    visitor.go("/account/totp")  # something in the session
    before = {name: each.value for name, each in visitor.client.cookies.items()}
    sign_in(visitor)
    after = {name: each.value for name, each in visitor.client.cookies.items()}
    assert all(before[name] != after[name] for name in before)
    cookie = next(each for name, each in visitor.client.cookies.items() if name.startswith("session"))
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    other = Visitor(node)
    other.person = visitor.person
    sign_in(other)
    visitor.go("/account/password").send(old="wrong", password="nine dry mangosteens")
    assert visitor.first_status == 422
    visitor.send(old=PASSWORD, password="nine dry mangosteens")
    assert visitor.heading == "Your account"
    assert other.go("/account").path.startswith("/en/sign-in")


def test_a_new_password_by_letter_is_chosen_once(node):
    visitor = person(node)
    asked = Visitor(node).go("/reset").send(email=visitor.person.email)
    (letter,) = letters(node, visitor.person.email)
    asked.follow(letter).send(password="nine dry mangosteens")
    assert asked.path == "/en/sign-in"
    assert asked.follow(letter).status == 422
    assert visitor.go("/account").path.startswith("/en/sign-in")
    assert asked.go("/sign-in").send(email=visitor.person.email, password="nine dry mangosteens").status == 200


ELSEWHERE = ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX: 1")


@pytest.mark.parametrize("aim", ELSEWHERE)
def test_nobody_is_led_elsewhere(node, aim):
    who = person(node).person
    visitor = Visitor(node).go("/sign-in")
    visitor.forms[-1].fields["next"] = aim
    answer = visitor.send(email=who.email, password=PASSWORD, follow=False)
    assert answer["Location"].startswith("/en/")
    assert "evil" not in answer["Location"]


def test_a_code_of_an_app_is_asked_for_and_good_once(node):
    visitor = person(node)
    visitor.go("/account/totp")
    secret = bytes.fromhex(visitor.client.session["totp"])
    now = int(node.office.clock().timestamp()) // 30
    visitor.send(code="000000")
    assert visitor.first_status == 422
    visitor.send(code=totp.code(secret, now))
    assert "code from your app" in visitor.words
    from entrepot.node.account.models import Person

    kept = Person.objects.get(pk=visitor.person.pk)
    assert secret.hex() not in kept.totp
    visitor.go("/sign-in").send(email=kept.email, password=PASSWORD)
    assert visitor.path == "/en/sign-in/code"
    assert visitor.go("/account").path.startswith("/en/sign-in")
    visitor.go("/sign-in/code").send(code=totp.code(secret, now))
    assert visitor.first_status == 422, "the code was used already"
    visitor.send(code=totp.code(secret, now + 1))
    assert visitor.status == 200
    assert visitor.go("/account").heading == "Your account"


def test_after_five_wrong_codes_the_password_is_asked_for_again(node):
    visitor = person(node)
    visitor.go("/account").send(form=0, password=PASSWORD, by="letter")
    visitor.go("/sign-in").send(email=visitor.person.email, password=PASSWORD)
    assert visitor.path == "/en/sign-in/code"
    for _ in range(5):
        visitor.post("/sign-in/code", {**visitor.forms[-1].fields, "code": "1"})
    assert visitor.path == "/en/sign-in"


def test_a_code_by_letter_is_asked_for(node):
    visitor = person(node)
    visitor.go("/account").send(form=0, password="wrong", by="letter")
    assert visitor.first_status == 422
    visitor.send(form=0, password=PASSWORD, by="letter")
    visitor.go("/sign-in").send(email=visitor.person.email, password=PASSWORD)
    code = re.search("[0-9]{8}", letters(node, visitor.person.email)[-1]).group()
    visitor.send(code=code)
    assert visitor.go("/account").heading == "Your account"


@pytest.mark.parametrize(("secret", "when", "code"), [
    (b"12345678901234567890", 59, "287082"),
    (b"12345678901234567890", 1111111109, "081804"),
    (b"12345678901234567890", 20000000000, "353130"),
])  # fmt: skip
def test_codes_are_those_of_rfc_6238(secret, when, code):
    """Appendix B, SHA-1; the last six of its eight digits."""
    assert totp.code(secret, when // totp.STEP_S) == code


def test_people_are_invited_leave_and_are_put_out(node):
    party = firm(node, "Kebun Contoh")
    owner, guest = person(node, name="Owner", party=party), person(node, name="Guest")
    owner.go("/people").send(email=guest.person.email, role="clerk")
    owner.again()
    found = letters(node, guest.person.email)
    assert len(found) == 1
    assert Visitor(node).follow(found[0]).heading == "Sign in"
    stranger = person(node, name="Stranger")
    assert stranger.follow(found[0]).heading == "Sign in", "the letter is for one address alone"
    guest.follow(found[0]).send()
    assert "Kebun Contoh" in guest.heading
    assert guest.follow(found[0]).status == 422
    assert guest.go("/audit").status == 403
    assert guest.post("/people", {**guest.go("/sign-out").forms[-1].fields, "email": "x@example.org"}).status == 403
    new = person(node, name="New", role="viewer", party=party)
    assert new.go("/sales/new").status == 403
    from entrepot.node.account.models import Membership

    held = Membership.objects.get(person=new.person, party=party)
    assert guest.post(f"/people/{held.pk}/end", {**guest.go("/sign-out").forms[-1].fields}).status == 403
    assert new.go(f"/people/{held.pk}/end").heading == "Leave the business"
    assert new.go("/people").status == 200, "who was only asked has not left"
    owner.go(f"/people/{held.pk}/end").send()
    assert new.go("/sales").path == "/en/businesses", "it takes effect at once"
    own = Membership.objects.get(person=owner.person, party=party)
    assert owner.post(f"/people/{own.pk}/end", {**owner.go("/people").forms[-1].fields}).status == 409
    assert "only owner" in owner.go(f"/people/{own.pk}/end").words
    owner.go("/people").send(email=guest.person.email, role="owner")
    guest.follow(letters(node, guest.person.email)[-1]).send()
    assert "ended that somebody acts" in guest.go("/audit").words, "the invitation gave her its role"
    owner.go(f"/people/{own.pk}/end").send()
    assert owner.go("/sales").path == "/en/businesses"
    words = guest.go("/audit").words
    for each in ("invited somebody", "began to act for the business", "ended that somebody acts"):
        assert each in words


def test_an_invited_person_without_an_account_makes_one(node):
    party = firm(node, "Kebun Contoh")
    person(node, party=party).go("/people").send(email="new@example.org", role="viewer")
    visitor = Visitor(node).follow(letters(node, "new@example.org")[-1])
    visitor.send(name="Neu", password=PASSWORD).send()
    assert "Kebun Contoh" in visitor.heading


def test_one_person_acts_for_several_parties_and_chooses(node):
    from django.utils import timezone

    from entrepot.node.account.models import Membership

    one, other, foreign = (firm(node, name) for name in ("One", "Other", "Foreign"))
    visitor = person(node, party=one)
    Membership.objects.create(person=visitor.person, party=other, role="viewer", since=timezone.now())
    sign_in(visitor)
    assert visitor.path == "/en/businesses"
    visitor.post("/businesses", {**visitor.forms[0].fields, "party": other})
    assert "Other" in visitor.go("/sales").heading
    assert visitor.post("/businesses", {**visitor.go("/businesses").forms[0].fields, "party": foreign}).status == 404
    assert "Other" in visitor.go("/sales").heading


def test_an_owners_token_lets_a_person_act_for_its_party(node):
    party = node.party()
    visitor = person(node)
    for role in ("clerk", "viewer"):
        visitor.go("/businesses/claim").send(token=node.token(party, role).token)
        assert visitor.first_status == 422
    visitor.send(token=node.token(party, "owner").token)
    assert visitor.path == "/en/sales"
    assert "owner's token" in visitor.go("/audit").words.replace("&#x27;", "'")


def test_a_form_without_its_protection_does_nothing(node):
    visitor = person(node)
    answer = visitor.post("/sign-out", {})
    assert answer.status == 403
    assert visitor.go("/account").heading == "Your account"


def test_the_first_account_is_for_the_operator(node):
    from django.db import transaction

    from entrepot.node.account.models import Person

    person(node)
    assert Visitor(node).go("/first").status == 404
    with transaction.atomic():  # the people of other tests come back
        Person.objects.all().delete()
        assert "This node is new" in Visitor(node).go("/").words
        visitor = Visitor(node).go("/first")
        typed = {"email": "op@example.org", "name": "Op", "password": PASSWORD}
        visitor.send(typed, token="entrepot_" + "0" * 64)
        assert visitor.first_status == 422
        visitor.send(typed, token=node.operator.token)
        assert visitor.path == "/en/businesses"
        assert Person.objects.get().is_operator
        assert Visitor(node).go("/first").status == 404
        transaction.set_rollback(True)


def test_passwords_are_kept_as_argon2id(node, monkeypatch):
    from entrepot.node.account.hashing import Argon2idHasher

    for name, value in node.password_cost.items():
        monkeypatch.setattr(Argon2idHasher, name, value)
    kept = person(node).person.password
    assert kept.startswith("argon2id$$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in kept


EMPTY = '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}'
PARTS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature")
HOLLOW = EMPTY.replace("{}", "{" + ", ".join(f'"{each}": "oA"' for each in PARTS) + "}")
ANSWERS = ("", "x", "[]", "{}", '{"id": 1}', EMPTY, HOLLOW, "\u0000" * 9, "9" * 5000)


@pytest.mark.parametrize("answer", ANSWERS)
def test_whatever_a_browser_answers_for_a_passkey_is_judged(node, answer):
    for visitor, path in ((Visitor(node), "/sign-in/passkey"), (person(node), "/account/passkeys")):
        visitor.go(path).send(form=-1, answer=answer)
        assert visitor.first_status == 422


def test_who_opens_the_node_by_a_number_is_led_to_its_name_for_a_passkey(node):
    visitor = Visitor(node).go("/sign-in/passkey")
    (named,) = re.findall(r"<code>(http://localhost/[^<]*)</code>", visitor.text)
    assert named.endswith("/en/sign-in/passkey")
    assert "a passkey belongs to a name" in visitor.words.lower()
