"""Pages of a node in this process: processor time, and bytes over the wire. Writes: ``bench/writes.py``.

    bench/pages.py [--rounds N]

Of each page: milliseconds of processor time (median, through all of Django's middleware), bytes of the body and of
the heads. Goals: the first load (page and style sheet) at most 100 kB, each later page at most 40 kB; nothing is
compressed here, what stands in front of a node may.

Exit 1: a goal is missed.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "node"), str(ROOT / "tests" / "simulation"), str(ROOT / "bench" / "scene")]

from rig.inside import Inside
from rig.visitor import Visitor, firm, person

FIRST_MAX, LATER_MAX = 100_000, 40_000
PUBLIC = (
    "/",
    "/offers",
    "/verify",
    "/economies",
    "/economies/MY",
    "/statistics",
    "/statistics/MY",
    "/origins",
    "/sign-in",
)
OWN = ("/sales", "/sales/new", "/offers/new", "/businesses")


def timed(work: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    """Median milliseconds of processor time, of all threads, and the last answer."""
    answer, took = work(), []
    for _ in range(rounds):
        start = time.process_time_ns()
        answer = work()
        took.append((time.process_time_ns() - start) / 1e6)
    return statistics.median(took), answer


def weight(answer: Any) -> int:
    """Bytes of an answer over the wire: heads and body."""
    return len(answer.content) + sum(len(f"{name}: {value}\r\n") for name, value in answer.headers.items())


def pages(node: Inside, rounds: int) -> bool:
    """Print each page; whether all keep to their goals."""
    visitor, good = Visitor(node, "th"), True
    seller = firm(node, "Kebun Contoh")
    owner = person(node, name="Aminah", party=seller)
    sheet = visitor.go("/").text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    style = weight(visitor.client.get(sheet, HTTP_HOST="127.0.0.1"))
    print(f"{'page (in Thai, the longest in bytes)':38} {'processor':>10} {'later':>9} {'first load':>11}")
    for who, paths in ((visitor, PUBLIC), (owner, OWN)):
        for path in paths:
            cpu, answer = timed(lambda who=who, path=path: who.client.get(f"/th{path}", **who._heads()), rounds)
            later = weight(answer)
            is_good = answer.status_code == 200 and later <= LATER_MAX and later + style <= FIRST_MAX
            good = good and is_good
            print(f"{path:38} {cpu:7.1f} ms {later:9,} {later + style:11,}{'' if is_good else '  MISSED'}")
    print(f"goals: first load at most {FIRST_MAX:,} bytes, later pages {LATER_MAX:,}; style sheet {style:,}")
    return good


def main() -> int:
    """Print the figures."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--rounds", type=int, default=20)
    wish = given.parse_args()
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    with tempfile.TemporaryDirectory() as folder:
        node = Inside(Path(folder))
        try:
            return int(not pages(node, wish.rounds))
        finally:
            node.close()


if __name__ == "__main__":
    sys.exit(main())
