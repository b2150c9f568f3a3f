"""Whatever is sent to a form is answered with what to do, never by a failure: one table over all forms of all pages."""

import re
import secrets
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from rig.sending import SCENES, Stage, posts, quick, shown
from rig.visitor import Visitor

SCRIPT = "</textarea></title><script>alert(1)</script><img src=x onerror=alert(2)>"
NAUGHTY = {
    "script": SCRIPT,
    "attribute": '" autofocus onfocus="alert(1)" x=\'',
    "template": "{{ settings.SECRET_KEY }}{% csrf_token %}%(x)s{0}${7*7}",
    "sql": "'; DROP TABLE account_person; --\" OR 1=1 /*",
    "nul": "a\x00b",
    "controls": "\x01\x08\x0b\x1b[31m\x7f\x85",
    "right to left": "\u202egnp.exe\u2066\u2069 \u0639\u0631\u0628\u064a \u05e2\u05d1\u05e8\u05d9\u05ea",
    "combining": "Z\u0351\u036b\u0343\u036a\u0302" * 60,
    "astral": "\U0001f468\u200d\U0001f469\u200d\U0001f467\ufe0f \U00020bb7 \U000e0041",
    "not a character": "\ufffe\uffff\U0010ffff\ufeff\u2028\u2029",
    "newlines": "x\r\nSet-Cookie: a=b\r\n\r\n<html>\n\n",
    "number": "1e400",
    "digits": "9" * 400,
    "other digits": "\u0661\u0662\u0663\uff11\u00b2\u2460",
    "negative": "-0.000000000000000000000000000001",
    "path": "../../../../etc/passwd\\..\\x",
    "address": "javascript:alert(1)//https://evil.example",
    "json": '{"a":[1,{"b":null}]}',
    "spaces": " \u3000\u200b\t ",
    "date": "9999-12-31T25:61:61+99:99",
    "locale": "\u0130stanbul \u1e9e \ufb03 \u212a",
    "long": "\u0e01\u0e33" * 3000,
}
PLAIN = ("csrfmiddlewaretoken", "act", "button")
"""Members that say which form it is, and what is to be done with it."""


@pytest.fixture(scope="module")
def scenes(node):
    """Each form once, as it was ready to be sent: what is wrong leaves it as it was."""
    stage, made = Stage(node), {}

    def scene(route):
        if route not in made:
            made[route] = SCENES[route](stage)
        return made[route]

    return scene


@pytest.fixture(autouse=True)
def nothing_sent_yet(node):
    from django.core.cache import cache

    from entrepot.node.account.models import Failure

    Failure.objects.all().delete()
    cache.clear()


HERE = "http://127.0.0.1"


class Judge(HTMLParser):
    """Reads a page as a browser does: what runs there, and where it leads."""

    def __init__(self, text):
        super().__init__()
        self.wrong = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "script" and not (at.get("src", "").startswith("/static/") and at.get("nonce")):
            self.wrong.append(("script", attrs))
        self.wrong += [(tag, name) for name in at if name.startswith("on") or name in ("style", "srcdoc")]
        for name in ("href", "src", "action", "formaction"):
            if at.get(name) and not is_here(at[name]):
                self.wrong.append((tag, at[name]))


def is_here(address):
    """Whether an address stays on this node, as a browser reads it (WHATWG URL: backslashes and tabs as it does)."""
    plain = re.sub("[\t\r\n]", "", address.strip()).replace("\\", "/")
    parts = urlsplit(urljoin(f"{HERE}/en/sales", plain))
    return f"{parts.scheme}://{parts.netloc}" in (HERE, f"{HERE}:18080") or plain.startswith(
        ("data:application/json;", "data:image/", "data:,")
    )


def told(answer):
    """What is answered is a page, or leads to one, and says what can be done."""
    assert answer.status_code < 500, answer.content.decode("utf-8", "replace")[:3000]
    if answer.status_code in (302, 303):
        assert is_here(answer["Location"]), answer["Location"]
        return
    text = answer.content.decode()
    assert "<!doctype html>" in text, text[:300]
    assert "Traceback" not in text
    assert Judge(text).wrong == []
    said = re.sub("<[^>]*>", " ", text.partition("</h1>")[2].partition("</main>")[0]).split()
    assert answer.status_code < 400 or len(said) > 3, text


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "<p onclick=x>", "<a href='//evil.example'>", "<a href='javascript:x'>",
     "<a href='/\\evil.example'>", "<img src=x onerror=x>"],
)  # fmt: skip
def test_the_judge_of_pages_sees_what_runs(text):
    assert Judge(text).wrong
    assert not Judge(escape(text)).wrong


def test_every_form_is_tried(node):
    assert set(SCENES) == posts()


def spoiled(sending, text):
    """Everything that can be typed says ``text``; its key is new, so that the form counts as one of its own."""
    fields = {name: value if name in PLAIN else text for name, value in sending.fields.items()}
    return fields | ({"key": secrets.token_hex(16)} if "key" in fields else {})


def one_by_one(sending, text):
    """The form with one field spoiled at a time."""
    for name in sending.fields:
        if name not in PLAIN:
            key = {"key": secrets.token_hex(16)} if "key" in sending.fields and name != "key" else {}
            yield {**sending.fields, **key, name: text}


def post(sending, fields, **more):
    from dataclasses import replace

    return replace(sending, fields=fields, files={}).send(**more)


@pytest.mark.parametrize("route", quick(SCENES))
def test_naughty_strings_everywhere_are_answered(scenes, route):
    """All fields at once, with those that once were worst; the rest comes one field at a time."""
    sending = scenes(route)
    for text in (NAUGHTY[each] for each in ("script", "nul", "right to left", "digits", "long")):
        for act in ("look", "sign") if "act" in sending.fields else ("",):
            fields = spoiled(sending, text) | ({"act": act} if act else {})
            told(post(sending, fields))


@pytest.mark.long
@pytest.mark.parametrize("route", SCENES)
def test_a_naughty_string_in_one_field_is_answered(node, route):
    """One field at a time, so that nothing hides behind the fault of another; what holds is signed, and then read."""
    sending = SCENES[route](Stage(node))
    for text in NAUGHTY.values():
        for fields in one_by_one(sending, text):
            answer = post(sending, fields)
            told(answer)
            if answer.status_code == 303:
                told(sending.who.client.get(answer["Location"].partition("#")[0], **sending.who._heads()))


RAW = {
    "surrogates": (b"%s=%%ED%%A0%%80%%FF%%FE", "application/x-www-form-urlencoded"),
    "another encoding": (b"%s=%%E9", "application/x-www-form-urlencoded; charset=utf-16"),
    "no such encoding": (b"%s=x", "application/x-www-form-urlencoded; charset=no-such"),
    "no boundary": (b"%s", "multipart/form-data"),
    "broken parts": (b'--b\r\nContent-Disposition: form-data; name="%s"', "multipart/form-data; boundary=b"),
    "json": (b'{"%s": 1}', "application/json"),
    "nothing": (b"", ""),
    "many": (
        b"&".join(b"%%s%d=1" % each for each in range(1500)).replace(b"%s", b"x") + b"&%s=1",
        "application/x-www-form-urlencoded",
    ),
    "twice": (b"%s=1&%s=2".replace(b"&%s", b"&x"), "application/x-www-form-urlencoded"),
}


@pytest.mark.long
@pytest.mark.parametrize("name", RAW)
def test_bytes_that_are_no_form_are_answered(scenes, name):
    body, kind = RAW[name]
    for route in SCENES:
        sending = scenes(route)
        client = Visitor(sending.who.node).client
        for cookie, value in sending.cookies.items():
            client.cookies[cookie] = value
        token = {"HTTP_X_CSRFTOKEN": sending.fields.get("csrfmiddlewaretoken", "")}
        member = next((each for each in sending.fields if each not in PLAIN), "x").encode()
        sent = body % member if b"%s" in body else body
        path = sending.path if sending.path.startswith("/en/") else f"/en{sending.path}"
        told(client.generic("POST", path, sent, content_type=kind, **token, **sending.who._heads()))


@pytest.mark.long
@pytest.mark.parametrize("route", SCENES)
def test_ten_megabytes_in_a_field_are_told(scenes, route):
    sending = scenes(route)
    name = next((each for each in sending.fields if each not in (*PLAIN, "key", "kept", "next")), "x")
    answer = post(sending, {**sending.fields, name: "x" * (10 << 20)})
    told(answer)
    assert answer.status_code in (413, 422), answer.status_code
    assert len(answer.content) < 1 << 20, "it is not sent back whole"


ASKED = ("q", "offset", "economy", "next", "report", "example", "did", "hs", "price", "currency", "to", "origin",
         "link", "digest", "limit", "page", "language", "min", "max")  # fmt: skip


def pages():
    from entrepot.node.page.urls import urlpatterns

    names = {"side": "320", "number": "1", "person": "1", "invitation": "1", "membership": "1", "code": "MY",
             "kind": "invoice", "desk": "chamber", "decision": "refuse"}  # fmt: skip
    return [re.sub("<([a-z]+)>", lambda at: names.get(at[1], "0" * 64), shown(each.pattern)) for each in urlpatterns]


@pytest.mark.long
@pytest.mark.parametrize("signed", [False, True])
def test_naughty_questions_are_answered(node, signed):
    visitor = Stage(node).owner() if signed else Visitor(node)
    for path in pages():
        for text in NAUGHTY.values():
            answer = visitor.client.get(f"/en{path}?{urlencode(dict.fromkeys(ASKED, text))}", **visitor._heads())
            assert answer.status_code < 500, (path, text)
            if answer.get("Content-Type", "").startswith("text/html") and answer.status_code != 303:
                told(answer)


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "\\\\evil.example",
    "///evil.example",
    "http:evil.example",
    "/%5cevil.example/..//",
)


@pytest.mark.parametrize("aim", ELSEWHERE)
def test_no_form_leads_elsewhere(node, scenes, aim):
    for route in ("/sign-in", "/sign-in/identity", "/businesses", "/account/factor"):
        made = SCENES[route](Stage(node))
        answer = post(made, {**made.fields, "next": aim})
        assert is_here(answer.get("Location", "/")), route
    stranger = Visitor(node)
    for path in ("/sign-in", "/sign-in/identity", "/sign-in/passkey"):
        stranger.go(f"{path}?{urlencode({'next': aim})}")
        told(stranger.answer)
        assert all(is_here(each.fields.get("next", "/")) for each in stranger.forms), path
