"""A seller's way, in the languages that hold it alone: no word of English where the pages have one of their own."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from babel.dates import format_date
from rig.visitor import Visitor, begin_session, firm, person

from entrepot.node.page.language import BY_CODE, LANGUAGES
from messages.__main__ import template

PATHS = [each.code for each in LANGUAGES if not each.is_whole]
VOID = {"meta", "link", "input", "br", "img", "hr"}


class Words(HTMLParser):
    """The texts of a page that are not marked as being in English."""

    def __init__(self, text):
        super().__init__()
        self.texts, self._open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag not in VOID:
            self._open.append(values.get("lang") == "en")
        self.texts += [values[name] for name in ("aria-label", "title", "placeholder") if name in values]

    def handle_endtag(self, tag):
        self._open.pop()

    def handle_data(self, data):
        if not any(self._open):
            self.texts.append(" ".join(data.split()))


def left(language):
    """What the pages say elsewhere, and this language has no words for."""
    ids = [{each.id for each in template(code) if isinstance(each.id, str)} for code in ("", language)]
    return {each for each in ids[0] - ids[1] if len(each) > 2 and "%(" not in each}


@pytest.mark.parametrize("language", PATHS)
def test_a_seller_reads_no_english_on_her_way(node, language):
    untranslated, seen = left(language), []

    def look(visitor, status=200):
        assert visitor.status == status, visitor.words
        found = untranslated & set(Words(visitor.text).texts)
        assert not found, f"{visitor.path}: {found}"
        assert f'<html lang="{BY_CODE[language].tag}"' in visitor.text
        seen.append(visitor.text)
        return visitor

    guest = Visitor(node, language)
    look(guest.go("/"))
    look(guest.go("/nothing"), 404)
    look(look(guest.go("/sign-up")).send(email="no address"), 422)
    look(guest.go("/sign-up").send(email=f"seller-{language}@example.org"))
    look(look(guest.go("/sign-in")).send(email="a@example.org", password="wrong"), 422)

    seller = Visitor(node, language)
    seller.person = person(node).person
    begin_session(seller)
    look(seller.go("/businesses"))
    look(seller.go("/businesses/new"))
    look(look(seller.go("/businesses/new?economy=KH")).send(name=""), 422)
    look(seller.send(name=f"Firm of {language}"))
    look(seller.go("/businesses"))
    end = datetime.now(UTC).date() + timedelta(days=20)
    look(look(seller.go("/offers/new")).send(what="", button="look"), 422)
    offer = {"what": "Durian", "quantity": "5", "price": "25", "currency": "MYR", "end": end.isoformat()}
    look(seller.send(offer, button="look"))
    look(seller.send(button="sign"))
    assert format_date(end, "long", locale=BY_CODE[language].locale) in seller.text
    address = seller.path
    look(seller.go("/offers/mine"))

    buyer = person(node, party=firm(node, "Guangzhou Example Fruit", "CN")).go(
        f"{address.removeprefix(f'/{language}')}/order"
    )
    buyer.send(quantity="2", button="look")
    sale = buyer.send(button="sign").path.split("/")[-1]
    look(seller.go("/sales"))
    look(seller.go(f"/sales/{sale}"))
    look(look(seller.go(f"/sales/{sale}/order-response")).send(answer="reject", button="look"), 422)
    for step, typed in (("order-response", {"answer": "accept"}), ("invoice", {}), ("hand-over", {"place": "MYPKG"})):
        look(look(seller.go(f"/sales/{sale}/{step}")).send(typed, button="look"))
        look(seller.send(button="sign"))
    look(seller.go(f"/sales/{sale}/dispute"))
    assert len(seen) == len(set(seen)) + sum(seen.count(each) - 1 for each in set(seen))


def test_a_word_that_is_left_in_english_is_seen(node):
    """The page of the operator is none of the path."""
    visitor = Visitor(node, "km")
    visitor.person = person(node, is_operator=True).person
    assert left("km") & set(Words(begin_session(visitor).go("/operator").text).texts)
