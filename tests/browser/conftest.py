"""One real node and one real browser (Debian's Chromium), started when the first test needs them."""

import shutil

import pytest
from rig.outside import Node

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def program():
    """The browser's program."""
    found = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found


@pytest.fixture(scope="module")
def browser(program):
    # No longer than a module: while its driver runs, this thread has an event loop, and Django refuses to work in one.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield made
        made.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """The node itself."""
    node = Node(tmp_path_factory.mktemp("browser") / "node")
    try:
        yield node.start()
    finally:
        node.stop()


@pytest.fixture(scope="session")
def site(served):
    """Its address."""
    return served.url


@pytest.fixture
def tab(browser):
    """A function that opens an address in a window of its own; scripts only where they are asked for."""
    contexts = []

    def opened(url, *, width=1280, height=900, scripts=True, dark=False):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(url)
        return page

    yield opened
    for each in contexts:
        each.close()
