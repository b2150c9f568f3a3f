"""Every page of a node in a real browser, found as a reader finds it: by its links, in every role that may be tried.

Each is judged by axe-core on a phone, and nothing runs off its side, zoomed neither. A page that no link leads to fails
here.
"""

import re
import time
import tomllib
from base64 import b32decode
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import rig
from rig.outside import Node, Town
from rig.sound import EVERY, SOME, sound
from rig.visitor import letters
from rig.window import PASSWORD, Window

from entrepot.cli.community.cast import SETTLERS
from entrepot.node.account import totp

pytestmark = pytest.mark.long
NO_PAGES = {
    "/offers/<offer>/pictures/<picture>/<side>": "a picture",
    "/sales/<sale>/files/<message>/<file>": "a file",
    "/static/<digest>/<name>": "a file of the pages themselves",
    "/statistics/<code>/figures.csv": "a table to take away",
    "/try/<role>": "a way in from the neighbour, which leads on",
}
"""What answers with something that no judge of pages reads."""
DIFFER = {"desk", "kind", "decision"}
"""Parts of an address behind which another page stands."""


def routes():
    """The pages that are asked for by an address, as the table of who may open what writes them."""
    table = tomllib.loads((Path(rig.__file__).parents[1] / "page_matrix.toml").read_text("utf-8"))
    rows = [line.split() for line in table["rows"].splitlines() if line.startswith("GET ")]
    return {row[1] for row in rows if set(row[2:]) != {"method"}} - set(NO_PAGES)


def route_of(path, known):
    """The route that an address follows, the most literal first; None for what is no page."""
    parts = path.strip("/").split("/")

    def fits(route):
        wanted = route.strip("/").split("/")
        return len(wanted) == len(parts) and all(
            a == b or a.startswith("<") for a, b in zip(wanted, parts, strict=True)
        )

    found = sorted((each for each in known if fits(each)), key=lambda each: each.count("<"))
    return found[0] if found else None


def key_of(path, route):
    """What makes a page another one than those of the same route."""
    parts = zip(route.strip("/").split("/"), path.strip("/").split("/"), strict=True)
    return route, tuple(value for name, value in parts if name.strip("<>") in DIFFER)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    node = Town(tmp_path_factory.mktemp("town") / "node")
    try:
        yield node.start()
    finally:
        node.stop()


@pytest.fixture(scope="module")
def newborn(tmp_path_factory):
    """A node that nobody uses yet."""
    node = Node(tmp_path_factory.mktemp("newborn") / "node")
    try:
        yield node.start()
    finally:
        node.stop()


class Walk:
    """One reader's way along the links of a node, in one language."""

    def __init__(self, page, site, language, known):
        self.page, self.site, self.root, self.known = page, site, f"/{language}", known
        self.language = language

    def links(self):
        """Addresses of this node's pages in the language of the reader, as the page names them."""
        found = self.page.eval_on_selector_all("a[href]", "all => all.map(each => each.href)")
        paths = [urlsplit(each).path for each in found if each.startswith(f"{self.site}{self.root}/")]
        return [each.removeprefix(self.root) or "/" for each in paths]

    def through(self, judged):
        """Open every page that links lead to, once each; judge those that nobody judged before. What was seen."""
        wanted, seen = ["/", *self.links()], set()
        while wanted:
            path = wanted.pop(0)
            route = route_of(path, self.known)
            if route is None or (key := key_of(path, route)) in seen:
                continue
            seen.add(key)
            answer = self.page.goto(f"{self.site}{self.root}{path}")
            assert answer.status == 200, f"{path}: {answer.status}"
            wanted += self.links()
            if key not in judged:
                judged[key] = path
                sound(self.page, path, self.language)
        return seen


@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", SOME)
def test_every_page_is_found_by_links_and_sound_on_a_phone(town, newborn, tab, language):
    known, judged, dark = routes(), {}, EVERY.index(language) % 2 == 1
    for each in (None, *SETTLERS):
        page = tab(f"{town.url}/{language}/", width=360, dark=dark)
        site = town.url
        if each is not None:
            site = enter(page, language, each.role)
        Walk(page, site, language, known).through(judged)
    look_behind(town, newborn, tab, language, judged)
    print(f"\n{language}: {len(judged)} pages")  # noqa: T201
    assert known - {route for route, _ in judged} == set()


def enter(page, language, role):
    """Begin to act in a role by one click, here or at the neighbour; where it lives."""
    here = f"form[action$='/try']:has([name=role][value={role}]) button"
    with page.expect_navigation():
        page.locator(f"{here}, section.start a[href$='/{language}/try/{role}']").click()
    assert page.locator("a[href$='/sign-out']").count() == 1, f"{role}: one click is enough"
    return urlsplit(page.url)._replace(path="", query="", fragment="").geturl()


def look_behind(town, newborn, tab, language, judged):
    """Pages that stand behind a letter, a code, or what was just done; and those of a node that nobody uses yet."""

    def window(url, where=""):
        return Window(tab(f"{url}/{language}/{where}", width=360), url, language)

    def look(reader, route):
        judged[(route, ())] = reader.page.url
        sound(reader.page, route, language)

    first = window(newborn.url, "first")
    if first.page.locator("main [name=token]").count():
        look(first, "/first")
        first.begin(newborn, "operator@example.org", "Operator")
    else:
        judged[("/first", ())] = "in another language: it is there once"
        first.sign_in("operator@example.org")
    look(first.open("/operator"), "/operator")
    look(first.open("/nothing"), "/nothing")
    _by_letter(town, window, look, f"new-{language}@example.org")
    grower = window(town.url)
    enter(grower.page, language, "grower")
    grower.open("/people").fill(email=f"clerk-{language}@example.org")
    grower.page.locator("main form:has([name=email]) button").click()
    guest = window(town.url)
    look(guest.open("/letter"), "/letter")
    guest.follow(letters(town, f"clerk-{language}@example.org")[-1])
    look(guest, "/letter/invitation")
    asked = grower.open("/registration").page.locator("main section").first.get_attribute("id").removeprefix("r")
    look(grower.open(f"/registration/{asked}"), "/registration/<record>")
    offer = next(path for (route, _), path in judged.items() if route == "/offers/<offer>/report")
    look(window(town.url).open(f"{offer}/sent"), "/offers/<offer>/report/sent")


def _by_letter(town, window, look, email):
    reader = window(town.url).open("/sign-up").fill(email=email).press()
    sound(reader.page, "letter-asked-for", reader.language)
    look(reader.follow(letters(town, email)[-1]), "/letter/account")
    reader.fill(name="Neu", password=PASSWORD).press().open("/account/totp")
    secret = b32decode(re.sub(r"\s", "", reader.page.locator("main code.long").inner_text()))
    reader.fill(code=totp.code(secret, int(time.time()) // totp.STEP_S)).press()
    reader.page.context.clear_cookies()
    look(reader.sign_in(email), "/sign-in/code")
    reader.page.context.clear_cookies()
    reader.open("/reset").fill(email=email).press()
    look(reader.follow(letters(town, email)[-1]), "/letter/password")
