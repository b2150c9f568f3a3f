"""One node under test: its processes, and the ways in which they are killed and come back."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

READY_S = 90.0
ORPHAN_S = 15.0
ANSWER_S = 10.0
WORKERS = 2
"""Web workers of a node on PostgreSQL."""
CRASH_LOOP_S = 6.0
"""The supervisor takes a worker that dies again so soon for one that cannot live, and ends."""


class Fault(Exception):
    """Something that must hold did not."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children(pid):
    """Processes that ``pid`` started, by any of its threads."""
    found = set()
    with contextlib.suppress(OSError):
        for each in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found |= {int(child) for child in (each / "children").read_text().split()}
    return found


def alive(pid):
    """Whether the process runs: one that is dead and not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Node:
    """A node in a folder of its own; ``journal``: empty, or the address of a PostgreSQL database: then several web
    workers serve it, and ``entrepot work`` runs beside them."""

    def __init__(self, name, folder, journal="", source=None):
        self.name, self.folder, self.journal = name, folder, journal
        self.helper, self.helper_ends = None, 0
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process, self.token = None, ""
        self.started, self.respawned = 0.0, 0.0
        self.shaken = lambda: 0.0
        self.gave_up = []
        self.start_s, self.orphan_s = [], []
        self.environ = {each: value for each, value in os.environ.items() if not each.startswith("ENTREPOT_")} | {
            "ENTREPOT_URL": self.url,
            "ENTREPOT_ALLOW_LOOPBACK_HTTP": "1",
            "ENTREPOT_RATE_PER_MINUTE": "600000",
        }
        if journal:
            self.environ |= {"ENTREPOT_JOURNAL": journal, "ENTREPOT_WORKERS": str(WORKERS)}
        if source:
            self.environ["PYTHONPATH"] = str(source)
        self.lock = threading.Lock()

    def spawn(self):
        """Start the supervisor, in a process group of its own."""
        self.started = time.monotonic()
        self.process = self._run("serve", "--port", str(self.port))

    def _run(self, name, *options):
        with (self.folder / "node.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "entrepot", name, "--data", str(self.folder), *options],
                stdout=log,
                stderr=log,
                env=self.environ,
                start_new_session=True,
            )

    def start(self):
        """Start it and wait until it can write."""
        self.spawn()
        self.await_ready()
        self.token = (self.folder / "secret" / "operator-token").read_text("ascii").strip()

    def await_ready(self, since=None):
        """Wait until the node can write, after something that happened at ``since`` (None: its start).

        A supervisor that gave up meanwhile is started again, as an init would."""
        deadline = time.monotonic() + READY_S
        while True:
            if self.process.poll() is not None:
                self.gave_up.append((self.folder / "node.log").read_text("utf-8", "replace").strip()[-200:])
                self.respawned = 0.0
                time.sleep(0.2)
                self.spawn()
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                if self.ask("GET", "/healthz", timeout_s=ANSWER_S)[0] == 200:
                    self.start_s.append(time.monotonic() - (since or max(self.started, self.respawned)))
                    self._await_helper()
                    return
            if time.monotonic() > deadline:
                raise Fault(f"{self.name} did not come back within {READY_S:.0f} s, see {self.folder / 'node.log'}")
            time.sleep(0.05)

    def _await_helper(self):
        """Start ``entrepot work`` where it does not run, as an init would."""
        if self.journal and (self.helper is None or self.helper.poll() is not None):
            self.helper_ends += self.helper is not None
            self.helper = self._run("work")

    def workers(self):
        """The pids of the workers; fewer while they are being started."""
        return children(self.process.pid)

    def kill(self, kind, choose=min):
        """SIGKILL to one worker, the helper, the supervisor or the supervisor's group; what must follow at once is
        checked here. ``choose``: which of the workers."""
        before = self.workers()
        if kind == "work":
            if self.helper is not None:
                self.helper.kill()
                self.helper.wait()
                self.helper = self._run("work")
            return
        if kind == "worker":
            for each in [choose(sorted(before))] if before else []:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
            self._await_respawn(before)
            return
        if kind == "supervisor":
            os.kill(self.process.pid, signal.SIGKILL)
        else:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._await_end(before)
        self.respawned = 0.0
        self.spawn()

    def is_settled(self):
        """Whether a worker that dies now is replaced: two deaths in short time make the supervisor give up.

        ``shaken``: when the worker may last have ended by itself, because its database had gone."""
        return time.monotonic() - max(self.respawned, self.shaken()) > CRASH_LOOP_S

    def _await_respawn(self, before):
        soon, self.respawned = not self.is_settled(), time.monotonic()
        deadline = time.monotonic() + ORPHAN_S
        while not self.workers() - before:
            if self.process.poll() is not None:
                if not soon:
                    raise Fault(f"the supervisor of {self.name} ended with its worker")
                return  # it took the second death for a crash loop; whoever started it starts it again
            if time.monotonic() > deadline:
                raise Fault(f"the supervisor of {self.name} did not bring its worker back")
            time.sleep(0.01)

    def _await_end(self, pids):
        began = time.monotonic()
        while any(alive(each) for each in pids):
            if time.monotonic() > began + ORPHAN_S:
                raise Fault(f"the worker of {self.name} outlived its supervisor by {ORPHAN_S:.0f} s")
            time.sleep(0.01)
        self.orphan_s.append(time.monotonic() - began)

    def stop(self):
        """Ask it to end; its exit status."""
        if self.helper is not None and self.helper.poll() is None:
            self.helper.send_signal(signal.SIGTERM)
            if self.helper.wait(timeout=60) != 0:
                raise Fault(f"the helper of {self.name} did not end well, see {self.folder / 'node.log'}")
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.destroy()
                raise Fault(f"{self.name} did not stop when it was asked to") from None
        return self.process.returncode

    def destroy(self):
        """End whatever is left of it."""
        if self.helper is not None:
            self.helper.kill()
            self.helper.wait()
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def ask(self, method, path, body=None, *, token="", key="", timeout_s=15.0):
        """One request: status and JSON. Raises ``OSError``, ``HTTPException`` or ``ValueError`` where none came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        try:
            connection.request(method, path, None if body is None else json.dumps(body).encode(), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def operate(self, method, path, body=None, *, key=""):
        """A request of the operator that must succeed."""
        status, answer = self.ask(method, f"/api/v1/operator{path}", body, token=self.token, key=key)
        if status != 200:
            raise Fault(f"{self.name}: {method} {path} answers {status}: {answer}")
        return answer
