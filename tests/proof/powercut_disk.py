"""A disk that a power cut can hit: what was written but not synced is kept apart, and may be lost, torn or reordered.

The run happens once, on a real disk, and every write, truncation, sync and deletion is logged. From the log, the disk
after a power cut at any of them is laid out in a fresh directory, in several of the ways in which it may turn out.
"""

import random
from dataclasses import dataclass, field
from pathlib import Path

import apsw

SECTOR = 512
"""Bytes that a disk writes whole or not at all."""


@dataclass(frozen=True)
class Op:
    """``act``: create, write, truncate, sync, delete, mark; ``place``: offset, size, or that a deletion is synced."""

    act: str
    file: str = ""
    place: int = 0
    data: bytes = b""
    mark: object = None


@dataclass
class Log:
    """What happened, in order. ``mark`` puts the run's own events (acknowledgements) between the disk's."""

    ops: list = field(default_factory=list)

    def add(self, *values, **more):
        self.ops.append(Op(*values, **more))

    def mark(self, value):
        self.ops.append(Op("mark", mark=value))

    def cuts(self):
        """Numbers of the operations at which the power may go."""
        return [number for number, op in enumerate(self.ops) if op.act != "mark"]


class LoggingLayer(apsw.VFS):
    """SQLite's own file layer, with a log."""

    def __init__(self, name, log):
        self.log = log
        super().__init__(name, "")

    def xOpen(self, name, flags):  # noqa: N802 - named by SQLite
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        return LoggingFile(name, flags, None if path is None else Path(path), self.log)

    def xDelete(self, name, sync_directory):  # noqa: N802 - named by SQLite
        super().xDelete(name, sync_directory)
        self.log.add("delete", Path(name).name, int(bool(sync_directory)))


class LoggingFile(apsw.VFSFile):
    """One file; a temporary one (without a name) is not logged, since nothing looks for it after a power cut."""

    def __init__(self, name, flags, path, log):
        fresh = path is not None and not path.exists()
        super().__init__("", name, flags)
        self._name, self._log = (None if path is None else path.name), log
        if fresh:
            log.add("create", self._name)

    def xWrite(self, data, offset):  # noqa: N802 - named by SQLite
        super().xWrite(data, offset)
        if self._name is not None:
            self._log.add("write", self._name, offset, bytes(data))

    def xTruncate(self, size):  # noqa: N802 - named by SQLite
        super().xTruncate(size)
        if self._name is not None:
            self._log.add("truncate", self._name, size)

    def xSync(self, flags):  # noqa: N802 - named by SQLite
        super().xSync(flags)
        if self._name is not None:
            self._log.add("sync", self._name)


@dataclass(eq=False)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list = field(default_factory=list)
    syncs_directory: bool = False


class Disk:
    """The disk as it goes through a log: what is durable of each file and of the directory, and what is only written.

    Names are apart from contents: a file that was made or deleted is so for good only after its directory was synced.
    SQLite syncs it with the first sync of a journal or log that it has made, and with a deletion that asks for it.
    """

    def __init__(self):
        self._names, self._durable_names, self._pending_names = {}, {}, []

    def take(self, op):
        """Let one logged operation happen."""
        if op.act == "create":
            made = self._names[op.file] = _File(syncs_directory=op.file.endswith(("-wal", "-journal")))
            self._pending_names.append((op.file, made))
        elif op.act == "delete":
            self._names.pop(op.file, None)
            self._pending_names.append((op.file, None))
            if op.place:
                self._sync_directory()
        elif op.act == "sync":
            file = self._names[op.file]
            file.durable, file.pending = _applied(file.durable, file.pending), []
            if file.syncs_directory:
                file.syncs_directory = False
                self._sync_directory()
        elif op.act != "mark":
            self._names[op.file].pending.append(op)

    def _sync_directory(self):
        self._durable_names, self._pending_names = dict(self._names), []

    def images(self, seed, count):
        """``count`` ways in which the disk may turn out: all lost, all kept, then lost, torn, garbled and reordered."""
        rng = random.Random(seed)
        for way in range(count):
            names = dict(self._durable_names)
            for name, file in self._pending_names:
                if way == 1 or (way > 1 and rng.random() < 0.5):
                    names[name] = file
            yield {name: self._contents(file, way, rng) for name, file in names.items() if file is not None}

    @staticmethod
    def _contents(file, way, rng):
        if way < 2:
            return bytes(_applied(file.durable, file.pending if way else []))
        return bytes(_applied(file.durable, _survivors(file.pending, rng)))


def _survivors(pending, rng):
    kept = [op for op in pending if rng.random() < rng.choice((0.2, 0.5, 0.9))]
    if rng.random() < 0.3:
        rng.shuffle(kept)
    return [_torn(op, rng) if op.act == "write" and rng.random() < 0.2 else op for op in kept]


def _torn(op, rng):
    """A write of which some sectors did not make it, or hold nonsense."""
    data, start = bytearray(op.data), op.place
    keep = bytearray(len(data))
    for begin in range(0, len(data), SECTOR):
        end = min(begin + SECTOR, len(data))
        fate = rng.random()
        if fate < 0.5:
            keep[begin:end] = b"\1" * (end - begin)
        elif fate < 0.7:
            keep[begin:end] = b"\1" * (end - begin)
            data[begin:end] = rng.randbytes(end - begin)
    return Op("patch", op.file, start, bytes(data), mark=bytes(keep))


def _applied(durable, ops):
    data = bytearray(durable)
    for op in ops:
        if op.act == "truncate":
            del data[op.place :]
            data.extend(bytes(op.place - len(data)))
            continue
        end = op.place + len(op.data)
        data.extend(bytes(max(0, end - len(data))))
        if op.act == "write":
            data[op.place : end] = op.data
        else:
            for index, keep in enumerate(op.mark):
                if keep:
                    data[op.place + index] = op.data[index]
    return data
