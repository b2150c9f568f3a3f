"""How much room there is on the disk of a node's folder; below a limit the node takes nothing new, and reading goes on.

A disk that is full to the last byte can no longer be tended: sealing, erasing and copying need room as well.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from entrepot.base.finding import Finding, Severity

MIB = 1 << 20
DISK_SHORT = "disk-short"
"""Code of a refusal, and of the health."""
WARNED = 2
"""Below that many times the limit the operator is warned."""
Free = Callable[[Path], tuple[int, int]]
"""Bytes that are free for this program on the disk of a path, and all of its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """``least_bytes``: what must stay free."""

    free_bytes: int
    total_bytes: int
    least_bytes: int

    @property
    def is_short(self) -> bool:
        """Whether the node takes nothing new."""
        return self.free_bytes < self.least_bytes

    @property
    def findings(self) -> tuple[Finding, ...]:
        """That nothing new is taken, or that it will soon be so."""
        if self.free_bytes >= WARNED * self.least_bytes:
            return ()
        figures = {"free": str(self.free_bytes // MIB), "least": str(self.least_bytes // MIB)}
        return (_short(figures) if self.is_short else _soon_short(figures),)


def _free(path: Path) -> tuple[int, int]:
    found = shutil.disk_usage(path)
    return found.free, found.total


def room_of(data: Path, least_mib: int, free: Free = _free) -> Room:
    """The room on the disk of the folder ``data``, of which ``least_mib`` must stay free."""
    free_bytes, total_bytes = free(data)
    return Room(free_bytes=free_bytes, total_bytes=total_bytes, least_bytes=least_mib * MIB)


def _short(figures: dict[str, str]) -> Finding:
    return Finding(
        id="ENT-CORE-DISK-01",
        severity=Severity.BLOCKING,
        path="$.disk",
        message="The node takes nothing new: its disk has {free} MiB left, and {least} MiB must stay free.",
        params=figures,
        source="the setting ENTREPOT_DISK_FREE_MIB of this node",
        remedy="Make room on the disk of the node's folder; what was refused can be sent again.",
    )


def _soon_short(figures: dict[str, str]) -> Finding:
    return Finding(
        id="ENT-CORE-DISK-02",
        severity=Severity.WARNING,
        path="$.disk",
        message="The disk has {free} MiB left; below {least} MiB the node takes nothing new.",
        params=figures,
        source="the setting ENTREPOT_DISK_FREE_MIB of this node",
        remedy="Make room on the disk of the node's folder.",
    )
