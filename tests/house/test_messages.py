"""The catalogues of translations: complete, and honest about who stands behind them."""

import io
import re
import tomllib

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from entrepot.document.rendering import LANGUAGES as RENDERED
from entrepot.document.rendering import words_of
from entrepot.node.page.language import LANGUAGES
from entrepot.node.page.sale.words import KINDS
from house.tree import Tree
from messages.__main__ import (
    NODE,
    ROOT,
    TERMS,
    catalogues,
    found_in,
    gaps,
    missing,
    read,
    renewed,
    seller_path,
    template,
    told_in,
)

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


def test_every_language_of_the_pages_has_a_catalogue():
    assert {"en", *FILES} == {each.code for each in LANGUAGES}


def test_a_language_that_is_not_whole_has_the_strings_of_the_files_that_a_seller_meets():
    path, all_of_them = template("km"), template()
    assert all((NODE.parents[2] / each).is_file() or each.startswith("ENT-") for each in seller_path())
    assert "Register a business" in path
    assert "Sign in" in path
    assert "What is to be done" in all_of_them
    assert "What is to be done" not in path
    assert len(path) < len(all_of_them) == len(template("th"))


def test_what_is_said_is_said_where_the_catalogues_find_it():
    elsewhere = {file for file, _, text in told_in(Tree(ROOT).modules) if text is None}
    # A finding's message and remedy, and what facts of rules are: the catalogues hold these anyway.
    assert elsewhere == {f"src/entrepot/{each}.py" for each in ("base/finding", "base/said", "rule/evaluation")}
    assert "It is revoked." in template("th")
    assert "It is revoked." not in template("km")


PLURALS = b"""
ngettext("%(count)s record", "%(count)s records", count)
gettext("one")
"""


def test_of_a_plural_every_form_is_wanted_that_the_language_has():
    wanted = Catalog()
    for _, _, text in found_in("x.py", PLURALS):
        wanted.add(text)
    assert missing(Catalog(locale="en"), wanted, {}) == ["%(count)s record", "one"]
    two, one = ("%(count)s talaan", "%(count)s mga talaan"), ("%(count)s 件",)
    for locale, forms, lacking in (("fil", two, []), ("ja", one, []), ("fil", one, ["%(count)s record"]),
                                   ("fil", ("%(count)s record", two[1]), ["%(count)s record"])):  # fmt: skip
        made = Catalog(locale=locale)
        made.add(("%(count)s record", "%(count)s records"), forms)
        made.add("one", "isa")
        assert missing(made, wanted, {}) == lacking, (locale, forms)
        if not lacking:
            again = read_po(io.StringIO(renewed(made, wanted)), locale=locale)
            assert again.get("%(count)s record").string == forms


@pytest.mark.parametrize("language", sorted(FILES))
def test_a_catalogue_is_canonical_and_says_who(language):
    text = FILES[language].read_text("utf-8")
    head = text.partition("\n\n")[0]
    assert '"X-Translator: ' in head
    assert '"X-Checked-By: ' in head
    known = {each.id for each in template(language) if each.id}
    assert {each.id for each in read_po(io.StringIO(text)) if each.id} == known, "run python tools/messages"


@pytest.mark.parametrize("language", sorted(FILES))
def test_placeholders_survive_translation(language):
    for each in read_po(io.StringIO(FILES[language].read_text("utf-8"))):
        for text in (each.string,) if isinstance(each.string, str) else each.string:
            assert _names(text) == _names(each.id if isinstance(each.id, str) else each.id[1]), each.id


def _names(text):
    """The places of a text, ``%(name)s`` and a finding's ``{name}``; a language may name one twice."""
    return set(re.findall(r"%\(\w+\)s|\{\w+\}", text))


def test_no_text_of_a_template_escapes_the_catalogue():
    for file in NODE.rglob("*.html"):
        marked = r"{%\s*blocktranslate.*?endblocktranslate\s*%}|{%.*?%}|{{.*?}}|<[^>]*>"
        bare = re.sub(marked, " ", file.read_text("utf-8"))
        words = set(re.findall(r"[A-Za-z]{3,}", bare)) - {"Entrepot", "English", "entrepot"}
        assert words == set(), file.name


TITLES = {
    each: word for each, word in KINDS.items() if each in words_of("en").kinds and each not in ("invoice", "order")
}
"""Documents by the name that pages call them. For an invoice and an order pages take the everyday word, and a document
the field's own (commercial invoice, purchase order)."""


@pytest.mark.parametrize("language", sorted(set(FILES) & set(RENDERED)))
def test_a_document_has_one_name_on_pages_and_on_itself(language):
    pages, titles = read(language, FILES[language]), words_of(language).kinds
    differ = {
        each: (pages.get(word).string, titles[each])
        for each, word in TITLES.items()
        if pages.get(word).string.lower() not in titles[each].lower()
    }
    assert differ == {}, "say the same thing with the same words"


@pytest.mark.parametrize("language", sorted(FILES))
def test_the_terms_of_the_field_are_kept_throughout(language):
    terms = tomllib.loads(TERMS.read_text("utf-8"))
    broken = []
    for each in read(language, FILES[language]):
        ids = each.id if isinstance(each.id, str) else each.id[1]
        said = (each.string if isinstance(each.string, str) else " ".join(each.string)).lower()
        broken += [(ids, term) for term in terms["avoided"].get(language, []) if term.lower() in said]
        for english, wanted in terms["wanted"].get(language, {}).items():
            if re.search(rf"\b{english}s?\b", ids, re.I) and wanted.lower() not in said:
                broken.append((ids, wanted))
    assert broken == []
