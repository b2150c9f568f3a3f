"""Work that lasts is followed in a real browser, with scripts and without: its page goes on by itself to the end."""

import re

import pytest
from rig.window import Window

pytestmark = pytest.mark.long
HEAD = "Number,Name,Quantity,Unit,Price,Currency,Valid until,HS\r\n"
ROWS = 400


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
    page.get_by_text(f"made: {ROWS}", exact=False).wait_for(timeout=120_000)
    assert page.get_by_role("row").count() == 101
    assert len(told) >= 2
