"""Work that lasts is followed in a real browser, with scripts and without: its page goes on by itself to the end.

A file that is chosen says how far it is, and goes once.
"""

import io
import re
import time

import pytest
from PIL import Image
from rig.axe import grave
from rig.outside import eventually
from rig.sound import SOME, sound
from rig.window import Window, keep

pytestmark = pytest.mark.long
HEAD = "Number,Name,Quantity,Unit,Price,Currency,Valid until,HS\r\n"
ROWS = 400
OFFER = {"what": "Durian", "quantity": "5", "price": "6", "currency": "MYR", "picture_1_alt": "A durian"}
LINE = {"offline": False, "latency": 50, "downloadThroughput": -1, "uploadThroughput": 60_000}
"""A telephone's line where few go through: half a megabit a second upwards."""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("scripts", [True, False])
def test_many_rows_are_followed_until_they_are_made(served, tab, tmp_path, scripts):
    seller = Window(tab(f"{served.url}/en/", scripts=scripts, width=360), served.url)
    seller.begin(served, f"many-{scripts:d}@example.org", "Aminah").register("Kebun Banyak", "MY")
    table = tmp_path / "offers.csv"
    table.write_text(HEAD + "".join(f"R-{at},Durian,1,KGM,25.00,MYR,2027-06-30,\r\n" for at in range(ROWS)), "utf-8")
    page, told = seller.open("/offers/import").page, set()
    page.set_input_files("#files", table)
    page.locator("button[value=look]").click(no_wait_after=True)
    page.get_by_text(f"can be made: {ROWS}").wait_for(timeout=60_000)
    page.on("response", lambda each: "work=" in each.url and told.add(len(told)))
    page.locator("button[value=make]").click(no_wait_after=True)
    said = page.locator("#going").inner_text()
    assert re.search("It waits for its turn|of 400", said), said
    if scripts:
        page.route("**/import?work=*", lambda each: each.abort())
        sound(page, "an-import-goes-on", "en")
        page.unroute("**/import?work=*")
    page.get_by_text(f"made: {ROWS}", exact=False).wait_for(timeout=120_000)
    assert page.get_by_role("row").count() == 101
    assert len(told) >= 2


@pytest.mark.parametrize("language", SOME)
@pytest.mark.parametrize("dark", [False, True])
def test_a_verdict_that_is_waited_for_is_a_sound_page(site, tab, language, dark):
    # Of work that began lately any process says that it may be with another.
    page = tab(f"{site}/{language}/verify?work={int(time.time())}-begun", width=360, dark=dark)
    assert page.locator("#going").inner_text()
    sound(page, f"a-verdict-goes-on-{dark}", language)


def photograph():
    """Some 150 kB."""
    out = io.BytesIO()
    Image.effect_noise((500, 500), 90).convert("RGB").save(out, "JPEG", quality=92)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.mark.parametrize("lost", [False, True])
def test_a_photograph_says_how_far_it_is_and_goes_once(served, tab, lost):
    seller = Window(tab(f"{served.url}/en/", width=360, dark=lost), served.url)
    seller.begin(served, f"photograph-{lost:d}@example.org", "Aminah").register("Kebun Gambar", "MY")
    page, sent, file = seller.open("/offers/new").fill(**OFFER).page, [], photograph()
    page.on("request", lambda each: each.method == "POST" and sent.append(each))
    if lost:
        page.route("**/offers/new", lambda each: each.abort(), times=1)
        page.set_input_files("#picture_1", file)
        page.get_by_text("It is sent with the form.").wait_for()
        sent.clear()
    else:
        page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", LINE)
        page.set_input_files("#picture_1", file)
        eventually(lambda: page.locator(".going progress[value]").evaluate("each => each.value"))
        assert 0 < page.locator(".going progress").evaluate("each => each.value") < 1
    assert grave(page) == []
    keep(page, f"sending-{lost}")
    seller.press("look")
    assert "not signed yet" in seller.heading
    assert page.locator("main dd img, main img").count() == 1
    sizes = [int(each.all_headers().get("content-length", 0)) for each in sent]
    assert [each > len(file["buffer"]) for each in sizes].count(True) == 1, sizes
