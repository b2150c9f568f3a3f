"""Putting a node together: from its settings to an office whose writer, sealer and sender run."""

import contextlib
import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from entrepot.base.error import UsageError
from entrepot.document.proof.meaning import CARRIED, Contexts
from entrepot.document.proof.named import read_contexts
from entrepot.flow.catchup import catch_up
from entrepot.flow.error import TransportError
from entrepot.flow.office import Office
from entrepot.flow.peer import announce, remembered, return_to_peers
from entrepot.flow.post import LEASE, Round, deliver, keep_taken
from entrepot.flow.receive import resume
from entrepot.flow.resolving import NodeResolver
from entrepot.journal import open_journal
from entrepot.journal.journal import Journal
from entrepot.journal.writer import Writer
from entrepot.node.background import Background
from entrepot.node.config import LOCAL_HOST, Config
from entrepot.node.cosigner import Cosigner
from entrepot.node.custody import HeldKeys, open_keys
from entrepot.node.opening import setup_of
from entrepot.node.start import end_first_start, is_first_start
from entrepot.node.trust import anchors_in, authorities_in
from entrepot.party.error import FetchError
from entrepot.party.fetch import Answer, Fetcher, Limits, system_lookup

log = logging.getLogger("entrepot.node")
PEER_LIMITS = Limits(bytes_max=8 << 20, seconds_max=30.0)
IDLE_S = 0.2
RENEW_S = LEASE.total_seconds() / 4
ROUND_MAX = 10
RECOVER_WAITS_S = (0.5, 1, 2, 5, 15)
"""Seconds between attempts to catch up with peers that do not answer; the last one again and again."""

ANNOUNCE_WAITS_S = (1, 5, 15, 60, 300)
"""Seconds between attempts to tell peers that do not answer; the last one again and again."""


def now() -> datetime:
    """The clock of a running node."""
    return datetime.now(UTC)


class HttpTransport:
    """Reaches other nodes through the guarded fetcher, under the limits for peers."""

    def __init__(self, *, loopback: bool, hosts: tuple[str, ...] = ()) -> None:
        self._fetcher = Fetcher(limits=PEER_LIMITS, loopback=loopback, hosts=hosts)

    def post(self, url: str, body: bytes) -> bytes:
        """The body of a 200 answer; raises :class:`TransportError` for anything else."""
        try:
            answer = self._fetcher.post(url, body, {"Content-Type": "application/jose"})
        except FetchError as wrong:
            raise TransportError(wrong.message, remedy="It is tried again later.") from wrong
        if answer.status != 200:
            raise TransportError(f"{url} answers {answer.status}: {answer.body[:300]!r}")
        return answer.body

    def get(self, url: str) -> bytes:
        """The body of a public document of a node."""
        try:
            return self._fetcher.document(url)
        except FetchError as wrong:
            raise TransportError(wrong.message) from wrong


class DocumentFetcher(Fetcher):
    """Fetches DID documents, and tells a host that cannot answer now (429, 5xx: a door before a node that is down)
    from one that answers that there is no such document."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """As for any fetcher; raises :class:`FetchError` ``fetch-unavailable`` where the host cannot answer now."""
        answer = super().get(url, headers)
        if answer.status == 429 or answer.status >= 500:
            raise FetchError(f"it answers {answer.status}", remedy="Try again later.", code="fetch-unavailable")
        return answer


@dataclass(slots=True)
class Station:
    """A running node: its office, keys and threads. Close it with :meth:`close`."""

    config: Config
    office: Office
    keys: HeldKeys
    writer: Writer
    sender: "Sender"
    recoverer: "Recoverer"
    announcer: "Announcer"
    cosigner: Cosigner

    def close(self) -> None:
        """Stop sending, write what is queued, seal, and let go of the journal."""
        threads: tuple[Background, ...] = (self.recoverer, self.announcer, self.cosigner, self.sender)
        for each in threads:
            each.stop()
        for each in threads:
            each.join()
        self.writer.close()
        self.office.journal.close()


class Sender(Background):
    """The thread that delivers: round after round while something is due, else waiting a moment."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.done = Round()
        """What all rounds of this process did together."""
        super().__init__("sender")
        if office.journal.is_shared:
            threading.Thread(target=self._renew, name="sender-leases", daemon=True).start()

    def _renew(self) -> None:
        """While a slow peer answers, its message stays taken."""
        while not self._stop.wait(RENEW_S):
            try:
                keep_taken(self._office)
            except Exception:
                if not self._stop.is_set():
                    log.exception("a message that is being sent may be taken by another process")

    def _run(self) -> None:
        while not self._stop.is_set():
            done = None
            with contextlib.suppress(Exception):
                done = self._round()
            if done is None or not (done.delivered or done.waiting or done.offered):
                self._stop.wait(IDLE_S)

    def _round(self) -> Any:
        try:
            resume(self._office)
            done = deliver(self._office, limit=ROUND_MAX)
            self.done += done
            return done
        except Exception:
            if not self._stop.is_set():
                log.exception("a round of delivery failed")
            raise


class Recoverer(Background):
    """The thread that tells the peers, after a start, that this node is back, and after a restore asks them for what
    the journal lost; it ends when that is done."""

    def __init__(self, office: Office) -> None:
        self._office = office
        super().__init__("recoverer")

    def _run(self) -> None:
        try:
            return_to_peers(self._office)
        except Exception:
            log.exception("the peers could not be told that this node is back")
        waits = [*RECOVER_WAITS_S]
        while not self._stop.is_set() and self._office.journal.needs_catch_up:
            try:
                asked = catch_up(self._office)
            except Exception:
                log.exception("catching up failed; it is tried again")
            else:
                for each in asked:
                    if not each.is_settled:
                        log.warning("waiting for peer %s to catch up: %s", each.url, each.reason)
            if self._office.journal.needs_catch_up:
                self._stop.wait(waits.pop(0) if len(waits) > 1 else waits[0])


class Announcer(Background):
    """The thread that tells the admitted peers that this node hosts another party. Those that it cannot tell are told
    again later, so that nobody who creates a party waits for a peer that is down."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._woken = threading.Event()
        super().__init__("announcer")

    def tell(self) -> None:
        """Tell all of them, soon."""
        self._woken.set()

    def stop(self) -> None:
        """Tell nobody any more."""
        super().stop()
        self._woken.set()

    def _run(self) -> None:
        missed: tuple[str, ...] | None = ()
        waits = [*ANNOUNCE_WAITS_S]
        while True:
            wait_s = None if missed == () else waits.pop(0) if len(waits) > 1 else waits[0]
            if self._woken.wait(wait_s):
                missed, waits = None, [*ANNOUNCE_WAITS_S]
            if self._stop.is_set():
                return
            self._woken.clear()
            missed = self._told(missed)

    def _told(self, missed: tuple[str, ...] | None) -> tuple[str, ...] | None:
        try:
            return announce(self._office, missed)
        except Exception:
            if not self._stop.is_set():
                log.exception("the peers could not be told about a party; it is tried again")
            return missed


def open_station(config: Config) -> Station:
    """Open a node's folder and start its threads. Raises ``JournalLocked`` where another process runs it, and
    ``JournalMissing`` where the log is gone: it is made at the first start alone."""
    keys = open_keys(config.data, config.key, entropy=secrets.token_bytes, now=now())
    journal = open_journal(config.journal_location, setup_of(keys, clock=now, make=is_first_start(config.data)))
    end_first_start(config.data)
    writer = Writer(journal)
    office = make_office(config, keys, journal, lambda work: writer.submit(work).result())
    cosigner = Cosigner(office, config.cosign_seconds)
    return Station(config, office, keys, writer, Sender(office), Recoverer(office), Announcer(office), cosigner)


def make_office(
    config: Config, keys: HeldKeys, journal: Journal, writer: Callable[[Callable[[Journal], Any]], Any] | None
) -> Office:
    """The office of a node's folder; without ``writer`` it writes at once, for commands while no node runs."""
    fetcher = DocumentFetcher(loopback=config.allow_loopback_http, lookup=_lookup, hosts=config.hosts)
    return Office(
        journal=journal,
        identity=keys.node,
        url=config.url,
        custody=keys,
        resolver=NodeResolver(
            own=keys.document,
            fetch=_document_fetch(fetcher, config),
            clock=now,
            remembered=lambda did: remembered(journal, did),
            age_max=timedelta(hours=config.remembered_hours),
        ),
        transport=HttpTransport(loopback=config.allow_loopback_http, hosts=config.hosts),
        clock=now,
        entropy=secrets.token_bytes,
        writer=writer,
        contexts=_contexts(config),
        anchors=anchors_in(config.data),
        authorities=authorities_in(config.tsa),
        fetch=fetcher.document,
        scan=config.scanner,
        status_age_max=None if config.status_max_age_hours is None else timedelta(hours=config.status_max_age_hours),
    )


def _contexts(config: Config) -> Contexts:
    """The carried contexts, and those of the operator's file. Raises :class:`UsageError` where it cannot be read."""
    if config.contexts is None:
        return CARRIED
    try:
        named, unnamed = read_contexts([("", config.contexts.read_bytes())])
    except OSError as wrong:
        raise UsageError(f"ENTREPOT_CONTEXTS: {config.contexts}: {wrong.strerror}") from wrong
    if unnamed:
        raise UsageError("ENTREPOT_CONTEXTS holds a context whose URL nobody says", remedy="Write URL and text.")
    return Contexts(named)


def _lookup(host: str, port: int) -> list[str]:
    return ["127.0.0.1"] if host == LOCAL_HOST else system_lookup(host, port)


def _document_fetch(fetcher: Fetcher, config: Config) -> Callable[[str], bytes]:
    """did:web asks for https; the nodes of this machine alone answer http, where the setting allows it."""

    def fetch(url: str) -> bytes:
        if config.allow_loopback_http and url.startswith(f"https://{LOCAL_HOST}:"):
            url = "http" + url.removeprefix("https")
        return fetcher.document(url)

    return fetch
