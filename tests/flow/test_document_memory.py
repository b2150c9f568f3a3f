"""The documents of a peer's parties are remembered while their host is silent, across restarts, and only then."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sale_script import play_sale

from entrepot.cli.demo.cast import HOME
from entrepot.flow import peer
from entrepot.flow.envelope import write_envelope
from entrepot.flow.post import envelope_for
from entrepot.flow.receive import Outcome, receive
from entrepot.flow.resolving import FROM_MEMORY, RECALLED, NodeResolver, Remembered
from entrepot.party.error import FetchError


def moved(script):
    """The exporter's node answers at another address; nobody answers at the one its parties' DIDs name."""
    script.world.nodes["export"].host = "moved.example"
    script.exporter.url = "https://moved.example"


def restarted(world, name):
    world.nodes[name].stop()
    world.nodes[name].start()
    return world.nodes[name].at_work


def test_records_verify_after_a_restart_while_the_host_of_the_documents_is_gone(world, script):
    moved(script)
    script.importer = restarted(world, "import")
    peer.announce(script.exporter)
    play_sale(script, 1)
    assert script.importer.journal.entry(script.last["settlement"]) is not None
    assert script.importer.journal.entry(script.last["invoice"]) is not None
    found = script.importer.resolver.resolve(script.dids["seller"])
    assert found.reason.startswith(FROM_MEMORY)
    assert "confirmed at 2026-03-01T08:00" in found.reason
    assert "does not answer" in found.reason
    assert script.dids["seller"] in peer.peers(script.importer)[0].parties, "and greetings did not unlearn it"


def envelope(script, step):
    record = script.exporter.journal.record(script.last[step])
    return write_envelope(envelope_for(script.exporter, record, script.peer_of(script.exporter)))


@pytest.mark.parametrize("change", ["down", "down for long", "withdrawn", "other key", "blocked"])
def test_memory_serves_where_the_host_is_silent_and_never_against_its_answer(world, script, change):
    play_sale(script, 1)
    sent = envelope(script, "invoice")
    importer = restarted(world, "import")
    seller, keys = script.dids["seller"], world.nodes["export"].keys
    if change.startswith("down"):
        world.nodes["export"].stop()
        world.clock.tick(400 * 86400 if change == "down for long" else 0)
    elif change == "withdrawn":
        del keys._held[seller]
    elif change == "other key":
        keys.add("seller", world.nodes["export"].host)
    else:
        peer.block(importer, script.exporter.identity.did)
        world.nodes["export"].stop()
    expected = {"withdrawn": Outcome.RETRY, "blocked": Outcome.RETRY, "other key": Outcome.REFUSED}
    got = receive(importer, sent, peer.peers(importer)[0])
    assert got.outcome is expected.get(change, Outcome.KNOWN)
    assert importer.resolver.resolve(seller).reason.startswith(FROM_MEMORY) is change.startswith("down")


def test_memory_is_not_made_younger_by_itself(world, script):
    restarted(world, "import")
    moved(script)
    (row,) = world.nodes["import"].at_work.journal.peers()
    world.clock.tick(86400)
    peer.announce(script.exporter)
    (later,) = world.nodes["import"].at_work.journal.peers()
    assert later.body[peer.DOCUMENTS] == row.body[peer.DOCUMENTS]
    assert later.body["seen"] > row.body["seen"]
    assert set(row.body[peer.DOCUMENTS]) == {script.dids[role] for role, at in HOME.items() if at == "export"}


def test_a_document_that_names_another_node_is_not_remembered(world, script):
    for each in world.nodes.values():
        for row in each.at_work.journal.peers():
            own = each.keys.hosted()
            assert own.isdisjoint(row.body[peer.DOCUMENTS])
            assert all(
                kept["document"]["service"][0]["serviceEndpoint"] == row.id
                for kept in row.body[peer.DOCUMENTS].values()
            )


def test_the_memory_of_one_peer_is_bounded(world, script, monkeypatch):
    monkeypatch.setattr(peer, "DOCUMENTS_BYTES_MAX", 1500)
    peer.announce(script.exporter)
    (row,) = script.importer.journal.peers()
    assert 0 < len(row.body[peer.DOCUMENTS]) < len(row.body["parties"]) == 4
    assert len(json.dumps(row.body[peer.DOCUMENTS], separators=(",", ":"))) < 1600


class Host:
    """One did:web whose host answers, or not, and what is remembered of it."""

    did = "did:web:host.example"

    def __init__(self):
        self.now, self.code, self.asked = datetime(2026, 1, 1, tzinfo=UTC), "", 0
        self.memory = {"id": self.did, "old": True}
        self.resolver = NodeResolver(
            own=lambda _: None,
            fetch=self.fetch,
            clock=lambda: self.now,
            remembered=lambda _: Remembered(document=self.memory, at=self.now - timedelta(days=1)),
        )

    def fetch(self, url):
        self.asked += 1
        if self.code:
            raise FetchError("nothing", code=self.code)
        return json.dumps({"id": self.did}).encode()


@pytest.mark.parametrize("code", ["fetch-failed", "fetch-too-slow", "fetch-unavailable"])
def test_a_silent_host_is_asked_again_after_a_while(code):
    host = Host()
    host.code = code
    for _ in range(3):
        found = host.resolver.resolve(host.did)
        assert (found.document, found.code) == (host.memory, "")
    assert found.reason == f"{FROM_MEMORY}as confirmed at 2025-12-31T00:00:00Z; its host does not answer: " + (
        "https://host.example/.well-known/did.json: nothing"
    )
    host.now += RECALLED - timedelta(seconds=1)
    host.resolver.resolve(host.did)
    assert host.asked == 1
    host.now, host.code = host.now + RECALLED, ""
    assert host.resolver.resolve(host.did).document == {"id": host.did}
    assert host.resolver.resolve(host.did).reason == ""


@pytest.mark.parametrize("code", ["fetch-status", "fetch-refused", "fetch-too-large"])
def test_a_host_that_answers_is_believed(code):
    host = Host()
    host.code = code
    found = host.resolver.resolve(host.did)
    assert (found.document, found.code) == (None, "notFound")


def test_a_history_is_not_replaced_by_one_document():
    host = Host()
    host.code = "fetch-failed"
    assert (
        host.resolver.resolve("did:webvh:QmXf4LmSfPv5VgkcNnTBqXo1KPYvDkbV3Ytcbz6zgBHjfV:host.example").document is None
    )
