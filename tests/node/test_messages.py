"""Messages within a sale: said once, read by those they are for, shown as text whatever it holds, and erasable."""

import re

import pytest
from rig.visitor import firm, person

HOSTILE = '<script>alert(1)</script> & "خط"\r\n<img src=x onerror=alert(2)>'
ORDER = {"what": "Durian", "quantity": "1", "price": "1.00", "currency": "MYR"}

from entrepot.flow.thread import ordered


@pytest.fixture
def sale(node):
    return begin(node)


def begin(node):
    """A seller, a buyer, and a sale that the buyer opened."""
    grower, importer = firm(node, "Kebun Contoh"), firm(node, "示例进口", "CN")
    seller, buyer = person(node, name="Aminah", party=grower), person(node, name="Li", party=importer)
    buyer.go("/sales/new").send({**ORDER, "did": grower}, button="look").send(button="sign")
    return seller, buyer, buyer.path.split("/")[-1]


def write(visitor, sale, text, **typed):
    visitor.go(f"/sales/{sale}/messages").send(text=text, button="look", **typed)
    return visitor.send(button="sign")


def test_what_is_written_is_read_by_the_other_side_as_text(node, sale):
    seller, buyer, about = sale
    buyer.go(f"/sales/{about}/messages").send(text=HOSTILE, language="ar-invalid!", button="look")
    assert buyer.status == 422, "a language is chosen from the list"
    write(buyer, about, HOSTILE, re=about, language="en")
    assert buyer.heading.startswith("Messages")
    for page in (f"/sales/{about}/messages", f"/sales/{about}"):
        seller.go(page)
        assert "<script>alert" not in seller.text
        assert "<img" not in seller.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in seller.text
        assert 'dir="auto" lang="en"' in seller.text
        assert "About: Order" in seller.words


def party_of(visitor):
    from entrepot.node.account.models import Membership

    return Membership.objects.get(person=visitor.person).party


def test_messages_follow_each_other_and_nothing_of_the_sale_follows_them(node, sale):
    seller, buyer, about = sale
    write(buyer, about, "Is it ripe?")
    write(seller, about, "It is.")
    seller.go(f"/sales/{about}/order-response").send(answer="accept", button="look").send(button="sign")
    write(buyer, about, "Good.")
    found = node.token(party_of(buyer), "viewer").get(f"/api/v1/sales/{about}").json
    first, second, third = found["messages"]
    assert first["id"] in second["after"]
    assert second["id"] in third["after"]
    assert first["id"] not in third["after"]
    assert found["state"] == "accepted"
    assert not {each["id"] for each in found["messages"]} & set(found["heads"])
    titles = re.findall("<h3>([A-Za-z ]+) <small>", buyer.go(f"/sales/{about}").text)
    assert titles == ["Order", "Message", "Message", "Answer to the order", "Message"]


def test_a_message_that_is_signed_twice_is_said_once(node, sale):
    _, buyer, about = sale
    buyer.go(f"/sales/{about}/messages").send(text="Once.", button="look")
    sent = {**buyer.forms[-1].fields, "act": "sign"}
    places = {buyer.post(f"/sales/{about}/message", sent, follow=False)["Location"] for _ in range(2)}
    assert len({each.replace("?again=1", "") for each in places}) == 1
    assert buyer.go(f"/sales/{about}/messages").words.count("Once.") == 1


def test_who_has_no_part_writes_and_reads_nothing(node, sale):
    _, buyer, about = sale
    write(buyer, about, "Between us.")
    stranger = node.trader()
    made = stranger.issue({
        "kind": "message", "number": "MS-1", "sales": [about], "after": [about],
        "payload": {"text": "Hello", "language": "en"}, "audience": [party_of(buyer)],
    })  # fmt: skip
    assert made.status in (404, 422)
    other = person(node, party=firm(node, "Other"))
    assert other.go(f"/sales/{about}/messages").status == 404


def test_an_erased_message_leaves_its_place_alone(node, sale):
    seller, buyer, about = sale
    write(buyer, about, "Call me at home.")
    owner = node.token(party_of(buyer), "owner")
    told = node.token(party_of(buyer), "viewer").get(f"/api/v1/sales/{about}").json["messages"][0]["id"]
    accepting = {"name": "Li", "role": "owner", "reasons": "no law asks for it"}
    done = owner.post("/api/v1/erasures", {"record": told, "reason": "asked for", "accept": accepting})
    assert done.status == 200, done.body
    for each in (seller, buyer):
        each.go(f"/sales/{about}/messages")
        assert "Call me" not in each.text
        assert "This message was erased." in each.words


def test_nobody_says_more_than_can_be_read(node, sale, monkeypatch):
    from entrepot.flow import check

    _, buyer, about = sale
    monkeypatch.setattr(check, "MESSAGES_MAX", 1)
    write(buyer, about, "First.")
    buyer.go(f"/sales/{about}/messages").send(text="Second.", button="look")
    assert buyer.status == 422
    assert "that is the most" in buyer.words
    assert "Second." in buyer.text, "what was typed stays"


def test_messages_that_do_not_name_each_other_stand_by_the_time_that_they_say():
    told = {"b": {"after": [], "issued": "1"}, "a": {"after": [], "issued": "2"}, "0": {"after": ["a"], "issued": "0"}}
    assert ordered(told) == ["b", "a", "0"], "what follows another stands behind it, whatever time it says"
