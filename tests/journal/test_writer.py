import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from entrepot.base.error import UsageError
from entrepot.journal import Writer, WriterSettings
from entrepot.journal.port import (
    ANY,
    NONE,
    FloorBroken,
    Idempotency,
    JournalBusy,
    JournalDamaged,
    JournalFull,
    Outcome,
    StreamConflict,
)


@pytest.fixture
def writer(journal):
    made = Writer(journal, WriterSettings(tick_s=0.01))
    yield made
    made.close()


def test_eight_threads_share_commits_and_each_gets_its_answer(kit, journal, writer):
    def one(thread):
        done = []
        for number in range(25):
            item = kit.item(f"{thread}-{number}", streams={f"s{thread}": number, "all": ANY}, postings={"a": 1})
            done.append(writer.submit(item).result(30))
        return done

    with ThreadPoolExecutor(8) as pool:
        answers = [answer for found in pool.map(one, range(8)) for answer in found]
    assert {each.outcome for each in answers} == {Outcome.APPENDED}
    assert sorted(each.seq for each in answers) == list(range(1, 201))
    assert journal.view("ledger").balance("a") == 200
    assert journal.stream("all")[0] == 200
    writer.close()
    assert journal.head().size == 200
    assert writer.trouble is None
    assert journal.verify(kit.check) == ()


def test_the_same_record_from_eight_threads_is_kept_once(kit, journal, writer):
    key = Idempotency(scope="s", key="k", digest="d")
    futures = []
    gate = threading.Barrier(8)

    def one(thread):
        gate.wait(10)
        futures.append(writer.submit(kit.item(1, postings={"a": 1}, idempotency=key, answer={"n": 1})))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))
    outcomes = sorted(future.result(30).outcome for future in futures)
    assert outcomes == [Outcome.APPENDED] + [Outcome.REPLAYED] * 7
    assert {future.result().answer["n"] for future in futures} == {1}
    assert journal.view("ledger").balance("a") == 1


def hold(writer):
    """Keeps the writer busy, so that what follows falls into one batch."""
    started, gate = threading.Event(), threading.Event()

    def block(_journal):
        started.set()
        gate.wait(30)

    first = writer.submit(block)
    assert started.wait(30)
    return first, gate


def test_a_failing_item_is_undone_alone(kit, journal, writer):
    first, gate = hold(writer)
    good = writer.submit(kit.item(1, streams={"s": NONE}, postings={"cash:a": 5}))
    conflict = writer.submit(kit.item(2, streams={"s": NONE}, postings={"cash:a": 5}))
    floor = writer.submit(kit.item(3, streams={"t": NONE}, postings={"b": 1, "cash:a": -6}))
    wrong = writer.submit(lambda j: (j.append(kit.item(4)), 1 / 0))
    last = writer.submit(kit.item(5, streams={"s": 1}))
    gate.set()
    assert first.result(30) is None
    assert good.result(30).seq == 1
    for future, error in ((conflict, StreamConflict), (floor, FloorBroken), (wrong, ZeroDivisionError)):
        with pytest.raises(error):
            future.result(30)
    assert last.result(30).seq == 2
    assert journal.view("ledger").balance("cash:a") == 5
    assert journal.view("ledger").balance("b") is None
    assert journal.stream("t") == (0, ())
    assert journal.verify(kit.check) == ()


def test_work_sees_what_was_done_before_it_in_the_batch(kit, journal, writer):
    first, gate = hold(writer)
    writer.submit(kit.item(1, streams={"s": NONE}))
    seen = writer.submit(lambda j: j.stream("s")[0])
    outside = journal.stream("s")[0]
    gate.set()
    assert seen.result(30) == 1
    assert outside == 0
    first.result(30)


def test_a_full_queue_pushes_back(kit, journal):
    writer = Writer(journal, WriterSettings(queue_max=2, tick_s=0.01))
    first, gate = hold(writer)
    kept = [writer.submit(kit.item(number)) for number in range(2)]
    with pytest.raises(JournalBusy):
        writer.submit(kit.item(9))
    gate.set()
    wait([first, *kept], 30)
    writer.close()
    with pytest.raises(JournalBusy):
        writer.submit(kit.item(9))
    writer.close()
    assert len(journal.entries()) == 2


def test_a_cancelled_item_is_not_written(kit, journal, writer):
    first, gate = hold(writer)
    future = writer.submit(kit.item(1))
    assert future.cancel()
    gate.set()
    first.result(30)
    writer.submit(kit.item(2)).result(30)
    assert len(journal.entries()) == 1


def test_an_error_of_the_machine_spares_the_others(kit, journal, writer):
    first, gate = hold(writer)
    good = writer.submit(kit.item(1))

    def full(_journal):
        raise JournalFull("no room for this one")

    bad = writer.submit(full)
    last = writer.submit(kit.item(2))
    gate.set()
    first.result(30)
    assert {good.result(30).seq, last.result(30).seq} == {1, 2}
    with pytest.raises(JournalFull):
        bad.result(30)


def test_a_commit_that_fails_answers_nobody_with_success(kit, journal, monkeypatch):
    writer = Writer(journal, WriterSettings(tick_s=0.01))
    first, gate = hold(writer)
    futures = [writer.submit(kit.item(number)) for number in range(3)]

    def fail():
        raise JournalDamaged("sync failed")

    monkeypatch.setattr(journal._writer, "commit", fail)
    gate.set()
    for future in (first, *futures):
        with pytest.raises(JournalDamaged):
            future.result(30)
    assert journal.entries() == ()
    writer.close()
    assert isinstance(writer.trouble, JournalDamaged)


def test_trouble_while_tending_is_kept_not_thrown(kit, journal, monkeypatch):
    def fail():
        raise JournalFull("no room")

    monkeypatch.setattr(journal, "tend", fail)
    with Writer(journal, WriterSettings(tick_s=0.001)) as writer:
        assert writer.submit(kit.item(1)).result(30).seq == 1
    assert isinstance(writer.trouble, JournalFull)


def test_a_signer_that_fails_does_not_end_the_thread(kit):
    def fail(payload):
        raise OSError("the device is gone")

    journal = kit.open(sign=fail)
    with Writer(journal, WriterSettings(tick_s=0.001, seal_ms=0)) as writer:
        done = writer.submit(kit.item(1)).result(30)
        assert writer.submit(kit.item(2)).result(30).seq == 2
    assert isinstance(writer.trouble, OSError)
    with pytest.raises(OSError, match="device"):
        _ = done.promise
    assert len(journal.entries()) == 2


def test_what_a_transaction_cannot_hold_is_refused_inside_one(journal):
    with pytest.raises(UsageError), journal.transaction():
        journal.tend()
