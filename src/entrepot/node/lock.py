"""One supervisor per folder and port: refused early and clearly, before a worker meets the journal's own lock."""

import fcntl
import os
import socket
from pathlib import Path
from types import TracebackType
from typing import Self

from entrepot.journal.port import JournalLocked
from entrepot.node.error import PortTaken


class ServeLock:
    """Holds ``DATA/serve.lock`` while a supervisor runs; the kernel lets go of it when the process ends."""

    _name, _holder = "serve.lock", "serves"

    def __init__(self, data: Path) -> None:
        self._path = data / self._name
        self._kind = fcntl.LOCK_EX
        self._handle = -1

    def __enter__(self) -> Self:
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, self._kind | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            raise JournalLocked(
                f"a process {self._holder} {self._path.parent} already", remedy="Stop it first, or use its API."
            ) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)


class WorkLock(ServeLock):
    """Holds ``DATA/work.lock`` while ``entrepot work`` runs, together with others of these; ``alone``: while none may
    run, because the tables are changed. Raises :class:`JournalLocked` where the other kind holds it."""

    _name, _holder = "work.lock", "works for"

    def __init__(self, data: Path, *, alone: bool) -> None:
        super().__init__(data)
        self._kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH


def require_free(host: str, port: int) -> None:
    """Raise :class:`PortTaken` where another program listens there; the server itself would only log it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as wrong:
            raise PortTaken(f"port {port} cannot be used: {wrong.strerror}", remedy="Name another: --port N.") from None
