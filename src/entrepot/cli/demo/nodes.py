"""The two nodes of the demo: started as processes of their own, each with a folder of its own, and stopped by pid."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from entrepot.base.error import EntrepotError
from entrepot.cli.demo.client import Client, NodeRefused
from entrepot.party.error import FetchError

START_S = 30.0


class NodeFailed(EntrepotError):
    """A node did not start."""

    code = "node-failed"


@dataclass
class DemoNode:
    """One running node. ``operator``: a client with the operator's token."""

    name: str
    folder: Path
    url: str
    process: "subprocess.Popen[bytes]"
    operator: Client

    def stop(self) -> None:
        """Ask it to end, and make sure that it does."""
        if self.process.poll() is None:
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
                self.running[name] = DemoNode(name, folder, url, process, Client(url, ""))
            for node in self.running.values():
                _await(node)
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
        url = f"http://127.0.0.1:{port}"
        settings = {"ENTREPOT_URL": url, "ENTREPOT_ALLOW_LOOPBACK_HTTP": "1", "ENTREPOT_RATE_PER_MINUTE": "60000"}
        environ = {each: value for each, value in os.environ.items() if not each.startswith("ENTREPOT_")} | settings
        with (folder / "node.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-m", "entrepot", "serve", "--data", str(folder), "--port", str(port)],
                stdout=log,
                stderr=log,
                env=environ,
                start_new_session=True,
            )
        return folder, url, process


def _await(node: DemoNode) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if node.process.poll() is not None:
            break
        try:
            node.operator.get("/healthz")
        except (FetchError, NodeRefused):
            time.sleep(0.05)
            continue
        node.operator.token = (node.folder / "secret" / "operator-token").read_text("ascii").strip()
        return
    raise NodeFailed(f"node {node.name} did not start", remedy=f"Read {node.folder / 'node.log'}.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
