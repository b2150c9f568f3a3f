"""How often a caller may ask."""

import threading
from collections.abc import Callable
from time import monotonic


class Buckets:
    """Token buckets by caller, in memory: a restart forgives, which a rate limit may."""

    CALLERS_MAX = 10_000

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._per_minute, self._clock = per_minute, clock
        self._level: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait_s(self, caller: str, share: float = 1.0) -> float:
        """0 when ``caller`` may go on (and one request is counted), else seconds until it may."""
        size = max(self._per_minute * share, 1.0)
        with self._lock:
            now = self._clock()
            level, then = self._level.pop(caller, (size, now))
            level = min(size, level + (now - then) * size / 60)
            self._level[caller] = (level - 1 if level >= 1 else level, now)
            self._forget(now)
            return 0.0 if level >= 1 else (1 - level) * 60 / size

    def _forget(self, now: float) -> None:
        """The callers stand in the order of their last request: whoever was quiet for a minute has a full bucket."""
        while self._level:
            caller = next(iter(self._level))
            if len(self._level) <= self.CALLERS_MAX and now - self._level[caller][1] < 60:
                return
            del self._level[caller]
