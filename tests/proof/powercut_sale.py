"""A real sale for the power cuts: what the importing node of a whole sale appends, with its real views and proofs.

    powercut.py --script tests/proof/powercut_sale.py

The sale is played once between two offices in this process; what reaches the importer's journal is noted, and
:func:`run` appends it again, delivers what it put into the outbox, and seals.
"""

import sys
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "simulation"), str(ROOT / "bench" / "scene")]

from sale_script import Script, play_sale
from simulated.world import World

from entrepot.flow.sight import reducers


def _noted():
    """The appends of one whole sale at the importer's node, and the institution whose book it keeps."""
    world = World(20260301)
    try:
        script = Script(world)
        journal, noted = script.importer.journal, []
        append = journal.append
        journal.append = lambda item: (noted.append(item), append(item))[1]
        play_sale(script, 1)
        return noted, script.dids["settlement"]
    finally:
        world.close()


APPENDS, KEEPER = _noted()
REDUCERS = reducers(lambda did: did == KEEPER)


def run(journal):
    """The whole sale again: sixteen records, their proofs, files and views, deliveries, and a seal now and then."""
    clock = journal.setup.clock
    for number, item in enumerate(APPENDS):
        if hasattr(clock, "tick"):
            clock.tick(1)
        journal.append(item)
        if number % 3 == 2:
            for due in journal.due(clock() + timedelta(days=1), 10):
                journal.delivered(due.id, "acknowledged")
        if number % 5 == 4:
            journal.seal()
    journal.seal()
    journal.rebuild()
    assert [journal.entry(each.record.id).seq for each in APPENDS] == list(range(1, len(APPENDS) + 1))
    page = journal.view("sale").get(f"sale/{APPENDS[0].record.id}")
    assert page["state"] == "paid", page["state"]
