"""What holds of every page in a browser, and in which languages it is judged."""

import os
import re

from entrepot.node.page.language import LANGUAGES
from messages.__main__ import catalogues, read
from rig.axe import grave
from rig.window import keep

EVERY = [each.code for each in LANGUAGES]
LONGEST = max(catalogues(), key=lambda each: sum(len(str(one.string)) for one in read(each, catalogues()[each])))
"""The language that needs most characters for the same pages."""
SOME = EVERY if os.environ.get("ENTREPOT_TEST_BROWSER") == "all" else [LONGEST]
WIDTHS = (320, 640, 360)  # 400 % and 200 % of a window of 1280 (WCAG 2.2, 1.4.10 and 1.4.4); a phone


def sound(page, what, language):
    """What holds of every page."""
    assert grave(page) == [], what
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{what}: {wide} pixels too wide at {width}"
    assert page.locator("h1").count() == 1, what
    assert page.locator("html").get_attribute("lang").lower().startswith(language.split("-")[0]), what
    name = re.sub("[0-9a-f]{64}", "one", what).strip("/").replace("/", "-") or "home"
    keep(page, f"every-{language}-{name}")
