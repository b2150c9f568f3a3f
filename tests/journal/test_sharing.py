"""Several processes on one PostgreSQL journal: who sends what, who seals, whose home it is."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from entrepot.base.error import UsageError
from entrepot.journal.outbox import TAKEN
from entrepot.journal.port import JournalLocked, JournalTooNew, Message, Reducer

LEASE = timedelta(seconds=30)
LANES, PER_LANE = 2, 15


def keys(found):
    return [each.key for each in found]


def fill(journal):
    journal.send(
        [Message(peer="p", lane=str(each % LANES), key=f"{each:03}", body={}) for each in range(LANES * PER_LANE)]
    )


TAKER = """
import secrets, sys, time
from datetime import UTC, datetime, timedelta
from entrepot.journal import Setup, open_journal
journal = open_journal(sys.argv[1], Setup(reducers=(), clock=lambda: datetime.now(UTC), entropy=secrets.token_bytes,
    sign=None, log_id="did:web:node.example", make=False))
print("ready", flush=True)
sys.stdin.readline()
idle = 0
while idle < 200:
    found = journal.due(datetime.now(UTC), 1, lease=timedelta(seconds=30))
    idle = 0 if found else idle + 1
    for each in found:
        print(time.monotonic(), "begin", each.lane, each.key, flush=True)
        time.sleep(0.02)
        print(time.monotonic(), "end", each.lane, each.key, flush=True)
        journal.delivered(each.id)
        journal.let_go(each.id)
    if not found:
        time.sleep(0.001)
"""


def takers(kit, count, source=None):
    """What ``count`` processes took at once: (time, begin or end, lane, key), in the order of time."""
    environ = os.environ | ({"PYTHONPATH": str(source)} if source else {})
    started = [
        subprocess.Popen(
            [sys.executable, "-c", TAKER, kit.location],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environ,
        )
        for _ in range(count)
    ]
    for each in started:
        assert each.stdout.readline() == "ready\n", each.communicate()[1]
    for each in started:
        each.stdin.write("go\n")
        each.stdin.flush()
    lines = []
    for each in started:
        out, err = each.communicate(timeout=60)
        assert each.returncode == 0, err
        lines += out.splitlines()
    told = [line.split() for line in lines]
    return sorted((float(at), *rest) for at, *rest in told)


def faults_in(told):
    """What was taken twice, and where a message began before the one before it in its lane had ended."""
    begun = [key for _, what, _, key in told if what == "begin"]
    found = [f"{key} twice" for key in sorted(set(begun)) if begun.count(key) > 1]
    for lane in map(str, range(LANES)):
        mine = [(what, key) for _, what, each, key in told if each == lane]
        ordered = [pair for key in sorted({key for _, key in mine}) for pair in (("begin", key), ("end", key))]
        found += [] if mine == ordered else [f"lane {lane} out of order"]
    return found


def test_four_processes_take_each_message_once_and_in_order(large):
    with large.open(reducers=()) as journal:
        fill(journal)
    told = takers(large, 4)
    assert len(told) == 2 * LANES * PER_LANE
    assert faults_in(told) == []


PLANTED = {
    "taking without a lock": ("{query} {self._database.claim}", "{query}"),
    "taking without a lease": ('"UPDATE outbox SET due_ms = ?, reason = ? WHERE id = ?"',
                               '"UPDATE outbox SET due_ms = due_ms - 0 * ?, reason = ? WHERE id = ?"'),
    "forgetting the order": ("AND b.peer = o.peer AND b.lane = o.lane AND b.id < o.id", "AND b.id < 0"),
}  # fmt: skip


@pytest.mark.parametrize("bug", PLANTED)
def test_planted_bugs_are_seen(large, tmp_path, bug):
    source = Path(__file__).resolve().parents[2] / "src"
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "entrepot").mkdir()
    for each in (source / "entrepot").iterdir():
        if each.name not in ("journal", "__pycache__"):
            (tmp_path / "src" / "entrepot" / each.name).symlink_to(each)
    copy = tmp_path / "src" / "entrepot" / "journal"
    copy.mkdir()
    for each in (source / "entrepot" / "journal").glob("*.py"):
        text = each.read_text("utf-8")
        if each.name == "outbox.py":
            assert text.count(PLANTED[bug][0]) == 1
            text = text.replace(*PLANTED[bug])
        (copy / each.name).write_text(text, "utf-8")
    with large.open(reducers=()) as journal:
        fill(journal)
    assert faults_in(takers(large, 4, tmp_path / "src"))


def test_what_another_is_just_taking_is_passed_over_and_not_waited_for(large):
    one, two = large.open(), large.open()
    one.send([Message(peer="p", lane=each, key=each, body={}) for each in "abc"])
    with one.claiming() as db:
        db.execute("SELECT 1 FROM outbox WHERE key = 'a' FOR UPDATE")
        began = time.monotonic()
        assert keys(two.due(large.now, lease=LEASE)) == ["b", "c"]
        assert time.monotonic() - began < 2
    assert keys(one.due(large.now, lease=LEASE)) == ["a"]


def test_taking_waits_for_no_writer(large):
    one, two = large.open(), large.open()
    one.send([Message(peer="p", lane="a", key="a", body={})])
    with one.transaction():
        assert keys(two.due(large.now, lease=LEASE)) == ["a"]


def test_a_lease_is_renewed_by_its_holder_alone_and_ends_with_it(kit, journal):
    journal.send([Message(peer="p", lane="1", key=each, body={}) for each in "ab"])
    (a,) = journal.due(kit.now, lease=LEASE)
    kit.tick(seconds=20)
    journal.renew(kit.now + LEASE)
    kit.tick(seconds=20)
    assert journal.due(kit.now, lease=LEASE) == ()
    journal.let_go(a.id)
    journal.renew(kit.now + LEASE)
    kit.tick(seconds=20)
    assert keys(journal.due(kit.now, lease=LEASE)) == ["a"], "a killed worker's message is taken again"


def test_a_peer_that_is_heard_from_ends_no_lease(kit, journal):
    journal.send([Message(peer="p", lane="1", key="a", body={})])
    (a,) = journal.due(kit.now)
    journal.failed(a.id, "unreached: nobody", kit.now)
    (a,) = journal.due(kit.now, lease=LEASE)
    with journal.reading() as db:
        assert db.row("SELECT reason FROM outbox") == (TAKEN,)
    assert journal.hasten("p", "unreached: ") == 0
    assert journal.due(kit.now, lease=LEASE) == ()


def test_who_lost_the_lease_cannot_undo_a_delivery(kit, journal):
    journal.append(item := kit.item(1, outbox=[Message(peer="p", lane="1", key="a", body={})]))
    (a,) = journal.due(kit.now, lease=LEASE)
    journal.delivered(a.id, "signed")
    journal.failed(a.id, "too late")
    (kept,) = journal.messages(item.record.id)
    assert (kept.state, kept.ack) == ("delivered", "signed")
    assert journal.undeliverable() == ()


def test_nothing_is_taken_from_a_journal_that_was_opened_for_reading(kit, journal):
    journal.send([Message(peer="p", lane="1", key="a", body={})])
    with pytest.raises(UsageError):
        kit.open(read_only=True).due(kit.now, lease=LEASE)


SEALER = """
import secrets, sys
from datetime import UTC, datetime
from entrepot.journal import Setup, open_journal
with open_journal(sys.argv[1], Setup(reducers=(), clock=lambda: datetime.now(UTC), entropy=secrets.token_bytes,
        sign=None, log_id="did:web:node.example", make=False)) as journal:
    print("ready", flush=True)
    while journal.head() is None or journal.head().size < int(sys.argv[2]):
        journal.seal()
"""


def test_several_that_seal_at_once_make_one_tree(large):
    journal, count = large.open(reducers=(), sign=None), 60
    started = [
        subprocess.Popen([sys.executable, "-c", SEALER, large.location, str(count)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    try:
        for each in started:
            assert each.stdout.readline() == "ready\n"
        for number in range(count):
            journal.append(large.item(number))
        for each in started:
            assert each.wait(timeout=60) == 0
    finally:
        for each in started:
            each.kill()
            each.communicate()
    sizes = [each.size for each in journal.heads()]
    assert sizes == sorted(set(sizes)), "one head per size"
    assert sizes[-1] == count
    with journal.reading() as db:
        assert db.rows("SELECT number FROM leaf ORDER BY seq") == [(each,) for each in range(count)]
    assert journal.verify(None) == ()


def test_one_process_at_a_time_has_a_turn(large):
    one, two = large.open(), large.open()
    with one.turn("catch-up") as mine, two.turn("catch-up") as theirs, two.turn("scrub") as other:
        assert (mine, theirs, other) == (True, False, True)
    with two.turn("catch-up") as theirs:
        assert theirs


def test_with_one_process_it_is_always_its_turn(lite):
    with lite.open().turn("catch-up") as mine:
        assert mine


def test_one_home_at_a_time_writes_a_journal(large):
    one, two = large.open(home="here/1"), large.open(home="here/1")
    one.append(large.item(1))
    with pytest.raises(JournalLocked, match="another folder"):
        large.open(home="there/1")
    one.close()
    with pytest.raises(JournalLocked):
        large.open(home="there/1")
    two.close()
    large.open(home="there/1").append(large.item(2))
    large.open(read_only=True)


def test_a_view_that_another_program_filled_is_not_reduced_into(large):
    old = large.open()
    old.append(large.item(1))
    large.open(reducers=(Reducer("ledger", 2, old.reducer("ledger").apply), old.reducer("kinds")))
    with pytest.raises(JournalTooNew, match="ledger"):
        old.append(large.item(2))
