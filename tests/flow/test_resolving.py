"""A node's resolver remembers what it fetched, and still serves each moment of a history."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from entrepot.flow.resolving import FAILED, KEPT, NodeResolver
from entrepot.party._webvh10.entry import PLACEHOLDER
from entrepot.party._webvh10.write import Change, append_entry, create_log
from entrepot.party.error import FetchError
from entrepot.party.key import Curve, KeyPair

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


class World:
    """One published log, a clock, and how often it was asked for."""

    def __init__(self):
        key, state = KeyPair(Curve.ED25519, b"\x03" * 32), {"id": f"did:webvh:{PLACEHOLDER}:example.com"}
        log = create_log(state, Change(update_keys=(key.public.multikey,)), signer=key, now=START)
        self.log = append_entry(log, {**log.newest.document, "second": True}, Change(), signer=key, now=START + DAY)
        self.did, self.now, self.asked, self.is_up = self.log.did.text, START + 5 * DAY, 0, True
        self.resolver = NodeResolver(own=lambda _: None, fetch=self.fetch, clock=lambda: self.now)

    def fetch(self, url):
        self.asked += 1
        if not self.is_up:
            raise FetchError("no answer", code="fetch-failed")
        return self.log.data if url.endswith(".jsonl") else json.dumps({"id": "did:web:example.com"}).encode()


@pytest.fixture
def world():
    return World()


def test_one_fetch_serves_every_moment(world):
    seconds = ["second" in world.resolver.resolve(world.did, START + days * DAY).document for days in (2, 0, 1, 3)]
    assert seconds == [True, False, True, True]
    assert world.resolver.resolve(world.did, START - DAY).code == "webvh-time-before"
    assert world.asked == 1
    world.now += KEPT
    world.resolver.resolve(world.did)
    assert world.asked == 2


def test_the_history_comes_with_the_same_fetch(world):
    """So that a node tells a key that is gone from one that never was."""
    assert world.resolver.history(world.did).code == "methodNotSupported"
    world.resolver.resolve(world.did)
    assert [each.number for each in world.resolver.history(world.did).versions] == [1, 2]
    assert world.asked == 1


def test_failures_are_remembered_for_a_moment(world):
    world.is_up = False
    assert world.resolver.resolve(world.did).document is None
    world.is_up = True
    assert world.resolver.resolve(world.did).document is None
    world.now += FAILED
    assert world.resolver.resolve(world.did).document is not None
    assert world.asked == 2


def test_a_moment_before_the_beginning_is_no_failure(world):
    assert world.resolver.resolve(world.did, START - DAY).document is None
    world.now += FAILED
    assert world.resolver.resolve(world.did).document is not None
    assert world.asked == 1


def test_forgetting_fetches_anew(world):
    for _ in range(2):
        world.resolver.resolve("did:web:example.com")
    world.resolver.forget("did:web:example.com")
    world.resolver.resolve("did:web:example.com")
    assert world.asked == 2
