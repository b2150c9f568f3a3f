"""One sale by pages alone: order, answer, invoice, hand-over; each said once, by whoever may, after looking at it."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from rig.visitor import Visitor, firm, letters, person

from entrepot.node.page.language import BY_CODE, LANGUAGES

ORDER = {"what": "Durian, fresh", "quantity": "1200", "price": "25.00", "currency": "MYR"}
ORDER |= {"incoterm": "CIF", "place": "Nansha"}


@pytest.fixture
def sides(node):
    """A seller and a buyer, each signed in as an owner."""
    seller, buyer = firm(node, "Kebun Contoh"), firm(node, "示例进口", "CN")
    return person(node, name="Aminah", party=seller), person(node, name="Li", party=buyer), seller, buyer


def order(buyer, seller, **typed):
    buyer.go("/sales/new").send({**ORDER, "did": seller, **typed}, button="look")
    return buyer


def ordered(buyer, seller, **typed):
    """The id of the sale that a signed order opens."""
    order(buyer, seller, **typed).send(button="sign")
    assert buyer.status == 200, buyer.words
    return re.search("/sales/([0-9a-f]{64})", buyer.path).group(1)


def test_a_sale_runs_from_order_to_delivery(node, sides):
    seller, buyer, grower, _ = sides
    order(buyer, grower)
    assert "not signed yet" in buyer.heading
    assert "1,200" in buyer.words
    assert "30,000.00 MYR" in buyer.words, "what it costs is seen before signing"
    assert "Kebun Contoh" in buyer.words
    assert node.operator.get("/api/v1/economies").status == 200
    buyer.send(button="sign")
    sale = buyer.path.split("/")[-1]
    assert buyer.heading.endswith("ordered")
    seller.go("/sales")
    assert "Durian, fresh" in seller.words
    assert led_to(seller, sale) == {"order-response"}, (
        "the board leads to what is next, and asks for no money before an invoice"
    )
    assert "MYR 30,000.00" in seller.words or "30,000.00 MYR" in seller.words
    seller.go(f"/sales/{sale}/order-response").send(answer="accept", button="look").send(button="sign")
    assert seller.heading.endswith("accepted")
    seller.go(f"/sales/{sale}/invoice").send(account="123", button="look").send(button="sign")
    assert seller.heading.endswith("invoiced")
    assert "30,000.00" in seller.words
    assert led_to(seller.go("/sales"), sale) == {"hand-over", "payment-request"}, "what was said already is not next"
    seller.go(f"/sales/{sale}/hand-over").send(leg="departed", place="MYPKG", button="look").send(button="sign")
    assert seller.heading.endswith("on the way")
    buyer.go(f"/sales/{sale}/hand-over").send(leg="delivered", place="CNNSA", button="look").send(button="sign")
    assert buyer.heading.endswith("delivered")
    for each in ("Li", "GS1 EPCIS 2.0", "Invoice", "✓ good"):
        assert each in buyer.words
    assert "Aminah" not in buyer.words, "who acts for the other side is its own affair"
    api = node.token(grower, "viewer")
    assert [each["kind"] for each in api.get(f"/api/v1/sales/{sale}").json["records"]] == [
        "order", "order-response", "invoice", "hand-over", "hand-over",
    ]  # fmt: skip


def led_to(visitor, sale):
    """The kinds of record that the board leads to in a sale."""
    return set(re.findall(f'href="[^"]*/sales/{sale}/([a-z-]+)"', visitor.text))


def test_findings_stand_beside_their_fields(sides):
    _, buyer, seller, _ = sides
    order(buyer, seller, quantity="0")
    assert buyer.status == 422
    assert "quantity-wrong" in buyer.forms[-1].described["quantity"]
    order(buyer, seller, hs="12")
    assert "hs-wrong" in buyer.forms[-1].described["hs"]
    assert buyer.forms[-1].fields["what"] == "Durian, fresh"
    assert "Name the readers" not in buyer.words
    order(buyer, seller, quantity="many")
    assert "quantity-wrong" in buyer.forms[-1].described["quantity"]
    order(buyer, "", what="")
    assert "seller" in re.findall('href="#([a-z]+)"', buyer.text)
    assert "what-wrong" in buyer.forms[-1].described["what"]


def test_a_draft_is_kept_and_can_be_thrown_away(sides):
    _, buyer, seller, _ = sides
    buyer.go("/sales/new").send(what="Half a thought", button="keep")
    assert "Draft of" in buyer.words
    buyer.go("/sales/new")
    assert buyer.forms[-1].fields["what"] == "Half a thought"
    buyer.send(button="discard")
    assert "Draft of" not in buyer.words
    order(buyer, seller).send(button="change")
    assert buyer.forms[-1].fields["quantity"] == "1200"


def test_what_is_signed_twice_or_by_eight_at_once_is_said_once(node, sides):
    _, buyer, grower, importer = sides
    order(buyer, grower)
    sent = {**buyer.forms[-1].fields, "act": "sign"}

    led = eight_times(lambda: buyer.post("/sales/new", sent, follow=False)["Location"])
    (place,) = {each.removesuffix("?again=1") for each in led}
    assert buyer.post("/sales/new", sent, follow=False)["Location"] == f"{place}?again=1"
    assert len(node.token(importer, "viewer").get("/api/v1/sales").json["sales"]) == 1
    changed = buyer.post("/sales/new", {**sent, "quantity": "7"})
    assert changed.status == 409
    assert len(node.token(importer, "viewer").get("/api/v1/sales").json["sales"]) == 1


def eight_times(send):
    """The answers to one form that is sent eight times at once."""

    def once(_):
        from django.db import connections

        try:
            return send()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(once, range(8)))


def test_a_business_that_is_registered_eight_times_at_once_is_there_once(node):
    from entrepot.node.account.models import Business, Membership

    visitor = person(node).go("/businesses/new?economy=MY")
    sent = {**visitor.forms[-1].fields, "name": "Acht Mal"}
    answers = eight_times(lambda: visitor.post("/businesses/new", sent, follow=False).status_code)
    assert set(answers) == {303}
    assert Business.objects.filter(name="Acht Mal").count() == 1
    assert Membership.objects.filter(person=visitor.person).count() == 1


def test_a_person_is_invited_eight_times_at_once_by_one_letter(node):
    visitor = person(node, party=firm(node, "Eight")).go("/people")
    sent = {**visitor.forms[-1].fields, "email": "eight@example.org", "role": "viewer"}
    assert set(eight_times(lambda: visitor.post("/people", sent, follow=False).status_code)) == {303}
    assert len(letters(node, "eight@example.org")) == 1


def test_a_step_that_is_not_open_is_told(sides):
    seller, buyer, grower, _ = sides
    sale = ordered(buyer, grower)
    assert seller.go(f"/sales/{sale}/invoice").status == 409
    assert buyer.go(f"/sales/{sale}/order-response").status == 409
    assert seller.go(f"/sales/{sale}/nothing").status == 404
    assert seller.go(f"/sales/{'0' * 64}/invoice").status == 404


def test_a_cancellation_is_asked_for_and_granted(sides):
    seller, buyer, grower, _ = sides
    sale = ordered(buyer, grower)
    buyer.go(f"/sales/{sale}/order-cancellation").send(reason="Too much", button="look").send(button="sign")
    assert buyer.status == 200, buyer.words
    seller.go(f"/sales/{sale}/cancellation-response").send(answer="accept", button="look").send(button="sign")
    assert seller.heading.endswith("cancelled")


def test_goods_go_back_and_the_sides_disagree(sides):
    seller, buyer, grower, _ = sides
    sale = ordered(buyer, grower)
    seller.go(f"/sales/{sale}/order-response").send(answer="accept", button="look").send(button="sign")
    buyer.go(f"/sales/{sale}/hand-over").send(place="CNNSA", button="look").send(button="sign")
    buyer.go(f"/sales/{sale}/return-request").send(reason="damaged", button="look").send(button="sign")
    assert "Request to return" in buyer.words
    seller.go(f"/sales/{sale}/return-response").send(answer="refuse", button="look")
    assert "reason-wrong" in seller.forms[-1].described["reason"]
    seller.send(answer="refuse", reason="They left whole.", button="look").send(button="sign")
    buyer.go(f"/sales/{sale}/dispute").send(about=sale, grounds="They came broken.", remedy="refund", button="look")
    assert "claim-wrong" in buyer.forms[-1].described["claim"]
    buyer.send(claim="100", button="look").send(button="sign")
    assert buyer.heading.endswith("disputed")
    assert buyer.go(f"/sales/{sale}/dispute-answer").status == 409
    seller.go(f"/sales/{sale}/dispute-answer").send(agrees="no", button="look")
    assert "grounds-wrong" in seller.forms[-1].described["grounds"]
    seller.send(agrees="no", grounds="They left whole.", button="look").send(button="sign")
    assert "Answer to the dispute" in seller.words
    assert "✗" not in seller.text


def test_a_session_that_ends_in_the_middle_loses_nothing(node, sides):
    _, buyer, seller, _ = sides
    buyer.go("/sales/new")
    typed = {**buyer.forms[-1].fields, **ORDER, "did": seller, "note": "long work\nof two lines", "act": "look"}
    from entrepot.node.account.models import Person

    Person.objects.filter(pk=buyer.person.pk).update(epoch=5)
    buyer.post("/sales/new", typed)
    assert buyer.status == 403
    assert "kept" in buyer.words
    buyer.send(email=buyer.person.email, password="seven wet durians")
    assert buyer.path == "/en/sales/new"
    assert buyer.forms[-1].fields["note"].split() == ["long", "work", "of", "two", "lines"]
    assert buyer.forms[-1].fields["quantity"] == "1200"


def test_a_page_that_grew_old_is_shown_again_with_what_was_typed(sides):
    _, buyer, seller, _ = sides
    buyer.go("/sales/new")
    typed = {**buyer.forms[-1].fields, **ORDER, "did": seller, "act": "sign", "csrfmiddlewaretoken": "x" * 64}
    buyer.post("/sales/new", typed)
    assert buyer.status == 403
    assert buyer.forms[-1].fields["what"] == "Durian, fresh"
    buyer.send(button="look").send(button="sign")
    assert buyer.heading.endswith("ordered")


EVIL = "</textarea><script>alert(1)</script>"
SPECIAL = (EVIL, "\u202e\u0000", "a" * 5000, "\u0e01\u0e33\u0301" * 40, "{% csrf_token %}", "'; DROP TABLE x; --")


@pytest.mark.parametrize("text", SPECIAL)
def test_naughty_strings_are_answered(sides, text):
    _, buyer, seller, _ = sides
    order(buyer, seller, what=text, note=text)
    assert buyer.status in (200, 403, 422)
    assert "<script>" not in buyer.text
    assert "Traceback" not in buyer.text


def test_a_visitor_sees_no_sale(node, sides):
    _, buyer, grower, _ = sides
    sale = ordered(buyer, grower)
    visitor = Visitor(node).go(f"/sales/{sale}")
    assert visitor.path.startswith("/en/sign-in?next=")
    assert sale not in visitor.heading
    stranger = person(node, party=firm(node, "Else"))
    assert stranger.go(f"/sales/{sale}").status == stranger.go(f"/sales/{'0' * 64}").status == 404


@pytest.mark.parametrize("language", [each.code for each in LANGUAGES])
def test_a_form_and_its_findings_are_in_the_readers_language(node, sides, language):
    _, buyer, seller, _ = sides
    buyer.language = language
    order(buyer, seller, quantity="0")
    assert buyer.status == 422
    fault = re.search('id="quantity-wrong">(.*?)</p>', buyer.text, re.S).group(1)
    assert ("cannot be ordered" in fault) == (language == "en")
    assert 'lang="en"' not in fault
    assert re.search('<html lang="([^"]*)"', buyer.text).group(1) == BY_CODE[language].tag


def test_what_the_journal_keeps_is_told_in_the_readers_language_or_marked_as_english(node):
    from django.utils.translation import override

    from entrepot.document.agency.check import NO_REASONS
    from entrepot.node.page.sale.telling import kept_words
    from entrepot.sale.race import finding_of

    other = "0f" * 32
    raced, agencys = finding_of(47, other).to_json(), NO_REASONS.broken("$.reasons").to_json()
    with override("ja"):
        why, look = kept_words(raced)
        assert why == ("取引の注文は一つです。識別子の小さい記録が有効です。", False)
        assert other in look[0]
        assert not look[1]
        assert [english for _, english in kept_words(agencys)] == [False, False]
    with override("km"):
        assert [english for _, english in kept_words(raced)] == [False, False]
        assert kept_words(agencys) == (("A decision without reasons.", True), ("Say why.", True))
    with override("en"):
        assert kept_words(raced)[1] == (f"Look at the record {other}.", False)


def test_a_seller_asks_to_be_paid_with_a_code(node, sides):
    seller, buyer, grower, _ = sides
    sale = ordered(buyer, grower)
    seller.go(f"/sales/{sale}/order-response").send(answer="accept", button="look").send(button="sign")
    seller.go(f"/sales/{sale}/invoice").send(button="look").send(button="sign")
    asked = {"network": "com.example.pay", "account": "0123456789", "merchant": "Kebun Contoh", "city": "Raub"}
    seller.go(f"/sales/{sale}/payment-request").send({**asked, "merchant": "果园"}, button="look")
    assert seller.status == 422, "the code holds Latin letters alone"
    seller.go(f"/sales/{sale}/payment-request").send(asked, button="look").send(button="sign")
    assert seller.status == 200, seller.words
    assert "EMVCo merchant-presented QR code 1.1" in seller.words
    again = seller.go(f"/sales/{sale}/payment-request").forms[-1].fields
    assert {name: again[name] for name in ("network", "account")} == {
        name: asked[name] for name in ("network", "account")
    }
    buyer.go(f"/sales/{sale}")
    assert "Code by which this is paid" in buyer.text


@pytest.mark.parametrize(
    ("owed", "said"),
    [(100, "1.00 MYR is still owed"), (0, "nothing is owed any more"), (-100, "1.00 MYR was paid beyond it")],
)
def test_what_is_owed_is_never_less_than_nothing(node, owed, said):
    from django.utils.translation import override

    from entrepot.base.money import Money
    from entrepot.node.page.desk.word import owed_words

    with override("en"):
        assert said in owed_words(Money(500, "MYR"), Money(owed, "MYR"))
