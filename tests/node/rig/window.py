"""A window of a real browser in which somebody fills forms; what she typed and pressed is counted."""

import json
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from rig.axe import grave
from rig.visitor import code_in, letters, link_in

PASSWORD = "seven wet durians"
KEY_S, CHOICE_S, WAIT_S = 0.5, 2.45, 2.0
"""A newcomer's pace, after the Keystroke-Level Model (Card, Moran, Newell 1980): half a second a key, 1.35 to make up
one's mind and 1.1 to point at each thing; two seconds for the next page to come."""
WORD_S = 0.3
"""200 words a minute, where adults read 238 silently (Brysbaert 2019); of Chinese and Japanese two letters are taken
for a word, of Vietnamese each syllable."""
TEXT = """() => {
    const all = [...document.querySelectorAll("main :is(option, code, time)")];
    const passed = new Set(all.map(each => each.innerText.trim()));
    return document.querySelector("main").innerText.split("\\n").filter(each => !passed.has(each.trim()))}"""
"""The lines that are read; what one can choose among, codes and times are passed over."""


class Window:
    def __init__(self, page, site, language="en"):
        self.page, self.site, self.language, self.typed, self.steps = page, site, language, 0, 0
        self.seconds, self.read = 0.0, set()
        """What a newcomer would have needed so far, and the lines she has read: none is read twice."""

    def open(self, path):
        self.page.goto(f"{self.site}/{self.language}{path}")
        return self.reading()

    def reading(self):
        """Count the time for what is new on the page."""
        lines = set(self.page.evaluate(TEXT)) - self.read
        self.read |= lines
        words = sum(
            len(re.findall("[\u3040-\u9fff]", each)) / 2 + len(re.findall(r"[^\W\u3040-\u9fff]+", each))
            for each in lines
        )
        self.seconds += WORD_S * words
        return self

    def fill(self, **values):
        for name, value in values.items():
            field = self.page.locator(f"main [name={name}]")
            self.typed += 1
            self.seconds += CHOICE_S
            if field.evaluate("each => each.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
                self.seconds += KEY_S * len(value)
        return self

    def press(self, act=""):
        self.steps += 1
        chosen = f"main button[value={act}]" if act else "main form button"
        with self.page.expect_navigation():
            self.page.locator(chosen).first.click()
        self.seconds += CHOICE_S + WAIT_S
        return self.reading()

    def say(self, path, **values):
        """Fill a form, look at what will be said, and sign it."""
        return self.open(path).fill(**values).press("look").press("sign")

    def sign_in(self, email):
        return self.open("/sign-in").fill(email=email, password=PASSWORD).press()

    def sign_up(self, node, email, name):
        """Make an account by letter."""
        self.open("/sign-up").fill(email=email).press()
        return self.follow(letters(node, email)[-1]).fill(name=name, password=PASSWORD).press()

    def follow(self, letter):
        """Follow a letter's link: a script hands its code over; where none runs it is typed, as the page says: without
        hyphens."""
        scripts = self.page.evaluate("matchMedia('(scripting: enabled)').matches")
        self.page.goto(self.site + link_in(letter), wait_until="commit")
        if not scripts:
            return self.fill(code=code_in(letter).replace("-", "")).press()
        self.page.wait_for_url("**/letter/*")
        return self.reading()

    def begin(self, node, email, name):
        """Make an account: the first of a node with its operator's token, later ones by letter."""
        if not self.open("/first").page.locator("main [name=token]").count():
            return self.sign_up(node, email, name)
        return self.fill(token=node.operator.token, email=email, name=name, password=PASSWORD).press()

    def register(self, name, economy):
        self.open("/businesses/new").fill(economy=economy).press()
        self.fill(name=name).press()
        assert name in self.heading
        return self

    def party(self):
        """The DID of the business for which she acts."""
        return self.open("/businesses").page.locator("bdi.long").first.inner_text()

    def number(self, what):
        """The id of the record that the address names."""
        return re.search(f"/{what}/([0-9a-f]{{64}})", self.page.url).group(1)

    def keep(self, name):
        """See :func:`keep`."""
        keep(self.page, name)
        return self

    @property
    def heading(self):
        return self.page.locator("h1").inner_text()


SEEN = """() => ({
    language: document.documentElement.lang, width: innerWidth, heading: document.querySelector("h1")?.innerText ?? "",
    scripts: matchMedia("(scripting: enabled)").matches,
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    fields: document.querySelectorAll("main input:not([type=hidden]), main select, main textarea").length,
    buttons: [...document.querySelectorAll("main button, main a.button")].map(each => each.innerText.trim()),
    wrong: [...document.querySelectorAll(".fault, .invalid")].map(each => each.innerText.trim()),
    states: [...document.querySelectorAll("main h1 small, main .state, main .verdict h2")].map(each => each.innerText),
    bytes: ["navigation", "resource"].flatMap(each => performance.getEntriesByType(each))
        .reduce((sum, each) => sum + each.transferSize, 0),
    brokenPictures: [...document.images].filter(each => each.complete && !each.naturalWidth).length})"""


def keep(page, name):
    """Keep a picture of the page in the folder that ``ENTREPOT_TEST_SCREENSHOTS`` names, if any, and beside it what a
    program sees of it, as JSON; what a person saw stands in the documents."""
    if folder := os.environ.get("ENTREPOT_TEST_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
        seen = page.evaluate(SEEN) | {"address": re.sub("[0-9a-f]{64}", "one", urlsplit(page.url).path)}
        seen["grave"] = grave(page) if seen["scripts"] else None  # the judge is a script
        (Path(folder) / f"{name}.json").write_text(json.dumps(seen, ensure_ascii=False, indent=1), "utf-8")
