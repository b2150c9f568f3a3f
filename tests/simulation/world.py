"""A community of nodes in one process: one clock, one network, one disk, all driven by one seed."""

import random
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from entrepot.flow import nodemail
from entrepot.flow.error import BadNodeMessage, NotAdmitted, TransportError
from entrepot.flow.office import Office, Signatory
from entrepot.flow.peer import accept, greeted, invite
from entrepot.flow.receive import receive_delivery
from entrepot.flow.resolving import NodeResolver
from entrepot.flow.sight import reducers
from entrepot.journal import open_journal
from entrepot.party.did import did_key, did_web, document_of, key_method_id
from entrepot.party.error import FetchError
from entrepot.party.key import Curve, KeyPair

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def scratch() -> Path:
    """A folder in memory where there is one."""
    return Path(tempfile.mkdtemp(prefix="entrepot-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))


class Clock:
    """Simulated time; each node may run ahead or behind by its own skew."""

    def __init__(self) -> None:
        self.now = START

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Keys:
    """Custody of one node's parties."""

    def __init__(self, entropy: Callable[[int], bytes]) -> None:
        self._entropy = entropy
        self._held: dict[str, Signatory] = {}

    def add(self, name: str, host: str, curve: Curve = Curve.ED25519) -> str:
        did = did_web(host, "parties", name)
        pair = KeyPair.generate(curve, self._entropy)
        self._held[did] = Signatory(did=did, key=pair, method=f"{did}#key-1")
        return did

    def signatory(self, did: str) -> Signatory | None:
        return self._held.get(did)

    def hosted(self) -> frozenset[str]:
        return frozenset(self._held)

    def document(self, did: str) -> Mapping[str, Any] | None:
        held = self._held.get(did)
        return None if held is None else document_of(did, {"key-1": held.key.public})


@dataclass
class Faults:
    """Probabilities of the network's misbehaviour."""

    lose: float = 0.0
    lose_answer: float = 0.0
    duplicate: float = 0.0
    delay: float = 0.0


@dataclass
class Node:
    """One node: it survives a crash only by what its journal holds."""

    name: str
    host: str
    folder: Path
    keys: Keys
    identity: Signatory
    world: "World"
    skew: timedelta = timedelta()
    office: Office | None = None

    def start(self) -> None:
        journal = open_journal(
            self.folder,
            reducers=reducers(lambda did: did in self.keys.hosted()),
            clock=self.clock,
            entropy=self.world.entropy,
            sign=lambda payload: nodemail.sign_as(self.identity, payload),
            log_id=self.identity.did,
        )
        self.office = Office(
            journal=journal,
            identity=self.identity,
            url=f"https://{self.host}",
            custody=self.keys,
            resolver=NodeResolver(own=self.keys.document, fetch=self.world.fetch, clock=self.clock),
            transport=Wire(self.world, self.name),
            clock=self.clock,
            entropy=self.world.entropy,
        )

    def clock(self) -> datetime:
        return self.world.clock.now + self.skew

    def stop(self) -> None:
        if self.office is not None:
            self.office.journal.close()
            self.office = None


class Wire:
    """The network as one node sees it."""

    def __init__(self, world: "World", sender: str) -> None:
        self._world, self._sender = world, sender

    def post(self, url: str, body: bytes) -> bytes:
        return self._world.carry(self._sender, url, body)

    def get(self, url: str) -> bytes:
        raise TransportError("not used")


@dataclass
class World:
    """All nodes, and whatever is still on its way."""

    seed: int
    faults: Faults = field(default_factory=Faults)
    nodes: dict[str, Node] = field(default_factory=dict)
    ghosts: list[tuple[str, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.clock = Clock()
        self.root = scratch()

    def entropy(self, size: int) -> bytes:
        return self.random.randbytes(size)

    def add_node(self, name: str, *, skew_s: float = 0.0) -> Node:
        pair = KeyPair.generate(Curve.ED25519, self.entropy)
        identity = Signatory(did=did_key(pair.public), key=pair, method=key_method_id(pair.public))
        host = f"{name}.example"
        folder = self.root / name
        folder.mkdir()
        node = Node(name, host, folder, Keys(self.entropy), identity, self, timedelta(seconds=skew_s))
        self.nodes[name] = node
        node.start()
        return node

    def admit_all(self) -> None:
        """Every node invites and accepts every other."""
        nodes = list(self.nodes.values())
        for index, left in enumerate(nodes):
            for right in nodes[index + 1 :]:
                assert left.office is not None
                assert right.office is not None
                invite(left.office, right.office.url)
                accept(right.office, left.identity.did)

    def fetch(self, url: str) -> bytes:
        """did:web documents of all nodes that are up."""
        import json

        host, path = url.removeprefix("https://").split("/", 1)
        node = next((each for each in self.nodes.values() if each.host == host), None)
        if node is None or node.office is None:
            raise FetchError(f"{host} does not answer")
        document = node.keys.document(did_web(host, *path.removesuffix("/did.json").split("/")))
        if document is None:
            raise FetchError("no such party")
        return json.dumps(document).encode()

    def carry(self, sender: str, url: str, body: bytes) -> bytes:
        """One exchange, under the faults of this world."""
        self.clock.tick(0.05)
        if self.random.random() < self.faults.lose:
            raise TransportError("lost on the way")
        if self.random.random() < self.faults.delay:
            self.ghosts.append((url, body))
            raise TransportError("too slow")
        answer = self.arrive(url, body)
        if self.random.random() < self.faults.duplicate:
            self.ghosts.append((url, body))
        if self.random.random() < self.faults.lose_answer:
            raise TransportError("the answer was lost")
        return answer

    def arrive(self, url: str, body: bytes) -> bytes:
        """The message reaches its receiver."""
        host, path = url.removeprefix("https://").split("/", 1)
        node = next((each for each in self.nodes.values() if each.host == host), None)
        if node is None or node.office is None:
            raise TransportError(f"{host} is down")
        door = {"peer/v1/greeting": greeted, "peer/v1/records": receive_delivery}[path]
        try:
            return door(node.office, body)
        except (BadNodeMessage, NotAdmitted) as wrong:
            raise TransportError(wrong.message) from wrong

    def haunt(self) -> None:
        """A delayed or doubled message arrives now; nobody waits for its answer."""
        if self.ghosts:
            url, body = self.ghosts.pop(self.random.randrange(len(self.ghosts)))
            try:
                self.arrive(url, body)
            except TransportError:
                pass

    def close(self) -> None:
        for node in self.nodes.values():
            node.stop()
        shutil.rmtree(self.root, ignore_errors=True)
