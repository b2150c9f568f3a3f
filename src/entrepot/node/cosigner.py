"""The thread that shows the newest tree head to the peers, round after round, for them to cosign."""

import logging
import threading

from entrepot.flow.cosigning import Shown, show_heads
from entrepot.flow.office import Office

log = logging.getLogger("entrepot.heads")
STOP_S = 3.0
RETRY_S = 1.0


class Cosigner:
    """A round every ``every_s`` seconds: at most that often is a peer asked, however fast the log grows and however
    many processes the node has; one of them has the turn.

    A peer that does not cosign is told in the log when its reason changes, not in every round.
    """

    def __init__(self, office: Office, every_s: float) -> None:
        self._office, self._every_s = office, every_s
        self._stop = threading.Event()
        self._reasons: dict[str, str] = {}
        self._thread = threading.Thread(target=self._run, name="cosigner", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask no further peer."""
        self._stop.set()

    def join(self) -> None:
        """Wait for the present question. One that a slow peer holds up for longer is asked again at the next start."""
        self._thread.join(timeout=STOP_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with self._office.journal.turn("cosign") as ours:
                    if not self._stop.wait(self._every_s) and ours:
                        self._round()
            except Exception:
                if not self._stop.is_set():
                    log.exception("the peers could not be asked to cosign; it is tried again")
                self._stop.wait(RETRY_S)

    def _round(self) -> None:
        for each in show_heads(self._office):
            self._tell(each)

    def _tell(self, shown: Shown) -> None:
        before, self._reasons[shown.node] = self._reasons.get(shown.node, ""), shown.reason
        if shown.reason and shown.reason != before:
            log.warning("peer %s did not cosign the newest head: %s", shown.node, shown.reason)
