"""A restored office asks its peers for what it lost: two offices in one process, each with its own journal."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
for folder in (HERE.parent / "simulation", HERE.parents[1] / "bench" / "scene"):
    sys.path.insert(0, str(folder))

from sale_script import Script, play_sale
from simulated import world as simulated

from entrepot.base.error import UsageError
from entrepot.base.shape import dump
from entrepot.cli.demo import default
from entrepot.flow import nodemail
from entrepot.flow.catchup import HELD, MISSING, catch_up, missing, progress, waive
from entrepot.flow.error import BadNodeMessage, NotAdmitted
from entrepot.flow.issue import Draft, issue
from entrepot.flow.peer import block
from entrepot.flow.post import deliver
from entrepot.flow.sight import SALE_VIEW
from entrepot.journal.port import CatchUpNeeded
from entrepot.journal.restoring import restore_journal

simulated.DOORS["peer/v1/missing"] = missing


@pytest.fixture(scope="module")
def past():
    made = Script(simulated.World(seed=7))
    play_sale(made, 1)
    yield made.down()
    made.world.close()


@pytest.fixture
def script(past):
    made = past.copy()
    yield made
    made.world.close()


def ids(office):
    return {each.record_id for each in office.journal.entries(0, 10_000)}


def rolled_back(script, name, tmp_path, *, after):
    """The node ``name`` as it is when a backup made before ``after()`` is put in its place."""
    node = script.world.nodes[name]
    node.at_work.journal.tend()
    node.at_work.journal.backup(tmp_path / "backup")
    after()
    node.at_work.journal.tend()
    while deliver(node.at_work).delivered:
        pass
    node.stop()
    for each in node.folder.iterdir():
        each.unlink()
    restore_journal(tmp_path / "backup", node.folder, node.setup())
    node.start()
    script.exporter = script.world.nodes["export"].at_work
    script.importer = script.world.nodes["import"].at_work
    return node.at_work


def offer(script, number):
    seller = replace(default.GROWER, did=script.dids["seller"])
    paper = default.offer(seller, number, script.world.clock.now.date())
    return Draft(kind="offer", issuer=script.dids["seller"], number=number, payload=dump(paper))


@pytest.mark.parametrize("name", ["export", "import"])
def test_everything_that_a_peer_holds_comes_back(script, tmp_path, name):
    whole = {}

    def go_on():
        play_sale(script, 2)
        whole.update(ids=ids(script.exporter), view=script.exporter.journal.dump_view(SALE_VIEW),
                     ledger=script.world.nodes[name].at_work.journal.dump_view("ledger"))  # fmt: skip

    office = rolled_back(script, name, tmp_path, after=go_on)
    assert len(whole["ids"]) - len(ids(office)) == 16
    asked = catch_up(office)
    assert [each.is_settled for each in asked] == [True]
    assert asked[0].recovered == 16 and asked[0].refused == 0
    assert ids(office) == whole["ids"]
    assert office.journal.dump_view(SALE_VIEW) == whole["view"]
    assert office.journal.dump_view("ledger") == whole["ledger"]
    assert not office.journal.verify()
    assert script.exporter.journal.dump_view(SALE_VIEW) == script.importer.journal.dump_view(SALE_VIEW)


def test_new_records_wait_for_it_and_go_on_after_it(script, tmp_path):
    office = rolled_back(script, "export", tmp_path, after=lambda: play_sale(script, 2))
    with pytest.raises(CatchUpNeeded):
        issue(office, offer(script, "OF-9"))
    with pytest.raises(CatchUpNeeded):  # whatever is wrong with it: the node cannot judge now
        issue(office, replace(offer(script, "OF-9"), payload={}))
    catch_up(office)
    assert not office.journal.needs_catch_up
    play_sale(script, 3)
    assert ids(script.exporter) == ids(script.importer)
    assert not script.importer.journal.waiting()


def test_the_peer_sees_the_new_epoch_and_does_not_cry_wolf(script, tmp_path):
    office = rolled_back(script, "export", tmp_path, after=lambda: play_sale(script, 2))
    peer = script.importer.journal
    before = peer.peer_head(office.identity.did, office.identity.did)
    catch_up(office)
    play_sale(script, 3)
    office.journal.tend()
    play_sale(script, 4)
    seen = peer.peer_head(office.identity.did, office.identity.did)
    assert seen.epoch == office.journal.epoch > before.epoch
    assert not peer.suspect_heads()


def test_a_peer_that_is_down_is_waited_for(script, tmp_path):
    office = rolled_back(script, "export", tmp_path, after=lambda: play_sale(script, 2))
    script.world.cut.add(frozenset(("export", "import")))
    (asked,) = catch_up(office)
    assert not asked.is_settled and asked.reason
    assert office.journal.needs_catch_up
    script.world.cut.clear()
    (asked,) = catch_up(office)
    assert asked.recovered == 16
    assert not office.journal.needs_catch_up


def test_an_operator_may_give_up_a_peer_and_it_is_recorded(script, tmp_path):
    office = rolled_back(script, "export", tmp_path, after=lambda: play_sale(script, 2))
    script.world.cut.add(frozenset(("export", "import")))
    catch_up(office)
    node = script.importer.identity.did
    waive(office, node, by="operator 1", reason="the disk of that node is gone")
    assert office.journal.needs_catch_up
    catch_up(office)
    assert not office.journal.needs_catch_up
    (kept,) = progress(office)
    assert (kept.by, kept.reason) == ("operator 1", "the disk of that node is gone")
    assert kept.at
    with pytest.raises(UsageError):
        waive(office, node, by="operator 1", reason="again")


def test_what_lay_in_the_outbox_of_the_lost_log_reaches_other_peers(script, tmp_path):
    """The lost node had said something that only one of its peers had received."""
    script.world.add_node("third")
    script.world.admit_all()

    def go_on():
        script.world.cut.add(frozenset(("export", "third")))
        issue(script.exporter, offer(script, "OF-2"))

    office = rolled_back(script, "export", tmp_path, after=go_on)
    script.world.cut.clear()
    catch_up(office)
    while deliver(office).delivered:
        pass
    third = script.world.nodes["third"].at_work
    assert [third.journal.record(each).content.number for each in ids(third)] == ["OF-2"]


def ask(script, body, *, sender=None):
    asker = sender or script.exporter
    message = nodemail.write(asker, MISSING, script.importer.identity.did, body)
    answer = missing(script.importer, message)
    return nodemail.read(asker, answer, HELD).body


def test_only_what_the_asker_may_read_is_answered(script):
    stranger = script.world.add_node("stranger")
    with pytest.raises(NotAdmitted):
        ask(script, {"after": 0}, sender=stranger.at_work)
    script.world.admit_all()
    assert ask(script, {"after": 0}, sender=stranger.at_work)["records"] == []
    some = sorted(ids(script.importer))[:3]
    assert ask(script, {"wanted": some}, sender=stranger.at_work)["envelopes"] == []
    assert len(ask(script, {"wanted": some})["envelopes"]) == 3
    assert set(ask(script, {"after": 0})["records"]) == ids(script.importer)


@pytest.mark.parametrize("body", [{}, {"after": -1}, {"after": True}, {"after": "0"}, {"wanted": "x"},
                                  {"wanted": ["0" * 64] * 51}])  # fmt: skip
def test_a_question_that_is_none_is_refused(script, body):
    with pytest.raises(BadNodeMessage):
        ask(script, body)


@pytest.mark.parametrize("wanted", [["no digest"], [1, None, {}], ["0" * 64]])
def test_ids_that_nobody_holds_bring_nothing(script, wanted):
    assert ask(script, {"wanted": wanted})["envelopes"] == []


def test_a_blocked_peer_is_not_asked(script, tmp_path):
    office = rolled_back(script, "export", tmp_path, after=lambda: play_sale(script, 2))
    block(office, script.importer.identity.did)
    assert catch_up(office) == ()
    assert not office.journal.needs_catch_up
