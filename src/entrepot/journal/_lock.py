"""The lock file of a data directory: one process writes. The kernel drops the lock when its holder dies."""

import fcntl
import os
from pathlib import Path

from entrepot.journal.port import JournalLocked


class WriterLock:
    """Held from making to :meth:`close`. Raises :class:`JournalLocked`, naming the holder, where another has it."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            holder = os.read(self._file, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(self._file)
            raise JournalLocked(
                f"process {holder} writes this journal ({path.parent})",
                remedy="Use the running node, or stop it first.",
            ) from taken
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode("ascii"), 0)

    def close(self) -> None:
        """Let go. The file stays: removing it would let two processes lock two different files."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
