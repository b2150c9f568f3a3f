"""Peers that lie about heads, and logs that lie to their witnesses: nothing false is ever cosigned or kept."""

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from simulated import world as simulated
from simulated.community import Community
from simulated.world import World

from entrepot.base.cosignature import TYPE, cosignature_payload
from entrepot.base.digest import sha256
from entrepot.base.head import head_from_json, head_payload
from entrepot.flow import nodemail
from entrepot.flow.cosigning import COSIGNED, DOOR, SHOWN, answer_head, show_heads
from entrepot.flow.peer import block
from entrepot.journal.port import Append
from entrepot.party.jws import sign_jws


class Pair:
    """A log and its witness."""

    def __init__(self):
        self.world = World(7)
        self.log, self.witness = (self.world.add_node(name) for name in ("log", "witness"))
        self.world.admit_all()
        self.community = Community(self.world)
        self.grow()

    def grow(self, node=None):
        from entrepot.base.record import Content, record_of

        node = node or self.log
        self.community.numbers += 1
        content = Content(kind="note", version=1, issuer="did:web:x.example", number=f"N{self.community.numbers}",
                          nonce="n" * 22, issued=self.world.clock.now, payload={})  # fmt: skip
        node.at_work.journal.append(Append(record=record_of(content), streams={"s": -1}))
        self.world.clock.tick(1)
        return node.at_work.journal.seal()

    def show(self):
        return [(each.is_kept, each.reason) for each in show_heads(self.log.at_work)]

    @property
    def kept(self):
        return self.log.at_work.journal.cosignatures()

    @property
    def given(self):
        return self.witness.at_work.journal.cosignatures()

    def sends(self, head, base=0, path=()):
        """What the witness answers to whatever is shown in the name of the log."""
        body = {"head": head.to_json(), "base": base, "consistency": list(path)}
        office = self.log.at_work
        message = nodemail.write(office, SHOWN, self.witness.identity.did, body)
        mail = nodemail.read(office, answer_head(self.witness.at_work, message), COSIGNED)
        return mail.body

    def signs(self, head, **changes):
        """A head as the thief of the log's key, or its own operator, writes it."""
        changed = replace(head, **changes)
        return replace(changed, signature=nodemail.sign_as(self.log.identity, head_payload(changed)))


@pytest.fixture
def pair():
    made = Pair()
    yield made
    made.world.close()


def test_a_head_is_cosigned_once_and_again_when_it_grows(pair):
    assert pair.show() == [(True, "")]
    assert pair.show() == []
    pair.grow()
    assert pair.show() == [(True, "")]
    assert [each.size for each in pair.kept] == [1, 2]
    assert pair.given == pair.kept


def test_a_lost_answer_is_given_again_after_restarts(pair):
    pair.world.faults.lose_answer = 1.0
    assert [kept for kept, _ in pair.show()] == [False]
    assert (len(pair.kept), len(pair.given)) == (0, 1)
    pair.world.faults.lose_answer = 0.0
    for node in (pair.log, pair.witness):
        node.stop()
        node.start()
    pair.world.clock.tick(600)
    assert pair.show() == [(True, "")]
    assert pair.kept == pair.given


def test_a_head_that_was_delivered_meanwhile_needs_one_more_question(pair):
    """The witness knows a larger tree than it cosigned, by the answer to a delivery: it says from where to prove."""
    pair.show()
    head = pair.grow()
    journal = pair.witness.at_work.journal
    journal.observe_head(pair.log.identity.did, head, pair.log.at_work.journal.consistency(1, 2), base=1)
    pair.grow()
    assert pair.show() == [(True, "")]
    assert [each.size for each in pair.kept] == [1, 3]
    assert journal.suspect_heads() == ()


def test_a_clock_that_is_wrong_gets_no_cosignature(pair):
    pair.log.skew = timedelta(minutes=5)
    pair.grow()
    assert pair.show() == [(False, "it answers: future")]
    pair.log.skew = timedelta()
    assert pair.show() == [(False, "it answers: future")], "the time of heads does not go back"
    pair.world.clock.tick(600)
    assert pair.show() == [(True, "")]
    old = pair.log.at_work.journal.heads()[0]
    pair.world.clock.tick(3600)
    assert pair.sends(old)["reason"] == "stale"


def test_what_a_log_may_not_say_its_witness_does_not_sign(pair):
    pair.grow()
    pair.show()
    head = pair.grow()
    journal, first = pair.log.at_work.journal, pair.log.at_work.journal.heads()[1]
    now = pair.world.clock.now
    lies = (
        (pair.signs(head, root="ab" * 32), 2, journal.consistency(2, 3)),
        (pair.signs(first, root="cd" * 32, time=now), 0, ()),
        (pair.signs(first, size=1, time=now), 0, ()),
        (head, 1, journal.consistency(1, 3)),
        (head, 0, ()),
        (pair.signs(head, epoch=0), 2, journal.consistency(2, 3)),
        (pair.signs(head, time=now + timedelta(minutes=2)), 2, journal.consistency(2, 3)),
        (pair.signs(head, time=now - timedelta(minutes=16)), 2, journal.consistency(2, 3)),
        (pair.signs(head, log_id=pair.witness.identity.did), 2, journal.consistency(2, 3)),
        (replace(head, signature="a.b.c"), 2, journal.consistency(2, 3)),
        (pair.signs(head, size=2**53 - 1), 2, journal.consistency(2, 3)),
    )
    for shown, base, path in lies:
        assert not pair.sends(shown, base, path).get("cosignature"), shown
    assert [each.size for each in pair.given] == [2]


def test_strangers_and_blocked_peers_get_nothing(pair):
    block(pair.witness.at_work, pair.log.identity.did)
    assert [kept for kept, _ in pair.show()] == [False]
    assert pair.given == ()


LIES = {
    "a false root": {"root": "ab" * 32},
    "another size": {"size": 9},
    "another epoch": {"epoch": 7},
    "another log": {"log_id": "did:key:z6MkOther"},
    "a head that was never signed": {"time": -1},
    "seen before it was signed": {"seen": -3600},
    "seen in the future": {"seen": 3600},
    "in the name of another": {"witness": "did:key:z6MkOther"},
    "in the name of the log": {"witness": "log"},
    "by another type": {"typ": "entrepot-node+jws"},
}


def liar(pair, **lie):
    """A peer that cosigns something else than what it is shown, with its own key."""

    def door(office, message):
        mail = nodemail.read(office, message, SHOWN)
        head = head_from_json(mail.body["head"])
        seen = office.clock() + timedelta(seconds=lie.get("seen", 0))
        changes = {name: lie[name] for name in ("root", "size", "epoch", "log_id") if name in lie}
        if "time" in lie:
            changes["time"] = head.time + timedelta(seconds=lie["time"])
        witness = {"log": pair.log.identity.did}.get(lie.get("witness"), lie.get("witness", office.identity.did))
        payload = cosignature_payload(replace(head, **changes), witness=witness, seen=seen)
        header = {"kid": office.identity.method, "typ": lie.get("typ", TYPE)}
        text = lie.get("text") or sign_jws(header, payload, office.identity.key)
        body = {"re": sha256(message), "reason": "consistent", "known": head.size, "cosignature": text}
        return nodemail.write(office, COSIGNED, mail.sender, body)

    return door


@pytest.mark.parametrize("name", LIES)
def test_what_a_false_witness_answers_is_not_kept(pair, monkeypatch, name):
    monkeypatch.setitem(simulated.DOORS, DOOR, liar(pair, **LIES[name]))
    assert [kept for kept, _ in pair.show()] == [False]
    assert pair.kept == ()


def test_the_liar_of_these_tests_is_believed_where_it_does_not_lie(pair, monkeypatch):
    monkeypatch.setitem(simulated.DOORS, DOOR, liar(pair))
    assert pair.show() == [(True, "")]


def test_an_old_cosignature_is_none_of_a_new_head(pair, monkeypatch):
    pair.show()
    (old,) = pair.kept
    pair.grow()
    for text in (old.signature, "nonsense", 7, ["x"], {"a": 1}, old.signature[:-4] + "AAAA"):
        monkeypatch.setitem(simulated.DOORS, DOOR, liar(pair, text=text))
        assert [kept for kept, _ in pair.show()] == [False]
    assert pair.kept == (old,)


def test_a_node_that_catches_up_neither_cosigns_nor_asks(pair):
    for node in (pair.log, pair.witness):
        journal = node.at_work.journal
        with journal.transaction() as db:
            db.execute("INSERT INTO meta (key, value) VALUES ('catch-up', '1')")
        node.stop()
        node.start()
        if node is pair.log:
            assert pair.show() == []
            node.at_work.journal.caught_up()
    assert pair.show() == [(False, "it answers: catching up")]
