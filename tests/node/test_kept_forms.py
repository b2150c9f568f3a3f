"""What was typed is not lost: a session that ends in the middle, a page that grew old, two tabs, the way back."""

import re

import pytest
from rig.sending import SCENES, Stage, party_of, posts, quick, signing
from rig.visitor import PASSWORD, Visitor

OPEN = {
    "/verify", "/verify/code", "/offers/<offer>/report", "/sign-in", "/sign-in/code", "/sign-in/identity",
    "/sign-in/passkey",
    "/sign-out", "/sign-up", "/reset", "/letter", "/letter/account", "/letter/password", "/letter/invitation", "/try",
    "/first",
}  # fmt: skip
"""For everybody: no session can end in the middle. Who joins by a letter types name and password alone."""
NOTHING_TYPED = {
    "/account/totp", "/account/factor", "/account/password", "/account/passkeys", "/account/passkeys/<number>/remove",
    "/notices", "/account/sessions", "/account/sessions/<mark>/end", "/businesses", "/businesses/claim",
    "/people/invitations/<invitation>/close", "/people/<membership>/end",
}  # fmt: skip
"""A button, a password or a code: none of it is kept, and each is there again by a click."""
FILES_ALONE = {"/offers/import", "/sales/import"}
"""A browser does not send files again; they are chosen anew."""
TYPED = set(SCENES) - OPEN - NOTHING_TYPED - FILES_ALONE
HIDDEN = {"key", "economy", "act", "csrfmiddlewaretoken"}
SECRET = {"password", "again", "code", "token"}
"""What is never kept."""


def test_every_form_is_sorted(node):
    assert posts() == OPEN | NOTHING_TYPED | FILES_ALONE | TYPED


def expire(who):
    """The session ends, as by its clock; the browser keeps its cookies."""
    from entrepot.node.account.models import Session

    Session.objects.filter(person=who.person).delete()


def back(sending):
    """The form after signing in, as its fields stand there."""
    who = sending.who
    who.post(sending.path, sending.fields)
    assert who.status == 403, who.words
    assert "kept" in who.words
    assert not any(PASSWORD in each for form in who.forms for each in form.fields.values())
    who.send(email=who.person.email, password=PASSWORD)
    assert who.status == 200, who.words
    return who.forms[-1].fields


@pytest.mark.parametrize("route", quick(sorted(TYPED)))
def test_a_session_that_ends_in_the_middle_loses_nothing(node, route):
    sending = SCENES[route](Stage(node))
    expire(sending.who)
    found = back(sending)
    typed = {name: each for name, each in sending.fields.items() if name not in HIDDEN | SECRET and each}
    assert typed, "the form was filled in"
    lost = {name: each for name, each in typed.items() if found.get(name, "").strip() != each.strip()}
    assert {name for name in lost if not re.search(f'name="{name}"[^>]* checked', sending.who.text)} == set()


@pytest.mark.parametrize("route", quick(sorted(set(SCENES) - OPEN)))
def test_a_form_whose_session_ended_does_nothing(node, route):
    sending = SCENES[route](Stage(node))
    expire(sending.who)
    sending.who.post(sending.path, sending.fields)
    assert "Sign in" in sending.who.heading, sending.who.words


@pytest.mark.parametrize("route", quick(sorted(TYPED)))
def test_a_page_that_grew_old_comes_back_filled_in(node, route):
    sending = SCENES[route](Stage(node))
    answer = sending.send(csrfmiddlewaretoken="x" * 64)
    assert answer.status_code == 403
    text = answer.content.decode()
    typed = [each for name, each in sending.fields.items() if name not in HIDDEN | SECRET and len(each) > 3]
    assert [each for each in typed if each not in text] == []


def test_two_tabs_with_one_draft_say_two_things_or_one(node):
    """Each tab has a key of its own: what is signed in both is two orders under two numbers, never one overwritten."""
    stage = Stage(node)
    seller, buyer = stage.owner(), stage.owner("CN")
    typed = {"did": party_of(seller), "what": "Durian", "quantity": "1", "price": "1", "currency": "MYR"}
    first = signing(buyer, "/sales/new", **typed)
    second = signing(buyer, "/sales/new", **(typed | {"quantity": "2"}))
    assert first.fields["quantity"] == "1"
    answers = [each.send() for each in (first, second, first)]
    assert [each.status_code for each in answers] in ([303, 303, 303], [303, 409, 303])
    assert answers[2]["Location"] == f"{answers[0]['Location']}?again=1"
    made = {each["Location"] for each in answers[:2] if each.status_code == 303}
    for place, quantity in zip(sorted(made, key=lambda each: each != answers[0]["Location"]), ("1", "2"), strict=False):
        assert re.search(rf"\b{quantity} ", buyer.go(place).words)


def test_the_way_back_after_signing_signs_nothing_new(node):
    """Back, change a word, sign: the key is spent for what was said, and the other thing is not passed off as it."""
    stage = Stage(node)
    seller, buyer = stage.owner(), stage.owner("CN")
    typed = {"did": party_of(seller), "what": "Durian", "quantity": "1", "price": "1", "currency": "MYR"}
    sending, look = signing(buyer, "/sales/new", **typed), buyer.path
    assert sending.send().status_code == 303
    for again in (buyer.go(look), buyer.post("/sales/new", {**sending.fields, "act": "look"})):
        assert "You signed this already" in again.words
        assert "Durian" in again.words
    changed = sending.send(quantity="7")
    assert changed.status_code == 409
    assert "done already" in changed.content.decode()
    assert len(node.token(party_of(buyer), "viewer").get("/api/v1/sales").json["sales"]) == 1


def test_a_file_or_record_of_others_in_a_hidden_field_opens_nothing(node):
    """Digests and ids that a form carries are looked up among what is the person's own."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    stage = Stage(node)
    _, buyer, sale = stage.sale()
    thief, _, other = stage.sale()
    secret = SimpleUploadedFile("note.txt", b"What it costs us.")
    buyer.go(f"/sales/{sale}/messages").send(text="See it.", files=secret, button="look")
    digest = buyer.forms[-1].fields["files"].strip()
    assert re.fullmatch("[0-9a-f]{64}", digest)
    thief.go(f"/sales/{other}/messages")
    fields = {**thief.forms[-1].fields, "text": "x", "files": digest, "re": sale}
    for act in ("look", "sign"):
        answer = thief.post(f"/sales/{other}/message", {**fields, "act": act})
        assert answer.status == 422, answer.words
        assert "note.txt" not in answer.text
        assert "What it costs us" not in answer.text
    stranger = Visitor(node)
    stranger.person = thief.person
    for path in (
        f"/sales/{sale}/files/{sale}/{digest}",
        f"/sales/{other}/files/{sale}/{digest}",
        f"/sales/{sale}/message",
    ):
        assert thief.go(path).status == 404, path
