from datetime import timedelta

import pytest

from entrepot.base.error import LimitError, UsageError
from entrepot.journal import waiting
from entrepot.journal.port import Message


def message(peer, lane, key, **body):
    return Message(peer=peer, lane=lane, key=key, body=body)


def keys(found):
    return [each.key for each in found]


def test_order_is_kept_per_peer_and_lane(kit, journal):
    out = [message("p", "1", "a"), message("p", "1", "b"), message("p", "2", "c"), message("q", "1", "d")]
    item = kit.item(1, outbox=out)
    journal.append(item)
    first = journal.due(kit.now)
    assert keys(first) == ["a", "c", "d"]
    assert first[0].record_id == item.record.id
    journal.delivered(first[0].id, "signed")
    assert keys(journal.due(kit.now)) == ["b", "c", "d"]
    assert keys(journal.due(kit.now, limit=1)) == ["b"]
    assert next((each.state, each.ack) for each in journal.messages(item.record.id)) == ("delivered", "signed")


def test_a_failure_is_tried_again_and_holds_back_its_lane_alone(kit, journal):
    journal.append(kit.item(1, outbox=[message("p", "1", "a"), message("p", "1", "b"), message("p", "2", "c")]))
    (a, _c) = journal.due(kit.now)
    journal.failed(a.id, "timeout", kit.now + timedelta(minutes=1))
    assert keys(journal.due(kit.now)) == ["c"]
    later = journal.due(kit.now + timedelta(minutes=1))
    assert keys(later) == ["a", "c"]
    assert (later[0].attempts, later[0].reason) == (1, "timeout")


def test_what_is_given_up_lies_apart_and_can_be_sent_again(kit, journal):
    journal.append(kit.item(1, outbox=[message("p", "1", "a"), message("p", "1", "b")]))
    (a,) = journal.due(kit.now)
    journal.failed(a.id, "refused")
    assert keys(journal.undeliverable()) == ["a"]
    assert keys(journal.due(kit.now)) == ["b"]
    journal.requeue(a.id)
    assert keys(journal.due(kit.now)) == ["a"]
    with pytest.raises(UsageError):
        journal.requeue(a.id)


def test_a_message_goes_once_to_a_peer(kit, journal):
    journal.append(kit.item(1, outbox=[message("p", "1", "a", n=1)]))
    journal.append(kit.item(2, outbox=[message("p", "1", "a", n=2), message("q", "1", "a")]))
    assert [(each.peer, each.body) for each in journal.due(kit.now)] == [("p", {"n": 1}), ("q", {})]


def test_a_message_is_due_at_once_by_a_clock_that_was_set_right(kit, journal):
    """Received times never go back; what leaves does not wait until they are reached again."""
    right = kit.now
    kit.now = right + timedelta(days=1)
    journal.append(kit.item(1))
    kit.now = right
    journal.append(kit.item(2, outbox=[message("p", "1", "a")]))
    assert keys(journal.due(right)) == ["a"]


def test_a_lease_keeps_a_message_from_a_second_worker(kit, journal):
    journal.append(kit.item(1, outbox=[message("p", "1", "a"), message("p", "1", "b")]))
    assert keys(journal.due(kit.now, lease=timedelta(seconds=30))) == ["a"]
    assert journal.due(kit.now, lease=timedelta(seconds=30)) == ()
    assert keys(journal.due(kit.now + timedelta(seconds=30))) == ["a"]


def test_messages_without_a_record(kit, journal):
    journal.send([message("p", "1", "ask")])
    assert journal.due(kit.now)[0].record_id is None
    with pytest.raises(UsageError):
        journal.send([message("p", "1", "x")], cause="0" * 64)
    done = journal.append(kit.item(1))
    journal.send([message("p", "2", "notice")], cause=done.record_id)
    assert keys(journal.messages(done.record_id)) == ["notice"]
    assert journal.verify(kit.check) == ()


def test_unknown_messages_are_the_callers_fault(journal):
    for act in (journal.delivered, journal.requeue):
        with pytest.raises(UsageError):
            act(7)
    with pytest.raises(UsageError):
        journal.failed(7, "x")


def test_a_record_waits_for_its_causes(kit, journal):
    one, two = kit.item(1), kit.item(2)
    key = journal.hold(b"received bytes", [one.record.id, two.record.id])
    assert journal.hold(b"received bytes", [one.record.id]) == key
    assert journal.missing() == tuple(sorted((one.record.id, two.record.id)))
    journal.append(one)
    assert journal.release(one.record.id) == ()
    assert journal.missing() == (two.record.id,)
    journal.append(two)
    for _ in range(2):  # it stays until it is appended: a crash in between loses nothing
        assert [each.body for each in journal.release(two.record.id)] == [b"received bytes"]
    assert [each.key for each in journal.ready()] == [key]
    journal.hold(b"another", ["c" * 64])
    assert [each.key for each in journal.ready()] == [key]
    assert len(journal.waiting()) == 2
    for each in journal.waiting():
        journal.unhold(each.key)
    assert journal.release(two.record.id) == journal.waiting() == ()
    with journal.reading() as db:
        assert db.row("SELECT count(*) FROM waiting_for") == (0,)


def test_the_waiting_room_is_bounded(kit, journal, monkeypatch):
    monkeypatch.setattr(waiting, "WAITING_MAX", 2)
    journal.hold(b"1", ["a" * 64])
    journal.hold(b"2", ["a" * 64])
    with pytest.raises(LimitError):
        journal.hold(b"3", ["a" * 64])
    journal.hold(b"2", ["b" * 64])
    monkeypatch.setattr(waiting, "WAITING_MAX", 9)
    monkeypatch.setattr(waiting, "WAITING_BYTES_MAX", 2)
    with pytest.raises(LimitError):
        journal.hold(b"3", ["a" * 64])
