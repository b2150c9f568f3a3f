"""One node of the simulated community: its keys, its way out, its writer, and how it crashes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entrepot.flow import nodemail
from entrepot.flow.error import TransportError
from entrepot.flow.office import Office, Signatory
from entrepot.flow.peer import remembered
from entrepot.flow.resolving import NodeResolver
from entrepot.flow.sight import reducers
from entrepot.journal import Setup, open_journal
from entrepot.journal.journal import Journal
from entrepot.party.did import did_web, document_of
from entrepot.party.key import Curve, KeyPair
from entrepot.party.residence import service_entry

if TYPE_CHECKING:
    from simulated.world import World


class Crash(BaseException):
    """The process of ``node`` ends at this moment. No code of the program may catch it."""

    def __init__(self, node: "Node") -> None:
        super().__init__(node.name)
        self.node = node


class Keys:
    """Custody of one node's parties."""

    def __init__(self, entropy: Callable[[int], bytes], node: str) -> None:
        self._entropy = entropy
        self._node = node
        self._held: dict[str, Signatory] = {}

    def copy(self, entropy: Callable[[int], bytes]) -> "Keys":
        made = Keys(entropy, self._node)
        made._held = dict(self._held)
        return made

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
        if held is None:
            return None
        return {**document_of(did, {"key-1": held.key.public}), "service": [service_entry(did, self._node)]}

    def residences(self) -> Mapping[str, str]:
        return {}


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

    def setup(self) -> Setup:
        return Setup(
            reducers=reducers(lambda did: did in self.keys.hosted()),
            clock=self.clock,
            entropy=self.world.entropy,
            sign=lambda payload: nodemail.sign_as(self.identity, payload),
            log_id=self.identity.did,
        )

    def start(self) -> None:
        journal = open_journal(self.folder, self.setup())
        self.office = Office(
            journal=journal,
            identity=self.identity,
            url=f"https://{self.host}",
            custody=self.keys,
            resolver=NodeResolver(
                own=self.keys.document,
                fetch=lambda url: self.world.fetch(self.name, url),
                clock=self.clock,
                remembered=lambda did: remembered(journal, did),
            ),
            transport=Wire(self.world, self.name),
            clock=self.clock,
            entropy=self.world.entropy,
            writer=self.write,
        )

    def clock(self) -> datetime:
        return self.world.clock.now + self.skew

    @property
    def at_work(self) -> Office:
        assert self.office is not None, f"{self.name} is down"
        return self.office

    def write(self, work: Callable[[Journal], Any]) -> Any:
        """The node's writer: a crash may fall before the write, inside its transaction, or after its commit; another
        thread's message may be kept between the check of a record and this append."""
        world, journal = self.world, self.at_work.journal
        if world.chance(world.faults.meddle):
            world.meddle(self)
        crash = world.random.choice(("before", "inside", "after")) if world.chance(world.faults.crash) else None
        if crash == "before":
            raise Crash(self)
        if crash == "inside":
            with journal.transaction():
                work(journal)
                raise Crash(self)
        done = work(journal)
        if crash == "after":
            raise Crash(self)
        return done

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
