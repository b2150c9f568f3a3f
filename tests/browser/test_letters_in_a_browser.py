"""A letter's link in a real browser: no request says its code in an address; without scripts it is typed."""

import re

import pytest
from rig.axe import grave
from rig.visitor import code_in, letters, link_in
from rig.window import PASSWORD, Window


@pytest.fixture
def asked(served, tab):
    """A window, with scripts or without, whose reader asked for a letter; the letter; and what the window asks for."""

    def ask(email, **more):
        reader = Window(tab(f"{served.url}/en/", width=360, **more), served.url)
        reader.open("/sign-up").fill(email=email).press()
        requests = []

        def note(request):
            requests.append(request)

        reader.page.on("request", note)
        return reader, letters(served, email)[-1], requests

    return ask


def told(requests, code):
    """What of a code any request said in its address or in where it came from; and the bodies that held it."""
    said = [f"{each.url} {each.headers.get('referer', '')}" for each in requests]
    assert len(said) > 1
    parts = re.findall("[0-9A-Z]{4}", code)
    assert [each for each in said if any(part in each for part in parts)] == []
    return [each.url.rpartition("/")[2] for each in requests if code in (each.post_data or "")]


def test_a_script_takes_the_code_out_of_the_address_and_sends_it_in_a_body(served, asked):
    reader, letter, requests = asked("by-script@example.org")
    page, code = reader.page, code_in(letter)
    page.on("framenavigated", lambda frame: shown.append(frame.url))
    shown = []
    reader.follow(letter)
    assert page.url == f"{served.url}/en/letter/account"
    assert told(requests, code) == ["letter"]
    assert [each for each in shown[1:] if code in each] == [], "the first is the link itself"
    page.go_back()
    page.wait_for_load_state()
    assert "#" not in page.url, "the way back does not lead to the code"
    assert code not in page.evaluate(
        "JSON.stringify([location.href, document.referrer, {...sessionStorage}, document.cookie])"
    )
    assert Window(page, served.url).open("/letter/account").fill(name="Neu", password=PASSWORD).press().heading
    assert page.url == f"{served.url}/en/sales" or page.url == f"{served.url}/en/businesses"
    reader.open("/letter")
    page.goto(f"{served.url}{link_in(letter)}", wait_until="commit")  # only the fragment differs: nothing is loaded
    page.wait_for_selector("#code-wrong")
    assert "#" not in page.url
    assert "was used" in page.locator("#code-wrong").inner_text()


def test_a_skip_to_the_content_is_no_code(served, tab):
    page = tab(f"{served.url}/en/letter#main")
    assert page.url.endswith("/en/letter#main")
    assert page.locator("[name=code]").input_value() == ""


def test_without_scripts_the_code_is_typed(served, asked):
    reader, letter, requests = asked("by-hand@example.org", scripts=False)
    reader.page.goto(f"{served.url}{link_in(letter)}")
    assert told(requests, code_in(letter)) == []
    assert reader.page.locator("[name=code]").input_value() == ""
    reader.fill(code=code_in(letter).lower().replace("-", " ")).press()
    assert reader.page.url == f"{served.url}/en/letter/account"
    reader.fill(name="Hand", password=PASSWORD).press()
    assert "/letter" not in reader.page.url


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_of_a_code_is_sound_on_a_phone(served, tab, dark):
    reader = Window(tab(f"{served.url}/th/letter", width=360, dark=dark), served.url, "th")
    reader.fill(code="0000-WRONG").press()
    assert reader.page.locator("[name=code]").get_attribute("aria-invalid") == "true"
    assert grave(reader.page) == []
    assert reader.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
