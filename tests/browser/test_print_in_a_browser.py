"""On paper: every script is drawn with a font that has it, black on white, without what is only for acting.

The browser says which fonts it used; fontconfig, another program, says whether they have the characters.
"""

import json
import shutil
import subprocess

import pytest

from entrepot.document.rendering import Asked, render
from entrepot.node.page import sheet

SCRIPTS = {
    "Khmer": "ក្រុមហ៊ុនផ្លែឈើ", "Lao": "ບໍລິສັດໝາກໄມ້", "Myanmar": "သစ်သီးကုမ္ပဏီ", "Thai": "บริษัทผลไม้",
    "Chinese": "广州示例果业", "traditional Chinese": "臺灣範例農產", "Japanese": "くだものの会社",
    "Korean": "과일예시회사",
    "Vietnamese": "Công ty Trái cây Mẫu", "Filipino": "Halimbawang Prutas Ñuñez", "Russian": "Фрукты",
}  # fmt: skip


def families(needle):
    """The families that have every one of these characters, as fontconfig knows them."""
    if shutil.which("fc-list") is None:
        pytest.skip("no fontconfig on this machine")
    wanted = " ".join(f"{ord(each):x}" for each in sorted(set(needle)) if each != " ")
    told = subprocess.run(["fc-list", f":charset={wanted}", "family"], capture_output=True, text=True, check=True)
    return {name.strip() for line in told.stdout.splitlines() for name in line.split(",")}


def drawn(page, words):
    """The families with which the browser draws the innermost element that holds ``words``."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    session.send("DOM.getDocument", {"depth": -1})
    found = session.send("DOM.performSearch", {"query": f"//*[text()='{words}']"})
    nodes = {"searchId": found["searchId"], "fromIndex": 0, "toIndex": found["resultCount"]}
    node = session.send("DOM.getSearchResults", nodes)["nodeIds"][0]
    return {each["familyName"] for each in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]}


def paper(tab, folder, text, sheet_text=""):
    """A page as it is printed by somebody whose screen is dark."""
    file = folder / "page.html"
    file.write_text(text, "utf-8")
    page = tab(file.as_uri(), dark=True)
    if sheet_text:
        page.add_style_tag(content=sheet_text)
    page.emulate_media(media="print")
    return page


@pytest.mark.parametrize("language", ["en", "ja", "th"])
def test_every_script_in_a_document_is_drawn_with_a_font_that_has_it(tab, tmp_path, language):
    vc = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:1",
        "credentialSubject": SCRIPTS,
    }
    made, _ = render(json.dumps(vc).encode(), Asked(language=language))
    page = paper(tab, tmp_path, made)
    for script, words in SCRIPTS.items():
        known, fonts = families(words), drawn(page, words)
        if not known:
            pytest.skip(f"no font for {script} on this machine (Debian: fonts-noto-core, fonts-noto-cjk)")
        assert fonts
        assert fonts <= known, f"{fonts - known} lack characters of {script}"
        assert f"Noto Sans {script}" not in known or fonts == {f"Noto Sans {script}"}, script


def test_a_character_that_a_font_lacks_is_seen():
    """U+E000 is nobody's: whatever font would draw it, fontconfig knows none that every script's words go with."""
    assert not families(SCRIPTS["Khmer"] + SCRIPTS["Myanmar"] + SCRIPTS["Korean"] + "\ue000")


def test_a_page_is_printed_black_on_white_without_what_is_only_for_acting(tab, tmp_path):
    body = (
        '<html lang="my"><body><header class="top"><nav>Menu</nav></header><main><p id="said">သစ်သီးကုမ္ပဏီ</p>'
        '<p class="valid"><span class="sign" id="sign">+</span></p><h2 class="act">Do</h2><form>Form</form>'
        '<a id="out" href="https://example.org/x">There</a><details><summary>More</summary><p id="in">In</p></details>'
        "</main></body></html>"
    )
    page = paper(tab, tmp_path, body, sheet.static(sheet.NAME)[1].decode())
    style = "([of, what]) => getComputedStyle(document.querySelector(of))[what]"
    assert page.evaluate(style, ["body", "backgroundColor"]) == "rgb(255, 255, 255)"
    assert page.evaluate(style, ["body", "color"]) == "rgb(0, 0, 0)"
    assert page.evaluate(style, ["#sign", "color"]) == "rgb(17, 99, 41)"
    assert not any(page.locator(each).is_visible() for each in ("nav", ".act", "form"))
    assert "https://example.org/x" in page.evaluate(
        "getComputedStyle(document.querySelector('#out'), '::after').content"
    )
    assert page.evaluate("document.querySelector('#in').checkVisibility({contentVisibilityAuto: true})")
    known = families(SCRIPTS["Myanmar"])
    if not known:
        pytest.skip("no font for Burmese on this machine (Debian: fonts-noto-core)")
    assert drawn(page, "သစ်သီးကုမ္ပဏီ") <= known
