"""The thread that tells people what came in: it reads the journal on, and writes their letters."""

import logging

from django.db import close_old_connections, connections

from entrepot.flow.office import Office
from entrepot.node.background import Background
from entrepot.node.notice.posting import post
from entrepot.node.notice.telling import begin, read_on, tell_refusals

log = logging.getLogger("entrepot.notices")
LOOK_S = 0.5
REFUSALS_EVERY = 10
"""Rounds after which it is looked for what peers refused."""


class Notifier(Background):
    """A round every half second; where one fails, the next goes on from the same place."""

    def __init__(self, office: Office) -> None:
        self._office = office
        begin(office)
        super().__init__("notifier")

    def _run(self) -> None:
        rounds = 0
        while not self._stop.wait(LOOK_S):
            try:
                while read_on(self._office) and not self._stop.is_set():
                    pass
                if rounds % REFUSALS_EVERY == 0:
                    tell_refusals(self._office)
                post(self._office)
            except Exception:
                close_old_connections()
                if not self._stop.is_set():
                    log.exception("people could not be told what came in; it is tried again")
            rounds += 1
        connections.close_all()
