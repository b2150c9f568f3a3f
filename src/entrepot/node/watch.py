"""What ends a worker from inside: its supervisor is gone, or its journal must be opened again."""

import logging
import multiprocessing
import os
import signal
import threading
import time

from entrepot.journal.port import JournalDamaged, JournalLocked, JournalUnavailable
from entrepot.node.config import Config
from entrepot.node.station import Station, open_station

log = logging.getLogger("entrepot.node")
LOOK_S = 0.5
STOP_S = 20
"""Seconds that a worker has to end what it does and seal its journal."""
OPEN_S = 30.0
"""Seconds for which a worker tries to open a journal that an earlier worker still holds, or whose server is away."""
RETRY_S = 0.2
LIVED_S = 6.0
"""Seconds that a worker lives at least: one that ends sooner after another's end is taken for one that cannot live,
and its supervisor gives up (granian's limit is 5.5 s)."""


class Watch:
    """Follows the supervisor from the first moment of a worker, and the journal once it is open."""

    def __init__(self) -> None:
        self._station: Station | None = None
        self._since = 0.0
        self._once = threading.Lock()
        threading.Thread(target=self._follow, name="supervisor-watch", daemon=True).start()

    def look_after(self, station: Station) -> None:
        """Watch the journal of ``station``: the writer must be able to go on."""
        self._station = station
        self._since = time.monotonic()
        threading.Thread(target=self._tend, args=(station,), name="journal-watch", daemon=True).start()

    def _follow(self) -> None:
        """Nobody could stop or replace a worker that outlives its supervisor, and it would keep the folder locked."""
        supervisor = multiprocessing.parent_process()
        if supervisor is None:
            return
        supervisor.join()
        self._end()

    def _tend(self, station: Station) -> None:
        """After a broken commit only opening the journal again tells what it holds: the next worker
        does, which the supervisor starts."""
        while not isinstance(station.writer.trouble, JournalDamaged):
            time.sleep(LOOK_S)
        log.error("the journal must be opened again: %s", station.writer.trouble.message)
        time.sleep(max(0.0, self._since + LIVED_S - time.monotonic()))
        self._end()

    def _end(self) -> None:
        with self._once:
            until = time.monotonic() + STOP_S
            while self._station is not None and time.monotonic() < until:
                os.kill(os.getpid(), signal.SIGTERM)  # again and again: the server may not listen to it yet
                time.sleep(1)
            os._exit(1)


def open_patiently(config: Config) -> Station:
    """Open the node's folder; wait a while for the lock of a worker that is just ending, or for the database server.

    Raises what :func:`~entrepot.node.station.open_station` raises, at once where waiting cannot help.
    """
    until = time.monotonic() + OPEN_S
    while True:
        try:
            return open_station(config)
        except (JournalLocked, JournalUnavailable):
            if time.monotonic() > until:
                raise
        time.sleep(RETRY_S)
