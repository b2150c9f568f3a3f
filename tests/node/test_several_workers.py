"""Real processes on one PostgreSQL journal: two web workers and one that does the work behind them."""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack

import pytest
from rig import paper
from rig.outside import Node, admit, eventually, running, worker_pids

from entrepot.journal.port import JournalLocked
from entrepot.node.lock import WorkLock

pytestmark = pytest.mark.long


@pytest.fixture
def run():
    """Starts commands that are ended afterwards, whatever happens."""
    started = []

    def start(node, *words):
        environ = {name: each for name, each in os.environ.items() if not name.startswith(("ENTREPOT_", "DJANGO_"))}
        process = subprocess.Popen(
            [sys.executable, "-m", "entrepot", *words],
            env=environ | node.settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for each in started:
        if each.poll() is None:
            each.kill()
        each.communicate()


@pytest.fixture
def pair(tmp_path, schemas):
    settings = {"ENTREPOT_WORKERS": "2"}
    with ExitStack() as opened:
        nodes = [
            *opened.enter_context(running(tmp_path, "one", ENTREPOT_JOURNAL=schemas(), **settings)),
            *opened.enter_context(running(tmp_path, "two", ENTREPOT_JOURNAL=schemas(), **settings)),
        ]
        admit(*nodes)
        yield nodes


def test_a_party_that_one_worker_made_is_known_to_all_and_its_record_arrives(pair, run):
    one, two = pair
    work = run(one, "work", "--data", str(one.folder), "--json")
    assert json.loads(work.stdout.readline())["event"] == "started"
    eventually(lambda: len(worker_pids(one)) == 2)
    migrate = run(one, "migrate", "--data", str(one.folder))
    assert "journal-locked" in migrate.communicate(timeout=40)[1]
    buyer, seller = one.trader("buyer"), two.trader("seller")
    for _ in range(12):  # connections go to one worker or the other
        assert {each["did"] for each in one.operator.get("/api/v1/operator/parties").json()} == {buyer.party}
    ids = [buyer.issue(paper.order(buyer.party, seller.party), f"order-{each}").json()["id"] for each in range(8)]
    eventually(lambda: {each["sale"] for each in seller.get("/api/v1/sales?limit=200").json()["sales"]} == set(ids))
    with pytest.raises(JournalLocked, match="works for"), WorkLock(one.folder, alone=True):
        pass
    work.send_signal(signal.SIGTERM)
    out, err = work.communicate(timeout=20)
    assert work.returncode == 0, err
    assert "Traceback" not in err + one.told + two.told
    assert json.loads(out.splitlines()[-1])["event"] == "stopped"


def at_once(act):
    threads = [threading.Thread(target=act, args=(each,)) for each in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def test_one_key_sent_to_all_workers_at_once_makes_one_record(pair):
    one, two = pair
    buyer, seller = one.trader("buyer"), two.trader("seller")
    draft, told = paper.order(buyer.party, seller.party), []

    def send(_):
        answer = buyer.issue(draft, "the-same")
        told.append((answer.status_code, answer.json().get("code") or answer.json()["id"]))

    at_once(send)
    again = buyer.issue(draft, "the-same").json()["id"]
    assert {(200, again), (409, "in-flight")} >= set(told) >= {(200, again)}
    assert len(buyer.get("/api/v1/sales").json()["sales"]) == 1
    eventually(lambda: seller.get("/api/v1/sales").json()["sales"])
    answers = []
    at_once(lambda _: answers.append(seller.issue(paper.response(again, draft["number"])).status_code))
    assert sorted(answers) == [200, *[422] * 7], "judged where they are put in order, by whichever worker"


def test_a_second_home_of_one_journal_is_refused_while_the_first_lives(pair, tmp_path, run):
    one = pair[0]
    other = Node(tmp_path / "other", **{**one.settings, "ENTREPOT_WORKERS": "1"})
    done = run(other, "serve", "--data", str(other.folder), "--port", str(other.port))
    err = done.communicate(timeout=40)[1]
    assert done.returncode == 2, err
    assert "another folder" in err
    assert "journal-locked" in err
    again = run(one, "serve", "--data", str(one.folder), "--port", str(other.port))
    err = again.communicate(timeout=40)[1]
    assert (again.returncode, "serves" in err) == (2, True), err


def test_sqlite_takes_one_worker_and_no_helper(tmp_path, run):
    node = Node(tmp_path / "node")
    done = run(node, "serve", "--data", str(node.folder), "--port", str(node.port), "--workers", "2")
    err = done.communicate(timeout=40)[1]
    assert (done.returncode, "ENTREPOT_JOURNAL" in err) == (64, True), err
    node.start()
    try:
        done = run(node, "work", "--data", str(node.folder))
        err = done.communicate(timeout=40)[1]
        assert (done.returncode, "the running node does this work itself" in err) == (64, True), err
    finally:
        node.stop()
