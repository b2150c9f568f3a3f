"""A code before the camera of a real browser: what is made of it, who may use it, and that it goes dark again."""

import base64
import io
import json

import pytest
import segno
from PIL import Image
from rig.credential import signed_for
from rig.sound import SOME, sound

from entrepot.node.picture import read_codes

pytestmark = pytest.mark.long
BEGIN, END = "#scan button:first-child", "#scan button:last-child"
WATCH = """
    const asked = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => window.lent = await asked(wish);
    const fetched = window.fetch;
    window.fetch = (where, sent) => {
        console.log(`sent ${sent.body.get("picture").size}`);
        return fetched(where, sent);
    };
    const submit = HTMLFormElement.prototype.submit;
    HTMLFormElement.prototype.submit = function () {
        console.log(lent.getTracks().map(each => each.readyState).join());
        submit.call(this);
    };
"""
"""Keeps what the browser lent; says how large a picture is that goes out, and how it stands as the form goes."""
OWN_READER = """
    window.BarcodeDetector = class {
        static async getSupportedFormats() { return ["qr_code"]; }
        async detect(video) {
            const size = {width: video.videoWidth, height: video.videoHeight};
            const canvas = Object.assign(document.createElement("canvas"), size);
            canvas.getContext("2d").drawImage(video, 0, 0);
            return (await readHere(canvas.toDataURL("image/png"))).map(rawValue => ({rawValue}));
        }
    };
"""
"""A reader of codes such as browsers of telephones have (W3C WICG Shape Detection, 2.3): this one has none."""


def film(folder, text=""):
    """A film (Motion JPEG) of a sheet of paper, with a code where it says something."""
    sheet = Image.new("RGB", (960, 720), "#ddd")
    if text:
        code = io.BytesIO()
        segno.make(text, error="l", micro=False).save(code, kind="png", scale=1, border=4)
        square = Image.open(code).convert("RGB")
        square = square.resize((square.width * (660 // square.width),) * 2, Image.Resampling.NEAREST)
        sheet.paste(square.rotate(2, expand=True, fillcolor="#ddd"), (140, 20))
    frame = io.BytesIO()
    sheet.save(frame, "JPEG", quality=85)
    place = folder / "film.mjpeg"
    place.write_bytes(frame.getvalue() * 30)
    return place


@pytest.fixture
def camera(browser, program, tmp_path):
    """A function that opens a page in a browser of its own that sees ``text``; ``allowed``: whether it may."""
    opened = []

    def look(url, text="", *, allowed=True, scripts=(), dark=False):
        args = ["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream"]
        args += [f"--use-file-for-fake-video-capture={film(tmp_path, text)}"]
        args += ["--use-fake-ui-for-media-stream"] * allowed
        made = browser.browser_type.launch(executable_path=program, args=args)
        opened.append(made)
        page = made.new_page(color_scheme="dark" if dark else "light")
        for each in (WATCH, *scripts):
            page.add_init_script(each)
        page.goto(url)
        return page

    yield look
    for each in opened:
        each.close()


def test_a_code_before_the_camera_is_judged_and_the_camera_goes_dark(site, camera):
    signed = signed_for(None)
    page = camera(f"{site}/en/verify", json.dumps(signed))
    told = []
    page.on("console", lambda each: told.append(each.text))
    page.locator(BEGIN).click()
    page.wait_for_selector(".verdict", timeout=20_000)
    assert page.inner_text(".verdict h2") == "This document is good."
    assert told.pop() == "ended"
    assert 1 <= len(told) <= 5
    assert max(int(each.removeprefix("sent ")) for each in told) < 100_000, told
    print(f"\nframes that were sent: {told}")  # noqa: T201


def test_a_browser_that_reads_codes_sends_no_picture(site, camera):
    page = camera(f"{site}/th/verify", "{}", scripts=[OWN_READER])
    page.expose_function("readHere", lambda url: read_codes(base64.b64decode(url.partition(",")[2])))
    sent = []
    page.on("request", lambda each: sent.append((each.method, each.url)))
    page.locator(BEGIN).click()
    page.wait_for_selector(".verdict", timeout=20_000)
    assert [each for each in sent if each[0] == "POST"] == [("POST", f"{site}/th/verify")]


def test_who_scans_for_long_is_asked_no_more_often_than_once_a_second_and_may_stop(site, camera):
    page = camera(f"{site}/en/verify")
    sent = []
    page.on("request", lambda each: each.url.endswith("/verify/code") and sent.append(each))
    page.locator(BEGIN).click()
    page.wait_for_timeout(3500)
    assert 2 <= len(sent) <= 4
    assert page.evaluate("lent.getTracks()[0].readyState") == "live"
    page.locator(END).click()
    assert page.evaluate("lent.getTracks()[0].readyState") == "ended"
    assert page.evaluate("document.activeElement.textContent") == "Scan with the camera"
    assert page.locator("#scan video").is_hidden()
    page.wait_for_timeout(1500)
    assert len(sent) <= 4


@pytest.mark.parametrize("language", SOME)
@pytest.mark.parametrize("dark", [False, True])
def test_the_open_camera_is_sound(site, camera, language, dark):
    page = camera(f"{site}/{language}/verify", dark=dark)
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator(BEGIN).click()
    page.locator("#scan video").wait_for()
    sound(page, f"camera-{dark}", language)
    page.locator(END).click()
    sound(page, f"camera-over-{dark}", language)


def test_who_may_not_use_the_camera_is_told_what_helps(site, camera):
    page = camera(f"{site}/ja/verify", allowed=False)
    page.locator(BEGIN).click()
    words = page.get_attribute("#scan", "data-denied")
    page.locator("#scan [role=status]").filter(has_text=words).wait_for()
    sound(page, "camera-denied", "ja")
    assert page.locator("#picture").is_visible()
    assert page.locator(BEGIN).is_enabled()


def test_no_other_page_may_ask_for_the_camera(site, camera):
    page = camera(f"{site}/en/economies")
    ask = "navigator.mediaDevices.getUserMedia({video: true}).then(() => '', wrong => wrong.name)"
    assert page.evaluate(ask) == "NotAllowedError"
