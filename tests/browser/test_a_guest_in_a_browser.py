"""A guest on a phone: she signs in with her own key, takes the record away, and brings it back signed."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rig import paper
from rig.axe import grave
from rig.window import Window

from entrepot.base.shape import parse
from entrepot.document.control import Challenge, answer
from entrepot.document.proof import secure
from entrepot.party.did import did_key, key_method_id
from entrepot.party.key import Curve, KeyPair

pytestmark = pytest.mark.long


def sound(window, name):
    """What holds of every page."""
    window.keep(name)
    assert grave(window.page) == []
    assert window.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert window.page.locator("h1").count() == 1


def saved(page, name):
    """The file that the page's link gives."""
    with page.expect_download() as coming:
        page.locator(f'main a[download="{name}"]').click()
    return json.loads(Path(coming.value.path()).read_text("utf-8"))


def brought(window, act, text):
    file = {"name": "signed.json", "mimeType": "application/json", "buffer": text}
    window.page.set_input_files("main input[type=file]", file)
    return window.press(act)


@pytest.mark.parametrize("dark", [False, True])
def test_a_guest_orders_on_a_phone(served, tab, dark):
    seller = served.trader(f"grower-{dark}".lower())
    key = KeyPair.generate(Curve.ED25519, os.urandom)
    did, method = did_key(key.public), key_method_id(key.public)
    guest = Window(tab(served.url, width=360, dark=dark), served.url)
    guest.open("/sign-in/identity").fill(did=did).press()
    asked = saved(guest.page, "challenge.json")
    challenge = parse(Challenge, {name: each for name, each in asked.items() if name != "request"})[0]
    brought(guest, "answer", answer(challenge, key, method_id=method, now=datetime.now(UTC)))
    order = {"did": seller.party, "seller_name": "Kebun Contoh", "what": "Durian", "quantity": "3", "price": "25"}
    order |= {"own_name": "Firma Contoh", "own_economy": "VN", "economy": "MY", "currency": "MYR"}
    guest.open("/sales/new").fill(**order, number=paper.number("PO")).press("look")
    sound(guest, f"guest-signs-{dark}".lower())
    record = saved(guest.page, "record.json")
    brought(guest, "bring", b"I hereby order.")
    assert "Something stands in the way" in guest.page.content()
    sound(guest, f"guest-refused-{dark}".lower())
    now = datetime.now(UTC).replace(microsecond=0)
    brought(guest, "bring", secure(record, key, method_id=method, securing="eddsa-jcs-2022", created=now))
    assert "Firma Contoh" in guest.page.content(), guest.page.inner_text("main")
    assert seller.get(f"/api/v1/sales/{guest.number('sales')}").json()["state"] == "ordered"
