"""Over real HTTP: a node loses its last records with its disk, is restored from an older backup, and gets them back."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "proof"))

from kills import Pair
from kills_check import await_drained, check_stopped
from kills_sale import Book, Player

pytestmark = [pytest.mark.long, pytest.mark.timeout(110)]  # two real nodes, killed and restored


@pytest.fixture
def pair(tmp_path):
    made = Pair(tmp_path, {}, None)
    try:
        made.start()
        yield made
    finally:
        made.destroy()


def entrepot(*words):
    done = subprocess.run([sys.executable, "-m", "entrepot", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def wait_until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def health(node):
    try:
        return node.ask("GET", "/healthz")
    except OSError:
        return 0, {}


def test_lost_records_come_back_and_the_sale_goes_on(pair, tmp_path):
    lost, peer = pair.nodes.values()
    book = Book()
    player = Player("p", pair, book, random.Random(1))
    player.play("p-1", 6)
    entrepot("journal", "backup", "--data", str(lost.folder), "--out", str(tmp_path / "backup"))
    player.play("p-2", 8)
    assert not book.faults
    await_drained([lost, peer])
    for node in (lost, peer):
        assert node.stop() == 0
    for each in lost.folder.glob("journal.*"):
        each.unlink()
    entrepot("journal", "restore", "--data", str(lost.folder), "--from", str(tmp_path / "backup"))

    lost.spawn()
    wait_until(lambda: health(lost)[0])
    status, told = health(lost)
    assert (status, told["reason"]) == (503, "journal-catch-up")
    act = next(act for act in book.acts.values() if act.node == lost.name)
    status, problem = lost.ask("POST", "/api/v1/records", act.body | {"number": "NEW"},
                               token=pair.tokens[act.role], key="new")  # fmt: skip
    assert (status, problem["code"]) == (503, "journal-catch-up"), json.dumps(problem)
    assert lost.operate("GET", "/recovery")["peers"][0]["at"] == ""

    peer.start()
    lost.await_ready()
    recovery = lost.operate("GET", "/recovery")
    assert not recovery["catchingUp"]
    assert recovery["peers"][0]["recovered"] == 8
    act = next(act for act in book.acts.values() if act.node == lost.name and act.key.startswith("p-2/"))
    status, problem = lost.ask("POST", "/api/v1/records", act.body, token=pair.tokens[act.role], key=act.key)
    assert status == 422  # its key was lost, its number was not
    assert act.record in {each["params"].get("other") for each in problem["findings"]}
    player.play("p-3", 8)
    await_drained([lost, peer])
    time.sleep(0.1)
    assert peer.operate("GET", "/heads/suspect") == []
    for node in (lost, peer):
        assert node.stop() == 0
    left, right = ({*check_stopped(each, Book())["records"]} for each in (lost, peer))
    assert left == right
    assert len(left) == 22


def test_a_log_that_is_lost_without_a_backup_is_begun_anew(pair, tmp_path):
    """Its peers are lost with it: named by their addresses they are found again, and give back what they hold."""
    lost, peer = pair.nodes.values()
    player = Player("p", pair, Book(), random.Random(2))
    player.play("p-1", 8)
    await_drained([lost, peer])
    for node in (lost, peer):
        assert node.stop() == 0
    before = {*check_stopped(lost, Book())["records"]}
    for each in lost.folder.glob("journal.*"):
        each.unlink()
    lost.spawn()
    assert lost.process.wait(30) == 2
    entrepot("journal", "begin", "--data", str(lost.folder), "--peer", f"http://127.0.0.1:{peer.port}")

    lost.spawn()
    wait_until(lambda: health(lost)[0])
    assert health(lost)[1]["reason"] == "journal-catch-up"
    (waited,) = lost.operate("GET", "/recovery")["peers"]
    assert (waited["node"], waited["at"]) == ("", "")

    peer.start()
    lost.await_ready()
    recovery = lost.operate("GET", "/recovery")
    assert not recovery["catchingUp"]
    assert [each["recovered"] for each in recovery["peers"]] == [len(before)]
    player.play("p-2", 8)
    await_drained([lost, peer])
    assert peer.operate("GET", "/heads/suspect") == []
    for node in (lost, peer):
        assert node.stop() == 0
    left, right = ({*check_stopped(each, Book())["records"]} for each in (lost, peer))
    assert left == right > before
