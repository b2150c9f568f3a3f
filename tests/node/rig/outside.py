"""Real nodes: processes on loopback ports, stopped by their own process id."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx

from entrepot.cli.demo.nodes import _free_port

START_S, WAIT_S, SEED_S = 40, 40, 240
_keys = count(1)


@dataclass
class Client:
    """One token at one node, over HTTP."""

    url: str
    token: str = ""
    party: str = ""

    def call(self, method, path, *, content=None, headers=None, timeout=20):
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return httpx.request(method, self.url + path, content=content, headers=sent | (headers or {}), timeout=timeout)

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body, key=""):
        import json

        headers = {"Content-Type": "application/json", "Idempotency-Key": key or f"outside-{next(_keys)}"}
        return self.call("POST", path, content=json.dumps(body).encode(), headers=headers)

    def issue(self, draft, key=""):
        return self.post("/api/v1/records", draft, key)

    def trader(self, name, role="clerk"):
        """The client of a new party, where this is that of an operator."""
        party = self.post("/api/v1/operator/parties", {"name": name}).json()["did"]
        body = {"party": party, "role": role, "label": "test"}
        return Client(self.url, self.post("/api/v1/operator/tokens", body).json()["secret"], party)


class Node:
    """One folder and the process that serves it, when it does."""

    def __init__(self, folder: Path, **settings):
        self.folder, self.settings, self.process = folder, settings, None
        folder.mkdir(parents=True, exist_ok=True)
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder.parent / f"{folder.name}.log"

    def spawn(self, *words):
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("ENTREPOT_", "DJANGO_"))}
        environ |= {"ENTREPOT_RATE_PER_MINUTE": "60000", **self.settings}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "entrepot", "serve", "--data", self.folder, "--port", str(self.port), *words],
                stdout=log,
                stderr=log,
                env=environ,
                start_new_session=True,
            )
        return self

    def ready(self):
        end = time.monotonic() + START_S
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=5).status_code == 200:
                    return self
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError(f"the node did not start:\n{self.told}")

    def start(self):
        return self.spawn().ready()

    def stop(self):
        """SIGTERM; the exit code."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=25)
            except subprocess.TimeoutExpired:
                self.kill()
        return None if self.process is None else self.process.returncode

    def kill(self):
        """SIGKILL to supervisor and worker: they are a process group of their own."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)

    @property
    def told(self):
        """Everything that the process printed."""
        return self.log.read_text("utf-8", "replace")

    @property
    def operator(self):
        return Client(self.url, (self.folder / "secret" / "operator-token").read_text("ascii").strip())

    def trader(self, name, role="clerk"):
        return self.operator.trader(name, role)


class Town(Node):
    """``entrepot serve --community``: a node and its neighbour, filled, ready once it says where to look."""

    def ready(self):
        end = time.monotonic() + SEED_S
        while "Ctrl-C ends both" not in self.told[self._before :]:
            assert self.process.poll() is None, self.told
            assert time.monotonic() < end, self.told
            time.sleep(0.1)
        return self

    def spawn(self):
        self._before = len(self.told) if self.log.exists() else 0
        return super().spawn("--community")


def worker_pids(node):
    """The web workers: the processes that the supervisor started."""
    found = set()
    for task in Path(f"/proc/{node.process.pid}/task").iterdir():
        found |= {int(each) for each in (task / "children").read_text("ascii").split()}
    return found


@contextmanager
def running(folder: Path, *names: str, **settings):
    """A node for each name, started at once, stopped at the end."""
    nodes = [Node(folder / name, **settings) for name in names]
    try:
        for each in nodes:
            each.spawn()
        for each in nodes:
            each.ready()
        yield nodes
    finally:
        for each in nodes:
            each.stop()


def admit(one: Node, other: Node):
    """Both nodes admit each other."""
    invited = one.operator.post("/api/v1/operator/peers/invite", {"url": other.url}).json()
    asked = other.operator.get("/api/v1/operator/peers").json()
    node = next(each["node"] for each in asked if each["url"] == one.url)
    other.operator.post("/api/v1/operator/peers/accept", {"node": node})
    return invited["node"], node


def eventually(ask, *, seconds=WAIT_S):
    """What ``ask`` gives once it gives something."""
    end = time.monotonic() + seconds
    while True:
        found = ask()
        if found or time.monotonic() > end:
            assert found, "it did not happen in time"
            return found
        time.sleep(0.2)  # a node counts how often it is asked
