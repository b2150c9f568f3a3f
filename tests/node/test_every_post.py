"""Every form of a page, sent twice and eight times at once, has the effect of once; no form is without its row.

The effect is counted: records, rows of the accounts, letters. What it is to be is seen from sending the form once.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from rig.sending import SCENES, STEPS, Stage, posts, quick

WITHOUT_EFFECT = {
    "/verify",
    "/verify/code",
    "/sign-in/passkey",
    "/account/passkeys",
    "/letter",
    "/try",
    "/first",
    "/sign-out",
    "/notices",
    "/businesses",
}
"""They keep nothing, or (passkeys, trying, the first account) need what a test of their own brings."""
AT_ONCE = {"/verify", "/verify/code"}
"""They answer themselves where they succeed, as nothing is kept that a page could show later, and asking again changes
nothing. Every other form leads on (303), so that neither the way back nor loading the page again sends it once more."""
EVERY_TIME = {"/sign-in"}
"""Whoever signs in twice has signed in twice: each is a session and a deed of its own."""
ALL = {**SCENES, **{f"/sales/<sale>/{kind}": made for kind, made in STEPS.items() if kind != "order-response"}}


def test_every_form_has_a_row_and_every_row_a_form(node):
    assert set(SCENES) == posts()


@pytest.fixture(scope="module")
def stage(node):
    return Stage(node)


@pytest.fixture(autouse=True)
def nothing_sent_yet(node):
    from django.core.cache import cache

    from entrepot.node.account.models import Failure

    Failure.objects.all().delete()
    cache.clear()


def held(node):
    """How much of everything the node holds: records, rows, letters. Sessions begin and end by themselves."""
    from entrepot.node.access.models import Token
    from entrepot.node.account import models
    from entrepot.node.notice.models import Wish
    from entrepot.node.upload.models import Upload

    node.station.writer.submit(lambda journal: None).result()
    found = {"records": len(node.office.journal.entries(0, 1_000_000))}
    named = ("Person", "Business", "Membership", "Invitation", "LetterCode", "Deed", "Draft", "Passkey", "Identity")
    tables = [Token, Upload, Wish, *(getattr(models, each) for each in named)]
    found |= {each.__name__: each.objects.count() for each in tables}
    found["memberships that ended"] = models.Membership.objects.exclude(ended=None).count()
    found["invitations that closed"] = models.Invitation.objects.exclude(closed=None).count()
    letters = node.folder.glob("letters/*.log")
    found["letters"] = sum(
        each.read_bytes().count(b"-" * 79) for each in letters if not each.name.startswith("notices")
    )
    return found


def effect(node, sending, act):
    """What is more, or less, after ``act``; and the answers."""
    before = held(node)
    answers = act(sending)
    after = held(node)
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}, answers


def once(sending):
    return [sending.send()]


def twice(sending):
    cookies = sending.cookies
    return [sending.send(cookies) for _ in range(2)]


def eight_at_once(sending):
    cookies = sending.cookies

    def one(_):
        from django.db import connections

        try:
            return sending.send(cookies)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, range(8)))


def statuses(answers):
    return [each.status_code for each in answers]


def compare(node, stage, route, act):
    """The effect of ``act`` is that of once, and nothing fails."""
    wanted, first = effect(node, ALL[route](stage), once)
    assert first[0].status_code < (500 if route in WITHOUT_EFFECT else 400), first[0].content.decode()
    assert first[0].status_code == 303 or first[0].status_code >= 400 or route in AT_ONCE, first[0].content.decode()
    assert bool(wanted) != (route in WITHOUT_EFFECT), wanted
    found, answers = effect(node, ALL[route](stage), act)
    assert max(statuses(answers)) < 500, statuses(answers)
    assert min(statuses(answers)) < 400 or route in WITHOUT_EFFECT, statuses(answers)
    if route not in EVERY_TIME:
        assert found == wanted, statuses(answers)


@pytest.mark.parametrize("route", quick(ALL))
def test_twice_is_once(node, stage, route):
    compare(node, stage, route, twice)


@pytest.mark.long
@pytest.mark.parametrize("route", ALL)
def test_eight_at_once_are_one(node, stage, route):
    compare(node, stage, route, eight_at_once)
