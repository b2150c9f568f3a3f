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
from entrepot.flow.resolving import RECALLED, REMEMBERED_MAX, TOO_OLD, NodeResolver, Remembered
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
    assert found.reason.startswith("It is from memory, ")
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
        world.clock.tick(REMEMBERED_MAX.total_seconds() if change == "down for long" else 0)
    elif change == "withdrawn":
        del keys._held[seller]
    elif change == "other key":
        keys.add("seller", world.nodes["export"].host)
    else:
        peer.block(importer, script.exporter.identity.did)
        world.nodes["export"].stop()
    expected = {"other key": Outcome.REFUSED, "down": Outcome.KNOWN}
    got = receive(importer, sent, peer.peers(importer)[0])
    assert got.outcome is expected.get(change, Outcome.RETRY)
    assert (importer.resolver.resolve(seller).remembered is not None) is (change == "down")


def test_whoever_reads_the_record_is_told_that_the_key_was_not_confirmed_now(world, script):
    moved(script)
    script.importer = restarted(world, "import")
    peer.announce(script.exporter)
    play_sale(script, 1)
    checks = script.importer.journal.assessment(script.last["invoice"])["checks"]
    proofs = [each for each in checks if each["stage"] == "proof"]
    assert proofs
    for each in proofs:
        (note,) = each["findings"]
        assert (each["verdict"], note["id"], note["severity"]) == ("valid", "ENT-CORE-PROOF-09", "note")
        assert "confirmed at 2026-03-01T08:00" in note["text"]
        assert note["remedy"]
    own = script.exporter.journal.assessment(script.last["invoice"])["checks"]
    assert not any(each["findings"] for each in own if each["stage"] == "proof")


def test_a_thief_who_silences_the_host_gains_a_bounded_time(world, script):
    """The clock runs while the host is silent: valid with a note, then unknown, for ever; never valid again."""
    play_sale(script, 1)
    sent, importer = envelope(script, "invoice"), restarted(world, "import")
    world.nodes["export"].stop()
    seen = []
    for hours in (1, 100, 66, 1, 24 * 365):
        world.clock.tick(hours * 3600)
        seen.append(receive(importer, sent, peer.peers(importer)[0]))
    assert [each.outcome for each in seen] == [Outcome.KNOWN] * 3 + [Outcome.RETRY] * 2
    for each in seen[3:]:
        assert {found.id for found in each.findings} == {"ENT-CORE-PROOF-01", "ENT-CORE-PROOF-02"}
        assert all("too long ago" in found.text for found in each.findings)
    world.nodes["export"].start()
    world.clock.tick(60)
    assert receive(importer, sent, peer.peers(importer)[0]).outcome is Outcome.KNOWN, "the sender tries again"


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
        self.remembered_at = self.now - timedelta(days=1)
        self.resolver = NodeResolver(
            own=lambda _: None,
            fetch=self.fetch,
            clock=lambda: self.now,
            remembered=lambda _: Remembered(document=self.memory, at=self.remembered_at),
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
    assert found.reason == "It is from memory, as confirmed at 2025-12-31T00:00:00Z. Its host does not answer: " + (
        "https://host.example/.well-known/did.json: nothing"
    )
    host.now += RECALLED - timedelta(seconds=1)
    host.resolver.resolve(host.did)
    assert host.asked == 1
    host.now, host.code = host.now + RECALLED, ""
    assert host.resolver.resolve(host.did).document == {"id": host.did}
    assert host.resolver.resolve(host.did).reason == ""


def test_memory_ends_at_its_age_also_between_two_questions():
    host = Host()
    host.code, confirmed = "fetch-failed", host.now - timedelta(days=1)
    host.remembered_at = confirmed
    host.now = confirmed + REMEMBERED_MAX - timedelta(seconds=5)
    assert host.resolver.resolve(host.did).remembered == confirmed
    host.now += timedelta(seconds=5)
    found = host.resolver.resolve(host.did)
    assert (found.document, found.code, found.standard_error) == (None, TOO_OLD, "notFound")
    assert "confirmed at 2025-12-31T00:00:00Z" in found.reason
    assert "https://host.example/.well-known/did.json: nothing" in found.reason


def test_the_age_is_a_setting():
    host = Host()
    host.code = "fetch-failed"
    strict = NodeResolver(
        own=lambda _: None,
        fetch=host.fetch,
        clock=lambda: host.now,
        remembered=lambda _: Remembered(document=host.memory, at=host.now - timedelta(hours=2)),
        age_max=timedelta(hours=2),
    )
    assert strict.resolve(host.did).code == TOO_OLD


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
