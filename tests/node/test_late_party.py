"""A party that is created while nodes run: the peers hear of it, and send it what was already said to it."""

from rig import paper
from rig.outside import Client, eventually


def test_an_order_to_a_party_that_is_created_afterwards_arrives(pair):
    east, west = pair
    buyer = west.trader("late-buyer")
    late = f"did:web:entrepot.localhost%3A{east.port}:parties:late-seller"
    answer = buyer.issue(paper.order(buyer.party, late))
    assert answer.status_code == 200, answer.text
    kept = buyer.get(f"/api/v1/records/{answer.json()['id']}").json()
    assert "ENT-CORE-DELIVERY-01" in answer.text + str(kept)
    seller = east.trader("late-seller")
    assert seller.party == late
    record = answer.json()["id"]
    eventually(lambda: seller.get(f"/api/v1/records/{record}").status_code == 200)


def test_creating_a_party_waits_for_no_peer_that_is_down(pair):
    east, west = pair
    assert east.stop() == 0
    try:
        party = west.trader("lonely-buyer").party
    finally:
        east.start()

    def known():
        peers = Client(east.url, east.operator.token).get("/api/v1/operator/peers").json()
        return any(party in each["parties"] for each in peers)

    eventually(known)
