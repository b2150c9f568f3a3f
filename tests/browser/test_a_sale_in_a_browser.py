"""One sale by pages, in a real browser: from the first account to delivery; on a phone, without scripts, by keys."""

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from rig.axe import grave
from rig.outside import Node, admit, eventually
from rig.visitor import letters, link_in
from rig.window import PASSWORD, Window

from entrepot.node.page.language import LANGUAGES

EVERY = [each.code for each in LANGUAGES]
SOME = EVERY if os.environ.get("ENTREPOT_TEST_BROWSER") == "all" else ["en", "th", "vi"]
FIELDS_MAX = 25


@dataclass
class Somebody:
    email: str
    business: str
    party: str = ""


@pytest.fixture(scope="module")
def sellers(served, browser):
    """The first account, made with the operator's token; its business registered."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    reader = Window(context.new_page(), served.url)
    who = Somebody("aminah@example.org", "Kebun Contoh")
    reader.begin(served, who.email, "Aminah").register(who.business, "MY")
    who.typed, who.steps = reader.typed, reader.steps
    who.party = reader.open("/businesses").page.locator("bdi.long").first.inner_text()
    context.close()
    return who


@pytest.fixture(scope="module")
def buyers(served, browser, sellers):
    """A second account, made by letter."""
    context = browser.new_context(java_script_enabled=False)
    reader = Window(context.new_page(), served.url, "zh-hans")
    who = Somebody("li@example.org", "示例进口")
    reader.sign_up(served, who.email, "李").register(who.business, "CN")
    context.close()
    return who


def order(reader, seller):
    reader.open("/sales/new")
    reader.fill(
        did=seller.party, what="Durian", quantity="1200", price="25", currency="MYR", incoterm="CIF", place="Nansha"
    )
    reader.press("look").press("sign")
    return re.search("/sales/([0-9a-f]{64})", reader.page.url).group(1)


@pytest.mark.parametrize("language", SOME)
def test_a_sale_runs_without_scripts_on_a_phone(site, tab, sellers, buyers, language):
    seller = Window(tab(site, width=360, scripts=False), site, language).sign_in(sellers.email)
    buyer = Window(tab(site, width=1280, scripts=False), site, "zh-hans").sign_in(buyers.email)
    sale = order(buyer, sellers)
    seller.open(f"/sales/{sale}/order-response").fill(answer="accept").press("look").press("sign")
    seller.open(f"/sales/{sale}/invoice").press("look").press("sign")
    seller.open(f"/sales/{sale}/hand-over").fill(place="MYPKG").press("look").press("sign")
    buyer.open(f"/sales/{sale}/hand-over").fill(place="CNNSA").press("look").press("sign")
    assert buyer.page.locator(".timeline > li.effective").count() == 5
    assert "已交付" in buyer.heading
    typed = seller.typed + sellers.typed
    assert typed <= FIELDS_MAX, f"{typed} fields in {seller.steps + sellers.steps} steps"
    if language == "en":
        assert seller.open(f"/sales/{sale}").heading.endswith("delivered")


@pytest.fixture(scope="module")
def elsewhere(served, tmp_path_factory):
    """Another node, which knows the first one."""
    node = Node(tmp_path_factory.mktemp("elsewhere") / "node")
    try:
        admit(served, node.start())
        yield node
    finally:
        node.stop()


def test_a_sale_runs_between_two_nodes(served, elsewhere, tab, sellers):
    seller = Window(tab(served.url, width=360, scripts=False), served.url, "ms").sign_in(sellers.email)
    did = seller.party()
    buyer = Window(tab(elsewhere.url, scripts=False), elsewhere.url, "zh-hant")
    buyer.begin(elsewhere, "wang@example.org", "王").register("示例進口", "CN")
    buyer.open("/sales/new").fill(did=did, seller_name=sellers.business, economy="MY", what="Durian", quantity="3")
    buyer.fill(price="25", currency="MYR", incoterm="CIF", place="Nansha").press("look").press("sign")
    sale = re.search("/sales/([0-9a-f]{64})", buyer.page.url).group(1)
    eventually(lambda: "Durian" in seller.open(f"/sales/{sale}").page.content())
    seller.open(f"/sales/{sale}/order-response").fill(answer="accept").press("look").press("sign")
    seller.open(f"/sales/{sale}/invoice").press("look").press("sign")
    eventually(lambda: buyer.open(f"/sales/{sale}").page.locator(".timeline > li.effective").count() == 3)
    assert "已開發票" in buyer.heading
    assert buyer.page.locator(".timeline .sign", has_text="✗").count() == 0
    _write(buyer, sale, "何時裝船？", "問題.txt")
    _read(seller, sale, "何時裝船？", "問題.txt")
    _write(seller, sale, "Hari Isnin.", "jadual.txt")
    _read(buyer, sale, "Hari Isnin.", "jadual.txt")


def _write(writer, sale, text, name):
    """A message with a file, as its writer signs it."""
    file = {"name": name, "mimeType": "text/plain", "buffer": f"{text} {name}".encode()}
    writer.open(f"/sales/{sale}/messages").fill(text=text).page.set_input_files("main input[type=file]", file)
    writer.press("look").press("sign")


def _read(reader, sale, text, name):
    """The other side reads it on its own node, and takes the file along."""
    eventually(lambda: text in reader.open(f"/sales/{sale}/messages").page.content())
    with reader.page.expect_download() as coming:
        reader.page.get_by_role("link", name=name).click()
    assert Path(coming.value.path()).read_text("utf-8") == f"{text} {name}"
    assert coming.value.suggested_filename == name


def test_a_photograph_is_seen_on_the_other_node(served, elsewhere, tab, sellers):
    camera = io.BytesIO()
    Image.new("RGB", (1200, 900), "green").save(camera, "JPEG")
    seller = Window(tab(served.url, width=360, scripts=False), served.url).sign_in(sellers.email)
    seller.open("/offers/new").fill(
        what="Rambutan 紅毛丹", quantity="40", price="6", currency="MYR", place="Port Klang"
    )
    seller.fill(incoterm="FOB", picture_1_alt="A heap of rambutans")
    file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": camera.getvalue()}
    seller.page.set_input_files("main [name=picture_1_file]", file)
    offer = seller.press("look").press("sign").number("offers")
    visitor = Window(tab(elsewhere.url), elsewhere.url, "zh-hant")
    eventually(lambda: visitor.open("/offers?q=紅毛丹").page.locator(f'a[href$="/offers/{offer}"]').count())
    picture = visitor.open(f"/offers/{offer}").page.locator("main .plates img, main picture img").first
    picture.scroll_into_view_if_needed()
    eventually(lambda: picture.evaluate("each => each.complete && each.naturalWidth") or None)
    assert picture.get_attribute("alt") == "A heap of rambutans"
    assert picture.evaluate("each => new URL(each.currentSrc).origin") == elsewhere.url, (
        "no other node is asked by a visitor"
    )


@pytest.mark.timeout(200)
@pytest.mark.parametrize("language", SOME)
def test_axe_finds_nothing_grave_in_what_a_form_answers(site, tab, sellers, buyers, language):
    sale = order(Window(tab(site), site).sign_in(buyers.email), sellers)
    reader = Window(tab(site, width=360, dark=language == "th"), site, language).sign_in(sellers.email)
    reader.open(f"/sales/{sale}/order-response").fill(answer="reject").press("look")
    assert reader.page.locator(".faults").count() == 1
    look_at(reader.page, "a form with findings")
    reader.fill(answer="accept").press("look")
    look_at(reader.page, "the look before signing")
    reader.press("sign")
    look_at(reader.page, "the timeline")


def look_at(page, path):
    assert grave(page) == [], path
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{path}: {wide} pixels too wide"


def test_a_passkey_opens_the_account_without_a_password(served, browser, sellers):
    """The device is Chromium's virtual authenticator (CTAP 2); the host is one that browsers give passkeys to."""
    site = served.url.replace("127.0.0.1", "localhost")
    context = browser.new_context()
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": device})["authenticatorId"]
    reader = Window(page, site).sign_in(sellers.email).open("/account/passkeys")
    assert page.locator("#no-passkey").is_hidden()
    assert grave(page) == []
    with page.expect_navigation():
        reader.fill(name="Telefon Aminah").page.locator("#passkey button").click()
    assert page.locator(".facts li", has_text="Telefon Aminah").count() == 1
    assert "(Telefon Aminah)" in letters(served, sellers.email)[-1]
    assert len(tools.send("WebAuthn.getCredentials", {"authenticatorId": made})["credentials"]) == 1
    context.clear_cookies()
    reader.open("/sign-in/passkey")
    with page.expect_navigation():
        page.locator("#passkey button").click()
    page.wait_for_url("**/en/sales")
    reader.open("/account/passkeys")
    with page.expect_navigation():
        page.locator(".facts button").click()
    context.clear_cookies()
    reader.open("/sign-in/passkey")
    with page.expect_navigation():
        page.locator("#passkey button").click()
    assert page.locator("[role=alert]").count() == 1, "the passkey was removed"
    context.close()


def test_a_script_without_the_nonce_does_not_run(site, tab):
    page = tab(f"{site}/en/sign-in/passkey")
    page.evaluate("""() => { const each = document.createElement('script'); each.textContent = 'window.evil = 1';
                             document.body.append(each); }""")
    assert page.evaluate("window.evil") is None
    assert page.locator("script").first.evaluate("each => each.nonce.length > 20")


@pytest.mark.timeout(400)
def test_a_seller_goes_from_her_account_to_delivered_by_keyboard_alone(served, site, tab, sellers, buyers):
    """The seller's whole side: account, business, offer, answer, bill, payment request, hand-over; no mouse."""
    link = letter_for(served, Window(tab(site), site), "by-keys@example.org")
    page = tab(link)
    page.wait_for_url("**/letter/account")
    form(page, {"name": "Aminah", "password": PASSWORD}, "main form button")
    follow(page, "/businesses", "/businesses/new")
    form(page, {"economy": "M"}, "main form button")  # the first economy whose name begins so
    form(page, {"name": "Kebun Papan Kekunci"}, "main form button")
    follow(page, "/offers", "/offers/new")
    goods = {"what": "Durian", "quantity": "1200", "price": "25", "currency": "MYR", "incoterm": "CIF"}
    form(page, goods | {"place": "Nansha"}, "button[value=look]")
    form(page, {}, "button[value=sign]")
    buyer = Window(tab(site), site).sign_in(buyers.email)
    buyer.say(f"/offers/{record_in(page)}/order", quantity_0="1200")
    sale = buyer.number("sales")
    follow(page, "/sales", f"/sales/{sale}")
    asked = {"network": "com.example.pay", "account": "0123456789", "merchant": "Kebun", "city": "Raub"}
    said = {
        "order-response": {"answer": None},
        "invoice": {},
        "payment-request": asked,
        "hand-over": {"place": "MYPKG"},
    }
    for kind, values in said.items():
        follow(page, f"/{kind}")
        form(page, values, "button[value=look]")
        form(page, {}, "button[value=sign]")
    buyer.say(f"/sales/{sale}/hand-over", place="CNNSA")
    page.reload()
    assert page.locator(".timeline > li.effective").count() == 7, "the offer is one of them"
    assert page.locator("h1").inner_text().endswith("delivered")


def letter_for(served, reader, email):
    """Where the letter leads that somebody asked for."""
    reader.open("/sign-up").fill(email=email).press()
    return reader.site + link_in(letters(served, email)[-1])


def record_in(page):
    return re.search("/([0-9a-f]{64})", page.url).group(1)


def follow(page, *suffixes):
    """Follow the first link whose address ends so, then the next."""
    for each in suffixes:
        to(page, f'[href$="{each}"]')
        leave(page)


def form(page, values, button):
    """Fill each field where the tabulator stops, and press the button; None chooses the next of a group."""
    for name, value in values.items():
        to(page, f"main [name={name}]")
        if value is None:
            page.keyboard.press("ArrowDown")
        elif page.evaluate("document.activeElement.tagName") == "SELECT":
            page.keyboard.type(value)
        else:
            page.keyboard.insert_text(value)
    to(page, button)
    leave(page)


def leave(page):
    with page.expect_navigation():
        page.keyboard.press("Enter")


def to(page, selector, presses=90):
    """Press the tabulator until the element has the focus."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"{selector} is not reached by keyboard")


def test_findings_come_while_a_form_is_filled_in(site, tab, sellers):
    reader = Window(tab(site), site, "zh-hans").sign_in(sellers.email).open("/offers/new")
    page = reader.fill(what=" ").page
    page.locator("[name=price]").focus()
    page.wait_for_selector("#what-wrong")
    assert page.locator("[name=what]").get_attribute("aria-invalid") == "true"
    assert page.locator(".fault").count() == 1, "what was not filled in yet is not wrong yet"
    reader.fill(what="Durian", quantity="5", price="3", currency="MYR", hs="12")
    page.locator("[name=price]").focus()
    page.wait_for_selector("#hs-wrong")
    page.wait_for_selector("#what-wrong", state="detached")
    assert grave(page) == []
    reader.fill(hs="081060")
    page.locator("[name=price]").focus()
    page.wait_for_selector("#hs-wrong", state="detached")
    assert page.locator("[name=what]").input_value() == "Durian"
    assert "Durian" not in Window(tab(site), site).sign_in(sellers.email).open("/offers/new").page.content()


def test_what_was_typed_outlives_a_lost_connection(site, tab, sellers):
    reader = Window(tab(site), site).sign_in(sellers.email).open("/offers/new")
    page = reader.page
    reader.fill(what="Mangosteen", quantity="7", price="3", currency="MYR")
    key = page.locator("main form [name=key]").get_attribute("value")
    page.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(f"{site}/en/offers/new")
    page.context.set_offline(False)
    reader.open("/offers/new")
    assert page.locator("[name=what]").input_value() == "Mangosteen"
    assert page.locator("main form [name=key]").input_value() == key
    reader.press("look").press("sign")
    assert page.locator("h1", has_text="Mangosteen").count() == 1
    assert reader.open("/offers/new").page.locator("[name=what]").input_value() == "", "what is signed is let go"
