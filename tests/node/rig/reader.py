"""A person before a real node, over HTTP, with a browser that knows no scripts."""

import re

import httpx

from rig.visitor import PASSWORD, _Forms


class Reader:
    """Cookies of its own; follows links and answers, fills in the forms that a page shows."""

    def __init__(self, url, language="en"):
        self.url, self.language = url, language
        self.client = httpx.Client(follow_redirects=True, timeout=30, headers={"Accept": "text/html"})

    def go(self, path):
        return self._seen(self.client.get(f"{self.url}/{self.language}{path}"))

    def send(self, *, button="", files=None, **typed):
        """Send the last form of the page with what is typed, and files by the name of their field."""
        found = self.forms[-1]
        sent = {**found.fields, **typed, **({"act": button} if button else {})}
        return self._seen(self.client.post(str(self.answer.url.join(found.action)), data=sent, files=files))

    def begin(self, node, name, business, economy):
        """The first account of the node and its business."""
        token = node.operator.token
        self.go("/first").send(token=token, email=f"{economy}@example.org".lower(), name=name, password=PASSWORD)
        self.go(f"/businesses/new?economy={economy}").send(name=business)
        assert self.status == 200, self.words
        return self

    def _seen(self, answer):
        self.answer, self.status, self.text = answer, answer.status_code, answer.text
        self.path = answer.url.path
        self.forms = _Forms(self.text).forms
        return self

    @property
    def words(self):
        return " ".join(re.sub("<[^>]*>", " ", self.text).split())
