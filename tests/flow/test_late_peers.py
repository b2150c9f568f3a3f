"""What was said before a peer was admitted, or hosted a reader, reaches it afterwards, once."""

import threading

import pytest

from entrepot.base.shape import dump
from entrepot.cli.demo import default, papers
from entrepot.cli.demo.cast import HOME, gather
from entrepot.flow import backlog, peer
from entrepot.flow.issue import Draft, check_draft, issue
from entrepot.flow.post import deliver
from entrepot.journal.port import JournalBusy
from entrepot.node import station

UNREACHED = "ENT-CORE-DELIVERY-01"


class Early:
    """The buyer's node speaks before the seller's is admitted, or hosts the seller at all."""

    def __init__(self, world):
        self.world, self.sold = world, 0
        self.left, self.right = world.add_node("left"), world.add_node("right")
        self.dids = dict.fromkeys(HOME, "did:web:nobody.example:parties:nobody")
        self.dids["buyer"] = self.right.keys.add("buyer", self.right.host)
        self.dids["seller"] = "did:web:left.example:parties:seller"

    def settle(self):
        assert self.left.keys.add("seller", self.left.host) == self.dids["seller"]

    def admit(self):
        peer.invite(self.left.at_work, self.right.at_work.url)
        peer.accept(self.right.at_work, self.left.identity.did)

    def draft(self, **more):
        self.sold += 1
        order = default.order(f"PO-{self.sold}", self.world.clock.now.date())
        payload = dump(papers.addressed(order, gather(order, self.dids)))
        readers = (self.dids["buyer"], self.dids["seller"])
        draft = {"audience": readers, "kind": "order", "number": order.number, "payload": payload, **more}
        return Draft(issuer=self.dids["buyer"], **draft)

    def order(self, **more):
        issued = issue(self.right.at_work, self.draft(**more))
        assert issued.record is not None, issued.findings
        return issued

    def here(self, issued, node=None):
        return (node or self.left).at_work.journal.entry(issued.record.id) is not None

    def said(self, node=None):
        """What the buyer's node has for another, in order."""
        with self.right.at_work.journal.reading() as db:
            return db.rows(
                "SELECT key, state FROM outbox WHERE peer = ? ORDER BY id", ((node or self.left).identity.did,)
            )


@pytest.fixture
def early(world):
    return Early(world)


def send(node):
    while (done := deliver(node.at_work)).delivered or done.offered:
        pass


def warned(issued):
    return [each for each in issued.findings if each.id == UNREACHED]


def test_what_was_issued_before_admission_arrives_after_it_in_order(early):
    early.settle()
    issued = [early.order() for _ in range(3)]
    send(early.right)
    assert early.said() == []
    early.admit()
    send(early.right)
    assert early.said() == [(each.record.id, "delivered") for each in issued]
    assert all(early.here(each) for each in issued)


def test_what_was_issued_before_a_party_was_there_arrives_when_it_is_announced(early):
    early.admit()
    issued = early.order()
    send(early.right)
    assert early.said() == []
    early.settle()
    assert peer.announce(early.left.at_work) == ()
    send(early.right)
    assert early.here(issued)


def test_a_party_that_was_not_announced_is_found_at_the_next_greeting(early):
    early.admit()
    early.world.cut.add(frozenset(("left", "right")))
    issued = early.order()
    early.settle()
    assert peer.announce(early.left.at_work) == (early.right.identity.did,)
    early.world.cut.clear()
    assert peer.return_to_peers(early.right.at_work) == 1
    send(early.right)
    assert early.here(issued)


def test_nothing_is_sent_twice(early, monkeypatch):
    early.settle()
    early.admit()
    issued = [early.order()]
    send(early.right)
    carried, carry = [], early.world.carry
    monkeypatch.setattr(early.world, "carry", lambda who, url, body: carried.append(url) or carry(who, url, body))
    for name in ("one", "two"):
        early.left.keys.add(name, early.left.host)
        peer.announce(early.left.at_work)
        send(early.right)
    assert early.said() == [(each.record.id, "delivered") for each in issued]
    assert not [each for each in carried if each.endswith("/records")]
    assert backlog.offer_past(early.right.at_work) == 0


def test_a_peer_without_a_reader_gets_what_is_public_alone(early):
    early.settle()
    early.order()
    public = early.order(audience=())
    third = early.world.add_node("third")
    third.keys.add("stranger", third.host)
    peer.invite(third.at_work, early.right.at_work.url)
    peer.accept(early.right.at_work, third.identity.did)
    send(early.right)
    assert early.said(third) == [(public.record.id, "delivered")]


def test_what_others_said_is_theirs_to_send(early):
    early.settle()
    early.admit()
    third = early.world.add_node("third")
    late = "did:web:third.example:parties:late"
    issued = early.order(audience=(early.dids["buyer"], early.dids["seller"], late))
    send(early.right)
    assert early.here(issued)
    third.keys.add("late", third.host)
    peer.invite(third.at_work, early.left.at_work.url)
    peer.accept(early.left.at_work, third.identity.did)
    send(early.left)
    assert not early.here(issued, third)
    assert early.left.at_work.journal.messages(issued.record.id) == ()
    peer.invite(third.at_work, early.right.at_work.url)
    peer.accept(early.right.at_work, third.identity.did)
    send(early.right)
    assert early.here(issued, third)


def test_a_restart_goes_on_where_the_walk_was(early, monkeypatch):
    monkeypatch.setattr(backlog, "PAGE", 1)
    early.settle()
    issued = [early.order() for _ in range(3)]
    early.admit()
    backlog.offer_past(early.right.at_work)
    assert len(early.said()) == 1
    early.right.stop()
    early.right.start()
    send(early.right)
    assert early.said() == [(each.record.id, "delivered") for each in issued]


def test_a_party_that_comes_during_the_walk_is_not_passed_over(early, monkeypatch):
    early.settle()
    other = "did:web:left.example:parties:other"
    issued = early.order(audience=(early.dids["buyer"], other))
    early.admit()
    office, run = early.right.at_work, early.right.at_work.run

    def meanwhile(self, work):
        monkeypatch.undo()
        early.left.keys.add("other", early.left.host)
        peer.announce(early.left.at_work)
        return run(work)

    monkeypatch.setattr(type(office), "run", meanwhile)
    backlog.offer_past(office)
    send(early.right)
    assert early.here(issued)


def test_a_peer_that_is_admitted_between_check_and_append_is_not_passed_over(early):
    early.settle()
    office, write = early.right.at_work, early.right.write

    def writer(work):
        office.writer = write
        early.admit()
        send(early.right)
        return work(office.journal)

    office.writer = writer
    issued = early.order()
    send(early.right)
    assert early.here(issued)


def test_a_peer_that_was_blocked_gets_what_it_missed_when_it_is_accepted_again(early):
    early.settle()
    early.admit()
    node = early.left.identity.did
    peer.block(early.right.at_work, node)
    issued = early.order()
    assert warned(issued)
    send(early.right)
    assert early.said() == []
    peer.accept(early.right.at_work, node)
    send(early.right)
    assert early.here(issued)


def test_a_block_that_falls_into_a_greeting_stays(early, monkeypatch):
    early.admit()
    office, carry = early.right.at_work, early.world.carry

    def slow(who, url, body):
        peer.block(office, early.left.identity.did)
        return carry(who, url, body)

    monkeypatch.setattr(early.world, "carry", slow)
    peer.announce(office)
    assert peer.peer(office, early.left.identity.did).status == peer.BLOCKED


def test_a_reader_that_nobody_hosts_is_told_of_and_stops_nothing(early):
    early.admit()
    (found,) = warned(check_draft(early.right.at_work, early.draft()))
    assert (found.severity, found.path, found.params["reader"]) == ("warning", "$.audience", early.dids["seller"])
    assert "Admit the node" in found.remedy
    assert len(warned(early.order())) == 1
    assert not warned(early.order(audience=()))
    assert not warned(early.order(audience=(early.dids["buyer"],)))
    early.settle()
    peer.announce(early.left.at_work)
    assert not warned(early.order())


class Signals:
    """An announcement that fails so often as is wanted, and what it was asked for."""

    def __init__(self, failures):
        self.asked, self.failures, self.done = [], failures, threading.Event()

    def __call__(self, office, only=None):
        self.asked.append(only)
        if not self.failures:
            self.done.set()
            return ()
        failure = self.failures.pop(0)
        if isinstance(failure, Exception):
            raise failure
        return failure


def test_the_announcer_tells_those_it_missed_until_they_heard_it(monkeypatch):
    told = Signals([("a", "b"), ("b",), JournalBusy("the writer is closing")])
    monkeypatch.setattr(station, "announce", told)
    monkeypatch.setattr(station, "ANNOUNCE_WAITS_S", (0.001, 0.002))
    announcer = station.Announcer(None)
    try:
        assert told.asked == []
        announcer.tell()
        assert told.done.wait(5)
    finally:
        announcer.stop()
        announcer.join()
    assert told.asked == [None, ("a", "b"), ("b",), ("b",)]
