"""The catalogues of translations: complete, and honest about who stands behind them."""

import io

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from messages.__main__ import catalogues, gaps, missing, template

FILES = catalogues()


def test_every_string_is_translated():
    assert gaps() == {}, "python tools/messages adds new strings; translate them"


def test_a_string_that_stays_english_is_missing():
    wanted, made = Catalog(), Catalog()
    for text in ("status", "tag", "gone"):
        wanted.add(text)
    made.add("status", "status")
    made.add("tag", "tag")
    assert missing(made, wanted, {"status": "the same word"}) == ["tag", "gone"]


@pytest.mark.parametrize("language", sorted(FILES))
def test_a_catalogue_is_canonical_and_says_who(language):
    text = FILES[language].read_text("utf-8")
    head = text.partition("\n\n")[0]
    assert '"X-Translator: ' in head
    assert '"X-Checked-By: ' in head
    known = {each.id for each in template() if each.id}
    assert {each.id for each in read_po(io.StringIO(text)) if each.id} == known, "run python tools/messages"


@pytest.mark.parametrize("language", sorted(FILES))
def test_placeholders_survive_translation(language):
    for each in read_po(io.StringIO(FILES[language].read_text("utf-8"))):
        if each.id and "%(" in each.id:
            assert sorted(each.string.split("%(")[1:]) and sorted(_names(each.string)) == sorted(_names(each.id))


def _names(text):
    return [part.partition(")")[0] for part in text.split("%(")[1:]]


def test_no_text_of_a_template_escapes_the_catalogue():
    import re

    from messages.__main__ import NODE

    for file in NODE.rglob("*.html"):
        marked = r"{%\s*blocktranslate.*?endblocktranslate\s*%}|{%.*?%}|{{.*?}}|<[^>]*>"
        bare = re.sub(marked, " ", file.read_text("utf-8"))
        words = set(re.findall(r"[A-Za-z]{3,}", bare)) - {"Entrepot", "English", "entrepot"}
        assert words == set(), file.name
