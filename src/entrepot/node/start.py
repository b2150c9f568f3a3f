"""The first start of a node, in which its key and its log are made. At any other a missing log is a lost one.

A marker lies in the folder from before the key is made until the log is: a first start that was cut off in between is
taken up again, and nothing else makes a log.
"""

from pathlib import Path

from entrepot.party.keystore import write_durably

_MARKER = Path("secret") / "first-start"


def begin_first_start(data: Path) -> None:
    """Note, durably, that the node's key is about to be made."""
    write_durably(data / _MARKER, b"")


def is_first_start(data: Path) -> bool:
    """Whether the node was never started to the end, so that its log is still to be made."""
    return (data / _MARKER).exists()


def end_first_start(data: Path) -> None:
    """The log is made. Where a power cut brings the marker back, the log is there, and nothing comes of it."""
    (data / _MARKER).unlink(missing_ok=True)
