"""A real sale for the power cuts, from order to counted: what the importing node appends, with its views and proofs.

    powercut.py --script tests/proof/powercut_sale.py

The sale is played once between two offices in this process; what reaches the importer's journal is noted, and
:func:`run` appends it again: by turns through the writer thread, as the node does, and directly, as a command beside a
stopped node does; each under a client's key. It delivers what it put into the outbox, seals, rebuilds the views, and
at last erases one paper of the sale.
"""

import os
import pickle
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "simulation"), str(ROOT / "bench" / "scene"), str(ROOT / "tests" / "proof")]

from powercut_script import submit
from sale_script import Script, play_sale
from simulated.clerk import CLERK
from simulated.world import World

from entrepot.base.shape import dump
from entrepot.flow.count import sale_row
from entrepot.flow.erase import erase
from entrepot.flow.issue import Draft, issue
from entrepot.flow.sight import reducers
from entrepot.journal import Writer, WriterSettings
from entrepot.journal.port import Idempotency
from entrepot.statistic.count import count_of
from entrepot.statistic.row import row_of

ERASURE = "asked for"


def _noted():
    """The appends of one whole sale at the importer's node, the erasure after it, and whose book the node keeps."""
    world = World(20260301)
    try:
        script = Script(world)
        journal, noted = script.importer.journal, []
        append = journal.append
        journal.append = lambda item: (noted.append(item), append(item))[1]
        play_sale(script, 1)
        _count(script)
        sale = list(noted)
        tombstone = _erased(script, noted)
        return sale, tombstone, script.dids["settlement"]
    finally:
        world.close()


def _count(script):
    """The statistician's record: with it the sale is counted."""
    order = script.last["order"]
    row, _ = row_of(sale_row(script.importer.journal, order, persons_employed=9), reporter="CN")
    draft = Draft(
        kind="count", issuer=script.dids["reporter"], number="CT-1", payload=dump(count_of(row)), sales=(order,)
    )
    issued = issue(script.importer, draft)
    assert issued.record is not None, [each.text for each in issued.findings]


def _erased(script, noted):
    """Which record is erased, and the append of its tombstone."""
    gone = script.last["import-declaration"]
    before = len(noted)
    erase(script.importer, gone, by=script.dids["buyer"], reason=ERASURE, accepting=CLERK)
    assert [each.record.kind for each in noted[before:]] == ["erasure-acceptance", "tombstone"]
    return gone, noted[-1]


def prepare(path):
    """Keep what was noted: where a bug is planted the sale is not played, it might not even come about."""
    path.write_bytes(pickle.dumps((APPENDS, (GONE, TOMBSTONE), KEEPER)))


_PREPARED = os.environ.get("POWERCUT_PREPARED")
APPENDS, (GONE, TOMBSTONE), KEEPER = pickle.loads(Path(_PREPARED).read_bytes()) if _PREPARED else _noted()
REDUCERS = reducers(lambda did: did == KEEPER)


def run(journal):
    """The whole sale again: its records, their proofs, files and views, deliveries, and a seal now and then."""
    clock = journal.setup.clock
    with Writer(journal, WriterSettings(seal_ms=1 << 60, tick_s=60)) as writer:
        for number, item in enumerate(APPENDS):
            if hasattr(clock, "tick"):
                clock.tick(1)
            key = Idempotency(scope="importer/shop/issue", key=f"key-{number}", digest=item.record.id)
            asked = replace(item, idempotency=key, answer={"record": item.record.id})
            submit(writer, journal, asked).result(60) if number % 2 else journal.append(asked)
            if number % 3 == 2:
                for due in journal.due(clock() + timedelta(days=1), 10):
                    journal.delivered(due.id, "acknowledged")
            if number % 5 == 4:
                journal.seal()
    journal.seal()
    journal.rebuild()
    assert [journal.entry(each.record.id).seq for each in APPENDS] == list(range(1, len(APPENDS) + 1))
    assert len({each.record.kind for each in APPENDS}) >= 11
    page = journal.view("sale").get(f"sale/{APPENDS[0].record.id}")
    assert page["counted"], page["state"]
    journal.erase(GONE, ERASURE, TOMBSTONE)
