"""The thread that shows the newest tree head to the peers, round after round, for them to cosign."""

import logging

from entrepot.flow.cosigning import Shown, show_heads
from entrepot.flow.office import Office
from entrepot.node.background import Background

log = logging.getLogger("entrepot.heads")
RETRY_S = 1.0


class Cosigner(Background):
    """A round every ``every_s`` seconds: at most that often is a peer asked, however fast the log grows and however
    many processes the node has; one of them has the turn.

    A peer that does not cosign is told in the log when its reason changes, not in every round.
    """

    def __init__(self, office: Office, every_s: float) -> None:
        self._office, self._every_s = office, every_s
        self._reasons: dict[str, str] = {}
        super().__init__("cosigner")

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
