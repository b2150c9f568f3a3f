"""axe-core as the judge of a page in a browser."""

from axe_playwright_python.sync_playwright import Axe

GRAVE = ("serious", "critical")


def grave(page):
    """What axe-core finds serious or critical: rule and place."""
    # The policy of the pages lets no foreign script in; the judge comes through the browser's own door.
    found = Axe().run(page).response
    assert found["passes"], "the judge did not run"
    return [(each["id"], each["nodes"][0]["html"][:120]) for each in found["violations"] if each["impact"] in GRAVE]
