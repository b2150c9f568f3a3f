"""The first page of a node to try, in a real browser: on a phone, in every language, judged by axe-core."""

import json

import pytest
from rig.axe import grave

from entrepot.cli.community.cast import SETTLERS
from entrepot.node.community import FILE
from entrepot.node.page.language import LANGUAGES


@pytest.fixture
def filled(served):
    """The node says that it is a community's; its people are made elsewhere."""
    lines = [
        {"role": each.role, "person": each.person, "email": each.email, "business": each.party.name, "economy": "MY"}
        for each in SETTLERS
    ]
    (served.folder / FILE).write_text(json.dumps({"complete": True, "members": lines}), "utf-8")
    yield served.url
    (served.folder / FILE).unlink()


@pytest.mark.parametrize("language", ["en", "th", "vi"])
@pytest.mark.parametrize("dark", [False, True])
def test_the_first_page_of_a_node_to_try_is_sound_on_a_phone(filled, tab, language, dark):
    page = tab(f"{filled}/{language}/", width=360, dark=dark)
    assert page.locator("section.start button").count() == len(SETTLERS)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert grave(page) == []


def test_a_role_is_reached_by_keyboard_alone(filled, tab):
    page = tab(f"{filled}/en/", scripts=False)
    page.focus("#main")
    for _ in range(12 + len(LANGUAGES)):
        page.keyboard.press("Tab")
        if page.locator(":focus").inner_text().startswith("Try this role"):
            break
    assert page.locator(":focus").inner_text().startswith("Try this role")
