"""Whole sales in process on two nodes with SQLite fully synced, and the CPU time of each stage of one record.

Run: python bench/sale.py [--sales N]
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "simulation"), str(ROOT / "bench" / "scene")]

from sale_script import Script, play_sale
from simulated.world import World

from entrepot.base.record import record_of
from entrepot.base.shape import dump
from entrepot.flow import kinds
from entrepot.flow.check import check_form, check_number, check_right
from entrepot.flow.envelope import write_envelope
from entrepot.flow.issue import sign
from entrepot.flow.law import check_law
from entrepot.flow.post import envelope_for
from entrepot.flow.project import fact_of
from entrepot.flow.prove import check_proofs
from entrepot.flow.receive import _open, read_envelope
from entrepot.flow.sight import reducers
from entrepot.journal import Setup, open_journal
from entrepot.journal.port import ANY, Append
from entrepot.journal.view import MemoryView

ROUNDS = 100


def sync_rate(folder: Path) -> float:
    """fdatasync calls a second of this disk, each after writing 4 KiB."""
    handle = os.open(folder / "probe", os.O_RDWR | os.O_CREAT)
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < 1.0:
        os.pwrite(handle, b"x" * 4096, 0)
        os.fdatasync(handle)
        count += 1
    os.close(handle)
    return count / (time.perf_counter() - start)


def cpu_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median CPU milliseconds of one call, after a warm-up."""
    work()
    times = []
    for _ in range(rounds):
        start = time.process_time_ns()
        work()
        times.append((time.process_time_ns() - start) / 1e6)
    return statistics.median(times)


def main() -> None:
    """Print the figures."""
    given = argparse.ArgumentParser()
    given.add_argument("--sales", type=int, default=5)
    sales = given.parse_args().sales
    folder = Path(tempfile.mkdtemp(prefix="entrepot-bench-", dir="."))
    world = World(1)
    shutil.rmtree(world.root, ignore_errors=True)
    world.root = folder
    try:
        print(f"disk: {sync_rate(folder):,.0f} fdatasync/s")
        script = Script(world)
        start, records = time.perf_counter(), 0
        for number in range(sales):
            records += play_sale(script, number)
        took = time.perf_counter() - start
        print(f"whole sales in process, two nodes, synchronous=FULL: {sales / took:.2f} sales/s")
        print(f"  {records} records, each signed twice, kept on both nodes: {records / took:.1f} records/s")
        stages(script, folder)
    finally:
        world.close()
        shutil.rmtree(folder, ignore_errors=True)


def stages(script: Script, folder: Path) -> None:
    """CPU time of receive, check, record and act for the invoice of the last sale."""
    office, record_id = script.importer, script.last["invoice"]
    record = office.journal.record(record_id)
    sender = script.peer_of(office)
    envelope = write_envelope(envelope_for(office, record, sender))
    opened, _ = _open(read_envelope(envelope)[0])
    payload, _ = check_form(record, office.clock())

    def check() -> None:
        kinds._READ.clear()
        check_form(record, office.clock())
        check_proofs(office, record, opened.proofs)
        check_number(office, record)
        check_right(office, record)
        check_law(office, record, payload)

    bare = open_journal(
        folder / "bare", Setup(reducers=(), clock=office.clock, entropy=office.entropy, sign=None, log_id="b")
    )
    counter = iter(range(1 << 30))

    def keep() -> None:
        content = replace(record.content, number=f"B-{next(counter)}")
        other = record_of(content)
        bare.append(Append(record=other, streams={"bench": ANY}, proofs=opened.proofs))

    rule = reducers(lambda _: False)[0].apply
    view = MemoryView()
    for each in office.journal.stream(f"sale/{record.sales[0]}")[1]:
        rule(view, office.journal.record(each))
    print(
        f"CPU milliseconds per stage of one invoice ({len(record.to_bytes())} bytes, in a sale of "
        f"{len(office.journal.stream(f'sale/{record.sales[0]}')[1])} records), median of {ROUNDS}:"
    )
    _line("receive (envelope, JWS and JSON opened, digest recomputed)", lambda: _open(read_envelope(envelope)[0]))
    _line("check   (form, two proofs, number, right, law)", check)
    _line("record  (one durable transaction, no views)", keep)
    _line("act     (the sale's state from all its facts)", lambda: rule(view, record))
    signatory = script.exporter.custody.signatory(record.content.issuer)
    _line("issuing adds: signing in two securings", lambda: sign(script.exporter, record, signatory))
    bare.close()
    assert dump(fact_of(record).says)


def _line(name: str, work: Callable[[], object]) -> None:
    print(f"  {name:60} {cpu_ms(work):7.2f}")


if __name__ == "__main__":
    main()
