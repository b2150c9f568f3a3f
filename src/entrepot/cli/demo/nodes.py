"""The two nodes of the demo: started as processes of their own, each with a folder of its own, and stopped by pid."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from entrepot.base.error import EntrepotError
from entrepot.cli.demo.client import Client, NodeRefused
from entrepot.cli.folder import operator_token
from entrepot.party.error import FetchError

START_S = 60.0


class NodeFailed(EntrepotError):
    """A node did not start."""

    code = "node-failed"


@dataclass
class DemoNode:
    """One running node. ``operator``: a client of its operator; ``process``: None where another started it."""

    name: str
    folder: Path
    url: str
    process: "subprocess.Popen[bytes] | None"
    operator: Client
    log: Path | None = None

    def stop(self) -> None:
        """Ask it to end, and make sure that it does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(timeout=5)


class Nodes:
    """Both nodes, stopped when the block ends, whatever happened in it."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self._folder, self._names = folder, names
        self.running: dict[str, DemoNode] = {}

    def __enter__(self) -> "Nodes":
        try:
            started = [(name, *self._spawn(name)) for name in self._names]
            for name, folder, url, process in started:
                self.running[name] = DemoNode(name, folder, url, process, Client(url, ""), folder / "node.log")
            for node in self.running.values():
                await_answer(node)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def __getitem__(self, name: str) -> DemoNode:
        return self.running[name]

    def _stop(self) -> None:
        for node in self.running.values():
            node.stop()

    def _spawn(self, name: str) -> "tuple[Path, str, subprocess.Popen[bytes]]":
        folder = self._folder / f"node-{name}"
        folder.mkdir(parents=True)
        port = _free_port()
        return folder, loopback(port), spawn(folder, port, log=folder / "node.log")


def loopback(port: int) -> str:
    """Address of a node that serves this machine alone."""
    return f"http://127.0.0.1:{port}"


def spawn(folder: Path, port: int, *, log: Path | None, words: Sequence[str] = ()) -> "subprocess.Popen[bytes]":
    """A process that serves ``folder``, and ends when this one does, however that ends.

    ``log``: where it writes; None: where this one does, under this one's own settings too. ``words``: more options.
    """
    kept = {each: value for each, value in os.environ.items() if log is None or not each.startswith("ENTREPOT_")}
    settings = {"ENTREPOT_RATE_PER_MINUTE": "60000", **kept, "ENTREPOT_URL": loopback(port)}
    command = [sys.executable, "-m", "entrepot", "serve", "--data", str(folder), "--port", str(port), "--until-eof"]
    with ExitStack() as opened:
        out = None if log is None else opened.enter_context(log.open("ab"))
        return subprocess.Popen(  # noqa: S603 - this very program
            [*command, *words],
            stdin=subprocess.PIPE,  # held open by this process alone
            stdout=sys.stderr if out is None else out,  # what this one says on its own output stays its own
            stderr=out,
            env={**settings, "ENTREPOT_ALLOW_LOOPBACK_HTTP": "1"},
            start_new_session=True,
        )


def answers(node: DemoNode) -> bool:
    """Whether it runs by now; a client with its operator's token is ready then."""
    try:
        node.operator.get("/healthz")
    except (FetchError, NodeRefused):
        return False
    node.operator.token = operator_token(node.folder)
    return True


def await_answer(node: DemoNode) -> None:
    """Wait until it runs; raises :class:`NodeFailed` where it ended, or takes too long."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and (node.process is None or node.process.poll() is None):
        if answers(node):
            return
        time.sleep(0.05)
    remedy = f"Read {node.log}." if node.log else "Read what it said above."
    raise NodeFailed(f"node {node.name} did not start", remedy=remedy)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
