"""Appends a second by 1, 2 and 4 processes on one PostgreSQL journal, each through its writer with 8 callers.

    bench/writers.py [URL] [--appends N]    URL: postgresql://... (ENTREPOT_TEST_POSTGRES), for schemas that are dropped

One table lock orders all writers, so more processes are to add little: the last figures are ratios to one process.
"""

import argparse
import multiprocessing
import os
import secrets
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
from append import item, reduce_sale

from entrepot.journal import Journal, Setup, Writer, open_journal
from entrepot.journal.port import Reducer

PROCESSES, CALLERS = (1, 2, 4), 8


def opened(url: str) -> Journal:
    """The journal at ``url``, with one view; its promises stay unsigned."""
    given = {"clock": lambda: datetime.now(UTC), "entropy": secrets.token_bytes, "sign": None, "log_id": "bench"}
    return open_journal(url, Setup(reducers=(Reducer("sale", 1, reduce_sale),), **given))


def append(url: str, numbers: range, ready: multiprocessing.Barrier) -> None:
    """One process: its share of the appends, each caller waiting for its answers."""
    items = [item(each, 4 * CALLERS) for each in numbers]
    with opened(url) as journal, Writer(journal) as writer, ThreadPoolExecutor(CALLERS) as pool:
        ready.wait()
        parts = [items[each::CALLERS] for each in range(CALLERS)]
        list(pool.map(lambda part: [writer.submit(each).result() for each in part], parts))


def rate(url: str, appends: int, count: int) -> float:
    """Appends a second of ``count`` processes together, in a schema of their own."""
    name = "bench" + secrets.token_hex(6)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE SCHEMA {name}")
        place = f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{name}"
        opened(place).close()
        ready, parts = multiprocessing.Barrier(count + 1), [range(each, appends, count) for each in range(count)]
        makers = [multiprocessing.Process(target=append, args=(place, each, ready)) for each in parts]
        for each in makers:
            each.start()
        ready.wait()
        started = time.perf_counter()
        for each in makers:
            each.join()
        spent = time.perf_counter() - started
        (kept,) = admin.execute(f"SELECT count(*) FROM {name}.entry").fetchone()
        admin.execute(f"SET client_min_messages = error; DROP SCHEMA {name} CASCADE")
    return kept / spent


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="?", default=os.environ.get("ENTREPOT_TEST_POSTGRES"))
    parser.add_argument("--appends", type=int, default=2000)
    options = parser.parse_args()
    if not options.url:
        sys.stdout.write("not measured: name a database, or set ENTREPOT_TEST_POSTGRES\n")
        sys.exit()
    rates = {count: rate(options.url, options.appends, count) for count in PROCESSES}
    for processes, each in rates.items():
        sys.stdout.write(f"{processes} processes {each:8.0f} appends/s  ratio {each / rates[1]:.2f}\n")
