"""A community of nodes in one process: one clock, one network, one disk, all driven by one seed."""

import contextlib
import json
import random
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from entrepot.flow.cosigning import DOOR, answer_head
from entrepot.flow.error import BadNodeMessage, NotAdmitted, TransportError
from entrepot.flow.peer import accept, greeted, invite
from entrepot.flow.receive import receive_delivery
from entrepot.party.did import did_key, did_web, key_method_id
from entrepot.party.error import FetchError
from entrepot.party.key import Curve, KeyPair
from simulated.node import Crash, Keys, Node, Signatory

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
DOORS = {"peer/v1/greeting": greeted, "peer/v1/records": receive_delivery, DOOR: answer_head}
T = TypeVar("T")


def scratch() -> Path:
    """A folder in memory where there is one."""
    return Path(tempfile.mkdtemp(prefix="entrepot-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))


class Clock:
    """Simulated time; each node may run ahead or behind by its own skew."""

    def __init__(self) -> None:
        self.now = START

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Faults:
    """Probabilities of what goes wrong: per message for the network, per write for nodes."""

    lose: float = 0.0
    lose_answer: float = 0.0
    duplicate: float = 0.0
    delay: float = 0.0
    crash: float = 0.0
    meddle: float = 0.0
    """That another thread of the node takes a delayed message between the check of a record and its append."""


@dataclass
class World:
    """All nodes, and whatever is still on its way. ``cut``: pairs of nodes between which nothing passes."""

    seed: int
    faults: Faults = field(default_factory=Faults)
    nodes: dict[str, Node] = field(default_factory=dict)
    ghosts: list[tuple[str, bytes]] = field(default_factory=list)
    cut: set[frozenset[str]] = field(default_factory=set)
    crashes: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.clock = Clock()
        self.root = scratch()

    def entropy(self, size: int) -> bytes:
        return self.random.randbytes(size)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def add_node(self, name: str) -> Node:
        pair = KeyPair.generate(Curve.ED25519, self.entropy)
        identity = Signatory(did=did_key(pair.public), key=pair, method=key_method_id(pair.public))
        folder = self.root / name
        folder.mkdir()
        node = Node(name, f"{name}.example", folder, Keys(self.entropy, identity.did), identity, self)
        self.nodes[name] = node
        node.start()
        return node

    def admit_all(self) -> None:
        """Every node invites and accepts every other."""
        nodes = list(self.nodes.values())
        for index, left in enumerate(nodes):
            for right in nodes[index + 1 :]:
                invite(left.at_work, right.at_work.url)
                accept(right.at_work, left.identity.did)

    @property
    def up(self) -> list[Node]:
        """The nodes that run now."""
        return [each for each in self.nodes.values() if each.office is not None]

    def guard(self, node: Node, work: Callable[[], T]) -> T | None:
        """Let a node work; where it crashes in the middle, nothing more is heard of it until it starts again."""
        try:
            return work()
        except Crash as crash:
            if crash.node is not node:
                raise
            self.crashes += 1
            node.stop()
            return None

    def fetch(self, asker: str, url: str) -> bytes:
        """did:web documents of all nodes that can be reached."""
        host, path = url.removeprefix("https://").split("/", 1)
        node = self._reach(asker, host)
        if node is None:
            raise FetchError(f"{host} does not answer")
        document = node.keys.document(did_web(host, *path.removesuffix("/did.json").split("/")))
        if document is None:
            raise FetchError("no such party", code="fetch-status")
        return json.dumps(document).encode()

    def _reach(self, sender: str, host: str) -> Node | None:
        node = next((each for each in self.nodes.values() if each.host == host), None)
        if node is None or node.office is None or frozenset((sender, node.name)) in self.cut:
            return None
        return node

    def carry(self, sender: str, url: str, body: bytes) -> bytes:
        """One exchange, under the faults of this world."""
        self.clock.tick(0.05)
        if self.chance(self.faults.lose):
            raise TransportError("lost on the way")
        if self.chance(self.faults.delay):
            self.ghosts.append((url, body))
            raise TransportError("too slow")
        answer = self.arrive(sender, url, body)
        if self.chance(self.faults.duplicate):
            self.ghosts.append((url, body))
        if self.chance(self.faults.lose_answer):
            raise TransportError("the answer was lost")
        return answer

    def arrive(self, sender: str, url: str, body: bytes) -> bytes:
        """The message reaches its receiver, which may refuse it, or crash over it."""
        host, path = url.removeprefix("https://").split("/", 1)
        node = self._reach(sender, host)
        if node is None:
            raise TransportError(f"{host} cannot be reached")
        try:
            answer = self.guard(node, lambda: DOORS[path](node.at_work, body))
        except (BadNodeMessage, NotAdmitted) as wrong:
            raise TransportError(wrong.message) from wrong
        if answer is None:
            raise TransportError(f"{host} broke the connection")
        return answer

    def haunt(self) -> None:
        """A delayed or doubled message arrives now; nobody waits for its answer."""
        if self.ghosts:
            url, body = self.ghosts.pop(self.random.randrange(len(self.ghosts)))
            with contextlib.suppress(TransportError):
                self.arrive("", url, body)

    def meddle(self, node: Node) -> None:
        """Another thread of ``node`` takes a delayed message, while the first is between check and append."""
        waiting = [each for each in self.ghosts if each[0].startswith(f"https://{node.host}/peer/v1/records")]
        if waiting:
            ghost = self.random.choice(waiting)
            self.ghosts.remove(ghost)
            with contextlib.suppress(BadNodeMessage, NotAdmitted):
                receive_delivery(node.at_work, ghost[1])

    def copy(self) -> "World":
        """The same world on a disk of its own. The nodes of this one must be down; those of the copy start anew."""
        made = World(self.seed, replace(self.faults))
        made.random.setstate(self.random.getstate())
        made.clock.now = self.clock.now
        for each in self.nodes.values():
            folder = made.root / each.name
            shutil.copytree(each.folder, folder)
            node = Node(each.name, each.host, folder, each.keys.copy(made.entropy), each.identity, made, each.skew)
            made.nodes[each.name] = node
            node.start()
        return made

    def close(self) -> None:
        for node in self.nodes.values():
            node.stop()
        shutil.rmtree(self.root, ignore_errors=True)
