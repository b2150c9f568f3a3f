"""A thread of the node that works beside the requests until it is told to stop."""

import threading

STOP_S = 3.0
"""How long a stopping node waits for what a thread is doing."""


class Background:
    """Runs :meth:`_run`, which looks at ``_stop``. What that needs a subclass sets before it calls ``__init__``."""

    def __init__(self, name: str) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing new."""
        self._stop.set()

    def join(self) -> None:
        """Wait for what is under way. What a slow peer holds up for longer is done again after the next start."""
        self._thread.join(timeout=STOP_S)

    def _run(self) -> None:
        raise NotImplementedError
