"""What the simulation found, each as a small story between nodes."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from simulated.clerk import CLERK
from simulated.community import Community
from simulated.paper import files_of, write
from simulated.world import World

from entrepot.base.record import record_of
from entrepot.flow import receive as receiving
from entrepot.flow.envelope import Envelope, SentProof, write_envelope
from entrepot.flow.erase import erase
from entrepot.flow.issue import Draft, issue, sign
from entrepot.flow.peer import peer
from entrepot.flow.post import CAUSES, REFUSED, deliver, envelope_for
from entrepot.flow.receive import Outcome
from entrepot.flow.sight import SALE_VIEW
from entrepot.journal.port import Message
from entrepot.sale.fact import Role


class Story:
    """Buyer and seller on a node each; the bank and the carrier on a third."""

    def __init__(self) -> None:
        self.world = World(4)
        self.community = Community(self.world)
        sell, buy, third = (self.world.add_node(name) for name in ("sell", "buy", "third"))
        homes = {Role.SELLER: sell, Role.BUYER: buy}
        self.community.house([(role, homes.get(role, third)) for role in Role], ("MY", "CN"))
        self.community.house([(Role.BUYER, buy)], ("MY", "CN"))
        self.trade = self.community.new_trade()
        self.trade.early, self.trade.late = ("payer_bank", "settlement"), ("carrier", "chamber")

    def say(self, role: str, kind: str, **more):
        node = self.community.home[self.trade.cast.did(role)]
        desk = self.community.desk(node, self.trade, role, kind)
        payload = more.pop("payload", None) or write(kind, desk)
        sales = (self.trade.sale,) if self.trade.sale and kind != "order" else ()
        draft = Draft(
            kind=kind,
            issuer=more.pop("issuer", self.trade.cast.did(role)),
            number=desk.number,
            payload=payload,
            attachments=files_of(payload),
            **({"sales": sales} | more),
        )
        issued = issue(node.at_work, draft)
        if issued.record is not None:
            self.community.records[issued.record.id] = issued.record
            if kind == "order":
                self.trade.sale = issued.record.id
        return issued

    def send(self, name: str) -> None:
        self.world.clock.tick(60)
        deliver(self.world.nodes[name].at_work)

    def give(self, sender: str, receiver: str, record, withheld: tuple[str, ...] = ()):
        """Hand one record over, whatever the outbox says."""
        giver, taker = self.world.nodes[sender].at_work, self.world.nodes[receiver].at_work
        envelope = envelope_for(giver, record, peer(giver, taker.identity.did))
        value = write_envelope(replace(envelope, withheld=withheld))
        return receiving.receive(taker, value, peer(taker, giver.identity.did))

    def holds(self, name: str, record) -> bool:
        return self.world.nodes[name].at_work.journal.entry(record.id) is not None


@pytest.fixture
def story():
    made = Story()
    yield made
    made.world.close()


def test_a_bank_that_may_not_read_the_order_keeps_what_follows_it(story):
    order = story.say("buyer", "order").record
    story.send("buy")
    asked = story.say("seller", "payment-request").record
    story.send("sell")
    assert not story.holds("third", order)
    assert story.holds("third", asked)


def test_it_must_name_its_readers_itself_rather_than_tell_everybody(story):
    story.say("buyer", "order")
    story.send("buy")
    story.say("seller", "payment-request")
    story.send("sell")
    untold = story.say("payer_bank", "payment-instruction")
    assert [each.id for each in untold.assessment.blocking] == ["ENT-CORE-AUDIENCE-01"]
    told = story.say(
        "payer_bank", "payment-instruction", audience=story.community.readers("payment-instruction", story.trade)
    )
    assert told.record is not None
    story.send("third")
    assert story.holds("buy", told.record)


def test_an_order_cannot_name_a_sale_and_take_the_place_of_its_order(story):
    story.say("buyer", "order")
    issued = story.say("buyer", "order", sales=(story.trade.sale,))
    assert "ENT-CORE-FORM-04" in {each.id for each in issued.assessment.blocking}


def test_a_stranger_says_nothing_not_even_in_a_kind_that_is_unknown_here(story):
    story.say("buyer", "order")
    others = {each.did for each in story.community.parties["buyer"]} - {story.trade.cast.did("buyer")}
    issued = story.say("buyer", "freight-quote", payload={"text": "?"}, issuer=others.pop())
    assert "ENT-CORE-RIGHT-01" in {each.id for each in issued.assessment.blocking}


def test_an_offer_that_comes_after_its_order_is_counted_in(story):
    offer = story.say("seller", "offer").record
    readers = tuple(story.trade.cast.did(role) for role in ("buyer", "seller", "carrier"))
    order = story.say("buyer", "order", after=(offer.id,), audience=readers).record
    assert story.give("buy", "third", order, withheld=(offer.id,)).outcome is Outcome.KEPT
    view = story.world.nodes["third"].at_work.journal.view(SALE_VIEW)
    assert offer.id not in view.get(f"sale/{order.id}")["order"]
    assert story.give("sell", "third", offer).outcome is Outcome.KEPT
    assert offer.id in view.get(f"sale/{order.id}")["order"]


def test_what_a_peer_refused_is_withheld_the_next_time(story):
    story.say("buyer", "order")
    story.send("buy")
    giver, taker = story.world.nodes["sell"].at_work, story.world.nodes["buy"].at_work
    answer, bill = story.say("seller", "order-response").record, story.say("seller", "invoice").record
    sent = Message(
        peer=taker.identity.did, lane=f"{CAUSES}{answer.id}", key=f"{answer.id}/{bill.id}", body={"record": answer.id}
    )
    giver.journal.send([sent], cause=bill.id)
    message = next(each for each in giver.journal.messages(bill.id) if each.key == sent.key)
    giver.journal.failed(message.id, f"{REFUSED}[]")
    assert envelope_for(giver, bill, peer(giver, taker.identity.did)).withheld == (answer.id,)


def test_what_a_crash_left_waiting_is_taken_up(story, monkeypatch):
    story.say("buyer", "order")
    story.send("buy")
    answer, bill = story.say("seller", "order-response").record, story.say("seller", "invoice").record
    assert story.give("sell", "buy", bill).outcome is Outcome.WAITING
    with monkeypatch.context() as patched:
        patched.setattr(receiving, "_release", lambda *_: None)
        assert story.give("sell", "buy", answer).outcome is Outcome.KEPT
    assert not story.holds("buy", bill)
    buyer = story.world.nodes["buy"].at_work
    assert receiving.resume(buyer) == 1
    assert story.holds("buy", bill)
    assert buyer.journal.waiting() == ()


def test_what_came_another_way_waits_no_longer(story):
    story.say("buyer", "order")
    story.send("buy")
    answer, bill = story.say("seller", "order-response").record, story.say("seller", "invoice").record
    assert story.give("sell", "buy", bill).outcome is Outcome.WAITING
    assert story.give("sell", "buy", bill, withheld=(answer.id,)).outcome is Outcome.KEPT
    assert story.world.nodes["buy"].at_work.journal.waiting() == ()


def test_what_its_issuer_erased_waits_no_longer(story):
    story.say("buyer", "order")
    story.send("buy")
    story.say("seller", "order-response")
    bill = story.say("seller", "invoice").record
    buyer, seller = (story.world.nodes[name].at_work for name in ("buy", "sell"))
    envelope = write_envelope(envelope_for(seller, bill, peer(seller, buyer.identity.did)))
    assert story.give("sell", "buy", bill).outcome is Outcome.WAITING
    done = erase(seller, bill.id, by=bill.content.issuer, reason="asked for", accepting=CLERK)
    assert done.is_gone
    notice = seller.journal.record(done.tombstone)
    assert story.give("sell", "buy", notice, withheld=(bill.id,)).outcome is Outcome.KEPT
    assert buyer.journal.waiting() == ()
    # A copy that was under way meanwhile is not kept aside either.
    late = receiving.receive(buyer, envelope, peer(buyer, seller.identity.did))
    assert (late.outcome, [each.id for each in late.findings]) == (Outcome.REFUSED, ["ENT-CORE-RIGHT-07"])
    assert buyer.journal.waiting() == ()


def test_what_another_says_it_erased_goes_on_waiting(story):
    story.say("buyer", "order")
    story.send("buy")
    story.say("seller", "order-response")
    bill = story.say("seller", "invoice").record
    assert story.give("sell", "buy", bill).outcome is Outcome.WAITING
    third, buyer = (story.world.nodes[name].at_work for name in ("third", "buy"))
    issuer = story.trade.cast.did("carrier")
    readers, payload = bill.content.audience, {"reason": "not its own", "record": bill.id}
    notice = record_of(
        replace(bill.content, kind="tombstone", issuer=issuer, sales=(), after=(), audience=readers, payload=payload)
    )
    proofs = sign(third, notice, third.custody.signatory(issuer))
    sent = tuple(SentProof(securing=each.securing, body=each.body.decode("utf-8")) for each in proofs)
    value = write_envelope(Envelope(proofs=sent))
    assert receiving.receive(buyer, value, peer(buyer, third.identity.did)).outcome is Outcome.KEPT
    (left,) = buyer.journal.waiting()
    assert left.key == bill.id
