"""What people are told of what came in: each of them once, whatever is cut off; and by letter as they wish."""

import pytest
from rig.visitor import firm, letters, person

ORDER = {"what": "Durian", "quantity": "1", "price": "1.00", "currency": "MYR"}


@pytest.fixture(scope="module")
def tell(node):
    """Reads on to the end of the log, as the node's thread does."""
    from entrepot.node.notice.posting import post
    from entrepot.node.notice.telling import begin, read_on, tell_refusals

    def tell(*, by_letter=True):
        while read_on(node.office):
            pass
        tell_refusals(node.office)
        return post(node.office) if by_letter else 0

    begin(node.office)
    tell()
    return tell


@pytest.fixture
def sale(node, tell):
    """A seller, a buyer, and a sale that the buyer opened; nobody was told yet."""
    grower, importer = firm(node, "Kebun Contoh"), firm(node, "示例进口", "CN")
    seller, buyer = person(node, party=grower), person(node, party=importer)
    buyer.go("/sales/new").send({**ORDER, "did": grower}, button="look").send(button="sign")
    return seller, buyer, buyer.path.split("/")[-1]


def told(visitor):
    from entrepot.node.notice.models import Notice

    return [(each.what, each.kind) for each in Notice.objects.filter(person=visitor.person).order_by("pk")]


def test_what_waits_and_what_was_decided_is_told_to_whom_it_concerns(node, sale, tell):
    seller, buyer, about = sale
    tell()
    assert (told(seller), told(buyer)) == ([("step", "order")], [])
    assert "Notices 1" in seller.go("/sales").words
    seller.go("/notices")
    assert "New Order PO-" in seller.words
    assert "waits for your answer" in seller.words
    assert f"/sales/{about}/order-response" in seller.text
    seller.go(f"/sales/{about}/order-response").send(answer="accept", button="look").send(button="sign")
    assert "Notices 1" not in seller.words, "whoever opened the sale has read it"
    assert "was answered" in seller.go("/notices").words
    tell()
    assert told(buyer) == [("decision", "order-response")]
    assert "answers you" in buyer.go("/notices").words
    buyer.send()
    assert "New" not in buyer.words
    assert person(node, party=firm(node, "Other")).go("/notices").words.count("Order") == 0
    late = person(node, party=party_of(seller))
    tell()
    assert told(late) == [], "who came later is not told of what was before"


def party_of(visitor):
    from entrepot.node.account.models import Membership

    return Membership.objects.get(person=visitor.person).party


def test_nothing_is_lost_or_doubled_where_reading_is_cut_off(node, sale, tell, monkeypatch):
    from entrepot.node.notice import models

    seller, _, _ = sale
    kept = models.Place.save

    def cut_off(*_, **__):
        raise OSError("the machine stopped")

    monkeypatch.setattr(models.Place, "save", cut_off)
    with pytest.raises(OSError, match="stopped"):
        tell()
    assert told(seller) == [], "notices and place change together"
    monkeypatch.setattr(models.Place, "save", kept)
    tell()
    models.Place.objects.update(epoch=-1)  # as after a restore: the log is read from its beginning
    tell()
    assert told(seller) == [("step", "order")]


def test_a_letter_that_was_cut_off_is_written_again_in_its_own_place(node, sale, tell, monkeypatch):
    from entrepot.node.notice import posting
    from entrepot.node.notice.models import Notice, Wish

    seller, buyer, about = sale
    Wish.objects.update_or_create(person=seller.person, defaults={"language": "ms"})
    tell(by_letter=False)
    write = posting.letter.send_once

    def cut_off(*said, **name):
        write(*said, **name)
        raise OSError("the machine stopped")

    monkeypatch.setattr(posting.letter, "send_once", cut_off)
    with pytest.raises(OSError, match="stopped"):
        tell()
    assert len(letters(node, seller.person.email)) == 1
    monkeypatch.setattr(posting.letter, "send_once", write)
    buyer.go(f"/sales/{about}/messages").send(text="Ripe?", button="look").send(button="sign")
    tell()
    tell()
    first, second = letters(node, seller.person.email)
    assert "/ms/notices" in first
    assert "PO-" in first
    assert "MS-" in second
    assert "PO-" not in second, "what a letter told no other letter tells"
    assert "Ripe?" not in second, "a letter holds no content of records"
    assert not Notice.objects.filter(person=seller.person, posted=None).exists()


def test_who_wants_no_letters_gets_none(sale, tell, node):
    seller, _, _ = sale
    seller.go("/notices/settings").send(language="ko")  # the box of letters is left empty
    tell()
    assert told(seller) == [("step", "order")]
    assert letters(node, seller.person.email) == []


def test_a_refusal_of_a_peer_is_told_to_the_issuer_once(node, sale, tell):
    from entrepot.journal.port import Message

    seller, buyer, about = sale
    office = node.office
    sent = Message(peer="did:web:elsewhere.example", lane=about, key=about, body={"record": about})

    def refuse(journal):
        with journal.transaction():  # before the node's own thread takes it
            journal.send([sent], cause=about)
            given_up = next(each for each in journal.messages(about) if each.peer == sent.peer)
            journal.failed(given_up.id, "refused: []")

    office.run(refuse)
    tell()
    tell()
    assert told(buyer) == [("refusal", "order")]
    assert told(seller) == [("step", "order")]
    assert "was refused by the other side" in buyer.go("/notices").words
