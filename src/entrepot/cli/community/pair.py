"""The two nodes of a community: the one that was named, and its neighbour in a folder beside it."""

import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from entrepot.base.error import EntrepotError, UsageError
from entrepot.cli.demo.cast import EXPORT_NODE, IMPORT_NODE
from entrepot.cli.demo.client import Client
from entrepot.cli.demo.nodes import DemoNode, answers, await_answer, loopback, spawn
from entrepot.node.lock import ServeLock, require_free

PORTS = "community-ports"
"""File in the node's folder: the ports of both nodes. Their parties are named by them, so they stay."""
HOST = "127.0.0.1"


class SeedLock(ServeLock):
    """Holds ``DATA/community.lock`` while a process fills the node."""

    _name, _holder = "community.lock", "fills"


def neighbour_of(data: Path) -> Path:
    """The folder of the neighbour node."""
    whole = data.absolute()
    return whole.with_name(f"{whole.name}-neighbour")


class Pair:
    """Both nodes, those that run already and those that are started here; only the latter are stopped at the end.

    ``port``: of the node, where it is not known yet. Raises :class:`~entrepot.node.error.PortTaken`.
    """

    def __init__(self, data: Path, port: int | None, words: Sequence[str] = ()) -> None:
        self._data, self._words = data.absolute(), words
        self.ports = _ports(self._data, port)
        self.nodes: dict[str, DemoNode] = {}

    def __enter__(self) -> Self:
        try:
            self._add(EXPORT_NODE, self._data, self.ports[0])
            self._add(IMPORT_NODE, neighbour_of(self._data), self.ports[1])
            for each in self.nodes.values():
                await_answer(each)
        except BaseException:
            self._stop()
            raise
        (self._data / PORTS).write_text(json.dumps(self.ports) + "\n", "ascii")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def ended(self) -> str:
        """The name of a node that was started here and has ended; empty while both run."""
        over = (each.name for each in self.nodes.values() if each.process and each.process.poll() is not None)
        return next(over, "")

    def _add(self, name: str, folder: Path, port: int) -> None:
        log = None if name == EXPORT_NODE else folder / "node.log"
        node = DemoNode(name, folder, loopback(port), None, Client(loopback(port), ""), log)
        self.nodes[name] = node
        if _runs(node):
            return
        require_free(HOST, port)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        node.process = spawn(folder, port, log=log, words=self._words if log is None else ())

    def _stop(self) -> None:
        for each in self.nodes.values():
            each.stop()


def _runs(node: DemoNode) -> bool:
    """Whether a process serves the node's own folder at that address now."""
    address = node.folder / "address"
    if not address.exists() or address.read_text("ascii").strip() != node.url:
        return False
    try:
        with ServeLock(node.folder):
            return False
    except EntrepotError:
        return answers(node)


def _ports(data: Path, port: int | None) -> tuple[int, int]:
    """The ports of both nodes: those of the first time, else the one asked for (8000), and the next free one."""
    kept = data / PORTS
    if kept.exists():
        first, second = json.loads(kept.read_text("ascii"))
        if port not in (None, first):
            raise UsageError(
                f"the community in {data} was made on port {first}, by which its parties are named",
                remedy=f"Give --port {first}, or another --data.",
            )
        return first, second
    first = port or _served(data) or 8000
    return first, _next_free(first)


def _served(data: Path) -> int | None:
    """The port at which the folder's node was served, where it was."""
    address = data / "address"
    return int(address.read_text("ascii").strip().rpartition(":")[2]) if address.exists() else None


def _next_free(port: int) -> int:
    for each in range(port + 1, min(port + 50, 65536)):
        try:
            require_free(HOST, each)
        except EntrepotError:
            continue
        return each
    raise UsageError(f"no port after {port} is free for the neighbour node", remedy="Name another: --port N.")
