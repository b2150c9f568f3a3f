"""A person at a node's pages: follows links, sends forms, reads letters, as anybody does with a browser."""

import html
import re
import time
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from entrepot.base.error import EntrepotError

WAIT_S, TRIES = 6, 20


class PageRefused(EntrepotError):
    """A page did not do what was asked of it."""

    code = "page-refused"


class Visitor:
    """One browser without scripts. ``page``: what it shows; ``place``: where it is, after all that led onward."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._url = url
        self._cookies: dict[str, str] = {}
        self.page, self.place, self.status = "", "", 0

    def go(self, path: str) -> "Visitor":
        """Open a page."""
        return self._ask("GET", path)

    def send(self, path: str, **typed: str) -> "Visitor":
        """Fill in the form of the page that is open, and send it."""
        token = self.field("csrfmiddlewaretoken")
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": token, **typed}))

    def field(self, name: str) -> str:
        """The value that a hidden field of the page carries; empty where there is none."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        return html.unescape(found[1]) if found else ""

    def require(self, what: str, *statuses: int) -> None:
        """Raise :class:`PageRefused` where the last answer was none of these."""
        if self.status not in statuses:
            raise PageRefused(f"{what}: the page {self.place} answered {self.status}")

    def _ask(self, method: str, path: str, body: str = "") -> "Visitor":
        for _ in range(TRIES):
            wait = self._once(method, path, body)
            if wait is None:
                break
            time.sleep(wait)
        if self.status == 303:
            return self._ask("GET", urlsplit(self._onward).path)
        return self

    def _once(self, method: str, path: str, body: str) -> int | None:
        """One request; the seconds to wait where the node has had too many of them."""
        connection = HTTPConnection(self._host, timeout=30)
        try:
            connection.request(method, path, body or None, self._heads(method))
            answer = connection.getresponse()
            self.page, self.status, self.place = answer.read().decode("utf-8", "replace"), answer.status, path
        except OSError as wrong:
            raise PageRefused(f"the node at {self._url} does not answer: {wrong}") from wrong
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: each.value for name, each in SimpleCookie(line).items()}
        self._onward = answer.headers.get("Location", "")
        return WAIT_S if answer.status == 429 else None

    def _heads(self, method: str) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        form = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        return {"Accept": "text/html", "Accept-Language": "en", "Cookie": cookies, "Origin": self._url, **form}
