"""An office: one node's journal, keys and connections, handed to every use case.

Clock, randomness, network and storage are members, so that many offices can live in one test.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from entrepot.document.proof.meaning import CARRIED, Contexts
from entrepot.flow.sight import Recall
from entrepot.journal.journal import Journal
from entrepot.party.anchor import Anchors
from entrepot.party.key import KeyPair
from entrepot.party.resolve import Resolver

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """A key that may sign for ``did``; ``method`` is the DID URL of its verification method."""

    did: str
    key: KeyPair
    method: str


class Custody(Protocol):
    """The parties that live on this node, and the private keys that it holds for some of them."""

    def signatory(self, did: str) -> Signatory | None:
        """The signing key of a hosted party, or None where the node holds none."""
        ...

    def hosted(self) -> frozenset[str]:
        """DIDs of the parties that live on this node, whoever holds their keys."""
        ...

    def residences(self) -> Mapping[str, str]:
        """Signed statements (:mod:`entrepot.party.residence`) of parties that they live here, by DID."""
        ...


class Transport(Protocol):
    """How bytes reach another node."""

    def post(self, url: str, body: bytes) -> bytes:
        """Send ``body`` and return the answer's body; raises :class:`~entrepot.flow.error.TransportError`."""
        ...

    def get(self, url: str) -> bytes:
        """Fetch a public document of a node; raises :class:`~entrepot.flow.error.TransportError`."""
        ...


@dataclass(slots=True, kw_only=True)
class Office:
    """One node as the use cases see it.

    ``identity`` signs what the node itself says (answers, tree heads, deliveries); ``url`` is its public address.
    ``journal`` is open for reading from any thread; whatever writes goes through :meth:`run`, which by default calls
    it at once, and in a node hands it to the one writer thread (``writer``). ``contexts`` are those that documents may
    name; ``fetch`` gets the status lists of others, where there is a network, and ``status_age_max`` is how old they
    may be (:class:`~entrepot.document.status.StatusLists`). ``authorities``: certificates of the time-stamping
    authorities whose word on time counts. ``scan`` looks at files that come in (:mod:`entrepot.flow.scan`): the name of
    what it found in each, empty where that is nothing; it raises :class:`~entrepot.flow.error.ScannerAway`.
    """

    journal: Journal
    identity: Signatory
    url: str
    custody: Custody
    resolver: Resolver
    transport: Transport
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    anchors: Anchors | None = None
    packs: tuple[Any, ...] = ()
    writer: Callable[[Callable[[Journal], Any]], Any] | None = None
    recall: Recall = field(default_factory=Recall)
    contexts: Contexts = CARRIED
    fetch: Callable[[str], bytes] | None = None
    status_age_max: timedelta | None = None
    authorities: tuple["Certificate", ...] = ()
    scan: Callable[[Sequence[bytes]], tuple[str, ...]] | None = None

    def run(self, work: Callable[[Journal], T]) -> T:
        """Do something that writes the journal, and wait until it is durable."""
        done: T = self.writer(work) if self.writer is not None else work(self.journal)
        return done

    def custodies(self) -> Mapping[str, str]:
        """Who holds the key of each party that lives here, by DID: ``held`` (this node) or ``own`` (the party)."""
        hosted = self.custody.hosted()
        return {did: "own" if self.custody.signatory(did) is None else "held" for did in hosted}
