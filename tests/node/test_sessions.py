"""Sessions end, are seen and ended one by one; what changes how a person comes in asks who she is, and is told her."""

import logging
import logging.handlers
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from rig.visitor import PASSWORD, Visitor, begin_session, firm, letters, person

from entrepot.node.account import totp

STATIC = Path(__file__).resolve().parents[2] / "src" / "entrepot" / "node" / "page" / "static"


@pytest.fixture(autouse=True)
def nothing_failed_yet(node):
    from django.core.cache import cache

    from entrepot.node.account.models import Failure

    Failure.objects.all().delete()
    cache.clear()


def let_pass(visitor, **times):
    """The session of the visitor is older than it was: ``seen``, ``began`` or ``over`` (its end) lies so far back."""
    from entrepot.node.account.models import Session

    session = visitor.client.session
    if "began" in times:
        session["began"] = (timezone.now() - times["began"]).isoformat()
        session.save()
    if "over" in times:
        session.set_expiry(timezone.now() - times["over"])
        session.save()
    if "seen" in times:
        Session.objects.filter(pk=session.session_key).update(seen=timezone.now() - times["seen"])


def is_in(visitor):
    return not visitor.go("/account").path.startswith("/en/sign-in")


@pytest.mark.parametrize("times", [{"seen": timedelta(minutes=61)}, {"over": timedelta(0)}])
def test_a_session_ends_by_the_clock(node, times):
    visitor = person(node)
    let_pass(visitor, seen=timedelta(minutes=59))
    assert is_in(visitor), "whoever goes on is not signed out"
    let_pass(visitor, **times)
    assert not is_in(visitor)


def test_use_does_not_make_a_session_longer(node):
    visitor = person(node)
    begun = visitor.client.session.get_expiry_date()
    assert timedelta(hours=11) < begun - timezone.now() <= timedelta(hours=12)
    visitor.go("/account/totp")  # something is kept in the session
    assert visitor.client.session.get_expiry_date() == begun


def test_sessions_are_seen_and_ended_one_by_one(node):
    here, there = person(node), Visitor(node)
    there.person = here.person
    begin_session(there)
    here.go("/account/sessions")
    assert here.text.count('<p class="value">') == 2
    for each in (here, there):
        assert each.client.session.session_key not in here.text
    mark = re.search("sessions/([0-9a-f]+)/end", here.text).group(1)
    foreign = person(node).go("/account/sessions")
    assert foreign.post(f"/account/sessions/{mark}/end", foreign.forms[-1].fields).status == 404
    assert is_in(there)
    here.go("/account/sessions").send(form=0)
    assert not is_in(there)
    assert is_in(here)
    here.go("/account/sessions").send()
    assert not is_in(here)


def test_one_session_too_many_ends_the_oldest(node):
    from entrepot.node.account.sessions import SESSIONS_MAX

    first = person(node)
    let_pass(first, seen=timedelta(minutes=5))
    for _ in range(SESSIONS_MAX):
        last = Visitor(node)
        last.person = first.person
        begin_session(last)
    assert not is_in(first)
    assert is_in(last)


@pytest.mark.parametrize("path", ["/account/passkeys", "/account/totp", "/account/sessions"])
def test_what_changes_how_one_comes_in_asks_who_it_is(node, path):
    visitor = person(node)
    assert visitor.go(path).status == 200
    let_pass(visitor, began=timedelta(minutes=16))
    assert is_in(visitor)
    assert visitor.go(path).status == 403
    visitor.send(email=visitor.person.email, password=PASSWORD)
    assert (visitor.path, visitor.status) == (f"/en{path}", 200)


def test_who_comes_in_otherwise_from_now_on_is_told_by_letter(node):
    visitor = person(node)
    visitor.go("/account").send(form=0, password=PASSWORD, by="letter")
    visitor.go("/account/password").send(old=PASSWORD, password="nine dry mangosteens")
    told = letters(node, visitor.person.email)
    assert "changed how codes come" in told[-2]
    assert "changed the password" in told[-1]
    assert "/reset" in told[-1]


def test_signing_out_is_on_every_page_and_clears_what_the_browser_kept(node):
    visitor = person(node, party=firm(node, "Out"))
    for path in ("/sales", "/account", "/offers", "/verify"):
        assert 'href="/en/sign-out"' in visitor.go(path).text, path
    answer = visitor.go("/sign-out").send(follow=False)
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(visitor)
    again = person(node)
    again.go("/account/sessions")
    answer = again.send(form=-1, follow=False)
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(again)


def test_a_new_password_by_letter_does_not_spare_the_code(node):
    visitor = person(node)
    visitor.go("/account/totp")
    secret = bytes.fromhex(visitor.client.session["totp"])
    now = int(node.office.clock().timestamp()) // 30
    visitor.send(code=totp.code(secret, now))
    asked = Visitor(node).go("/reset").send(email=visitor.person.email)
    asked.follow(letters(node, visitor.person.email)[-1]).send(password="nine dry mangosteens")
    asked.go("/sign-in").send(email=visitor.person.email, password="nine dry mangosteens")
    assert asked.path == "/en/sign-in/code"
    assert not is_in(asked)


def test_a_code_ends_by_the_clock(node):
    visitor = person(node)
    visitor.go("/account").send(form=0, password=PASSWORD, by="letter")
    visitor.go("/sign-in").send(email=visitor.person.email, password=PASSWORD)
    code = re.search("[0-9]{8}", letters(node, visitor.person.email)[-1]).group()
    session = visitor.client.session
    pending = session["pending"]
    given = node.office.clock() + timedelta(minutes=10)
    assert abs((timezone.datetime.fromisoformat(pending["until"]) - given).total_seconds()) < 60
    session["pending"] = pending | {"until": node.office.clock().isoformat()}
    session.save()
    visitor.send(code=code)
    assert not is_in(visitor)
    secret, now = b"12345678901234567890", node.office.clock()
    step = int(now.timestamp()) // 30
    assert totp.matching_step(secret, totp.code(secret, step - 2), now, 0) is None


def test_at_a_public_node_nobody_comes_in_by_a_password_alone(node, settings_of):
    visitor = person(node)
    settings_of(url="https://node.example")
    from entrepot.node.page.account.sign_in import factor_of

    assert factor_of(visitor.person) == "letter"
    settings_of(url=node.config.url)
    assert factor_of(visitor.person) == ""


@pytest.fixture
def settings_of(node):
    """Sets members of the node's settings, for one test."""
    from django.test import override_settings

    kept = []

    def put(**more):
        kept.append(override_settings(CONFIG=replace(node.config, **more)))
        kept[-1].enable()

    yield put
    for each in reversed(kept):
        each.disable()


@pytest.mark.parametrize(
    "password", ["entrepot-entrepot-1", "Password Admin 2026!", "durian-kebun-contoh", "kebun.contoh.com"]
)
def test_words_of_the_node_and_the_person_make_no_password(node, password):
    visitor = person(node, party=firm(node, "Kebun Contoh Durian"))
    visitor.go("/account/password").send(old=PASSWORD, password=password)
    assert visitor.first_status == 422


def test_digits_alone_may_be_a_password(node):
    visitor = person(node)
    visitor.go("/account/password").send(old=PASSWORD, password="748159263074815")
    assert visitor.heading == "Your account"


def test_an_operator_ends_sessions_and_helps_who_lost_the_app(node):
    from entrepot.node.account.ending import drop_codes_of, end_sessions_of
    from entrepot.node.account.models import Person

    one, other = person(node), person(node)
    Person.objects.filter(pk=one.person.pk).update(totp="00")
    assert end_sessions_of("nobody@example.org", timezone.now()) == 0
    assert end_sessions_of(one.person.email.upper(), timezone.now()) == 1
    assert not is_in(one)
    assert is_in(other)
    assert drop_codes_of(one.person.email, timezone.now())
    assert not drop_codes_of(other.person.email, timezone.now())
    assert "app" in letters(node, one.person.email)[-1]
    one.go("/sign-in").send(email=one.person.email, password=PASSWORD)
    assert one.path == "/en/sign-in/code"


def test_what_is_refused_is_logged_without_names(node, caplog):
    visitor = person(node, party=firm(node, "Log"), role="viewer")
    with caplog.at_level(logging.INFO, "entrepot.security"):
        visitor.go("/sales/new")
        Visitor(node).go("/sign-in").send(email=visitor.person.email, password="wrong wrong wrong")
        visitor.go("/sign-in").send(email=visitor.person.email, password=PASSWORD)
        node.trader("viewer").post("/api/v1/records", {})
    told = "\n".join(each.getMessage() for each in caplog.records)
    pk = visitor.person.pk
    for each in (f"not allowed, GET /en/sales/new, by person {pk}", "sign-in refused: password", "by token"):
        assert each in told, told
    assert f"signed in: person {pk} by password" in told
    assert visitor.person.email not in told
    assert "127.0.0.1" not in told


def test_a_browser_keeps_nothing_but_the_name_of_a_session(node):
    """One script keeps what was typed into an unfinished form, in the tab alone, until it ends; the pages of who is
    signed in bring it, so that it wipes what is done and, at signing out, all."""
    visitor = person(node).go("/account")
    assert {name.partition("-")[0] for name in visitor.client.cookies} <= {"session", "form"}
    for each in STATIC.glob("*.js"):
        text = each.read_text("utf-8")
        assert not re.search("localStorage|indexedDB|document\\.cookie|caches\\.", text), each.name
        assert ("sessionStorage" in text) == (each.name == "keep.js"), each.name
    assert '"password"' in (STATIC / "keep.js").read_text("utf-8")
    forms = {path: visitor.go(path).text for path in ("/account", "/businesses/new?economy=MY", "/account/password")}
    assert all("/keep.js" in each for each in forms.values())
    assert [path for path, each in forms.items() if "data-keep" in each] == ["/businesses/new?economy=MY"]


def test_logs_go_where_the_guide_says():
    """To standard error alone: no handler writes a file or speaks to another machine."""
    from django.conf import settings

    assert {each["class"] for each in settings.LOGGING["handlers"].values()} == {"logging.StreamHandler"}
    handlers = {type(each) for name in (None, "django", "entrepot") for each in logging.getLogger(name).handlers}
    assert not any(issubclass(each, logging.FileHandler | logging.handlers.SocketHandler) for each in handlers)
