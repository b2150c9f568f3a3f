"""What was typed when the connection was lost is there again in a real browser; what was done, and who left, is not."""

import re

import pytest
from rig.window import Window

pytestmark = pytest.mark.long
KEPT = "Object.keys(sessionStorage).filter(each => each.startsWith('entrepot:')).length"


@pytest.fixture(scope="module")
def firms(served, browser):
    """A seller with an offer, and the overseer of the node; a word to each for what was typed."""
    seller = Window(browser.new_context(timezone_id="Asia/Bangkok").new_page(), served.url)
    seller.begin(served, "keeps@example.org", "Aminah").register("Kebun Simpan", "MY")
    seller.say("/offers/new", what="Durian", quantity="1", price="1", currency="MYR")
    seller.offer = seller.number("offers")
    overseer = Window(browser.new_context().new_page(), served.url)
    overseer.sign_up(served, "sees@example.org", "Li").register("Overseers", "CN")
    named = {"party": overseer.party(), "desk": "overseer"}
    assert served.operator.post("/api/v1/operator/agencies", named).status_code == 200
    yield seller, overseer
    for each in (seller, overseer):
        each.page.context.close()


def lose(reader, act):
    """Send the form without a connection, and come back to its page with one."""
    where = reader.page.url
    reader.page.context.set_offline(True)
    reader.page.locator(f"main {act}").first.click()
    reader.page.wait_for_url("chrome-error://**")
    reader.page.context.set_offline(False)
    reader.page.goto(where)
    return reader


def value(reader, name):
    return reader.page.locator(f"main [name={name}]").input_value()


def test_a_complaint_a_desks_decision_and_a_message_survive_a_lost_connection(site, tab, firms):
    seller, overseer = firms
    guest = Window(tab(f"{site}/en/"), site).open(f"/offers/{seller.offer}/report")
    guest.fill(grounds="unsafe", text="It smells of nothing.")
    assert value(lose(guest, "form button"), "text") == "It smells of nothing."
    assert value(guest, "grounds") == "unsafe"
    guest.press()
    assert guest.page.url.endswith("/sent")
    assert value(guest.open(f"/offers/{seller.offer}/report"), "text") == ""

    overseer.open("/desks/overseer").page.locator("main a[href*='/desks/overseer/']").first.click()
    overseer.page.locator("main a[href$='/dismiss'], main a[href$='/refuse']").first.click()
    overseer.fill(reasons="Nothing is wrong with it.")
    assert value(lose(overseer, "button[value=look]"), "reasons") == "Nothing is wrong with it."
    overseer.press("look").press("sign")
    assert overseer.page.evaluate(KEPT) == 0

    overseer.open(f"/offers/{seller.offer}/order").press("look").press("sign")
    sale = overseer.number("sales")
    overseer.open(f"/sales/{sale}/messages").fill(text="When does it come?")
    assert value(lose(overseer, "button[value=look]"), "text") == "When does it come?"
    overseer.press("look").press("sign")
    assert value(overseer.open(f"/sales/{sale}/messages"), "text") == ""


def signed(reader, path, **typed):
    """Fill a form, sign it, and go the way that readers go who are not sure: load the page again, back, back, send."""
    page = reader.say(path, **typed).page
    form = f"{reader.site}/{reader.language}{path}"
    where = page.url.partition("#")[0]
    assert page.reload().status == 200, "nothing is asked about sending again"
    page.go_back()
    assert page.url.partition("#")[0] == f"{where}?again=1", "the look is over; what was signed is shown"
    assert page.locator("main").get_by_text("You signed this already").count() == 1, page.url
    page.go_back()
    assert page.url == form
    assert "not signed yet" not in reader.heading
    page.go_forward()
    page.go_forward()
    assert page.url.partition("#")[0] == where
    return reader


def test_the_way_back_after_signing_sends_nothing_again(site, browser, firms):
    seller, buyer = firms
    wrong = buyer.open(f"/offers/{seller.offer}/order").fill(quantity_0="0").press("look").page
    assert wrong.locator(".fault").count() == 1
    assert wrong.reload().status == 422, "what is wrong with it is a page that is fetched, too"
    buyer.press("discard")
    signed(buyer, f"/offers/{seller.offer}/order")
    sale = buyer.number("sales")
    seller.sign_in("keeps@example.org").say(f"/sales/{sale}/order-response", answer="accept")
    signed(seller, f"/sales/{sale}/invoice")
    paying = {"network": "com.example.pay", "account": "123", "merchant": "Kebun", "city": "Johor"}
    signed(seller, f"/sales/{sale}/payment-request", **paying)
    titles = seller.open(f"/sales/{sale}").page.locator(".timeline > li h3").all_inner_texts()
    at, own = (seller.page.locator(f".timeline .label > {each}").first for each in ("time", "time + .own"))
    assert re.fullmatch(r"[^:]*\d:\d\d[^:]*UTC", at.inner_text()), "to the minute"
    assert "GMT+7" in own.inner_text(), "and by the reader's clock"
    assert len(titles) == len(set(titles)) >= 4, titles


def test_what_was_typed_is_its_writers_alone_and_goes_with_her(site, firms):
    seller, _ = firms
    seller.open("/offers/new").fill(what="Rambutan")
    other = Window(seller.page.context.new_page(), site).open("/businesses/new?economy=MY").fill(name="Second")
    assert (seller.page.evaluate(KEPT), other.page.evaluate(KEPT)) == (1, 1)
    seller.open("/sales").open("/sign-out").press()
    assert seller.page.evaluate(KEPT) == 0
    assert other.page.evaluate(KEPT) == 0
    seller.sign_in("keeps@example.org")
    assert value(seller.open("/offers/new"), "what") == ""


def test_no_form_with_a_secret_is_kept(site, tab):
    page = tab(f"{site}/en/sign-in")
    page.fill("#email", "somebody@example.org")
    page.fill("#password", "seven wet durians")
    assert page.evaluate("Object.keys(sessionStorage).length") == 0
