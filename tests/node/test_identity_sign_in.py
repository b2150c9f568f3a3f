"""Signing in with a corporate identity of elsewhere: whoever answers the challenge with its key comes in, once."""

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from rig import paper
from rig.visitor import Visitor, firm, person

from entrepot.base.shape import parse
from entrepot.document.control import Challenge, answer
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import Curve, KeyPair


@pytest.fixture
def stranger():
    """A firm of elsewhere: its DID, which says itself which key it has, and how it answers."""
    return _firm()


def _firm():
    import os

    key = KeyPair.generate(Curve.ED25519, os.urandom)
    did = did_key(key.public)
    return did, lambda asked: answer(asked, key, method_id=key_method_id(key.public), now=now())


def now():
    return datetime.now(UTC)


def challenged(node, did):
    """A browser that was given a challenge, and the challenge."""
    visitor = Visitor(node)
    visitor.go("/sign-in/identity").send(did=did)
    assert visitor.status == 200, visitor.words
    text = unescape(re.search("<textarea id=.challenge.[^>]*>(.*?)</textarea>", visitor.text, re.S).group(1))
    asked = {name: each for name, each in json.loads(text).items() if name != "request"}
    return visitor, parse(Challenge, asked)[0]


def reply(visitor, data):
    return visitor.send({"answer": data.decode()}, button="answer")


def test_who_answers_comes_in_and_reads_its_sales(node, stranger):
    did, signed = stranger
    seller = node.party()
    draft = paper.order(seller, did)
    sale = node.token(seller, "clerk").issue(draft).json["id"]
    visitor, asked = challenged(node, did)
    assert asked.audience == node.office.url
    reply(visitor, signed(asked))
    assert visitor.status == 200, visitor.words
    assert did in visitor.text
    assert visitor.client.session.get_expiry_age() <= 3600
    assert sale in visitor.go("/sales").text
    assert visitor.go(f"/sales/{sale}").status == 200
    other = node.token(node.party(), "clerk").issue(paper.order(node.party(), node.party())).json.get("id", "0" * 64)
    assert visitor.go(f"/sales/{other}").status == 404
    assert visitor.go("/sales/new").heading == "Order"
    assert visitor.go("/people").status == 200
    assert visitor.go("/account/passkeys").status == 403
    assert "Change the password" not in visitor.go("/account").words


def test_an_answer_is_good_once_and_in_one_browser(node, stranger):
    did, signed = stranger
    visitor, asked = challenged(node, did)
    thief = Visitor(node)
    thief.go("/sign-in/identity").send(did=did)
    data = signed(asked)
    assert reply(thief, data).status == 422, "another browser"
    reply(visitor, data)
    assert visitor.go("/account").status == 200
    replayed, _ = challenged(node, did)
    assert reply(replayed, data).status == 422
    assert "no challenge that is open" in replayed.words
    visitor.client.logout()
    assert visitor.again().status in (403, 422)
    assert visitor.go("/account").path.endswith("sign-in?next=/account")


def test_the_same_answer_eight_times_at_once_is_taken_once(node, stranger):
    from concurrent.futures import ThreadPoolExecutor

    from entrepot.node.account.identity import KeptChallenges, challenge_for

    asked = challenge_for(node.office, stranger[0])
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: KeptChallenges(node.office).take(asked.nonce), range(8)))
    assert len([each for each in taken if each is not None]) == 1


def test_what_does_not_show_control_is_refused_and_said_why(node, stranger):
    from dataclasses import replace

    did, signed = stranger
    other, by_other = _firm()
    forgeries = {
        "another audience": lambda asked: signed(replace(asked, audience="https://elsewhere.example")),
        "another firm": lambda asked: by_other(replace(asked, did=other)),
        "another key": by_other,
        "for another purpose": lambda asked: signed(asked).replace(b'"authentication"', b'"assertionMethod"'),
        "nothing": lambda asked: b"{}",
        "a script": lambda asked: b"<script>alert(1)</script>",
    }
    for what, forged in forgeries.items():
        visitor, asked = challenged(node, did)
        refused = reply(visitor, forged(asked))
        assert refused.status == 422, what
        assert "not signed in" in refused.words, what
        assert visitor.go("/account").path.endswith("sign-in?next=/account"), what
        from entrepot.node.account.models import Failure

        Failure.objects.all().delete()
    late, asked = challenged(node, did)
    clock = node.office.clock
    object.__setattr__(node.office, "clock", lambda: clock() + timedelta(minutes=16))
    try:
        assert "could be answered until" in reply(late, signed(asked)).words
    finally:
        object.__setattr__(node.office, "clock", clock)


def test_what_is_no_did_is_said_at_the_field_and_guessing_locks(node, stranger):
    for wrong in ("", "example.org", "did:", "did:web:<script>", "x" * 600):
        visitor = Visitor(node).go("/sign-in/identity").send(did=wrong)
        assert visitor.status == 422, wrong
        assert "did-wrong" in visitor.forms[-1].described["did"]
    did, signed = stranger
    for _ in range(5):
        reply(challenged(node, did)[0], b"{}")
    visitor, asked = challenged(node, did)
    assert "too many tries" in reply(visitor, signed(asked)).words


def test_no_letter_and_no_password_open_such_an_account(node, stranger):
    from entrepot.node.account.identity import _person_of

    made = _person_of(node.office, stranger[0])
    before = len(list((node.folder / "letters").glob("*")))
    Visitor(node).go("/reset").send(email=made.email)
    assert len(list((node.folder / "letters").glob("*"))) == before
    assert not made.has_usable_password()
    assert person(node, party=firm(node, "Control")).go("/account/passkeys").status == 200
