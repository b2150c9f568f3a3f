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
    more = buyer.go(f"/offers/{made}/order").send(quantity_0="1201", button="look")
    assert "1201 is ordered of Musang King durian" in more.words, "told before signing, and it stops nothing"
    beside = buyer.post(f"/offers/{made}/order", {**more.forms[-1].fields, "act": "examine"})
    assert "quantity_0-hint" in beside.forms[-1].described["quantity_0"], "and beside the field by a script"
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
        assert "<script>" not in page.text
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


def camera(size=(2400, 1800), kind="JPEG", **more):
    """A picture as a telephone makes one: on its side, with the place where it was taken, and a comment."""
    import io

    from PIL import Image

    picture, out = Image.new("RGB", size, "green"), io.BytesIO()
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SecretCamera"
    exif.get_ifd(0x8825)[2] = (3.0, 8.0, 21.0)
    picture.save(out, kind, exif=exif, **more)
    out.seek(0)
    out.name = f"photograph.{kind.lower()}"
    return out


def pictured(seller, file, **typed):
    """The form of an offer with a photograph, at the look before signing."""
    seller.go("/offers/new")
    sent = {**seller.forms[-1].fields, **OFFER, "picture_1_file": file, "picture_1_alt": "A heap of durians", **typed}
    return seller.post("/offers/new", {**sent, "act": "look"})


def test_a_photograph_is_made_anew_signed_by_its_digest_and_served_in_sizes(node, seller):
    import hashlib
    import io

    from PIL import Image

    pictured(seller, camera(), language="ms", speaks=["ms", "zh-Hans"])
    assert "not signed yet" in seller.heading, seller.words
    assert "data:image/jpeg;base64," in seller.text
    made = seller.send(button="sign").path.split("/")[-1]
    said = node.trader().get(f"/api/v1/offers/{made}").json["offer"]
    (picture,) = said["pictures"]
    assert (said["languages"], said["serviceLanguages"]) == (["ms"], ["ms", "zh-Hans"])
    assert (picture["width"], picture["height"], picture["alt"]) == (1200, 1600, "A heap of durians"), "turned upright"
    visitor = Visitor(node).go(f"/offers/{made}")
    assert 'alt="A heap of durians"' in visitor.text
    assert 'loading="lazy"' in visitor.text
    addresses = re.findall(r"(/offers/[0-9a-f]{64}/pictures/[0-9a-f/]+) (\d+)w", visitor.text)
    assert [int(width) for _, width in addresses] == [240, 480, 768, 1200]
    for address, width in addresses:
        answer = visitor.client.get(address, HTTP_HOST="127.0.0.1")
        assert answer["Content-Type"] == "image/jpeg"
        assert (answer["X-Content-Type-Options"], "sandbox" in answer["Content-Security-Policy"]) == ("nosniff", True)
        shown = Image.open(io.BytesIO(answer.content))
        assert shown.width == int(width)
        assert not shown.getexif()
        assert b"SecretCamera" not in answer.content
        assert not {"exif", "comment", "xmp", "icc_profile"} & set(shown.info)
    assert hashlib.sha256(answer.content).hexdigest() == picture["digest"], "the largest is what was signed"
    assert made in found(node, speaks="zh-Hans", q="durian")
    assert made not in found(node, speaks="ja", q="durian")
    other = offer(seller)
    assert visitor.client.get(addresses[0][0].replace(made, other), HTTP_HOST="127.0.0.1").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"<html><script>alert(1)</script>",
        b"\xff\xd8\xff\xe0<script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"",
        None,
    ],
)
def test_what_is_no_photograph_is_not_kept(node, seller, body):
    import io

    file = camera((20_000, 3000), "PNG") if body is None else io.BytesIO(body)
    file.name = "photograph.jpg"
    kept = set((node.folder / "pictures").glob("*"))
    pictured(seller, file, what="Not pictured")
    assert set((node.folder / "pictures").glob("*")) == kept
    if body != b"":  # an empty file is what a browser sends for none
        assert seller.status == 422
        assert "picture_1-wrong" in seller.forms[-1].described["picture_1_file"]
        assert seller.forms[-1].fields["what"] == "Not pictured"


def test_a_photograph_needs_its_words_and_can_be_left_out(node, seller):
    pictured(seller, camera((40, 40), "WEBP"), picture_1_alt="")
    assert seller.status == 422
    assert "picture_1_alt-wrong" in seller.forms[-1].described["picture_1_alt"]
    assert re.fullmatch("[0-9a-f]{64}", seller.forms[-1].fields["picture_1"])
    seller.send({"drop_picture_1": "yes"}, button="look").send(button="sign")
    made = seller.path.split("/")[-1]
    assert node.trader().get(f"/api/v1/offers/{made}").json["offer"]["pictures"] == []
    forged = {**OFFER, "picture_1": "../../secret/kek", "picture_1_alt": "x", "act": "look"}
    seller.go("/offers/new")
    assert "not signed yet" in seller.post("/offers/new", {**seller.forms[-1].fields, **forged}).heading


def test_a_program_brings_the_photograph_of_its_offer(node):
    import base64

    from rig import paper

    from entrepot.base.shape import dump
    from entrepot.cli.demo import default
    from entrepot.party.party import Party

    trader = node.trader()
    sent = base64.b64encode(camera((90, 60)).read()).decode()
    kept = trader.post("/api/v1/pictures", {"base64": sent}).json
    assert trader.post("/api/v1/pictures", {"base64": sent}).json == kept
    assert (kept["width"], kept["height"]) == (60, 90), "upright"
    number = paper.number("OF")
    said = default.offer(Party(name="Kebun Contoh", economy="MY", did=trader.party), number, datetime.now(UTC).date())
    payload = {**dump(said), "pictures": [{**kept, "alt": "A durian"}]}
    made = trader.issue({"kind": "offer", "number": number, "payload": payload}).json["id"]
    visitor = Visitor(node).go(f"/offers/{made}")
    assert f"/offers/{made}/pictures/{kept['digest']}" in visitor.text
    wrong = trader.post("/api/v1/pictures", {"base64": base64.b64encode(b"GIF89a").decode()})
    assert (wrong.status, wrong.json["code"]) == (422, "bad-picture")
    assert "JPEG" in wrong.json["detail"]


def test_a_picture_of_another_node_is_kept_only_as_it_was_signed(node, monkeypatch):
    from entrepot.base.digest import sha256
    from entrepot.node.page.offer import photograph
    from entrepot.node.picture import made_anew

    good, large = made_anew(camera((90, 60)).read()).data, camera((1700, 40)).read()
    script = b"<html><script>alert(1)</script>"
    for sent, digest, is_kept in (
        (good, sha256(good), True),
        (good, "0" * 64, False),
        (script, sha256(script), False),
        (large, sha256(large), False),
        (None, "1" * 64, False),
    ):
        monkeypatch.setattr(photograph, "_from_peer", lambda offer, digest, sent=sent: sent)
        assert photograph._fetched("a" * 64, digest) is is_kept
        assert (photograph.album().get(digest) == sent) is (is_kept or sent is None)


def test_pictures_that_no_offer_names_are_forgotten(node, seller):
    import os
    import time

    from entrepot.node.album import forget_unnamed

    pictured(seller, camera((64, 48)))
    made = seller.send(button="sign").path.split("/")[-1]
    pictured(seller, camera((48, 64)))
    folder = node.folder / "pictures"
    (named,) = node.trader().get(f"/api/v1/offers/{made}").json["offer"]["pictures"]
    idle = seller.forms[-1].fields["picture_1"]
    forget_unnamed()
    assert (folder / f"{idle}.jpg").exists(), "its draft may be signed"
    old = time.time() - 3 * 24 * 3600
    for each in folder.glob("*.jpg"):
        os.utime(each, (old, old))
    forget_unnamed()
    assert not list(folder.glob(f"{idle}*"))
    assert (folder / f"{named['digest']}.jpg").exists()


def test_a_buyer_is_offered_its_own_businesses_alone(node, seller):
    first, second = firm(node, "First of two", "CN"), firm(node, "Second of two", "CN")
    firm(node, "Nobody's here", "CN")
    from django.utils import timezone

    from entrepot.node.account.models import Membership

    buyer = person(node, party=first)
    Membership.objects.create(person=buyer.person, party=second, role="clerk", since=timezone.now())
    buyer.go("/businesses").send(party=first)
    made = offer(seller)
    buyer.go("/sales/new")
    assert "Nobody&#x27;s here" not in buyer.text
    for place in (f"/offers/{made}/order", "/sales/new"):
        options = re.search('<select name="buyer".*?</select>', buyer.go(place).text, re.S).group(0)
        assert set(re.findall('value="(did:[^"]+)"', options)) == {first, second}
    refused = buyer.go(f"/offers/{made}/order").send(buyer=node.party(), button="look")
    assert "buyer-wrong" in refused.forms[-1].described["buyer"]
    buyer.go(f"/offers/{made}/order").send(buyer=second, button="look").send(button="sign")
    assert buyer.heading.endswith("ordered"), buyer.words
    sale = buyer.path.split("/")[-1]
    assert node.token(second, "viewer").get(f"/api/v1/records/{sale}").json["content"]["issuer"] == second
