"""A folder in which a node has run: one sale of two records, then stopped."""

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import pytest
from rig import paper
from rig.outside import Node


class Command:
    """The ``entrepot`` command in a process of its own."""

    def __init__(self, node, sale, answer, secured):
        self.node, self.sale, self.answer, self.secured = node, sale, answer, secured
        self.data = str(node.folder)

    def __call__(self, *words, data=True):
        more = ["--data", self.data] if data is True else []
        return run(*words, *more)


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


def run(*words):
    """What the command printed, and its exit code. What reads Django's settings gets a process of its own."""
    done = _apart(words) if {"serve", "migrate"} & set(words[:2]) else _here(words)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def _apart(words):
    command = [sys.executable, "-m", "entrepot", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return Done(done.returncode, done.stdout, done.stderr)


def _here(words):
    from entrepot.cli import main

    out, err = io.StringIO(), io.StringIO()
    told, sys.argv = sys.argv, ["entrepot", *words]
    try:
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
    finally:
        sys.argv = told
    return Done(ended.value.code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def command(tmp_path_factory):
    node = Node(tmp_path_factory.mktemp("cli") / "node").start()
    try:
        buyer, seller = node.trader("buyer"), node.trader("seller")
        order = paper.order(buyer.party, seller.party)
        sale = buyer.issue(order).json()["id"]
        answer = seller.issue(paper.response(sale, order["number"])).json()["id"]
        secured = buyer.get(f"/api/v1/records/{sale}/secured/vc+jwt").content
    finally:
        node.stop()
    return Command(node, sale, answer, secured)


@pytest.fixture
def entrepot():
    return run
