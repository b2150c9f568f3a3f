"""Pages and writes of a node in this process: processor time, bytes over the wire, and what a write costs.

    bench/pages.py [--rounds N] [--writes N]

Of each page: milliseconds of processor time (median, through all of Django's middleware), bytes of the body and of
the heads. Goals: the first load (page and style sheet) at most 100 kB, each later page at most 40 kB; nothing is
compressed here, what stands in front of a node may. Of the API: records issued a second, each signed twice and durable
when it is answered, against the smallest django-ninja write on the same settings: the same body, parsed, one row in the
node's own database, durable. The goal is 0.7 of its rate. Beside it the processor time of the parts of a write.

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
from rig.paper import order
from rig.visitor import Visitor, firm, person

FIRST_MAX, LATER_MAX, RATE_MIN = 100_000, 40_000, 0.7
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


def smallest() -> None:
    """Mount the smallest write: ``POST /smallest`` keeps the body as a row."""
    from django.db import connection
    from django.http import HttpRequest
    from django.urls import path
    from ninja import NinjaAPI, Schema

    from entrepot.node import urls
    from entrepot.node.api.record import DraftIn

    class Kept(Schema):
        number: int

    api = NinjaAPI(urls_namespace="smallest", openapi_url=None, docs_url=None)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE smallest (number INTEGER PRIMARY KEY, body TEXT NOT NULL)")

    @api.post("", response=Kept)
    def keep(request: HttpRequest, body: DraftIn) -> dict[str, int | None]:
        del request
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO smallest (body) VALUES (%s)", [body.model_dump_json()])
            return {"number": cursor.lastrowid}

    urls.urlpatterns.insert(0, path("smallest", api.urls))


def writes(node: Inside, count: int) -> bool:
    """Print the rates of both writes, their rounds in turn; whether the goal is met."""
    smallest()
    seller, client = node.party(), node.trader()
    drafts = [order(client.party, seller) for _ in range(count + 1)]
    clock, cpu = [0.0, 0.0], [0.0, 0.0]
    doors: tuple[Callable[[Any], Any], ...] = (client.issue, lambda draft: client.post("/smallest", draft))
    for turn, draft in enumerate(drafts):
        for at, door in enumerate(doors):
            start, used = time.perf_counter(), time.process_time()
            answer = door(draft)
            assert answer.status == 200, answer.body
            if turn:
                clock[at] += time.perf_counter() - start
                cpu[at] += time.process_time() - used
    for name, spent, used in zip(("issue a record", "smallest django-ninja write"), clock, cpu, strict=True):
        print(f"{name:38} {count / spent:7.1f} a second by the clock, {1000 * used / count:6.2f} ms of processor time")
    ratio = clock[1] / clock[0]
    is_met = ratio >= RATE_MIN
    print(
        f"rate against it: {ratio:.2f} by the clock, {cpu[1] / cpu[0]:.2f} by processor time; goal {RATE_MIN}", end=""
    )
    print("" if is_met else "  MISSED")
    parts(node, client, drafts[0])
    return is_met


def parts(node: Inside, client: Any, draft: dict[str, Any]) -> None:
    """Print the processor time of what a write is made of."""
    from entrepot.flow.check import check_form, check_number, check_right
    from entrepot.flow.issue import Draft, _compose, judge, proven, sign
    from entrepot.flow.law import check_law

    office = node.office
    made = Draft(kind=draft["kind"], issuer=client.party, number="B-1", payload=draft["payload"])
    record, _ = _compose(office, made)
    signatory = office.custody.signatory(client.party)
    proofs = sign(office, record, signatory)
    payload, _ = check_form(record, office.clock(), issuing=True)
    steps: dict[str, Callable[[], Any]] = {
        "the way in and out (an empty answer)": lambda: client.get("/api/v1/records/kinds"),
        "compose (form read, readers named)": lambda: _compose(office, made),
        "judge (form, number, right, law, reach)": lambda: judge(office, record),
        "  of it form": lambda: check_form(record, office.clock(), issuing=True),
        "  of it number": lambda: check_number(office, record),
        "  of it right": lambda: check_right(office, record),
        "  of it law": lambda: check_law(office, record, payload),
        "sign (two securings)": lambda: sign(office, record, signatory),
        "prove (both proofs verified again)": lambda: proven(office, record, proofs),
    }
    for name, work in steps.items():
        print(f"    {name:42} {timed(work, 50)[0]:6.2f} ms")


def main() -> int:
    """Print the figures."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--rounds", type=int, default=20)
    given.add_argument("--writes", type=int, default=200)
    wish = given.parse_args()
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    with tempfile.TemporaryDirectory() as folder:
        node = Inside(Path(folder))
        try:
            light = pages(node, wish.rounds)
            quick = writes(node, wish.writes)
        finally:
            node.close()
    return int(not (light and quick))


if __name__ == "__main__":
    sys.exit(main())
