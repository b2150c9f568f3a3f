"""An offer on one node is found on another, in another language, and ordered from; what a stranger sends is refused."""

import hashlib
import io
import json
import os
import re
from datetime import UTC, datetime
from html import unescape

import pytest
from PIL import Image
from rig.outside import Client, admit, eventually, running
from rig.reader import Reader

from entrepot.base.shape import parse
from entrepot.document.control import Challenge, answer
from entrepot.document.proof import secure
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import Curve, KeyPair

pytestmark = pytest.mark.long

EVIL = "<script>alert(1)</script>"
OFFER = {"what": f"猫山王榴莲 durian {EVIL}", "quantity": "800", "price": "31.20", "currency": "MYR", "hs": "081060"}


def opened(folder):
    """A grower's node and an importer's, which know each other, with a person on each."""
    with running(folder, "grower", "importer") as nodes:
        seller = Reader(nodes[0].url, "ms").begin(nodes[0], "Aminah", "Kebun Contoh", "MY")
        buyer = Reader(nodes[1].url, "zh-hans").begin(nodes[1], "李", "示例进口", "CN")
        admit(*nodes)
        yield nodes, seller, buyer


@pytest.fixture(scope="module")
def markets(tmp_path_factory):
    yield from opened(tmp_path_factory.mktemp("markets"))


@pytest.fixture
def markets_of_its_own(tmp_path):
    yield from opened(tmp_path)


def photograph():
    picture, out = Image.new("RGB", (640, 480), "green"), io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def found(node, text, language="zh-hans"):
    visitor = Reader(node.url, language).go(f"/offers?q={text}")
    assert "<script>" not in visitor.text
    return re.findall(r'/offers/([0-9a-f]{64})"', visitor.text)


def test_a_buyer_elsewhere_finds_an_offer_in_chinese_and_orders(markets):
    (_, importer), seller, buyer = markets
    shown = {"picture_1_file": ("heap.png", photograph(), "image/png")}
    seller.go("/offers/new").send(button="look", files=shown, picture_1_alt="Longgokan durian", **OFFER).send(
        button="sign"
    )
    offer = re.search("/offers/([0-9a-f]{64})", seller.path).group(1)
    eventually(lambda: offer in found(importer, "榴莲"))
    for text in ("sầu riêng", "ドリアン", "ทุเรียน", "081060"):
        assert offer in found(importer, text), text
    page = Reader(importer.url, "zh-hans").go(f"/offers/{offer}")
    assert "此报价有效" in page.words
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "✗" not in page.words
    (address, digest) = re.search("(/offers/[0-9a-f]{64}/pictures/([0-9a-f]{64})/1600) 640w", page.text).groups()
    picture = page.client.get(importer.url + address)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert hashlib.sha256(picture.content).hexdigest() == digest
    buyer.go(f"/offers/{offer}/order").send(button="look", quantity_0="100").send(button="sign")
    sale = re.search("/sales/([0-9a-f]{64})", buyer.path).group(1)
    eventually(lambda: "示例进口" in seller.go(f"/sales/{sale}").words)
    seller.go(f"/sales/{sale}/order-response").send(button="look", answer="accept").send(button="sign")
    eventually(lambda: "已接受" in buyer.go(f"/sales/{sale}").words)


def signed_in(node, key):
    """A guest before a node, signed in with the key of a did:key."""
    reader, did = Reader(node.url), did_key(key.public)
    reader.go("/sign-in/identity").send(did=did)
    text = unescape(re.search('<textarea id="challenge"[^>]*>(.*?)</textarea>', reader.text, re.S)[1])
    asked = {name: each for name, each in json.loads(text).items() if name != "request"}
    said = answer(parse(Challenge, asked)[0], key, method_id=key_method_id(key.public), now=datetime.now(UTC))
    return reader.send(answer=said.decode(), button="answer")


def test_a_guest_is_led_to_the_node_where_the_seller_lives_and_orders_there(markets):
    (grower, importer), seller, _ = markets
    seller.go("/offers/new").send(button="look", **{**OFFER, "what": "Langsat 榔色果"}).send(button="sign")
    offer = re.search("/offers/([0-9a-f]{64})", seller.path).group(1)
    eventually(lambda: offer in found(importer, "榔色果"))
    key = KeyPair.generate(Curve.ED25519, os.urandom)
    far = signed_in(importer, key).go(f"/offers/{offer}/order")
    assert far.status == 409, far.words
    assert grower.url in far.words
    near = signed_in(grower, key).go(f"/offers/{offer}/order")
    near.send(button="look", own_name="Firma Contoh", own_economy="VN")
    record = json.loads(unescape(re.search('<textarea id="record"[^>]*>(.*?)</textarea>', near.text, re.S)[1]))
    now = datetime.now(UTC).replace(microsecond=0)
    signed = secure(record, key, method_id=key_method_id(key.public), securing="eddsa-jcs-2022", created=now)
    sale = near.send(signed=signed.decode(), button="bring").path.split("/")[-1]
    assert "Firma Contoh" in seller.go(f"/sales/{sale}").words


def test_a_withdrawal_reaches_the_other_node(markets):
    (_, importer), seller, _ = markets
    seller.go("/offers/new").send(button="look", **{**OFFER, "what": "Withdrawable 山竹"}).send(button="sign")
    offer = re.search("/offers/([0-9a-f]{64})", seller.path).group(1)
    eventually(lambda: offer in found(importer, "山竹"))
    seller.go(f"/offers/{offer}/withdraw").send(button="look").send(button="sign")
    eventually(lambda: offer not in found(importer, "山竹"))
    assert "卖方已撤回此报价" in Reader(importer.url, "zh-hans").go(f"/offers/{offer}").words


def test_offers_of_a_node_that_is_down_stay_and_those_of_a_blocked_one_go(markets_of_its_own):
    (grower, importer), seller, _ = markets_of_its_own
    seller.go("/offers/new").send(button="look", **{**OFFER, "what": "Remaining 红毛丹"}).send(button="sign")
    offer = re.search("/offers/([0-9a-f]{64})", seller.path).group(1)
    eventually(lambda: offer in found(importer, "红毛丹"))
    grower.stop()
    assert offer in found(importer, "红毛丹")
    operator = Client(importer.url, importer.operator.token)
    (peer,) = operator.get("/api/v1/operator/peers").json()
    operator.post("/api/v1/operator/peers/block", {"node": peer["node"]})
    assert offer not in found(importer, "红毛丹")
    assert "您不能从这里订购" in Reader(importer.url, "zh-hans").go(f"/offers/{offer}").words
