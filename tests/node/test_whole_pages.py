"""What holds of every page: no word escapes translation, each field has its help, and it is light."""

import re
from html.parser import HTMLParser

import pytest
from rig.verified import DOCUMENTS
from rig.visitor import Visitor, begin_session
from test_page_matrix import ROWS, put_back, stage  # noqa: F401

from messages.__main__ import strings

pytestmark = pytest.mark.long
FIRST_MAX, LATER_MAX = 100_000, 40_000
"""Bytes of a first visit, with the style sheet and the script, and of a later page; before they are compressed."""
LANGUAGE = "ja"
"""One whose days, numbers and names of economies (CLDR) hold no Latin letters: what is left of those is ours."""
_WIDE = {each: each + 0xFEE0 for each in range(0x21, 0x7F) if chr(each).isalpha()}
_PLACES = re.compile(r"(%\(\w+\)s|%%|\{\w*\}|<[^>]*>|&\w+;)")
VALUE = re.compile(r"\b(?:did|https?|urn):\S+|\$[\w.\[\]]+|[\w.+-]*\d[\w.+-]*")
"""An identifier, an address, a path; a digest, or a name of a standard, an algorithm or a code with a number in it."""
WORD = re.compile(r"[A-Za-z]*[a-z][A-Za-z]{2,}")
KNOWN = frozenset(each for _, _, text in strings() for each in ((text,) if isinstance(text, str) else text))
"""What the catalogues hold; Django's own words among them are not."""
VOID = {"meta", "link", "input", "br", "img", "hr"}
DATA = {"bdi", "code", "textarea", "script", "style", "title", "cite", "blockquote"}
"""Elements that hold what somebody typed, what machines read, or what others wrote: titles and quotations. (The title
of a page is its heading over again.)"""
ALLOWED = {
    "*": {"Entrepot": "the name of the program"},
    "/verify": {
        "jwt VerifiableCredential DataIntegrityProof": "names of standards",
        "validFrom Thing": "what the document says",
    },
    "/notices/settings": {"Bahasa Melayu Indonesia English Filipino": "languages, as their readers call them"},
    "/sales/<sale>/messages": {
        "Bahasa Melayu Indonesia English Filipino": "languages, as their readers call them",
        "csv docx jpeg jpg json pdf png txt webp xlsx xml": "endings of files",
    },
    "/registration/new": {
        "Business identification number registration": "registers of an economy, as its file names them",
    },
}
"""Page -> words that are in no catalogue, and why."""
SAID_BY_LABEL = {
    "a list to choose from, whose choices say it": (
        "currency unit language speaks subject economy kind role scheme registrar answer grounds side seller re to "
        "other"
    ),
    "how one comes in, everywhere": "email password old code",
    "the label asks for it and nothing else is meant": (
        "q quantity letters identifier seller_name until what text file picture"
    ),
}
"""Why a field has no help beside it -> names of fields."""


class Seen(HTMLParser):
    """The texts of a page that it says itself, in the language of the page; its fields, and what describes them."""

    def __init__(self, text):
        super().__init__()
        self.texts, self.fields, self.ids, self.labels, self.root, self._open = [], [], set(), set(), {}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        self.root = at if tag == "html" else self.root
        self.ids |= {at["id"]} if "id" in at else set()
        self.labels |= {at["for"]} if tag == "label" and "for" in at else set()
        # English is no other language here: it is a sentence that nobody translated, marked or not.
        is_other = at.get("lang", "en") != "en" or at.get("hreflang") or "source" in at.get("class", "")
        foreign = tag != "html" and (is_other or at.get("dir") == "auto")
        if tag not in VOID:
            self._open.append(tag in DATA or foreign or (tag == "option" and at["value"].startswith("did:")))
        if not any(self._open):
            # What is on a photograph of an offer its seller says, in any language.
            names = ("aria-label", "title", "placeholder", *(() if "srcset" in at else ("alt",)))
            self.texts += [at[name] for name in names if at.get(name)]
        if tag in ("input", "select", "textarea") and at.get("type") not in ("hidden", "submit"):
            self.fields.append(at)

    def handle_endtag(self, tag):
        if self._open:
            self._open.pop()

    def handle_data(self, data):
        if not any(self._open):
            self.texts.append(data)


def pseudo(text):
    """``text`` in full-width letters, its places and its markup left alone; as it is where no catalogue holds it."""
    if text not in KNOWN:
        return text
    parts = _PLACES.split(text)
    return "".join(part if index % 2 else part.translate(_WIDE) for index, part in enumerate(parts))


@pytest.fixture(scope="module")
def opened(node, stage):  # noqa: F811
    """Every page that an owner or nobody may open, and every form that is ready to be sent: path -> text."""
    from django.utils.translation.trans_real import DjangoTranslation

    people, names = stage
    patch = pytest.MonkeyPatch()
    patch.setattr(DjangoTranslation, "gettext", lambda self, message: pseudo(message))
    patch.setattr(DjangoTranslation, "ngettext", lambda self, one, many, n: pseudo(one if n == 1 else many))
    ways = []
    for row, answers in ROWS.items():
        method, path = row.split()
        for role in ("owner", "nobody"):
            if method == "GET" and answers[role] == "open":
                ways.append((path, role))
    texts = {}
    try:
        for path, role in ways:
            where = re.sub("<([a-z]+)>", lambda at: str(names[at[1]]), path)
            put_back(names)
            visitor = Visitor(node, LANGUAGE)
            visitor.person = people[role].person
            if visitor.person:
                begin_session(visitor)
            answer = visitor.client.get(f"/{LANGUAGE}{where}", **visitor._heads())
            if answer["Content-Type"].startswith("text/html"):
                texts[f"{path} ({role})"] = answer.content.decode()
        for name, document in DOCUMENTS.items():
            visitor = Visitor(node, LANGUAGE)
            answer = visitor.client.post(f"/{LANGUAGE}/verify", {"text": document()}, **visitor._heads())
            texts[f"/verify ({name})"] = answer.content.decode()
    finally:
        patch.undo()
    return texts


def test_no_word_escapes_translation(opened):
    assert len(opened) > 40
    found = {}
    for path, text in opened.items():
        known = {**ALLOWED["*"], **ALLOWED.get(path.split()[0], {})}
        said = [VALUE.sub(" ", each) for each in Seen(text).texts]
        words = {word for each in said for word in WORD.findall(each)} - set(" ".join(known).split())
        if words:
            found[path] = sorted(words)
    assert not found, "\n".join(f"{path}: {words}" for path, words in found.items())


def test_a_page_says_its_language_and_direction(opened):
    for path, text in opened.items():
        root = Seen(text).root
        assert (root["lang"], root["dir"]) == (LANGUAGE, "ltr"), path


def test_every_field_has_a_label_and_help(opened):
    bare, said = set(), set(" ".join(SAID_BY_LABEL.values()).split())
    for path, text in opened.items():
        seen = Seen(text)
        for field in seen.fields:
            described = field.get("aria-describedby", "").split()
            assert set(described) <= seen.ids, path
            if field.get("id") not in seen.labels:
                bare.add(f"{path}: {field.get('name')} has no label")
            if not described:
                bare.add(field.get("name"))
    assert bare == said, "give it help, or say here why it needs none"


def test_every_page_is_light(opened):
    from entrepot.node.page.sheet import TYPES, static

    once = sum(len(static(name)[1]) for name in TYPES)
    sizes = {path: len(text.encode()) for path, text in opened.items()}
    assert {path: size for path, size in sizes.items() if size > LATER_MAX} == {}
    assert max(sizes.values()) + once <= FIRST_MAX
