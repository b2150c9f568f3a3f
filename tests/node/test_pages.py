"""Pages for people: in every language, for every visitor, whole without JavaScript."""

import json
import re
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path

import pytest
from click.testing import CliRunner

from entrepot.cli import entrepot
from entrepot.economy.load import codes
from entrepot.node.page.language import LANGUAGES
from entrepot.node.page.origin import STATES, Origin, origins
from entrepot.node.page.place import PLACES

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("/", "/verify", "/economies", "/economies/MY", "/economies/tw", "/statistics", "/statistics/MY", "/origins")
PREFIXES = ("", *(f"/{each.code}" for each in LANGUAGES))
VOID = {"meta", "link", "input", "br", "img"}


class Outline(HTMLParser):
    """What a page is made of; ``open`` is empty when every element was closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.links, self.lang, self.fields, self.labels = [], [], [], "", set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "html":
            self.lang = values["lang"]
        if tag == "a":
            self.links.append(values["href"])
        if tag == "label":
            self.labels.add(values["for"])
        if tag in ("input", "textarea", "select") and values.get("type") != "hidden":
            self.fields.add(values["id"])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def visit(node):
    from django.test import Client

    def get(path, **headers):
        given = {"HTTP_HOST": "127.0.0.1", "HTTP_ACCEPT": "text/html"}
        given |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        return Client().get(path, **given)

    return get


@pytest.fixture
def send(node):
    from django.test import Client

    def post(path="/verify", **fields):
        return Client().post(path, fields, HTTP_HOST="127.0.0.1", HTTP_ACCEPT="text/html")

    return post


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_in_every_language(visit, path):
    shown = {}
    for prefix in PREFIXES:
        answer = visit(prefix + path)
        assert answer.status_code == 200, prefix + path
        outline = Outline(answer.content.decode())
        assert outline.open == []
        assert outline.tags.count("h1") == 1
        assert outline.fields == outline.labels
        assert ("script" in outline.tags) == (path == "/verify"), "one that uses the camera"
        assert not [each for each in outline.tags if each == "style"]
        shown[outline.lang] = answer.content
        assert len(answer.content) < 60_000
    assert set(shown) == {each.tag for each in LANGUAGES}
    assert len(set(shown.values())) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("wish", "lang"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.1", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("ms-MY", "ms"),
        ("tlh", "en"),
        ("vi;q=0.2,th", "th"),
        ("tl-PH, en;q=0.5", "fil"),
    ],
)
def test_the_reader_is_answered_in_the_language_the_browser_asks_for(visit, wish, lang):
    answer = visit("/verify", accept_language=wish)
    assert (Outline(answer.content.decode()).lang, answer["Content-Language"]) == (lang, lang)
    assert "Accept-Language" in answer["Vary"]


def test_links_stay_in_the_language_of_the_address(visit):
    links = Outline(visit("/ko/economies/MY").content.decode()).links
    known = {each.code for each in LANGUAGES}
    own = [each for each in links if each.startswith("/") and each.split("/")[1] not in known]
    assert own == []


def test_every_link_of_the_pages_leads_somewhere(visit):
    """Of the same page in other languages one, in turn: that each page answers in each has its own test."""
    codes = [each.code for each in LANGUAGES]
    seen, left, turn = set(), ["/"], cycle(codes)
    while left:
        path = left.pop()
        answer = visit(path.partition("#")[0])
        if answer.status_code == 303 and answer.url.startswith("/sign-in?next="):
            continue  # what is for people with an account
        assert answer.status_code == 200, path
        if path.split("/")[1] in codes or not answer["Content-Type"].startswith("text/html"):
            continue  # the same pages again, or a photograph
        others = set(codes) - {next(turn)}
        for link in Outline(answer.content.decode()).links:
            if link.startswith("/") and link not in seen and link.split("/")[1] not in others:
                seen.add(link)
                left.append(link)


def test_nothing_is_loaded_from_elsewhere(visit):
    answer = visit("/")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    sheet = re.search(r'href="(/static/[^"]+\.css)"', answer.content.decode()).group(1)
    styled = visit(sheet)
    assert styled.status_code == 200
    assert "immutable" in styled["Cache-Control"]
    assert len(answer.content) + len(styled.content) < 100_000
    assert b"url(" not in styled.content
    assert b"@import" not in styled.content
    assert visit("/static/000000000000/entrepot.css").status_code == 404


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/th/nothing", 404)])
def test_errors_are_pages_for_people_and_problems_for_programs(visit, path, status):
    shown = visit(path)
    assert (shown.status_code, shown["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert "<h1>" in shown.content.decode()
    told = visit(path, accept="application/json")
    assert (told.status_code, told["Content-Type"]) == (status, "application/problem+json")


def test_an_economy_without_a_file_is_told(visit):
    assert visit("/economies/FR").status_code == 404
    assert "<h1>" in visit("/economies/FR").content.decode()


def test_each_economy_has_one_tile():
    assert set(PLACES) == set(codes())
    assert len(set(PLACES.values())) == len(PLACES)


def test_the_names_are_those_the_economies_agreed_on(visit):
    page = visit("/ja/economies").content.decode()
    assert "チャイニーズ・タイペイ" in page
    assert "中国香港" in page
    assert "マレーシア" in page


def test_a_good_document_is_called_good_and_an_altered_one_is_not(send, signed):
    good = send(text=signed).content.decode()
    assert "This document is good." in good
    assert 'class="verdict valid"' in good
    altered = json.loads(signed)
    altered["credentialSubject"]["name"] = "somebody else"
    bad = send(text=json.dumps(altered)).content.decode()
    assert "Do not rely on this document." in bad
    assert "not good" in bad
    assert "不要依赖这份单证" in send("/zh-hans/verify", text=json.dumps(altered)).content.decode()


def test_what_is_not_good_says_why_and_what_helps_in_the_readers_language(send, signed):
    altered = send("/ja/verify", text=signed.replace("did:key", "did:kez", 1)).content.decode()
    assert "署名" in re.search("<tbody>(.*?)</tbody>", altered, re.S).group(1)
    unsigned = send("/vi/verify", text=json.dumps({"type": ["VerifiableCredential"]})).content.decode()
    assert "Chưa ai ký. Hãy yêu cầu bên phát hành đưa chứng từ đúng như khi phát hành." in unsigned
    assert "Ask the issuer" not in re.search("<tbody>(.*?)</tbody>", send(text=signed).content.decode(), re.S).group(1)


def test_plain_words_are_for_answers_that_are_given():
    from entrepot import document
    from entrepot.document.verify.report import RESULTS
    from entrepot.node.page.remedy import REASONS, REMEDIES

    rooms = Path(document.__file__).parent
    text = "\n".join(each.read_text("utf-8") for each in rooms.rglob("*.py"))
    assert [each for each in REASONS if f'"{each}"' not in text] == []
    assert set(REMEDIES) == set(RESULTS)


def test_a_file_is_read_as_the_text_is(send, signed):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("../../x.json", signed.encode(), content_type="text/html")
    assert "This document is good." in send(file=file).content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "{",
        "[" * 5000,
        '{"a":1,"a":2}',
        "<!DOCTYPE x><x/>",
        "e30.e30.e30",
        "\u202e\u0000 \u2603",
        "a" * 100_000,
    ],
)
def test_whatever_is_sent_gets_an_answer(send, text):
    answer = send(text=text)
    assert answer.status_code == 200
    assert "This document is good." not in answer.content.decode()


def test_what_a_document_says_is_never_markup(send):
    evil = "</textarea><script>alert(1)</script>"
    shown = send(text=json.dumps({"issuer": evil, "type": evil, "proof": {"type": evil}})).content.decode()
    assert "<script>" not in shown
    assert "&lt;script" in shown


def test_nothing_sent_is_told(send):
    answer = send(text="  ")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


def test_too_large_a_file_is_told_to_a_person(send):
    answer = send(text="a" * (6 << 20))
    assert answer.status_code == 413
    assert "5 MB" in answer.content.decode()


@pytest.fixture
def signed():
    from datetime import UTC, datetime

    from entrepot.document.proof.securing import secure
    from entrepot.party.did import did_key
    from entrepot.party.key import Curve, KeyPair

    pair = KeyPair.generate(Curve.ED25519, bytes)
    did = did_key(pair.public)
    vc = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": did,
        "credentialSubject": {"name": "a firm"},
    }
    made = secure(
        vc,
        pair,
        method_id=f"{did}#{did.removeprefix('did:key:')}",
        securing="eddsa-jcs-2022",
        created=datetime(2026, 3, 1, tzinfo=UTC),
    )
    return made.decode()


# ---- origins ----


def test_the_table_names_every_row_once():
    ids = [each.id for each in origins().rows]
    assert ids == [f"M{number}" for number in range(1, 27)]
    for each in origins().rows:
        assert each.state in STATES
        assert all(letter in origins().articles for letter in re.findall(r"[a-z]", each.articles))
        assert bool(each.does) == (each.state != "not yet"), each.id
        assert bool(each.tests or each.commands or each.pages) == (each.state != "not yet"), each.id


def lacking(row, visit):
    """What a row names and is not there: pages that do not open, commands that do not run, files without a test."""
    yield from (each for each in row.pages if visit(each).status_code != 200)
    yield from (each for each in row.commands if not runs(each.split()))
    yield from (each for each in row.tests if not holds_tests(ROOT / each))


def runs(words):
    """Whether a command answers: as it stands where it names what it is about, else when asked for its help."""
    named = any(not each.islower() for each in words)
    done = CliRunner().invoke(entrepot, words if named else [*words, "--help"], standalone_mode=False)
    return done.exit_code == 0 and not done.return_value and bool(done.output.strip())


def holds_tests(path):
    files = path.rglob("test_*.py") if path.is_dir() else [path] if path.is_file() else ()
    return any(re.search(r"^def test_", each.read_text("utf-8"), re.MULTILINE) for each in files)


@pytest.mark.parametrize("row", origins().rows, ids=lambda row: row.id)
def test_what_the_table_names_is_there(visit, row):
    assert list(lacking(row, visit)) == []


def test_what_is_not_there_would_be_seen(visit):
    wrong = {
        "pages": ("/offers", "/nowhere", "/offers/mine", "/economies/FR"),
        "tests": ("tests/node/rig", "tests/no.py"),
    }
    wrong["commands"] = ("rule ask", "rule ponder", "economy show ZZ", "economy show MY")
    row = Origin(id="M0", asked="x", state="real", **wrong)
    assert list(lacking(row, visit)) == [
        "/nowhere", "/offers/mine", "/economies/FR", "rule ponder", "economy show ZZ", "tests/node/rig", "tests/no.py",
    ]  # fmt: skip


def code(text):
    """A photograph of a QR code, somewhat turned, as a camera takes it."""
    import io

    import segno
    from PIL import Image

    plain, out = io.BytesIO(), io.BytesIO()
    segno.make(text, error="m", micro=False).save(plain, kind="png", scale=6, border=4)
    plain.seek(0)
    Image.open(plain).convert("RGB").rotate(7, expand=True, fillcolor="white").save(out, "JPEG", quality=70)
    out.seek(0)
    out.name = "code.jpg"
    return out


def test_a_picture_of_a_code_is_read_and_followed(send, signed, node, monkeypatch):
    good = signed.encode()
    asked = []
    monkeypatch.setattr(node.office, "fetch", lambda url: asked.append(url) or good)
    answer = send("/en/verify", picture=code("https://papers.example/invoice/7"))
    assert "This document is good." in answer.content.decode()
    assert asked == ["https://papers.example/invoice/7"]
    assert "https://papers.example/invoice/7" in answer.content.decode()
    assert send("/en/verify", text=" https://papers.example/invoice/7 ").status_code == 200
    offer = f"{node.office.url}/offers/{'a' * 64}"
    assert send("/th/verify", file=code(offer))["Location"] == f"/th/offers/{'a' * 64}"
    assert (
        "Give the document itself" in send("/en/verify", picture=code("https://x.example/en/verify")).content.decode()
    )
    assert len(asked) == 2
    import io

    blank = io.BytesIO(code("x").getvalue()[:200])
    blank.name = "blank.jpg"
    none = send("/en/verify", picture=blank)
    assert (none.status_code, "No QR code was found" in none.content.decode()) == (422, True)


def test_a_link_that_leads_inside_is_not_followed(send):
    for link in ("http://127.0.0.1:1/x", "https://localhost/x", "https://169.254.169.254/latest", "https://[::1]/"):
        answer = send("/en/verify", text=link)
        assert answer.status_code == 422, link
        assert "Nothing could be fetched" in answer.content.decode()


def test_the_verdict_says_what_was_not_checked(send, signed):
    text = send("/en/verify", text=signed).content.decode()
    assert "What was not checked, or could not be" in text
    assert text.index("This document is good.") < text.index("What was not checked") < text.index("The reasons")


def test_what_a_camera_sees_is_read_and_takes_nothing_from_what_guests_may_ask(send, visit):
    """With the rate of a node as it comes: five who scan for a minute behind one address, and the pages still open."""
    from django.test import RequestFactory

    from entrepot.node.bucket import Buckets
    from entrepot.node.guard import Guard

    seen = send("/th/verify/code", picture=code("https://papers.example/invoice/7"))
    assert (seen.status_code, seen.content.decode()) == (200, "https://papers.example/invoice/7")
    assert send("/verify/code", picture=code(" ")).content.decode() == " "
    assert send("/verify/code", file=code("x")).status_code == 400
    assert visit("/en/verify")["Permissions-Policy"].startswith("camera=(self)")
    assert visit("/en/offers")["Permissions-Policy"].startswith("camera=()")
    guard, asked = Guard(lambda request: None), RequestFactory(REMOTE_ADDR="192.0.2.7")
    guard._buckets = Buckets(1200, lambda: 1000.0)
    waits = [guard._wait_s(asked.post(f"/{here}verify/code")) for here in ("", "ja/") * 150]
    assert not any(waits)
    assert guard._wait_s(asked.post("/verify/code")) > 0
    assert guard._wait_s(asked.get("/en/verify")) == 0.0


def test_a_verdict_that_waits_for_others_is_followed(send, visit, signed, node, monkeypatch):
    """A link behind which nothing answers yet: the page says so and asks again by itself; then the verdict is there."""
    import threading
    import time

    from entrepot.node.page import aside
    from entrepot.node.upload import working

    answers, asked = threading.Event(), []
    monkeypatch.setattr(working, "QUICK_S", 0.01)
    monkeypatch.setattr(node.office, "fetch", lambda url: asked.append(url) or (answers.wait(20) and signed.encode()))
    led = send("/ja/verify", text="https://papers.example/invoice/7")
    assert (led.status_code, led["Location"].startswith("/ja/verify?work=")) == (303, True)
    going = visit(led["Location"]).content.decode()
    assert '<meta http-equiv="refresh" content="2">' in going
    assert "<progress" in going
    assert "数秒間" in going
    answers.set()
    assert aside.found(led["Location"].partition("=")[2]).over.wait(20)
    told = visit(led["Location"]).content.decode()
    assert ("refresh" in told, "https://papers.example/invoice/7" in told) == (False, True)
    assert 'class="verdict valid"' in told
    assert asked == ["https://papers.example/invoice/7"], "whatever is reloaded, it is asked once"
    elsewhere = visit(f"/verify?work={int(time.time())}-{'0' * 32}")
    assert b"refresh" in elsewhere.content, "another process may have it"
    for old in ("1-0", "x", ""):
        assert visit(f"/verify?work={old}").headers["Location"] == "/verify"
    monkeypatch.setattr(aside, "LIVES_S", -1)
    send("/verify", text="{}")
    assert aside.found(led["Location"].partition("=")[2]) is None, "it is forgotten"
