"""A whole sale by pages, between two nodes: from the first account over an offer that a buyer elsewhere finds in
Chinese to paid, delivered and counted. The seller's fields and steps are counted and printed."""

import os

import pytest
from rig.outside import Node, admit, eventually
from rig.window import Window

ALL = os.environ.get("ENTREPOT_TEST_BROWSER") == "all"
FIELDS_MAX = 25
SECONDS_MAX = 600
COUNTED = {"en": "counted", "zh-hans": "已统计", "ms": "dikira", "vi": "đã thống kê"}
PHONE, DESK = 360, 1280
EVERY = [(language, width, scripts) for language in COUNTED for width in (PHONE, DESK) for scripts in (False, True)]
SOME = EVERY if ALL else [("ms", PHONE, False), ("vi", DESK, True)]


@pytest.fixture(scope="module")
def abroad(served, browser, tmp_path_factory):
    """The importer's node: its operator, a bank and a statistics office with their desks; it knows the first one."""
    node = Node(tmp_path_factory.mktemp("abroad") / "node")
    try:
        admit(served, node.start())
        Window(browser.new_context().new_page(), served.url).begin(served, "operator@example.org", "Operator")
        parties = {}
        window = Window(browser.new_context().new_page(), node.url)
        window.begin(node, "operator@example.org", "Operator")
        for desk in ("bank", "statistics"):
            who = Window(browser.new_context().new_page(), node.url).sign_up(node, f"{desk}@example.org", "王")
            parties[desk] = who.register(f"示例{desk}", "CN").party()
            body = {"party": parties[desk], "desk": desk}
            assert node.operator.post("/api/v1/operator/agencies", body).status_code == 200
        yield node, parties
    finally:
        node.stop()


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("language", "width", "scripts"), SOME)
def test_from_the_first_account_to_counted(served, abroad, tab, language, width, scripts):
    node, parties = abroad
    mark = f"{language}-{width}-{'with' if scripts else 'without'}"

    def window(url, speaks):
        return Window(tab(url, width=width, scripts=scripts), url, speaks)

    seller = window(served.url, language).sign_up(served, f"seller-{mark}@example.org", "Aminah")
    seller.register(f"Kebun {mark}", "MY")
    thing = {"what": f"猫山王榴莲 {mark}", "quantity": "1200", "price": "25", "currency": "MYR"}
    offer = seller.say("/offers/new", **thing, incoterm="CIF", place="Nansha").number("offers")
    seller.keep(f"sale-{mark}-1-offer")
    buyer = window(node.url, "zh-hans").sign_up(node, f"buyer-{mark}@example.org", "李").register(f"进口 {mark}", "CN")
    link = f'a[href$="/offers/{offer}"]'
    eventually(lambda: buyer.open(f"/offers?q=榴莲+{mark}").page.locator(link).count())
    buyer.keep(f"sale-{mark}-2-found")
    buyer.say(f"/offers/{offer}/order", quantity_0="1200", bank=parties["bank"], statistics=parties["statistics"])
    sale = buyer.number("sales")
    eventually(lambda: seller.open(f"/sales/{sale}").page.locator(".timeline > li").count())
    seller.say(f"/sales/{sale}/order-response", answer="accept")
    seller.say(f"/sales/{sale}/invoice")
    asked = {"network": "com.example.pay", "account": "0123456789", "merchant": "Kebun", "city": "Raub"}
    seller.say(f"/sales/{sale}/payment-request", **asked)
    seller.say(f"/sales/{sale}/hand-over", place="MYPKG")
    seller.keep(f"sale-{mark}-3-sent")
    bank = window(node.url, "zh-hans").sign_in("bank@example.org")
    eventually(lambda: "0123456789" in bank.open(f"/desks/bank/{sale}").page.content())
    towns = {"buyer_town": "Nansha", "seller_town": "Raub", "bank_town": "Guangzhou"}
    bank.say(f"/desks/bank/{sale}/send", **{"from": "88-1"}, **towns, reasons="买方委托。")
    bank.say(f"/desks/bank/{sale}/settle", reasons="两个账户都在本行。")
    eventually(lambda: buyer.open(f"/sales/{sale}").page.locator(".timeline > li").count() >= 7)
    buyer.say(f"/sales/{sale}/hand-over", place="CNNSA")
    office = window(node.url, "zh-hans").sign_in("statistics@example.org")
    office.say(f"/desks/statistics/{sale}/accept", reasons="齐全。")
    office.keep(f"sale-{mark}-4-counted-there")
    eventually(lambda: seller.open(f"/sales/{sale}").heading.endswith(COUNTED[language]))
    seller.keep(f"sale-{mark}-5-counted")
    assert seller.page.locator(".timeline .sign", has_text="✗").count() == 0
    pace = f"{seller.seconds / 60:.1f} minutes at a newcomer's pace"
    print(f"\n{mark}: the seller typed or chose {seller.typed} fields in {seller.steps} steps; {pace}")  # noqa: T201
    assert seller.typed <= FIELDS_MAX
    assert seller.seconds <= SECONDS_MAX
