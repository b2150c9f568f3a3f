"""Letters carry a code: no path and no query holds a secret; it can be typed, is good once, and ends by the clock."""

import ast
import re
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from rig.visitor import PASSWORD, Visitor, code_in, firm, letters, person

import entrepot.node
from entrepot.node.account import letter

NEW = "nine dry mangosteens"


@pytest.fixture(autouse=True)
def nothing_sent_yet(node):
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def asked():
    """Every address that is asked for, with its query."""
    from django.core.signals import request_started

    found = []

    def note(environ, **_):
        found.append(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}")

    request_started.connect(note)
    yield found
    request_started.disconnect(note)


@pytest.fixture
def writers(monkeypatch):
    """The modules that wrote a letter; one that is written rarely is written by whoever asked for it."""
    found = set()

    def noting(write):
        def inside(*given, **named):
            found.add(sys._getframe(1).f_globals["__name__"])
            return write(*given, **named)

        return inside

    for name in ("send", "send_once", "send_rarely"):
        monkeypatch.setattr(letter, name, noting(getattr(letter, name)))
    return found


def places_of_letters():
    """The modules of a node that write letters, by their source."""
    root = Path(entrepot.node.__file__).parent
    for file in root.rglob("*.py"):
        for each in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(each, ast.Attribute) and each.attr.startswith("send") and ast.unparse(each.value) == "letter":
                yield ".".join(("entrepot.node", *file.relative_to(root).with_suffix("").parts))


def opens_without_a_secret(address):
    """Whether path and query of an address are those of a page that is the same for everybody."""
    from django.urls import resolve

    split = urlsplit(address)
    return not split.query and resolve(f"/{split.path.split('/', 2)[2]}").kwargs == {}


def test_no_letter_and_no_flow_puts_a_secret_into_an_address(node, writers, asked):
    """OWASP ASVS 5.0, V14.2.1: all letters that a node can write, and all addresses on the ways that they open."""
    from entrepot.node.account.ending import drop_codes_of
    from entrepot.node.account.models import Person
    from entrepot.node.notice.models import Notice
    from entrepot.node.notice.posting import post

    party = firm(node, "Kebun Contoh")
    owner = person(node, party=party)
    new = Visitor(node).go("/sign-up").send(email="letters@example.org")
    new.follow(letters(node, "letters@example.org")[-1]).send(name="Neu", password=PASSWORD)
    owner.go("/people").send(email="letters@example.org", role="clerk")
    new.follow(letters(node, "letters@example.org")[-1]).send()
    assert "Kebun Contoh" in new.heading, new.heading
    for way in ("/sign-up", "/reset"):
        new.go(way).send(email="letters@example.org")
    new.follow(letters(node, "letters@example.org")[-1]).send(password=NEW)
    new.go("/sign-in").send(email="letters@example.org", password=NEW)
    new.go("/account").send(form=0, password=NEW, by="letter")
    new.go("/sign-in").send(email="letters@example.org", password=NEW)
    Person.objects.filter(email="letters@example.org").update(totp="00")
    assert drop_codes_of("letters@example.org", node.office.clock())
    told = {"party": party, "what": "record", "kind": "order", "about": "0" * 64, "at": node.office.clock()}
    Notice.objects.create(person=Person.objects.get(email="letters@example.org"), **told)
    assert post(node.office) >= 1  # and what other tests of this node left to be told

    assert writers - {letter.__name__} == set(places_of_letters())
    written = letters(node, "letters@example.org")
    named = [each.rstrip(".") for text in written for each in re.findall(r"https?://\S+", text)]
    assert len(named) > 8
    assert [each for each in named if not opens_without_a_secret(each)] == []
    codes = {each.partition("#")[2] for each in named} - {""}
    secrets = {each.replace("-", "") for each in codes} | set(re.findall(r"\b[0-9]{8}\b", " ".join(written)))
    assert (len(codes), len(secrets)) == (3, 4)
    secrets |= {PASSWORD, NEW, *(each.value for each in new.client.cookies.values())}
    assert len(asked) > 20
    bare = [re.sub("[-+ ]|%20", "", each).lower() for each in asked]
    assert [each for each in bare if any(one.replace(" ", "").lower() in each for one in secrets if one)] == []


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("-", ""),
                                   lambda code: f" {code}\t", lambda code: code.replace("0", "o").replace("1", "l"),
                                   lambda code: "".join(chr(ord(each) + 0xFEE0) for each in code)])  # fmt: skip
def test_a_code_is_taken_as_people_type_it(node, typed):
    email = f"typed-{id(typed)}@example.org"
    Visitor(node).go("/sign-up").send(email=email)
    code = code_in(letters(node, email)[-1])
    assert len(set(re.sub("-", "", code)) | {*"0123456789ABCDEFGHJKMNPQRSTVWXYZ"}) == 32
    assert len(code.replace("-", "")) * 5 >= 128
    on_another_machine = Visitor(node).go("/letter").send(code=typed(code))
    assert on_another_machine.path == "/en/letter/account"
    assert email in on_another_machine.words


def refused(visitor, language="en"):
    """That the code was not taken is said at its field, in the reader's language."""
    assert visitor.path == f"/{language}/letter", visitor.path
    assert visitor.status == 422
    assert "code-wrong" in visitor.forms[-1].described["code"]
    return True


def test_a_wrong_code_is_told_at_its_field(node):
    visitor = Visitor(node, "zh-hans").go("/letter").send(code="0000-WRONG")
    assert refused(visitor, "zh-hans")
    assert "not right" not in visitor.words
    assert visitor.forms[-1].fields["code"] == "0000-WRONG", "one letter of it may be wrong"
    assert refused(visitor.go("/letter").send(code=""), "zh-hans")
    old = visitor.post("/letter", {**visitor.forms[-1].fields, "code": "ABCD", "csrfmiddlewaretoken": "x" * 64})
    assert old.status == 403
    assert old.forms[-1].fields["code"] == "ABCD", "a page that grew old comes back filled in"


@pytest.mark.parametrize("what", ["/sign-up", "/reset", "/people"])
def test_a_code_ends_by_the_clock_also_between_its_pages(node, what):
    from entrepot.node.account.models import Invitation, LetterCode

    known = person(node) if what == "/reset" else None
    email = known.person.email if known else f"late-{what[1:]}@example.org"
    (person(node, party=firm(node, "Late")) if what == "/people" else Visitor(node)).go(what).send(email=email)
    code, visitor = letters(node, email)[-1], Visitor(node)
    assert visitor.follow(code).status == 200
    assert visitor.path.startswith("/en/letter/")
    form = (visitor.path, {**visitor.forms[-1].fields, "name": "Late", "password": NEW})
    (row,) = (Invitation if what == "/people" else LetterCode).objects.filter(email=email)
    lives = {"/sign-up": timedelta(days=1), "/reset": timedelta(hours=1), "/people": timedelta(days=7)}[what]
    assert abs(row.expires - node.office.clock() - lives) < timedelta(minutes=1)
    type(row).objects.filter(pk=row.pk).update(expires=node.office.clock())
    assert refused(visitor.post(*form))
    assert refused(Visitor(node).follow(code))
    assert Visitor(node).go("/sign-in").send(email=email, password=NEW).first_status == 422


def test_of_two_browsers_with_one_code_one_has_an_effect(node):
    """Good once also where both had opened the letter before the first was done."""
    known = person(node).person.email
    Visitor(node).go("/sign-up").send(email="once@example.org")
    Visitor(node).go("/reset").send(email=known)
    for email, first, second in (("once@example.org", NEW, PASSWORD), (known, NEW, "seven wet mangosteens")):
        code = letters(node, email)[-1]
        one, other = Visitor(node).follow(code), Visitor(node).follow(code)
        one.send(name="One", password=first)
        assert other.send(name="Other", password=second).path in ("/en/sign-in", "/en/letter")
        assert refused(Visitor(node).follow(code))
        assert Visitor(node).go("/sign-in").send(email=email, password=second).first_status == 422
        assert Visitor(node).go("/sign-in").send(email=email, password=first).status == 200


@pytest.mark.parametrize("change", ["sign-in", "password", "sessions"])
def test_a_letter_for_a_new_password_ends_with_the_old_stand(node, change):
    visitor = person(node)
    Visitor(node).go("/reset").send(email=visitor.person.email)
    (code,) = letters(node, visitor.person.email)
    visitor.go("/sign-in").send(email=visitor.person.email, password=PASSWORD)
    if change == "sign-in":
        assert refused(Visitor(node).follow(code))
        return
    Visitor(node).go("/reset").send(email=visitor.person.email)
    clear_and_ask(visitor)
    code = letters(node, visitor.person.email)[-1]
    if change == "password":
        visitor.go("/account/password").send(old=PASSWORD, password=NEW)
    else:
        visitor.go("/account/sessions").send()
    assert refused(Visitor(node).follow(code))


def clear_and_ask(visitor):
    """One more letter within the minute."""
    from django.core.cache import cache

    cache.clear()
    Visitor(visitor.node).go("/reset").send(email=visitor.person.email)


def test_an_invitation_stays_open_through_a_sign_in_with_a_code_and_through_anothers_session(node):
    guest = person(node)
    guest.go("/account").send(form=0, password=PASSWORD, by="letter")
    person(node, party=firm(node, "Kebun Jauh")).go("/people").send(email=guest.person.email, role="clerk")
    stranger = person(node).follow(letters(node, guest.person.email)[-1])
    assert stranger.heading == "Sign in"
    stranger.send(email=guest.person.email, password=PASSWORD)
    assert stranger.path == "/en/sign-in/code"
    stranger.send(code=re.search("[0-9]{8}", letters(node, guest.person.email)[-1]).group())
    assert (stranger.path, stranger.heading) == ("/en/letter/invitation", "An invitation")
    assert "Kebun Jauh" in stranger.send().heading


def test_whoever_opens_a_letter_has_a_session_of_a_new_name(node):
    visitor = Visitor(node).go("/sign-in/passkey")
    (before,) = (each.value for name, each in visitor.client.cookies.items() if name.startswith("session"))
    visitor.go("/sign-up").send(email="name@example.org").follow(letters(node, "name@example.org")[-1])
    assert before not in {each.value for each in visitor.client.cookies.values()}
