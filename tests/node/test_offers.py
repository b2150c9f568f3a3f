"""Offers on pages and over the API: made, found in any script, narrowed, ended, withdrawn, ordered from."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from rig.visitor import Visitor, firm, person

OFFER = {"what": "Musang King durian 猫山王榴莲", "quantity": "1200", "price": "25.50", "currency": "MYR"}
OFFER |= {"hs": "081060", "origin": "MY", "incoterm": "FOB", "place": "Port Klang"}
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def seller(node):
    return person(node, name="Aminah", party=firm(node, "Kebun Contoh"))


def offer(seller, **typed):
    """The id of an offer that the seller signs."""
    seller.go("/offers/new").send({**OFFER, **typed}, button="look")
    assert "not signed yet" in seller.heading, seller.words
    seller.send(button="sign")
    assert seller.status == 200, seller.words
    return seller.path.split("/")[-1]


def found(node, **asked):
    """Ids that a visitor finds."""
    from urllib.parse import urlencode

    visitor = Visitor(node).go(f"/offers?{urlencode(asked)}")
    assert visitor.status == 200, visitor.words
    return re.findall(r'/offers/([0-9a-f]{64})"', visitor.text)


def test_an_offer_is_made_and_anybody_sees_it(node, seller):
    made = offer(seller, description="Grade A, ทุเรียน")
    visitor = Visitor(node).go(f"/offers/{made}")
    for each in ("猫山王榴莲", "MYR 25.50", "1,200", "Malaysia", "081060", "Port Klang", "This offer is open."):
        assert each in visitor.words.replace("25.50 MYR", "MYR 25.50"), each
    assert f"http://127.0.0.1:18080/offers/{made}" in visitor.text
    assert "data:image/svg+xml" in visitor.text
    assert "Aminah" not in visitor.words
    seller.go("/offers/mine")
    assert made in seller.text


def test_an_offer_is_found_by_text_code_economy_and_price(node, seller):
    made = offer(seller, what="冷冻榴莲肉 thịt sầu riêng ทุเรียนแช่แข็ง", price="99.10", hs="081190")
    for text in ("榴莲", "冷冻", "sau rieng", "sầu riêng", "ทุเรียน", "ドリアン", "Durian", "081190"):
        assert made in found(node, q=text), text
    for text in ("莲榴", "xoài", "zzz"):
        assert made not in found(node, q=text), text
    assert made in found(node, hs="0811")
    assert made not in found(node, hs="0810")
    assert made in found(node, economy="MY")
    assert made not in found(node, economy="CN")
    assert made in found(node, currency="MYR", most="99.10")
    assert made not in found(node, currency="MYR", most="99.09")
    assert made not in found(node, currency="USD")
    assert made in found(node, q="榴莲", hs="0811", economy="MY", currency="MYR", most="100")


def test_what_cannot_be_asked_is_said_at_its_field(node):
    visitor = Visitor(node).go("/offers?hs=x&most=5&economy=ZZ&currency=QQQ")
    assert visitor.status == 422
    described = visitor.forms[0].described
    assert all(f"{each}-wrong" in described[each] for each in ("hs", "most", "economy", "currency"))
    for text in ("%00", "%ff", "%F0%9F%A5%AD", "a" * 3000, "%25", "_", "'", "%E2%80%AE", "/"):
        assert Visitor(node).go(f"/offers?q={text}").status == 200, text


def test_a_name_comes_before_a_mention_and_the_newer_before_the_older(node, seller):
    older = offer(seller, what="Rambutan kasimbar")
    newer = offer(seller, what="Rambutan kasimbar")
    mention = offer(seller, what="Crates", description="for kasimbar")
    assert found(node, q="kasimbar")[-1] == mention
    assert set(found(node, q="kasimbar")[:2]) == {older, newer}


def test_many_are_paged(node, seller):
    made = {offer(seller, what="Pagesong") for _ in range(21)}
    first = Visitor(node).go("/offers?q=pagesong")
    assert "Offers found: 21" in first.words
    (onward,) = re.findall(r'href="/en(/offers\?[^"]*from=20[^"]*)"', first.text)
    second = Visitor(node).go(onward.replace("&amp;", "&"))
    ids = [re.findall(r'/offers/([0-9a-f]{64})"', each.text) for each in (first, second)]
    assert [len(each) for each in ids] == [20, 1]
    assert {*ids[0], *ids[1]} == made


def test_a_withdrawn_offer_is_not_found_and_says_so(node, seller):
    made = offer(seller, what="Withdrawnium")
    assert made in found(node, q="withdrawnium")
    seller.go(f"/offers/{made}/withdraw").send(reason="Sold", button="look").send(button="sign")
    assert seller.path == f"/en/offers/{made}"
    assert "has withdrawn this offer" in seller.words
    assert made not in found(node, q="withdrawnium")
    assert "has withdrawn" in Visitor(node).go(f"/offers/{made}").words
    buyer = person(node, party=firm(node, "Late", "CN"))
    assert buyer.go(f"/offers/{made}/order").status == 409


def test_nobody_withdraws_what_another_offers(node, seller):
    made = offer(seller, what="Steadfastium")
    other = person(node, party=firm(node, "Other"))
    assert other.go(f"/offers/{made}/withdraw").status == 404
    api = node.trader()
    today = datetime.now(UTC).date().isoformat()
    payload = {"number": "W-1", "issueDate": today, "offer": {"record": made, "number": "X"}}
    answer = api.issue({"kind": "offer-withdrawal", "number": "W-1", "payload": payload, "after": [made]})
    assert answer.status == 422
    assert "ENT-CORE-RIGHT-06" in answer.found
    assert made in found(node, q="steadfastium")


def test_an_offer_ends_with_its_last_day(node, seller):
    today = datetime.now(UTC).date()
    made = offer(seller, what="Endium", end=today.isoformat())
    assert made in found(node, q="endium")
    office, clock = node.office, node.office.clock
    object.__setattr__(office, "clock", lambda: clock() + timedelta(days=3))
    try:
        assert made not in found(node, q="endium")
        assert "has ended" in Visitor(node).go(f"/offers/{made}").words
    finally:
        object.__setattr__(office, "clock", clock)


def test_a_buyer_orders_from_an_offer(node, seller):
    made = offer(seller, price="25.50")
    importer = firm(node, "示例进口", "CN")
    buyer = person(node, party=importer)
    buyer.go(f"/offers/{made}/order").send(quantity_0="10", buyer_type="consumer", button="look")
    assert "not signed yet" in buyer.heading, buyer.words
    assert "Kebun Contoh" in buyer.words
    buyer.send(button="sign")
    assert buyer.heading.endswith("ordered"), buyer.words
    sale = buyer.path.split("/")[-1]
    content = node.token(importer, "viewer").get(f"/api/v1/records/{sale}").json["content"]
    assert content["after"] == [made]
    assert content["payload"]["offer"]["record"] == made
    assert content["payload"]["buyerType"] == "consumer"
    assert content["payload"]["totals"]["payable"] == {"amount": "255.00", "currency": "MYR"}
    assert content["payload"]["lines"][0]["hs"] == {"code": "081060", "vintage": "2022"}
    assert seller.go(f"/offers/{made}/order").status == 409, "nobody orders from itself"
    wrong = buyer.go(f"/offers/{made}/order").send(quantity_0="0", button="look")
    assert "quantity_0-wrong" in wrong.forms[-1].described["quantity_0"]


def test_findings_stand_beside_the_fields_of_an_offer(seller):
    seller.go("/offers/new").send({**OFFER, "hs": "12"}, button="look")
    assert "hs-wrong" in seller.forms[-1].described["hs"]
    seller.go("/offers/new").send({**OFFER, "end": "2020-01-01"}, button="look")
    assert "end-wrong" in seller.forms[-1].described["end"]
    seller.go("/offers/new").send({"what": ""}, button="look")
    assert "what-wrong" in seller.forms[-1].described["what"]
    assert seller.forms[-1].fields["quantity"] == "1200", "what was typed before is kept"


def test_what_a_seller_writes_is_text(node, seller):
    made = offer(seller, what=f"Evilium {EVIL}", description=EVIL, note=EVIL)
    for path in (f"/offers/{made}", "/offers?q=evilium"):
        page = Visitor(node).go(path)
        assert "<script" not in page.text
        assert "<img src=x" not in page.text
        assert "&lt;script&gt;" in page.text


def test_an_offer_for_one_buyer_is_not_for_everybody(node, seller):
    from entrepot.node.account.models import Business

    party = Business.objects.get(name="Kebun Contoh", party__in=[seller.person.membership_set.get().party]).party
    one = firm(node, "One", "CN")
    api = node.token(party, "clerk")
    made = offer(seller, what="Forallium")
    payload = api.get(f"/api/v1/records/{made}").json["content"]["payload"]
    payload |= {"number": "P-1", "buyer": {"name": "One", "economy": "CN", "did": one}}
    private = api.issue({"kind": "offer", "number": "P-1", "payload": payload, "audience": [party, one]})
    assert private.status == 200, private.body
    assert found(node, q="forallium") == [made]
    assert Visitor(node).go(f"/offers/{private.json['id']}").status == 404
    assert "for one buyer" in person(node, party=one).go(f"/offers/{private.json['id']}").words


def test_the_index_is_rebuilt_to_the_same_bytes(node, seller):
    from entrepot.flow.offerview import OFFER_VIEW

    offer(seller, what="Rebuildium 榴莲")
    journal = node.office.journal
    before = journal.dump_view(OFFER_VIEW)
    assert b"rebuildium" in before
    node.office.run(lambda writing: writing.rebuild(OFFER_VIEW))
    assert journal.dump_view(OFFER_VIEW) == before


def test_the_api_answers_the_same_question_without_a_token(node, seller):
    made = offer(seller, what="Apiopium 榴莲")
    from rig.inside import Api

    answer = Api().get("/api/v1/offers?q=apiopium")
    assert answer.status == 200, answer.body
    assert [each["id"] for each in answer.json["offers"]] == [made]
    assert Api().get(f"/api/v1/offers/{made}").json["standing"] == "open"
    assert Api().get(f"/api/v1/offers/{'0' * 64}").status == 404
    for price in ("062", "9" * 30 + ".123456789012"):  # what the pattern lets through and no amount is
        assert Api().get(f"/api/v1/offers?currency=MYR&most={price}").status == 400, price
