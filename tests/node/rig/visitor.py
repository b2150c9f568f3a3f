"""A person with a browser that knows no scripts: follows links and answers, fills the forms that a page shows."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count

PASSWORD = "seven wet durians"
_people = count(1)


@dataclass
class Form:
    action: str
    method: str
    fields: dict = field(default_factory=dict)
    buttons: list = field(default_factory=list)
    described: dict = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.forms, self._name, self._select, self._area = [], "", "", ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "form":
            self.forms.append(Form(at.get("action", ""), at.get("method", "get")))
        if not self.forms:
            return
        form = self.forms[-1]
        if at.get("aria-describedby") and "name" in at:
            form.described[at["name"]] = at["aria-describedby"].split()
        if tag == "input" and at.get("type") not in ("file", "checkbox"):
            form.fields[at["name"]] = at.get("value", "")
        elif tag == "textarea":
            self._area = at["name"]
            form.fields[self._area] = ""
        elif tag == "select":
            self._select = at["name"]
            form.fields[self._select] = ""
        elif tag == "option" and "selected" in at:
            form.fields[self._select] = at["value"]
        elif tag == "button":
            form.buttons.append((at.get("name", ""), at.get("value", "")))

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._area = ""

    def handle_data(self, text):
        if self._area:
            kept = self.forms[-1].fields
            kept[self._area] += text.removeprefix("\n") if not kept[self._area] else text


class Visitor:
    """One browser: cookies, the page before it, and whether its forms carry what they must."""

    def __init__(self, node, language="en"):
        from django.test import Client

        self.node, self.language = node, language
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.person = None

    def go(self, path):
        """Open a page of the node, and whatever it leads on to."""
        return self._seen(self.client.get(self._full(path), **self._heads()))

    def send(self, values=None, *, form=-1, button=None, follow=True, **typed):
        """Send a form of the page with what is typed; ``button``: its value among those named ``act``."""
        found = self.forms[form]
        sent = {**found.fields, **(values or {}), **typed}
        name, value = (
            next((each for each in found.buttons if each[1] == button), (None, None)) if button else (None, None)
        )
        if name:
            sent[name] = value
        return self.post(found.action or self.path, sent, follow=follow)

    def post(self, path, values, *, follow=True):
        self._last = (path, values)
        answer = self.client.post(self._full(path), values, **self._heads())
        return self._seen(answer) if follow else answer

    def follow(self, letter):
        """Open the page that a letter names, and type its code there."""
        return self.go(link_in(letter).partition("#")[0]).send(code=code_in(letter))

    def again(self):
        """Send what was sent last once more."""
        return self.post(*self._last)

    def _full(self, path):
        return path if path.startswith(f"/{self.language}/") else f"/{self.language}{path}"

    def _heads(self):
        return {"HTTP_HOST": "127.0.0.1", "HTTP_ACCEPT": "text/html"}

    def _seen(self, answer):
        self.first_status = answer.status_code
        while answer.status_code in (302, 303):
            self.led = answer["Location"]
            assert self.led.startswith("/"), self.led
            self.path = self.led.partition("#")[0]
            answer = self.client.get(self.path, **self._heads())
        self.path = answer.request["PATH_INFO"] + (
            f"?{answer.request['QUERY_STRING']}" if answer.request.get("QUERY_STRING") else ""
        )
        self.status, self.text, self.answer = answer.status_code, answer.content.decode(), answer
        self.forms = _Forms(self.text).forms
        return self

    @property
    def heading(self):
        found = re.search("<h1>(.*?)</h1>", self.text, re.S).group(1)
        return " ".join(re.sub("<[^>]*>", " ", found).split())

    @property
    def words(self):
        return " ".join(re.sub("<[^>]*>", " ", self.text).split())


def letters(node, to):
    """The texts of the letters to an address, oldest first."""
    import email
    from email import policy

    found = []
    for file in sorted((node.folder / "letters").glob("*.log"), key=lambda each: each.stat().st_mtime_ns):
        for part in file.read_bytes().split(b"-" * 79):
            if part.strip():
                message = email.message_from_bytes(part.lstrip(), policy=policy.default)
                if message["To"] == to:
                    found.append(message.get_content())
    return found


def link_in(letter):
    """The address that a letter names, without the node's own."""
    return re.search(r"https?://[^/\s]+(/\S+)", letter).group(1)


def code_in(letter):
    """The code of a letter."""
    return link_in(letter).partition("#")[2]


def person(node, *, name="", role="owner", party="", **more):
    """A visitor with an account, signed in; acting for ``party`` where one is given."""
    from django.utils import timezone

    from entrepot.node.account.models import Membership, Person

    number = next(_people)
    made = Person(email=f"person-{number}@example.org", name=name or f"Person {number}", joined=timezone.now(), **more)
    made.set_password(PASSWORD)
    made.save()
    if party:
        Membership.objects.create(person=made, party=party, role=role, since=timezone.now())
    visitor = Visitor(node)
    visitor.person = made
    return begin_session(visitor)


def begin_session(visitor):
    """What signing in leaves behind; the form itself has its own tests, and takes four requests."""
    from entrepot.node.account.acting import PARTY, memberships

    visitor.client.force_login(visitor.person)
    held = list(memberships(visitor.person))
    if len(held) == 1:
        session = visitor.client.session
        session[PARTY] = held[0].party
        session.save()
    return visitor


def sign_in(visitor):
    visitor.go("/sign-in").send(email=visitor.person.email, password=PASSWORD)
    assert visitor.status == 200, visitor.words
    return visitor


def firm(node, name, economy="MY"):
    """A party of the node with a card."""
    from entrepot.node.account.models import Business

    party = node.party()
    Business.objects.create(party=party, name=name, economy=economy)
    return party
