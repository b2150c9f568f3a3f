"""A person erases what she wrote in a sale by a page: told what happens, asked why, refused what is kept."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from rig import paper
from rig.visitor import firm, person
from test_messages import begin, party_of, write


@pytest.fixture
def wrote(node):
    """The seller, the buyer, the sale, and the page that erases what the seller wrote; with a file."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    seller, buyer, about = begin(node)
    write(seller, about, "My passport is A1.", files=SimpleUploadedFile("note.txt", b"A1 indeed."))
    (path,) = re.findall('href="/en(/sales/[^"]*/erase)"', seller.text)
    return seller, buyer, about, path


GIVEN = {"reason": "A person asked for it.", "role": "Owner", "reasons": "No law asks for chatter."}


def tombstones(node, message):
    journal = node.office.journal
    records = [journal.record(each.record_id) for each in journal.entries(0, 1_000_000)]
    return [each.id for each in records if each.kind == "tombstone" and each.payload.get("record") == message]


def test_what_was_written_goes_and_its_place_stays(node, wrote):
    seller, buyer, about, path = wrote
    message, file = re.search("/files/([0-9a-f]{64})/([0-9a-f]{64})", seller.text).groups()
    seller.go(path)
    for each in ("This cannot be undone", "a signed note that you erased it", "My passport is A1.", "note.txt"):
        assert each in seller.words, each
    seller.send()
    assert seller.status == 422, "a reason is asked for"
    assert "My passport" in seller.words
    seller.send(**GIVEN)
    assert seller.status == 200, seller.words
    for each in (seller, buyer):
        for place in (f"/sales/{about}/messages", f"/sales/{about}"):
            each.go(place)
            assert "This message was erased." in each.words
            assert "passport" not in each.text
            assert "note.txt" not in each.text
            assert "/erase" not in each.text
        assert each.go(f"/sales/{about}/files/{message}/{file}").status == 404
    assert "erased a message" in seller.go("/audit").words
    assert seller.go(path).status == 409
    assert len(tombstones(node, message)) == 1


@pytest.mark.long
def test_eight_forms_of_its_own_at_once_leave_one_tombstone(node, wrote):
    from django.db import connections

    seller, _, about, path = wrote
    people = [person(node, role="owner", party=party_of(seller)).go(path) for _ in range(8)]

    def one(each):
        try:
            return each.send(**GIVEN).status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, people)) == {200}
    assert len(tombstones(node, path.split("/")[-2])) == 1
    assert seller.go(f"/sales/{about}/messages").words.count("This message was erased.") == 1


@pytest.mark.long
def test_only_owners_erase_and_only_what_their_own_business_wrote(node, wrote):
    seller, buyer, about, path = wrote
    clerk = person(node, role="clerk", party=party_of(seller))
    assert "/erase" not in clerk.go(f"/sales/{about}/messages").text
    assert clerk.go(path).status == 403
    stranger = person(node, party=firm(node, "Other"))
    write(buyer, about, "Mine.")
    (theirs,) = re.findall('href="/en(/sales/[^"]*/erase)"', buyer.text)
    wrong = [
        (stranger, path),
        (buyer, path),
        (seller, theirs),
        (seller, path.replace(about, "0" * 64)),
        (seller, f"/sales/{about}/messages/{about}/erase"),
        (seller, f"/sales/{about}/messages/{'0' * 64}/erase"),
    ]
    for who, place in wrong:
        assert who.go(place).status == 404, place
        assert who.post(place, {**person_protection(who), **GIVEN}).status == 404, place
    assert "My passport" in buyer.go(f"/sales/{about}/messages").words


def person_protection(who):
    return {"csrfmiddlewaretoken": who.go("/sign-out").forms[-1].fields["csrfmiddlewaretoken"]}


def test_what_a_hold_keeps_is_refused_with_the_reason_and_on_record(node, wrote):
    seller, buyer, about, path = wrote
    owner = node.token(party_of(seller), "owner")
    made = owner.post("/api/v1/holds", {**paper.SAID, "instrument": "Order 12", "record": path.split("/")[-2]})
    assert made.status == 200, made.body
    seller.go(path)
    assert "It must be kept, and is not erased." in seller.words
    assert paper.SAID["reason"] in seller.words
    seller.send(reason="A person asked for it.")
    assert seller.status == 422
    (refusal,) = re.findall("<code>([0-9a-f]{64})</code>", seller.text)
    assert node.office.journal.record(refusal).kind == "erasure-refusal"
    assert "My passport" in buyer.go(f"/sales/{about}/messages").words
