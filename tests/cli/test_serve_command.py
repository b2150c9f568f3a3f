"""``entrepot serve`` and ``entrepot peer``: starting, refusing, speaking to the running node, stopping."""

import json
import os
import shutil
import signal
import sqlite3

import httpx
import pytest
from rig.outside import Node, eventually, running


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with running(tmp_path_factory.mktemp("served"), "one", "two") as nodes:
        yield nodes


def test_the_folder_tells_where_the_node_is(served):
    node = served[0]
    assert (node.folder / "address").read_text("ascii").strip() == node.url
    assert (node.folder / "secret" / "operator-token").stat().st_mode & 0o777 == 0o600


def test_a_second_node_on_the_folder_is_refused(served, entrepot):
    done = entrepot("serve", "--data", str(served[0].folder), "--port", str(served[0].port + 1))
    assert done.returncode == 2
    assert "serves" in done.stderr
    assert "journal-locked" in done.stderr


def test_a_port_that_is_taken_is_named(served, entrepot, tmp_path):
    done = entrepot("serve", "--data", str(tmp_path / "new"), "--port", str(served[0].port))
    assert done.returncode == 2
    assert f"port {served[0].port}" in done.stderr


def test_commands_that_write_are_refused_while_a_node_runs(served, entrepot):
    done = entrepot("journal", "rebuild", "--data", str(served[0].folder))
    assert done.returncode == 2
    assert "journal-locked" in done.stderr
    assert entrepot("sale", "list", "--data", str(served[0].folder)).returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--url", "http://node.example"], "https"),
        (["--url", "nonsense"], "ENTREPOT_URL"),
        (["--port", "0"], "port"),
        (["--threads", "0"], "threads"),
        (["--what"], "--what"),
    ],
)
def test_wrong_use_is_named(entrepot, tmp_path, words, says):
    done = entrepot("serve", "--data", str(tmp_path / "new"), *words)
    assert done.returncode == 64
    assert says in done.stderr


def test_accounts_of_a_newer_program_are_refused(command, entrepot, tmp_path):
    folder = tmp_path / "node"
    shutil.copytree(command.data, folder)
    db = sqlite3.connect(folder / "node.db")
    db.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('access', '9999_later', '2030-01-01')")
    db.commit()
    db.close()
    done = entrepot("serve", "--data", str(folder), "--port", str(Node(tmp_path / "port").port))
    assert done.returncode == 2
    assert "accounts-too-new" in done.stderr


def test_accounts_that_are_damaged_are_refused(command, entrepot, tmp_path):
    folder = tmp_path / "node"
    shutil.copytree(command.data, folder)
    (folder / "node.db").write_bytes(b"this is no database at all" * 1000)
    done = entrepot("serve", "--data", str(folder), "--port", str(Node(tmp_path / "port").port))
    assert done.returncode == 2
    assert "(accounts)" in done.stderr


def test_peers_are_invited_accepted_and_blocked(served, entrepot):
    one, two = served

    def peers(node):
        done = entrepot("peer", "list", "--data", str(node.folder), "--json")
        assert done.returncode == 0, done.stderr
        return {each["node"]: each["status"] for each in json.loads(done.stdout)}

    assert peers(one) == {}
    invited = entrepot("peer", "invite", two.url, "--data", str(one.folder))
    assert invited.returncode == 0, invited.stderr
    assert invited.stdout.startswith("asked")
    (asking,) = peers(two)
    assert entrepot("peer", "accept", asking, "--data", str(two.folder)).stdout.startswith("admitted")
    assert set(peers(one).values()) == set(peers(two).values()) == {"admitted"}
    blocked = entrepot("peer", "block", asking, "--data", str(two.folder))
    assert blocked.stdout.startswith("blocked")
    assert asking in entrepot("peer", "list", "--data", str(two.folder)).stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["invite", "http://127.0.0.1:1"], "transport"),
        (["invite", "nonsense"], "request"),
        (["accept", "did:key:z6MkfrQeE6nnGTvSGTUVXmkMVEBqXxdtRKGrLgPEUdrNTbxq"], "no node"),
        (["block", "x"], "request"),
    ],
)
def test_what_the_node_refuses_is_told(served, entrepot, words, says):
    done = entrepot("peer", *words, "--data", str(served[0].folder))
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


def test_peers_need_a_running_node(command, entrepot, tmp_path):
    done = command("peer", "list")
    assert done.returncode == 2
    assert "does not answer" in done.stderr
    assert entrepot("peer", "list", "--data", str(tmp_path)).returncode == 64


def test_sigterm_ends_the_node_and_its_worker(tmp_path):
    node = Node(tmp_path / "node").start()
    group = os.getpgid(node.process.pid)
    assert node.stop() == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{node.url}/healthz")
    assert "Traceback" not in node.told


def test_a_worker_does_not_outlive_its_supervisor(tmp_path):
    node = Node(tmp_path / "node").start()
    group = os.getpgid(node.process.pid)
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait(timeout=10)

    def gone():
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        return False

    try:
        eventually(gone, seconds=10)
        node.start()
        assert node.stop() == 0
    finally:
        if not gone():
            os.killpg(group, signal.SIGKILL)


def test_a_worker_that_dies_is_replaced(tmp_path):
    node = Node(tmp_path / "node").start()
    try:
        worker = int((node.folder / "journal.lock").read_text("ascii"))
        os.kill(worker, signal.SIGKILL)
        eventually(lambda: int((node.folder / "journal.lock").read_text("ascii") or worker) != worker)
        node.ready()
    finally:
        node.stop()
