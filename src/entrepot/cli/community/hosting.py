"""``entrepot serve --community``: both nodes of a community, filled at the first start, stopped together."""

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from entrepot.base.error import UsageError
from entrepot.cli.community.pair import Pair
from entrepot.cli.community.seeding import seed
from entrepot.cli.demo.cast import EXPORT_NODE, IMPORT_NODE
from entrepot.cli.demo.nodes import NodeFailed

LOOK_S = 0.3


class _Stopped(BaseException):
    """Somebody asked this process to end."""


def serve_community(data: Path, port: int, *, url: str, words: Sequence[str]) -> int:
    """Serve until a signal comes; ``words``: options for the node that was named. 0 when it was stopped.

    Raises :class:`UsageError` for a public address, :class:`NodeFailed` where a node ends by itself.
    """
    require_loopback(url)
    with _signals():
        try:
            with Pair(data, port, words) as pair:
                seed(pair.nodes, _tell)
                here, there = pair.nodes[EXPORT_NODE].url, pair.nodes[IMPORT_NODE].url
                _tell(f"open {here}/ (its neighbour: {there}/); Ctrl-C ends both")
                _watch(pair)
        except _Stopped:
            return 0
    return 0


def require_loopback(url: str) -> None:
    """Invented firms, whose sign-in is one click, never stand on a public address."""
    if url.startswith("https:"):
        raise UsageError(
            f"a community of invented firms is for this machine alone, not for {url}",
            remedy="Leave out the public address, or --community.",
        )


def _watch(pair: Pair) -> None:
    while not pair.ended():
        time.sleep(LOOK_S)
    log = pair.nodes[pair.ended()].log
    raise NodeFailed(f"the {pair.ended()} node ended by itself", remedy=f"Read {log}." if log else "Read what it said.")


def _tell(line: str) -> None:
    click.echo(f"entrepot: {line}", err=True)


@contextmanager
def _signals() -> Iterator[None]:
    """Both signals end what runs, and whatever was started is stopped on the way out."""

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the form of a handler
        for each in before:
            signal.signal(each, signal.SIG_IGN)  # once is enough: the nodes are being stopped
        raise _Stopped

    before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
