"""A window of a real browser in which somebody fills forms; what she typed and pressed is counted."""

import os
import re
from pathlib import Path

from rig.visitor import letters, link_in

PASSWORD = "seven wet durians"


class Window:
    def __init__(self, page, site, language="en"):
        self.page, self.site, self.language, self.typed, self.steps = page, site, language, 0, 0

    def open(self, path):
        self.page.goto(f"{self.site}/{self.language}{path}")
        return self

    def fill(self, **values):
        for name, value in values.items():
            field = self.page.locator(f"main [name={name}]")
            self.typed += 1
            if field.evaluate("each => each.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        return self

    def press(self, act=""):
        self.steps += 1
        chosen = f"main button[value={act}]" if act else "main form button"
        with self.page.expect_navigation():
            self.page.locator(chosen).first.click()
        return self

    def say(self, path, **values):
        """Fill a form, look at what will be said, and sign it."""
        return self.open(path).fill(**values).press("look").press("sign")

    def sign_in(self, email):
        return self.open("/sign-in").fill(email=email, password=PASSWORD).press()

    def sign_up(self, node, email, name):
        """Make an account by letter."""
        self.open("/sign-up").fill(email=email).press()
        self.page.goto(self.site + link_in(letters(node, email)[-1]))
        return self.fill(name=name, password=PASSWORD).press()

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
        """Keep a picture of the page in the folder that ``ENTREPOT_TEST_SCREENSHOTS`` names, if any."""
        if folder := os.environ.get("ENTREPOT_TEST_SCREENSHOTS"):
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)

    @property
    def heading(self):
        return self.page.locator("h1").inner_text()
