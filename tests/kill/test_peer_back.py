"""A peer that was away: what waited for it leaves as soon as it speaks, and its parties are not forgotten meanwhile."""

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
for folder in (HERE.parent / "simulation", HERE.parents[1] / "bench" / "scene"):
    sys.path.insert(0, str(folder))

from sale_script import Script
from simulated.world import World

from entrepot.base.shape import dump
from entrepot.cli.demo import default
from entrepot.flow.issue import Draft, issue
from entrepot.flow.peer import peers, return_to_peers
from entrepot.flow.post import deliver
from entrepot.journal.port import Message


@pytest.fixture
def script():
    world = World(seed=3)
    yield Script(world)
    world.close()


def offer(script, number):
    seller = replace(default.GROWER, did=script.dids["seller"])
    paper = default.offer(seller, number, script.world.clock.now.date())
    issued = issue(script.exporter, Draft(kind="offer", issuer=seller.did, number=number, payload=dump(paper)))
    assert issued.record is not None, issued.findings
    return issued.record.id


def away_for_long(script):
    """A message that has been tried so often that its next turn is far off."""
    record = offer(script, "OF-1")
    script.world.cut.add(frozenset(("export", "import")))
    for _ in range(7):
        script.world.clock.tick(1000)
        assert deliver(script.exporter).failed == 1
    script.world.cut.clear()
    script.world.clock.tick(60)
    assert deliver(script.exporter).delivered == 0
    return record


def test_what_waited_leaves_when_the_peer_says_that_it_is_back(script):
    record = away_for_long(script)
    assert return_to_peers(script.importer) == 1
    assert deliver(script.exporter).delivered == 1
    assert script.importer.journal.entry(record)


def test_what_waited_leaves_when_another_message_gets_through(script):
    record = away_for_long(script)
    other = Message(
        peer=script.importer.identity.did, lane="other", key="other", body={"record": offer(script, "OF-2")}
    )
    script.exporter.journal.send([other])
    assert deliver(script.exporter).delivered == 1
    assert not script.importer.journal.entry(record)
    assert deliver(script.exporter).delivered == 1
    assert script.importer.journal.entry(record)


def test_a_peer_that_is_down_is_told_nothing(script):
    script.world.cut.add(frozenset(("export", "import")))
    assert return_to_peers(script.importer) == 0


def test_parties_whose_documents_cannot_be_had_now_are_not_forgotten(script, monkeypatch):
    before = peers(script.exporter)[0].parties
    assert script.dids["buyer"] in before
    script.world.clock.tick(timedelta(hours=1).total_seconds())
    with monkeypatch.context() as patch:
        patch.setattr(script.world, "fetch", unreachable)
        assert return_to_peers(script.importer) == 1
        assert peers(script.exporter)[0].parties == before
        stranger = script.world.nodes["import"].keys.add("newcomer", "import.example")
        script.world.clock.tick(60)
        return_to_peers(script.importer)
        assert stranger not in peers(script.exporter)[0].parties
    script.world.clock.tick(60)
    return_to_peers(script.importer)
    assert peers(script.exporter)[0].parties == before | {stranger}


def test_a_party_that_has_moved_away_is_forgotten(script):
    script.world.nodes["import"].keys._held.pop(script.dids["reporter"])
    script.world.clock.tick(3600)
    return_to_peers(script.importer)
    assert script.dids["reporter"] not in peers(script.exporter)[0].parties


def unreachable(asker, url):
    from entrepot.party.error import FetchError

    raise FetchError("nobody answers")
