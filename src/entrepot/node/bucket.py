"""How often a caller may ask, counted over all worker processes of a node."""

import fcntl
import mmap
import os
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from time import monotonic

_SLOT = struct.Struct("=16sdd")
"""Of one caller: a digest of its name, the level of its bucket, and when it last asked."""
_WAYS = 8
QUIET_S = 60
"""Whoever asked nothing for so long has a full bucket, and its place is free."""


class Buckets:
    """Token buckets by caller, in a file that the workers of one machine share (``memory``; None: in this process).

    They hold no secret and survive nothing that matters: a damaged or removed file forgives, which a rate limit may.
    The clock must be the same for all processes, as :func:`time.monotonic` is on one machine.
    """

    CALLERS_MAX = 1 << 14

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic, *, memory: Path | None = None) -> None:
        self._per_minute, self._clock = per_minute, clock
        self._lock = threading.Lock()
        self._file = -1
        if memory is not None:
            self._file = os.open(memory, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.ftruncate(self._file, self.CALLERS_MAX * _SLOT.size)
        self._slots = mmap.mmap(self._file, self.CALLERS_MAX * _SLOT.size)

    def wait_s(self, caller: str, share: float = 1.0) -> float:
        """0 when ``caller`` may go on (and one request is counted), else seconds until it may."""
        size = max(self._per_minute * share, 1.0)
        name = sha256(caller.encode("utf-8", "surrogatepass")).digest()[:16]
        with self._alone():
            now = self._clock()
            place, level, then = self._place(name, now, size)
            level = min(size, level + (now - then) * size / 60)
            _SLOT.pack_into(self._slots, place, name, level - 1 if level >= 1 else level, now)
        return 0.0 if level >= 1 else (1 - level) * 60 / size

    def _place(self, name: bytes, now: float, size: float) -> tuple[int, float, float]:
        """Where the bucket of ``name`` lies, its level and its time. Who takes a place that another still uses goes on
        from that one's level: changing names must not help."""
        first = int.from_bytes(name[:4], "big") % (self.CALLERS_MAX // _WAYS) * _WAYS
        places = [each * _SLOT.size for each in range(first, first + _WAYS)]
        found = [(place, *_SLOT.unpack_from(self._slots, place)) for place in places]
        mine = next((each for each in found if each[1] == name), None)
        place, _, level, then = mine or min(found, key=lambda each: each[3] if each[3] <= now else 0.0)
        # A time that is yet to come was written before the machine started anew; 0 is no time.
        return (place, level, then) if then and 0 <= now - then < QUIET_S else (place, size, now)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Neither a thread nor another process counts meanwhile; the kernel lets go of the lock of one that dies."""
        with self._lock:
            if self._file < 0:
                yield
                return
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
