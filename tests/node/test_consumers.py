"""A consumer without an account sees an offer, and comes to her order: no business, no number, nothing public."""

import json
import re

import pytest
from rig.visitor import PASSWORD, Visitor, firm, letters, person


@pytest.fixture(scope="module")
def offer(node):
    seller = person(node, name="Aminah", party=firm(node, "Kebun Contoh"))
    typed = {"what": "Durian jam", "quantity": "90", "price": "12", "currency": "MYR", "incoterm": "CIF", "place": "HK"}
    seller.go("/offers/new").send({**typed, "unit": "H87"}, button="look").send(button="sign")
    return seller, seller.path.split("/")[-1]


def test_a_consumer_comes_from_an_offer_to_her_order(node, offer):
    seller, made = offer
    visitor = Visitor(node).go(f"/offers/{made}/order")
    assert visitor.heading == "Sign in"
    visitor.go(re.search(r'href="/en(/sign-up\?next=[^"]*)"', visitor.text).group(1)).send(email="mei@example.org")
    visitor.follow(letters(node, "mei@example.org")[-1]).send(name="陈美", password=PASSWORD)
    assert visitor.heading == "Your businesses"
    assert "/businesses/new?kind=consumer" in visitor.text, "she has no business to register"
    assert "Choose one of the list." in visitor.go("/businesses/new?economy=&kind=consumer").words
    visitor.go("/businesses/new?economy=HK&kind=consumer")
    assert visitor.heading == "Buy for yourself"
    assert not {"scheme", "number"} & set(visitor.forms[-1].fields)
    visitor.send(name="陈美", city="Hong Kong", street="1 Example Street")
    assert made in visitor.path, "she is led on to the order that she wanted to make"
    assert visitor.forms[-1].fields["buyer_type"] == "consumer"
    assert visitor.forms[-1].fields["quantity_0"] == "", "nobody at home is led to order all that there is"
    visitor.send(quantity_0="2", button="look").send(button="sign")
    sale = visitor.path.split("/")[-1].partition("#")[0]
    assert "24.00" in seller.go(f"/sales/{sale}").words
    order = record(sale)
    assert order["buyerType"] == "consumer"
    assert order["buyer"]["name"] == "陈美"
    assert order["buyer"]["identifiers"] == []
    assert "Others order from you" not in visitor.go("/businesses").words, "she sells nothing"
    assert "Others order from you" in seller.go("/businesses").words
    name = order["buyer"]["did"].rsplit(":", 1)[-1]
    assert re.fullmatch("buyer-[0-9a-f]{8}", name)
    assert "陈美" not in Visitor(node).client.get(f"/parties/{name}/did.json").content.decode()


def test_who_registered_a_business_may_order_for_it_or_for_herself(node, offer):
    buyer = person(node, party=firm(node, "Importer", "CN")).go(f"/offers/{offer[1]}/order")
    assert [each for each in ("business", "consumer") if f'value="{each}"' in buyer.text] == ["business", "consumer"]


def test_a_consumer_is_told_which_offices_take_part_and_asked_for_none(node, offer):
    """Of an economy in which nobody else of this node's tests lives: one customs and one statistics office."""
    from entrepot.node.account.models import Business

    offices = {}
    for desk in ("customs", "statistics"):
        offices[desk] = firm(node, f"PG {desk}", "PG")
        node.operator.post("/api/v1/operator/agencies", {"party": offices[desk], "desk": desk})
    herself = firm(node, "Mei", "PG")
    buyer = person(node, party=herself)
    asked = buyer.go(f"/offers/{offer[1]}/order").text
    assert re.search('<select name="customs"', asked), "a business says itself"
    Business.objects.filter(party=herself).update(is_consumer=True)
    buyer.go(f"/offers/{offer[1]}/order")
    assert not re.search('<select name="(customs|statistics)"', buyer.text)
    assert {name: buyer.forms[-1].fields[name] for name in offices} == offices
    buyer.send(quantity_0="2", button="look")
    assert "PG customs" in buyer.words
    buyer.send(button="sign")
    order = record(buyer.path.split("/")[-1].partition("#")[0])
    assert {each["role"]: each["party"]["did"] for each in order["parties"]} == {
        "import_customs": offices["customs"],
        "reporter": offices["statistics"],
    }
    other = buyer.go("/sales/new")
    assert "customs" not in other.forms[-1].fields, "where the seller sits is not known yet"
    goods = {"what": "Jam", "quantity": "1", "price": "1", "currency": "MYR"}
    other.send(did=order["seller"]["did"], button="look", **goods).send(button="sign")
    assert record(other.path.split("/")[-1])["buyerType"] == "consumer"


def record(sale):
    from entrepot.node.running import office

    return json.loads(office().journal.record(sale).to_bytes())["payload"]
