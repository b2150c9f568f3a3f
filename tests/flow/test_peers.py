"""Who may exchange records with whom, and what a peer may claim of itself."""

from dataclasses import replace

import pytest

from entrepot.flow import nodemail
from entrepot.flow.error import BadNodeMessage, NotAdmitted
from entrepot.flow.peer import ADMITTED, ASKED, ASKING, BLOCKED, announce, block, greeted, invite, peer, peers
from entrepot.flow.post import deliver
from entrepot.flow.receive import receive_delivery


def test_admission_takes_both_sides(world):
    left, right = world.add_node("left").at_work, world.add_node("right").at_work
    assert invite(left, right.url).status == ASKED
    assert peer(right, left.identity.did).status == ASKING
    from entrepot.flow.peer import accept

    assert accept(right, left.identity.did).status == ADMITTED
    assert peer(left, right.identity.did).status == ADMITTED


def test_a_node_that_asks_cannot_admit_itself(world):
    left, right = world.add_node("left").at_work, world.add_node("right").at_work
    body = {"node": left.identity.did, "url": left.url, "parties": [], "status": ADMITTED}
    greeted(right, nodemail.write(left, "greeting", right.identity.did, body))
    assert peer(right, left.identity.did).status == ASKING
    with pytest.raises(NotAdmitted):
        receive_delivery(right, nodemail.write(left, "delivery", right.identity.did, {"envelopes": []}))


def test_a_peer_cannot_claim_a_party_that_lives_elsewhere(world, script):
    thief = world.add_node("thief").at_work
    seller = script.dids["seller"]
    body = {"node": thief.identity.did, "url": thief.url, "parties": [seller], "status": ADMITTED}
    greeted(script.importer, nodemail.write(thief, "greeting", script.importer.identity.did, body))
    assert seller not in peer(script.importer, thief.identity.did).parties
    assert seller in peers_by_url(script.importer)[script.exporter.url].parties


def peers_by_url(office):
    return {each.url: each for each in peers(office)}


def test_a_changed_address_is_taken_from_the_same_key_only(world, script):
    exporter, importer = script.exporter, script.importer
    exporter.url = "https://moved.example"
    world.nodes["export"].host = "moved.example"
    announce(exporter)
    assert peer(importer, exporter.identity.did).url == "https://moved.example"

    stranger = world.add_node("stranger").at_work
    body = {"node": exporter.identity.did, "url": stranger.url, "parties": [], "status": ADMITTED}
    with pytest.raises(BadNodeMessage):
        greeted(importer, nodemail.write(stranger, "greeting", importer.identity.did, body))
    assert peer(importer, exporter.identity.did).url == "https://moved.example"


def test_an_old_greeting_does_not_bring_the_old_address_back(world, script):
    exporter, importer = script.exporter, script.importer
    body = {"node": exporter.identity.did, "url": "https://old.example", "parties": [], "status": ADMITTED}
    old = nodemail.write(exporter, "greeting", importer.identity.did, body)
    world.clock.tick(60)
    announce(exporter)
    with pytest.raises(BadNodeMessage):
        greeted(importer, old)


def test_a_blocked_peer_gets_nothing_and_gives_nothing(world, script):
    exporter, importer = script.exporter, script.importer
    assert block(importer, exporter.identity.did).status == BLOCKED
    with pytest.raises(NotAdmitted):
        receive_delivery(importer, nodemail.write(exporter, "delivery", importer.identity.did, {"envelopes": []}))
    assert announce(exporter) == (importer.identity.did,)


@pytest.mark.parametrize("change", ["receiver", "subject", "old", "signature", "truncated", "garbage"])
def test_a_message_that_is_not_what_it_says_is_refused(world, script, change):
    exporter, importer = script.exporter, script.importer
    message = nodemail.write(exporter, "delivery", importer.identity.did, {"envelopes": []})
    if change == "receiver":
        message = nodemail.write(exporter, "delivery", exporter.identity.did, {"envelopes": []})
    elif change == "subject":
        message = nodemail.write(exporter, "greeting", importer.identity.did, {})
    elif change == "old":
        world.clock.tick(3600)
    elif change == "signature":
        other = replace(exporter.identity, key=importer.identity.key)
        message = nodemail.sign_as(other, nodemail.read_jws(message.decode()).payload).encode()
    elif change == "truncated":
        message = message[:-10]
    else:
        message = b"\xff\xfe{}"
    with pytest.raises(BadNodeMessage):
        receive_delivery(importer, message)


def test_nothing_is_sent_while_the_peer_is_down_and_all_of_it_when_it_is_back(world, script):
    from sale_script import play_sale

    world.cut.add(frozenset(("export", "import")))
    with pytest.raises(SystemExit):
        play_sale(script, 1)
    assert script.records == 1
    world.cut.clear()
    world.clock.tick(60)
    done = deliver(script.importer)
    assert (done.delivered, done.failed) == (1, 0)
    assert script.exporter.journal.entry(script.last["order"]) is not None
