"""Files that go with a message: what they say they are, kept with the draft, and given to readers as files alone."""

import base64
import re

import pytest
from rig.visitor import firm, person

from entrepot.base.digest import sha256

ORDER = {"what": "Durian", "quantity": "1", "price": "1.00", "currency": "MYR"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
PAGE = b"<!doctype html><script>alert(1)</script>"


def upload(name, body):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, body, content_type="text/html")


@pytest.fixture(scope="module")
def sides(node):
    """A seller, a buyer, and a sale that the buyer opened."""
    grower, importer = firm(node, "Kebun Contoh"), firm(node, "示例进口", "CN")
    seller, buyer = person(node, party=grower), person(node, party=importer)
    buyer.go("/sales/new").send({**ORDER, "did": grower}, button="look").send(button="sign")
    return seller, buyer, buyer.path.split("/")[-1]


def look(visitor, sale, *files):
    """Choose files in a new draft, and look at it."""
    from entrepot.node.account.models import Draft
    from entrepot.node.upload.models import Upload

    for kept in (Draft, Upload):
        kept.objects.filter(person=visitor.person).delete()
    return visitor.go(f"/sales/{sale}/messages").send(text="See it.", files=list(files), button="look")


def test_a_file_goes_to_the_other_side_as_a_file_alone(sides):
    from entrepot.node.upload.models import Upload

    seller, buyer, sale = sides
    look(buyer, sale, upload("скан 1.png", PNG), upload("readme.txt", PAGE))
    assert "readme.txt · скан 1.png" in buyer.words, "it is looked at before signing"
    sent = {**buyer.forms[-1].fields, "act": "sign"}
    places = {
        buyer.post(f"/sales/{sale}/message", sent, follow=False)["Location"].replace("?again=1", "") for _ in "ab"
    }
    assert len(places) == 1
    assert not Upload.objects.filter(person=buyer.person).exists()
    seller.go(f"/sales/{sale}/messages")
    found = dict(re.findall('href="([^"]+/files/[^"]+)" download><bdi>([^<]+)', seller.text))
    chosen = {address: name for address, name in found.items() if name != "a.pdf"}
    assert set(chosen.values()) == {"readme.txt", "скан 1.png"}
    for address, name in chosen.items():
        answer = seller.client.get(address, **seller._heads())
        assert answer.content == {"readme.txt": PAGE, "скан 1.png": PNG}[name]
        assert answer["Content-Disposition"].startswith("attachment;")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer["Content-Type"] in ("text/plain", "image/png")


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("page.html", PAGE, "has no ending of those"),
        ("x.svg", b"<svg onload=alert(1)>", "has no ending of those"),
        ("x.png", PAGE, "is not what its ending says"),
        ("x.pdf", b"MZ\x90", "is not what its ending says"),
        ("x.txt", b"\xff\xfe\x00", "is not what its ending says"),
        ("x.xlsx", b"PK\x03\x04 nothing in it", "is not what its ending says"),
        ("x.txt", b"", "is empty"),
        ("x.txt", b"a" * ((3 << 20) + 1), "is too large"),
    ],
)
def test_what_is_not_what_it_says_is_not_taken(sides, name, body, said):
    _, buyer, sale = sides
    look(buyer, sale, upload(name, body))
    assert buyer.first_status == 422
    assert said in buyer.words
    assert buyer.forms[-1].fields["text"] == "See it.", "what was typed stays"
    assert buyer.forms[-1].fields["files"] == ""


def test_a_kept_file_can_be_left_out_and_one_that_is_gone_is_told(sides):
    from entrepot.node.upload.models import Upload

    _, buyer, sale = sides
    look(buyer, sale, upload("a.png", PNG), upload("../..\\b\u202egnp.txt", b"b"))
    assert "a.png · bgnp.txt" in buyer.words
    buyer.send(button="change").send({f"without-{sha256(PNG)[:16]}": "yes"}, button="look")
    assert "bgnp.txt" in buyer.words
    assert "a.png" not in buyer.words
    Upload.objects.filter(person=buyer.person).delete()
    buyer.send(button="sign")
    assert buyer.first_status == 422
    assert "did not come with it" in buyer.words


def test_a_party_says_by_program_what_a_file_is_and_is_held_to_it(node, sides):
    seller, buyer, sale = sides
    clerk, said = node.token(party_of(buyer), "clerk"), {"digest": sha256(PNG), "name": "a.pdf"}

    def issue(**more):
        return clerk.issue({
            "kind": "message", "number": f"MS-{len(more['mediaType'])}", "sales": [sale],
            "audience": [party_of(seller)],
            "payload": {"text": "See", "language": "en", "files": [said | more]},
            "attachments": [{"media_type": "image/png", "base64": base64.b64encode(PNG).decode()}],
        })  # fmt: skip

    assert issue(size=1, mediaType="image/png").found == ["ENT-CORE-PRESENTED-07"]
    made = issue(size=len(PNG), mediaType="application/pdf")
    assert made.status == 200
    record = clerk.get(f"/api/v1/records/{made.json['id']}").json
    found = [each["id"] for check in record["checks"] for each in check["findings"]]
    assert "ENT-CORE-PRESENTED-08" in found, "its readers are warned"


def party_of(visitor):
    from entrepot.node.account.models import Membership

    return Membership.objects.get(person=visitor.person).party


def test_a_photograph_larger_than_a_file_may_be_is_made_smaller(sides):
    import io
    import random

    from PIL import Image

    _, buyer, sale = sides
    noise = Image.frombytes("RGB", (1500, 1300), random.Random(1).randbytes(5_850_000))
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert len(out.getvalue()) > 5 << 20, "more than other forms take"
    look(buyer, sale, upload("damage.png", out.getvalue()))
    assert buyer.status == 200, buyer.words
    assert "damage.jpg" in buyer.words
