"""Whether files were put into folders since they were last read, by whichever process of the node."""

import time
from pathlib import Path

SETTLED_NS = 100_000_000
"""A folder's time moves in steps: one that was changed so shortly before it was read may have changed once more."""


class Freshness:
    """Remembers when ``folders`` were last read. Files are added and replaced there, whole, and never changed."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._seen: tuple[int, ...] | None = None
        self._read_ns = 0

    def is_stale(self) -> bool:
        """Whether the folders must be read again; to be followed by :meth:`note` and the reading."""
        return self._seen is None or self._times() != self._seen or self._read_ns - max(self._seen) < SETTLED_NS

    def note(self) -> None:
        """They are read now: what is put there from now on is news."""
        self._read_ns = time.time_ns()
        self._seen = self._times()

    def _times(self) -> tuple[int, ...]:
        return tuple(_time(each) for each in self._folders)


def _time(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
