"""A few kills on SQLite, with a fixed seed; the full count runs in ``make proof`` (tests/proof/kills.py)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "proof"))

import kills
import kills_check
from kills_node import Fault
from kills_sale import Act, Book

ROOT = Path(__file__).resolve().parents[2]
RUNNER = ROOT / "tests" / "proof" / "kills.py"


@pytest.mark.long
@pytest.mark.timeout(110)
def test_a_few_kills_lose_and_double_nothing():
    command = [sys.executable, str(RUNNER), "--database", "sqlite", "--kills", "4", "--players", "2", "--seed", "4"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["held"] is True
    assert sum(told["sqlite"]["kills"].values()) == 4
    assert told["sqlite"]["acknowledged"] > 0


def test_every_kind_of_kill_has_its_share():
    import random

    plan = kills.plan_of(210, "sqlite", random.Random(1))
    assert {kind: plan.count(kind) for kind in kills.KINDS} == dict.fromkeys(kills.KINDS, 70)
    assert kills.plan_of(210, "sqlite", random.Random(1)) == plan
    assert {"backend", "work"} <= set(kills.plan_of(10, "postgres", random.Random(1)))


def test_one_key_may_not_give_two_records():
    book, act = Book(), Act("key", "export", "seller", {})
    book.acknowledge(act, "a")
    book.acknowledge(act, "a")
    with pytest.raises(Fault):
        book.acknowledge(act, "b")


class Beside:
    name = "export"


@pytest.mark.parametrize(
    ("keys", "twice", "fault"),
    [
        ([("k", "r")], [], None),
        ([], [], "lost"),
        ([("k", "other")], [], "lost"),
        ([("k", "r")], [("did", "7", 2)], "doubled"),
        ([("k", "r"), ("k", "s")], [], "lost|doubled"),
    ],
)
def test_what_is_lost_or_doubled_is_seen(monkeypatch, keys, twice, fault):
    monkeypatch.setattr(kills_check, "_rows", lambda *_: [keys, twice, []])
    book = Book(acts={"k": Act("k", "export", "seller", {}, record="r")})
    if fault is None:
        assert kills_check.check_beside(Beside, book) == 1
    else:
        with pytest.raises(Fault, match=fault):
            kills_check.check_beside(Beside, book)


def sides(left, right, money=None):
    return [{"records": set(each), "sales": b"", "balances": money or {}} for each in (left, right)]


@pytest.mark.parametrize(
    ("left", "right", "money"),
    [("ab", "a", None), ("a", "a", None), ("abc", "abc", None), ("ab", "ab", {"did:s/MYR/x": 1})],
)
def test_nodes_that_do_not_agree_with_what_was_told_are_seen(left, right, money):
    acts = {key: Act(key, "export", "seller", {"kind": "order", "payload": {}}, record=key) for key in "ab"}
    kills_check.check_pair(sides("ab", "ab"), Book(acts=acts), {"settlement": "did:s"})
    with pytest.raises(Fault):
        kills_check.check_pair(sides(left, right, money), Book(acts=acts), {"settlement": "did:s"})
